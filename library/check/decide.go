package check

import (
	"fmt"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// Decide decides of a change. The order of its files, statements and reviews does
// not matter, and the same change has the same verdict.
func Decide(c Change) *Verdict {
	v := &Verdict{}
	c.signers, c.moved, c.twins = map[string]*policy.Person{}, nil, c.findTwins()
	c.Files = slices.SortedFunc(slices.Values(c.Files), byPath)
	c.Standing = slices.SortedFunc(slices.Values(c.Standing), byPath)
	opinions := c.evidence()
	for _, f := range c.Files {
		d := c.newFile(f)
		switch {
		case d.exempt():
			v.Exempt++
		case d.governed || d.protected || d.link || d.twin != "":
			v.Evaluated++
			d.decide(opinions)
			v.add(d)
		case IsEvidence(f.Path):
			v.Evidence++
		default:
			v.Skipped++
		}
	}
	for _, f := range c.Standing {
		d := c.newFile(f)
		d.standing = true
		d.decide(opinions)
		v.add(d)
	}
	v.Findings = append(v.Findings, c.Lint...)
	for _, look := range changeChecks {
		look(&c, v)
	}
	slices.SortStableFunc(v.Files, func(a, b Result) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(v.Findings, func(a, b *library.Diagnostic) int { return a.Compare(*b) })
	return v
}

func byPath(a, b File) int { return strings.Compare(a.Path, b.Path) }

// add takes over what was decided of a file. Of one that has landed nothing is
// said as long as all is well.
func (v *Verdict) add(f *file) {
	if !f.standing || len(f.findings) > 0 || f.result.Waiver != nil {
		v.Files = append(v.Files, f.result)
	}
	if f.result.Waiver != nil {
		v.Waived++
	}
	v.Findings = append(v.Findings, f.findings...)
	v.Undecided = append(v.Undecided, f.undecided...)
}

// decide finds who has approved of a file, and runs all checks over it.
func (f *file) decide(opinions []*opinion) {
	f.opinions = opinions
	f.authors = f.change.authorsOf(f.File)
	f.result = Result{
		Path: f.shown, Change: f.kind(), Protected: f.protected, Digest: f.digest, Need: f.need,
		Authors: slices.Concat(f.authors.people, f.authors.others),
	}
	if f.change.Bootstrap {
		f.need, f.result.Need = policy.Need{}, policy.Need{}
	}
	f.bind()
	f.fill()
	f.waive()
	for _, c := range checks {
		if c.file != nil && (!f.standing || c.standing) {
			f.check = c
			c.file(f)
		}
	}
}

func (f *file) kind() string {
	switch {
	case f.standing:
		return "unchanged"
	case f.Head == nil:
		return "removed"
	case f.Base == nil:
		return "added"
	}
	return "changed"
}

// bind makes sure that approvals of a prompt are bound to all of its text.
func (f *file) bind() {
	if !f.governed || f.Head == nil || f.link || f.need.People == 0 {
		return
	}
	if message, line := policy.Unbound(f.Head.Text); message != "" {
		f.undecided = append(f.undecided, Doubt{library.Pos{Path: f.shown, Line: line, Column: 1}, message, "correct the front matter of " + f.shown})
	}
}

// fill gives the slots of a file to those who have approved of it.
func (f *file) fill() {
	var accepted []*opinion
	for _, o := range latest(f.opinions, f) {
		if o.says != Approve {
			continue
		}
		if _, reason := f.refusal(o); reason == "" {
			accepted = append(accepted, o)
		}
	}
	slices.SortStableFunc(accepted, func(a, b *opinion) int { return strings.Compare(a.by.Name, b.by.Name) })
	people := slices.Compact(names(accepted))
	slots := f.need.Slots()
	// by person: what they may fill a slot with
	given := func(slot, person int) *opinion {
		for _, o := range accepted {
			if o.by.Name == people[person] && f.fits(o, slots[slot].Role) {
				return o
			}
		}
		return nil
	}
	filled := policy.Assign(len(slots), len(people), func(s, p int) bool { return given(s, p) != nil })
	for i, s := range slots {
		slot := Slot{Slot: s}
		if p := filled[i]; p >= 0 {
			slot.By, slot.Evidence = people[p], given(i, p).evidence
		}
		f.result.Slots = append(f.result.Slots, slot)
	}
	for i := range f.result.Slots {
		if s := &f.result.Slots[i]; s.By == "" {
			s.Could = f.could(s.Role)
		}
	}
	f.refuse()
}

func names(opinions []*opinion) []string {
	var list []string
	for _, o := range opinions {
		list = append(list, o.by.Name)
	}
	return list
}

// fits reports whether an approval may fill a slot: in the role in which it is
// given, or in any that the person holds where it names none.
func (f *file) fits(o *opinion, role string) bool {
	if own := o.roleOn(f); own != "" && role != "*" {
		return own == role
	}
	return o.by.Holds(role)
}

// could returns who may fill a slot and has filled none yet.
func (f *file) could(role string) []string {
	var list []string
	for _, p := range f.change.People.List {
		busy := slices.ContainsFunc(f.result.Slots, func(s Slot) bool { return s.By == p.Name })
		if !busy && !p.Bot && p.Holds(role) && !slices.Contains(f.authors.people, p.Name) {
			list = append(list, p.Name)
		}
	}
	return list
}

// refusal returns the first check that refuses an approval, and why.
func (f *file) refusal(o *opinion) (*check, string) {
	for _, c := range checks {
		if c.refuse != nil {
			if reason := c.refuse(f, o); reason != "" {
				return c, reason
			}
		}
	}
	return nil, ""
}

// refuse tells why approvals of the file do not count, as far as slots are empty:
// of each person the last, for each reason.
func (f *file) refuse() {
	if len(f.result.Missing()) == 0 {
		return
	}
	for _, o := range slices.Backward(f.opinions) {
		if o.waives || !o.names(f) || o.says != Approve && o.flaw == "" {
			continue
		}
		c, reason := f.refusal(o)
		if c == nil && slices.Contains(latest(f.opinions, f), o) {
			continue
		}
		if c == nil {
			c, reason = &overruled, "the same person has said something else since"
		}
		if !slices.ContainsFunc(f.result.Refused, func(r Refused) bool { return r.By == o.name() && r.Code == c.ID }) {
			f.result.Refused = append(f.result.Refused, Refused{c.ID, o.name(), o.evidence, reason})
		}
	}
	slices.Reverse(f.result.Refused)
}

// report adds a finding of the check that runs. One that a waiver stands in for is
// no error.
func (f *file) report(at library.Text, format string, args ...any) {
	c := f.check
	d := &library.Diagnostic{Pos: at.Pos, End: at.End, Code: c.ID, Name: c.Name, Severity: c.Severity, Message: fmt.Sprintf(format, args...)}
	d.Pos.Path, d.End.Path = f.shown, f.shown
	if f.result.Waiver != nil && c.waivable {
		d.Severity = min(d.Severity, library.Warning)
	}
	d.AnchorTo(d.Message)
	f.findings = append(f.findings, d)
}
