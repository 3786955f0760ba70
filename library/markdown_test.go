package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gmtext "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// blocks writes headings as "h2 4:4 text" and code blocks as "code 3-5 info",
// in file order; a block that is not closed by a fence ends in "…".
func blocks(m *markdown) []string {
	var list []string
	headings := m.headings
	flush := func(line int) {
		for len(headings) > 0 && headings[0].line < line {
			h := headings[0]
			list = append(list, strings.TrimSpace(fmt.Sprintf("h%d %d:%d %s", h.level, h.text.Pos.Line, h.text.Pos.Column, h.text.Value)))
			headings = headings[1:]
		}
	}
	for _, f := range m.fences {
		flush(f.open)
		end := ""
		if !f.fenced {
			end = "…"
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("code %d-%d%s %s", f.open+1, f.close+1, end, f.info)))
	}
	flush(1 << 30)
	return list
}

func TestFences(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"backquotes", "```\n# x\n```\n", []string{"code 1-3"}},
		{"tildes", "~~~\n```\n~~~\n", []string{"code 1-3"}},
		{"info string", "```  go  run \nx\n```\n", []string{"code 1-3 go  run"}},
		{"info string of tildes", "~~~ a`b ~~~\nx\n~~~\n", []string{"code 1-3 a`b ~~~"}},
		{"backquote in an info string", "``` a`b\n# x\n", []string{"h1 2:3 x"}},
		{"two characters", "``\n# x\n``\n", []string{"h1 2:3 x"}},
		{"longer closer", "```\nx\n`````\n# y\n", []string{"code 1-3", "h1 4:3 y"}},
		{"shorter fence inside", "````\n```\n# x\n```\n````\n", []string{"code 1-5"}},
		{"closer with trailing blanks", "```\nx\n``` \t\n# y\n", []string{"code 1-3", "h1 4:3 y"}},
		{"indented by three", "   ```\n   x\n  ```\n# y\n", []string{"code 1-3", "h1 4:3 y"}},
		{"indented by four", "    ```\n# y\n", []string{"h1 2:3 y"}},
		{"closer indented by four", "```\n    ```\n# x\n```\n", []string{"code 1-4"}},
		{"empty block", "```\n```\n# y\n", []string{"code 1-2", "h1 3:3 y"}},
		{"interrupts a paragraph", "text\n```\n# x\n```\n", []string{"code 2-4"}},
		{"in a list item", "- a\n\n  ```\n  # x\n  ```\n- b\n", []string{"code 3-5"}},
		{"on the line of a list item", "- ```\n  # x\n  ```\n# y\n", []string{"code 1-3", "h1 4:3 y"}},
		{"in an ordered list item", "10. a\n    ```\n    # x\n    ```\n", []string{"code 2-4"}},
		{"closer of an item may be indented less than four more", "- ```\n  x\n     ```\n# y\n", []string{"code 1-3", "h1 4:3 y"}},
		{"ends with the list item", "- ```\n  x\n# y\n", []string{"code 1-2…", "h1 3:3 y"}},
		{"blank lines inside a list item", "- ```\n\n  x\n\n  ```\n# y\n", []string{"code 1-5", "h1 6:3 y"}},
		{"indented by tabs", "-\tx\n\n\t```\n\t# y\n\t```\n", []string{"code 3-5"}},
		{"in a block quote", "> ```\n# x\n", []string{"h1 2:3 x"}},
		{"in a comment", "<!--\n```\n-->\n# x\n", []string{"h1 4:3 x"}},
		{"in an XML tag", "<context>\n```\n# x\n```\n</context>\n# y\n", []string{"code 2-4", "h1 6:3 y"}},
		{"CR LF", "```go\r\n# x\r\n```\r\n# y\r\n", []string{"code 1-3 go", "h1 4:3 y"}},
		{"at the end without a line end", "```\nx\n```", []string{"code 1-3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := readMarkdown(newSource("x.md", test.text), 0)
			if diff := cmp.Diff(test.want, blocks(m)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if m.problems != nil {
				t.Errorf("problems: %v", m.problems)
			}
		})
	}
}

func TestFenceRecovery(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		want  []string
		kinds []string
		says  string
	}{
		{
			"bad closer", "```text\nx\n```bash\n\n## Next\n",
			[]string{"code 1-3 text", "h2 5:4 Next"}, []string{"fence-info 3:1-3:8"}, `closing code fence with the info string "bash"`,
		},
		{
			"several bad closers", "```text\nx\n```text\n# a\n```text\ny\n```text\n# b\n",
			[]string{"code 1-3 text", "h1 4:3 a", "code 5-7 text", "h1 8:3 b"}, []string{"fence-info 3:1-3:8", "fence-info 7:1-7:8"}, "remove it",
		},
		{
			"bad and good closers", "```\nx\n```\n# a\n```\ny\n```go\n# b\n",
			[]string{"code 1-3", "h1 4:3 a", "code 5-7", "h1 8:3 b"}, []string{"fence-info 7:1-7:6"}, `"go"`,
		},
		{
			"bad closer, indented", "  ```\n  x\n  ```go\n# a\n",
			[]string{"code 1-3", "h1 4:3 a"}, []string{"fence-info 3:3-3:8"}, `"go"`,
		},
		{
			"stray opener before a rule", "```\nx\n```text\n```text\n\n---\n\n## Tips\n",
			[]string{"code 1-3", "h2 8:4 Tips"}, []string{"fence-info 3:1-3:8", "fence-stray 4:1-4:8"}, "closing code fence",
		},
		{
			"stray opener before a heading", "```\nx\n```go\n```sql\n\n## Tips\n",
			[]string{"code 1-3", "h2 6:4 Tips"}, []string{"fence-info 3:1-3:6", "fence-stray 4:1-4:7"}, "closing code fence",
		},
		{
			"stray opener at the end of the file", "# a\n```\nx\n```\n```\n\n",
			[]string{"h1 1:3 a", "code 2-4"}, []string{"fence-stray 5:1-5:4"}, "stray code fence: it opens a block over the rest of the file; remove it, or the one above that is too many",
		},
		{
			"stray opener without a line end", "x\n```text",
			nil, []string{"fence-stray 2:1-2:8"}, "stray code fence",
		},
		{
			"not stray: text follows", "```\nx\n```\n```sql\nSELECT\n",
			[]string{"code 1-3", "code 4-7… sql"}, []string{"fence-unclosed 4:1-4:7"}, "this code fence is never closed; close it with a fence of its own",
		},
		{
			"not stray: text before a heading", "```\nx\n\n# y\n",
			[]string{"code 1-6…"}, []string{"fence-unclosed 1:1-1:4"}, "never closed",
		},
		{
			"unclosed after a bad closer", "```\nx\n```go\ntext\n```sql\ny\n",
			[]string{"code 1-3", "code 5-8… sql"}, []string{"fence-info 3:1-3:6", "fence-unclosed 5:1-5:7"}, `"go"`,
		},
		{
			"an indented fence closes when reading again", "```\nx\n    ```\n# y\n",
			[]string{"code 1-3", "h1 4:3 y"}, nil, "",
		},
		{
			"a longer fence never closes with a shorter one", "````\nx\n```\n# y\n",
			[]string{"code 1-6…"}, []string{"fence-unclosed 1:1-1:5"}, "never closed",
		},
		{
			"the other character never closes", "~~~\nx\n```\n# y\n",
			[]string{"code 1-6…"}, []string{"fence-unclosed 1:1-1:4"}, "never closed",
		},
		{
			"nested example as CommonMark has it", "````md\n```go\nx\n```\n````\n# y\n",
			[]string{"code 1-5 md", "h1 6:3 y"}, nil, "",
		},
		{
			"bad closer that a later fence balances", "```text\nx\n```bash\n\n---\n\n## Next\n\n```\ny\n```\n",
			[]string{"code 1-3 text", "h2 7:4 Next", "code 9-11"}, []string{"fence-info 3:1-3:8"}, `"bash"`,
		},
		{
			"balanced: code follows at once", "```text\nx\n```bash\n# y\n```\n",
			[]string{"code 1-5 text"}, nil, "",
		},
		{
			"balanced: prose follows", "```text\nx\n```bash\n\ny\n```\n# z\n",
			[]string{"code 1-6 text", "h1 7:3 z"}, nil, "",
		},
		{
			"balanced, and closing there would open the rest", "```text\nx\n```bash\n\n## y\n\n```\n",
			[]string{"code 1-7 text"}, nil, "",
		},
		{
			"good fences are left alone", "```\n```go\n```\n# y\n",
			[]string{"code 1-3", "h1 4:3 y"}, nil, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := readMarkdown(newSource("x.md", test.text), 0)
			if diff := cmp.Diff(test.want, blocks(m)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(test.kinds, kinds(m.problems)); diff != "" {
				t.Errorf("problems: -want +got\n%s", diff)
			}
			if m.problems != nil && !strings.Contains(m.problems[0].Message, test.says) {
				t.Errorf("message %q does not say %q", m.problems[0].Message, test.says)
			}
		})
	}
}

func TestHeadings(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"levels", "# a\n## b\n### c\n#### d\n##### e\n###### f\n####### g\n", []string{"h1 1:3 a", "h2 2:4 b", "h3 3:5 c", "h4 4:6 d", "h5 5:7 e", "h6 6:8 f"}},
		{"no space", "#a\n#1\n#\ta\n", []string{"h1 3:3 a"}},
		{"empty", "#\n##  \n### ###\n", []string{"h1 1:2", "h2 2:3", "h3 3:4"}},
		{"closing number signs", "# # #\n# a #\n## b ##########\n# c#\n# d # e\n# f \\#\n", []string{"h1 1:3 #", "h1 2:3 a", "h2 3:4 b", "h1 4:3 c#", "h1 5:3 d # e", "h1 6:3 f \\#"}},
		{"blanks around", "#   a  b   \n", []string{"h1 1:5 a  b"}},
		{"indented", " # a\n  # b\n   # c\n    # d\n\t# e\n", []string{"h1 1:4 a", "h1 2:5 b", "h1 3:6 c"}},
		{"emphasis stays", "## **Bold** `code` é\n", []string{"h2 1:4 **Bold** `code` é"}},
		{"setext", "a\n===\n\nb\n---\n\nc\n=\n\nd\n-\n", []string{"h1 1:1 a", "h2 4:1 b", "h1 7:1 c", "h2 10:1 d"}},
		{"setext over lines", "  a\n b\n---\n", []string{"h2 1:3 a\n b"}},
		{"setext with blanks", "a\n   ===  \n", []string{"h1 1:1 a"}},
		{"no setext after a blank line", "a\n\n---\n===\n", nil},
		{"no setext with blanks inside", "a\n= =\n- -\n", nil},
		{"no setext of a heading", "# a\n---\n", []string{"h1 1:3 a"}},
		{"no setext of a link definition", "[a]: /url\n---\n[b]: <x> \"title\"\n===\n", nil},
		{"no setext of the definitions above it", "[a]: /url 'title'\n[b]: /url (title)\ntext\n===\n", []string{"h1 3:1 text"}},
		{"setext of what is no definition", "[a]: one two\n---\n[]: b\n---\n[c]: d \"e\" f\n---\n[g]: h (i\n---\n", []string{"h2 1:1 [a]: one two", "h2 3:1 []: b", "h2 5:1 [c]: d \"e\" f", "h2 7:1 [g]: h (i"}},
		{"not in code", "```\n# a\n```\n    # b\n", nil},
		{"not in a comment", "<!-- # a\n# b\n--> # c\n# d\n<!-- x -->\n# e\n<!-->\n# f\n", []string{"h1 4:3 d", "h1 6:3 e", "h1 8:3 f"}},
		{"comment inside a list item ends with it", "- <!--\n  # a\n# b\n", []string{"h1 3:3 b"}},
		{"not in a list item", "- # a\n  # b\n  c\n  ---\n# d\n", []string{"h1 5:3 d"}},
		{"not in a block quote", "> # a\n> b\n> ---\n", nil},
		{"a lazy line of a list item underlines nothing", "- a\n===\n# b\n", []string{"h1 3:3 b"}},
		{"a lazy line of a block quote is no heading", "> a\nb\n---\n> c\n===\n", nil},
		{"a line after a code block in a quote is a paragraph", "> ```\n> a\nb\n---\n", []string{"h2 3:1 b"}},
		{"a line after a heading in a quote is a paragraph", "> # a\nb\n---\n> - c\nd\n===\n", []string{"h2 2:1 b"}},
		{"an item without text ends at a blank line", "-\n\n  # a\n", []string{"h1 3:5 a"}},
		{"an item without text goes on", "-\n  # a\n1.\n   b\n   # c\n", nil},
		{"a list item may follow another", "2. a\n3. b\n   # c\n# d\n", []string{"h1 4:3 d"}},
		{"a list must begin with 1 to end a paragraph", "a\n2. b\n===\n", []string{"h1 1:1 a\n2. b"}},
		{"an empty item ends no paragraph", "a\n*\n===\n", []string{"h1 1:1 a\n*"}},
		{"numbers of ten digits begin no list", "1234567890. a\n   # b\n", []string{"h1 2:6 b"}},
		{"rules", "a\n***\nb\n_ _ _\n- - -\n# c\n", []string{"h1 6:3 c"}},
		{"an indented line goes on with a paragraph", "a\n     b\n---\n", []string{"h2 1:1 a\n     b"}},
		{"text after a list", "- a\n\nb\n---\n", []string{"h2 3:1 b"}},
		{"columns count code points", "é\n===\n#   日本 \n", []string{"h1 1:1 é", "h1 3:5 日本"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, eol := range []string{"\n", "\r\n"} {
				text := strings.ReplaceAll(test.text, "\n", eol)
				m := scanMarkdown(newSource("x.md", text), 0, strict, -1)
				if diff := cmp.Diff(test.want, withoutCode(blocks(m))); diff != "" {
					t.Errorf("line ends %q: -want +got\n%s", eol, diff)
				}
				for _, h := range m.headings {
					checkText(t, text, h.text, "heading")
				}
			}
		})
	}
}

func withoutCode(blocks []string) []string {
	var list []string
	for _, b := range blocks {
		if !strings.HasPrefix(b, "code") {
			list = append(list, b)
		}
	}
	return list
}

func TestDeepListsAreText(t *testing.T) {
	text := strings.Repeat("- ", maxItems+1) + "a\n\n" + strings.Repeat(" ", 2*maxItems+2) + "# b\n# c\n"
	m := scanMarkdown(newSource("x.md", text), 0, strict, -1)
	if diff := cmp.Diff([]string{"h1 4:3 c"}, blocks(m)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// structure is what both readers see of a text: its headings at the top level,
// and the code fences that are in no block quote.
type structure []string

func (s *structure) heading(level int, p Pos, empty bool) {
	if empty {
		p.Column = 0
	}
	*s = append(*s, fmt.Sprintf("h%d %d:%d", level, p.Line, p.Column))
}

func goldmarkStructure(text string) structure {
	var list structure
	s := newSource("", text)
	doc := goldmark.DefaultParser().Parse(gmtext.NewReader([]byte(text)))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Blockquote:
			return ast.WalkSkipChildren, nil
		case *ast.FencedCodeBlock:
			list = append(list, fmt.Sprintf("code %d", s.pos(n.Pos()).Line))
		case *ast.Heading:
			if n.Parent() != doc {
				break
			}
			if n.Lines().Len() == 0 {
				list.heading(n.Level, s.pos(n.Pos()), true)
			} else {
				list.heading(n.Level, s.pos(n.Lines().At(0).Start), false)
			}
		}
		return ast.WalkContinue, nil
	})
	return list
}

func ourStructure(m *markdown) structure {
	var list structure
	headings := m.headings
	flush := func(line int) {
		for ; len(headings) > 0 && headings[0].line < line; headings = headings[1:] {
			list.heading(headings[0].level, headings[0].text.Pos, headings[0].text.Value == "")
		}
	}
	for _, f := range m.fences {
		flush(f.open)
		list = append(list, fmt.Sprintf("code %d", f.open+1))
	}
	flush(1 << 30)
	return list
}

// holdsHTML reports whether goldmark finds an HTML block other than a comment.
// There we differ on purpose: the tags of a prompt are no HTML.
func holdsHTML(text string) bool {
	found := false
	doc := goldmark.DefaultParser().Parse(gmtext.NewReader([]byte(text)))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.HTMLBlock); ok && h.HTMLBlockType != ast.HTMLBlockType2 {
			found = true
		}
		return ast.WalkContinue, nil
	})
	return found
}

// TestScannerAgreesWithGoldmark reads texts made of every kind of line with both.
// Left out are lines that goldmark 1.8 reads otherwise than the specification:
// tabs after a list marker or after spaces, and items without text.
func TestScannerAgreesWithGoldmark(t *testing.T) {
	lines := rapid.SampledFrom([]string{
		"", "a", "b c", "# h", "## h ##", "#", "#x", "### #", `# h \#`, "###### x", "####### x", "===", "=", "---", "--", "- - -", "***", "* ***",
		"```", "```go", "````", "~~~", "~~~ x", "``` `", "- a", "1. a", "1. - a", "2. b", "10) c", "- ```", "- # h", "- - a", "+ a\tb", "- > a",
		"> a", "> # h", ">", "> ```", "> - a", "<!-- c -->", "<!--", "-->", "<!-->", "[a]: b", "[a]: b c", `[a b]: c "d"`, "[a]: b (c)",
	})
	indent := rapid.SampledFrom([]string{"", "", "", "", " ", "  ", "   ", "    ", "     ", "      ", "\t"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 9).Draw(t, "lines") {
			b.WriteString(indent.Draw(t, "indent") + lines.Draw(t, "line") + "\n")
		}
		text := b.String()
		got := ourStructure(scanMarkdown(newSource("", text), 0, strict, -1))
		if diff := cmp.Diff(goldmarkStructure(text), got); diff != "" {
			t.Fatalf("%q: -goldmark +ours\n%s", text, diff)
		}
	})
}

// TestCorporaAgreeWithGoldmark compares the blocks of real files. Files with raw
// HTML are left out, since we read no HTML. Where fences are broken, what is
// compared is the first reading, before anything is mended.
func TestCorporaAgreeWithGoldmark(t *testing.T) {
	compared, mended, html := 0, 0, 0
	for _, f := range shared(t, "corpora") {
		p := Read(f)
		body := p.Body.Value
		if holdsHTML(body) {
			html++
			continue
		}
		m := scanMarkdown(newSource("", body), 0, strict, -1)
		if again := readMarkdown(newSource("", body), 0); again.problems == nil {
			compared++
			m = again
		} else {
			mended++
		}
		if diff := cmp.Diff(goldmarkStructure(body), ourStructure(m)); diff != "" {
			t.Errorf("%s: -goldmark +ours, lines from %d\n%s", f.Path, p.Body.Pos.Line, diff)
		}
	}
	t.Logf("compared %d files as they are and %d before fences were mended; left out %d with raw HTML", compared, mended, html)
	if compared < 600 || mended < 150 {
		t.Errorf("compared %d and %d files; want at least 600 and 150", compared, mended)
	}
}
