package score

import (
	"fmt"
	"slices"
	"strings"

	"promptlib/evals"
	"promptlib/library"
)

// broken says which limitations the text of a section breaks.
func broken(l evals.Limitations, body string) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	within := func(n int, what string, least, most *int) {
		if least != nil && n < *least {
			say("has %d %s, fewer than %d", n, what, *least)
		}
		if most != nil && n > *most {
			say("has %d %s, more than %d", n, what, *most)
		}
	}
	if l.Count() == 0 {
		return nil
	}
	within(len(strings.Fields(body)), "words", l.MinWords, l.MaxWords)
	prose := outsideCode(body)
	within(bullets(prose), "list items", l.MinBullets, l.MaxBullets)
	if l.Table != nil && !hasTable(prose, l.Table) {
		say("has no table with the columns %s", strings.Join(l.Table, ", "))
	}
	if l.CodeBlock != "" && !hasCodeBlock(body, l.CodeBlock) {
		say("has no code block in %q", l.CodeBlock)
	}
	return list
}

// outsideCode lists the lines of a text that stand in no fenced code block.
func outsideCode(text string) []string {
	var list []string
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		marks := len(trimmed) - len(strings.TrimLeft(trimmed, "`~"))
		switch {
		case fence == "" && marks >= 3:
			fence = trimmed[:marks]
		case fence != "" && marks == len(trimmed) && strings.HasPrefix(trimmed, fence):
			fence = ""
		case fence == "":
			list = append(list, strings.TrimRight(line, "\r\n"))
		}
	}
	return list
}

// bullets counts the items of lists, numbered or not, but not those of lists in
// lists: three steps with notes are three.
func bullets(lines []string) int {
	n, indent := 0, -1
	for _, line := range lines {
		text := strings.TrimLeft(line, " \t")
		in := len(line) - len(text)
		switch {
		case !isItem(text):
			if text != "" && in == 0 {
				indent = -1 // the list has ended
			}
		case indent < 0 || in <= indent:
			n, indent = n+1, in
		case in < indent+2: // as people indent who do not count
			n++
		}
	}
	return n
}

func isItem(text string) bool {
	if number := strings.TrimLeft(text, "0123456789"); len(number) < len(text) {
		return strings.HasPrefix(number, ". ") || strings.HasPrefix(number, ") ")
	}
	return strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* ") || strings.HasPrefix(text, "+ ")
}

// hasTable reports whether there is a table with some columns, compared as
// headings are. It may have others.
func hasTable(lines []string, columns []string) bool {
	for i := 1; i < len(lines); i++ {
		if !isDelimiterRow(lines[i]) {
			continue
		}
		var have []string
		for _, cell := range cells(lines[i-1]) {
			have = append(have, library.NormalHeading(cell))
		}
		if !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(have, library.NormalHeading(c)) }) {
			return true
		}
	}
	return false
}

// isDelimiterRow reports whether a line is that below the head of a table, as in
// "|---|:-:|".
func isDelimiterRow(line string) bool {
	return strings.Contains(line, "|") && strings.Contains(line, "-") && strings.Trim(line, "|-: \t") == ""
}

func cells(line string) []string {
	return strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
}
