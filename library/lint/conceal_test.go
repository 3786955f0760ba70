package lint

import (
	"encoding/json"
	"strings"
	"testing"

	"promptlib/library"
	"promptlib/library/policy"
)

// TestNoFindingShowsASecret: rules that quote a value quote no secret, whether
// the rule for secrets is on or not.
func TestNoFindingShowsASecret(t *testing.T) {
	secret := "ghp_" + "R4nD0mQx7Zt2Kp9Lw3Vb8Ny5Hc1Jf6Gs0TdE"
	text := "---\ntitle: A\nversion: \"1\"\nrisk_level: " + secret + "\ntags: " + secret + "\ngovernance_tags: [" + secret + "]\nretention_period: " + secret + "\n---\n" +
		"## Description\n\nX.\n\n## Prompt\n\nSee [it](" + secret + ".md).\n\n```text\na\n```" + secret + "\n\nUse [the_name].\n"
	for name, levels := range map[string]map[string]Level{"on": nil, "off": {"SEC203": {Off: true}}} {
		t.Run(name, func(t *testing.T) {
			l := &Linter{Policy: policy.Default(), Root: ".", Now: today, Config: Config{Levels: levels}}
			found, _ := l.Prompt(library.Parse("a.md", text))
			said, err := json.Marshal(found)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(said), secret[:8]) {
				t.Errorf("the findings show the secret: %s", said)
			}
			quoted := 0
			for _, d := range found {
				if strings.Contains(d.Message, `"ghp_…"`) {
					quoted++
				}
				if d.Pos.Line >= 4 && d.Pos.Line <= 7 && !d.Secret {
					t.Errorf("the line of %s would be shown", d)
				}
			}
			if quoted < 3 {
				t.Errorf("%d findings quote the secret without its rest, want 3 and more: %s", quoted, said)
			}
		})
	}
}

// TestWithoutSecret: a message may cut a secret off, or hold it twice.
func TestWithoutSecret(t *testing.T) {
	value := "ghp_0123456789abcdef"
	for message, want := range map[string]string{
		"no secret":                      "no secret",
		`value "` + value + `" is wrong`: `value "ghp_…" is wrong`,
		value + value:                    "ghp_…ghp_…",
		`value "` + value[:14] + `…"`:    `value "ghp_……"`,
		"ghp_01 is too short to be told": "ghp_01 is too short to be told",
	} {
		if got := withoutSecret(message, value); got != want {
			t.Errorf("%q becomes %q, want %q", message, got, want)
		}
	}
}
