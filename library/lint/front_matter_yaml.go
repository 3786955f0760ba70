package lint

import (
	"slices"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

var frontMatterYAML = &Rule{
	Code: library.Code{
		ID: "FM001", Name: "front-matter-yaml", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is not valid YAML",
			Why:     "No key of the front matter can be read, so governance counts as missing and the prompt as most restricted.",
			Fix:     "Mend the line the message points at; a value that begins with a special character or holds \": \" needs quotes.",

			Bad: `---
title: Release notes: short
version: "1.0"
---
Sum up the commits.
`,
			Good: `---
title: "Release notes: short"
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.InvalidYAML,
	Fix:  quoteValues,
}

// maxQuoted is how many values of one front matter are put in quotes: each is
// found by another reading.
const maxQuoted = 8

// quoteValues puts values in quotes that YAML cannot read without, such as one
// that begins with "@" or holds ": ". They say what they say in either case; it is
// done only if that is all that is wrong.
func quoteValues(p *library.Prompt, _ *library.Problem) *library.Fix {
	start, end := p.Front.Place.Pos.Offset, p.Front.Place.End.Offset
	header := p.Source[start:end]
	fix := &library.Fix{Title: "put the value in quotes", Safe: true}
	text := header
	for range maxQuoted {
		root, problems := library.ReadYAML(p.Path, []byte(text))
		i := slices.IndexFunc(problems, func(q library.Problem) bool { return q.Kind == library.InvalidYAML })
		if i < 0 {
			if root == nil || root.Type != library.Map || len(problems) > 0 || len(fix.Edits) == 0 {
				return nil
			}
			break
		}
		edit, ok := quoteValue(header, problems[i].At.Pos.Line)
		if !ok {
			return nil
		}
		fix.Edits = append(fix.Edits, edit)
		with, made := library.Apply(header, []*library.Fix{fix})
		if len(made) == 0 {
			return nil // the quotes did not help, or the places are out of order
		}
		text = with
	}
	for i := range fix.Edits {
		fix.Edits[i].Start += start
		fix.Edits[i].End += start
	}
	return fix
}

// quoteValue is the edit that puts the value on a line (from 1) of a YAML text in
// quotes, if the line is a key with a value that no other line continues.
func quoteValue(text string, line int) (library.Edit, bool) {
	lines := strings.SplitAfter(text, "\n")
	if line > len(lines) {
		return library.Edit{}, false
	}
	key, value, _ := strings.Cut(lines[line-1], ": ")
	indent := len(key) - len(strings.TrimLeft(key, " "))
	next := ""
	if line < len(lines) {
		next = lines[line]
	}
	start := len(strings.Join(lines[:line-1], "")) + len(key) + len(": ")
	start += len(value) - len(strings.TrimLeft(value, " "))
	value = strings.TrimSpace(value)
	switch {
	case value == "" || strings.IndexByte("\"'[{|>!&#-", value[0]) >= 0 || strings.Contains(value, " #") || hasControl(value) || !utf8.ValidString(value),
		!isPlain(strings.TrimSpace(key)) || strings.Contains(strings.TrimSpace(key), " "),
		strings.TrimSpace(next) != "" && len(next)-len(strings.TrimLeft(next, " ")) > indent:
		return library.Edit{}, false
	}
	return library.Edit{Start: start, End: start + len(value), New: quote(value)}, true
}
