package lint

import (
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

var exampleOutputSchema = &Rule{
	Code: library.Code{
		ID: "EX004", Name: "example-output-schema", Severity: library.Error,
		Doc: library.Doc{
			Summary: "output of an example breaks the schema that its prompt declares",
			Why:     "A model that answers just as the example does fails the contract: one of the two is wrong.",
			Fix:     "Correct the output, or the schema under the key eval.",
			Config:  "The schema is the one of the contract: eval.schema in the front matter, or schema in the file NAME.eval.yaml beside the prompt.",
			Bad: `---
title: Count words
eval:
  schema: {type: object, properties: {words: {type: integer}}}
---
<examples>
Input: {"text": "to be or not"}
Output: {"words": "four"}
</examples>
`,
			Good: `---
title: Count words
eval:
  schema: {type: object, properties: {words: {type: integer}}}
---
<examples>
Input: {"text": "to be or not"}
Output: {"words": 4}
</examples>
`,
		},
	},
	about: exemplified,
	Prompt: func(p *Pass) {
		contract, _ := p.contract()
		if contract == nil || contract.Schema == nil {
			return // no contract, or one with mistakes
		}
		s, node := contract.Schema, contract.Node.Get("schema")
		for i := range p.Prompt.Examples {
			switch e := &p.Prompt.Examples[i]; e.Kind {
			case library.JSON:
				p.reportShape(e, s, node)
			case library.Markdown, library.PlainText:
				if !strings.ContainsAny(e.Output.Value, "{[") {
					d := p.Reportf(e.Output.Sub(0, lineEnd(e.Output.Value)), "output of example %d is no JSON, which the schema of the contract asks for", e.Number)
					d.Related = append(d.Related, related(node.Text, "the schema"))
				}
			}
		}
	},
}

// reportShape holds a JSON output against a schema.
//
// Note: JSON is read as YAML here, which it is but for rare cases, for the places
// of its values. In those, and where there is very much of it, the finding is about
// the output as a whole.
func (p *Pass) reportShape(e *library.Example, s *schema.Schema, declared *library.Node) {
	var node *library.Node
	var problems []library.Problem
	if len(e.Output.Value) <= library.MaxHeaderSize {
		node, problems = library.ReadYAML("", []byte(e.Output.Value))
	}
	whole := e.Output.Sub(0, lineEnd(e.Output.Value))
	if node == nil || problems != nil {
		value, err := schema.DecodeJSON(e.Output.Value)
		if err == nil && s.Validate(value) != nil {
			d := p.Reportf(whole, "output of example %d breaks the schema of the contract", e.Number)
			d.Related = append(d.Related, related(declared.Text, "the schema"))
		}
		return
	}
	all := library.SchemaProblems(node, s)
	for _, v := range all[:min(len(all), mostFindings)] {
		at, text := whole, e.Output.Value
		if from, to := v.At.Pos.Offset, v.At.End.Offset; v.Pointer != "" && from < to && to <= len(text) {
			at = e.Output.Sub(from, min(to, from+lineEnd(text[from:])))
		}
		d := p.Reportf(at, "output of example %d: %s", e.Number, strings.Replace(v.Message, "the file", "it", 1))
		d.Related = append(d.Related, related(declared.Text, "the schema"))
	}
}

// lineEnd returns the length of the first line of a text.
func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}
