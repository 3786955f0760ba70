package policy

import (
	"testing"
)

// TestReadUngovernedMistakes reads every file of testdata/ungoverned.
func TestReadUngovernedMistakes(t *testing.T) {
	checkMistakes(t, "../../testdata/ungoverned", 5, func(name string, text []byte) error {
		u, err := ReadUngoverned(name, text)
		if (u == nil) != (err != nil) {
			t.Errorf("%s: list %v and error %v, want one of them", name, u, err)
		}
		return err
	})
}

func TestExempt(t *testing.T) {
	text := []byte("---\ntitle: Old\n---\nText.\n")
	u := Ungoverned{"prompts/old.md": FileDigest(text)}
	for _, tt := range []struct {
		name string
		list Ungoverned
		path string
		text string
		want bool
	}{
		{"as it was", u, "prompts/old.md", string(text), true},
		{"with other line ends", u, "prompts/old.md", "---\r\ntitle: Old\r\n---\r\nText.\r\n", true},
		{"changed", u, "prompts/old.md", string(text) + "More.\n", false},
		{"with a status", u, "prompts/old.md", "---\ntitle: Old\nreview_status: approved\n---\nText.\n", false},
		{"another file of the same text", u, "prompts/new.md", string(text), false},
		{"no list", nil, "prompts/old.md", string(text), false},
		{"no list and no text", nil, "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.list.Exempt(tt.path, []byte(tt.text)); got != tt.want {
				t.Errorf("Exempt = %t, want %t", got, tt.want)
			}
		})
	}
}
