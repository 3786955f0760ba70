package lint

import (
	"fmt"
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

var frontMatterSchema = &Rule{
	Code: library.Code{
		ID: "FM005", Name: "front-matter-schema", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "front matter breaks the schema of its dialect",
			Why:     "A key that is missing or of the wrong type is lost to every program that lists, filters or checks the library.",
			Fix:     "Correct the value; put numbers that are names, such as a version, in quotes.",
		},
	},
	Prompt: func(p *Pass) {
		root := p.Prompt.Front.Root
		name, ok := frontMatterSchemas[p.Prompt.Dialect]
		if !ok || root == nil || !p.Prompt.Front.Sound {
			return
		}
		for _, v := range library.SchemaProblems(root, schema.Get(name)) {
			at := v.At
			if v.Missing() && at.Pos == root.Text.Pos {
				at = p.start()
			}
			d := p.Reportf(at, "%s", v.Message+typeHint(root, v))
			d.Fix = p.typeFix(v)
		}
	},
}

var frontMatterSchemas = map[string]string{"A": "front-matter-a", "B": "front-matter-b"}

// typeHint says how to write a value of the wrong type.
func typeHint(root *library.Node, v library.SchemaProblem) string {
	if v.Keyword != "type" || v.At.Value == "" {
		return ""
	}
	switch n := root.Get(strings.TrimPrefix(v.Pointer, "/")); {
	case strings.HasSuffix(v.Message, "expected a list"):
		return fmt.Sprintf("; write [%s]", v.At.Value)
	case n != nil && n.Type > library.Null && n.Type < library.String:
		return fmt.Sprintf("; write %q, in quotes", v.At.Value)
	}
	return ""
}

// typeFix puts a number that should be text in quotes, and a word that should be
// a list in brackets.
func (p *Pass) typeFix(v library.SchemaProblem) *library.Fix {
	switch raw := written(p.Prompt.Source, v.At); {
	case v.Keyword != "type" || raw == "":
		return nil
	case strings.HasSuffix(v.Message, "expected a list"):
		return listed(p.Prompt.Source, v.At)
	case strings.HasSuffix(v.Message, "expected text") && raw == v.At.Value && !hasControl(raw):
		return &library.Fix{Title: "write " + quote(raw), Safe: true, Edits: []library.Edit{library.Replace(v.At, quote(raw))}}
	}
	return nil
}
