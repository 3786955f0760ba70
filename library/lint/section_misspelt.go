package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var sectionMisspelt = &Rule{
	Code: library.Code{
		ID: "STR015", Name: "section-misspelt", Severity: library.Error,
		Doc: library.Doc{
			Summary: "section is nearly one that is read",
			Why:     "A section whose name is misspelt is not read as what it is: examples under such a name are never run, and in dialect A they are sent to the model.",
			Fix:     "Correct the name, in the closing tag too.",
			Bad: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.

## Exmaple Usage

**Input**

Two commits.

**Output**

Two changes.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.

## Example Usage

**Input**

Two commits.

**Output**

Two changes.
`,
		},
	},
	about: irregular,
	Prompt: func(p *Pass) {
		switch p.Prompt.Dialect {
		case "A":
			p.misspeltTags()
		case "B":
			p.misspeltHeadings()
		}
	},
}

// readB are the sections of dialect B that are read, with the headings by which
// they are found in the form of [library.NormalHeading].
var readB = []struct {
	heading string
	names   []string
}{
	{"Prompt", library.PromptHeadings},
	{"Variables", library.VariableHeadings},
	{"Example Usage", library.ExampleHeadings},
	{"Description", []string{"description"}},
	{"Related Prompts", library.RelatedHeadings},
}

func (p *Pass) misspeltHeadings() {
	for i := range p.Prompt.Sections {
		s := &p.Prompt.Sections[i]
		if s.Level != 2 || isReadB(s.Normal()) {
			continue
		}
		for _, r := range readB {
			if library.Nearest(s.Normal(), slices.Values(r.names)) == "" {
				continue
			}
			if _, ok := p.Prompt.Section(r.names...); !ok {
				p.Reportf(s.Heading, "section %q is none that is read; did you mean %q?", s.Heading.Value, r.heading)
			}
			break
		}
	}
}

// isReadB reports whether a heading is one that is read, or one of the customary
// ones that are not.
func isReadB(normal string) bool {
	for _, r := range readB {
		if slices.Contains(r.names, normal) {
			return true
		}
	}
	return normal == "tips" || normal == "use cases"
}

// misspeltTags looks at the opening tags alone on a line, whether they are closed
// or not.
func (p *Pass) misspeltTags() {
	text := p.Prompt.Body
	for at := 0; at >= 0 && at < len(text.Value); at = nextTagLine(text.Value, at) {
		line := strings.TrimRight(firstLine(text.Value[at:]), " \t")
		name, ok := strings.CutSuffix(strings.TrimPrefix(line, "<"), ">")
		if !ok || name == "" || name[0] == '/' || slices.Contains(library.TagsA, name) {
			continue
		}
		near := library.Nearest(name, slices.Values(library.TagsA))
		if _, there := p.Prompt.Section(near); near == "" || there {
			continue
		}
		if place := text.Sub(at+1, at+1+len(name)); !p.Prompt.InCode(place.Pos.Line) && !p.inSection(place) {
			p.Reportf(place, "tag %q opens no section that is read; did you mean %q?", "<"+name+">", "<"+near+">")
		}
	}
}

// inSection reports whether a place lies in one of the sections that are read,
// where a tag is part of the text.
func (p *Pass) inSection(at library.Text) bool {
	return slices.ContainsFunc(p.Prompt.Sections, func(s library.Section) bool {
		return slices.Contains(library.TagsA, s.Heading.Value) && s.Body.Pos.Offset <= at.Pos.Offset && at.Pos.Offset < s.Body.End.Offset
	})
}

// nextTagLine returns the offset of the next line after an offset that begins
// with a bracket, or -1.
func nextTagLine(text string, after int) int {
	for i := after + 1; ; i++ {
		n := strings.IndexByte(text[min(i, len(text)):], '<')
		if n < 0 {
			return -1
		}
		if i += n; text[i-1] == '\n' {
			return i
		}
	}
}
