package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sectionLines writes sections as "level heading-place: body-place".
func sectionLines(sections []Section) []string {
	var list []string
	for _, s := range sections {
		list = append(list, fmt.Sprintf("%d %s: %s", s.Level, place(s.Heading), place(s.Body)))
	}
	return list
}

func TestSections(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"none", "Text.\n", nil},
		{"levels", "Intro.\n# A\na\n## B\nb\n### C\nc\n## D\nd\n# E\n", []string{
			`1 2:3-2:4 "A": 3:1-9:2 "a\n## B\nb\n### C\nc\n## D\nd"`,
			`2 4:4-4:5 "B": 5:1-7:2 "b\n### C\nc"`,
			`3 6:5-6:6 "C": 7:1-7:2 "c"`,
			`2 8:4-8:5 "D": 9:1-9:2 "d"`,
			`1 10:3-10:4 "E": 11:1-11:1 ""`,
		}},
		{"a level left out", "### A\na\n# B\nb\n", []string{`3 1:5-1:6 "A": 2:1-2:2 "a"`, `1 3:3-3:4 "B": 4:1-4:2 "b"`}},
		{"blank lines around a body", "# A\n\n\n  a\n\n\n# B\n", []string{`1 1:3-1:4 "A": 4:3-4:4 "a"`, `1 7:3-7:4 "B": 8:1-8:1 ""`}},
		{"nothing between headings", "# A\n# B\n", []string{`1 1:3-1:4 "A": 2:1-2:1 ""`, `1 2:3-2:4 "B": 3:1-3:1 ""`}},
		{"underlined", "A\n=\na\n", []string{`1 1:1-1:2 "A": 3:1-3:2 "a"`}},
		{"heading at the end of the text", "# A", []string{`1 1:3-1:4 "A": 1:4-1:4 ""`}},
		{"heading in code", "# A\n```\n# B\n```\n", []string{`1 1:3-1:4 "A": 2:1-4:4 "` + "```" + `\n# B\n` + "```" + `"`}},
		{"CR LF", "# A\r\na\r\nb\r\n# B\r\n", []string{`1 1:3-1:4 "A": 2:1-3:2 "a\nb"`, `1 4:3-4:4 "B": 5:1-5:1 ""`}},
		{"both line ends", "# A\na\r\nb\nc\n", []string{`1 1:3-1:4 "A": 2:1-4:2 "a\nb\nc"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sections := ReadSections(test.text)
			if diff := cmp.Diff(test.want, sectionLines(sections)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, s := range sections {
				checkText(t, test.text, s.Heading, "heading")
				checkText(t, test.text, s.Body, "body")
			}
		})
	}
}

func TestEmptySections(t *testing.T) {
	tests := []struct {
		body string
		want bool
	}{
		{"", true},
		{"---", true},
		{"\n\n***\n\n- - -\n", true},
		{"text", false},
		{"---\n.", false},
		{"### Deeper", false},
		{"```\n```", false},
	}
	for _, test := range tests {
		t.Run(test.body, func(t *testing.T) {
			if got := ReadSections("## H\n" + test.body)[0].Empty(); got != test.want {
				t.Errorf("Empty of %q = %t, want %t", test.body, got, test.want)
			}
		})
	}
}

func TestNormalHeading(t *testing.T) {
	tests := []struct{ heading, want string }{
		{"example usage", "example usage"},
		{"Example Usage", "example usage"},
		{"  Example   Usage ", "example usage"},
		{"Example Usage:", "example usage"},
		{"**Example** _Usage_", "example usage"},
		{"`Prompt`", "prompt"},
		{"🎯 Prompt", "prompt"},
		{"Prompt 🎯", "prompt"},
		{"🧑‍💻 Use Cases", "use cases"},
		{"1. Prompt", "prompt"},
		{"2) Use cases", "use cases"},
		{"10 Tips", "tips"},
		{"1.2. Scope", "scope"},
		{"(3) Scope", "scope"},
		{"1) (optional) Notes", "optional) notes"},
		{"3D model", "3d model"},
		{"1/2 rule", "1/2 rule"},
		{"1) ", "1)"},
		{"Step 2: Plan", "step 2 plan"},
		{"Input/Output", "input/output"},
		{"Input / Output", "input / output"},
		{"Output Schema (JSON)", "output schema (json)"},
		{"Q&A", "q&a"},
		{"Do's and Don'ts", "do's and don'ts"},
		{"C++ and C#", "c++ and c#"},
		{"Über uns", "über uns"},
		{"СВОДКА", "сводка"},
		{"日本語", "日本語"},
		{"use-cases", "use cases"},
		{"use_cases", "use cases"},
		{"2024", "2024"},
		{"", ""},
		{"!!!", ""},
		{" a", "a"},
		{"a ", "a"},
		{"a  b", "a b"},
	}
	for _, test := range tests {
		t.Run(test.heading, func(t *testing.T) {
			got := NormalHeading(test.heading)
			if got != test.want {
				t.Errorf("NormalHeading(%q) = %q, want %q", test.heading, got, test.want)
			}
			if again := NormalHeading(got); again != got {
				t.Errorf("NormalHeading(%q) = %q: a normal heading has changed", got, again)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		once := NormalHeading(rapid.StringOf(rapid.RuneFrom([]rune("aBé12 )(/&.:*'"))).Draw(t, "heading"))
		if twice := NormalHeading(once); twice != once {
			t.Fatalf("NormalHeading(%q) = %q: a normal heading has changed", once, twice)
		}
	})
	if got := (&Section{Heading: Text{Value: "Use Cases:"}}).Normal(); got != "use cases" {
		t.Errorf("Normal of a section made by hand = %q", got)
	}
}

func TestOutline(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"labels", "**Risk:** high\n**Owner**: Ann\n\n**Steps**\n- one\n- two\n", []string{
			`7 1:3-1:8 "Risk:": 1:11-1:15 "high"`,
			`7 2:3-2:8 "Owner": 2:12-2:15 "Ann"`,
			`7 4:3-4:8 "Steps": 5:1-6:6 "- one\n- two"`,
		}},
		{"labels between headings", "# A\n**B:** b\nmore\n## C\n**D:**\n# E\n", []string{
			`1 1:3-1:4 "A": 2:1-5:7 "**B:** b\nmore\n## C\n**D:**"`,
			`7 2:3-2:5 "B:": 2:8-3:5 "b\nmore"`,
			`2 4:4-4:5 "C": 5:1-5:7 "**D:**"`,
			`7 5:3-5:5 "D:": 6:1-6:1 ""`,
			`1 6:3-6:4 "E": 7:1-7:1 ""`,
		}},
		{"what is no label", "**bold** text\n**not closed: x\n****: y\n text **Late:** z\n- **Item:** w\n**" + strings.Repeat("long ", 20) + ":** v\n", nil},
		{"not in code", "```\n**A:** b\n```\n**C:** d\n", []string{`7 4:3-4:5 "C:": 4:8-4:9 "d"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, sectionLines(Outline(test.text))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestElision(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"whole", -1},
		{"a\n[... continues ...]\nb\n", 2},
		{"a\n...\n", 2},
		{"a\n…\n", 2},
		{"é\n  …  \n", 3},
		{"a\n[… more rows]\n", 2},
		{"a\n[continued]\n", 2},
		{"a\n(truncated for brevity)\n", 2},
		{"a\n[Abbreviated]\n", 2},
		{"a\n(omitted)\n", 2},
		{"a\n[table continues ...]\n", 2},
		{"a\n*(and so on...)*\n", -1},
		{"a\n(and so on...)\n", 2},
		{"a\n*...*\n", 2},
		{"a\n<!-- ... -->\n", 2},
		{"- ...\n", 0},
		{"wait...\n", -1},
		{"[name]\n", -1},
		{"(see above)\n", -1},
		{"[continues " + strings.Repeat("x", 80) + "]\n", -1},
		{"", -1},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if got := Elision(test.text); got != test.want {
				t.Errorf("Elision(%q) = %d, want %d", test.text, got, test.want)
			}
		})
	}
}

func TestCodeBlocks(t *testing.T) {
	text := "a\n```json title\n{}\n```\n~~~\n\n~~~\n```\r\nx\r\ny\r\n```\r\n````\nnever closed\n"
	want := []CodeBlock{{"json", "{}\n"}, {"", "\n"}, {"", "x\ny\n"}}
	if diff := cmp.Diff(want, CodeBlocks(text)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := CodeBlocks("text"); got != nil {
		t.Errorf("got %v, want none", got)
	}
}

func TestSectionByHeading(t *testing.T) {
	p := Parse("x.md", "# Title\n## 🎯 Tips:\na\n## Tips\nb\n")
	sec, ok := p.Section("hints", "tips")
	if !ok || sec.Body.Value != "a" {
		t.Errorf("got %q, %t; want the first section of the two", sec.Body.Value, ok)
	}
	if _, ok := p.Section("prompt"); ok {
		t.Error("found a section that is not there")
	}
}
