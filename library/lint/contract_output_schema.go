package lint

import (
	"fmt"
	"slices"

	"promptlib/library"
	"promptlib/schema"
)

var contractOutputSchema = &Rule{
	Code: library.Code{
		ID: "EVC002", Name: "contract-output-schema", Severity: library.Error,
		Doc: library.Doc{
			Summary: "JSON Schema of a contract does not compile, or has a member that is no keyword",
			Why:     "A schema that does not compile stops promptlib eval. A misspelt keyword is passed over without a word, so the schema asks for less than it seems to; one that no draft has is a warning.",
			Fix:     "Correct the keyword or its value. Members of your own may begin with \"x-\".",
			Bad: `---
title: Note
eval:
  schema: {type: object, requierd: [summary]}
---
# Note

Write a note as JSON.
`,
			Good: `---
title: Note
eval:
  schema: {type: object, required: [summary]}
---
# Note

Write a note as JSON.
`,
		},
	},
	Prompt: func(p *Pass) {
		contract, mistakes := p.contract()
		for _, m := range mistakes {
			if m.Schema {
				p.Reportf(m.At, "eval: %s", m.Message)
			}
		}
		if contract == nil || contract.Schema == nil {
			return
		}
		node := contract.Node.Get("schema")
		keywords := schema.Keywords()
		for _, s := range contract.Schema.Strays() {
			at, where := node.Text, ""
			switch {
			case s.Address != "":
				where = fmt.Sprintf(" at %q of %s", s.Pointer, s.Address)
			case node.Type == library.Map:
				at = node.KeyAt(s.Pointer)
			default:
				where = fmt.Sprintf(" at %q", s.Pointer)
			}
			if near := library.Nearest(s.Name, slices.Values(keywords)); near != "" {
				p.Reportf(at, "eval: schema: %q%s is no keyword of JSON Schema; did you mean %q?", s.Name, where, near)
			} else {
				p.Warnf(at, "eval: schema: %q%s is no keyword of JSON Schema and asks for nothing; remove it, or begin its name with \"x-\"", s.Name, where)
			}
		}
	},
}
