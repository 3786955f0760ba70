package lint

import (
	"slices"
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
		p.reportSame("title", func(f *Facts) library.Text { return f.Title }, func(same []*Facts) bool {
			return slices.ContainsFunc(same, func(f *Facts) bool { return f.Title.Pos != f.Name.Pos }) // else name-duplicate says it
		})
	},
}

// reportSame reports a value that several prompts have, in all of them, if what
// they are concerns the rule.
func (p *LibraryPass) reportSame(what string, of func(*Facts) library.Text, concerns func([]*Facts) bool) {
	var first map[string]*Facts      // of each value
	byValue := map[string][]*Facts{} // of the values that several have
	var values []string              // these in order
	for i := range p.Facts {
		f := &p.Facts[i]
		value := strings.ToLower(strings.TrimSpace(of(f).Value))
		if value == "" {
			continue
		}
		if first == nil {
			first = make(map[string]*Facts, len(p.Facts)-i)
		}
		before := first[value]
		if before == nil {
			first[value] = f
			continue
		}
		if byValue[value] == nil {
			values = append(values, value)
			byValue[value] = []*Facts{before}
		}
		byValue[value] = append(byValue[value], f)
	}
	for _, value := range values {
		same := byValue[value]
		if !concerns(same) {
			continue
		}
		for i, f := range same {
			other := of(same[0])
			if i == 0 {
				other = of(same[1])
			}
			d := p.Reportf(of(f), "%s %q is also the %s of %s%s", what, of(f).Value, what, other.Pos.Path, more(len(same)-2))
			d.Related = append(d.Related, related(other, "the same %s", what))
		}
	}
}

// always is for rules that every group of prompts concerns.
func always([]*Facts) bool { return true }
