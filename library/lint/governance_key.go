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
	about: strangeKeys,
	Prompt: func(p *Pass) {
		var aliases []string
		for e := range p.Prompt.Entries() {
			key := e.Key.Value
			inner, nested := strings.CutPrefix(key, "governance.")
			if isOrdinary(inner) || strings.Contains(key, ".") && !nested || p.Policy.CanonicalKey(key) != "" {
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

// isOrdinary reports whether a key is a customary one of front matter, be it that
// it resembles a governance key and means something else.
func isOrdinary(key string) bool {
	switch key {
	case "title", "shortTitle", "name", "description", "intro", "type", "category", "subcategory",
		"tags", "topics", "audience", "platforms", "difficulty", "author", "version", "date",
		"created", "updated", "last_updated", "model", "path", "prompt_type", "eval", "lint", "status",
		"reviewer", "reviewers", "review", "owners", "order":
		return true
	}
	return false
}
