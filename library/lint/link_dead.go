package lint

import (
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

var linkDead = &Rule{
	Code: library.Code{
		ID: "LNK003", Name: "link-dead", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "link to a file that does not exist",
			Why:     "Readers and models that follow the link find nothing; usually the file was moved or renamed.",
			Fix:     "Correct the link, or remove it. A target that is left to be filled in, such as <file> or path/to/file.md, is none, and so is any link in code or in an example.",
			Bad: `---
title: Summary
---
Sum up the text as the [style guide](guides/style.md) says.
`,
			Good: `-- prompts/example.md --
---
title: Summary
---
Sum up the text as the [style guide](guides/style.md) says.
-- prompts/guides/style.md --
---
title: Style guide
---
Short sentences.
`,
		},
	},
	Prompt: func(p *Pass) {
		if p.Index == nil {
			return
		}
		related := p.Prompt.Related
		for _, t := range p.Prompt.Links {
			for len(related) > 0 && related[0].Pos.Offset < t.Pos.Offset {
				related = related[1:]
			}
			if len(related) > 0 && related[0].Pos.Offset == t.Pos.Offset {
				continue // is left to related-missing
			}
			if !isLinkPath(t.Value) || isBlankPath(t.Value) || p.Index.Leads(p.Prompt.Path, t.Value) || p.inExample(t.Pos.Offset) {
				continue
			}
			p.reportDead(t, "link leads to %q, which does not exist", t.Value)
		}
	},
}

// reportDead reports a reference that leads nowhere, and where its file is.
func (p *Pass) reportDead(t library.Text, format string, args ...any) {
	d := p.Reportf(t, format, args...)
	if p.tally.dropped > 0 {
		return // to find where files went takes a look at the whole library
	}
	if moved := p.Index.Moved(p.Prompt.Path, t.Value); moved != "" {
		d.Message += "; the file is " + strconv.Quote(moved) + " now"
		if i := strings.IndexByte(t.Value, '#'); i >= 0 {
			moved += t.Value[i:]
		}
		d.Fix = &library.Fix{Title: "link to " + moved, Edits: []library.Edit{library.Replace(t, moved)}}
		return
	}
	target, _, _ := strings.Cut(t.Value, "#")
	near := p.Index.Near(target)
	if near == "" || library.Stem(near) == library.Stem(target) {
		return // none, or one of several files of that name
	}
	if strings.Contains(target, "/") {
		near = library.LinkTo(p.Prompt.Path, near)
	}
	d.Message += "; did you mean " + strconv.Quote(near) + "?"
}

// isLinkPath reports whether the target of a link is meant as the path of a file.
func isLinkPath(target string) bool {
	if strings.HasPrefix(target, "/") {
		return library.IsPromptFile(target) // the path of a site, unless it names a prompt
	}
	return strings.ContainsAny(target, "/.")
}

// isBlankPath reports whether a path is left to be filled in.
func isBlankPath(path string) bool {
	for i := range len(path) {
		switch path[i] {
		case '<', '>', '[', ']', '{', '}', '$', '*', '|', '\\', '"', '\'', '`':
			return true
		case '.':
			if strings.HasPrefix(path[i:], "...") {
				return true
			}
		case '\xe2':
			if strings.HasPrefix(path[i:], "…") {
				return true
			}
		case 'p':
			if strings.HasPrefix(path[i:], "path/to/") {
				return true
			}
		}
	}
	return false
}

// inExample reports whether an offset lies in an example.
func (p *Pass) inExample(at int) bool {
	after, _ := slices.BinarySearchFunc(p.Prompt.Examples, at+1, func(e library.Example, at int) int { return e.Marker.Pos.Offset - at })
	if after == 0 {
		return false
	}
	e := &p.Prompt.Examples[after-1]
	return at < max(e.Input.End.Offset, e.Output.End.Offset)
}
