package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

var lintText = LintFormat{
	Name: "text",
	Doc:  "one finding after the other, with the line it is about",
	Write: func(w io.Writer, l Lint, color bool) error {
		p := NewPrinter(w, color)
		source := lines{read: l.Source}
		for _, d := range l.Diagnostics {
			p.diagnostic(d)
			p.snippet(&source, d.Pos, d.End)
			for _, r := range d.Related {
				p.Printf("  %s: note: %s\n", r.Pos, r.Message)
			}
		}
		if len(l.Diagnostics) > 0 {
			p.Printf("\n")
		}
		p.Printf("%s\n", lintSummary(l))
		return p.Flush()
	},
}

func lintSummary(l Lint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s checked", count(l.Files, "file"))
	if l.Skipped > 0 {
		fmt.Fprintf(&b, ", %d skipped as no prompts", l.Skipped)
	}
	b.WriteString(": ")
	if len(l.Diagnostics) == 0 {
		b.WriteString("no findings")
	} else {
		fmt.Fprintf(&b, "%s, %s, %d info", count(l.Count(library.Error), "error"), count(l.Count(library.Warning), "warning"), l.Count(library.Info))
	}
	if l.Baselined > 0 {
		fmt.Fprintf(&b, ", %d baselined", l.Baselined)
	}
	if l.Stale > 0 {
		fmt.Fprintf(&b, ", %d stale in the baseline", l.Stale)
	}
	return b.String()
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// diagnostic writes the first line of a finding.
func (p *Printer) diagnostic(d *library.Diagnostic) {
	p.Printf("%s: %v: %s %v\n", d.Pos, p.paint(severityColors[d.Severity], d.Severity.String()), d.Message, p.paint(faint, "["+d.Code+" "+d.Name+"]"))
}

// lines gives lines of files; it keeps the file it read last.
type lines struct {
	read  func(path string) []byte
	path  string
	lines [][]byte
}

// line returns line n (from 1) of a file.
func (l *lines) line(path string, n int) (string, bool) {
	if l.read == nil {
		return "", false
	}
	if l.path != path {
		l.path, l.lines = path, bytes.Split(bytes.TrimPrefix(l.read(path), []byte("\ufeff")), []byte("\n"))
	}
	if n < 1 || n > len(l.lines) {
		return "", false
	}
	return strings.TrimRight(string(l.lines[n-1]), "\r"), true
}

// snippetWidth is how much of a line a snippet shows, in code points.
const snippetWidth = 100

// snippet writes the line of a place with a caret below it.
func (p *Printer) snippet(source *lines, pos, end library.Pos) {
	line, ok := source.line(pos.Path, pos.Line)
	if !ok || strings.TrimSpace(line) == "" || !utf8.ValidString(line) {
		return
	}
	column := min(pos.Column-1, utf8.RuneCountInString(line)) // the file may have changed since
	length := 1
	if end.Line == pos.Line {
		length = max(1, end.Column-pos.Column)
	} else if end.Line > pos.Line {
		length = max(1, utf8.RuneCountInString(line)-column)
	}
	text := []rune(strings.ReplaceAll(line, "\t", " "))
	prefix, suffix := "", ""
	if column > snippetWidth*3/4 {
		cut := column - snippetWidth/4
		text, column, prefix = text[cut:], column-cut, "…"
	}
	if len(text) > snippetWidth {
		text, suffix = text[:snippetWidth], "…"
	}
	length = min(length, max(1, len(text)-column))
	shown := Escape(string(text[:min(column, len(text))]))
	gutter := fmt.Sprintf("%5d | ", pos.Line)
	p.Printf("%v%s%s%s\n", p.paint(faint, gutter), prefix, string(text), suffix)
	p.Printf("%v%s%v\n", p.paint(faint, "      | "), strings.Repeat(" ", utf8.RuneCountInString(prefix+shown)), p.paint(bold, "^"+strings.Repeat("~", length-1)))
}
