package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/library/policy"
)

// A Rule is one kind of finding. Of Kind, Prompt and Library exactly one is set:
// it is the scope of the rule.
type Rule struct {
	library.Code

	Kind    library.Kind       // reports the problems of this kind that the loader met
	Prompt  func(*Pass)        // looks at one prompt
	Library func(*LibraryPass) // looks at the facts of all prompts

	// about are the traits of which a prompt must have one for Prompt to say
	// anything of it; 0 for any prompt.
	about traits

	// Fix returns how to mend a problem of Kind, nil for by hand. Other rules set
	// the fix of what they report.
	Fix func(*library.Prompt, *library.Problem) *library.Fix
}

// A Linter runs rules. It must not change while it is in use; its methods may be
// called by several goroutines.
type Linter struct {
	Policy *policy.Policy
	Config Config
	Root   string         // of the library, which paths in policy and configuration are relative to
	Index  *library.Index // of the names of all files
	Now    time.Time      // the day at midnight UTC, for dates that pass

	// Reviewed says that somebody decides by the findings: what a prompt accepts in
	// its front matter then counts for nothing where it is about governance or
	// security, since the author of a change must not hide that from its approvers.
	Reviewed bool

	// People are those who may own and approve prompts; nil, or without a Path, where
	// the library does not say who they are.
	People *policy.People

	// Ungoverned are the files that the policy asks nothing of until they change.
	Ungoverned policy.Ungoverned

	// Partial says that only some files of the library are linted: bodies are
	// then not compared.
	Partial bool

	unlimited bool // keeps all findings, for fixes
	everyRule bool // runs the rules that are about other prompts too, for tests
}

// Facts are what is kept of a prompt for the rules that compare prompts. They
// share no memory with its text.
type Facts struct {
	Path       string
	Title      library.Text
	ID         library.Text
	Name       library.Text // in the front matter, where it may serve as the title
	Body       uint64       // a hash of the text; 0 for none
	Suppressed int          // findings that the prompt or the configuration accepts

	suppressions []suppression // of the front matter
	ignores      []int         // of the configuration, by index, that accepted a finding
}

// A Pass is the run of one rule over one prompt.
type Pass struct {
	*Linter
	Prompt     *library.Prompt
	Governance *policy.Governance

	legacy       bool // the policy asks nothing of the prompt until it changes
	rule         *Rule
	tally        tally
	suppressions []suppression // of the front matter, where that is sound
	mistakes     []mistake     // in them
	findings     *[]*library.Diagnostic

	seen             look
	spellings        []*library.Text // room for variableSpelling
	contractRead     bool            // by contract
	declared         *evals.Contract
	contractMistakes []*evals.Mistake
}

// A LibraryPass is the run of one rule over the facts of all prompts, which are
// in the order of their paths.
type LibraryPass struct {
	*Linter
	Facts []Facts

	rule     *Rule
	findings *[]*library.Diagnostic
}

// passes are those over prompts that were linted: their memory serves the next.
var passes = sync.Pool{New: func() any { return &Pass{Governance: new(policy.Governance)} }}

// Prompt runs the rules of one prompt. The findings are sorted; those that are
// suppressed are only counted.
func (l *Linter) Prompt(p *library.Prompt) ([]*library.Diagnostic, Facts) {
	var findings []*library.Diagnostic
	l.loaded(p, &findings)
	seen := lookAt(p)
	facts := l.facts(p, seen.spaced)
	if p.Body.IsZero() { // nothing could be read, which is one finding
		return l.accept(findings, &facts), facts
	}
	pass := passes.Get().(*Pass)
	defer passes.Put(pass)
	*pass = Pass{Linter: l, Prompt: p, Governance: pass.Governance, spellings: pass.spellings, findings: &findings, seen: seen, tally: tally{unlimited: l.unlimited}}
	l.Policy.Settle(pass.Governance, p, l.Root)
	if l.exempt(p) {
		pass.legacy, pass.Governance.Governed = true, false
	}
	pass.suppressions, pass.mistakes = readSuppressions(p)
	has := pass.traits()
	for i := range promptRules {
		if r := &promptRules[i]; r.about == 0 || r.about&has != 0 || l.everyRule {
			pass.run(r.Rule)
		}
	}
	facts.suppressions = pass.suppressions
	findings = l.accept(findings, &facts)
	if pass.suppressions != nil {
		pass.run(ignoreUnused)
	}
	conceal(p, seen, findings)
	slices.SortStableFunc(findings, compare)
	return findings, facts
}

// exempt reports whether a prompt is a legacy file that has not changed.
func (l *Linter) exempt(p *library.Prompt) bool {
	if l.Ungoverned == nil {
		return false
	}
	name := library.Relative(l.Root, p.Path)
	_, listed := l.Ungoverned[name]
	return listed && l.Ungoverned.Exempt(name, []byte(p.Source))
}

// run runs a rule of one prompt, unless it is off.
func (p *Pass) run(rule *Rule) {
	if p.Config.plain() || !p.level(rule, p.Prompt.Path).Off {
		p.rule = rule
		rule.Prompt(p)
		if p.tally.kept > 0 {
			p.tally.more(rule, p.findings)
			p.tally = tally{unlimited: p.unlimited}
		}
	}
}

// loaded reports what the loader has met in a prompt.
func (l *Linter) loaded(p *library.Prompt, findings *[]*library.Diagnostic) {
	if len(p.Problems) == 0 {
		return
	}
	tallies := map[*Rule]*tally{}
	for i := range p.Problems {
		problem := &p.Problems[i]
		rule := ruleOf[problem.Kind]
		if tallies[rule] == nil {
			tallies[rule] = &tally{unlimited: l.unlimited}
		}
		if level := l.level(rule, p.Path); !level.Off && !tallies[rule].full(level.Severity, problem.At) {
			d := report(rule, level, findings, library.Error, problem.At, problem.Message)
			d.Related = problem.Related
			anchor(d, p.Source)
			if rule.Fix != nil {
				d.Fix = rule.Fix(p, problem)
			}
		}
	}
	for _, rule := range Rules {
		if t := tallies[rule]; t != nil {
			t.more(rule, findings)
		}
	}
}

// facts returns what is kept of a prompt. Spaced is what [lookAt] says of it.
func (l *Linter) facts(p *library.Prompt, spaced bool) Facts {
	f := Facts{
		Path:  p.Path,
		Title: p.Title.Detach(),
		ID:    p.Front.Root.Get("id").Scalar().Detach(),
		Name:  p.Front.Root.Get("name").Scalar().Detach(),
	}
	if !l.Partial {
		f.Body = bodyHash(p.Body.Value, spaced)
	}
	return f
}

// FactsOf returns what is kept of a prompt that is not linted, and only compared
// with others.
func (l *Linter) FactsOf(p *library.Prompt) Facts { return l.facts(p, true) }

// Buffer lints the text of one file, whether the file exists or not and whatever
// it holds, as an editor does before the text is saved. Path is that of the
// file, in the form of [library.CleanPath]; known are the findings that the
// library lives with, nil for none. The rules that compare prompts do not run.
// The findings are sorted.
func (l *Linter) Buffer(path, text string, known Baseline) []*library.Diagnostic {
	findings, _ := l.Prompt(library.ReadBuffer(path, text))
	fresh, _, _ := known.Sift(l.Root, findings)
	return fresh
}

// Library runs the rules that compare prompts. The findings are sorted; those
// that are suppressed are only counted, in the facts of their file.
func (l *Linter) Library(facts []Facts) []*library.Diagnostic {
	var findings []*library.Diagnostic
	pass := LibraryPass{Linter: l, Facts: facts, findings: &findings}
	for _, rule := range Rules {
		if rule.Library != nil {
			pass.rule = rule
			rule.Library(&pass)
		}
	}
	findings = l.acceptAll(findings, facts)
	pass.rule = ignoreUnused
	pass.unused()
	slices.SortStableFunc(findings, compare)
	return findings
}

func compare(a, b *library.Diagnostic) int { return a.Compare(*b) }

// level returns what the configuration makes of a rule for a file.
func (l *Linter) level(rule *Rule, path string) Level {
	if l.Config.plain() {
		return Level{Severity: rule.Severity}
	}
	if len(l.Config.Overrides) > 0 {
		path = library.Relative(l.Root, path)
	}
	return l.Config.Level(rule, path)
}

func report(rule *Rule, level Level, findings *[]*library.Diagnostic, severity library.Severity, at library.Text, message string) *library.Diagnostic {
	d := &library.Diagnostic{Pos: at.Pos, End: at.End, Code: rule.ID, Name: rule.Name, Severity: min(severity, level.Severity), Message: message}
	*findings = append(*findings, d)
	return d
}

// anchor ties a finding to what stands at its place in the source of a prompt.
func anchor(d *library.Diagnostic, source string) {
	text := ""
	if from, to := d.Pos.Offset, d.End.Offset; from < to && to <= len(source) {
		text = source[from:to]
	}
	d.AnchorTo(cmp.Or(text, d.Message))
}

func (p *Pass) report(severity library.Severity, at library.Text, format string, args []any) *library.Diagnostic {
	level := p.level(p.rule, p.Prompt.Path)
	if p.tally.full(min(severity, level.Severity), at) {
		return &library.Diagnostic{} // goes nowhere
	}
	d := report(p.rule, level, p.findings, severity, at, fmt.Sprintf(format, args...))
	if at.Pos.Path == p.Prompt.Path {
		anchor(d, p.Prompt.Source)
	} else {
		d.AnchorTo(cmp.Or(at.Value, d.Message)) // in the contract beside the prompt
	}
	return d
}

// Reportf reports a finding at the severity of the rule.
func (p *Pass) Reportf(at library.Text, format string, args ...any) *library.Diagnostic {
	return p.report(library.Error, at, format, args)
}

// Warnf reports a finding as a warning at most.
//
// Note: the governance codes are graded: one code is an error for a value that
// cannot be used and a warning for one that is only unusual. The severity of the
// rule stays the worst it can report.
func (p *Pass) Warnf(at library.Text, format string, args ...any) *library.Diagnostic {
	return p.report(library.Warning, at, format, args)
}

// Infof reports a finding as information.
func (p *Pass) Infof(at library.Text, format string, args ...any) *library.Diagnostic {
	return p.report(library.Info, at, format, args)
}

// Reportf reports a finding at the severity of the rule. Where the rule is off
// for the file of the finding, what is returned goes nowhere.
func (p *LibraryPass) Reportf(at library.Text, format string, args ...any) *library.Diagnostic {
	level, findings := p.level(p.rule, at.Pos.Path), p.findings
	if level.Off {
		findings = new([]*library.Diagnostic)
	}
	d := report(p.rule, level, findings, library.Error, at, fmt.Sprintf(format, args...))
	d.AnchorTo(cmp.Or(at.Value, d.Message))
	return d
}

// mostFindings is how many findings of a rule are reported in one file, and how
// often a rule takes a look at much of a file or of the library.
const mostFindings = 100

// A tally counts the findings of one rule in one file. Those beyond mostFindings
// become one that counts them.
type tally struct {
	unlimited bool
	kept      int
	dropped   int
	first     library.Text     // of the dropped
	worst     library.Severity // of the dropped
}

// full reports whether one more finding is only counted.
func (t *tally) full(severity library.Severity, at library.Text) bool {
	if t.unlimited || t.kept < mostFindings {
		t.kept++
		return false
	}
	if t.dropped == 0 {
		t.first, t.worst = at, severity
	}
	t.dropped++
	t.worst = max(t.worst, severity)
	return true
}

// more reports the findings that were only counted.
func (t *tally) more(rule *Rule, findings *[]*library.Diagnostic) {
	if t.dropped > 0 {
		message := fmt.Sprintf("and %d more of %s in this file; mend the %d before first", t.dropped, rule.Name, t.kept)
		report(rule, Level{Severity: t.worst}, findings, t.worst, t.first, message).AnchorTo("more of " + rule.Name)
	}
}

// start is the place of what is missing from a file as a whole.
func (p *Pass) start() library.Text { return fileStart(p.Prompt.Path) }

func fileStart(path string) library.Text {
	pos := library.Pos{Path: path, Line: 1, Column: 1}
	return library.Text{Pos: pos, End: pos}
}

// related is a place that helps to understand a finding.
func related(at library.Text, format string, args ...any) library.Related {
	return library.Related{Pos: at.Pos, End: at.End, Message: fmt.Sprintf(format, args...)}
}

// expected ends a message about a word that a vocabulary does not have: with
// the nearest word, or with all there are if they are few.
func expected(word string, vocabulary []string) string {
	if near := library.Nearest(word, slices.Values(vocabulary)); near != "" {
		return "; did you mean " + strconv.Quote(near) + "?"
	}
	if len(vocabulary) == 0 || len(vocabulary) > 8 {
		return ""
	}
	return "; expected " + strings.Join(vocabulary, ", ")
}

// more counts what a message does not name.
func more(n int) string {
	if n <= 0 {
		return ""
	}
	return " and " + strconv.Itoa(n) + " more"
}
