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

// slotOf returns what a key that templates have may hold; not ok for other keys.
// Those of governance have rules of their own.
func slotOf(key string) (s slot, ok bool) {
	switch key {
	case "title", "name", "shortTitle", "intro", "description":
		return slot{line: true}, true
	case "author", "owner", "version", "date", "created", "updated", "last_updated", "model", "path":
		return slot{}, true
	case "category", "subcategory", "type", "prompt_type", "difficulty", "tags", "topics", "audience", "platforms":
		return slot{choice: true}, true
	}
	return slot{}, false
}

// leftovers lists the values of a template that stand in the front matter.
func (p *Pass) leftovers() (list []library.Pair) {
	root := p.Prompt.Front.Root
	if root == nil || !p.Prompt.Front.Sound || isTemplate(p.Prompt.Path) {
		return nil
	}
	for i := range root.Pairs {
		pair := &root.Pairs[i]
		s, ok := slotOf(pair.Key.Value)
		if !ok {
			continue
		}
		items := pair.Value.Elements()
		if pair.Value.Type == library.List && s.line && len(items) == 1 && items[0].Type == library.String {
			list = append(list, *pair)
			continue
		}
		if pair.Value.Type != library.List && s.leftIn(pair.Value) {
			list = append(list, *pair)
		}
		for _, n := range items {
			if s.leftIn(n) {
				list = append(list, library.Pair{Key: pair.Key, Value: n})
			}
		}
	}
	return list
}

// leftIn reports whether a value is one of a template.
func (s slot) leftIn(n *library.Node) bool {
	return n.Type == library.String && (isPlaceholder(n.Text.Value) || s.choice && isChoice(n.Text.Value))
}

// isTemplate reports whether a file is there to be copied: placeholders belong
// in it.
func isTemplate(file string) bool {
	dir, name := path.Split(file)
	const stem = "template"
	name = strings.TrimSuffix(name, path.Ext(name))
	return len(name) >= len(stem) && strings.EqualFold(name[len(name)-len(stem):], stem) || inFolder(dir, "templates/") || inFolder(dir, "template/")
}

// inFolder reports whether a path that ends in a slash leads through a folder,
// whose name ends in one too.
func inFolder(dir, folder string) bool {
	i := strings.Index(dir, folder)
	return i == 0 || i > 0 && (dir[i-1] == '/' || strings.Contains(dir[i:], "/"+folder))
}

// templateWords are values that templates have in them, in lower case.
var templateWords = set("...", "…", "changeme", "change me", "placeholder",
	"your name", "your name here", "your full name", "author name", "name of the author", "your team", "your email",
	"prompt title", "prompt name", "title here", "your title", "your title here", "your prompt title",
	"description here", "your description", "your description here", "brief description", "short description", "one-line description",
	"yyyy-mm-dd", "yyyy/mm/dd", "dd-mm-yyyy", "dd/mm/yyyy", "mm/dd/yyyy", "x.y.z", "x.y",
	"tag1", "tag2", "tag3", "tag-1", "tag-2", "tag-3", "topic1", "topic2", "topic-1", "topic-2")

// templatePairs has for each byte that a template word begins with a bit for each
// that follows it, modulo 64: few other values begin like one.
var templatePairs = func() (pairs [256]uint64) {
	for w := range templateWords {
		pairs[w[0]|0x20] |= 1 << ((w[1] | 0x20) % 64)
	}
	return pairs
}()

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
	if len(value) > 24 || templatePairs[value[0]|0x20]>>((value[1]|0x20)%64)&1 == 0 {
		return false
	}
	var lower [24]byte
	return templateWords[string(appendLower(lower[:0], value))]
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
