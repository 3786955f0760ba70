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
			Bad: `-- prompts/summary.md --
---
title: Summary
---
Sum up the text.
-- prompts/short.md --
---
title: Summary
---
Sum up the text in one line.
`,
			Good: `-- prompts/summary.md --
---
title: Summary
---
Sum up the text.
-- prompts/short.md --
---
title: One line summary
---
Sum up the text in one line.
`,
		},
	},
	Library: func(p *LibraryPass) {
		p.reportSame("title", func(f *Facts) library.Text { return f.Title })
	},
}

// reportSame reports a value that several prompts have, in all of them.
func (p *LibraryPass) reportSame(what string, of func(*Facts) library.Text) {
	same := map[string][]library.Text{}
	var values []string // in the order of the files
	for i := range p.Facts {
		t := of(&p.Facts[i])
		value := strings.ToLower(strings.TrimSpace(t.Value))
		if value == "" {
			continue
		}
		if same[value] == nil {
			values = append(values, value)
		}
		same[value] = append(same[value], t)
	}
	for _, value := range values {
		texts := same[value]
		if len(texts) == 1 {
			continue
		}
		for i, t := range texts {
			other := texts[0]
			if i == 0 {
				other = texts[1]
			}
			d := p.Reportf(t, "%s %q is also the %s of %s%s", what, t.Value, what, other.Pos.Path, more(len(texts)-2))
			d.Related = append(d.Related, related(other, "the same %s", what))
		}
	}
}
