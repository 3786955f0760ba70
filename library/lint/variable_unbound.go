package lint

import (
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

var variableUnbound = &Rule{
	Code: library.Code{
		ID: "VAR005", Name: "variable-unbound", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "example gives no value to a variable",
			Why:     "The example cannot be run: its prompt would go to the model with the placeholder in it.",
			Fix:     "Add the variable to the input of the example: a line \"[name]: value\" in Markdown, a member \"name\" of a JSON input.",
			Bad: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name] in [language].
## Variables
- [user_name]: who is greeted
- [language]: of the greeting
## Example Usage
**Input**

[user_name]: Ada

**Output**

Hello, Ada.
`,
			Good: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name] in [language].
## Variables
- [user_name]: who is greeted
- [language]: of the greeting
## Example Usage
**Input**

[user_name]: Ada
[language]: Welsh

**Output**

Helo, Ada.
`,
		},
	},
	Prompt: func(p *Pass) {
		for i := range p.Prompt.Examples {
			e := &p.Prompt.Examples[i]
			if len(e.Bindings) == 0 || p.bindsAll(e) {
				continue // in prose, nothing is bound at all
			}
			bound := make(map[string]bool, len(e.Bindings))
			for _, b := range e.Bindings {
				bound[b.Name.Value] = true
			}
			var unbound []string
			for part := range p.Prompt.Template.Variables() {
				if name := part.Variable.Value; !bound[name] {
					bound[name] = true
					if !respelt(e.Bindings, name) {
						unbound = append(unbound, strconv.Quote(name))
					}
				}
			}
			if unbound != nil {
				named := unbound[:min(3, len(unbound))]
				d := p.Reportf(e.Marker, "example %d gives no value to %s%s", e.Number, strings.Join(named, ", "), more(len(unbound)-len(named)))
				d.AnchorTo(strings.Join(unbound, ", "))
			}
		}
	},
}

// bindsAll reports whether an example binds the variables of the prompt in their
// order, as nearly all examples do: each stands at the place of the one before it,
// or is bound at the next.
func (p *Pass) bindsAll(e *library.Example) bool {
	next := 0 // of e.Bindings
	for _, message := range [2][]library.Part{p.Prompt.Template.System, p.Prompt.Template.User} {
		for i := range message {
			name := message[i].Variable.Value
			if name == "" || next > 0 && e.Bindings[next-1].Name.Value == name {
				continue
			}
			if next == len(e.Bindings) || e.Bindings[next].Name.Value != name {
				return false
			}
			next++
		}
	}
	return true
}

// respelt reports whether a value is given to a variable in another spelling,
// which is left to variable-spelling.
func respelt(bindings []library.Binding, name string) bool {
	key := folded(name)
	return slices.ContainsFunc(bindings[:min(len(bindings), mostFindings)], func(b library.Binding) bool { return folded(b.Name.Value) == key })
}
