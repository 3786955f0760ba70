package policy

import (
	"cmp"
	"slices"
)

// A Need is what must be approved of a file, and by how many: the named roles,
// and a number of people in all. The zero Need asks for nothing.
//
// Everybody counts once: whoever approves in one role fills no place of another.
// Several rules that ask for one role ask for the same people, so that the
// highest count is enough; and in all as many different people are needed as the
// greatest rule asks for.
type Need struct {
	Roles   []Demand // in the order of their names, each once, with what asks for them
	People  int      // different people in all, those of Roles among them
	Reasons []string // what asks for more people than those of Roles; nil where they are all
}

// A Demand is a role, how many different people must approve in it, and what asks
// for that.
type Demand struct {
	Role    string
	Count   int
	Reasons []string
}

// A Slot is a place that one person must fill. The role "*" is anybody's.
type Slot struct {
	Role    string
	Reasons []string
}

// Need returns the approvals that a prompt needs: by the rules, by its tags, and
// by what it declares itself. Roles that it declares count whatever
// approval_required says: a file may ask for more than the policy, never for
// less.
func (p *Policy) Need(g *Governance) Need {
	if !g.Governed {
		return Need{}
	}
	demands := p.Demands(g)
	for _, role := range g.Get("approval_roles").Words {
		demands = append(demands, Approval{Role: role, Count: 1, Reason: "approval_roles"})
	}
	if required := g.Get("approval_required"); required.Declarations != nil && required.Word() == "true" {
		demands = append(demands, Approval{Role: "*", Count: 1, Reason: "approval_required"})
	}
	return NeedOf(demands)
}

// NeedOf adds up approvals. Those of one reason belong together: they ask for
// different people.
func NeedOf(demands []Approval) Need {
	var need Need
	people := map[string]int{} // by reason
	for _, d := range demands {
		people[d.Reason] += d.Count
		if d.Role != "*" {
			need.Roles = append(need.Roles, Demand{d.Role, d.Count, []string{d.Reason}})
		}
	}
	for _, d := range demands {
		need.ask(people[d.Reason], d.Reason)
	}
	need.tidy()
	return need
}

// ask raises the number of people, and keeps what asks for it.
func (n *Need) ask(people int, reasons ...string) {
	switch {
	case people < n.People:
		return
	case people > n.People:
		n.People, n.Reasons = people, nil
	}
	for _, r := range reasons {
		if !slices.Contains(n.Reasons, r) {
			n.Reasons = append(slices.Clip(n.Reasons), r)
		}
	}
	slices.Sort(n.Reasons)
}

// tidy puts the roles in order, each once, and counts their people. What asks for
// a number of people is kept only while the roles are fewer: in whatever order
// needs are put together, the same is then left.
func (n *Need) tidy() {
	slices.SortStableFunc(n.Roles, func(a, b Demand) int { return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(b.Count, a.Count)) })
	roles, people := n.Roles[:0:0], 0
	for _, d := range n.Roles {
		last := len(roles) - 1
		if last < 0 || roles[last].Role != d.Role {
			roles = append(roles, Demand{d.Role, d.Count, slices.Clone(d.Reasons)})
			people += d.Count
			continue
		}
		for _, r := range d.Reasons {
			if !slices.Contains(roles[last].Reasons, r) {
				roles[last].Reasons = append(roles[last].Reasons, r)
			}
		}
	}
	for i := range roles {
		slices.Sort(roles[i].Reasons)
	}
	n.Roles = roles
	if people >= n.People {
		n.People, n.Reasons = people, nil
	}
}

// With returns what is needed where both needs hold, as those of a file before and
// after a change do. It contains both.
func (n Need) With(m Need) Need {
	all := Need{Roles: slices.Concat(n.Roles, m.Roles), People: n.People, Reasons: slices.Clone(n.Reasons)}
	all.ask(m.People, m.Reasons...)
	all.tidy()
	return all
}

// Contains reports whether whatever meets n meets m.
func (n Need) Contains(m Need) bool {
	for _, d := range m.Roles {
		if n.count(d.Role) < d.Count {
			return false
		}
	}
	return n.People >= m.People
}

func (n Need) count(role string) int {
	i := slices.IndexFunc(n.Roles, func(d Demand) bool { return d.Role == role })
	if i < 0 {
		return 0
	}
	return n.Roles[i].Count
}

// Slots returns a place for each person that is needed: those of named roles, then
// those that anybody may fill.
func (n Need) Slots() []Slot {
	var slots []Slot
	for _, d := range n.Roles {
		for range d.Count {
			slots = append(slots, Slot{d.Role, d.Reasons})
		}
	}
	for len(slots) < n.People {
		slots = append(slots, Slot{"*", n.Reasons})
	}
	return slots
}
