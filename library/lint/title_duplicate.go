package lint

import (
	"strings"

	"promptlib/library"
)

var titleDuplicate = &Rule{
	Code: library.Code{
		ID: "LNK002", Name: "title-duplicate", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "several prompts have the same title",
			Why:     "In a list nobody can tell them apart, and one of them is often a stale copy.",
			Fix:     "Give each prompt a title of its own, or delete the copy.",
		},
	},
	Library: func(p *LibraryPass) {
		byTitle := map[string][]library.Text{}
		var titles []string // in the order of the files
		for _, f := range p.Facts {
			title := strings.ToLower(strings.TrimSpace(f.Title.Value))
			if title == "" {
				continue
			}
			if byTitle[title] == nil {
				titles = append(titles, title)
			}
			byTitle[title] = append(byTitle[title], f.Title)
		}
		for _, title := range titles {
			same := byTitle[title]
			for i, t := range same {
				if len(same) == 1 {
					break
				}
				other := same[0]
				if i == 0 {
					other = same[1]
				}
				d := p.Reportf(t, "title %q is also the title of %s%s", t.Value, other.Pos.Path, more(len(same)-2))
				d.Related = append(d.Related, related(other, "the same title"))
			}
		}
	},
}
