package score

import (
	"promptlib/evals"
	"promptlib/library"
)

// A Scorer holds a reply against a part of a contract. Score is called only if
// Applies returns true.
type Scorer struct {
	Name    string
	Doc     string
	Applies func(c *evals.Contract) bool
	Score   func(in *Input) evals.Score
}

// Scorers lists every scorer, in the order in which scores are shown.
var Scorers = []*Scorer{
	jsonScorer,
	schemaScorer,
	sectionsScorer,
	checksScorer,
}

// An Input is a reply with what it is held against.
type Input struct {
	Contract *evals.Contract
	Reply    evals.Reply
	Answer   string      // the text of the reply, without what the model thinks aloud first unless the example does too
	JSON     Extraction  // of the reply; made only where the contract has a schema
	Expected string      // the expected output; empty for none
	At       library.Pos // of the example
}

// All scores a reply to a case by every scorer that the contract calls for.
func All(c *evals.Case, wanted *evals.Contract, reply evals.Reply) []evals.Score {
	in := &Input{Contract: wanted, Reply: reply, Answer: reply.Text, Expected: c.Expected.Value, At: c.At.Pos}
	if expected := c.Expected.Value; afterThinking(expected) == expected {
		in.Answer = afterThinking(reply.Text)
	}
	if wanted.Schema != nil {
		in.JSON = Extract(reply.Text)
	}
	var scores []evals.Score
	for _, s := range Scorers {
		if s.Applies(wanted) {
			score := s.Score(in)
			score.Scorer = s.Name
			scores = append(scores, score)
		}
	}
	return scores
}

// reason says what is wrong, at a JSON Pointer into the reply.
func (in *Input) reason(pointer, message string) evals.Reason {
	return evals.Reason{Message: message, Pointer: pointer, Pos: in.At}
}
