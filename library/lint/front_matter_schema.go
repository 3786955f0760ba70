package lint

import (
	"fmt"
	"slices"
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
			Config:  "A library may name its own JSON Schema for the front matter of a dialect, which then stands in place of the built-in one.",
			Bad:     "---\ntitle: Release notes\nversion: 1.10\ntags: git, writing\n---\n## Prompt\n\nSum up the commits.\n",
			Good:    "---\ntitle: Release notes\nversion: \"1.10\"\ntags: [git, writing]\n---\n## Prompt\n\nSum up the commits.\n",
		},
	},
	Prompt: func(p *Pass) {
		root := p.Prompt.Front.Root
		for _, v := range p.schemaProblems() {
			if p.toldBetter(v) {
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

// schemaProblems holds the front matter against the schema of its dialect, the
// library's own if it has one.
func (p *Pass) schemaProblems() []library.SchemaProblem {
	root, dialect := p.Prompt.Front.Root, p.Prompt.Dialect
	if root == nil || !p.Prompt.Front.Sound {
		return nil
	}
	if own := p.Config.FrontMatter[dialect]; own != nil {
		return library.SchemaProblems(root, own)
	}
	if name, ok := frontMatterSchemas[dialect]; ok {
		return library.SchemaProblems(root, schema.Get(name))
	}
	return nil
}

// toldBetter reports whether a rule that knows more reports the same mistake: a
// required key that is misspelt, or a value of the template.
func (p *Pass) toldBetter(v library.SchemaProblem) bool {
	if v.Missing() {
		return !p.off("FM014") && slices.ContainsFunc(p.misspelt(), func(m misspelling) bool { return "/"+m.meant == v.Pointer })
	}
	return !p.off("FM015") && slices.ContainsFunc(p.leftovers(), func(l library.Pair) bool { return l.Value.Text.Pos == v.At.Pos })
}

// inSchema reports whether FM005 reports what stands at a place already.
func (p *Pass) inSchema(at library.Text) bool {
	return !p.off("FM005") && slices.ContainsFunc(p.schemaProblems(), func(v library.SchemaProblem) bool { return v.At.Pos == at.Pos && !v.Missing() })
}

// off reports whether the rule with a code is off for the file.
func (p *Pass) off(code string) bool {
	return p.Linter.level(&Rule{Code: library.Code{ID: code}}, p.Prompt.Path).Off
}

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
