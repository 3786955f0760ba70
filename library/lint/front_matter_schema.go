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
			Config:  "front_matter in .promptlib/config.yaml names a JSON Schema of the library's own, by dialect, which then takes the place of the built-in one.",
		},
	},
	Prompt: func(p *Pass) {
		root := p.Prompt.Front.Root
		own := p.Config.FrontMatter[p.Prompt.Dialect]
		name, ok := frontMatterSchemas[p.Prompt.Dialect]
		if !ok || root == nil || !p.Prompt.Front.Sound {
			return
		}
		s := own
		if s == nil {
			s = schema.Get(name)
		}
		for _, v := range library.SchemaProblems(root, s) {
			if own != nil && v.Known != nil && programKeys[v.Pointer] {
				continue
			}
			at := v.At
			if v.Missing() && at.Pos == root.Text.Pos {
				at = p.start()
			}
			p.Reportf(at, "%s", v.Message+typeHint(root, v))
		}
	},
}

var frontMatterSchemas = map[string]string{"A": "front-matter-a", "B": "front-matter-b"}

// programKeys are the keys that this program reads, as JSON Pointers. A library
// whose schema allows no further keys need not list them.
var programKeys = map[string]bool{"/eval": true, "/" + suppressKey: true}

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
