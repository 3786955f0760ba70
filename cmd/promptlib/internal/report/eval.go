package report

import (
	"fmt"
	"io"
	"strconv"

	"promptlib/evals"
	"promptlib/library"
)

// Eval is what a run of examples has given.
type Eval struct {
	Cases   []EvalCase // in the order of the run
	Summary evals.Summary
	Run     string // path of the journal
	Prose   int    // files that are no prompts
	Source  func(path string) []byte
	Diffs   int // how many failed cases are still to have their difference made
}

// Add takes from the next result of a run what a report needs.
func (e *Eval) Add(r evals.Result) {
	c := newEvalCase(r)
	if r.Status == evals.Failed && e.Diffs > 0 {
		e.Diffs--
		c.Diff = diff(r.Case.Expected.Value, r.Reply.Text)
	}
	e.Cases = append(e.Cases, c)
	e.Summary.Add(r.Status)
}

// An EvalCase is what a report keeps of a result: neither prompt nor reply, but
// for the first failed cases, if the format shows it, the short difference
// between the expected output and the reply.
type EvalCase struct {
	Prompt   string
	Example  int
	Model    string
	Repeat   int
	Status   evals.Status
	Derived  bool // the contract was derived from the expected output
	Scores   []evals.Score
	Err      *evals.Error
	Problems []*library.Diagnostic
	At       library.Text
	Diff     string
}

func newEvalCase(r evals.Result) EvalCase {
	c := r.Case
	at := c.At
	at.Value = ""
	return EvalCase{
		Prompt: c.Prompt, Example: c.Example, Model: r.Model, Repeat: c.Repeat, Status: r.Status, Derived: c.Contract.Derived,
		Scores: r.Scores, Err: r.Err, Problems: c.Problems, At: at,
	}
}

// Diagnostics returns the findings of a case: one for each score that did not
// pass for a reason of its own, and those of an example that does not fill in its prompt.
func (c EvalCase) Diagnostics() []*library.Diagnostic {
	list := c.Problems
	for _, s := range c.Scores {
		if s.Pass || s.Follows {
			continue
		}
		message := fmt.Sprintf("example %d with %s does not pass %s (%s)", c.Example, c.Model, s.Scorer, fraction(s.Value))
		for i, r := range s.Reasons {
			if i == 3 {
				message += fmt.Sprintf("; and %d more", len(s.Reasons)-i)
				break
			}
			sep := "; "
			if i == 0 {
				sep = ": "
			}
			if r.Pointer != "" {
				sep += r.Pointer + " "
			}
			message += sep + r.Message
		}
		list = append(list, &library.Diagnostic{
			Pos: c.At.Pos, End: c.At.End, Code: evals.FailedCode.ID, Name: evals.FailedCode.Name, Severity: evals.FailedCode.Severity, Message: message,
		})
	}
	return list
}

// fraction writes the value of a score in three digits, but nothing less than 1
// as 1.
func fraction(v float64) string {
	text := strconv.FormatFloat(v, 'g', 3, 64)
	if text == "1" && v < 1 {
		return "0.999"
	}
	return text
}

// An EvalFormat is a way to write the results of a run.
type EvalFormat struct {
	Name  string
	Doc   string
	Write func(w io.Writer, e Eval, color bool) error
	Diffs int // of how many failed cases it shows the difference
}

// EvalFormats lists the formats of promptlib eval; the first is the default.
var EvalFormats = []EvalFormat{
	evalText,
	evalJSON,
}
