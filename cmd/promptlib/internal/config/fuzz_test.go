package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"promptlib/library"
	"promptlib/library/lint"
)

// FuzzRead: a configuration is read or refused with a line for each mistake, the
// same each time, and one that is read has a level for every rule.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"version: 1\nrules: {EX003: \"off\", title-duplicate: error}\n",
		"version: 1\nexclude: ['drafts/**']\noverrides: [{files: ['a/*.md'], rules: {VAR001: info}}]\n",
		"version: 1\nignore: [{rule: LNK001, files: ['a.md'], reason: moving, until: 2026-01-01}]\nmax_tokens: 500\n",
		"version: 1\nstructure: {B: {required: [Prompt], order: [Description, Prompt]}}\nfront_matter: {B: schema.json}\n",
	} {
		f.Add(text)
	}
	dir := f.TempDir() // has no schemas
	if err := os.Mkdir(filepath.Join(dir, library.SettingsDir), 0o755); err != nil {
		f.Fatal(err)
	}
	path := filepath.ToSlash(filepath.Join(dir, library.SettingsDir, FileName))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Read(path, []byte(text))
		again, errAgain := Read(path, []byte(text))
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() || !reflect.DeepEqual(c, again) {
			t.Fatalf("two readings differ: %v, %v", err, errAgain)
		}
		if err == nil {
			c.Lint.Excluded("a/b.md")
			for _, rule := range lint.Rules {
				c.Lint.Level(rule, "a/b.md")
			}
			return
		}
		for line := range strings.Lines(err.Error()) {
			if !strings.HasPrefix(line, path+":") {
				t.Errorf("mistake without a place: %q", line)
			}
		}
	})
}
