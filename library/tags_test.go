package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTags(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		want  []string // name with its place, and what stands in the element
		kinds []string
		says  string
	}{
		{"one section", "<purpose>\nHelp.\n</purpose>\n", []string{`1:2-1:9 "purpose": "\nHelp.\n"`}, nil, ""},
		{"on one line", "<purpose>Help.</purpose>\n", []string{`1:2-1:9 "purpose": "Help."`}, nil, ""},
		{"closed at the end of a line", "<purpose>\nHelp.</purpose>  \n", []string{`1:2-1:9 "purpose": "\nHelp."`}, nil, ""},
		{"closing tag indented", "<purpose>\nHelp.\n  </purpose>\n", []string{`1:2-1:9 "purpose": "\nHelp.\n  "`}, nil, ""},
		{"any name", "<my_Role-2>\nx\n</my_Role-2>\n<purpose>\n</purpose>\n", []string{`1:2-1:11 "my_Role-2": "\nx\n"`, `4:2-4:9 "purpose": "\n"`}, nil, ""},
		{"attributes", "<input optional=\"true\">\nx\n</input>\n", []string{`1:2-1:7 "input": "\nx\n"`}, nil, ""},
		{"nested elements", "<purpose>\n<step>\na\n</step>\n</purpose>\n", []string{`1:2-1:9 "purpose": "\n<step>\na\n</step>\n"`}, nil, ""},
		{"nested elements of one name", "<a>\n<a>\nx\n</a>\n</a>\n<notes>\n</notes>\n", []string{`1:2-1:3 "a": "\n<a>\nx\n</a>\n"`, `6:2-6:7 "notes": "\n"`}, nil, ""},
		{"nested, indented", "<a>\n  <a>\n  x\n  </a>\n</a>\n", []string{`1:2-1:3 "a": "\n  <a>\n  x\n  </a>\n"`}, nil, ""},
		{"indented opening tag", "  <purpose>\nx\n", nil, nil, ""},
		{"inside a code block", "<purpose>\n```\n</purpose>\n<notes>\n```\n</purpose>\n", []string{`1:2-1:9 "purpose": "\n` + "```" + `\n</purpose>\n<notes>\n` + "```" + `\n"`}, nil, ""},
		{"closing tag in a code block", "```\n</purpose>\n<notes>\n```\n<purpose>\n</purpose>\n", []string{`5:2-5:9 "purpose": "\n"`}, nil, ""},
		{"what is no closing tag", "</>\n</1>\n</a\n</a b>\n", nil, nil, ""},
		{"placeholder", "<insert>\n<insert name here>\n<purpose>\n</purpose>\n", []string{`3:2-3:9 "purpose": "\n"`}, nil, ""},
		{"what is no tag", "<>\n< purpose>\n<1>\n<a\n<br/>\n<br />\n<!-- x -->\n<https://x.org>\n<x@y.org>\n", nil, nil, ""},
		{"CR LF", "<purpose>\r\nHelp.\r\n</purpose>\r\n", []string{`1:2-1:9 "purpose": "\nHelp.\n"`}, nil, ""},
		{"closing tag inside a line", "<purpose>\nWrite </purpose> to end it.\n</purpose>\n", []string{`1:2-1:9 "purpose": "\nWrite </purpose> to end it.\n"`}, nil, ""},

		{
			"never closed", "<purpose>\nHelp.\n", []string{`1:2-1:9 "purpose": "\nHelp.\n"`},
			[]string{"section-tag-open 1:1-1:10"}, `section "<purpose>" is never closed; end it with "</purpose>"`,
		},
		{
			"never closed before the next section", "<purpose>\nHelp.\n<notes>\nx\n</notes>\n", []string{`1:2-1:9 "purpose": "\nHelp.\n"`, `3:2-3:7 "notes": "\nx\n"`},
			[]string{"section-tag-open 1:1-1:10"}, "never closed",
		},
		{
			"closed by another name", "<context>\nx\n</contxt>\n<notes>\ny\n</notes>\n", []string{`1:2-1:9 "context": "\nx\n</contxt>\n"`, `4:2-4:7 "notes": "\ny\n"`},
			[]string{"section-tag-unpaired 3:1-3:10", "section-tag-open 1:1-1:10"}, `closing tag "</contxt>" does not match "<context>" of line 1`,
		},
		{
			"closing tag alone", "<purpose>\nx\n</purpose>\n</introduction>\n", []string{`1:2-1:9 "purpose": "\nx\n"`},
			[]string{"section-tag-unpaired 4:1-4:16"}, `closing tag "</introduction>" closes nothing; remove it, or open the section it belongs to`,
		},
		{"closing tag of a tool", "<purpose>\nx\n</purpose>\n</rewritten_file>\n", []string{`1:2-1:9 "purpose": "\nx\n"`}, nil, ""},
		{
			"closed twice", "<notes>\n</notes>\n</notes>\n", []string{`1:2-1:7 "notes": "\n"`},
			[]string{"section-tag-unpaired 3:1-3:9"}, "closes nothing",
		},
		{
			"closing tag hidden by a broken code block", "<purpose>\n```\nx\n</purpose>\n<notes>\ny\n</notes>\n", []string{`1:2-1:9 "purpose": "\n` + "```" + `\nx\n"`, `5:2-5:7 "notes": "\ny\n"`},
			nil, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSource("x.md", test.text)
			tags, problems := readTags(s, 0, readMarkdown(s, 0), isTagA)
			var got []string
			for _, tag := range tags {
				checkText(t, test.text, tag.name, "name")
				got = append(got, fmt.Sprintf("%s: %q", place(tag.name), s.normalised(tag.start, tag.end)))
				if closing := "</" + tag.name.Value + ">"; tag.after != tag.end && test.text[tag.end:tag.after] != closing {
					t.Errorf("%q closes %q", test.text[tag.end:tag.after], tag.name.Value)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(test.kinds, kinds(problems)); diff != "" {
				t.Errorf("problems: -want +got\n%s", diff)
			}
			if problems != nil && !strings.Contains(problems[0].Message, test.says) {
				t.Errorf("message %q does not say %q", problems[0].Message, test.says)
			}
		})
	}
}

func TestUnclosedTagPointsToTheOtherName(t *testing.T) {
	p := Parse("x.md", "<context>\nx\n</contxt>\n")
	last := p.Problems[len(p.Problems)-1]
	if want := `section "<context>" is never closed; end it with "</context>"; line 3 closes another name`; last.Message != want {
		t.Errorf("message %q, want %q", last.Message, want)
	}
	if len(last.Related) != 1 || last.Related[0].Pos.Line != 3 || last.Related[0].End.Column != 10 {
		t.Errorf("related %v, want 3:1 to 3:10", last.Related)
	}
}
