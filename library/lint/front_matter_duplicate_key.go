package lint

import (
	"slices"

	"promptlib/library"
)

var frontMatterDuplicateKey = &Rule{
	Code: library.Code{
		ID: "FM004", Name: "front-matter-duplicate-key", Severity: library.Error,
		Doc: library.Doc{
			Summary: "key stands twice in one mapping",
			Why:     "A reviewer reads one value and a program another, which makes every approval of the file worthless.",
			Fix:     "Keep the value that is meant and remove the other line.",

			Bad: `---
title: Release notes
version: "1.0"
risk_level: low
risk_level: high
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
risk_level: high
---
Sum up the commits.
`,
		},
	},
	Kind: library.DuplicateKey,
	Fix:  withoutRepeat,
}

// withoutRepeat removes a key that stands a second time with the same value.
func withoutRepeat(p *library.Prompt, problem *library.Problem) *library.Fix {
	first := pairAt(p.Front.Root, problem.Related[0].Pos.Offset)
	again := pairAt(p.Front.Root, problem.At.Pos.Offset)
	if first == nil || again == nil || !sameNode(first.Value, again.Value) {
		return nil
	}
	edit, ok := withoutPair(p, *again)
	if !ok {
		return nil
	}
	return &library.Fix{Title: "remove the repetition", Safe: true, Edits: []library.Edit{edit}}
}

// pairAt returns the pair whose key stands at an offset, or nil.
func pairAt(n *library.Node, offset int) *library.Pair {
	for _, item := range n.Elements() {
		if p := pairAt(item, offset); p != nil {
			return p
		}
	}
	members := n.Members()
	for i := range members {
		if members[i].Key.Pos.Offset == offset {
			return &members[i]
		}
		if p := pairAt(members[i].Value, offset); p != nil {
			return p
		}
	}
	return nil
}

// sameNode reports whether two values are the same in type and text.
func sameNode(a, b *library.Node) bool {
	return a.Type == b.Type && a.Text.Value == b.Text.Value &&
		slices.EqualFunc(a.Items, b.Items, sameNode) &&
		slices.EqualFunc(a.Pairs, b.Pairs, func(p, q library.Pair) bool {
			return p.Key.Value == q.Key.Value && sameNode(p.Value, q.Value)
		})
}
