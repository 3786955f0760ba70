package lint

import (
	"strings"

	"promptlib/library"
)

var frontMatterUnclosed = &Rule{
	Code: library.Code{
		ID: "FM003", Name: "front-matter-unclosed", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is never closed",
			Why:     "Other readers take the body for YAML up to the next rule, or see no front matter at all.",
			Fix:     "Add a line of exactly --- after the last key.",

			Bad: `---
title: Release notes
version: "1.0"

# Release notes

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---

# Release notes

Sum up the commits.
`,
		},
	},
	Kind: library.HeaderUnclosed,
	Fix:  closeFrontMatter,
}

// closeFrontMatter ends a front matter below its last key, if all above the body
// is a mapping. Where the body begins is certain at a tag, and at a heading that
// no key follows: else the heading may be a comment.
func closeFrontMatter(p *library.Prompt, _ *library.Problem) *library.Fix {
	start, end := p.Front.Place.Pos.Offset, p.Front.Place.End.Offset
	if p.Front.Root == nil || len(p.Front.Root.Pairs) == 0 || end == len(p.Source) {
		return nil
	}
	at := start + len(strings.TrimRight(p.Source[start:end], " \t\r\n"))
	n := strings.IndexByte(p.Source[at:end], '\n')
	if n < 0 {
		return nil
	}
	at += n + 1
	line := "---\n"
	if strings.HasSuffix(p.Source[:at], "\r\n") {
		line = "---\r\n"
	}
	heading, text, _ := strings.Cut(p.Source[end:], "\n")
	next, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	safe := heading[0] == '<' || heading[0] == '#' && !strings.Contains(next, ":")
	return &library.Fix{Title: "close the front matter", Safe: safe, Edits: []library.Edit{{Start: at, End: at, New: line}}}
}
