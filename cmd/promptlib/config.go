package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/library/policy"
)

func newConfig(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration of a library",
		Args:  noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigShow(a))
	return cmd
}

func newConfigShow(a *app) *cobra.Command {
	format, now := "", ""
	cmd := &cobra.Command{
		Use:   "show [PATH]",
		Short: "Show what holds for a file and where that is stated",
		Long: `show prints what the configuration makes of a file: whether it is excluded, the
level of every rule, the schema and sections that are asked for, and the
findings that are accepted, each with the place where it is stated. For a
folder, the working directory by default, it prints what holds for its library.`,
		Example: `  promptlib config show prompts/review.md
  promptlib config show --format json prompts/review.md | jq -r '.rules[] | select(.from != "default") | .code'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd.CommandPath()+" --help shows an example", "config show takes one path, not %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			day, err := date(now)
			if err != nil {
				return err
			}
			return runConfigShow(a, append(args, ".")[0], format, day)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the settings: text, json")
	cmd.Flags().StringVar(&now, "now", "", "the date on which entries hold or not, as YYYY-MM-DD (default today)")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

func runConfigShow(a *app, path, format string, day time.Time) error {
	prompt, root, err := fileOrLibrary(path)
	if err != nil {
		return err
	}
	conf, err := config.Load(root)
	if err != nil {
		return fault("correct the configuration first", "%w", err)
	}
	pol, err := policy.Load(root)
	if err != nil {
		return fault("correct the policy first", "%w", err)
	}
	s := settings(&conf, prompt, root, day)
	s.Policy = optional(pol.Path)
	if format == "json" {
		return report.WriteSettingsJSON(a.stdout, s)
	}
	return report.WriteSettings(a.stdout, s, a.colored(a.stdout))
}

// fileOrLibrary reads the file that a path names; for a folder it returns no
// prompt.
func fileOrLibrary(path string) (p *library.Prompt, root string, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return readOne(path)
	}
	if root = library.FindRoot(path); root == "" {
		root = path
	}
	return nil, library.CleanPath(root), nil
}

// settings collects what holds for a prompt, or where that is nil for the
// library at root.
func settings(conf *config.Config, p *library.Prompt, root string, day time.Time) report.Settings {
	s := report.Settings{
		Version: 1, Library: root, Config: optional(conf.Path),
		FrontMatter: []report.FrontMatterSetting{}, Structure: []report.StructureSetting{}, Ignore: []report.IgnoreSetting{},
	}
	path := ""
	if p != nil {
		s.File, s.Dialect = &p.Path, &p.Dialect
		path = library.Relative(root, p.Path)
		if glob, ok := conf.Lint.Excluded(path); ok {
			s.Excluded = &report.ExcludedSetting{Glob: glob.Value, At: glob.Pos.String()}
		}
	}
	for _, d := range library.Dialects {
		if p != nil && p.Dialect != d.Name {
			continue
		}
		if file, ok := conf.FrontMatter[d.Name]; ok {
			s.FrontMatter = append(s.FrontMatter, report.FrontMatterSetting{Dialect: d.Name, Path: file.Value, At: file.Pos.String()})
		}
		for _, t := range conf.Lint.Structure[d.Name] {
			if p == nil || t.Concerns(p) {
				s.Structure = append(s.Structure, report.StructureSetting{
					Dialect: d.Name, Types: list(t.Types), Required: list(t.Required), Ordered: list(t.Ordered), At: t.At.String(),
				})
			}
		}
	}
	if conf.Lint.MaxTokens > 0 {
		s.MaxTokens = &report.MaxTokensSetting{Value: conf.Lint.MaxTokens, At: conf.MaxTokens.Pos.String()}
	}
	if p != nil {
		for _, e := range lint.Suppressions(p) {
			s.Ignore = append(s.Ignore, ignoreSetting(lint.Ignore{Rule: e.Rule, Reason: e.Reason, Until: e.Until, At: e.At}, day))
		}
	}
	for _, e := range conf.Lint.Ignores {
		if p == nil || e.About(path) {
			s.Ignore = append(s.Ignore, ignoreSetting(e, day))
		}
	}
	for _, rule := range lint.Rules {
		s.Rules = append(s.Rules, ruleSetting(&conf.Lint, rule, path))
	}
	return s
}

func ruleSetting(conf *lint.Config, rule *lint.Rule, path string) report.RuleSetting {
	level := conf.Level(rule, path)
	s := report.RuleSetting{Code: rule.ID, Name: rule.Name, Level: level.String(), From: "default"}
	if level.At.Line > 0 {
		s.From, s.At = "override", optional(level.At.String())
		if conf.Levels[rule.ID].At == level.At {
			s.From = "config"
		}
	}
	return s
}

func ignoreSetting(e lint.Ignore, day time.Time) report.IgnoreSetting {
	s := report.IgnoreSetting{Code: e.Rule.ID, Name: e.Rule.Name, Reason: e.Reason, Holds: e.Holds(day), At: e.At.Pos.String()}
	if !e.Until.IsZero() {
		s.Until = optional(e.Until.Format(time.DateOnly))
	}
	return s
}

// optional returns nil for no text.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// list returns a list that is not nil.
func list(l []string) []string { return append([]string{}, l...) }
