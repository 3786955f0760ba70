package library

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEntries(t *testing.T) {
	p := Parse("x.md", "---\na: 1\ngovernance:\n  risk_level: low\n  owner: {team: x}\na: 2\nlist: [y]\n---\n")
	var got []string
	for e := range p.Entries() {
		got = append(got, place(e.Key)+" "+e.Value.Type.String())
	}
	want := []string{
		`2:1-2:2 "a" integer`, `3:1-3:11 "governance" mapping`, `4:3-4:13 "governance.risk_level" text`,
		`5:3-5:8 "governance.owner" mapping`, `6:1-6:2 "a" integer`, `7:1-7:5 "list" list`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for e := range Parse("x.md", "Text.\n").Entries() {
		t.Errorf("entry %v without front matter", e)
	}
}

func TestRelatedPrompts(t *testing.T) {
	tests := []struct {
		name string
		text string // from line 4 on
		want []string
	}{
		{"links", "- [One](one.md)\n* [Two](<x y.md> \"T\") and [Three](three.md)\n1. see [Four](../a/four.md#use)\n", []string{`4:9-4:15 "one.md"`, `5:10-5:16 "x y.md"`, `6:15-6:31 "../a/four.md#use"`}},
		{"names in code", "- `one`\n- the `two` prompt\n", []string{`4:4-4:7 "one"`, `5:8-5:11 "two"`}},
		{"plain names", "- one-two\n- one-two: text\n- one-two - text\n- one-two — text\n-   three-four  \n", []string{`4:3-4:10 "one-two"`, `5:3-5:10 "one-two"`, `6:3-6:10 "one-two"`, `7:3-7:10 "one-two"`, `8:5-8:15 "three-four"`}},
		{"indented", "  - `one`\n", []string{`4:6-4:9 "one"`}},
		{"what refers to nothing", "- one\n- One Two\n- [One](\n- [One]()\n- [One](<>)\n- [One](<one.md\n- `\n- ``\n- `open\n-\n- \n`one`\n[One](one.md)\nthree-four\n", nil},
		{"in code", "```\n- `one`\n```\n", nil},
		{"after non-ASCII text", "- é [ü](ö.md)\n", []string{`4:9-4:13 "ö.md"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "## Prompt\nx\n## Related Prompts\n" + test.text + "## Tips\n- `no`\n"
			related := Parse("x.md", text).Related
			if diff := cmp.Diff(test.want, places(related)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, r := range related {
				checkText(t, text, r, "reference")
			}
		})
	}
}

// TestAnyMixOfLinesIsRead holds what is read of random lines against the text:
// lines of every kind, in any order, with either line end.
func TestAnyMixOfLinesIsRead(t *testing.T) {
	line := rapid.SampledFrom([]string{
		"", "", "text", "é [a_b] {{c}} {d} x", "---", "---", "  ---", "a: b", "a_b: [1, \"é\", {c: d}]", "e: |", "  f", "- g", "  - h", "# I", "## Prompt", "## Variables",
		"## Example Usage", "### Input", "## Related Prompts", "J", "===", "```", "```json", "~~~", "<purpose>", "</purpose>", "<examples>", "</examples>", "text</examples>",
		"<variables>", "</variables>", "<k>", "</k>", "Example 1:", "Example 2: l", "Input:", "Input: {", "Output:", "Output: [", "{", "}", "]", "\"m\": 1,", "\"a_b\": \"n\"",
		"**Input:**", "**Output:** o", "[a_b]: p", "- `[a_b]`: q", "- r: s", "| `t` | u |", "- [v](w.md)", "- `x-y`", "<!--", "-->", "> z", "<<<<<<< 1", "=======", ">>>>>>> 2",
	})
	rapid.Check(t, func(rt *rapid.T) {
		var b strings.Builder
		for _, l := range rapid.SliceOfN(line, 1, 30).Draw(rt, "lines") {
			b.WriteString(l + rapid.SampledFrom([]string{"\n", "\n", "\n", "\r\n"}).Draw(rt, "end"))
		}
		text := b.String()
		for _, start := range []string{"", "---\n", "<examples>\n", "## Prompt\n"} {
			p := Parse("x.md", start+text)
			if p.Body.Pos.Line > 0 {
				checkPrompt(rt, start+text, p)
			}
		}
	})
}

// TestRelease: what was read in the memory of another prompt is the same, and
// that of a prompt that was not released stays as it is.
func TestRelease(t *testing.T) {
	kept, want := Parse("x.md", promptA), Parse("x.md", promptB)
	for range 3 {
		Parse("x.md", promptA).Release()
		Parse("x.md", promptB+promptB).Release()
		got := Parse("x.md", promptB)
		if got.own, want.own = nil, nil; !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	if again := Parse("x.md", promptA); !reflect.DeepEqual(kept.Sections, again.Sections) || !reflect.DeepEqual(kept.Front, again.Front) {
		t.Error("a prompt changed when others were released")
	}
	kept.Release()
	kept.Release()
	if kept.Path != "" || kept.Sections != nil {
		t.Errorf("a released prompt still has %+v", kept)
	}
}

// TestDiscard: a file is read into the memory of a prompt that was discarded, and
// never into that of one that was only released.
func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) File {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return File{Path: path}
	}
	files := []File{
		file("a.md", promptA),
		file("b.md", promptB),
		file("long.md", promptA+strings.Repeat("x", textSize)),
		file("exact.md", strings.Repeat("x", textSize)),
		file("empty.md", ""),
		file("binary.md", "a\x00b"),
		{Path: filepath.Join(dir, "gone.md")},
		{Path: dir},
		{Path: os.DevNull},
	}
	var kept []string
	for range 3 {
		for _, f := range files {
			named := f
			named.Named = true // which is read the long way
			got, want := Read(f), Read(named)
			if got.Source != want.Source || !reflect.DeepEqual(got.Problems, want.Problems) || !reflect.DeepEqual(got.Sections, want.Sections) {
				t.Fatalf("%s: got %+v, want %+v", f.Path, got, want)
			}
			got.Discard()
			want.Discard()
		}
		p := Read(files[0])
		kept = append(kept, p.Source)
		p.Release()
	}
	for _, text := range kept {
		if text != promptA {
			t.Errorf("the text of a prompt that was released has become %q", text)
		}
	}
}
