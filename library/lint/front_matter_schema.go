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
			Config:  "front_matter in .promptlib/config.yaml names a JSON Schema of the library's own, by dialect, which then takes the place of the built-in one.",

			Bad: `---
title: Release notes
version: 1.10
tags: git, writing
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.10"
tags: [git, writing]
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		problems := p.schemaProblems()
		if len(problems) == 0 {
			return
		}
		root, told := p.Prompt.Front.Root, p.toldBetter()
		for _, v := range problems {
			at := v.At
			switch {
			case v.Missing() && told[v.Pointer], !v.Missing() && told[at.Pos.String()]:
				continue
			case v.Missing() && at.Pos == root.Text.Pos:
				at = p.start()
			}
			d := p.Reportf(at, "%s", v.Message+typeHint(root, v))
			d.Fix = p.typeFix(v)
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
		return slices.DeleteFunc(library.SchemaProblems(root, own), func(v library.SchemaProblem) bool {
			return v.Known != nil && programKeys[v.Pointer]
		})
	}
	if name, ok := frontMatterSchemas[dialect]; ok {
		return library.SchemaProblems(root, schema.Get(name))
	}
	return nil
}

// toldBetter lists what a rule reports that knows more: by its JSON Pointer a
// required key that is misspelt, by its place a value of the template.
func (p *Pass) toldBetter() map[string]bool {
	told := map[string]bool{}
	if !p.off("FM014") {
		for _, m := range p.misspelt() {
			told["/"+m.meant] = true
		}
	}
	if !p.off("FM015") {
		for _, l := range p.leftovers() {
			told[l.Value.Text.Pos.String()] = true
		}
	}
	return told
}

// inSchema reports whether FM005 reports what stands at a place already.
func (p *Pass) inSchema(at library.Text) bool {
	return !p.off("FM005") && slices.ContainsFunc(p.schemaProblems(), func(v library.SchemaProblem) bool { return v.At.Pos == at.Pos && !v.Missing() })
}

// off reports whether the rule with a code is off for the file.
func (p *Pass) off(code string) bool {
	return p.level(&Rule{Code: library.Code{ID: code}}, p.Prompt.Path).Off
}

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
