package policy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const digested = "---\ntitle: Note\nreview_status: draft\nrisk_level: low\n---\nWrite a note.\nreview_status: draft\n"

func TestDigest(t *testing.T) {
	for _, tt := range []struct {
		name     string
		from, to string // what is replaced in the text, once
		same     bool
	}{
		{"the status is another", "review_status: draft", "review_status: approved", true},
		{"the status is empty", "review_status: draft", "review_status:", true},
		{"the status has no blank", "review_status: draft", "review_status:draft", true},
		{"the status is in the other spelling", "review_status: draft", "reviewStatus: draft", false},
		{"the status is gone", "review_status: draft\n", "", false},
		{"the status is no key of the top", "review_status: draft", " review_status: draft", false},
		{"the status stands twice", "review_status: draft\n", "review_status: draft\nreview_status: draft\n", false},
		{"a key that begins like it", "risk_level: low", "review_statuses: low", false},
		{"a blank before the colon", "review_status: draft", "review_status : draft", false},
		{"a value", "risk_level: low", "risk_level: high", false},
		{"a blank", "risk_level: low", "risk_level:  low", false},
		{"a comment", "risk_level: low", "risk_level: low # so far", false},
		{"the body", "Write a note.", "Write a letter.", false},
		{"a line of the body that looks like the status", "note.\nreview_status: draft", "note.\nreview_status: approved", false},
		{"the last line end", "draft\n\x00", "draft", false},
		{"line ends of one line", "title: Note\n", "title: Note\r\n", true},
		{"a carriage return within a line", "title: Note", "title: No\rte", false},
		{"two carriage returns at the end of a line", "title: Note\n", "title: Note\r\r\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := strings.TrimSuffix(digested, "\x00")
			after := strings.Replace(before+"\x00", tt.from, tt.to, 1)
			after = strings.TrimSuffix(after, "\x00")
			if after == before {
				t.Fatalf("%q is not in the text", tt.from)
			}
			if got := Digest([]byte(after)) == Digest([]byte(before)); got != tt.same {
				t.Errorf("same digest: %t, want %t", got, tt.same)
			}
		})
	}
	if got, want := Digest([]byte(strings.ReplaceAll(digested, "\n", "\r\n"))), Digest([]byte(digested)); got != want {
		t.Errorf("with other line ends the digest is %s, want %s", got, want)
	}
}

// TestDigestIsThatOfTheDocumentation holds digests against what the shell recipe
// gave, which other programs and old approvals rely on.
func TestDigestIsThatOfTheDocumentation(t *testing.T) {
	for text, want := range map[string]string{
		"":       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		digested: "f9a244bb36f8b972d778e72cc39d6517205ca4afcf814d4b82888d09f5be6e1d",
	} {
		if got := Digest([]byte(text)); got != want {
			t.Errorf("Digest of %d bytes = %s, want %s", len(text), got, want)
		}
	}
}

// shellDigest returns what the shell recipe gives. The test is skipped where GNU
// sed or sha256sum is absent.
func shellDigest(t testing.TB) func(text []byte) string {
	t.Helper()
	version, err := exec.Command("sed", "--version").Output()
	if err != nil || !bytes.Contains(version, []byte("GNU sed")) {
		t.Skip("skipped: GNU sed is absent")
	}
	if _, err := exec.LookPath("sha256sum"); err != nil {
		t.Skip("skipped: sha256sum is absent")
	}
	const recipe = `sed 's/\r$//' < "$1" | sed -E '1{/^---$/!{:a;n;ba}};2,/^---$/ s/^(review_status|reviewStatus):.*$/\1: */' | sha256sum`
	file := filepath.Join(t.TempDir(), "prompt")
	return func(text []byte) string {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-c", recipe, "sh", file)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		sum, _, _ := strings.Cut(string(out), " ")
		return sum
	}
}

// Property: the digest is that of the shell recipe, whatever the text.
func TestDigestIsThatOfTheShell(t *testing.T) {
	shell := shellDigest(t)
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{
			"---", "--- ", "...", "----", "\n", "\r\n", "\r", "\n", "review_status:", "reviewStatus:", "review_status: draft", " approved", "reviewStatus: x\xff",
			"review_statuses:", "title: x", ":", "*", "\x00", "\xff", "\u2028", " ",
		}), rapid.StringN(0, 4, 8)), 0, 16)
		text := rapid.SampledFrom([]string{"", "---\n", "---\r\n", "---\n---\n"}).Draw(t, "start") + strings.Join(pieces.Draw(t, "pieces"), "")
		if got, want := Digest([]byte(text)), shell([]byte(text)); got != want {
			t.Errorf("Digest(%q) = %s, the shell gives %s", text, got, want)
		}
	})
}

// FuzzDigestIsThatOfTheShell is the same of any bytes.
func FuzzDigestIsThatOfTheShell(f *testing.F) {
	f.Add([]byte(digested))
	f.Add([]byte("---\r\nreviewStatus: a\x00b\r\r\n---\r\nreviewStatus: b"))
	f.Add([]byte("---\n---\nreview_status: x\n---\nreview_status: y\n"))
	f.Add([]byte("\xef\xbb\xbf---\nreview_status: x\n---\n"))
	shell := shellDigest(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, want := Digest(text), shell(text); got != want {
			t.Errorf("Digest(%q) = %s, the shell gives %s", text, got, want)
		}
	})
}

func TestUnbound(t *testing.T) {
	const (
		none    = "the file has no front matter"
		empty   = "the front matter is empty"
		open    = "the front matter is not closed"
		closes  = "the line closes the front matter for some readers"
		already = "the status stands already on line"
		more    = "the line of the status holds something other than one word"
	)
	for _, tt := range []struct {
		name, text string
		want       string // how the message begins
		at         int
	}{
		{"bound", digested, "", 0},
		{"bound with other line ends", strings.ReplaceAll(digested, "\n", "\r\n"), "", 0},
		{"bound without a status", "---\ntitle: x\n---\n", "", 0},
		{"bound by the other spelling", "---\nreviewStatus: in_review\n---\n", "", 0},
		{"a status in quotes", "---\nreview_status: \"draft\"\nreviewed: 2025-01-01\n---\n", "", 0},
		{"a status in single quotes", "---\nreview_status: 'draft'\n---\n", "", 0},
		{"a status in the body", "---\ntitle: x\n---\nreview_status: a b\n---\n", "", 0},
		{"a status that is no key of the top", "---\ngovernance:\n  review_status: [draft]\n---\n", "", 0},
		{"nothing", "", none, 1},
		{"no front matter", "# Note\n", none, 1},
		{"a byte order mark", "\ufeff---\ntitle: x\n---\n", none, 1},
		{"a blank line first", "\n---\ntitle: x\n---\n", none, 1},
		{"a blank after the first delimiter", "--- \ntitle: x\n---\n", none, 1},
		{"four hyphens", "----\ntitle: x\n---\n", none, 1},
		{"an empty front matter", "---\n---\nreview_status: x\n", empty, 1},
		{"an empty front matter with another below", "---\n---\ntitle: x\n---\n", empty, 1},
		{"no end", "---\ntitle: x\n", open, 1},
		{"nothing else", "---", open, 1},
		{"an end with a blank", "---\ntitle: x\n--- \nbody\n---\n", closes, 3},
		{"an end with a tab", "---\ntitle: x\n---\t\nbody\n---\n", closes, 3},
		{"an indented end", "---\ntitle: x\n ---\nbody\n---\n", closes, 3},
		{"an end with a comment", "---\ntitle: x\n--- # end\nbody\n---\n", closes, 3},
		{"an end of dots", "---\ntitle: x\n...\nbody\n---\n", closes, 3},
		{"an end with two carriage returns", "---\ntitle: x\n---\r\r\nbody\n---\n", closes, 3},
		{"two statuses", "---\nreview_status: draft\ntitle: x\nreview_status: draft\n---\n", already, 4},
		{"two spellings", "---\nreviewStatus: draft\nreview_status: draft\n---\n", already, 3},
		{"a comment", "---\nreview_status: draft # so far\n---\n", more, 2},
		{"quotes", "---\nreview_status: \"draft\"\n---\n", "", 0},
		{"quotes around two words", "---\nreview_status: \"draft, or so\"\n---\n", more, 2},
		{"quotes that do not close", "---\nreview_status: \"draft\n---\n", more, 2},
		{"quotes of two kinds", "---\nreview_status: \"draft'\n---\n", more, 2},
		{"two words in quotes", "---\nreview_status: \"in review\"\n---\n", more, 2},
		{"a block", "---\nreview_status: |\n  draft\n---\n", more, 2},
		{"two words", "---\nreview_status: in review\n---\n", more, 2},
		{"a list", "---\nreview_status: [draft]\n---\n", more, 2},
		{"no value", "---\nreview_status:\n---\n", more, 2},
		{"a tab", "---\nreview_status:\tdraft\n---\n", more, 2},
		{"a carriage return within", "---\nreview_status: draft\rrisk_level: low\n---\n", more, 2},
		{"a letter that looks like another", "---\nreview_status: drаft\n---\n", more, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			message, at := Unbound([]byte(tt.text))
			if at != tt.at || !strings.HasPrefix(message, tt.want) || (message == "") != (tt.want == "") {
				t.Errorf("Unbound = %q, line %d, want %q, line %d", message, at, tt.want, tt.at)
			}
		})
	}
}

// Property: of a text that is bound, whatever changes without a change of the
// digest is the word of the status and the line ends.
func TestDigestBindsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"---", "...", "title: x", "reviewStatus: draft", "review_status: approved", "review_status: a b", "text", "", "--- "})
		text := "---\n" + strings.Join(rapid.SliceOfN(line, 1, 8).Draw(t, "text"), "\n")
		other := "---\n" + strings.Join(rapid.SliceOfN(line, 1, 8).Draw(t, "other"), "\n")
		if rapid.Bool().Draw(t, "near") {
			other = strings.Replace(text, rapid.SampledFrom([]string{"draft", "approved", "text", "a b"}).Draw(t, "from"), "retired", 1)
		}
		if _, at := Unbound([]byte(text)); at > 0 || Digest([]byte(text)) != Digest([]byte(other)) {
			return
		}
		if _, at := Unbound([]byte(other)); at > 0 {
			return // is refused, whatever its digest
		}
		a, b := strings.Split(text, "\n"), strings.Split(other, "\n")
		differ := 0
		for i := range a {
			if a[i] != b[i] {
				differ++
				if !bareStatus.MatchString(a[i]) || !bareStatus.MatchString(b[i]) {
					t.Errorf("line %d is %q or %q under one digest", i+1, a[i], b[i])
				}
			}
		}
		if differ > 1 {
			t.Errorf("%d lines differ under one digest", differ)
		}
	})
}

func TestDigestsOfFilesAndRemovals(t *testing.T) {
	text := []byte("version: 1\nreview_status: draft\n")
	if FileDigest(text) != FileDigest([]byte("version: 1\r\nreview_status: draft\r\n")) {
		t.Error("line ends change the digest of a file")
	}
	if FileDigest(text) == FileDigest([]byte("version: 1\nreview_status: approved\n")) {
		t.Error("the digest of a file that is no prompt leaves something out")
	}
	if got, want := FileDigest([]byte("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("FileDigest of abc = %s, want %s", got, want)
	}
	removal := RemovalDigest(FileDigest([]byte("abc")))
	if want := "cf315c36ae56ad482b605ffbbe0dc15b3775bfdb755bd0e103976764b63754a1"; removal != want {
		t.Errorf("RemovalDigest = %s, want %s", removal, want)
	}
}

func TestPromptID(t *testing.T) {
	for path, want := range map[string]string{
		"a.md": "a", "prompts/a.md": "prompts/a", "prompts/a.b.prompt": "prompts/a.b", "v1.2/a": "v1.2/a", "a": "a", ".md": ".md", "prompts/.md": "prompts/.md", "": "",
	} {
		if got := PromptID(path); got != want {
			t.Errorf("PromptID(%q) = %q, want %q", path, got, want)
		}
	}
}
