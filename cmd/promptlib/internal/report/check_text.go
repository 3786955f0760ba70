package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/check"
)

var checkText = CheckFormat{
	Name: "text",
	Doc:  "for people: each refusal with who could lift it and the next command",
	Write: func(w io.Writer, c Check, color bool) error {
		p := NewPrinter(w, color)
		for _, d := range c.Undecided {
			place := ""
			if d.Pos.Path != "" {
				place = d.Pos.String() + ": "
			}
			p.Printf("%s%s: %s\n", place, p.paint(red, "undecided"), d.Message)
			if d.Hint != "" {
				p.Printf("  next     %s\n", d.Hint)
			}
		}
		told := map[string]bool{}
		for _, d := range c.Findings {
			p.Printf("%s: %s: %s [%s %s]\n", d.Pos, p.paint(severityColors[d.Severity], d.Severity.String()), d.Message, d.Code, d.Name)
			if r := c.result(d.Pos.Path); r != nil && aboutApprovals(d.Code) && !told[r.Path] {
				told[r.Path] = true
				p.refusal(r)
			}
		}
		for _, r := range c.Files {
			if r.Waiver != nil {
				p.Printf("%s %s lands on a waiver of %s until %s: %s (%s)\n", p.paint(yellow, "WAIVED"), r.Path, r.Waiver.By, r.Waiver.Expires, r.Waiver.Reason, r.Waiver.Ticket)
			}
		}
		for _, note := range c.Notes {
			p.Printf("note: %s\n", note)
		}
		p.verdict(c)
		return p.Flush()
	},
}

// aboutApprovals reports whether a finding is about approvals that are missing, so
// that its reader wants to know who could give them.
func aboutApprovals(code string) bool {
	return slices.Contains([]string{"APR101", "APR110", "APR111"}, code)
}

// refusal tells in at most eight lines what is missing of a file, who could give
// it, and how.
func (p *Printer) refusal(r *check.Result) {
	missing := r.Missing()
	var reasons []string
	for _, s := range missing {
		for _, reason := range s.Reasons {
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	p.Printf("  needed   by %s\n", few(reasons, 4))
	roles := map[string]bool{}
	for _, s := range missing {
		if roles[s.Role] || len(roles) == 3 {
			continue
		}
		roles[s.Role] = true
		p.Printf("  %s\n", whoCould(s, r))
	}
	if len(r.Refused) > 0 {
		last := r.Refused[len(r.Refused)-1]
		p.Printf("  refused  %s: %s (%s, %s)%s\n", last.By, last.Reason, last.Code, last.Evidence, more(len(r.Refused)-1))
	}
	p.Printf("  digest   %s\n", r.Digest)
	p.Printf("  next     %s\n", NextCommand(r))
}

func whoCould(s check.Slot, r *check.Result) string {
	who := "anybody of people.yaml"
	if s.Role != "*" {
		who = s.Role
	}
	switch {
	case len(s.Could) > 0:
		return fmt.Sprintf("who      %s: %s", who, few(s.Could, 6))
	case len(r.Authors) > 0:
		return fmt.Sprintf("who      %s: nobody is left but the authors, %s; give somebody else the role in people.yaml first", who, few(r.Authors, 3))
	}
	return fmt.Sprintf("who      %s: nobody in people.yaml; give somebody the role first", who)
}

// NextCommand returns the command by which somebody gives an approval that is
// missing of a file.
func NextCommand(r *check.Result) string {
	role := "ROLE"
	if missing := r.Missing(); len(missing) > 0 && missing[0].Role != "*" {
		role = missing[0].Role
	}
	command := fmt.Sprintf("promptlib approve %s --role %s", shellWord(r.Path), role)
	if r.Change == "removed" {
		command += " --removed"
	}
	return command
}

// plainWord is text that a shell takes for one word as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./+@%,=:][A-Za-z0-9_./+@%,=:-]*$`)

// shellWord returns text as one word of a shell.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// few joins the first of some words, and counts the rest.
func few(words []string, most int) string {
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

func (p *Printer) verdict(c Check) {
	counts := c.lint()
	word, color := c.Word(), red
	if c.OK() {
		color = green
	}
	p.Printf("%s: %s governed, %d exempt, %d not governed, %d of evidence; %s, %s\n", p.paint(color, word),
		count(c.Evaluated, "changed file"), c.Exempt, c.Skipped, c.Evidence, count(counts.Count(library.Error), "error"), count(counts.Count(library.Warning), "warning"))
}
