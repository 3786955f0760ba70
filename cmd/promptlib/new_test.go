package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"promptlib/library"
)

// fillings are what an author writes in place of what new leaves to them.
var fillings = strings.NewReplacer(
	"description: TODO", "description: Sums up a shift for the people of the next one.",
	"intro: TODO", "intro: Sums up a shift for the people of the next one.",
	"category: TODO", "category: operations",
	"tags: [TODO]", "tags: [shifts, handover]",
	"governance_tags: [TODO]", "governance_tags: [PII-safe, requires-human-review]",
	"topics: [TODO]", "topics: [shifts, handover]",
	"owner: TODO", "owner: SRE-Lead",
	"data_classification: TODO", "data_classification: internal",
	"risk_level: TODO", "risk_level: low",
	"reviewed: YYYY-MM-DD", "reviewed: 2026-11-20",
	"regulatory_scope: [TODO]", "regulatory_scope: [none]",
	"approval_roles: [TODO]", "approval_roles: [SRE-Lead]",
	"retention_period: TODO", "retention_period: P1Y",
	`"topic": "TODO"`, `"topic": "The queue grew from 22:00 on, and a restart helped."`,
	`"answer": "TODO"`, `"answer": "The queue needed a restart at 22:00."`,
	"[topic]: TODO", "[topic]: The queue grew from 22:00 on, and a restart helped.",
	"## Answer\n\nTODO", "## Answer\n\nThe queue needed a restart at 22:00.",
)

var describe = regexp.MustCompile(`\[Describe [^\]]*\]`)

func fillIn(text string) string {
	n := 0
	return describe.ReplaceAllStringFunc(fillings.Replace(text), func(string) string {
		n++
		return fmt.Sprintf("Sentence %d says what the team of the shift needs.", n)
	})
}

// runIn runs the program in a folder that is the working directory.
func runIn(t *testing.T, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e strings.Builder
	status = run(args, nil, &o, &e)
	return o.String(), e.String(), status
}

func TestNewLintsCleanOnceFilledIn(t *testing.T) {
	shipped, err := filepath.Abs(filepath.Join(root, ".promptlib", "policy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	shippedPolicy, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	for _, dialect := range templateDialects {
		for name, policyText := range map[string]string{"shipped policy": string(shippedPolicy), "no policy": ""} {
			t.Run(dialect+" "+name, func(t *testing.T) {
				t.Chdir(t.TempDir())
				if policyText != "" {
					if err := os.Mkdir(".promptlib", 0o777); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(filepath.Join(".promptlib", "policy.yaml"), []byte(policyText), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				path := filepath.Join("prompts", "shifts", "shift-handover.md")
				if _, errs, status := runIn(t, "new", path, "--dialect", dialect, "--now", "2026-11-22"); status != exitClean {
					t.Fatalf("new ends with %d: %s", status, errs)
				}
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if p := library.Parse(path, string(text)); p.Dialect != dialect || p.Title.Value != "Shift handover" || len(p.Problems) > 0 {
					t.Errorf("dialect %s, title %q, problems %v", p.Dialect, p.Title.Value, p.Problems)
				}
				out, _, status := runIn(t, "lint", "--now", "2026-11-22", path)
				if policyText != "" && status != exitFindings {
					t.Errorf("a file that is not filled in is clean: %s", out)
				}
				front, _, _ := strings.Cut(string(text[4:]), "\n---\n")
				for i, line := range strings.Split(front, "\n") {
					place := fmt.Sprintf("%s:%d:", filepath.ToSlash(path), i+2)
					if (strings.Contains(line, "TODO") || strings.Contains(line, "YYYY")) && !strings.Contains(out, place) {
						t.Errorf("no finding says that %q is to be filled in:\n%s", line, out)
					}
				}
				filled := fillIn(string(text))
				if strings.Contains(filled, "TODO") || strings.Contains(filled, "YYYY") {
					t.Errorf("the test leaves out a placeholder:\n%s", filled)
				}
				if err := os.WriteFile(path, []byte(filled), 0o666); err != nil {
					t.Fatal(err)
				}
				if out, _, status := runIn(t, "lint", "--fail-on", "info", "--now", "2026-11-22", path); status != exitClean {
					t.Errorf("a file that is filled in has findings:\n%s", out)
				}
				if out, errs, status := runIn(t, "eval", "--model", "reference", path); status != exitClean {
					t.Errorf("its example does not pass:\n%s%s", out, errs)
				}
			})
		}
	}
}

func TestNewNeverOverwrites(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.md", []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", "b.md"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"a.md", "b.md"} {
		if _, errs, status := runIn(t, "new", path, "--dialect", "B"); status != exitUsage || !strings.Contains(errs, path+" exists") {
			t.Errorf("%s: status %d: %s", path, status, errs)
		}
	}
	if text, _ := os.ReadFile("a.md"); string(text) != "mine" {
		t.Errorf("the file now holds %q", text)
	}
}

func TestNewTitleIsWrittenAsYAML(t *testing.T) {
	t.Chdir(t.TempDir())
	for i, title := range []string{"Plain", "A: b # c", `"quoted" \ it's`, "yes", "12", "null", "- x", "{{x}}", "Über 日本", "@a", "<%", "a & <b>", "2025-01-01", "~"} {
		path := fmt.Sprintf("p%d.md", i)
		if _, errs, status := runIn(t, "new", path, "--dialect", "B", "--title", title); status != exitClean {
			t.Errorf("%q: %s", title, errs)
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := library.Parse(path, string(text))
		if p.Title.Value != title || len(p.Problems) > 0 || p.Front.Root.Get("title").Type != library.String {
			t.Errorf("title %q is read as %q, %v", title, p.Title.Value, p.Problems)
		}
	}
	for _, title := range []string{" ", "a\nb", "\x1b[2J", "a\u202eb", "\xff"} {
		if _, _, status := runIn(t, "new", "q.md", "--dialect", "B", "--title", title); status != exitUsage {
			t.Errorf("title %q ends with %d", title, status)
		}
	}
}
