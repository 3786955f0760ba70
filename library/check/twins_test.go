package check

import (
	"strings"
	"testing"
)

func TestTwins(t *testing.T) {
	const other = "prompts/café.md" // with one character for the é
	for _, tt := range []struct {
		name, path, says string // says "" for a change that passes
	}{
		{"another folder in capitals, which no glob is about", "Prompts/b.md", `same file or folder as "prompts/b.md"`},
		{"a draft in capitals", "prompts/B.md", `same file or folder as "prompts/b.md"`},
		{"a dot at the end", "prompts/b.md.", `same file or folder as "prompts/b.md"`},
		{"a blank at the end of a folder", "prompts /b.md", `same file or folder as "prompts/b.md"`},
		{"an invisible character", "prompts/b\u200c.md", `same file or folder as "prompts/b.md"`},
		{"a letter of two characters", "prompts/cafe\u0301.md", `same file or folder as "prompts/café.md"`},
		{"the same in another folder in capitals", "Prompts/cafe\u0301.md", `same file or folder as "prompts/café.md"`},
		{"the settings in capitals", ".PROMPTLIB/config.yaml", `same file or folder as ".promptlib"`},
		{"settings further down", "prompts/more/.Promptlib/config.yaml", `same file or folder as ".promptlib"`},
		{"another accent", "prompts/cafè.md", ""},
		{"no accent", "prompts/cafe.md", ""},
		{"a file that is no matter of the policy", "Readme.txt", ""},
		{"another name", "prompts/bb.md", ""},
	} {
		s := newScene(t)
		s.Names = append(s.Names, "prompts/b.md", other, "README.txt")
		s.file(tt.path, "", prompt("risk_level: low", "review_status: draft"))
		v := Decide(s.Change)
		if said := tell(v); v.OK() != (tt.says == "") || !strings.Contains(said, tt.says) {
			t.Errorf("%s: OK() is %t, want %q\n%s", tt.name, v.OK(), tt.says, said)
		}
	}
}

// A library inside of another takes prompts out of its policy for whatever goes by
// the nearest settings, as eval does.
func TestSettingsOfLibraryInside(t *testing.T) {
	for path, protected := range map[string]bool{
		"prompts/more/.promptlib/policy.yaml":       true,
		"more/.promptlib/local/cache/a":             true,
		"prompts/more/.promptlib/approvals/a.json":  false, // it speaks for itself
		"/elsewhere/.promptlib/policy.yaml":         false, // of another library
		"prompts/more/promptlib/policy.yaml":        false,
		".promptlib/approvals/.promptlib/a/b/c.txt": false,
	} {
		s := newScene(t)
		s.file(path, "", "version: 1\n")
		if got := s.newFile(s.Files[0]).protected; got != protected {
			t.Errorf("%s: protected is %t", path, got)
		}
	}
}

// What speaks for itself is a file, and leads nowhere else.
func TestLinkAmongEvidence(t *testing.T) {
	for mode, ok := range map[string]bool{"100644": true, "120000": false, "160000": false} {
		s := newScene(t)
		s.file(".promptlib/approvals/a.json", "", "../../a").Head.Mode = mode
		s.Names = append(s.Names, "prompts/b.md")
		if v := Decide(s.Change); v.OK() != ok {
			t.Errorf("mode %s: OK() is %t\n%s", mode, v.OK(), tell(v))
		}
	}
}
