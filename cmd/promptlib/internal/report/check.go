package report

import (
	"io"
	"slices"

	"promptlib/library"
	"promptlib/library/check"
)

// Check is what promptlib check has decided.
type Check struct {
	*check.Verdict
	Base, Head string // object ids of the commits
	Forge      string // the name of the pull request that was asked; empty for none
	Bootstrap  bool
	Source     func(path string) []byte // text of a file as it would land; nil for none

	Codes      []library.Code // what the findings are
	Version    string         // of the program
	Docs       string         // address of docs/rules; empty where it is not published
	JobSummary string         // file that GitHub shows on the page of the job; empty for none
}

// Word returns the verdict in a word: "passed", "refused" or "undecided".
func (c Check) Word() string {
	switch {
	case len(c.Undecided) > 0:
		return "undecided"
	case c.OK():
		return "passed"
	}
	return "refused"
}

// result returns what was decided of a file; nil for nothing.
func (c Check) result(path string) *check.Result {
	i := slices.IndexFunc(c.Files, func(r check.Result) bool { return r.Path == path })
	if i < 0 {
		return nil
	}
	return &c.Files[i]
}

// lint returns the findings as those of lint, for the formats that both have.
func (c Check) lint() Lint {
	return Lint{
		Diagnostics: c.Findings, Files: c.Evaluated, Skipped: c.Skipped,
		Source: c.Source, Codes: c.Codes, Version: c.Version, Docs: c.Docs, JobSummary: c.JobSummary,
	}
}

// A CheckFormat is a way to write a verdict. Color asks for ANSI colours where the
// format has any.
type CheckFormat struct {
	Name  string
	Doc   string
	Write func(w io.Writer, c Check, color bool) error
}

// CheckFormats lists the formats of promptlib check; the first is the default.
var CheckFormats = []CheckFormat{
	checkText,
}
