package lint

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"promptlib/library"
	"promptlib/schema"
)

// suppressKey is the key of the front matter that accepts findings of its prompt.
const suppressKey = "lint"

// A suppression is an entry of lint.ignore in the front matter of a prompt. It
// shares no memory with the file.
type suppression struct {
	rule   *Rule
	until  time.Time    // the last day; zero for ever
	at     library.Text // of the entry; Value is its source
	used   bool         // it accepted a finding
	reason string

	alone *library.Fix // removes the entry; nil where that is not certain
	all   *library.Fix // removes all entries with their key
}

// A mistake is what is wrong with the suppressions of a prompt.
type mistake struct {
	at      library.Text
	message string
}

// A Suppression is an entry of a front matter that accepts findings of its file.
type Suppression struct {
	Rule   *Rule
	Reason string
	Until  time.Time    // the last day; zero for ever
	At     library.Text // of the entry
}

// Suppressions returns the entries of the front matter of a prompt that can be
// used, whether they still hold or not.
func Suppressions(p *library.Prompt) []Suppression {
	list, _ := readSuppressions(p)
	var out []Suppression
	for _, s := range list {
		out = append(out, Suppression{Rule: s.rule, Reason: s.reason, Until: s.until, At: s.at})
	}
	return out
}

// holds reports whether what ends after a day still holds on another.
func holds(until, day time.Time) bool { return until.IsZero() || !day.After(until) }

// groups are the groups of rules whose findings a prompt may accept itself. What
// others demand of it, such as governance, is accepted in the configuration,
// which has other reviewers.
var groups = []string{"EVC", "EX", "FM", "LNK", "STR", "TXT", "VAR"}

func group(rule *Rule) string { return strings.TrimRight(rule.ID, "0123456789") }

// readSuppressions reads what the front matter of a prompt accepts. A front
// matter that can be read in more than one way accepts nothing.
func readSuppressions(p *library.Prompt) (list []suppression, mistakes []mistake) {
	i := slices.IndexFunc(p.Front.Root.Members(), func(pair library.Pair) bool { return pair.Key.Value == suppressKey })
	if i < 0 || !p.Front.Sound {
		return nil, nil
	}
	pair := p.Front.Root.Pairs[i]
	whole := &library.Node{Type: library.Map, Text: pair.Key, Pairs: []library.Pair{pair}}
	problems := library.SchemaProblems(whole, schema.Get("front-matter-lint"))
	for _, v := range problems {
		mistakes = append(mistakes, mistake{v.At, v.Message})
	}
	entries := pair.Value.Get("ignore").Elements()
	for i, entry := range entries {
		pointer := "/" + suppressKey + "/ignore/" + strconv.Itoa(i)
		if slices.ContainsFunc(problems, func(v library.SchemaProblem) bool { return strings.HasPrefix(v.Pointer+"/", pointer+"/") }) {
			continue
		}
		name := entry.Get("rule").Text
		rule, message := suppressible(name.Value)
		if rule == nil {
			mistakes = append(mistakes, mistake{name, message})
			continue
		}
		s := suppression{rule: rule, at: entry.Text, reason: strings.Clone(entry.Get("reason").Text.Value), alone: removeItem(p, pair, entries, i)}
		s.at.Value = strings.Clone(p.Source[s.at.Pos.Offset:s.at.End.Offset])
		if until := entry.Get("until"); until != nil {
			s.until, _ = time.Parse(time.DateOnly, until.Text.Value) // the schema has seen that it is a date
		}
		list = append(list, s)
	}
	if all := removeKey(p, pair); all != nil && len(list) == len(entries) && len(mistakes) == 0 {
		for i := range list {
			list[i].all = all
		}
	}
	return list, mistakes
}

// suppressible returns the rule that a prompt names to accept its findings, or
// why it cannot.
func suppressible(name string) (rule *Rule, message string) {
	rule = Find(name)
	switch {
	case rule == nil:
		return nil, Unknown(name)
	case group(rule) == group(ignoreInvalid):
		return nil, fmt.Sprintf("findings of %s cannot be ignored; mend the entry they are about", name)
	case !slices.Contains(groups, group(rule)):
		return nil, fmt.Sprintf("findings of %s cannot be ignored in the prompt itself; enter them under %q in %s/config.yaml", name, "ignore", library.SettingsDir)
	}
	return rule, ""
}

// Unknown says that there is no rule with a name, and which was meant.
func Unknown(name string) string {
	message := fmt.Sprintf("there is no rule %q", name)
	near := library.Nearest(name, func(yield func(string) bool) {
		for _, rule := range Rules {
			if !yield(rule.ID) || !yield(rule.Name) {
				return
			}
		}
	})
	if near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return message
}

// accept drops the findings of a file that its front matter or the configuration
// accepts, and notes in its facts what accepted them.
func (l *Linter) accept(findings []*library.Diagnostic, facts *Facts) []*library.Diagnostic {
	if len(findings) == 0 || facts.suppressions == nil && l.Config.Ignores == nil {
		return findings
	}
	return slices.DeleteFunc(findings, func(d *library.Diagnostic) bool { return l.accepts(d, facts) })
}

func (l *Linter) accepts(d *library.Diagnostic, facts *Facts) bool {
	ok := !l.binding(d.Code) && facts.suppress(d, l.Now) || l.ignore(d, facts)
	if ok {
		facts.Suppressed++
	}
	return ok
}

// binding reports whether a prompt cannot accept findings of a code by itself.
func (l *Linter) binding(code string) bool {
	return l.Reviewed && (strings.HasPrefix(code, "GOV") || strings.HasPrefix(code, "SEC"))
}

// acceptAll is accept for findings of several files.
func (l *Linter) acceptAll(findings []*library.Diagnostic, facts []Facts) []*library.Diagnostic {
	of := map[string]*Facts{}
	for i := range facts {
		if facts[i].suppressions != nil || l.Config.Ignores != nil {
			of[facts[i].Path] = &facts[i]
		}
	}
	return slices.DeleteFunc(findings, func(d *library.Diagnostic) bool { return of[d.Pos.Path] != nil && l.accepts(d, of[d.Pos.Path]) })
}

func (f *Facts) suppress(d *library.Diagnostic, now time.Time) bool {
	for i := range f.suppressions {
		if s := &f.suppressions[i]; s.rule.ID == d.Code && holds(s.until, now) {
			s.used = true
			return true
		}
	}
	return false
}

func (l *Linter) ignore(d *library.Diagnostic, facts *Facts) bool {
	for i := range l.Config.Ignores {
		if entry := &l.Config.Ignores[i]; entry.Rule.ID == d.Code && entry.Holds(l.Now) && entry.About(library.Relative(l.Root, facts.Path)) {
			if !slices.Contains(facts.ignores, i) {
				facts.ignores = append(facts.ignores, i)
			}
			return true
		}
	}
	return false
}

// unused reports the suppressions of rules that compare prompts, and the ignores
// of the configuration, that accepted nothing. What the files that were not
// checked would have needed is not known, and then nothing is said.
func (p *LibraryPass) unused() {
	var idle []int
	used := map[int]bool{}
	suppressions := false
	for _, f := range p.Facts {
		suppressions = suppressions || f.suppressions != nil
		for _, i := range f.ignores {
			used[i] = true
		}
	}
	for i := range p.Config.Ignores {
		if !used[i] {
			idle = append(idle, i)
		}
	}
	if idle == nil && !suppressions {
		return
	}
	missed := p.missed()
	for _, i := range idle {
		p.unusedIgnore(&p.Config.Ignores[i], missed)
	}
	if len(missed) > 0 {
		return
	}
	for i := range p.Facts {
		list := p.Facts[i].suppressions
		for k := range list {
			if s := &list[k]; s.rule.Library != nil && !s.used && holds(s.until, p.Now) {
				p.Reportf(s.at, "%s", unusedMessage(s.rule)).Fix = removal(list, s, func(s *suppression) bool { return s.used })
			}
		}
	}
}

// missed lists the prompts of the library that were not checked and are not
// excluded either, by their paths below its root.
func (p *LibraryPass) missed() []string {
	checked := map[string]bool{}
	for _, f := range p.Facts {
		checked[library.Relative(p.Root, f.Path)] = true
	}
	var missed []string
	if p.Index == nil {
		return []string{""}
	}
	for file := range p.Index.Files(p.Root) {
		if _, excluded := p.Config.Excluded(file); library.IsPromptFile(file) && !library.IsProse(path.Base(file)) && !excluded && !checked[file] {
			missed = append(missed, file)
		}
	}
	return missed
}

func (p *LibraryPass) unusedIgnore(i *Ignore, missed []string) {
	if !i.Holds(p.Now) {
		if slices.ContainsFunc(p.Facts, func(f Facts) bool { return i.About(library.Relative(p.Root, f.Path)) }) {
			p.Reportf(i.At, "%s", endedMessage(i.Rule, i.Until))
		}
		return
	}
	if i.Rule.Library != nil && len(missed) > 0 || slices.ContainsFunc(missed, i.About) {
		return
	}
	p.Reportf(i.At, "%s", unusedMessage(i.Rule))
}
