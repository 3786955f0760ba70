package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var variableSpelling = &Rule{
	Code: library.Code{
		ID: "VAR003", Name: "variable-spelling", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "one variable is spelt in two ways",
			Why:     "To a program user_name, user-name and userName are three variables: a value that is given to one does not reach the others.",
			Fix:     "Spell the name as it is documented, or as it stands first.",
			Bad: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name]. End with a wish for [user-name].
## Variables
- [user_name]: who is greeted
`,
			Good: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name]. End with a wish for [user_name].
## Variables
- [user_name]: who is greeted
`,
		},
	},
	Prompt: func(p *Pass) {
		if !p.fillsIn() {
			return
		}
		first := make(map[string]library.Text, len(p.Prompt.Variables))
		seen := map[string]bool{}
		look := func(at library.Text) {
			name := at.Value
			before, ok := first[folded(name)]
			if !ok {
				first[folded(name)] = at
			}
			if !ok || before.Value == name || seen[name] || len(seen) == mostFindings {
				return
			}
			seen[name] = true
			d := p.Reportf(at, "variable %q is spelt %q on line %d; use one spelling", name, before.Value, before.Pos.Line)
			d.Related = append(d.Related, related(before, "the other spelling"))
		}
		for _, v := range p.Prompt.Variables {
			if v.Documented.IsZero() {
				look(v.Used)
			} else {
				look(v.Documented)
			}
		}
		for i := range p.Prompt.Sections {
			if s := &p.Prompt.Sections[i]; p.Prompt.Dialect == "B" && s.Level == 2 && slices.Contains(promptHeadings, s.Normal()) {
				for _, ph := range library.Placeholders(s.Body.Value) {
					if before := first[folded(ph.Name)].Value; before != ph.Name && !seen[ph.Name] && len(seen) < mostFindings && isRespelt(ph.Name, before) {
						from := ph.Start + strings.Index(s.Body.Value[ph.Start:], ph.Name)
						look(s.Body.Sub(from, from+len(ph.Name)))
					}
				}
			}
		}
		for _, e := range p.Prompt.Examples {
			for _, b := range e.Bindings {
				if _, ok := first[folded(b.Name.Value)]; ok {
					look(b.Name)
				}
			}
		}
	},
}

// promptHeadings are the headings of the text that is sent, in the form of
// [library.NormalHeading].
var promptHeadings = []string{"prompt", "prompt template", "the prompt"}

// isRespelt reports whether a bracketed phrase that is no variable by itself is
// meant as one all the same: "[user-name]" for user_name, but not "[User Name]",
// which may be a slot of the output.
func isRespelt(phrase, variable string) bool {
	return variable != "" && !strings.Contains(phrase, " ") && !strings.EqualFold(phrase, variable)
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// folded returns the name of a variable in a form in which its spellings are
// equal.
func folded(name string) string { return strings.ToLower(separators.Replace(name)) }

// spellings counts the variables that are spellings of one name, by its folded
// form.
func spellings(variables []library.Variable) map[string]int {
	count := make(map[string]int, len(variables))
	for _, v := range variables {
		count[folded(v.Name)]++
	}
	return count
}
