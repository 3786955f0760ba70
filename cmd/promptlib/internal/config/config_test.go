package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promptlib/library"
	"promptlib/library/lint"
)

func TestReadLevels(t *testing.T) {
	c, err := Read("config.yaml", []byte("version: 1\nrules:\n  GOV002: warning\n  title-duplicate: off\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]lint.Level{"GOV002": {Severity: library.Warning}, "LNK002": {Off: true}}
	if len(c.Lint.Levels) != len(want) {
		t.Errorf("got %v, want %v", c.Lint.Levels, want)
	}
	for code, level := range want {
		if c.Lint.Levels[code] != level {
			t.Errorf("%s: got %v, want %v", code, c.Lint.Levels[code], level)
		}
	}
}

func TestReadMistakes(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "version: 1\nrule: {}\n", `c.yaml:2:1: key "rule" is not known here; did you mean "rules"?`},
		{"unknown rule", "version: 1\nrules:\n  GOV999: off\n", `c.yaml:3:3: there is no rule "GOV999"`},
		{"misspelt rule", "version: 1\nrules: {titel-duplicate: off}\n", `c.yaml:2:9: there is no rule "titel-duplicate"; did you mean "title-duplicate"?`},
		{"unknown severity", "version: 1\nrules: {LNK002: fatal}\n", `c.yaml:2:17: key "rules.LNK002": expected one of "off", "info", "warning", "error", not "fatal"`},
		{"no version", "rules: {}\n", `key "version" is missing`},
		{"not YAML", "rules: [\n", `c.yaml:1:8: `},
		{"empty", "# nothing\n", `c.yaml: the file is empty`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read("c.yaml", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	root := t.TempDir()
	if c, err := Load(root); err != nil || c.Lint.Levels != nil {
		t.Errorf("a library without configuration gives %v, %v; want the default", c, err)
	}
	path := filepath.Join(root, library.SettingsDir, FileName)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(root); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a folder for a file gives error %v", err)
	}
}
