// Package config reads .promptlib/config.yaml: how a library wants the program
// to behave, as against what its policy demands of the prompts.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"promptlib/library"
	"promptlib/library/lint"
)

// FileName is the name of the configuration in the settings folder.
const FileName = "config.yaml"

// A Config is the configuration of a library. The zero Config is the default.
type Config struct {
	Lint lint.Config
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

// Read reads a configuration from memory. Path names it in messages.
func Read(path string, text []byte) (Config, error) {
	root, err := library.ReadSettings(path, text, "config")
	if err != nil {
		return Config{}, err
	}
	c := Config{Lint: lint.Config{Levels: map[string]lint.Level{}}}
	var errs []error
	for _, pair := range root.Get("rules").Members() {
		rule := lint.Find(pair.Key.Value)
		if rule == nil {
			message := fmt.Sprintf("%s: there is no rule %q", pair.Key.Pos, pair.Key.Value)
			if near := library.Nearest(pair.Key.Value, slices.Values(ruleNames())); near != "" {
				message += fmt.Sprintf("; did you mean %q?", near)
			}
			errs = append(errs, errors.New(message))
			continue
		}
		level := lint.Level{Off: pair.Value.Text.Value == "off"}
		if !level.Off {
			level.Severity, _ = library.ParseSeverity(pair.Value.Text.Value)
		}
		c.Lint.Levels[rule.ID] = level
	}
	return c, errors.Join(errs...)
}

func ruleNames() []string {
	var names []string
	for _, rule := range lint.Rules {
		names = append(names, rule.ID, rule.Name)
	}
	return names
}
