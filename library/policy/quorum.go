package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

// Holders returns the people who hold a role and may approve in it, in the order
// of their names: no bots. Everybody holds "*".
func (p *People) Holders(role string) []*Person {
	var list []*Person
	for i := range p.List {
		if q := &p.List[i]; !q.Bot && q.Holds(role) {
			list = append(list, q)
		}
	}
	return list
}

// Fill gives places to different people who hold their roles, so that as many as
// can be are filled: for each the person, or nil. Bots get none, nor do those who
// are barred, as the author of a change is.
func (p *People) Fill(slots []Slot, barred ...*Person) []*Person {
	var able []*Person
	for _, q := range p.Holders("*") {
		if !slices.Contains(barred, q) {
			able = append(able, q)
		}
	}
	filled := make([]*Person, len(slots))
	for slot, i := range Assign(len(slots), len(able), func(s, c int) bool { return able[c].Holds(slots[s].Role) }) {
		if i >= 0 {
			filled[slot] = able[i]
		}
	}
	return filled
}

// Lacks says why nobody can approve in a role, as the end of a sentence about it;
// "" where somebody can.
func (p *People) Lacks(role string) string {
	switch {
	case len(p.Holders(role)) > 0:
		return ""
	case role == "*":
		return "nobody but bots"
	case !slices.Contains(p.Roles, role):
		if near := library.Nearest(role, slices.Values(p.Roles)); near != "" {
			return "does not declare; did you mean " + strconv.Quote(near) + "?"
		}
		return "does not declare"
	case slices.ContainsFunc(p.List, func(q Person) bool { return q.Holds(role) }):
		return "gives to bots only, which never approve"
	}
	return "gives to nobody"
}

// Unheld says what the policy asks for that nobody can give, whatever the file: a
// line for each role that nobody holds, and one for each rule, tag and the like that
// asks for more people than there are, in the order of the policy. It says nothing
// where the library has no file of people, or one that names nobody yet.
func (p *Policy) Unheld(people *People) []string {
	if people == nil || people.Path == "" || len(people.List) == 0 {
		return nil
	}
	var roles, lines []string
	asking := map[string][]string{} // what asks, by role that nobody holds
	for _, asked := range p.asked() {
		able := true
		for _, a := range asked.approve {
			if a.Role == "*" || people.Lacks(a.Role) == "" {
				continue
			}
			if able = false; asking[a.Role] == nil {
				roles = append(roles, a.Role)
			}
			asking[a.Role] = append(asking[a.Role], asked.by)
		}
		slots := NeedOf(asked.approve).Slots()
		if open := Open(people.Fill(slots)); able && open > 0 {
			lines = append(lines, fmt.Sprintf("%s asks for approvals that %s has too few people for: %d of %d would be left open", asked.by, PeopleName, open, len(slots)))
		}
	}
	var first []string
	for _, role := range roles {
		by, verb := asking[role], "ask"
		if len(by) == 1 {
			verb = "asks"
		}
		if n := len(by) - 3; n > 0 {
			by = append(by[:3:3], fmt.Sprintf("%d more", n))
		}
		first = append(first, fmt.Sprintf("%s %s for the role %q, which %s %s", strings.Join(by, ", "), verb, role, PeopleName, people.Lacks(role)))
	}
	return append(first, lines...)
}

// An asked is what one part of a policy asks for.
type asked struct {
	by      string
	approve []Approval
}

// asked returns what each rule, each tag of the library's own, and the rest of the
// policy ask for.
func (p *Policy) asked() []asked {
	var list []asked
	for _, rule := range p.Rules {
		list = append(list, asked{"rule " + strconv.Quote(rule.Name), rule.Approve})
	}
	if p.Vocabulary["governance_tags"].Declared {
		for _, tag := range p.Tags {
			list = append(list, asked{"tag " + strconv.Quote(tag.Name), tag.Approvals()})
		}
	}
	list = append(list, asked{"protect", p.Protect.Approve})
	if role := p.Waivers.Role; role != "" {
		list = append(list, asked{"waivers", []Approval{{Role: role, Count: 1}}})
	}
	return list
}

// Open counts the places that [People.Fill] left open.
func Open(filled []*Person) int {
	open := 0
	for _, p := range filled {
		if p == nil {
			open++
		}
	}
	return open
}

// Names lists people by their names.
func Names(people []*Person) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}
