package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

// commentRoom keeps a comment below the 65,536 characters that GitHub takes.
const commentRoom = 65_000

var lintMarkdown = LintFormat{
	Name:  "markdown",
	Doc:   "a table for a comment on a pull request, below 65,000 characters",
	Write: func(w io.Writer, l Lint, _ bool) error { return writeMarkdown(w, l, commentRoom) },
}

// writeMarkdown writes findings as a table, errors first and as many as there
// is room for, in bytes.
func writeMarkdown(w io.Writer, l Lint, room int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## promptlib lint\n\n%s\n", lintSummary(l))
	if len(l.Diagnostics) > 0 {
		b.WriteString("\n| severity | place | finding | rule |\n| --- | --- | --- | --- |\n")
	}
	const footer = 100 // more than the last line takes
	for i, d := range l.worstFirst() {
		row := l.markdownRow(d)
		if b.Len()+len(row)+footer > room {
			fmt.Fprintf(&b, "\n%s not shown here.\n", count(len(l.Diagnostics)-i, "more finding"))
			break
		}
		b.WriteString(row)
	}
	if b.Len() > room {
		return nil // not even the head has room
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (l Lint) markdownRow(d *library.Diagnostic) string {
	place := d.Pos
	place.Path = l.path(place.Path)
	rule := d.Code + " " + d.Name
	if address := l.help(d.Code); address != "" {
		rule = "[" + rule + "](" + address + ")"
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", d.Severity, codeSpan(place.String()), codeSpan(d.Message), rule)
}

// cellWidth is how much of a text a cell shows, in code points.
const cellWidth = 1000

// codeSpan returns text as a code span in a cell of a table. A span is the one
// place where no text is a mention, a link, an image or HTML.
//
// Note: \| is how a cell has a bar, but renderers differ on one after a
// backslash, so that is escaped as control characters are.
func codeSpan(s string) string {
	return fenced(strings.ReplaceAll(strings.ReplaceAll(escapeShort(s), `\|`, `\\x7c`), "|", `\|`))
}

// codeInText is codeSpan outside of tables, where a bar is a bar.
func codeInText(s string) string { return fenced(escapeShort(s)) }

func escapeShort(s string) string {
	if utf8.RuneCountInString(s) > cellWidth {
		s = string([]rune(s)[:cellWidth]) + "…"
	}
	return Escape(s)
}

func fenced(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}
