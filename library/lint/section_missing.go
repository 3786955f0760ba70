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
			Config:  "structure in .promptlib/config.yaml states which sections the prompts of a dialect, or of some types, must have, in place of the built-in ones.",

			Bad: `---
title: Release notes
version: "1.0"
---
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
	about: irregular,
	Prompt: func(p *Pass) {
		structures, own := p.structures()
		if own {
			p.checkRequired(structures)
			return
		}
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
			if _, ok := p.Prompt.Section(library.PromptHeadings...); !ok {
				p.Reportf(p.start(), "section %q is missing", "## Prompt")
			}
		}
	},
}

// structures returns what the library states of the sections of such a prompt,
// and whether it states anything of the dialect.
func (p *Pass) structures() (list []Structure, own bool) {
	all, own := p.Config.Structure[p.Prompt.Dialect]
	if !own {
		return nil, false
	}
	for _, s := range all {
		if s.Concerns(p.Prompt) {
			list = append(list, s)
		}
	}
	return list, true
}

// checkRequired reports each section that is required and missing, once.
func (p *Pass) checkRequired(structures []Structure) {
	var missing []string
	for _, s := range structures {
		for _, heading := range s.Required {
			if _, ok := p.Prompt.Section(heading); ok || slices.Contains(missing, heading) {
				continue
			}
			missing = append(missing, heading)
			shown := "## " + heading
			if p.Prompt.Dialect == "A" {
				shown = "<" + heading + ">"
			}
			p.Reportf(p.start(), "section %q is missing; the configuration of the library requires it", shown)
		}
	}
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
