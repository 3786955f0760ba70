package library

import (
	"promptlib/schema"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// written are texts that the fuzzers begin with: whole prompts of each dialect,
// and the ways in which parts of them go wrong.
var written = []string{
	promptA,
	promptB,
	strings.ReplaceAll(promptB, "\n", "\r\n"),
	bom + promptA,
	"You are a helper.\n\n# Title\n\nText with {{a}}.\n",
	"---\ntitle: 'T'\ntags: [a, \"b\", {c: d}]\nnotes: |\n  x\n  ---\n\n  \ty\nempty:\n---\nBody.",
	"---\na: one\n  two\n\n  three # c\nb: >-\n  x\nc: \"y\\\n  z\"\nd:\n- e\n - f\n---\n",
	"---\na: &x [1, *x]\n<<: *x\n! b: !!str c\n? [k]\n: v\n{{n}}: m\na: 2\n---\n",
	"---\na: b c\n  d\ne: \"f: #\"\ng: 'h'\ni:\n- j\n- 'k'\nl:\n  - 1.10\nm: é\n---\nn\n",
	"---\n&!0:\n  \n---\nb",
	"---\na: b\n\n# Title\n\n---\n\n## Prompt\n",
	"---\na: b\n<purpose>\nx\n</purpose>\n",
	"---\na: x\x00\u2028y\r\n\tb: \xff\n...\nc: [\n---\n",
	"\n---\n<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> other\n---\n",
	"---\na: \"C:\\path\"\n---\n",
	"# A\n\nB\n===\n\n## C ##\n\n- # D\n\n  ```go\n  x\n  ```\n> E\nF\n---\n<!-- G\n# H\n-->\n[i]: j\n---\n",
	"```text\n# A\n```text\n\n## B\n\n```sql\nx\n```bash\n```bash\n\n---\n\n## C\n",
	"**A:** b\n\n**C**\n- d\n[... continues ...]\n",
	"<context>\nx\n</contxt>\n<a>\n<a>\ny</a>\n</a>\n</notes>\n<notes>\n```\n</notes>\n",
	"<examples>\nExample 1: One\nInput: {\"a\\u0062\": \"[x]\", \"c\": {\n  \"d\": 1}}\nOutput:\n{\n  \"e\": \"\"\"\nExample 2:\nInput: f\n\"\"\",\n}\n\nExample 2:\nInput:\n```\ng\n```\nOutput:\n```json\n[1,\n2]\n```\n---\n</examples>\n",
	"## Prompt\n\n[a_b] {{c}} {d} [e](f) [0] x[i] [x] [g h]\n\n## Variables\n\n- `[a_b]`: x\n- **d:** y\n\n| `[j]` | z |\n\n## Examples\n\n### Example 1: K\n\n**Input:**\n\nfirst\n[a_b]: l\nm\n- `{{c}}`: n\n\n**Expected Output (excerpt)**\n\n| o |\n\n## Related\n\n- [P](p.md \"q\")\n- `r`\n- s-t: u\n",
}

// parsed parses a text three times, one of them in the memory of a prompt that
// was released, and checks what was read.
func parsed(t *testing.T, text string) *Prompt {
	t.Helper()
	p := Parse("x.md", text)
	Parse("x.md", text).Release()
	again := Parse("x.md", text)
	p.own, again.own = nil, nil
	if !reflect.DeepEqual(p, again) {
		t.Fatalf("two readings differ:\n%+v\n%+v", p, again)
	}
	if p.Body.Pos.Line == 0 { // an empty file
		if len(p.Problems) != 1 || p.Problems[0].Kind != EmptyFile || !isBlank(strings.TrimPrefix(text, bom)) {
			t.Fatalf("no body, but the problems %v", p.Problems)
		}
		return p
	}
	checkPrompt(t, text, p)
	return p
}

func FuzzFrontMatter(f *testing.F) {
	for _, text := range written {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkQuickHeader(t, text)
		p := parsed(t, text)
		if p.Front.Root != nil && p.Front.Root.Type != Map {
			t.Fatalf("front matter is a %s", p.Front.Root.Type)
		}
		for _, q := range p.Problems {
			if unsound[q.Kind] && p.Front.Sound {
				t.Fatalf("front matter is sound, with %s", q.Message)
			}
		}
		if p.Front.Closed {
			between := text[p.Front.Place.End.Offset:p.Body.Pos.Offset]
			if strings.TrimSpace(between) != delimiter {
				t.Fatalf("%q between header and body", between)
			}
		}
		value := p.Front.Root.JSON()
		for _, name := range []string{"front-matter-a", "front-matter-b", "config"} {
			if p.Front.Root.fits(schema.Get(name).Table()) && schema.Get(name).Validate(value) != nil {
				t.Errorf("front matter fits the table of %s and breaks the schema", name)
			}
		}

		node, problems := ReadYAML("x.yaml", []byte(text))
		if node == nil && problems == nil && strings.Trim(strings.TrimPrefix(text, bom), " \n\r") != "" && !strings.ContainsAny(text, "#%-.") {
			t.Fatal("nothing has been read, and nothing is said")
		}
		checkNode(t, text, node)
		node.JSON()
		for _, q := range problems {
			checkPlace(t, text, q.At, string(q.Kind))
		}
	})
}

func FuzzSections(f *testing.F) {
	for _, text := range written {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := parsed(t, text)
		checkMarkdown(t, text)
		for _, sections := range [][]Section{p.Sections, ReadSections(text), Outline(text)} {
			if !slices.IsSortedFunc(sections, func(a, b Section) int { return a.Heading.Pos.Offset - b.Heading.Pos.Offset }) {
				t.Fatal("sections are not in order")
			}
			for _, s := range sections {
				checkText(t, text, s.Heading, "heading")
				checkText(t, text, s.Body, "body")
				if normal := s.Normal(); NormalHeading(normal) != normal {
					t.Fatalf("normal heading %q is not normal", normal)
				}
			}
		}
		if at := Elision(text); at >= len(text) || at > 0 && text[at-1] != '\n' {
			t.Fatalf("elided at offset %d of %d", at, len(text))
		}
		CodeBlocks(text)
	})
}

// checkMarkdown holds the block structure of a text against itself.
func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	s := newSource("x.md", text)
	m := readMarkdown(s, 0)
	line := -1
	code := make([]bool, s.count())
	for _, f := range m.fences {
		if f.open <= line || f.close < f.open || f.close > s.count() || f.fenced && f.close == f.open {
			t.Fatalf("code block from line %d to %d after line %d", f.open, f.close, line)
		}
		line = f.close
		for i := f.open; i <= f.close && i < s.count(); i++ {
			code[i] = true
		}
	}
	if !slices.Equal(code, m.code) {
		t.Fatalf("lines of code %v, in blocks %v", m.code, code)
	}
	line = -1
	for _, h := range m.headings {
		if h.line <= line || h.last < h.line || h.level < 1 || h.level > 6 || m.code[h.line] || m.code[h.last] {
			t.Fatalf("heading from line %d to %d after line %d", h.line, h.last, line)
		}
		line = h.last
	}
}

func FuzzVariables(f *testing.F) {
	for _, text := range written {
		f.Add(text)
	}
	f.Add("[a] {b} {{c}} ![d] e[f] [g](h) [x] [a\nb] {{{i}}} [[j]] [k {l}]")
	f.Fuzz(func(t *testing.T, text string) {
		s := newSource("x.md", text)
		end := 0
		for _, p := range placeholders(text) {
			if p.start < end || p.end <= p.start || p.end > len(text) || !strings.Contains(text[p.start:p.end], p.name) || p.name == "" {
				t.Fatalf("placeholder %+v after offset %d", p, end)
			}
			checkText(t, text, p.text(s, 0), "name")
			end = p.end
		}
		for _, name := range documentedNames(s, s.first, len(text)) {
			checkText(t, text, name, "documented name")
		}

		// In a prompt: filling in nothing gives back the text, a value is not
		// filled in again.
		p := parsed(t, "## Prompt\n"+text)
		got, unbound := Fill(p.Template.User, nil)
		if !strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), got) {
			t.Fatalf("a template without values is %q", got)
		}
		values := map[string]string{}
		size := 0
		for _, part := range p.Template.User {
			if part.Variable.Value == "" {
				size += len(part.Literal)
				continue
			}
			values[part.Variable.Value] = "{{a}}[a_b]"
			size += len("{{a}}[a_b]")
		}
		if len(unbound) != len(values) {
			t.Fatalf("%d variables are unbound, want %d", len(unbound), len(values))
		}
		if got, unbound := Fill(p.Template.User, values); len(got) != size || unbound != nil {
			t.Fatalf("filled in: %d bytes, want %d; unbound %v", len(got), size, unbound)
		}
		parsed(t, "<purpose>\nx\n</purpose>\n<variables>\n"+text+"\n</variables>\n")
	})
}

func FuzzExamples(f *testing.F) {
	for _, text := range written {
		f.Add(text)
	}
	f.Add("Example 1:\nInput: a\nOutput: {\"b\": 1}\nExample 2: c\nInput:\n```\nd\n```\n")
	f.Add("### Input\n[a]: b\nc\n{{d}}: e\n### Expected Output\n**f:** g\n")
	f.Fuzz(func(t *testing.T, text string) {
		parsed(t, text)
		for _, p := range []*Prompt{
			parsed(t, "<examples>\n"+text+"\n</examples>\n"),
			parsed(t, "## Prompt\nx\n## Example\n"+text),
		} {
			end := 0
			for _, e := range p.Examples {
				for _, x := range []Text{e.Marker, e.Input, e.Output} {
					if x.Pos.Offset < end && !x.IsZero() && e.Input.Pos.Offset <= e.Output.Pos.Offset {
						t.Fatalf("%s is read twice", place(x))
					}
				}
				end = max(end, e.Input.End.Offset, e.Output.End.Offset)
			}
		}
		kind, _, err := outputKind(text, "")
		if (kind == InvalidJSON) != (err != nil) || err != nil && (err.Offset < 0 || err.Offset > len(text)) {
			t.Fatalf("kind %s, error %v", kind, err)
		}
	})
}
