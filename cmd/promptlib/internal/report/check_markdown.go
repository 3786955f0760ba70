package report

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"promptlib/library/check"
	"promptlib/library/policy"
)

var checkMarkdown = CheckFormat{
	Name:  "markdown",
	Doc:   "the comment on a pull request, below 65,000 characters: what is missing, who could give it, and the line to paste",
	Write: func(w io.Writer, c Check, _ bool) error { return writeCheckMarkdown(w, c, commentRoom) },
}

// writeCheckMarkdown writes a verdict: what is missing, then the findings, then how
// to approve of each file, folded; as much as there is room for, in bytes.
func writeCheckMarkdown(w io.Writer, c Check, room int) error {
	m := markdown{room: room}
	fmt.Fprintf(&m, "## promptlib check: %s\n\n%s: %s\n", c.Word(), codeInText(c.about()), c.counts())
	m.banners(c)
	m.table("file | missing | who could give it", c.missingRows(), "missing role", room/3)
	findings := []string{}
	l := c.lint()
	for _, d := range l.worstFirst() {
		findings = append(findings, l.markdownRow(d))
	}
	m.table("severity | place | finding | rule", findings, "finding", room*2/3)
	var folded []string
	for i := range c.Files {
		if r := &c.Files[i]; len(r.Missing()) > 0 {
			folded = append(folded, c.howTo(r))
		}
	}
	m.blocks(folded, "file")
	if rows := c.approvedRows(); len(rows) > 0 && m.fits(200) {
		fmt.Fprintf(&m, "\n<details><summary>%s</summary>\n", count(len(rows), "approval"))
		m.table("file | by | as | evidence", rows, "approval", room-100)
		m.WriteString("\n</details>\n")
	}
	if m.Len() > room {
		return nil // not even the head has room
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// A markdown is a page that has to fit somewhere.
type markdown struct {
	strings.Builder
	room int // in bytes
}

// counted is more than the line takes that counts what is left out.
const counted = 100

// fits reports whether so many bytes can still be written.
func (m *markdown) fits(n int) bool { return m.Len()+n+counted <= m.room }

// table writes as many rows as keep the page below a size, and counts the rest.
func (m *markdown) table(head string, rows []string, noun string, upTo int) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(m, "\n| %s |\n|%s\n", head, strings.Repeat(" --- |", strings.Count(head, "|")+1))
	for i, row := range rows {
		if m.Len()+len(row)+counted > upTo {
			fmt.Fprintf(m, "\n%s not shown here.\n", count(len(rows)-i, "more "+noun))
			return
		}
		m.WriteString(row)
	}
}

// blocks writes the blocks that there is room for, and counts the rest.
func (m *markdown) blocks(list []string, noun string) {
	left := 0
	for _, block := range list {
		if !m.fits(len(block) + counted) {
			left++
			continue
		}
		m.WriteString(block)
	}
	if left > 0 {
		fmt.Fprintf(m, "\nHow to approve of %s is not shown here; --format text has all.\n", count(left, "more file"))
	}
}

// banners writes what stands above everything else: why nothing can be decided,
// waivers and notes.
func (m *markdown) banners(c Check) {
	left := 0
	put := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); m.Len()+len(text)+counted > m.room/3 {
			left++
		} else {
			m.WriteString(text)
		}
	}
	for _, d := range c.Undecided {
		place, hint := "", ""
		if d.Pos.Path != "" {
			place = codeInText(d.Pos.String()) + ": "
		}
		if d.Hint != "" {
			hint = "; " + codeInText(d.Hint)
		}
		put("\n> [!CAUTION]\n> Nothing can be decided: %s%s%s\n", place, codeInText(d.Message), hint)
	}
	for _, r := range c.Files {
		if w := r.Waiver; w != nil {
			put("\n> [!WARNING]\n> %s lands on a waiver of %s until %s: %s (%s, %s). Its approvals are due by then.\n",
				codeInText(r.Path), codeInText(w.By), codeInText(w.Expires), codeInText(w.Reason), codeInText(w.Ticket), codeInText(w.Evidence))
		}
	}
	for _, note := range c.notes() {
		put("\nNote: %s\n", codeInText(note))
	}
	if left > 0 {
		fmt.Fprintf(m, "\n%s not shown here.\n", count(left, "more message"))
	}
}

// missingRows are the roles in which approvals are missing, with who could give
// them.
func (c Check) missingRows() []string {
	var rows []string
	for i := range c.Files {
		r := &c.Files[i]
		file := codeSpan(r.Path)
		if r.Change != "changed" {
			file += " " + r.Change
		}
		if r.Waiver != nil {
			file += " waived"
		}
		for _, l := range lacks(r) {
			who := "nobody yet: see below"
			if len(l.Could) > 0 {
				who = fewSpans(l.Could, 6, codeSpan)
			}
			rows = append(rows, fmt.Sprintf("| %s | %s | %s |\n", file, codeSpan(l.role()), who))
		}
	}
	return rows
}

// fewSpans is few, for text that is not ours.
func fewSpans(words []string, most int, span func(string) string) string {
	spans := make([]string, len(words))
	for i, word := range words {
		spans[i] = span(word)
	}
	return few(spans, most)
}

// howTo tells, folded, how to approve of a file, and why what there is does not
// count.
func (c Check) howTo(r *check.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary><code>%s</code>: %s missing</summary>\n\n", html.EscapeString(Escape(r.Path)), count(len(r.Missing()), "approval"))
	fmt.Fprintf(&b, "Asked for by %s.", fewSpans(askedBy(r), 10, codeInText))
	if len(r.Authors) > 0 {
		fmt.Fprintf(&b, " The authors cannot give them: %s.", fewSpans(r.Authors, 10, codeInText))
	}
	b.WriteString("\n")
	for _, l := range lacks(r) {
		c.howToFill(&b, r, l)
	}
	if command := c.approve(r); command != "" && slices.Contains(c.Accepts, policy.EvidenceSigned) {
		fmt.Fprintf(&b, "\nOr sign a statement, and commit it to the branch:\n\n```sh\n%s\n```\n", command)
	}
	var rows []string
	for _, f := range r.Refused {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", codeSpan(f.By), codeSpan(f.Evidence), codeSpan(f.Reason), f.Code))
	}
	if len(rows) > 0 {
		b.WriteString("\nThis does not count:\n\n| by | evidence | why | rule |\n| --- | --- | --- | --- |\n" + strings.Join(rows[:min(len(rows), shownRefused)], ""))
	}
	if n := len(rows) - shownRefused; n > 0 {
		fmt.Fprintf(&b, "\n%s not shown here.\n", count(n, "more row"))
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// shownRefused is how much evidence that does not count is shown of a file.
const shownRefused = 20

// howToFill tells who could approve in a role, and the line that their review
// needs.
func (c Check) howToFill(b *strings.Builder, r *check.Result, l lack) {
	if len(l.Could) == 0 {
		fmt.Fprintf(b, "\n%s\n", codeInText(c.nobody(r, l)))
		return
	}
	role, as := l.Role, "As "+codeInText(l.Role)
	if role == "*" {
		role, as = "", "As anybody"
	}
	fmt.Fprintf(b, "\n%s: %s.", as, fewSpans(l.Could, 20, codeInText))
	if !slices.Contains(c.Accepts, policy.EvidenceForge) {
		b.WriteString("\n")
		return
	}
	fmt.Fprintf(b, " An approving review needs this line:\n\n```text\n%s\n```\n", Escape(check.DigestLine(r.Digest, r.Path, role)))
}

// approvedRows are the places that somebody fills.
func (c Check) approvedRows() []string {
	var rows []string
	for i := range c.Files {
		r := &c.Files[i]
		for _, s := range r.Slots {
			if s.By == "" {
				continue
			}
			as := "anybody"
			if s.Role != "*" {
				as = codeSpan(s.Role)
			}
			rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", codeSpan(r.Path), codeSpan(s.By), as, codeSpan(s.Evidence)))
		}
	}
	return rows
}
