package lint

import (
	"strings"

	"promptlib/library"
)

var inputPlaceholders = &Rule{
	Code: library.Code{
		ID: "EX006", Name: "input-placeholders", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "input of an example has placeholders that are not filled in",
			Why:     "The example shows nothing: the model is sent the placeholder in place of a value, and its output cannot follow from it.",
			Fix:     "Put a value in the place of the placeholder.",
			Bad: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name].
## Variables
- [user_name]: who is greeted
## Example Usage
**Input**

[user_name]: [your name]

**Output**

Hello, Ada.
`,
			Good: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name].
## Variables
- [user_name]: who is greeted
## Example Usage
**Input**

[user_name]: Ada

**Output**

Hello, Ada.
`,
		},
	},
	about: exemplified,
	Prompt: func(p *Pass) {
		if p.guessed() {
			return
		}
		var known map[string]bool
		for i := range p.Prompt.Examples {
			e := &p.Prompt.Examples[i]
			input, found := e.Input.Value, 0
			if p.Prompt.Dialect == "B" && strings.Count(input, "[") == len(e.Bindings) && strings.IndexByte(input, '{') < 0 {
				continue // each begins a line that binds it
			}
			for ph := range library.Placeholders(input) {
				if bindsHere(input[ph.End:]) || found == mostFindings {
					continue
				}
				if known == nil {
					known = make(map[string]bool, len(p.Prompt.Variables))
					for i := range p.Prompt.Variables {
						known[p.Prompt.Variables[i].Name] = true
					}
				}
				if known[ph.Name] || asksToFill(ph.Name) {
					found++
					at := e.Input.Sub(ph.Start, ph.End)
					p.Reportf(at, "input of example %d still has the placeholder %q; put a value in its place", e.Number, at.Value)
				}
			}
		}
	},
}

// bindsHere reports whether a placeholder before some text is one that is given
// a value there.
func bindsHere(rest string) bool {
	return strings.HasPrefix(strings.TrimLeft(strings.TrimPrefix(rest, "`"), " *"), ":")
}

// asksToFill reports whether a bracketed phrase tells its reader what to put in
// its place.
func asksToFill(phrase string) bool {
	verb, _, more := strings.Cut(phrase, " ")
	switch strings.ToLower(verb) {
	case "your", "insert", "enter", "paste", "fill", "specify", "describe":
		return more
	}
	return false
}
