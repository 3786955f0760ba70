package report

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
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
				p.refusal(c, r)
			}
		}
		for i := range c.Files {
			p.approvals(c, &c.Files[i])
		}
		for _, note := range c.notes() {
			p.Printf("note: %s\n", note)
		}
		if list := c.lacking(); list != nil {
			p.Printf("missing in all: %s\n", strings.Join(list, "; "))
		}
		if list := c.explained(); list != nil {
			p.Printf("promptlib explain %s says why, and what to do\n", strings.Join(list, " "))
		}
		tone := red
		if c.OK() {
			tone = green
		}
		p.Printf("%s: %s: %s\n", p.paint(tone, c.Word()), c.about(), c.counts())
		return p.Flush()
	},
}

// aboutApprovals reports whether a finding is about approvals that are missing, so
// that its reader wants to know who could give them.
func aboutApprovals(code string) bool {
	return slices.Contains([]string{"APR101", "APR110", "APR111"}, code)
}

// How much of a refusal is told, so that with its finding it takes ten lines.
const (
	toldRoles   = 3
	toldRefused = 2
)

// refusal tells in at most nine lines what is missing of a file, who could give
// it, and how.
func (p *Printer) refusal(c Check, r *check.Result) {
	p.Printf("  needed   by %s\n", few(askedBy(r), 4))
	missing := lacks(r)
	for _, l := range missing[:min(len(missing), toldRoles)] {
		if len(l.Could) == 0 {
			p.Printf("  who      %s\n", c.nobody(r, l))
			continue
		}
		p.Printf("  who      %s: %s\n", l.role(), few(l.Could, 6))
	}
	if n := len(missing) - toldRoles; n > 0 {
		p.Printf("  who      %s; --format markdown has them all\n", count(n, "more role"))
	}
	for i, f := range r.Refused {
		if i == toldRefused-1 && len(r.Refused) > toldRefused {
			p.Printf("  refused  %d more; --format markdown has them all\n", len(r.Refused)-i)
			break
		}
		p.Printf("  refused  %s: %s (%s, %s)\n", f.By, f.Reason, f.Code, f.Evidence)
	}
	p.Printf("  digest   %s\n", r.Digest)
	if next := c.next(r); next != "" {
		p.Printf("  they run %s\n", next) // not the reader, who is an author as a rule
	}
}

// waived says what a file lands on in place of approvals.
func waived(w *check.Waiver) string {
	return fmt.Sprintf("it lands on a waiver of %s until %s: %s (%s, %s)", w.By, w.Expires, w.Reason, w.Ticket, w.Evidence)
}

// approvals tells who has approved of a file of which no approval is missing, or
// what it lands on in their place.
func (p *Printer) approvals(c Check, r *check.Result) {
	if w := r.Waiver; w != nil {
		p.Printf("%s: %s: %s\n", r.Path, p.paint(yellow, "waived"), waived(w))
		return
	}
	if len(r.Slots) == 0 || len(r.Missing()) > 0 {
		return
	}
	var list []string
	for _, s := range r.Slots {
		as := ""
		if s.Role != "*" {
			as = " as " + s.Role
		}
		list = append(list, fmt.Sprintf("%s%s (%s)", s.By, as, s.Evidence))
	}
	p.Printf("%s: %s by %s\n", r.Path, p.paint(green, "approved"), few(list, 6))
}

// lacking counts the files in which approvals are missing, by role in the order of
// the names; nil where each role is missing in one file at the most.
func (c Check) lacking() []string {
	files := map[string]int{}
	most := 0
	for i := range c.Files {
		if c.Files[i].Waiver != nil {
			continue
		}
		for _, l := range lacks(&c.Files[i]) {
			files[l.Role]++
			most = max(most, files[l.Role])
		}
	}
	if most < 2 {
		return nil
	}
	var list []string
	for _, role := range slices.Sorted(maps.Keys(files)) {
		name := role
		if role == "*" {
			name = "one more person"
		}
		list = append(list, name+" for "+count(files[role], "file"))
	}
	return list
}

// explained lists the codes of the refusal that are of check itself.
func (c Check) explained() []string {
	var list []string
	for _, d := range c.Findings {
		if d.Severity == library.Error && strings.HasPrefix(d.Code, "APR") && !slices.Contains(list, d.Code) {
			list = append(list, d.Code)
		}
	}
	slices.Sort(list)
	return list
}

// approve returns the command by which somebody signs an approval that is missing
// of a file; "" where none is missing, or nobody could give it.
func (c Check) approve(r *check.Result) string {
	missing := r.Missing()
	i := slices.IndexFunc(missing, func(s check.Slot) bool { return len(s.Could) > 0 })
	if i < 0 {
		return ""
	}
	command := "promptlib approve " + shellWord(r.Path)
	if role := missing[i].Role; role != "*" {
		command += " --role " + shellWord(role)
	}
	if r.Change == "removed" {
		command += " --removed --base " + shortID(c.Base)
	}
	return command
}

// next is the next command of a file. Where the policy accepts no signed statements,
// that prints the line for a review.
func (c Check) next(r *check.Result) string {
	command := c.approve(r)
	if command == "" || slices.Contains(c.Accepts, policy.EvidenceSigned) {
		return command
	}
	return command + " --print"
}

// plainWord is text that a shell takes for one word as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./+@%,=:][A-Za-z0-9_./+@%,=:-]*$`)

// shellWord returns text as one word of a shell. What cannot be seen is written
// with the escapes of bash, which are those of [Escape].
func shellWord(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "./" + s // and no option
	}
	switch {
	case plainWord.MatchString(s):
		return s
	case Escape(s) == s:
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return "$'" + Escape(strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s)) + "'"
}

// few joins the first of some words, and counts the rest.
func few(words []string, most int) string {
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}
