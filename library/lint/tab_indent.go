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

// spacesForTabs writes two spaces for each tab of the indentation. It is safe if
// the front matter then reads as it does with one blank for each tab, which is
// how the loader reads it.
func spacesForTabs(p *library.Prompt, _ *library.Problem) *library.Fix {
	start, end := p.Front.Place.Pos.Offset, p.Front.Place.End.Offset
	text := []byte(p.Source[start:end])
	fix := &library.Fix{Title: "indent with spaces"}
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
		fix.Edits = append(fix.Edits, library.Edit{Start: start + from, End: start + to, New: strings.Repeat("  ", to-from)})
	}
	mended, _ := library.Apply(p.Source, []*library.Fix{fix})
	root, problems := library.ReadYAML(p.Path, []byte(mended[start:len(mended)-len(p.Source)+end]))
	if root == nil || slices.ContainsFunc(problems, func(q library.Problem) bool { return q.Kind == library.TabIndent || q.Kind == library.InvalidYAML }) {
		return nil
	}
	fix.Safe = p.Front.Root != nil && sameNode(root, p.Front.Root)
	return fix
}
