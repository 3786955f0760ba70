package main

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/library/policy"
)

func teamName(t config.Team) string { return t.Name }

// teamHelp lists the teams that there are settings for.
func teamHelp() string {
	var b strings.Builder
	b.WriteString("\n")
	for _, t := range config.Teams {
		fmt.Fprintf(&b, "  %-9s  %s\n", t.Name, t.Doc)
	}
	b.WriteString("\n")
	return b.String()
}

// drafts returns the settings to write, and what to say of them.
func (o *initOptions) drafts(s *config.Survey, files []library.File) (drafts []config.File, notes []string, err error) {
	if o.team == "" {
		return config.Draft(s), nil, nil
	}
	team, err := find("team", o.team, config.Teams, teamName)
	if err != nil {
		return nil, nil, err
	}
	drafts = config.DraftTeam(s, team)
	if team.Note != "" {
		notes = append(notes, "Mind: "+team.Note+".")
	}
	l := legacy{root: o.dir, files: files}
	if err := l.read(drafts); err != nil {
		return nil, nil, err
	}
	if len(s.Globs) == 0 {
		notes = append(notes, fmt.Sprintf("No prompt has front matter, so that %s is about files to come: correct prompts in it if they are to lie elsewhere.", policy.FileName))
	}
	list, n := l.list()
	if n > 0 {
		drafts = append(drafts, config.File{Path: path.Join(library.SettingsDir, policy.UngovernedName), Text: list})
		notes = append(notes, fmt.Sprintf("%s lists %s without what the policy asks for. Nothing is asked of a prompt on the list until it changes.",
			policy.UngovernedName, count(n, "prompt")))
	}
	notes = append(notes, fmt.Sprintf(`First write yourselves into %s. Then see whether the policy asks for what you mean:
  promptlib policy explain FILE
  promptlib policy test`,
		settingsPath(o.dir, policy.PeopleName)))
	return drafts, notes, nil
}

// A legacy finds the prompts that are there before their policy.
type legacy struct {
	root   string
	files  []library.File
	policy *policy.Policy
	before *lint.Linter // by the settings that held so far
	after  *lint.Linter // by those that are written
}

// read reads the drafts as they will be read once they are written.
func (l *legacy) read(drafts []config.File) error {
	pol, people := policy.Default(), &policy.People{}
	var err error
	for _, f := range drafts {
		name := library.CleanPath(path.Join(l.root, f.Path))
		switch path.Base(f.Path) {
		case policy.FileName:
			pol, err = policy.Read(name, []byte(f.Text))
		case policy.PeopleName:
			people, err = policy.ReadPeople(name, []byte(f.Text))
		}
		if err != nil {
			return fault("please report this", "the settings that were drafted cannot be read: %w", err)
		}
	}
	l.policy = pol
	l.before = &lint.Linter{Policy: policy.Default(), Root: l.root, Index: &library.Index{}, Partial: true}
	l.after = &lint.Linter{Policy: pol, People: people, Root: l.root, Index: &library.Index{}, Partial: true}
	return nil
}

// list writes the list of the prompts of which the policy asks for what they do not
// have: an approval could not be bound to their text, or lint would find errors in
// them that it did not find before. A name that cannot be written down is left out.
func (l *legacy) list() (text string, n int) {
	var b strings.Builder
	b.WriteString(`# Prompts from before there was a policy, which asks nothing of them as long as they
# stay as they are: a change of one ends that. Take a line away once its prompt has
# what the policy asks for.
files:
`)
	type entry struct{ path, sum string }
	for _, e := range library.Each(l.files, func(f library.File) entry {
		name := library.Relative(l.root, f.Path)
		if f.Problem != nil || !l.policy.GovernsFile(name) || !utf8.ValidString(name) {
			return entry{}
		}
		p := library.Read(f)
		if unreadable(p) != nil || !l.lacks(p) {
			return entry{}
		}
		return entry{strings.Clone(name), policy.FileDigest([]byte(p.Source))}
	}) {
		if e.path != "" {
			n++
			fmt.Fprintf(&b, "  - {path: %s, sha256: %q}\n", strconv.Quote(e.path), e.sum)
		}
	}
	return b.String(), n
}

// lacks reports whether a prompt does not have what the policy asks for.
func (l *legacy) lacks(p *library.Prompt) bool {
	if message, _ := policy.Unbound([]byte(p.Source)); message != "" {
		return true
	}
	g := l.policy.Effective(p, l.root)
	for _, key := range l.policy.Required {
		if len(g.Get(key).Declarations) == 0 {
			return true
		}
	}
	return errorsIn(l.after, p) > errorsIn(l.before, p)
}

func errorsIn(l *lint.Linter, p *library.Prompt) int {
	findings, _ := l.Prompt(p)
	n := 0
	for _, d := range findings {
		if d.Severity == library.Error {
			n++
		}
	}
	return n
}
