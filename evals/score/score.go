package score

import (
	"fmt"

	"promptlib/evals"
	"promptlib/library"
)

// A Scorer holds a reply against a part of a contract. Score is called only if
// Applies returns true. A score passes where Score says so or, where the contract
// has a threshold for the scorer, from that value on.
//
// A judge, which asks a model about a reply, will be a Scorer like the others:
// its calls have been made by the runner when Score is called.
type Scorer struct {
	Name    string
	Doc     string
	Applies func(in *Input) bool
	Score   func(in *Input) evals.Score
}

// Scorers lists every scorer, in the order in which scores are shown.
var Scorers = []*Scorer{
	jsonScorer,
	schemaScorer,
	fieldsScorer,
	sectionsScorer,
	checksScorer,
	similarityScorer,
}

// An Input is a reply with what it is held against.
type Input struct {
	Contract *evals.Contract
	Reply    evals.Reply
	Answer   string      // the text of the reply, without what the model thinks aloud first unless the example does too
	JSON     Extraction  // of the reply; made only where the contract asks for JSON
	Expected string      // the expected output; empty for none
	Fields   any         // the object or array that the expected output is; nil where fields are not compared
	At       library.Pos // of the example
}

// All scores a reply to a case by every scorer that the contract calls for. The
// cost of the reply stands in its usage, whoever says it.
func All(c *evals.Case, wanted *evals.Contract, reply evals.Reply) []evals.Score {
	in := newInput(c, wanted, reply)
	var scores []evals.Score
	for _, s := range Scorers {
		if !s.Applies(in) {
			continue
		}
		score := s.Score(in)
		score.Scorer = s.Name
		if least, ok := wanted.Thresholds[s.Name]; ok {
			score.Pass = score.Value >= least-rounding
		}
		if left := len(score.Reasons) - maxReasons; left > 0 {
			score.Reasons = append(score.Reasons[:maxReasons:maxReasons], in.reason("", fmt.Sprintf("and %d more", left)))
		}
		scores = append(scores, score)
	}
	return scores
}

// maxReasons bounds the reasons of a score: a reply can be wrong in a million
// places.
const maxReasons = 100

// rounding is what a value may be below a threshold for being made of sums: 0.7
// of ten checks is 0.7.
const rounding = 1e-9

func newInput(c *evals.Case, wanted *evals.Contract, reply evals.Reply) *Input {
	in := &Input{Contract: wanted, Reply: reply, Answer: reply.Text, Expected: c.Expected.Value, At: c.At.Pos}
	if expected := c.Expected.Value; afterThinking(expected) == expected {
		in.Answer = afterThinking(reply.Text)
	}
	if wanted.Fields != nil {
		in.Fields = structured(c.Expected.Value)
	}
	if wantsJSON(in) {
		in.JSON = Extract(reply.Text)
		if in.JSON.How == evals.NoJSON && !reply.Truncated() {
			in.JSON = repair(afterThinking(reply.Text), in.JSON)
		}
	}
	return in
}

// wantsJSON reports whether the contract asks for JSON.
func wantsJSON(in *Input) bool {
	return in.Contract.Schema != nil || in.Contract.JSON != "" || in.Fields != nil
}

// readable reports whether the reply has JSON that a program could read. JSON that
// is repaired is none, unless the contract takes it.
func (in *Input) readable() bool {
	return in.JSON.How != evals.NoJSON && (in.JSON.How != evals.Repaired || in.Contract.Allows(evals.Repaired))
}

// reason says what is wrong, at a JSON Pointer into the reply.
func (in *Input) reason(pointer, message string) evals.Reason {
	return evals.Reason{Message: message, Pointer: pointer, Pos: in.At}
}
