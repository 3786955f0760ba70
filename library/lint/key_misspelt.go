package lint

import (
	"slices"

	"promptlib/library"
)

var keyMisspelt = &Rule{
	Code: library.Code{
		ID: "FM014", Name: "key-misspelt", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "key is nearly one that is read",
			Why:     "Unknown keys are free, so nothing complains about a misspelt one: its value is simply never read.",
			Fix:     "Use the spelling of the message. A key that is meant as it stands may be renamed, or the rule switched off for the file.",

			Bad: `---
titel: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
		},
	},
	about: strangeKeys,
	Prompt: func(p *Pass) {
		for _, m := range p.misspelt() {
			if p.inSchema(m.key) {
				continue
			}
			d := p.Reportf(m.key, "key %q is not known; did you mean %q?", m.key.Value, m.meant)
			d.Fix = &library.Fix{Title: "rename the key to " + m.meant, Edits: []library.Edit{library.Replace(m.key, m.meant)}}
		}
	},
}

// readKeys are the keys that a dialect reads, governance keys apart.
var readKeys = map[string][]string{
	"A": {"author", "category", "date", "description", "eval", "model", "path", "prompt_type", "tags", "title", "type", "version"},
	"B": {"audience", "author", "category", "date", "description", "difficulty", "eval", "intro", "last_updated", "platforms", "shortTitle", "subcategory", "tags", "title", "topics", "type", "version"},
}

// freeKeys are words of their own that stand next to a key that is read.
var freeKeys = map[string]bool{
	"authors": true, "data": true, "dates": true, "evals": true, "mode": true, "models": true, "patch": true, "paths": true, "platform": true, "rate": true, "types": true,
}

// A misspelling is a key of the front matter and what it was meant to be.
type misspelling struct {
	key   library.Text
	meant string
}

// misspelt lists the misspelt keys at the top of the front matter. A key whose
// right spelling stands there too is a key of its own, and one that is near a
// governance key is for GOV001.
func (p *Pass) misspelt() (list []misspelling) {
	known := readKeys[p.Prompt.Dialect]
	if own := p.Config.FrontMatter[p.Prompt.Dialect]; own != nil {
		known = append(slices.Clip(known), own.Properties()...)
	}
	root := p.Prompt.Front.Root
	if len(known) == 0 || !p.Prompt.Front.Sound {
		return nil
	}
	for i, pairs := 0, root.Members(); i < len(pairs); i++ {
		pair := &pairs[i]
		key := pair.Key.Value
		if isOrdinary(key) || freeKeys[key] || slices.Contains(known, key) || p.Policy.CanonicalKey(key) != "" {
			continue
		}
		near := library.Nearest(key, slices.Values(known))
		if near != "" && root.Get(near) == nil && library.Nearest(key, fieldKeys) == "" && library.Nearest(key, slices.Values(p.Policy.KeyAliases())) == "" {
			list = append(list, misspelling{pair.Key, near})
		}
	}
	return list
}
