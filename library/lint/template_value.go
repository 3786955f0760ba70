package lint

import (
	"path"
	"strings"

	"promptlib/library"
)

var templateValue = &Rule{
	Code: library.Code{
		ID: "FM015", Name: "template-value", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "value of the template was left in",
			Why:     "Nobody can ask \"Your Name\" about a prompt, and a list of all categories puts it in none.",
			Fix:     "Write the value of this prompt, or remove the key. Files of a folder templates, and those whose name ends in template, are exempt.",

			Bad: `---
title: Release notes
version: "1.0"
author: Your Name
date: YYYY-MM-DD
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
author: Ada Smith
date: 2025-05-04
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		for _, l := range p.leftovers() {
			at := l.Value.Text
			shown := at.Value
			if shown == "" { // a list: as it is written
				shown = p.Prompt.Source[at.Pos.Offset:at.End.Offset]
			}
			p.Reportf(at, "%s %q is left over from a template; write the value of this prompt, or remove the key", l.Key.Value, shown)
		}
	},
}

// A slot says what a key may hold of a template besides a placeholder.
type slot struct {
	line   bool // one line of text: a list is a placeholder in brackets
	choice bool // one word of several: words joined by | are the choice, not made
}

// slots are the keys that templates have. Those of governance have rules of
// their own.
var slots = map[string]slot{
	"title": {line: true}, "name": {line: true}, "shortTitle": {line: true}, "intro": {line: true}, "description": {line: true},
	"author": {}, "owner": {}, "version": {}, "date": {}, "created": {}, "updated": {}, "last_updated": {}, "model": {}, "path": {},
	"category": {choice: true}, "subcategory": {choice: true}, "type": {choice: true}, "prompt_type": {choice: true}, "difficulty": {choice: true},
	"tags": {choice: true}, "topics": {choice: true}, "audience": {choice: true}, "platforms": {choice: true},
}

// leftovers lists the values of a template that stand in the front matter.
func (p *Pass) leftovers() (list []library.Pair) {
	root := p.Prompt.Front.Root
	if root == nil || !p.Prompt.Front.Sound || isTemplate(p.Prompt.Path) {
		return nil
	}
	for _, pair := range root.Pairs {
		s, ok := slots[pair.Key.Value]
		if !ok {
			continue
		}
		items := pair.Value.Elements()
		if pair.Value.Type == library.List && s.line && len(items) == 1 && items[0].Type == library.String {
			list = append(list, pair)
			continue
		}
		if pair.Value.Type != library.List {
			items = []*library.Node{pair.Value}
		}
		for _, n := range items {
			if n.Type == library.String && (isPlaceholder(n.Text.Value) || s.choice && isChoice(n.Text.Value)) {
				list = append(list, library.Pair{Key: pair.Key, Value: n})
			}
		}
	}
	return list
}

// isTemplate reports whether a file is there to be copied: placeholders belong
// in it.
func isTemplate(file string) bool {
	dir, name := path.Split(file)
	stem := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	return strings.HasSuffix(stem, "template") || strings.Contains("/"+dir, "/templates/") || strings.Contains("/"+dir, "/template/")
}

// placeholders are values that templates have in them, in lower case.
var placeholders = map[string]bool{
	"...": true, "…": true, "changeme": true, "change me": true, "placeholder": true,
	"your name": true, "your name here": true, "your full name": true, "author name": true, "name of the author": true, "your team": true, "your email": true,
	"prompt title": true, "prompt name": true, "title here": true, "your title": true, "your title here": true, "your prompt title": true,
	"description here": true, "your description": true, "your description here": true, "brief description": true, "short description": true, "one-line description": true,
	"yyyy-mm-dd": true, "yyyy/mm/dd": true, "dd-mm-yyyy": true, "dd/mm/yyyy": true, "mm/dd/yyyy": true, "x.y.z": true, "x.y": true,
	"tag1": true, "tag2": true, "tag3": true, "tag-1": true, "tag-2": true, "tag-3": true, "topic1": true, "topic2": true, "topic-1": true, "topic-2": true,
}

// isPlaceholder reports whether a value is there to be replaced.
func isPlaceholder(value string) bool {
	if len(value) < 3 {
		return false
	}
	switch value[0] {
	case '<', '[', '{':
		for _, b := range []string{"<>", "[]", "{}"} {
			if value[0] == b[0] && value[len(value)-1] == b[1] && !strings.Contains(value[1:len(value)-1], b[1:]+" ") {
				return true
			}
		}
	case 'T', 'F', 'X':
		for _, mark := range []string{"TODO", "TBD", "FIXME", "XXX"} {
			if rest, ok := strings.CutPrefix(value, mark); ok && (rest == "" || rest[0] == ':') {
				return true
			}
		}
	}
	if len(value) > 24 {
		return false
	}
	var lower [24]byte
	return placeholders[string(appendLower(lower[:0], value))]
}

// appendLower appends a text with its ASCII letters in lower case.
func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

// isChoice reports whether a value is several words joined by |.
func isChoice(value string) bool {
	if strings.IndexByte(value, '|') < 0 {
		return false
	}
	for word := range strings.SplitSeq(value, "|") {
		if word = strings.TrimSpace(word); word == "" || strings.ContainsAny(word, " \t\n") {
			return false
		}
	}
	return true
}
