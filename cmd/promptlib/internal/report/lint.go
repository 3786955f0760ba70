package report

import (
	"io"

	"promptlib/library"
)

// Lint is what a run of the rules has found.
type Lint struct {
	Diagnostics []*library.Diagnostic    // sorted
	Files       int                      // files that were checked
	Skipped     int                      // files that are no prompts
	Baselined   int                      // findings that a baseline holds, which are not among the diagnostics
	Stale       int                      // entries of a baseline whose finding is gone
	Source      func(path string) []byte // text of a file, to show a line of; nil for none
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
