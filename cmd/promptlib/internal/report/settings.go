package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Settings are what holds for a file, or for a library as a whole, and where it
// is stated. They are what settings.schema.json describes.
type Settings struct {
	Version     int                  `json:"version"`
	File        *string              `json:"file"` // nil for a library as a whole
	Dialect     *string              `json:"dialect"`
	Library     string               `json:"library"`
	Config      *string              `json:"config"` // nil for none
	Policy      *string              `json:"policy"` // nil for the built-in one
	Excluded    *ExcludedSetting     `json:"excluded"`
	FrontMatter []FrontMatterSetting `json:"front_matter"`
	Structure   []StructureSetting   `json:"structure"`
	MaxTokens   *MaxTokensSetting    `json:"max_tokens"`
	Ignore      []IgnoreSetting      `json:"ignore"`
	Rules       []RuleSetting        `json:"rules"`
}

// An ExcludedSetting is the glob that excludes a file.
type ExcludedSetting struct {
	Glob string `json:"glob"`
	At   string `json:"at"`
}

// A FrontMatterSetting is a schema of the library's own.
type FrontMatterSetting struct {
	Dialect string `json:"dialect"`
	Path    string `json:"path"`
	At      string `json:"at"`
}

// A StructureSetting is the sections that the library asks for.
type StructureSetting struct {
	Dialect  string   `json:"dialect"`
	Types    []string `json:"types"`
	Required []string `json:"required"`
	Ordered  []string `json:"ordered"`
	At       string   `json:"at"`
}

// A MaxTokensSetting is what a prompt may hold by estimate.
type MaxTokensSetting struct {
	Value int    `json:"value"`
	At    string `json:"at"`
}

// An IgnoreSetting is an entry that accepts findings.
type IgnoreSetting struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Reason string  `json:"reason"`
	Until  *string `json:"until"`
	Holds  bool    `json:"holds"`
	At     string  `json:"at"`
}

// A RuleSetting is the level of a rule. From is default, config or override.
type RuleSetting struct {
	Code  string  `json:"code"`
	Name  string  `json:"name"`
	Level string  `json:"level"`
	From  string  `json:"from"`
	At    *string `json:"at"`
}

// WriteSettingsJSON writes settings as JSON.
func WriteSettingsJSON(w io.Writer, s Settings) error { return WriteJSON(w, s, "  ") }

// WriteSettings writes settings for people.
func WriteSettings(w io.Writer, s Settings, color bool) error {
	p := NewPrinter(w, color)
	row := func(name, format string, args ...any) { p.Printf("%-10s %s\n", name, fmt.Sprintf(format, args...)) }
	or := func(s *string, none string) string {
		if s == nil {
			return none
		}
		return *s
	}
	if s.File != nil {
		row("file", "%s", *s.File)
		row("dialect", "%s", or(s.Dialect, "-"))
	}
	row("library", "%s", s.Library)
	row("config", "%s", or(s.Config, "none"))
	row("policy", "%s", or(s.Policy, "built-in"))
	switch {
	case s.Excluded != nil:
		row("excluded", "yes, by %s (%s)", s.Excluded.Glob, s.Excluded.At)
	case s.File != nil:
		row("excluded", "no")
	}
	for _, f := range s.FrontMatter {
		row("schema", "%s: %s (%s)", f.Dialect, f.Path, f.At)
	}
	for _, t := range s.Structure {
		row("sections", "%s (%s)", t.text(), t.At)
	}
	if s.MaxTokens != nil {
		row("max tokens", "%d (%s)", s.MaxTokens.Value, s.MaxTokens.At)
	}
	for _, i := range s.Ignore {
		row("ignored", "%s (%s)", i.text(), i.At)
	}
	p.Printf("\n")
	rows := [][]string{{"CODE", "NAME", "LEVEL", "FROM"}}
	for _, r := range s.Rules {
		from := or(r.At, r.From)
		if r.From == "override" {
			from = "override at " + from
		}
		rows = append(rows, []string{r.Code, r.Name, r.Level, from})
	}
	p.table(rows)
	return p.Flush()
}

func (t StructureSetting) text() string {
	parts := []string{}
	for _, part := range []struct {
		name string
		list []string
	}{{"of type", t.Types}, {"required", t.Required}, {"in order", t.Ordered}} {
		if len(part.list) > 0 {
			parts = append(parts, part.name+" "+strings.Join(part.list, ", "))
		}
	}
	return t.Dialect + ": " + strings.Join(parts, "; ")
}

func (i IgnoreSetting) text() string {
	until := ""
	switch {
	case i.Until != nil && i.Holds:
		until = " until " + *i.Until
	case i.Until != nil:
		until = " until " + *i.Until + ", which has passed"
	}
	return i.Code + " " + i.Name + until + ": " + strconv.Quote(i.Reason)
}
