package library

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinks(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"link and image", "See [a](a.md) and ![é](b.png).\n", []string{`1:9-1:13 "a.md"`, `1:24-1:29 "b.png"`}},
		{"title", "[a](a.md \"the title\") [b](b.md\t'x')\n", []string{`1:5-1:9 "a.md"`, `1:27-1:31 "b.md"`}},
		{"angle brackets", "[a](<a b.md>) [b](<>)\n", []string{`1:6-1:12 "a b.md"`}},
		{"parentheses", "[a](a(1).md) [b](b.md))\n", []string{`1:5-1:12 "a(1).md"`, `1:18-1:22 "b.md"`}},
		{"an image that is a link", "[![a](a.png)](a.md)\n", []string{`1:7-1:12 "a.png"`, `1:15-1:19 "a.md"`}},
		{"list, quote and table", "- [a](a.md)\n> [b](b.md)\n\n| [c](c.md) |\r\n", []string{`1:7-1:11 "a.md"`, `2:7-2:11 "b.md"`, `4:7-4:11 "c.md"`}},
		{"no link", "a](a.md) [b] (b.md) [c]( [d]() [e](\n(f.md)\n](g.md)\n", nil},
		{"code span", "`[a](a.md)` [b](b.md) ``x ` [c](c.md)`` ` [d](d.md)\n", []string{`1:17-1:21 "b.md"`, `1:47-1:51 "d.md"`}},
		{"code span around a link text", "[`a`](a.md) [`b](b.md)`\n", []string{`1:7-1:11 "a.md"`}},
		{"code block", "```\n[a](a.md)\n```\n[b](b.md)\n", []string{`4:5-4:9 "b.md"`}},
		{"front matter", "---\ntitle: \"[a](a.md)\"\n---\n[b](b.md)\n", []string{`4:5-4:9 "b.md"`}},
		{"a line that is too long", strings.Repeat("x", longestLine) + "[a](a.md)\n[b](b.md)", []string{`2:5-2:9 "b.md"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse("x.md", test.text)
			if diff := cmp.Diff(test.want, places(p.Links)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, link := range p.Links {
				checkText(t, test.text, link, "link")
			}
		})
	}
}
