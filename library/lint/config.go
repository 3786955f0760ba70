package lint

import (
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library"
	"promptlib/schema"
)

// A Config is how a library wants its prompts linted. The zero Config is the
// default.
type Config struct {
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
}

// An Override changes the levels of rules for some files.
type Override struct {
	Files  []string         // globs, relative to the root of the library
	Levels map[string]Level // by the code of a rule
}

// An Ignore accepts the findings of a rule in some files. It is reported when it
// accepts nothing, and holds no longer after Until.
type Ignore struct {
	Rule   *Rule
	Files  []string // globs, relative to the root of the library
	Reason string
	Until  time.Time    // the last day; zero for ever
	At     library.Text // of the entry in the configuration
}

// A Structure is the sections that prompts of some type must have.
type Structure struct {
	Types    []string // values of the key "type" or "prompt_type"; none for all prompts
	Required []string // headings in the form of [library.NormalHeading]
	Ordered  []string // headings that stand in this order where they stand at all
}

// level returns what the configuration makes of a rule for a file, by its path
// below the root of the library.
func (c *Config) level(rule *Rule, path string) Level {
	level, ok := c.Levels[rule.ID]
	if !ok {
		level.Severity = rule.Severity
	}
	for _, o := range c.Overrides {
		if l, ok := o.Levels[rule.ID]; ok && matches(o.Files, path) {
			level = l
		}
	}
	return level
}

// matches reports whether a path is one of those that globs stand for.
func matches(globs []string, path string) bool {
	for _, glob := range globs {
		if doublestar.MatchUnvalidated(glob, path) {
			return true
		}
	}
	return false
}
