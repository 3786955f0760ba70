package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

// Check is what promptlib check has decided.
type Check struct {
	*check.Verdict
	Base, Head string // object ids of the commits; empty where nothing was compared
	Forge      string // the name of the pull request that was asked; empty for none
	Bootstrap  bool
	Unlisted   []string                 // files that were exempt as they were and are not as they become
	People     *policy.People           // of the base; nil where they are not known
	Accepts    []string                 // the kinds of evidence that the policy accepts
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

// about says which commits were compared, and by whom they are to be joined.
func (c Check) about() string {
	if c.Base == "" {
		return "nothing was compared"
	}
	s := shortID(c.Head) + " onto " + shortID(c.Base)
	if c.Forge != "" {
		s += ", " + c.Forge
	}
	return s
}

// shortID returns as much of an object id as tells commits apart.
func shortID(id string) string { return id[:min(len(id), 12)] }

// counts says what was looked at and what was found.
func (c Check) counts() string {
	l := c.lint()
	parts := []string{count(c.Evaluated, "governed file")}
	for _, part := range []struct {
		n    int
		what string
	}{{c.Exempt, "exempt"}, {c.Skipped, "not governed"}, {c.Evidence, "of evidence"}, {c.Waived, "waived"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(parts, ", ") + "; " + count(l.Count(library.Error), "error") + ", " + count(l.Count(library.Warning), "warning")
}

// notes are those of the verdict, and what its reader should know of how it came
// about.
func (c Check) notes() []string {
	var list []string
	if c.Bootstrap {
		list = append(list, "--bootstrap: the base has no policy, so no approval was asked for; what lands now decides from here on")
	}
	if c.Base == c.Head {
		list = append(list, "base and head are one commit, so there is no change; what is not committed is not looked at")
	}
	if n := len(c.Unlisted); n > 0 {
		list = append(list, fmt.Sprintf("ungoverned.yaml exempts %s no more: %s; what a prompt does not declare counts as the most restrictive, so declare it first",
			count(n, "changed file"), few(c.Unlisted, 3)))
	}
	return append(list, c.Notes...)
}

// A lack is a role in which approvals of a file are missing, and who could give
// them.
type lack struct {
	check.Slot
	count int
}

// lacks returns what is missing of a file, each role once.
func lacks(r *check.Result) []lack {
	var list []lack
	for _, s := range r.Missing() {
		i := slices.IndexFunc(list, func(l lack) bool { return l.Role == s.Role })
		if i < 0 {
			list = append(list, lack{Slot: s})
			i = len(list) - 1
		}
		list[i].count++
	}
	return list
}

// role says in whose place somebody is missing.
func (l lack) role() string {
	role := l.Role
	if role == "*" {
		role = "anybody"
	}
	if l.count > 1 {
		role = fmt.Sprintf("%s (%d)", role, l.count)
	}
	return role
}

// nobody says why there is nobody who could give the approvals, and what to do.
func (c Check) nobody(r *check.Result, l lack) string {
	role := l.Role
	if role == "*" {
		role = "an approval"
	}
	held := c.People == nil || slices.ContainsFunc(c.People.List, func(p policy.Person) bool { return !p.Bot && p.Holds(l.Role) })
	if held && len(r.Authors) > 0 {
		return fmt.Sprintf("nobody is left who could give %s: not the authors, %s; add somebody to people.yaml first", role, few(r.Authors, 3))
	}
	return fmt.Sprintf("nobody in people.yaml could give %s; add somebody first", role)
}

// askedBy says what asks for the approvals that are missing, each once.
func askedBy(r *check.Result) []string {
	var list []string
	for _, s := range r.Missing() {
		for _, reason := range s.Reasons {
			if !slices.Contains(list, reason) {
				list = append(list, reason)
			}
		}
	}
	return list
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
	checkJSON,
	checkSARIF,
	checkMarkdown,
	checkGitHub,
}
