package lint

import (
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var governanceKey = &Rule{
	Code: library.Code{
		ID: "GOV001", Name: "governance-key", Severity: library.Error,
		Doc: library.Doc{
			Summary: "key looks like a governance key and is none",
			Why:     "A misspelt key is a free key that nobody reads: the file then counts as having no class, risk or approval at all.",
			Fix:     "Use the spelling of the message, or add the spelling to aliases.keys of the policy.",
			Config:  "aliases.keys of .promptlib/policy.yaml lists further spellings.",
			Bad: `---
title: Note
aproval_roles: [Editor]
---
Write a note.
`,
			Good: `---
title: Note
approval_roles: [Editor]
---
Write a note.
`,
		},
	},
	Prompt: func(p *Pass) {
		var aliases []string
		for e := range p.Prompt.Entries() {
			key := e.Key.Value
			inner, nested := strings.CutPrefix(key, "governance.")
			if p.Policy.CanonicalKey(key) != "" || strings.Contains(key, ".") && !nested || ordinaryKeys[inner] {
				continue
			}
			near := library.Nearest(inner, fieldKeys)
			switch {
			case near != "" && nested:
				near = "governance." + near
			case near == "":
				if aliases == nil {
					aliases = p.Policy.KeyAliases()
				}
				near = library.Nearest(key, slices.Values(aliases))
			}
			switch {
			case near == "":
			case library.Skeleton(key) != key: // shown with escapes: to the eye it is right
				p.Reportf(e.Key, "key %+q is not written in ASCII; did you mean %q?", key, near).Fix = p.rename(e.Key, near)
			default:
				p.Reportf(e.Key, "key %q is no governance key; did you mean %q?", key, near).Fix = p.rename(e.Key, near)
			}
		}
	},
}

// rename is the fix that writes another key, in the same mapping, if none of the
// file means the same. It is not safe: a value that did not count then does.
func (p *Pass) rename(key library.Text, to string) *library.Fix {
	field := p.Policy.CanonicalKey(to)
	parent, _, nested := strings.Cut(key.Value, ".")
	toParent, inner, toNested := strings.Cut(to, ".")
	switch {
	case len(p.Governance.Get(field).Declarations) > 0 || nested != toNested || nested && parent != toParent:
		return nil
	case nested:
		to = inner
	}
	return &library.Fix{Title: "write " + to, Edits: []library.Edit{library.Replace(key, to)}}
}

// fieldKeys yields the canonical governance keys.
func fieldKeys(yield func(string) bool) {
	for _, f := range policy.Fields {
		if !yield(f.Key) {
			return
		}
	}
}

// ordinaryKeys are the customary keys of front matter, among them those that
// resemble a governance key and mean something else.
var ordinaryKeys = map[string]bool{
	"title": true, "shortTitle": true, "name": true, "description": true, "intro": true, "type": true, "category": true, "subcategory": true,
	"tags": true, "topics": true, "audience": true, "platforms": true, "difficulty": true, "author": true, "version": true, "date": true,
	"created": true, "updated": true, "last_updated": true, "model": true, "path": true, "prompt_type": true, "eval": true, "lint": true, "status": true,
	"reviewer": true, "reviewers": true, "review": true, "owners": true, "order": true,
}
