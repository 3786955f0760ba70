package report

import (
	"cmp"
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

	Dir        string // formats for programs name files relative to it; empty for as they are
	JobSummary string // file that GitHub shows on the page of the job; empty for none
}

// NewEval reads a recorded run once and returns it as something to report on.
func NewEval(run *evals.Recorded, source func(path string) []byte) (*Eval, error) {
	e := &Eval{Run: run.Path, Header: run.Header, Source: source, Outcomes: run.Outcomes, Attempt: run.Attempt}
	for o, err := range run.Outcomes() {
		if err != nil {
			return nil, err
		}
		if !ended(o) {
			return nil, fmt.Errorf("%s is no run: case %d has the status %q, which is none, or does not say why", run.Path, o.Case, o.Status)
		}
		e.Tally.Add(o)
	}
	e.Ended = run.Complete && e.Tally.Total() == run.Header.Cases
	return e, nil
}

// ended reports whether an outcome has a status, and says why where reports tell
// that. Somebody else may have written the run.
func ended(o *evals.Outcome) bool {
	switch o.Status {
	case evals.Passed, evals.Failed:
		return true
	case evals.Errored, evals.Unscored, evals.Skipped:
		return o.Err != nil
	}
	return false
}

// Verdict says in a word what became of a run: passed, failed, or undecided where
// it was stopped, a case has no reply or nothing could be scored. A run that was
// only planned has none.
func (e *Eval) Verdict() string {
	t := &e.Tally
	switch {
	case t.Planned > 0:
		return "planned"
	case !e.Ended:
		return "undecided"
	case t.Failing() > 0:
		return "failed"
	case t.Errored > 0 || !t.Decided():
		return "undecided"
	}
	return "passed"
}

// path returns the path of a file as programs are given it.
func (e *Eval) path(file string) string { return pathFrom(e.Dir, file) }

// repeats is how often each case was to be run.
func (e *Eval) repeats() int { return max(1, e.Header.Options.Repeat) }

// difference is the difference between the expected output and the reply of a
// case, up to a number of lines.
func (e *Eval) difference(o *evals.Outcome, most int) (string, error) {
	if o.Expected == "" {
		return "", nil
	}
	a, err := e.Attempt(o.Identity)
	if err != nil || a == nil || a.Reply == nil {
		return "", err
	}
	return diff(o.Expected, a.Reply.Text, most), nil
}

// repeatName is the name of a case in its prompt, with the number of its repeat.
func repeatName(o *evals.Outcome) string {
	if o.Repeat > 1 {
		return fmt.Sprintf("%s, repeat %d", o.Name, o.Repeat)
	}
	return o.Name
}

// caseName says which case of its prompt an outcome is of.
func caseName(o *evals.Outcome) string { return repeatName(o) + " with " + o.Model }

// evalFindings returns the findings of a case: one for each score that did not
// pass for a reason of its own, and those of an example that does not fill in its
// prompt.
func evalFindings(o *evals.Outcome) []*library.Diagnostic {
	var list []*library.Diagnostic
	for _, p := range o.Problems {
		list = append(list, finding(evals.InputCode, p.At, p.End, p.Message))
	}
	for _, s := range failures(o) {
		list = append(list, finding(evals.FailedCode, o.At, o.End, caseName(o)+" does not pass "+failure(s)))
	}
	return list
}

// failures are the scores of a case that did not pass for a reason of their own.
func failures(o *evals.Outcome) []evals.Score {
	var list []evals.Score
	for _, s := range o.Scores {
		if !s.Pass && !s.Follows {
			list = append(list, s)
		}
	}
	return list
}

// failure says of a score why it did not pass.
func failure(s evals.Score) string {
	return fmt.Sprintf("%s (%s)%s", s.Scorer, fraction(s.Value), reasons(s.Reasons))
}

// why says on one line why a case did not pass; "" for one that did.
func why(o *evals.Outcome) string {
	if o.Status == evals.Failed {
		var list []string
		for _, s := range failures(o) {
			list = append(list, failure(s))
		}
		return strings.Join(list, "; ")
	}
	switch {
	case o.Err == nil:
		return ""
	case o.Status == evals.Errored:
		return o.Err.Error()
	}
	return o.Err.Message
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
		b.WriteString(reason(r))
	}
	return b.String()
}

func reason(r evals.Reason) string {
	if r.Pointer == "" {
		return r.Message
	}
	return r.Pointer + " " + r.Message
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

// percent writes a share, but nothing less than all as 100%.
func percent(v float64) string {
	if text := strconv.FormatFloat(100*v, 'f', 0, 64); text != "100" || v >= 1 {
		return text + "%"
	}
	return "99%"
}

// dollars writes an amount of money.
func dollars(v float64) string { return "$" + strconv.FormatFloat(v, 'g', 4, 64) }

// evalContract says what the cases of a group were held against.
func evalContract(g *evals.Group) string {
	switch {
	case g.Derived:
		return "derived"
	case g.Declared:
		return "declared"
	}
	return "none"
}

// evalSummary counts the cases of a run.
func evalSummary(e *Eval) string {
	s := e.Tally.Summary
	text := fmt.Sprintf("%d passed, %d failed, %d errored, %d unscored, %d skipped", s.Passed, s.Failed, s.Errored, s.Unscored, s.Skipped)
	if s.Planned > 0 {
		text = fmt.Sprintf("%d planned, %d skipped", s.Planned, s.Skipped)
	}
	if prose := e.Header.Options.Prose; prose > 0 {
		text += fmt.Sprintf("; %s left out as no prompts", count(prose, "file"))
	}
	return text
}

// evalNotes says what else there is to know of a run, a line each.
func evalNotes(e *Eval) []string {
	var list []string
	t := &e.Tally
	if !e.Ended {
		list = append(list, fmt.Sprintf("stopped before the end: %d of %s have ended", t.Total(), count(e.Header.Cases, "case")))
	}
	var classes []string
	for _, c := range evals.Classes {
		if n := t.Errors[c]; n > 0 {
			classes = append(classes, fmt.Sprintf("%d %s", n, c))
		}
	}
	if classes != nil {
		list = append(list, "errors: "+strings.Join(classes, ", "))
	}
	if t.Warned > 0 {
		list = append(list, "warnings: the server may have cut short the prompts of "+count(t.Warned, "case")+"; the run says which")
	}
	if t.Cost > 0 {
		list = append(list, fmt.Sprintf("spent: %s in %s", dollars(t.Cost), count(t.Tries, "call")))
	}
	return list
}

// A saidErrors remembers which errors were said, so that a server that is down
// is reported once and not for each case.
type saidErrors map[string]bool

// first reports whether an error is said for the first time and there is room
// for it.
func (s *saidErrors) first(o *evals.Outcome) bool {
	key := o.Model + "\x00" + o.Err.Error()
	if (*s)[key] || len(*s) >= maxErrors {
		return false
	}
	if *s == nil {
		*s = saidErrors{}
	}
	(*s)[key] = true
	return true
}

// maxErrors is how many errors are shown one by one.
const maxErrors = 10

// place is where a case stands: the file alone where it is no example of it.
func place(o *evals.Outcome) library.Pos {
	at := o.At
	at.Path = cmp.Or(at.Path, o.Prompt)
	return at
}

// An EvalFormat is a way to write the results of a run.
type EvalFormat struct {
	Name  string
	Doc   string
	Write func(w io.Writer, e *Eval, color bool) error
}

// EvalFormats lists the formats of promptlib eval and report; the first is the
// default.
var EvalFormats = []EvalFormat{
	evalText,
	evalJSON,
	evalJSONL,
	evalJUnit,
	evalMarkdown,
	evalGitHub,
	evalCSV,
	evalHTML,
}
