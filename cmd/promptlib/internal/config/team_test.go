package config

import (
	"path"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"promptlib/library/policy"
)

// TestDraftTeamOfAnything: whatever the folders of a library are called, the
// settings of each team can be read, and the policy asks for what its cases say.
func TestDraftTeamOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		folder := strings.ToValidUTF8(rapid.OneOf(rapid.StringN(1, 8, 16), rapid.SampledFrom([]string{
			"prompts", "a b", `"`, `\`, "[x]", "{a,b}", "*", "?", "\u0085", "\u2028", "\x1b[2J", "'", "#", "%d", "PATH", "PROMPTS\n", "...", "-",
		})).Draw(t, "folder"), "")
		folder = strings.NewReplacer("/", "", "\x00", "").Replace(folder)
		glob := escapeGlob(folder) + "/**/*.md"
		if folder == "" || folder == "." || folder == ".." {
			glob = "*.md"
		}
		for _, team := range Teams {
			var pol *policy.Policy
			for _, f := range DraftTeam(&Survey{Prompts: 1, Globs: []string{glob}}, team) {
				var err error
				switch path.Base(f.Path) {
				case FileName:
					_, err = Read(f.Path, []byte(f.Text))
				case policy.FileName:
					pol, err = policy.Read(f.Path, []byte(f.Text))
				case policy.PeopleName:
					_, err = policy.ReadPeople(f.Path, []byte(f.Text))
				case policy.CasesName:
					var cases []policy.Case
					cases, err = pol.ReadCases(f.Path, []byte(f.Text))
					for _, c := range cases {
						for _, d := range pol.Try(c) {
							t.Errorf("%s, %q: %s", team.Name, glob, d.Message)
						}
					}
				}
				if err != nil {
					t.Fatalf("%s: %v\n%s", team.Name, err, f.Text)
				}
			}
			if pol == nil || len(pol.Prompts) != 1 || pol.Prompts[0] != glob {
				t.Fatalf("%s: the policy is not about %q", team.Name, glob)
			}
		}
	})
}
