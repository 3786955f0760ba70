package report

import (
	"fmt"
	"io"
	"strings"

	"promptlib/evals"
	"promptlib/library"
)

var evalGitHub = EvalFormat{
	Name: "github",
	Doc:  "annotations of GitHub Actions, and a table in the summary of the job",
	Write: func(w io.Writer, e *Eval, _ bool) error {
		written := map[library.Severity]int{}
		lists := map[library.Severity]*strings.Builder{}
		var said saidErrors
		l := Lint{Dir: e.Dir}
		for o, err := range e.Outcomes() {
			if err != nil {
				return err
			}
			for _, d := range evalAnnotations(e, o, &said) {
				if written[d.Severity]++; written[d.Severity] > githubAnnotations {
					continue
				}
				if lists[d.Severity] == nil {
					lists[d.Severity] = &strings.Builder{}
				}
				l.annotation(lists[d.Severity], d)
			}
		}
		var b strings.Builder
		for severity := library.Error; severity >= library.Info; severity-- {
			if list := lists[severity]; list != nil {
				b.WriteString(list.String())
			}
		}
		if rest := githubRest(written, e.JobSummary != ""); rest != "" {
			fmt.Fprintf(&b, "promptlib: %s\n", rest)
		}
		for _, note := range append(evalNotes(e), evalSummary(e)) {
			fmt.Fprintf(&b, "promptlib: %s\n", Escape(note))
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		return addJobSummary(e.JobSummary, func(w io.Writer, room int) error { return writeEvalMarkdown(w, e, room) })
	},
}

// evalAnnotations returns what is said of a case at its place. A failed case of a
// prompt that passes all the same is a warning.
func evalAnnotations(e *Eval, o *evals.Outcome, said *saidErrors) []*library.Diagnostic {
	list := evalFindings(o)
	severity := library.Error
	switch o.Status {
	case evals.Failed:
		if g := e.Tally.Group(o.Prompt, o.Model); g != nil && g.Passes() {
			for _, d := range list {
				d.Severity = library.Warning
			}
		}
		return list
	case evals.Errored:
		if len(list) > 0 || !said.first(o) {
			return list
		}
	case evals.Unscored:
		severity = library.Warning
	case evals.Skipped:
		severity = library.Info
	default:
		return nil
	}
	at := place(o)
	at.Line, at.Column = max(1, at.Line), max(1, at.Column)
	return []*library.Diagnostic{{Pos: at, End: at, Code: string(o.Status), Name: "case", Severity: severity, Message: caseName(o) + ": " + why(o)}}
}
