package lint

import (
	"strings"

	"promptlib/library"
)

var tabIndent = &Rule{
	Code: library.Code{
		ID: "FM009", Name: "tab-indent", Severity: library.Error,
		Doc: library.Doc{
			Summary: "tab in the indentation of the front matter",
			Why:     "YAML forbids tabs there; some readers refuse the file and others guess.",
			Fix:     "Indent with spaces.",

			Bad: "---\ntitle: Release notes\ntags:\n\t- git\n---\nSum up the commits.\n",
			Good: `---
title: Release notes
tags:
  - git
---
Sum up the commits.
`,
		},
	},
	Kind: library.TabIndent,
	Fix:  spacesForTabs,
}

// spacesForTabs writes two spaces, or else four or eight, for each tab of the
// indentation, if the front matter can then be read in one way only: whatever
// number of spaces a tab is taken for, the others give no YAML or the same.
func spacesForTabs(p *library.Prompt, _ *library.Problem) *library.Fix {
	tabs := tabsOf(p)
	var fix *library.Fix
	var reading *library.Node
	for _, width := range []int{2, 4, 8, 1} {
		wide := &library.Fix{Title: "indent with spaces", Safe: true}
		for _, t := range tabs {
			t.New = strings.Repeat(" ", width*(t.End-t.Start))
			wide.Edits = append(wide.Edits, t)
		}
		root := rereadFront(p, wide)
		switch {
		case root == nil:
		case fix == nil:
			fix, reading = wide, root
		case !sameNode(root, reading):
			return nil
		}
	}
	return fix
}

// tabsOf returns the runs of tabs in the indentation of a front matter.
func tabsOf(p *library.Prompt) []library.Edit {
	start, end := p.Front.Place.Pos.Offset, p.Front.Place.End.Offset
	var tabs []library.Edit
	for _, i := range library.TabIndents(p.Source[start:end]) {
		if n := len(tabs); n > 0 && tabs[n-1].End == start+i {
			tabs[n-1].End++
		} else {
			tabs = append(tabs, library.Edit{Start: start + i, End: start + i + 1})
		}
	}
	return tabs
}

// rereadFront reads the front matter as a fix of it would make it; nil if that is
// no sound YAML.
func rereadFront(p *library.Prompt, fix *library.Fix) *library.Node {
	text, made := library.Apply(p.Source, []*library.Fix{fix})
	if len(made) == 0 {
		return nil
	}
	start, tail := p.Front.Place.Pos.Offset, len(p.Source)-p.Front.Place.End.Offset
	root, problems := library.ReadYAML(p.Path, []byte(text[start:len(text)-tail]))
	for _, q := range problems {
		switch q.Kind {
		case library.TabIndent, library.InvalidYAML, library.FoldedItems, library.DuplicateKey:
			return nil
		}
	}
	return root
}
