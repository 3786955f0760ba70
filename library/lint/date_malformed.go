package lint

import (
	"time"

	"promptlib/library"
)

var dateMalformed = &Rule{
	Code: library.Code{
		ID: "FM019", Name: "date-malformed", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "date does not exist, cannot be read or lies in the future",
			Why:     "Prompts are sorted and reviewed by their dates. Where the schema of the dialect speaks of the date, FM005 reports one that cannot be read.",
			Fix:     "Write YYYY-MM-DD, the day of the change. What counts as today is set by --now; a day ahead is allowed for other time zones.",

			Bad: `---
title: Release notes
version: "1.0"
date: 2035-05-04
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
date: 2025-05-04
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		if !p.Prompt.Front.Sound {
			return
		}
		for _, key := range dateKeys {
			node := p.Prompt.Front.Root.Get(key)
			if node == nil {
				continue
			}
			at := node.Scalar()
			if at.Value == "" || isPlaceholder(at.Value) {
				continue
			}
			switch day, problem := readDay(at.Value); {
			case problem != "":
				if !p.inSchema(at) {
					p.Reportf(at, "%s %q %s", key, at.Value, problem)
				}
			case !p.Now.IsZero() && day.After(p.Now.AddDate(0, 0, 1)):
				p.Reportf(at, "%s %q lies in the future; write the day of the change", key, at.Value)
			}
		}
	},
}

// dateKeys are the customary keys of past days; those of governance have a rule
// of their own.
var dateKeys = []string{"date", "created", "created_at", "updated", "updated_at", "last_updated", "lastUpdated"}

// readDay reads a day, which a time of day may follow, or a month. Problem says
// what is wrong with any other text.
func readDay(s string) (day time.Time, problem string) {
	if len(s) == len("2006-01") {
		if day, err := time.Parse("2006-01", s); err == nil {
			return day, ""
		}
	}
	if len(s) < 10 || len(s) > 10 && s[10] != 'T' && s[10] != 't' && s[10] != ' ' {
		return time.Time{}, "is no date; write YYYY-MM-DD"
	}
	day, err := time.Parse(time.DateOnly, s[:10])
	if err == nil {
		return day, ""
	}
	for i := range 10 {
		if c := s[i]; (c < '0' || c > '9') && (c != '-' || i != 4 && i != 7) {
			return time.Time{}, "is no date; write YYYY-MM-DD"
		}
	}
	return time.Time{}, "does not exist in the calendar; write YYYY-MM-DD"
}
