package report

import (
	"fmt"
	"io"

	"promptlib/library"
)

// Lint is what a run of the rules has found.
type Lint struct {
	Diagnostics []*library.Diagnostic    // sorted
	Files       int                      // files that were checked
	Skipped     int                      // files that are no prompts
	Source      func(path string) []byte // text of a file, to show a line of; nil for none
	Fixed       *Fixed                   // nil where no fixes were asked for
}

// Fixed counts the findings that were mended, which are in no report any more,
// and the files they were in.
type Fixed struct{ Findings, Files int }

// Would says in words what fixes would do.
func (f Fixed) Would() string {
	if f.Findings == 0 {
		return "nothing to fix"
	}
	return fmt.Sprintf("%s in %s would be fixed", count(f.Findings, "finding"), count(f.Files, "file"))
}

// Fixable returns the number of findings with a fix that is safe, and of those
// with one that is not.
func (l Lint) Fixable() (safe, unsafe int) {
	for _, d := range l.Diagnostics {
		switch {
		case d.Fix == nil:
		case d.Fix.Safe:
			safe++
		default:
			unsafe++
		}
	}
	return safe, unsafe
}

// Count returns the number of findings of a severity.
func (l Lint) Count(severity library.Severity) int {
	n := 0
	for _, d := range l.Diagnostics {
		if d.Severity == severity {
			n++
		}
	}
	return n
}

// A LintFormat is a way to write findings. Color asks for ANSI colours where the
// format has any.
type LintFormat struct {
	Name  string
	Doc   string
	Write func(w io.Writer, l Lint, color bool) error
}

// LintFormats lists the formats of promptlib lint; the first is the default.
var LintFormats = []LintFormat{
	lintText,
	lintJSON,
}
