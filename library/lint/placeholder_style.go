package lint

import (
	"strings"

	"promptlib/library"
)

var placeholderStyle = &Rule{
	Code: library.Code{
		ID: "VAR004", Name: "placeholder-style", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "placeholders of one prompt are written in two ways",
			Why:     "Tools that fill in a prompt know one way to write a placeholder; what is written in another goes to the model as it stands.",
			Fix:     "Write all placeholders of the prompt in one way.",
			Bad: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name] in {{language}}.
## Variables
- [user_name]: who is greeted
- {{language}}: of the greeting
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
`,
		},
	},
	Prompt: func(p *Pass) {
		var styles [3]struct {
			count int
			first library.Part
		}
		for part := range p.Prompt.Template.Variables() {
			s := &styles[styleOf(part.Literal)]
			if s.count == 0 {
				s.first = part
			}
			s.count++
		}
		main := &styles[0]
		for i := range styles {
			s := &styles[i]
			if s.count > main.count || s.count == main.count && s.first.Variable.Pos.Offset < main.first.Variable.Pos.Offset {
				main = s
			}
		}
		for i := range styles {
			s, usual := &styles[i], main.first.Variable
			if s.count > 0 && s != main {
				d := p.Reportf(s.first.Variable, "placeholder %q is written in another way than %q on line %d; write all in one way",
					s.first.Literal, main.first.Literal, usual.Pos.Line)
				d.Related = append(d.Related, related(usual, "the usual way"))
			}
		}
	},
}

// styleOf tells apart [name], {name} and {{name}}.
func styleOf(placeholder string) int {
	switch {
	case strings.HasPrefix(placeholder, "{{"):
		return 2
	case strings.HasPrefix(placeholder, "{"):
		return 1
	}
	return 0
}
