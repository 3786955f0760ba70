package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

// Traits are what may be odd about a prompt, or need not be there. They are a
// shortcut, found once for all rules: most files have few of them, and a rule
// that is about some says nothing of a prompt without. A test runs all rules over
// all prompts to hold that true. A reader of the rules can skip them.
type traits uint

const (
	governed     traits = 1 << iota // the front matter has a governance key
	strangeKeys                     // it has a key that is neither customary nor of governance
	irregular                       // the sections are not the customary ones, each once and in order
	looseTags                       // there are tags besides those of the sections
	undocumented                    // a variable is used and not documented
	unused                          // a variable is documented and not used
	exemplified                     // there are examples
)

// promptRules are the rules that look at one prompt, in their order, but for
// ignoreUnused, which looks at what the others did.
var promptRules = func() (list []promptRule) {
	for _, rule := range Rules {
		if rule.Prompt != nil && rule != ignoreUnused {
			list = append(list, promptRule{rule, rule.about})
		}
	}
	return list
}()

type promptRule struct {
	*Rule
	about traits // of the rule; here because one place in memory is read faster than many
}

// traits finds the traits of the prompt.
func (p *Pass) traits() (t traits) {
	pairs := p.Prompt.Front.Root.Members()
	for i := range pairs {
		key := pairs[i].Key.Value
		if pairs[i].Value.Type == library.Map || !isOrdinary(key) && p.Policy.CanonicalKey(key) == "" {
			t |= strangeKeys
			break
		}
	}
	if p.Governance.Declared {
		t |= governed
	}
	for i := range p.Prompt.Variables {
		v := &p.Prompt.Variables[i]
		if v.Documented.IsZero() {
			t |= undocumented
		}
		if v.Used.IsZero() {
			t |= unused
		}
	}
	if len(p.Prompt.Examples) > 0 {
		t |= exemplified
	}
	tags := 0 // of the sections
	if p.Prompt.Dialect == "A" && len(p.Prompt.Problems) == 0 {
		tags = 2 * len(p.Prompt.Sections)
	}
	if strings.Count(p.Prompt.Body.Value, "<") != tags {
		t |= looseTags
	}
	if t&looseTags != 0 && p.Prompt.Dialect == "A" || !p.regular() {
		t |= irregular
	}
	return t
}

// regular reports whether the sections of a prompt are those that its dialect
// customarily has, each once and in order, and none is missing that must be there.
func (p *Pass) regular() bool {
	if _, own := p.Config.Structure[p.Prompt.Dialect]; own {
		return false
	}
	needed := [2]int{0, 2} // in A purpose and instructions, in B the description and the prompt
	last, found := -1, 0
	for i := range p.Prompt.Sections {
		s := &p.Prompt.Sections[i]
		rank := -1
		switch {
		case p.Prompt.Dialect == "A" && s.Tagged:
			rank = slices.Index(library.TagsA, s.Heading.Value)
		case p.Prompt.Dialect == "B" && s.Level == 2:
			normal := s.Normal()
			rank = slices.IndexFunc(customaryB, func(names []string) bool { return slices.Contains(names, normal) })
		case p.Prompt.Dialect == "B" && !s.Tagged:
			continue
		}
		if rank <= last {
			return false
		}
		last = rank
		if rank == needed[0] || rank == needed[1] {
			found++
		}
	}
	return found == len(needed)
}
