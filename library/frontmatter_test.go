package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFrontMatter(t *testing.T) {
	tests := []struct {
		name   string
		text   string
		keys   []string // of the root, with their places
		found  bool
		closed bool
		body   string // place of the body
		kinds  []string
	}{
		{"none", "# Title\n", nil, false, false, `1:1-2:1 "# Title\n"`, nil},
		{"rule further down", "Text.\n---\na: b\n---\n", nil, false, false, `1:1-5:1 "Text.\n---\na: b\n---\n"`, nil},
		{"four hyphens", "----\na: b\n----\n", nil, false, false, `1:1-4:1 "----\na: b\n----\n"`, nil},
		{"indented opener", " ---\na: b\n---\n", nil, false, false, `1:1-4:1 " ---\na: b\n---\n"`, nil},
		{"empty", "---\n---\nBody.\n", nil, true, true, `3:1-4:1 "Body.\n"`, nil},
		{"comment alone", "---\n# a: b\n---\nBody.\n", nil, true, true, `4:1-5:1 "Body.\n"`, nil},
		{"closed", "---\na: b\n---\nBody.\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-5:1 "Body.\n"`, nil},
		{"no body", "---\na: b\n---\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-4:1 ""`, nil},
		{"closer at the end of the file", "---\na: b\n---", []string{`2:1-2:2 "a"`}, true, true, `3:4-3:4 ""`, nil},
		{"CR LF", "---\r\na: b\r\n---\r\nBody.\r\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-5:1 "Body.\n"`, nil},
		{"CR LF, closer at the end of the file", "---\r\na: b\r\n---\r", []string{`2:1-2:2 "a"`}, true, true, `3:5-3:5 ""`, nil},
		{"delimiters with trailing blanks", "--- \na: b\n---\t \nBody.\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-5:1 "Body.\n"`, nil},
		{"leading blank lines", "\n  \n---\na: b\n---\nBody.\n", []string{`4:1-4:2 "a"`}, true, true, `6:1-7:1 "Body.\n"`, nil},
		{"byte order mark", bom + "---\na: b\n---\nBody.\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-5:1 "Body.\n"`, []string{"byte-order-mark 1:1-1:1"}},
		{"blank lines inside", "---\n\na: b\n\n---\n\nBody.\n", []string{`3:1-3:2 "a"`}, true, true, "6:1-8:1 \"\\nBody.\\n\"", nil},
		{"document end is no closer", "---\na: b\n...\n", []string{`2:1-2:2 "a"`}, true, false, `4:1-4:1 ""`, []string{"header-unclosed 1:1-1:4"}},
		{"rule in the body", "---\na: b\n---\nBody.\n\n---\n\n## More\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-9:1 "Body.\n\n---\n\n## More\n"`, nil},

		{"unclosed to the end of the file", "---\na: b\nc: d\n", []string{`2:1-2:2 "a"`, `3:1-3:2 "c"`}, true, false, `4:1-4:1 ""`, []string{"header-unclosed 1:1-1:4"}},
		{"an opener alone", "---\n", nil, true, false, `2:1-2:1 ""`, []string{"header-unclosed 1:1-1:4"}},
		{"an opener without a line end", "---", nil, true, false, `1:4-1:4 ""`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed before a heading", "---\na: b\n\n# Title\n\nText.\n", []string{`2:1-2:2 "a"`}, true, false, `4:1-7:1 "# Title\n\nText.\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed before a heading set off below", "---\na: b\n# Title\n\nText.\n", []string{`2:1-2:2 "a"`}, true, false, `3:1-6:1 "# Title\n\nText.\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed with a rule below a heading", "---\na: b\n# Title\n\n---\n\n## Prompt\n", []string{`2:1-2:2 "a"`}, true, false, `3:1-8:1 "# Title\n\n---\n\n## Prompt\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed with text and a rule below a heading", "---\na: b\n\n## Prompt\n\nDo it.\n\n---\n", []string{`2:1-2:2 "a"`}, true, false, `4:1-9:1 "## Prompt\n\nDo it.\n\n---\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed before a tag", "---\na: b\n<purpose>\nHelp.\n</purpose>\n", []string{`2:1-2:2 "a"`}, true, false, `3:1-6:1 "<purpose>\nHelp.\n</purpose>\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed before a tag with a rule below", "---\na: b\n\n<purpose>\nHelp.\n</purpose>\n---\n", []string{`2:1-2:2 "a"`}, true, false, `4:1-8:1 "<purpose>\nHelp.\n</purpose>\n---\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed before prose", "---\na: b\n\nYou are a helper.\n", []string{`2:1-2:2 "a"`}, true, false, `4:1-5:1 "You are a helper.\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed before a code fence", "---\na: b\n```text\nx\n```\n", []string{`2:1-2:2 "a"`}, true, false, `3:1-6:1 "` + "```text\\nx\\n```" + `\n"`, []string{"header-unclosed 1:1-1:4"}},
		{"unclosed, keys after a blank line", "---\na: b\n\nc: d\n- e\n  f\n", nil, true, false, `7:1-7:1 ""`, []string{"header-unclosed 1:1-1:4", "invalid-yaml 5:1-5:4"}},

		{"comment between keys", "---\na: b\n\n# the owner\n\nc: d\n---\n", []string{`2:1-2:2 "a"`, `6:1-6:2 "c"`}, true, true, `8:1-8:1 ""`, nil},
		{"comment before all keys", "---\n# shown in the list\n\na: b\n---\n", []string{`4:1-4:2 "a"`}, true, true, `6:1-6:1 ""`, nil},
		{"comment before the closer", "---\na: b\n# end\n---\n", []string{`2:1-2:2 "a"`}, true, true, `5:1-5:1 ""`, nil},
		{"comments before a nested key", "---\na:\n## one\n\n  b: c\n\"d\": e\n---\n", []string{`2:1-2:2 "a"`, `6:1-6:4 "d"`}, true, true, `8:1-8:1 ""`, nil},
		{"tag inside a value", "---\na: |\n  <purpose>\n  # x\n\nb: c\n---\n", []string{`2:1-2:2 "a"`, `6:1-6:2 "b"`}, true, true, `8:1-8:1 ""`, nil},

		{"rule in a block scalar", "---\na: |\n  x\n  ---\n  y\n---\nBody.\n", []string{`2:1-2:2 "a"`}, true, true, `7:1-8:1 "Body.\n"`, []string{"header-indented 4:3-4:6"}},
		{"rules in a block scalar, CR LF", "---\r\na: |\r\n  ---\r\n  --- \r\n---\r\nBody.\r\n", []string{`2:1-2:2 "a"`}, true, true, `6:1-7:1 "Body.\n"`, []string{"header-indented 3:3-3:6", "header-indented 4:3-4:6"}},
		{"rule that begins with a no-break space", "---\na: |\n \u00a0---\n---\n", []string{`2:1-2:2 "a"`}, true, true, `5:1-5:1 ""`, []string{"header-indented 3:2-3:6"}},

		{"text instead of a mapping", "---\nHello\n---\n", nil, true, true, `4:1-4:1 ""`, []string{"invalid-yaml 2:1-2:6"}},
		{"list instead of a mapping", "---\n- a\n---\n", nil, true, true, `4:1-4:1 ""`, []string{"invalid-yaml 2:1-2:4"}},
		{"invalid YAML", "---\na: @b\n---\nBody.\n", nil, true, true, `4:1-5:1 "Body.\n"`, []string{"invalid-yaml 2:4-2:6"}},

		{"conflict in the header", "---\na: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> other\n---\nBody.\n", nil, true, true, `9:1-10:1 "Body.\n"`, []string{"conflict-markers 3:1-3:13"}},
		{"conflict from the header into the body", "---\n<<<<<<< HEAD\na: b\n---\nOne.\n=======\na: c\n---\nTwo.\n>>>>>>> other\n", nil, true, true, `5:1-11:1 "One.\n=======\na: c\n---\nTwo.\n>>>>>>> other\n"`, []string{"conflict-markers 2:1-2:13"}},
		{"conflict in the body", "---\na: b\n---\n<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> other\n", []string{`2:1-2:2 "a"`}, true, true, `4:1-9:1 "<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> other\n"`, []string{"conflict-markers 4:1-4:13"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse("x.md", test.text)
			var keys []string
			for _, pair := range p.Front.Root.Members() {
				keys = append(keys, place(pair.Key))
			}
			if diff := cmp.Diff(test.keys, keys); diff != "" {
				t.Errorf("keys: -want +got\n%s", diff)
			}
			if p.Front.Found != test.found || p.Front.Closed != test.closed {
				t.Errorf("found %t, closed %t; want %t, %t", p.Front.Found, p.Front.Closed, test.found, test.closed)
			}
			if got := place(p.Body); got != test.body {
				t.Errorf("body %s, want %s", got, test.body)
			}
			if diff := cmp.Diff(test.kinds, kinds(p.Problems)); diff != "" {
				t.Errorf("problems: -want +got\n%s\n%v", diff, p.Problems)
			}
			checkText(t, test.text, p.Body, "body")
			checkNode(t, test.text, p.Front.Root)
			if test.found {
				checkText(t, test.text, p.Front.Place, "header")
			}
		})
	}
}

func TestFrontMatterPlace(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"closed", "---\na: b\n---\nBody.\n", `2:1-3:1 "a: b\n"`},
		{"empty", "---\n---\n", `2:1-2:1 ""`},
		{"CR LF", "---\r\na: b\r\n---\r\n", `2:1-3:1 "a: b\n"`},
		{"unclosed", "---\na: b\n\n# Title\n", `2:1-4:1 "a: b\n\n"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := place(Parse("x.md", test.text).Front.Place); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestFrontMatterLimits(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "k%d: v\n", i)
		}
		return b.String()
	}
	nested := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%sk%d:\n", strings.Repeat(" ", i), i)
		}
		return b.String()
	}
	tests := []struct {
		name string
		yaml string
		want []string
		says string
	}{
		{"64 KiB", "a: " + strings.Repeat("x", MaxHeaderSize-4) + "\n", nil, ""},
		{"over 64 KiB", "a: " + strings.Repeat("x", MaxHeaderSize-3) + "\n", []string{"header-limit 1:1-1:4"}, "front matter is larger than 64 KiB; it is not read"},
		{"100 keys", keys(100), nil, ""},
		{"101 keys", keys(101), []string{"header-limit 102:1-102:5"}, "front matter has 101 keys; at most 100 are allowed"},
		{"101 keys, nested ones included", keys(98) + "a: {b: {c: d}, e: f}\n", []string{"header-limit 100:9-100:10"}, "front matter has 102 keys"},
		{"8 levels", nested(8), nil, ""},
		{"9 levels", nested(9), []string{"header-limit 10:9-10:12"}, "front matter is nested 9 levels deep; at most 8 are allowed"},
		{"10 levels of lists", "a: [[[[[[[[[x]]]]]]]]]\n", []string{"header-limit 2:11-2:16"}, "front matter is nested 10 levels deep"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse("x.md", "---\n"+test.yaml+"---\nBody.\n")
			if diff := cmp.Diff(test.want, kinds(p.Problems)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if test.want != nil && !strings.Contains(p.Problems[0].Message, test.says) {
				t.Errorf("message %q does not say %q", p.Problems[0].Message, test.says)
			}
			if got, want := p.Body.Value, "Body.\n"; got != want {
				t.Errorf("body %q, want %q", got, want)
			}
		})
	}
	if p := Parse("x.md", "---\na: "+strings.Repeat("x", MaxHeaderSize)+"\n---\n"); p.Front.Root != nil {
		t.Error("front matter over the limit has been read")
	}
}

func TestSoundFrontMatter(t *testing.T) {
	tests := []struct {
		name string
		text string
		want bool
	}{
		{"none", "Body.\n", true},
		{"closed", "---\na: b\n---\n", true},
		{"rule in a block scalar", "---\na: |\n  ---\n---\n", true},
		{"folded items", "---\na:\n- b\n - c\n---\n", true},
		{"unclosed", "---\na: b\n", false},
		{"duplicate key", "---\na: b\na: c\n---\n", false},
		{"anchor", "---\na: &x b\n---\n", false},
		{"invalid YAML", "---\na: [\n---\n", false},
		{"control character", "---\na: \x01\n---\n", false},
		{"tab", "---\na:\n\tb: c\n---\n", false},
		{"byte order mark", bom + "---\na: b\n---\n", false},
		{"not UTF-8", "---\na: \xff\n---\n", false},
		{"conflict in the body", "---\na: b\n---\n<<<<<<<\n=======\n>>>>>>>\n", true},
		{"conflict in the header", "---\n<<<<<<<\na: b\n=======\n>>>>>>>\n---\n", false},
		{"fence in the body", "---\na: b\n---\n```\n", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse("x.md", test.text)
			if p.Front.Sound != test.want {
				t.Errorf("sound %t, want %t; problems %v", p.Front.Sound, test.want, kinds(p.Problems))
			}
		})
	}
}

func TestMetadata(t *testing.T) {
	tests := []struct {
		name                                  string
		text                                  string
		title, description, version, category string
		tags                                  []string
	}{
		{
			"all keys", "---\ntitle: T\nname: N\ndescription: D\nintro: I\nversion: 1.10\ncategory: C\ntags: [a, b]\ntopics: [c]\n---\n# H\n",
			`2:8-2:9 "T"`, `4:14-4:15 "D"`, `6:10-6:14 "1.10"`, `7:11-7:12 "C"`, []string{`8:8-8:9 "a"`, `8:11-8:12 "b"`},
		},
		{
			"the second choice", "---\nname: N\nintro: I\ntopics: one\n---\n",
			`2:7-2:8 "N"`, `3:8-3:9 "I"`, `0:0-0:0 ""`, `0:0-0:0 ""`, []string{`4:9-4:12 "one"`},
		},
		{
			"empty values", "---\ntitle: ''\nname: N\ndescription:\nintro: I\ntags: []\ntopics: [c]\n---\n",
			`3:7-3:8 "N"`, `5:8-5:9 "I"`, `0:0-0:0 ""`, `0:0-0:0 ""`, []string{`7:10-7:11 "c"`},
		},
		{
			"a list for a name", "---\nname: [x]\n---\n## H2\n# H1\n# Second\n",
			`5:3-5:5 "H1"`, `0:0-0:0 ""`, `0:0-0:0 ""`, `0:0-0:0 ""`, nil,
		},
		{"no title at all", "## H2\n", `0:0-0:0 ""`, `0:0-0:0 ""`, `0:0-0:0 ""`, `0:0-0:0 ""`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse("x.md", test.text)
			got := []string{place(p.Title), place(p.Description), place(p.Version), place(p.Category)}
			if diff := cmp.Diff([]string{test.title, test.description, test.version, test.category}, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(test.tags, places(p.Tags)); diff != "" {
				t.Errorf("tags: -want +got\n%s", diff)
			}
		})
	}
}
