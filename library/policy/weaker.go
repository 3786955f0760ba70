package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

// A Weakening is one way in which settings ask for less than others did.
type Weakening struct {
	Pointer string // a JSON Pointer to its place in the new file; what it leads to may be gone
	Message string
}

// A comparison collects weakenings.
type comparison []Weakening

// add adds one with a message, once its place is given, key by key.
func (c *comparison) add(format string, args ...any) func(pointer ...string) {
	message := fmt.Sprintf(format, args...)
	return func(pointer ...string) {
		var b strings.Builder
		for _, token := range pointer {
			b.WriteString("/" + escapePointer.Replace(token))
		}
		*c = append(*c, Weakening{b.String(), message})
	}
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// Weaker lists how a policy asks for less than another did, in the order of the
// parts of a policy. It is for the eye of who approves: that nothing is listed
// proves nothing, since words and globs can be turned in more ways.
func Weaker(was, now *Policy) []Weakening {
	c := &comparison{}
	c.prompts(was, now)
	c.vocabulary(was, now)
	c.tags(was, now)
	c.aliases(was, now)
	for _, key := range was.Required {
		if !slices.Contains(now.Required, key) {
			c.add("%s is no longer required", key)("required_keys")
		}
	}
	c.rules(was, now)
	c.protect(was, now)
	for _, kind := range now.Evidence {
		if !slices.Contains(was.Evidence, kind) {
			c.add("evidence of the kind %q counts from now on", kind)("evidence", "accept")
		}
	}
	c.spans("freshness", "a review of risk %s", was.Freshness, now.Freshness, func(old, new Span) bool { return new.Compare(old) > 0 })
	c.providers(was, now)
	c.spans("retention/floors", "the retention of %s", was.Retention.Floors, now.Retention.Floors, func(old, new Span) bool { return new.Compare(old) < 0 })
	c.waivers(was, now)
	return *c
}

func (c *comparison) prompts(was, now *Policy) {
	if now.Prompts == nil {
		return
	}
	if was.Prompts == nil {
		c.add("only some files are governed from now on: %s", strings.Join(now.Prompts, ", "))("prompts")
		return
	}
	for _, glob := range was.Prompts {
		if !slices.Contains(now.Prompts, glob) {
			c.add("files of %q are no longer governed", glob)("prompts")
		}
	}
}

func (c *comparison) vocabulary(was, now *Policy) {
	for _, f := range Fields {
		old, words := was.Vocabulary[f.Key].Words, now.Vocabulary[f.Key].Words
		if f.Type != Level && f.Type != Status {
			continue
		}
		var kept []string
		for _, word := range old {
			if slices.Contains(words, word) {
				kept = append(kept, word)
			} else {
				c.add("%q is no longer a word of %s", word, f.Key)("vocabulary", f.Key)
			}
		}
		order := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !slices.Contains(kept, w) })
		if !slices.Equal(order, kept) {
			c.add("the order of %s was %s, and becomes %s", f.Key, strings.Join(kept, ", "), strings.Join(order, ", "))("vocabulary", f.Key)
		}
	}
}

func (c *comparison) tags(was, now *Policy) {
	for _, old := range was.Tags {
		i := slices.IndexFunc(now.Tags, func(t Tag) bool { return t.Name == old.Name })
		var tag Tag
		if i >= 0 {
			tag = now.Tags[i]
		}
		at := []string{"vocabulary", "tags", old.Name, "implies"}
		for _, key := range []string{"data_classification", "risk_level"} {
			if level := old.Implies.Level(key); level != "" && now.Rank(key, tag.Implies.Level(key)) < now.Rank(key, level) {
				c.add("the tag %q no longer implies %s %q", old.Name, key, level)(at...)
			}
		}
		for _, role := range old.Implies.Roles {
			if !slices.Contains(tag.Implies.Roles, role) {
				c.add("the tag %q no longer asks for the approval of %s", old.Name, role)(at...)
			}
		}
		if tag.Implies.Count < old.Implies.Count {
			c.add("the tag %q asks for %d approvals in place of %d", old.Name, tag.Implies.Count, old.Implies.Count)(at...)
		}
	}
}

func (c *comparison) aliases(was, now *Policy) {
	for _, alias := range now.KeyAliases() {
		if key := now.keyAliases[alias]; was.keyAliases[alias] != key {
			c.add("the key %q counts as %s from now on", alias, key)("aliases", "keys", alias)
		}
	}
	for _, alias := range slices.Sorted(maps.Keys(now.valueAliases)) {
		if word := now.valueAliases[alias]; was.valueAliases[alias] != word {
			c.add("the value %q counts as %q from now on", alias, word)("aliases", "values", alias)
		}
	}
}

func (c *comparison) rules(was, now *Policy) {
	for _, old := range was.Rules {
		i := slices.IndexFunc(now.Rules, func(r Rule) bool { return r.Name == old.Name })
		if i < 0 {
			c.add("the rule %q is gone, which asked for %s", old.Name, approvals(old.Approve))("rules")
			continue
		}
		rule, at := now.Rules[i], strconv.Itoa(i)
		if !now.holdsWhere(rule.When, old.When) {
			c.add("the rule %q held for %s, and holds for %s from now on", old.Name, conditions(old.When), conditions(rule.When))("rules", at, "when")
		}
		if !NeedOf(rule.Approve).Contains(NeedOf(old.Approve)) {
			c.add("the rule %q asked for %s, and asks for %s from now on", old.Name, approvals(old.Approve), approvals(rule.Approve))("rules", at, "approve")
		}
	}
}

// holdsWhere reports whether conditions are met for certain by whatever meets
// others: each by one of those.
func (p *Policy) holdsWhere(all, others []Condition) bool {
	for _, c := range all {
		if !slices.ContainsFunc(others, func(o Condition) bool {
			return c == o || c.Key == o.Key && c.AtLeast && p.Rank(c.Key, o.Value) >= p.Rank(c.Key, c.Value)
		}) {
			return false
		}
	}
	return true
}

func conditions(list []Condition) string {
	var parts []string
	for _, c := range list {
		operator := ": "
		if c.AtLeast {
			operator = ": >="
		}
		parts = append(parts, c.Key+operator+c.Value)
	}
	return strings.Join(parts, ", ")
}

func approvals(list []Approval) string {
	var parts []string
	for _, a := range list {
		role := a.Role
		if role == "*" {
			role = "anybody"
		}
		parts = append(parts, strconv.Itoa(a.Count)+" × "+role)
	}
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

func (c *comparison) protect(was, now *Policy) {
	for _, glob := range was.Protect.Paths {
		if !slices.Contains(now.Protect.Paths, glob) {
			c.add("%q is no longer protected", glob)("protect", "paths")
		}
	}
	if !NeedOf(now.Protect.Approve).Contains(NeedOf(was.Protect.Approve)) {
		c.add("protected files asked for %s, and ask for %s from now on", approvals(was.Protect.Approve), approvals(now.Protect.Approve))("protect", "approve")
	}
}

// spans compares periods by a word. What says of each.
func (c *comparison) spans(part, what string, was, now map[string]Span, weaker func(old, new Span) bool) {
	for _, word := range slices.Sorted(maps.Keys(was)) {
		at := append(strings.Split(part, "/"), word)
		span, ok := now[word]
		switch {
		case !ok:
			c.add(what+" has no limit from now on; it was %s", word, was[word])(at...)
		case weaker(was[word], span):
			c.add(what+" had the limit %s, and has %s from now on", word, was[word], span)(at...)
		}
	}
}

func (c *comparison) providers(was, now *Policy) {
	if was.Providers == nil {
		return
	}
	if now.Providers == nil {
		c.add("providers are no longer bound: anything may be sent anywhere")("providers")
		return
	}
	for _, p := range now.Providers {
		name := p.Name.Value
		old := was.Provider(name)
		if old == nil {
			c.add("the provider %q is new, and may see %s", name, p.Ceiling.Value)("providers", name)
			continue
		}
		for _, host := range p.Hosts {
			if !slices.ContainsFunc(old.Hosts, func(h library.Text) bool { return h.Value == host.Value }) {
				c.add("the provider %q may use the host %q from now on", name, host.Value)("providers", name, "hosts")
			}
		}
		if now.Rank("data_classification", p.Ceiling.Value) > now.Rank("data_classification", old.Ceiling.Value) {
			c.add("the provider %q may see %s in place of %s", name, p.Ceiling.Value, old.Ceiling.Value)("providers", name, "ceiling")
		}
		if p.KeyEnv.Value != old.KeyEnv.Value && !p.KeyEnv.IsZero() {
			c.add("the provider %q gets the key of %s from now on", name, p.KeyEnv.Value)("providers", name, "key_env")
		}
		if p.Local && !old.Local {
			c.add("the provider %q may be this machine or of a private network from now on", name)("providers", name, "local")
		}
		if old.Valid != nil && (p.Valid == nil || p.Valid.Compare(*old.Valid) > 0) {
			c.add("the review of the provider %q holds for longer than %s from now on", name, old.Valid)("providers", name, "valid")
		}
	}
}

func (c *comparison) waivers(was, now *Policy) {
	old, w := was.Waivers, now.Waivers
	switch {
	case w.Role == "":
	case old.Role == "":
		c.add("waivers of %s hold from now on, for %s", w.Role, w.Max)("waivers")
	case w.Role != old.Role:
		c.add("waivers are given by %s in place of %s", w.Role, old.Role)("waivers", "role")
	}
	if old.Role != "" && w.Max > old.Max {
		c.add("waivers hold for %s in place of %s", w.Max, old.Max)("waivers", "max")
	}
}

// WeakerPeople lists how people may approve more than they could, or be taken less
// for the authors of what they write, in the order of their names.
func WeakerPeople(was, now *People) []Weakening {
	c := &comparison{}
	for _, p := range now.List {
		old := was.Person(p.Name)
		if old == nil {
			c.newcomer(p)
			continue
		}
		if old.Bot && !p.Bot {
			c.add("%s was a bot, and is a person from now on", p.Name)("people", p.Name, "type")
		}
		for _, role := range p.Roles {
			if !slices.Contains(old.Roles, role) {
				c.add("%s holds the role %s from now on", p.Name, role)("people", p.Name, "roles")
			}
		}
		c.accounts(*old, p)
		c.keys(*old, p)
	}
	return *c
}

func (c *comparison) newcomer(p Person) {
	what := "no role"
	if len(p.Roles) > 0 {
		what = strings.Join(p.Roles, ", ")
	}
	if p.Bot {
		what += ", as a bot"
	}
	c.add("%s is new, and holds %s", p.Name, what)("people", p.Name)
}

func (c *comparison) accounts(old, p Person) {
	for _, forge := range []struct {
		name, key string
		was, now  Account
	}{{"GitHub", "github", old.GitHub, p.GitHub}, {"GitLab", "gitlab", old.GitLab, p.GitLab}} {
		switch {
		case forge.was.ID == forge.now.ID:
		case forge.now.ID == 0:
			c.add("%s is no longer known on %s by the id %d", p.Name, forge.name, forge.was.ID)("people", p.Name)
		default:
			c.add("%s has the %s account %q (id %d) from now on", p.Name, forge.name, forge.now.Login, forge.now.ID)("people", p.Name, forge.key)
		}
	}
	for _, email := range old.Emails {
		if !slices.Contains(p.Emails, email) {
			c.add("commits of %q are no longer taken for those of %s", email, p.Name)("people", p.Name, "emails")
		}
	}
}

func (c *comparison) keys(old, p Person) {
	known := &People{List: []Person{old}}
	for i, key := range p.Keys {
		at := []string{"people", p.Name, "keys", strconv.Itoa(i)}
		owner, before := known.ByKey(key.Public)
		switch {
		case owner == nil:
			c.add("%s has another key from now on", p.Name)(at...)
		case !before.From.IsZero() && (key.From.IsZero() || key.From.Before(before.From)),
			!before.Until.IsZero() && (key.Until.IsZero() || key.Until.After(before.Until)):
			c.add("a key of %s is good on more days than it was", p.Name)(at...)
		}
	}
}
