package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"promptlib/library"
)

// obeyed reports whether a terminal obeys a character or a reader cannot see
// it; written apart from the code under test.
func obeyed(c rune) bool {
	return c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || // C0, DEL, C1
		c == 0x200b || c == 0x200e || c == 0x200f || c == 0x061c || // zero width space, direction marks
		c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || // bidirectional controls
		c == 0x2028 || c == 0x2029 || c == 0xfeff || // line separators, byte order mark
		c >= 0xe0000 && c <= 0xe007f // tags
}

func TestEscape(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain text stays", "naïve — 日本語 👩‍💻 ✔️", "naïve — 日本語 👩‍💻 ✔️"},
		{"escape sequence", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"line ends and tabs", "a\nb\tc\r", `a\nb\tc\r`},
		{"C1 control", "a\u009bb", `a\u009bb`},
		{"delete", "a\x7f", `a\x7f`},
		{"bidirectional override", "a\u202eb", `a\u202eb`},
		{"tag characters", "a\U000e0041", `a\U000e0041`},
		{"byte that is not UTF-8", "caf\xe9", `caf\xe9`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Escape(tt.in); got != tt.want {
				t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// hostile draws strings rich in what terminals obey.
func hostile(t *rapid.T) string {
	part := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"\x1b]0;title\x07", "\x1b[2J", "\u202e", "\u2066", "\u009b31m", "\x00", "\xff\xfe", "\r", "\n", "\u2028", "\U000e0020", "\ufeff"}),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
	)
	return strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "parts"), "")
}

func TestEscapeLeavesNothingThatIsObeyed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := hostile(t)
		out := Escape(in)
		if !utf8.ValidString(out) {
			t.Fatalf("Escape(%q) is not UTF-8", in)
		}
		for _, c := range out {
			if obeyed(c) {
				t.Fatalf("Escape(%q) = %q holds %U", in, out, c)
			}
		}
	})
}

// TestLintTextIsSafe prints findings whose every text is hostile.
func TestLintTextIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := hostile(t)
		pos := library.Pos{Path: hostile(t), Line: 1, Column: rapid.IntRange(1, 200).Draw(t, "column")}
		end := library.Pos{Path: pos.Path, Line: 1, Column: pos.Column + rapid.IntRange(0, 50).Draw(t, "length")}
		l := Lint{
			Files:  1,
			Source: func(string) []byte { return []byte(line) },
			Diagnostics: []*library.Diagnostic{{
				Pos: pos, End: end, Code: "X001", Name: "x", Message: hostile(t),
				Related: []library.Related{{Pos: pos, Message: hostile(t)}},
			}},
		}
		for _, f := range LintFormats {
			var out bytes.Buffer
			if err := f.Write(&out, l, false); err != nil {
				t.Fatal(err)
			}
			for _, c := range out.String() {
				if c != '\n' && obeyed(c) {
					t.Fatalf("format %s prints %U: %q", f.Name, c, out.String())
				}
			}
		}
	})
}

func TestWriteJSONComesBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := strings.ToValidUTF8(hostile(t), "\ufffd")
		var out bytes.Buffer
		if err := WriteJSON(&out, map[string]string{"text": want}, ""); err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%q is no JSON: %v", out.String(), err)
		}
		if got["text"] != want {
			t.Fatalf("%q came back as %q", want, got["text"])
		}
		for _, c := range strings.TrimSuffix(out.String(), "\n") {
			if obeyed(c) {
				t.Fatalf("JSON holds %U: %q", c, out.String())
			}
		}
	})
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("word ", 60) + "HERE" + strings.Repeat(" word", 60)
	for _, tt := range []struct {
		name        string
		line        string
		column, end int
		want        string
	}{
		{"caret under the place", "name: value", 7, 12, "    3 | name: value\n      |       ^~~~~\n"},
		{"a place without length", "name:", 6, 6, "    3 | name:\n      |      ^\n"},
		{"after wide escapes", "\x1bname", 2, 6, "    3 | \\x1bname\n      |     ^~~~\n"},
		{"non-ASCII before", "naïve name", 7, 11, "    3 | naïve name\n      |       ^~~~\n"},
		{"a tab is one column", "\tname", 2, 6, "    3 |  name\n      |  ^~~~\n"},
		{"far to the right", long, 301, 305, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			p := NewPrinter(&out, false)
			source := lines{read: func(string) []byte { return []byte("one\ntwo\n" + tt.line + "\nfour\n") }}
			p.snippet(&source, library.Pos{Path: "a.md", Line: 3, Column: tt.column}, library.Pos{Path: "a.md", Line: 3, Column: tt.end})
			if err := p.Flush(); err != nil {
				t.Fatal(err)
			}
			if tt.want != "" {
				if got := out.String(); got != tt.want {
					t.Errorf("got:\n%swant:\n%s", got, tt.want)
				}
				return
			}
			text, caret, _ := strings.Cut(out.String(), "\n")
			at := strings.IndexByte(caret, '^')
			if got := []rune(text); len(got) > 120 || string(got[at:at+4]) != "HERE" {
				t.Errorf("the caret is not under the place:\n%s", out.String())
			}
		})
	}
}

func TestFormatsAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range LintFormats {
		if f.Name == "" || f.Doc == "" || f.Write == nil || seen[f.Name] {
			t.Errorf("lint format %q is not named, described and unique", f.Name)
		}
		seen[f.Name] = true
	}
	seen = map[string]bool{}
	for _, f := range EvalFormats {
		if f.Name == "" || f.Doc == "" || f.Write == nil || seen[f.Name] {
			t.Errorf("eval format %q is not named, described and unique", f.Name)
		}
		seen[f.Name] = true
	}
}
