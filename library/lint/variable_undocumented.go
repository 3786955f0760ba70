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
			Fix:     "Describe the variable in the section of variables, or correct its name.",
		},
	},
	Prompt: func(p *Pass) {
		var documented []string
		for _, v := range p.Prompt.Variables {
			if !v.Documented.IsZero() {
				documented = append(documented, v.Name)
			}
		}
		for _, v := range p.Prompt.Variables {
			if !v.Documented.IsZero() {
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
