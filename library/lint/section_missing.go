package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var sectionMissing = &Rule{
	Code: library.Code{
		ID: "STR001", Name: "section-missing", Severity: library.Error,
		Doc: library.Doc{
			Summary: "required section is missing",
			Why:     "A prompt without its purpose, instructions or text cannot be run or understood. Dialect A needs purpose and instructions, dialect B needs Description and Prompt.",
			Fix:     "Add the section. Texts about prompts are exempt by their type: reference, conceptual or index.",
		},
	},
	Prompt: func(p *Pass) {
		switch p.Prompt.Dialect {
		case "A":
			if customary(p.Prompt.Sections) < 3 {
				return // tags of another vocabulary
			}
			for _, name := range []string{"purpose", "instructions"} {
				if _, ok := p.Prompt.Section(name); !ok {
					p.Reportf(p.start(), "section %q is missing", "<"+name+">")
				}
			}
		case "B":
			if slices.Contains(exemptTypes, strings.ToLower(p.Prompt.Front.Root.Get("type").Scalar().Value)) {
				return
			}
			if _, ok := p.Prompt.Section("description"); !ok {
				p.Reportf(p.start(), "section %q is missing", "## Description")
			}
			if _, ok := p.Prompt.Section("prompt", "prompt template", "the prompt"); !ok {
				p.Reportf(p.start(), "section %q is missing", "## Prompt")
			}
		}
	},
}

// customary counts the sections that dialect A customarily has.
func customary(sections []library.Section) int {
	n := 0
	for _, s := range sections {
		if slices.Contains(library.TagsA, s.Heading.Value) {
			n++
		}
	}
	return n
}

// exemptTypes are the types of texts about prompts.
var exemptTypes = []string{"reference", "conceptual", "index"}
