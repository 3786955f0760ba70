package library

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPosString(t *testing.T) {
	for want, pos := range map[string]Pos{"a.md:3:4": {"a.md", 3, 4, 9}, "a.md": {Path: "a.md"}, "": {}, ":1:1": {Line: 1, Column: 1}} {
		if got := pos.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTextIsZero(t *testing.T) {
	if !(Text{}).IsZero() || (Text{Value: "a"}).IsZero() || (Text{Pos: Pos{Line: 1}}).IsZero() {
		t.Error("only a Text without value and place is zero")
	}
}

func TestDetach(t *testing.T) {
	text := Text{Value: strings.Repeat("ab", 4)[1:3], Pos: Pos{"x", 1, 2, 1}, End: Pos{"x", 1, 4, 3}}
	if got := text.Detach(); got != text {
		t.Errorf("got %v, want %v", got, text)
	}
}

func TestPlacesOfOffsets(t *testing.T) {
	text := "ab\r\né\n\n日x"
	tests := []struct {
		offset int
		want   string
	}{
		{0, "x:1:1"}, {2, "x:1:3"}, {3, "x:1:4"}, {4, "x:2:1"}, {6, "x:2:2"}, {7, "x:3:1"}, {8, "x:4:1"}, {11, "x:4:2"}, {12, "x:4:3"}, {99, "x:4:3"}, {-1, "x:1:1"},
	}
	s := newSource("x", text)
	for _, backwards := range []bool{false, true} {
		for i := range tests {
			test := tests[i]
			if backwards { // the last place must not help with one before it
				test = tests[len(tests)-1-i]
			}
			if got := s.pos(test.offset).String(); got != test.want {
				t.Errorf("offset %d: got %s, want %s", test.offset, got, test.want)
			}
		}
	}
	for i, want := range []string{"ab", "é", "", "日x"} {
		if got := s.lineText(i); got != want {
			t.Errorf("line %d: got %q, want %q", i+1, got, want)
		}
	}
	if got := newSource("x", bom+"a").pos(0); got != (Pos{"x", 1, 1, 3}) {
		t.Errorf("after a byte order mark: %v", got)
	}
}

// TestTextAt holds the places of the parts of a Text against those of the file.
func TestTextAt(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "é", "日", " ", "\n", "\n\n"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for _, w := range rapid.SliceOf(word).Draw(t, "words") {
			b.WriteString(w)
		}
		text := b.String()
		if rapid.Bool().Draw(t, "CR LF") {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		s := newSource("x", "é\nx"+text+"y")
		whole := s.slice(4, len(s.text))
		i := rapid.IntRange(0, len(whole.Value)).Draw(t, "i")
		want := s.pos(4 + i)
		if s.crlf {
			want = s.pos(4 + i + strings.Count(whole.Value[:i], "\n"))
		}
		if got := whole.At(i); got != want && validBoundary(whole.Value, i) {
			t.Fatalf("At(%d) of %q = %v, want %v", i, whole.Value, got, want)
		}
	})
}

func validBoundary(s string, i int) bool { return i == len(s) || s[i]&0xC0 != 0x80 }

func TestTextSub(t *testing.T) {
	s := newSource("x", "ab\r\ncdé\r\nf")
	whole := s.slice(1, len(s.text))
	sub := whole.Sub(2, 7)
	if got, want := place(sub), "2:1-3:1 \"cdé\\n\""; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	checkText(t, s.text, sub, "part")
	if got := whole.At(99); got != whole.End {
		t.Errorf("At past the end = %v, want %v", got, whole.End)
	}
}

func TestTextAtInMixedLineEnds(t *testing.T) {
	s := newSource("x", "a\nb\r\nc\nd")
	whole := s.slice(0, len(s.text))
	at := whole.At(6)
	if at.Line != 4 || at.Column != 1 || at.Offset > len(s.text) {
		t.Errorf("got %v with offset %d, want line 4, column 1 and an offset in the file", at, at.Offset)
	}
}
