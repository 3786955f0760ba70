package report

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"promptlib/evals"
	"promptlib/library"
)

// Eval is a run of examples to report on. Formats read it as often as they like:
// a run of any length is never in memory as a whole.
type Eval struct {
	Run    string // path of the journal; empty for a run that is only planned
	Header evals.Header
	Tally  evals.Tally
	Source func(path string) []byte

	// Outcomes yields how each case ended, in the order of the cases.
	Outcomes func() iter.Seq2[*evals.Outcome, error]

	// Attempt returns the call with an identity; nil for none.
	Attempt func(identity string) (*evals.Attempt, error)

	// Ended says that the run has come to its end: it was neither stopped nor
	// killed.
	Ended bool
}

// NewEval reads a recorded run once and returns it as something to report on.
func NewEval(run *evals.Recorded, source func(path string) []byte) (*Eval, error) {
	e := &Eval{Run: run.Path, Header: run.Header, Source: source, Outcomes: run.Outcomes, Attempt: run.Attempt, Ended: run.Complete}
	for o, err := range run.Outcomes() {
		if err != nil {
			return nil, err
		}
		e.Tally.Add(o)
	}
	return e, nil
}

// difference is the short difference between the expected output and the reply
// of a failed case.
func (e *Eval) difference(o *evals.Outcome) (string, error) {
	if o.Expected == "" {
		return "", nil
	}
	a, err := e.Attempt(o.Identity)
	if err != nil || a == nil || a.Reply == nil {
		return "", err
	}
	return diff(o.Expected, a.Reply.Text), nil
}

// caseName says which case of its prompt an outcome is of.
func caseName(o *evals.Outcome) string {
	name := o.Name
	if o.Repeat > 1 {
		name += fmt.Sprintf(", repeat %d", o.Repeat)
	}
	return name + " with " + o.Model
}

// evalFindings returns the findings of a case: one for each score that did not
// pass for a reason of its own, and those of an example that does not fill in its
// prompt.
func evalFindings(o *evals.Outcome) []*library.Diagnostic {
	var list []*library.Diagnostic
	for _, p := range o.Problems {
		list = append(list, finding(evals.InputCode, p.At, p.End, p.Message))
	}
	for _, s := range o.Scores {
		if s.Pass || s.Follows {
			continue
		}
		list = append(list, finding(evals.FailedCode, o.At, o.End, fmt.Sprintf("%s does not pass %s (%s)%s", caseName(o), s.Scorer, fraction(s.Value), reasons(s.Reasons))))
	}
	return list
}

func finding(code library.Code, at, end library.Pos, message string) *library.Diagnostic {
	return &library.Diagnostic{Pos: at, End: end, Code: code.ID, Name: code.Name, Severity: code.Severity, Message: message}
}

// reasons ends a message with the first reasons of a score.
func reasons(list []evals.Reason) string {
	var b strings.Builder
	for i, r := range list {
		if i == 3 {
			fmt.Fprintf(&b, "; and %d more", len(list)-i)
			break
		}
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		if r.Pointer != "" {
			b.WriteString(r.Pointer + " ")
		}
		b.WriteString(r.Message)
	}
	return b.String()
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
	Write func(w io.Writer, e *Eval, color bool) error
}

// EvalFormats lists the formats of promptlib eval; the first is the default.
var EvalFormats = []EvalFormat{
	evalText,
	evalJSON,
}
