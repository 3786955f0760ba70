package lint

import "promptlib/library"

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
		misspelt, others := contract.Strays()
		for _, m := range misspelt {
			p.Reportf(m.At, "eval: %s", m.Message)
		}
		for _, m := range others {
			p.Warnf(m.At, "eval: %s", m.Message)
		}
	},
}
