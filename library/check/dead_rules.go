package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library/policy"
)

// deadRules notes the rules that are about no file, once the change has landed: a
// glob with a slip in it asks for nothing, and nobody notices.
func deadRules(c *Change, v *Verdict) {
	pol, _, ok := c.landing()
	if !ok || len(c.Names) == 0 {
		return
	}
	for _, rule := range pol.Rules {
		for _, condition := range rule.When {
			if condition.Key == "path" && !c.anyName(condition) {
				v.Notes = append(v.Notes, fmt.Sprintf("the rule %q is about no file: its path %q matches none of the library", rule.Name, condition.Value))
			}
		}
	}
}

func (c *Change) anyName(path policy.Condition) bool {
	return slices.ContainsFunc(c.Names, func(name string) bool {
		ok, _ := doublestar.Match(path.Value, name)
		return ok && !strings.HasPrefix(name, "/") // which lies outside of the library
	})
}
