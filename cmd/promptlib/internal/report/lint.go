package report

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"promptlib/library"
)

// Lint is what a run of the rules has found.
type Lint struct {
	Diagnostics []*library.Diagnostic    // sorted
	Files       int                      // files that were checked
	Skipped     int                      // files that are no prompts
	Excluded    int                      // files that the configuration excludes
	Suppressed  int                      // findings that prompts or the configuration accept
	Baselined   int                      // findings that a baseline holds, which are not among the diagnostics
	Stale       int                      // entries of a baseline whose finding is gone
	Source      func(path string) []byte // text of a file, to show a line of; nil for none
	Fixed       *Fixed                   // nil where no fixes were asked for

	Paths      []string       // of the files that were checked
	Dir        string         // formats for programs name files relative to it; empty for as they are
	Codes      []library.Code // what the findings are, for formats that explain them
	Version    string         // of the program
	Docs       string         // address of docs/rules; empty where it is not published
	JobSummary string         // file that GitHub shows on the page of the job; empty for none
	Statistics bool           // count the findings of each rule, in text
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

// path returns the path of a file as programs are given it.
func (l Lint) path(file string) string { return pathFrom(l.Dir, file) }

func pathFrom(dir, file string) string {
	if dir == "" || !filepath.IsAbs(file) {
		return file
	}
	return library.Relative(dir, file)
}

// help returns the address of the explanation of a code, empty for none.
func (l Lint) help(code string) string {
	if l.Docs == "" {
		return ""
	}
	return l.Docs + "/" + code + ".md"
}

// worstFirst returns the findings with errors before warnings before infos,
// those of each severity in their order.
func (l Lint) worstFirst() []*library.Diagnostic {
	list := slices.Clone(l.Diagnostics)
	slices.SortStableFunc(list, func(a, b *library.Diagnostic) int { return cmp.Compare(b.Severity, a.Severity) })
	return list
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
	lintJSONL,
	lintSARIF,
	lintGitHub,
	lintGitLab,
	lintJUnit,
	lintRDJSONL,
	lintMarkdown,
}
