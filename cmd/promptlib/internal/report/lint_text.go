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
		secret := map[string]bool{} // lines that are not shown, whatever is wrong with them
		for _, d := range l.Diagnostics {
			if d.Secret {
				secret[lineOf(d.Pos)] = true
			}
		}
		for _, d := range l.Diagnostics {
			p.diagnostic(d)
			if !secret[lineOf(d.Pos)] {
				p.snippet(&source, d.Pos, d.End)
			}
			for _, r := range d.Related {
				p.Printf("  %s: note: %s\n", r.Pos, r.Message)
			}
		}
		if len(l.Diagnostics) > 0 {
			p.Printf("\n")
			if l.Statistics {
				p.statistics(l.Diagnostics)
				p.Printf("\n")
			}
		}
		p.Printf("%s\n", lintSummary(l))
		return p.Flush()
	},
}

func lineOf(p library.Pos) string {
	p.Column = 1
	return p.String()
}

func lintSummary(l Lint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s checked", count(l.Files, "file"))
	if l.Skipped > 0 {
		fmt.Fprintf(&b, ", %d skipped as no prompts", l.Skipped)
	}
	if l.Excluded > 0 {
		fmt.Fprintf(&b, ", %d excluded", l.Excluded)
	}
	b.WriteString(": ")
	if len(l.Diagnostics) == 0 {
		b.WriteString("no findings")
	} else {
		fmt.Fprintf(&b, "%s, %s, %d info", count(l.Count(library.Error), "error"), count(l.Count(library.Warning), "warning"), l.Count(library.Info))
	}
	if l.Suppressed > 0 {
		fmt.Fprintf(&b, ", %d suppressed", l.Suppressed)
	}
	if l.Baselined > 0 {
		fmt.Fprintf(&b, ", %d baselined", l.Baselined)
	}
	if l.Stale > 0 {
		fmt.Fprintf(&b, ", %d stale in the baseline", l.Stale)
	}
	b.WriteString(fixSummary(l))
	return b.String()
}

func fixSummary(l Lint) string {
	safe, unsafe := l.Fixable()
	switch {
	case l.Fixed != nil && l.Fixed.Findings == 0:
		return "; nothing to fix"
	case l.Fixed != nil:
		return fmt.Sprintf("; %d fixed in %s", l.Fixed.Findings, count(l.Fixed.Files, "file"))
	case safe > 0 && unsafe > 0:
		return fmt.Sprintf("; %d fixable with --fix, %d more with --fix-unsafe", safe, unsafe)
	case safe > 0:
		return fmt.Sprintf("; %d fixable with --fix", safe)
	case unsafe > 0:
		return fmt.Sprintf("; %d fixable with --fix-unsafe", unsafe)
	}
	return ""
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

// snippetWidth is how much of a line a snippet shows, in code points.
const snippetWidth = 100

// snippet writes the line of a place with a caret below it.
func (p *Printer) snippet(source *lines, pos, end library.Pos) {
	line, at, ok := source.at(pos)
	if !ok || len(bytes.TrimSpace(line)) == 0 {
		return
	}
	// Only what is shown is looked at: a line may be as long as a file, and have
	// thousands of findings.
	from, column, prefix, suffix := 0, source.atColumn-1, "", ""
	if column > snippetWidth*3/4 {
		from, column, prefix = at, snippetWidth/4, "…"
		for range column {
			_, size := utf8.DecodeLastRune(line[:from])
			from -= size
		}
	}
	to := from
	for n := 0; n < snippetWidth && to < len(line); n++ {
		_, size := utf8.DecodeRune(line[to:])
		to += size
	}
	if to < len(line) {
		suffix = "…"
	}
	if !utf8.Valid(line[from:to]) {
		return
	}
	text := []rune(strings.ReplaceAll(string(line[from:to]), "\t", " "))
	column = min(column, len(text)) // the file may have changed since
	length := 1
	if end.Line == pos.Line {
		length = max(1, end.Column-pos.Column)
	} else if end.Line > pos.Line {
		length = snippetWidth
	}
	length = min(length, max(1, len(text)-column))
	shown := Escape(string(text[:column]))
	gutter := fmt.Sprintf("%5d | ", pos.Line)
	p.Printf("%v%s%s%s\n", p.paint(faint, gutter), prefix, string(text), suffix)
	p.Printf("%v%s%v\n", p.paint(faint, "      | "), strings.Repeat(" ", utf8.RuneCountInString(prefix+shown)), p.paint(bold, "^"+strings.Repeat("~", length-1)))
}
