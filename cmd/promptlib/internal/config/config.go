// Package config reads .promptlib/config.yaml: how a library wants the program
// to behave, as against what its policy demands of the prompts. [Load] reads the
// one of a library; [Look] and [Draft] write the first one of a library that has
// none.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/schema"
)

// FileName is the name of the configuration in the settings folder.
const FileName = "config.yaml"

// A Config is the configuration of a library. The zero Config is the default.
type Config struct {
	Path string // of the file; empty for none
	Lint lint.Config

	FrontMatter map[string]library.Text // by dialect, the path of the library's own schema below its root
	MaxTokens   library.Text            // where Lint.MaxTokens is stated

	Providers []Provider // of models, in the order of the file
}

// Load reads the configuration of the library at root; a library without one
// has the default. The error joins one line for each mistake in the file.
func Load(root string) (Config, error) {
	path := filepath.ToSlash(filepath.Join(root, library.SettingsDir, FileName))
	text, err := library.ReadWithin(root, library.SettingsDir+"/"+FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, nil
	}
	if err != nil {
		return Config{}, err
	}
	return Read(path, text)
}

// Read reads a configuration from memory. Path names it in messages; files that
// it names are read from the library that the path is in.
func Read(path string, text []byte) (Config, error) {
	root, err := library.ReadSettings(path, text, "config")
	if err != nil {
		return Config{}, err
	}
	r := reader{root: filepath.Join(filepath.Dir(path), "..")}
	r.config.Path = path
	c := &r.config.Lint
	c.Exclude = r.globs(root.Get("exclude"))
	c.Levels = r.levels(root.Get("rules"))
	for _, item := range root.Get("overrides").Elements() {
		c.Overrides = append(c.Overrides, lint.Override{Files: r.globs(item.Get("files")), Levels: r.levels(item.Get("rules"))})
	}
	for _, item := range root.Get("ignore").Elements() {
		r.ignore(item)
	}
	for _, pair := range root.Get("structure").Members() {
		r.structure(pair)
	}
	for _, pair := range root.Get("front_matter").Members() {
		r.frontMatter(pair.Key.Value, pair.Value.Text)
	}
	if n := root.Get("max_tokens"); n != nil {
		number, _ := n.JSON().(float64)
		c.MaxTokens, r.config.MaxTokens = int(number), n.Text
	}
	for _, pair := range root.Get("providers").Members() {
		r.provider(pair)
	}
	if err := r.err(); err != nil {
		return Config{}, err
	}
	return r.config, nil
}

// A reader turns the nodes of a configuration into a Config and checks what the
// schema cannot.
type reader struct {
	config   Config
	root     string // of the library
	mistakes []mistake
}

type mistake struct {
	at      library.Pos
	message string
}

func (r *reader) fail(at library.Text, format string, args ...any) {
	r.mistakes = append(r.mistakes, mistake{at.Pos, fmt.Sprintf(format, args...)})
}

// err joins the mistakes in the order in which they stand in the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.mistakes, func(a, b mistake) int { return a.at.Offset - b.at.Offset })
	var errs []error
	for _, m := range r.mistakes {
		errs = append(errs, fmt.Errorf("%s: %s", m.at, m.message))
	}
	return errors.Join(errs...)
}

func (r *reader) globs(n *library.Node) []library.Text {
	globs := n.Scalars()
	for _, glob := range globs {
		r.glob(glob)
	}
	return globs
}

// glob checks that a glob can stand for a file of the library.
func (r *reader) glob(glob library.Text) {
	g := glob.Value
	switch {
	case !doublestar.ValidatePattern(g):
		r.fail(glob, "%q is no glob; a bracket or brace in it is never closed, or a backslash ends it", g)
	case strings.HasPrefix(g, "/"), strings.HasPrefix(g, "./"):
		r.fail(glob, "glob %q begins at the root of the library anyway; write %q", g, cmp.Or(strings.TrimLeft(g, "./"), "**"))
	case slices.Contains(strings.Split(g, "/"), ".."):
		r.fail(glob, "glob %q leads out of the library; files are named from its root on", g)
	case strings.HasSuffix(g, "/"):
		r.fail(glob, "glob %q stands for a folder, and files are meant; write %q", g, g+"**")
	}
}

// rule returns the rule with a code or name, or nil.
func (r *reader) rule(name library.Text) *lint.Rule {
	rule := lint.Find(name.Value)
	if rule == nil {
		r.fail(name, "%s", lint.Unknown(name.Value))
	}
	return rule
}

func (r *reader) levels(n *library.Node) map[string]lint.Level {
	levels := map[string]lint.Level{}
	for _, pair := range n.Members() {
		rule := r.rule(pair.Key)
		if rule == nil {
			continue
		}
		if first, ok := levels[rule.ID]; ok {
			r.fail(pair.Key, "rule %s %s has a level on line %d already; keep one", rule.ID, rule.Name, first.At.Line)
			continue
		}
		level := lint.Level{At: pair.Key.Pos, Off: pair.Value.Text.Value == "off"}
		if !level.Off {
			level.Severity, _ = library.ParseSeverity(pair.Value.Text.Value) // the schema has seen that it is one
		}
		levels[rule.ID] = level
	}
	return levels
}

func (r *reader) ignore(n *library.Node) {
	name := n.Get("rule").Text
	ignore := lint.Ignore{Rule: r.rule(name), Files: r.globs(n.Get("files")), Reason: n.Get("reason").Text.Value, At: name}
	if until := n.Get("until"); until != nil {
		ignore.Until, _ = time.Parse(time.DateOnly, until.Text.Value) // the schema has seen that it is a date
	}
	if ignore.Rule != nil && strings.HasPrefix(ignore.Rule.ID, "LNT") {
		r.fail(name, "findings of %s cannot be ignored; mend the entry they are about", name.Value)
	}
	r.config.Lint.Ignores = append(r.config.Lint.Ignores, ignore)
}

func (r *reader) structure(dialect library.Pair) {
	if r.config.Lint.Structure == nil {
		r.config.Lint.Structure = map[string][]lint.Structure{}
	}
	for _, item := range dialect.Value.Elements() {
		s := lint.Structure{At: item.Text.Pos, Required: r.headings(item.Get("required")), Ordered: r.headings(item.Get("ordered"))}
		for _, t := range item.Get("types").Scalars() {
			s.Types = append(s.Types, t.Value)
		}
		if s.Required == nil && s.Ordered == nil {
			r.fail(item.Text, "the entry asks for nothing; it needs %q or %q", "required", "ordered")
		}
		r.config.Lint.Structure[dialect.Key.Value] = append(r.config.Lint.Structure[dialect.Key.Value], s)
	}
}

// headings reads the names of sections in the form in which they are compared.
func (r *reader) headings(n *library.Node) []string {
	var list []string
	for _, t := range n.Scalars() {
		bare := strings.TrimSpace(strings.Trim(t.Value, "#<>/ "))
		name := library.NormalHeading(bare)
		switch {
		case name == "":
			r.fail(t, "%q is no heading", t.Value)
		case bare != t.Value:
			r.fail(t, "%q is more than the name of a section; write %q", t.Value, bare)
		case slices.Contains(list, name):
			r.fail(t, "section %q stands in the list already; case and punctuation make no difference", t.Value)
		}
		list = append(list, name)
	}
	return list
}

// frontMatter compiles the library's own schema for the front matter of a
// dialect.
func (r *reader) frontMatter(dialect string, name library.Text) {
	load := func(name string) ([]byte, error) {
		text, err := library.ReadWithin(r.root, name)
		if err != nil {
			return nil, fmt.Errorf("schema %w", err)
		}
		return text, nil
	}
	if path.IsAbs(name.Value) || strings.Contains(name.Value, "://") {
		r.fail(name, "schema %q is no file of the library; write a path relative to %s", name.Value, library.SettingsDir)
		return
	}
	file := path.Join(library.SettingsDir, name.Value)
	text, err := load(file)
	if err != nil {
		r.fail(name, "%v", err)
		return
	}
	if _, wrong := schema.DecodeJSON(string(text)); wrong != nil {
		at := library.Text{Value: string(text), Pos: library.Pos{Path: library.CleanPath(filepath.Join(r.root, file)), Line: 1, Column: 1}}
		r.fail(name, "schema %s is not JSON: %s", at.At(wrong.Offset), wrong.Message)
		return
	}
	compiled, err := schema.Compile(file, text, load)
	if err != nil {
		r.fail(name, "%v", err)
		return
	}
	if r.config.FrontMatter == nil {
		r.config.FrontMatter, r.config.Lint.FrontMatter = map[string]library.Text{}, map[string]*schema.Schema{}
	}
	r.config.FrontMatter[dialect] = library.Text{Value: file, Pos: name.Pos, End: name.End}
	r.config.Lint.FrontMatter[dialect] = compiled
}
