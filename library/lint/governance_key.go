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
		},
	},
	Prompt: func(p *Pass) {
		var known []string
		for _, e := range p.Prompt.Entries() {
			key := e.Key.Value
			inner, nested := strings.CutPrefix(key, "governance.")
			if p.Policy.CanonicalKey(key) != "" || strings.Contains(key, ".") && !nested || ordinaryKeys[inner] {
				continue
			}
			if known == nil {
				known = p.Policy.KeyAliases()
				for _, f := range policy.Fields {
					known = append(known, f.Key)
				}
			}
			if near := library.Nearest(key, slices.Values(known)); near != "" {
				p.Reportf(e.Key, "key %q is no governance key; did you mean %q?", key, near)
			}
		}
	},
}

// ordinaryKeys are the customary keys of front matter, among them those that
// resemble a governance key and mean something else.
var ordinaryKeys = map[string]bool{
	"title": true, "shortTitle": true, "name": true, "description": true, "intro": true, "type": true, "category": true, "subcategory": true,
	"tags": true, "topics": true, "audience": true, "platforms": true, "difficulty": true, "author": true, "version": true, "date": true,
	"created": true, "updated": true, "last_updated": true, "model": true, "path": true, "prompt_type": true, "eval": true, "status": true,
	"reviewer": true, "reviewers": true, "review": true, "owners": true, "order": true,
}
