package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

// The digest is that of a text that can be written down.
func TestDigest(t *testing.T) {
	for _, tt := range []struct{ name, text, digested string }{
		{"empty", "", ""},
		{"no front matter", "review_status: a\n", "review_status: a\n"},
		{"the status", "---\nreview_status: a b # c\n---\n", "---\nreview_status: *\n---\n"},
		{"the other spelling", "---\nreviewStatus:a\n---\n", "---\nreviewStatus: *\n---\n"},
		{"both", "---\nreviewStatus:a\nreview_status: b\n---\n", "---\nreviewStatus: *\nreview_status: *\n---\n"},
		{"carriage returns", "---\r\nreview_status: a\r\n---\r\nb\r\n", "---\nreview_status: *\n---\nb\n"},
		{"one within a line", "a\rb\r\r\nc\r", "a\rb\r\nc"},
		{"no line end", "---\nreview_status: a\n---\nb", "---\nreview_status: *\n---\nb"},
		{"no line end after the status", "---\nx: y\nreview_status: a", "---\nx: y\nreview_status: *"},
		{"a status in the body", "---\nx: y\n---\nreview_status: a\n", "---\nx: y\n---\nreview_status: a\n"},
		{"after a second header", "---\nx: y\n---\n---\nreview_status: a\n---\n", "---\nx: y\n---\n---\nreview_status: a\n---\n"},
		{"an empty header does not end, as for sed", "---\n---\nreview_status: a\n---\n", "---\n---\nreview_status: *\n---\n"},
		{"an indented status", "---\n review_status: a\n---\n", "---\n review_status: a\n---\n"},
		{"a longer key", "---\nreview_statuses: a\nxreview_status: b\n---\n", "---\nreview_statuses: a\nxreview_status: b\n---\n"},
		{"a space before the colon", "---\nreview_status : a\n---\n", "---\nreview_status : a\n---\n"},
		{"a header that begins later", "\n---\nreview_status: a\n---\n", "\n---\nreview_status: a\n---\n"},
		{"an end with a space", "---\nx: y\n--- \nreview_status: a\n---\n", "---\nx: y\n--- \nreview_status: *\n---\n"},
	} {
		if got := Digest([]byte(tt.text)); got != sum(tt.digested) {
			t.Errorf("%s: not the digest of %q", tt.name, tt.digested)
		}
	}
	text := []byte("---\nreview_status: approved\r\n---\n")
	Digest(text)
	if string(text) != "---\nreview_status: approved\r\n---\n" {
		t.Errorf("the text is %q afterwards", text)
	}
}

func TestOtherDigests(t *testing.T) {
	if got := FileDigest([]byte("---\r\nreview_status: a\r\n\r\r\nx")); got != sum("---\nreview_status: a\n\r\nx") {
		t.Error("the digest of a file leaves out the carriage returns at line ends, and nothing else")
	}
	if got := RemovalDigest("ab"); got != sum("removed ab\n") {
		t.Error("the digest of a removal is that of a line")
	}
}

func TestPromptID(t *testing.T) {
	for path, want := range map[string]string{"a/b.md": "a/b", "a.md": "a", "a/b.eval.md": "a/b.eval", "a.b/c": "a.b/c", "a/.md": "a/.md", ".md": ".md", "a/b.": "a/b", "x/y.z/.w": "x/y.z/.w", "a/b": "a/b", "x/a.b": "x/a"} {
		if got := PromptID(path); got != want {
			t.Errorf("PromptID(%q) is %q, want %q", path, got, want)
		}
	}
}

// Where a digest binds a text, nothing is said; else the line that is to blame is
// named.
func TestUnbound(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		line       int
		says       string
	}{
		{"bound", "---\ntitle: A\nreview_status: draft\n---\nText.\n", 0, ""},
		{"bound, of the other spelling", "---\nreviewStatus: draft\n---\nText.\n", 0, ""},
		{"bound, without a status", "---\ntitle: A\n---\nreview_status: x # y\n", 0, ""},
		{"bound, with a status below", "---\ntitle: A\ngovernance:\n  review_status: x # y\n---\n", 0, ""},
		{"empty", "", 1, "no front matter"},
		{"no front matter", "Text.\n", 1, "no front matter"},
		{"an empty header", "---\n---\n", 1, "the front matter is empty"},
		{"no end", "---\ntitle: A\n", 1, "not closed"},
		{"a second begin", "---\ntitle: A\n--- x\n---\n", 3, "for some readers"},
		{"two words", "---\ntitle: A\nreview_status: a b\n---\n", 3, "more than one bare word"},
		{"a second status", "---\ntitle: A\nreview_status: a\nreview_status: a\n---\n", 4, "the status stands already on line 3"},
		{"a part of a quoted text", "---\ntitle: \"A\nreview_status: a\n\"\n---\n", 3, "looks like the status and is none"},
		{"a part of a value below another key", "---\nstatus: \"A\nreview_status: a\n\"\nowner: {review_status: b}\n---\n", 3, "looks like the status"},
		{"a part of a value, beside a status in quotes", "---\n\"review_status\": draft\ntitle: \"A\nreview_status: a\n\"\n---\n", 4, "looks like the status"},
		{"a front matter that nobody can read", "---\n: [\nreview_status: a\n---\n", 3, "looks like the status"},
	} {
		says, line := Unbound([]byte(tt.text))
		if line != tt.line || (says == "") != (tt.says == "") || !strings.Contains(says, tt.says) {
			t.Errorf("%s: line %d, %q, want line %d, %q", tt.name, line, says, tt.line, tt.says)
		}
	}
}

func TestUngoverned(t *testing.T) {
	digest := FileDigest([]byte("Old.\n"))
	u, err := ReadUngoverned("u", fmt.Appendf(nil, "files: [{path: a.md, sha256: %s}]\n", digest))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path, text string
		want       bool
	}{{"a.md", "Old.\n", true}, {"a.md", "Old.\r\n", true}, {"a.md", "New.\n", false}, {"b.md", "Old.\n", false}} {
		if got := u.Exempt(tt.path, []byte(tt.text)); got != tt.want {
			t.Errorf("Exempt(%q, %q) is %t, want %t", tt.path, tt.text, got, tt.want)
		}
	}
	var none Ungoverned
	if none.Exempt("a.md", nil) {
		t.Error("no list exempts a file")
	}
	for text, want := range map[string]string{
		fmt.Sprintf("files: [{path: a.md, sha256: %s}, {path: b.md, sha256: %[1]s}, {path: a.md, sha256: %[1]s}]\n", digest): `"a.md" stands here twice`,
		"files: [{path: a.md, sha256: abc}]\n": "sha256",
		"files: {a.md: x}\n":                   "files",
	} {
		if _, err := ReadUngoverned("u", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}
