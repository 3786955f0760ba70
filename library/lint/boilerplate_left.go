package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var boilerplateLeft = &Rule{
	Code: library.Code{
		ID: "STR014", Name: "boilerplate-left", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "text of the template was left in",
			Why:     "A section that tells its author what to write tells the model and the reader nothing.",
			Fix:     "Write the section or remove it. Files of a folder templates, and those whose name ends in template, are exempt.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

[Prompt content to be added]
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
		if isTemplate(p.Prompt.Path) {
			return
		}
		for s := range p.sections() {
			if len(s.Body.Value) > longestBoilerplate || !isCustomary(s) {
				continue // [Your summary here] below another heading is what a reply shall have there
			}
			if at := onlyLine(s.Body); isBoilerplate(at.Value) {
				p.Reportf(at, "section %q holds only %q, of a template; write it, or remove the section", sectionName(s), at.Value)
			}
		}
		body := p.Prompt.Body
		for _, phrase := range templatePhrases {
			if i := phrase.index(body.Value); i >= 0 {
				if at := body.Sub(i, i+len(phrase.text)); !p.Prompt.InCode(at.Pos.Line) {
					p.Reportf(at, "%q is left over from a template; write what it asks for", phrase.text)
				}
			}
		}
	},
}

// templatePhrases are sentences of templates that nobody writes in a prompt.
var templatePhrases = []phrase{{"What to put here", 0}, {"Show a concrete example with real values", len("Show a concrete e")}}

// longestBoilerplate is how many bytes a section may have that holds one line of
// a template.
const longestBoilerplate = 200

// isCustomary reports whether a section is one of those that every prompt of its
// dialect has.
func isCustomary(s *library.Section) bool {
	return slices.Contains(library.TagsA, s.Heading.Value) ||
		slices.ContainsFunc(customaryB, func(names []string) bool { return slices.Contains(names, s.Normal()) })
}

// onlyLine returns the only line of text in the body of a section, apart from
// rules and the fences around it; a zero Text where there are more or none.
func onlyLine(body library.Text) library.Text {
	start, end, at := 0, 0, 0
	for line := range strings.Lines(body.Value) {
		text := strings.TrimSpace(line)
		if text != "" && text != "---" && !strings.HasPrefix(text, "```") && !strings.HasPrefix(text, "~~~") {
			if end > 0 {
				return library.Text{}
			}
			start = at + strings.Index(line, text)
			end = start + len(text)
		}
		at += len(line)
	}
	if end == 0 {
		return library.Text{}
	}
	return body.Sub(start, end)
}

// isBoilerplate reports whether a line only promises a text.
func isBoilerplate(line string) bool {
	if line == "" {
		return false
	}
	inner := strings.Trim(line, "[](){}<>*_ .…")
	switch lower := strings.ToLower(inner); {
	case lower == "" && strings.ContainsAny(line, ".…"), lower == "todo", lower == "tbd", lower == "fixme", lower == "coming soon", lower == "lorem ipsum", strings.HasPrefix(lower, "lorem ipsum dolor"):
		return true
	case strings.HasPrefix(inner, "TODO:"), strings.HasPrefix(inner, "TBD:"):
		return true
	case strings.HasSuffix(lower, " to be added"), strings.HasSuffix(lower, " goes here"), lower == "to be added", lower == "to be written", lower == "to be defined":
		return true
	case line[0] != '[' && line[0] != '<':
		return false
	default:
		for _, verb := range []string{"add ", "insert ", "describe ", "write ", "provide ", "enter ", "your "} {
			if strings.HasPrefix(lower, verb) {
				return true
			}
		}
	}
	return false
}
