package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"promptlib/library"
)

// githubAnnotations is how many annotations of each level GitHub takes from a
// step; it drops the rest without a word.
const githubAnnotations = 10

var lintGitHub = LintFormat{
	Name: "github",
	Doc:  "annotations of GitHub Actions, and a table in the summary of the job",
	Write: func(w io.Writer, l Lint, _ bool) error {
		var b strings.Builder
		written := l.annotations(&b)
		if rest := githubRest(written, l.JobSummary != ""); rest != "" {
			fmt.Fprintf(&b, "promptlib: %s\n", rest)
		}
		fmt.Fprintf(&b, "promptlib: %s\n", lintSummary(l))
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		return addJobSummary(l.JobSummary, func(w io.Writer, room int) error { return writeMarkdown(w, l, room) })
	},
}

// annotations writes as many findings as GitHub takes, and returns how many there
// are of each severity.
func (l Lint) annotations(b *strings.Builder) (written map[library.Severity]int) {
	written = map[library.Severity]int{}
	for _, d := range l.worstFirst() {
		if written[d.Severity]++; written[d.Severity] <= githubAnnotations {
			l.annotation(b, d)
		}
	}
	return written
}

// jobSummaryRoom is how many bytes GitHub takes for the summary of a step; of
// more it shows nothing.
const jobSummaryRoom = 1<<20 - 1

// addJobSummary adds a report to the summary of the job, if there is one. Other
// commands of the step may have written to it; write is told how many bytes it
// still takes.
func addJobSummary(file string, write func(w io.Writer, room int) error) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = write(f, jobSummaryRoom-int(info.Size()))
	}
	return errors.Join(err, f.Close())
}

var githubLevels = map[library.Severity]string{library.Error: "error", library.Warning: "warning", library.Info: "notice"}

// annotation writes a finding as a command to the runner. Columns are for places
// on one line; the runner refuses others. What is about no file has no place.
func (l Lint) annotation(b *strings.Builder, d *library.Diagnostic) {
	title := githubProperty(d.Code + " " + d.Name)
	if d.Pos.Path == "" {
		fmt.Fprintf(b, "::%s title=%s::%s\n", githubLevels[d.Severity], title, githubText(d.Message))
		return
	}
	fmt.Fprintf(b, "::%s file=%s,line=%d", githubLevels[d.Severity], githubProperty(l.path(d.Pos.Path)), d.Pos.Line)
	if d.End.Line == d.Pos.Line {
		fmt.Fprintf(b, ",col=%d,endLine=%d,endColumn=%d", d.Pos.Column, d.End.Line, max(d.Pos.Column, d.End.Column))
	} else if d.End.Line > d.Pos.Line {
		fmt.Fprintf(b, ",endLine=%d", d.End.Line)
	}
	fmt.Fprintf(b, ",title=%s::%s\n", title, githubText(d.Message))
}

// The runner decodes these sequences and no others, so that any other control
// character is written as Escape writes it.
var (
	githubTextEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubPropertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubText(s string) string     { return Escape(githubTextEscapes.Replace(s)) }
func githubProperty(s string) string { return Escape(githubPropertyEscapes.Replace(s)) }

// githubRest says what became of the findings that are no annotations, if there
// are any.
func githubRest(written map[library.Severity]int, summary bool) string {
	var rest []string
	for severity := library.Error; severity >= library.Info; severity-- {
		if n := written[severity] - githubAnnotations; n > 0 {
			rest = append(rest, fmt.Sprintf("%d more of severity %s", n, severity))
		}
	}
	switch {
	case rest == nil:
		return ""
	case summary:
		return strings.Join(rest, ", ") + ": see the summary of the job"
	}
	return strings.Join(rest, ", ") + ": GitHub takes 10 annotations of each; --format text=FILE has all findings"
}
