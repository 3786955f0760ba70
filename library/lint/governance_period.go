package lint

import (
	"strings"
	"time"

	"promptlib/library"
	"promptlib/library/policy"
)

var governancePeriod = &Rule{
	Code: library.Code{
		ID: "GOV010", Name: "governance-period", Severity: library.Error,
		Doc: library.Doc{
			Summary: "retention period or review date is malformed, too short or overdue",
			Why:     "A period that a program cannot read is never enforced; one below a legal floor is a breach; a review that is overdue vouches for nothing.",
			Fix:     "Write periods as ISO 8601 durations, such as P5Y, and dates as YYYY-MM-DD.",
			Config:  "retention.floors and freshness of .promptlib/policy.yaml.",
			Bad: `---
title: Note
retention_period: 5-years
reviewed: 2025-13-01
---
Write a note.
`,
			Good: `---
title: Note
retention_period: P5Y
reviewed: 2025-01-13
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		for _, d := range p.Governance.Get("retention_period").Declarations {
			p.retention(d)
		}
		for _, d := range p.Governance.Get("reviewed").Declarations {
			p.reviewed(d)
		}
	},
}

func (p *Pass) retention(d policy.Declaration) {
	t := d.Value.Scalar()
	if t.Value == "" {
		p.noScalar(d, `an ISO 8601 duration, such as "P5Y"`)
		return
	}
	if _, ok := policy.ParseSpan(t.Value); !ok {
		if iso, ok := policy.RepairSpan(t.Value); ok {
			found := p.Reportf(t, "%s %q is no ISO 8601 duration; write %q", d.Key.Value, t.Value, iso)
			found.Fix = p.respell(t, iso, onlyPeriod(t.Value))
		} else {
			p.Reportf(t, "%s %q is no ISO 8601 duration, such as %q", d.Key.Value, t.Value, "P5Y")
			return
		}
	}
	span, _ := policy.ReadSpan(t.Value)
	for _, scope := range p.Governance.Get("regulatory_scope").Words {
		if floor, ok := p.Policy.Retention.Floors[scope]; ok && !p.legacy && span.Compare(floor) < 0 {
			p.Reportf(t, "%s %q is shorter than %s, which %s asks for", d.Key.Value, t.Value, floor, scope)
		}
		if span.Forever && (scope == "GDPR" || scope == "UK-GDPR") {
			p.Warnf(t, "%s is %q, but %s lets personal data be kept no longer than necessary", d.Key.Value, t.Value, scope)
		}
	}
}

func (p *Pass) reviewed(d policy.Declaration) {
	t := d.Value.Scalar()
	if t.Value == "" {
		p.noScalar(d, "a date of the form YYYY-MM-DD")
		return
	}
	date, ok := policy.ParseDate(t.Value)
	if !ok {
		p.Reportf(t, "%s %q is no date; expected YYYY-MM-DD", d.Key.Value, t.Value)
		return
	}
	if date.After(p.Now) {
		p.Reportf(t, "%s %q lies in the future", d.Key.Value, t.Value)
		return
	}
	risk := p.Governance.Get("risk_level").Word()
	if fresh, ok := p.Policy.Freshness[risk]; ok && !p.legacy {
		if due, ends := fresh.After(date); ends && p.Now.After(due) {
			p.Warnf(t, "%s %q is overdue since %s; a prompt of risk_level %s is reviewed every %s", d.Key.Value, t.Value, due.Format(time.DateOnly), risk, fresh)
		}
	}
}

// noScalar reports a value that is not there, or is a list or mapping.
func (p *Pass) noScalar(d policy.Declaration, want string) {
	if d.Value.Type >= library.List {
		p.Reportf(d.Key, "%s is %s; expected %s", d.Key.Value, d.Value.Type.Phrase(), want)
		return
	}
	p.Reportf(d.Key, "%s has no value; expected %s", d.Key.Value, want)
}

// onlyPeriod reports whether a period in words says no more than the period: no
// condition or note that an ISO 8601 duration would lose.
func onlyPeriod(s string) bool {
	unit := strings.ToLower(strings.TrimLeft(s, "0123456789 _-"))
	switch strings.TrimSuffix(unit, "s") {
	case "year", "yr", "month", "week", "day":
		return true
	}
	_, iso := policy.ParseSpan(strings.ToUpper(s))
	return iso || strings.EqualFold(s, policy.Permanent)
}
