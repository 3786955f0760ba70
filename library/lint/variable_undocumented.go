package lint

import (
	"fmt"
	"slices"

	"promptlib/library"
)

var variableUndocumented = &Rule{
	Code: library.Code{
		ID: "VAR001", Name: "variable-undocumented", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "variable is used and not documented",
			Why:     "Whoever fills in the prompt does not know what belongs there.",
			Fix:     "Describe the variable in the section of variables, or correct its name. A name that is documented in another spelling is left to variable-spelling.",
			Bad: `---
title: Summary
---
## Description
Sums up a text.
## Prompt
Sum up [source_text] in [line_count] lines.
## Variables
- [source_text]: what to sum up
`,
			Good: `---
title: Summary
---
## Description
Sums up a text.
## Prompt
Sum up [source_text] in [line_count] lines.
## Variables
- [source_text]: what to sum up
- [line_count]: how long the summary is
`,
		},
	},
	about: undocumented,
	Prompt: func(p *Pass) {
		var documented []string
		var spelt map[string]bool // folded names that are documented
		for _, v := range p.Prompt.Variables {
			if !v.Documented.IsZero() {
				documented = append(documented, v.Name)
			}
		}
		for _, v := range p.Prompt.Variables {
			if !v.Documented.IsZero() {
				continue
			}
			if spelt == nil {
				spelt = map[string]bool{}
				for _, name := range documented {
					spelt[folded(name)] = true
				}
			}
			if spelt[folded(v.Name)] {
				continue
			}
			hint := ""
			if near := library.Nearest(v.Name, slices.Values(documented)); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			p.Reportf(v.Used, "variable %q is used but not documented%s", v.Name, hint)
		}
	},
}
