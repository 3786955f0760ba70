package lint

import (
	"slices"
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
		},
	},
	Kind: library.TabIndent,
	Fix:  spacesForTabs,
}

// maxTabs is how many indentations with tabs are mended in one file: each is
// found by another look at the front matter.
const maxTabs = 100

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
	text := []byte(p.Source[start:end])
	var tabs []library.Edit
	for range maxTabs {
		_, problems := library.ReadYAML(p.Path, text)
		i := slices.IndexFunc(problems, func(q library.Problem) bool { return q.Kind == library.TabIndent })
		if i < 0 {
			break
		}
		from := problems[i].At.Pos.Offset
		to := from
		for ; to < len(text) && text[to] == '\t'; to++ {
			text[to] = ' '
		}
		tabs = append(tabs, library.Edit{Start: start + from, End: start + to})
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
