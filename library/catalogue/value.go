package catalogue

import (
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// An Item is a prompt with what the policy of its library makes of it.
type Item struct {
	Prompt     *library.Prompt
	Governance *policy.Governance
	Policy     *policy.Policy
}

// A Fact is something that is known of every prompt, under a key of its own.
type Fact struct {
	Key  string
	Doc  string
	kind kind
	of   func(*library.Prompt) []string
}

// A kind says which operators a key has.
type kind int

const (
	text    kind = iota // no order, no items
	list                // no order
	number              // no items
	version             // no items; numbers joined by dots
	free                // of the front matter: whatever it holds
)

// Facts lists the keys that every prompt has, however it is written.
var Facts = []Fact{
	{"path", "path of the file", text, func(p *library.Prompt) []string { return one(p.Path) }},
	{"dialect", "A, B or plain", text, func(p *library.Prompt) []string { return one(p.Dialect) }},
	{"title", "title, else name, else first heading", text, func(p *library.Prompt) []string { return one(p.Title.Value) }},
	{"description", "description, else intro", text, func(p *library.Prompt) []string { return one(p.Description.Value) }},
	{"category", "category", text, func(p *library.Prompt) []string { return one(p.Category.Value) }},
	{"version", "version", version, func(p *library.Prompt) []string { return one(p.Version.Value) }},
	{"tags", "list of tags, else topics", list, func(p *library.Prompt) []string { return values(p.Tags) }},
	{"related", "list of related prompts", list, func(p *library.Prompt) []string { return values(p.Related) }},
	{"variables", "list of the names of variables", list, func(p *library.Prompt) []string {
		names := make([]string, len(p.Variables))
		for i, v := range p.Variables {
			names[i] = v.Name
		}
		return names
	}},
	{"examples", "number of examples", number, func(p *library.Prompt) []string { return one(strconv.Itoa(len(p.Examples))) }},
}

func one(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

func values(texts []library.Text) []string {
	words := make([]string, len(texts))
	for i, t := range texts {
		words[i] = t.Value
	}
	return words
}

func factOf(key string) (Fact, bool) {
	for _, f := range Facts {
		if f.Key == key {
			return f, true
		}
	}
	return Fact{}, false
}

// words returns what a prompt holds under a key, and whether it has the key.
func (it Item) words(key string) (words []string, ok bool) {
	if canonical := it.Policy.CanonicalKey(key); canonical != "" {
		return it.Governance.Get(canonical).Words, true
	}
	if f, ok := factOf(key); ok {
		return f.of(it.Prompt), true
	}
	n := nested(it.Prompt.Front.Root, key)
	if n == nil {
		return nil, false
	}
	if n.Type == library.Bool {
		return []string{strings.ToLower(n.Text.Value)}, true
	}
	if n.Type == library.Map {
		return nil, true
	}
	return values(n.Scalars()), true
}

// nested looks a key up: as it stands, else its parts between dots in mappings
// one inside the other.
func nested(n *library.Node, key string) *library.Node {
	if found := n.Get(key); found != nil {
		return found
	}
	for i := range len(key) {
		if key[i] != '.' {
			continue
		}
		if inner := n.Get(key[:i]); inner != nil {
			if found := nested(inner, key[i+1:]); found != nil {
				return found
			}
		}
	}
	return nil
}
