package lint

import (
	"strings"

	"promptlib/library"
)

var frontMatterMissing = &Rule{
	Code: library.Code{
		ID: "FM002", Name: "front-matter-missing", Severity: library.Error,
		Doc: library.Doc{
			Summary: "prompt has no front matter, or front matter that is never opened",
			Why:     "Without title, version and governance nobody can find the prompt, approve it or tell what data it may see.",
			Fix:     "Begin the file with a line of ---, the keys, and a line of ---.",

			Bad: `## Description

For a release.

## Prompt

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		governed := p.Prompt.Dialect != "plain" || p.Policy.Prompts != nil && p.Governance.Governed
		switch at, ok := p.unopened(); {
		case p.Prompt.Front.Found && !p.Prompt.Front.Closed:
		case ok:
			p.Reportf(at, "front matter is never opened; put a line of exactly %q before it", "---")
		case !governed:
		case !p.Prompt.Front.Found:
			p.Reportf(p.start(), "prompt has no front matter; begin the file with keys between two lines of %q", "---")
		case p.Prompt.Front.Closed && p.Prompt.Front.Sound && p.Prompt.Front.Root == nil:
			p.Reportf(p.start(), "front matter is empty; give the prompt at least a title and a version")
		}
	},
}

// unopened looks for front matter whose first line is lost: keys from the first
// line on, up to a line of hyphens, or of the dashes that word processors make
// of them.
func (p *Pass) unopened() (at library.Text, ok bool) {
	if p.Prompt.Front.Found {
		return library.Text{}, false
	}
	first, offset := -1, 0
	for line := range strings.Lines(p.Prompt.Body.Value) {
		text := strings.TrimSpace(line)
		key, _, isKey := strings.Cut(text, ":")
		switch {
		case first < 0 && strings.Trim(text, "-–—") == "":
		case text != "" && strings.Trim(text, "-–—") == "":
			return p.Prompt.Body.Sub(first, first+len(strings.TrimRight(firstLine(p.Prompt.Body.Value[first:]), " "))), true
		case isKey && key != "" && !strings.ContainsAny(key, " #<*`[{"):
			if first < 0 {
				first = offset
			}
		case first < 0 || !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "- "):
			return library.Text{}, false
		}
		offset += len(line)
	}
	return library.Text{}, false
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
