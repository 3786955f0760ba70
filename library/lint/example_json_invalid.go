package lint

import (
	"bytes"
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

var exampleJSONInvalid = &Rule{
	Code: library.Code{
		ID: "EX002", Name: "example-json-invalid", Severity: library.Error,
		Doc: library.Doc{
			Summary: "JSON output of an example does not parse",
			Why:     "The example teaches the model, and the reader, JSON that no program will accept.",
			Fix:     "Correct the JSON at the place of the message.",
			Bad: `---
title: Upper case
---
<examples>
Input: {"name": "Ada"}
Output: {"name": "ADA",}
</examples>
`,
			Good: `---
title: Upper case
---
<examples>
Input: {"name": "Ada"}
Output: {"name": "ADA"}
</examples>
`,
		},
	},
	about: exemplified,
	Prompt: func(p *Pass) {
		for _, e := range p.Prompt.Examples {
			if e.Kind != library.InvalidJSON {
				continue
			}
			i := min(e.JSONErr.Offset, len(e.Output.Value))
			at := e.Output.Sub(i, i)
			at.End = at.Pos
			d := p.Reportf(at, "output of example %d is not valid JSON: %s", e.Number, e.JSONErr.Message)
			d.Fix = withoutTrailingCommas(p.Prompt.Source, e.Output)
		}
	},
}

// maxCommas is how many trailing commas are removed from one output: each is
// found by another reading.
const maxCommas = 32

// withoutTrailingCommas removes the commas before closing brackets, if the JSON
// has no other fault.
func withoutTrailingCommas(source string, output library.Text) *library.Fix {
	text := []byte(output.Value)
	fix := &library.Fix{Title: "remove the trailing comma", Safe: true}
	for range maxCommas {
		end, err := schema.ScanJSON(string(text))
		if err == nil {
			if len(fix.Edits) == 0 || len(bytes.TrimSpace(text[end:])) > 0 {
				return nil
			}
			return fix
		}
		i := len(bytes.TrimRight(text[:err.Offset], " \t\r\n")) - 1
		if i < 0 || text[i] != ',' || err.Offset == len(text) || text[err.Offset] != '}' && text[err.Offset] != ']' {
			return nil
		}
		at := output.At(i).Offset
		if at >= len(source) || strings.ReplaceAll(source[output.Pos.Offset:at+1], "\r\n", "\n") != output.Value[:i+1] {
			return nil
		}
		fix.Edits = append(fix.Edits, library.Edit{Start: at, End: at + 1})
		text[i] = ' '
	}
	return nil
}
