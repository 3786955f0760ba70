package lint

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library"
	"promptlib/schema"
)

// A Config is how a library wants its prompts linted. The zero Config is the
// default.
type Config struct {
	Exclude   []library.Text   // globs of files that are not checked at all, relative to the root of the library
	Levels    map[string]Level // by the code of a rule; nil for none
	Overrides []Override       // the last that matches a file and names a rule counts
	Ignores   []Ignore         // findings that are accepted for a reason

	Structure   map[string][]Structure    // by dialect; nil for the built-in one
	FrontMatter map[string]*schema.Schema // the library's own, by dialect, in place of the built-in one
	MaxTokens   int                       // what a prompt may hold by estimate; 0 for any number
}

// A Level is what a configuration makes of a rule: off, or a severity in place of
// its own.
type Level struct {
	Off      bool
	Severity library.Severity
	At       library.Pos // in the configuration; zero for the level of the rule itself
}

// String returns "off" or the name of the severity.
func (l Level) String() string {
	if l.Off {
		return "off"
	}
	return l.Severity.String()
}

// An Override changes the levels of rules for some files.
type Override struct {
	Files  []library.Text   // globs, relative to the root of the library
	Levels map[string]Level // by the code of a rule
}

// An Ignore accepts the findings of a rule in some files. It is reported when it
// accepts nothing, and holds no longer after Until.
type Ignore struct {
	Rule   *Rule
	Files  []library.Text // globs, relative to the root of the library; none for all files
	Reason string
	Until  time.Time    // the last day; zero for ever
	At     library.Text // of the entry in the configuration; Value names its rule
}

// A Structure is the sections that prompts of some type must have.
type Structure struct {
	Types    []string // values of the key "type" or "prompt_type"; none for all prompts
	Required []string // headings in the form of [library.NormalHeading]
	Ordered  []string // headings that stand in this order where they stand at all
	At       library.Pos
}

// Concerns reports whether a structure is about prompts of the type of p.
func (s *Structure) Concerns(p *library.Prompt) bool {
	if s.Types == nil {
		return true
	}
	for _, key := range []string{"type", "prompt_type"} {
		value := p.Front.Root.Get(key).Scalar().Value
		if slices.ContainsFunc(s.Types, func(t string) bool { return strings.EqualFold(t, value) }) {
			return true
		}
	}
	return false
}

// plain reports whether every rule has its own level in every file.
func (c *Config) plain() bool { return c.Levels == nil && c.Overrides == nil }

// Level returns what the configuration makes of a rule for a file, by its path
// below the root of the library.
func (c *Config) Level(rule *Rule, path string) Level {
	level, ok := c.Levels[rule.ID]
	if !ok {
		level.Severity = rule.Severity
	}
	for _, o := range c.Overrides {
		l, ok := o.Levels[rule.ID]
		if _, about := Matching(o.Files, path); ok && about {
			level = l
		}
	}
	return level
}

// Excluded returns the glob that excludes a file, by its path below the root of
// the library.
func (c *Config) Excluded(path string) (glob library.Text, ok bool) { return Matching(c.Exclude, path) }

// About reports whether an ignore is about a file, by its path below the root of
// the library.
func (i *Ignore) About(path string) bool {
	_, ok := Matching(i.Files, path)
	return ok || i.Files == nil
}

// Holds reports whether an ignore accepts findings on a day.
func (i *Ignore) Holds(day time.Time) bool { return holds(i.Until, day) }

// Matching returns the first of some globs that stands for a path.
func Matching(globs []library.Text, path string) (glob library.Text, ok bool) {
	for _, glob := range globs {
		if doublestar.MatchUnvalidated(glob.Value, path) {
			return glob, true
		}
	}
	return library.Text{}, false
}

// Dead returns the globs that stand for none of the files of the library, in the
// order of the configuration.
func (c *Config) Dead(files iter.Seq[string]) []library.Text {
	globs := slices.Clone(c.Exclude)
	for _, o := range c.Overrides {
		globs = append(globs, o.Files...)
	}
	for _, i := range c.Ignores {
		globs = append(globs, i.Files...)
	}
	if globs == nil {
		return nil
	}
	for file := range files {
		globs = slices.DeleteFunc(globs, func(glob library.Text) bool { return doublestar.MatchUnvalidated(glob.Value, file) })
	}
	slices.SortFunc(globs, func(a, b library.Text) int { return a.Pos.Offset - b.Pos.Offset })
	return globs
}
