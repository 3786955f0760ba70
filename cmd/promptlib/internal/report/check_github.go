package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"promptlib/library"
)

var checkGitHub = CheckFormat{
	Name: "github",
	Doc:  "annotations of GitHub Actions, and the markdown in the summary of the job",
	Write: func(w io.Writer, c Check, _ bool) error {
		var b strings.Builder
		l := c.lint()
		l.Diagnostics = slices.Concat(c.banners(), l.Diagnostics)
		if rest := githubRest(l.annotations(&b), c.JobSummary != ""); rest != "" {
			fmt.Fprintf(&b, "promptlib: %s\n", rest)
		}
		for _, note := range c.notes() {
			fmt.Fprintf(&b, "promptlib: note: %s\n", Escape(note))
		}
		fmt.Fprintf(&b, "promptlib: %s: %s: %s\n", c.Word(), Escape(c.about()), c.counts())
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		return addJobSummary(c.JobSummary, func(w io.Writer, room int) error { return writeCheckMarkdown(w, c, room) })
	},
}

// banners are what is said of a verdict beside its findings, as findings.
func (c Check) banners() []*library.Diagnostic {
	var list []*library.Diagnostic
	add := func(severity library.Severity, name string, at library.Pos, message string) {
		if at.Path != "" {
			at.Line, at.Column = cmp.Or(at.Line, 1), cmp.Or(at.Column, 1)
		}
		list = append(list, &library.Diagnostic{Pos: at, End: at, Code: "check", Name: name, Severity: severity, Message: message})
	}
	for _, d := range c.Undecided {
		message := "nothing can be decided: " + d.Message
		if d.Hint != "" {
			message += "; " + d.Hint
		}
		add(library.Error, "undecided", d.Pos, message)
	}
	for _, r := range c.Files {
		if r.Waiver != nil {
			add(library.Warning, "waived", library.Pos{Path: r.Path}, waived(r.Waiver))
		}
	}
	return list
}
