package library

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDialects(t *testing.T) {
	names := map[string]bool{}
	for _, d := range Dialects {
		if d.Name == "" || names[d.Name] || len(d.Doc) < 20 || strings.HasSuffix(d.Doc, ".") {
			t.Errorf("dialect %q: want a name of its own and a sentence without full stop, got %q", d.Name, d.Doc)
		}
		if !regexp.MustCompile(`^[A-Za-z]+$`).MatchString(d.Name) || d.detect == nil || d.read == nil {
			t.Errorf("dialect %q is not complete", d.Name)
		}
		names[d.Name] = true
	}
	if got := Dialects[len(Dialects)-1]; !got.detect(nil) {
		t.Errorf("the last dialect, %s, does not take every file", got.Name)
	}
}

func TestDetectDialect(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"tag alone on a line", "<purpose>\nHelp.\n</purpose>\n", "A"},
		{"any of the tags", "Text.\n\n<notes>\nx\n</notes>\n", "A"},
		{"tag never closed", "<context>\nx\n", "A"},
		{"tag and headings", "# T\n## Prompt\n<purpose>\nx\n</purpose>\n", "A"},
		{"another tag", "<role>\nx\n</role>\n", "plain"},
		{"tag in the middle of a line", "Write <purpose> here.\n", "plain"},
		{"tag indented", "  <purpose>\n  x\n  </purpose>\n", "plain"},
		{"tag in a code block", "```\n<purpose>\nx\n</purpose>\n```\n", "plain"},
		{"tag in the front matter", "---\na: |\n  <purpose>\n---\nText.\n", "plain"},
		{"prompt heading", "# T\n\n## Prompt\n\nDo it.\n", "B"},
		{"prompt heading with decoration", "## 🎯 The Prompt:\nDo it.\n", "B"},
		{"prompt template", "## Prompt Template\nDo it.\n", "B"},
		{"prompt heading of another level", "# Prompt\n### Prompt\nDo it.\n", "plain"},
		{"prompt heading in a code block", "```\n## Prompt\n```\n", "plain"},
		{"two customary headings and governance", "---\nrisk_level: low\n---\n## Description\nx\n## Tips\ny\n", "B"},
		{"one customary heading and governance", "---\nrisk_level: low\n---\n## Description\nx\n## Other\ny\n", "plain"},
		{"two customary headings without governance", "---\ntitle: T\n---\n## Description\nx\n## Tips\ny\n", "plain"},
		{"governance alone", "---\ngovernance_tags: [a]\n---\nText.\n", "plain"},
		{"no front matter", "## Description\nx\n## Tips\ny\n", "plain"},
		{"text", "You are a helper.\n", "plain"},
		{"empty file", " \n\n", "plain"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Parse("x.md", test.text).Dialect; got != test.want {
				t.Errorf("dialect %s, want %s", got, test.want)
			}
		})
	}
}

const promptA = `---
title: Sorter
---
Before the tags.

<purpose>
Sort {{items}} by [sort_key].
</purpose>

<variables>
- items: what to sort
- sort_key: by what
- limit: how many
</variables>

<instructions>
Keep {limit} and [steps].
</instructions>

<examples>
Example 1: Two fruits
Input:
{"items": ["b", "a"], "unknown": {"x": 1}}
Output:
["a", "b"]
</examples>

<notes>
Stable.
</notes>
After them.
`

func TestDialectA(t *testing.T) {
	p := Parse("x.md", promptA)
	if p.Problems != nil {
		t.Fatal(p.Problems)
	}
	if diff := cmp.Diff([]string{
		`1 6:2-6:9 "purpose": 7:1-7:30 "Sort {{items}} by [sort_key]."`,
		`1 10:2-10:11 "variables": 11:1-13:18 "- items: what to sort\n- sort_key: by what\n- limit: how many"`,
		`1 16:2-16:14 "instructions": 17:1-17:26 "Keep {limit} and [steps]."`,
		`1 20:2-20:10 "examples": 21:1-25:11 "Example 1: Two fruits\nInput:\n{\"items\": [\"b\", \"a\"], \"unknown\": {\"x\": 1}}\nOutput:\n[\"a\", \"b\"]"`,
		`1 28:2-28:7 "notes": 29:1-29:8 "Stable."`,
	}, sectionLines(p.Sections)); diff != "" {
		t.Errorf("sections: -want +got\n%s", diff)
	}
	for _, s := range p.Sections {
		if !s.Tagged {
			t.Errorf("section %s is not tagged", s.Heading.Value)
		}
	}
	if diff := cmp.Diff([]string{
		`items: 11:3-11:8 "items", 7:8-7:13 "items"`,
		`sort_key: 12:3-12:11 "sort_key", 7:20-7:28 "sort_key"`,
		`limit: 13:3-13:8 "limit", 17:7-17:12 "limit"`,
	}, variableLines(p.Variables)); diff != "" {
		t.Errorf("variables: -want +got\n%s", diff)
	}
	message, unbound := Fill(p.Template.System, map[string]string{"items": "[sort_key]", "limit": "{{items}}"})
	want := "Before the tags.\n\n<purpose>\nSort [sort_key] by [sort_key].\n</purpose>\n\n" +
		"<instructions>\nKeep {{items}} and [steps].\n</instructions>\n\n<notes>\nStable.\n</notes>\nAfter them."
	if diff := cmp.Diff(want, message); diff != "" {
		t.Errorf("what is sent: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{`7:20-7:28 "sort_key"`}, places(unbound)); diff != "" {
		t.Errorf("unbound: -want +got\n%s", diff)
	}
	if !p.Template.Input || p.Template.User != nil {
		t.Errorf("the user message is to be the input of the example, got %v", p.Template)
	}
	if p.Related != nil {
		t.Errorf("related %v, want none", p.Related)
	}
}

func TestDialectAInputUsesVariables(t *testing.T) {
	p := Parse("x.md", "<variables>\n- a: x\n- b: y\n</variables>\n<examples>\nInput:\n{\n  \"a\": 1,\n  \"c\": 2\n}\nOutput: z\n</examples>\n")
	want := []string{`a: 2:3-2:4 "a", 8:4-8:5 "a"`, `b: 3:3-3:4 "b", -`}
	if diff := cmp.Diff(want, variableLines(p.Variables)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

const promptB = `---
title: Reviewer
---
# Prompt Reviewer

## Description

Reviews [code].

## Prompt

` + "```text" + `
Review [code_text] for [team] and {{tone}}.
Then [give] a {grade} of [1-10] or [any phrase].
Again [team].
` + "```" + `

## Variables

- ` + "`[team]`" + `: who asks
- ` + "`{grade}`" + `: how good
- ` + "`[unused]`" + `: nothing

## Example Usage

**Input:**

` + "```text" + `
[code_text]: x := 1
[give]: hand out
` + "```" + `

**Output:**

Fine.

## Related Prompts

- [Other](other.md "title")
- ` + "`pair-programmer`" + `
- code-sorter: sorts
- not a name
- word
Text.
`

func TestDialectB(t *testing.T) {
	p := Parse("x.md", promptB)
	if p.Problems != nil {
		t.Fatal(p.Problems)
	}
	var headings []string
	for _, s := range p.Sections {
		headings = append(headings, s.Normal())
	}
	if diff := cmp.Diff([]string{"prompt reviewer", "description", "prompt", "variables", "example usage", "related prompts"}, headings); diff != "" {
		t.Errorf("sections: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		`team: 20:5-20:9 "team", 13:25-13:29 "team"`,
		`grade: 21:5-21:10 "grade", 14:16-14:21 "grade"`,
		`unused: 22:5-22:11 "unused", -`,
		`code_text: -, 13:9-13:18 "code_text"`,
		`tone: -, 13:37-13:41 "tone"`,
		`give: -, 14:7-14:11 "give"`,
	}, variableLines(p.Variables)); diff != "" {
		t.Errorf("variables: -want +got\n%s", diff)
	}
	message, unbound := Fill(p.Template.User, map[string]string{"team": "us", "grade": "B", "code_text": "[team]", "give": "{{tone}}"})
	if want := "Review [team] for us and {{tone}}.\nThen {{tone}} a B of [1-10] or [any phrase].\nAgain us."; message != want {
		t.Errorf("got %q, want %q", message, want)
	}
	if diff := cmp.Diff([]string{`13:37-13:41 "tone"`}, places(unbound)); diff != "" {
		t.Errorf("unbound: -want +got\n%s", diff)
	}
	if p.Template.System != nil || p.Template.Input {
		t.Errorf("want a user message alone, got %v", p.Template)
	}
	if diff := cmp.Diff([]string{`39:11-39:19 "other.md"`, `40:4-40:19 "pair-programmer"`, `41:3-41:14 "code-sorter"`}, places(p.Related)); diff != "" {
		t.Errorf("related: -want +got\n%s", diff)
	}
}

func TestDialectBTemplate(t *testing.T) {
	tests := []struct {
		name         string
		body         string
		system, user string
	}{
		{"one code block is what is sent", "## Prompt\n\nUse this:\n\n```\nDo it.\n```\n\nAnd nothing else.\n", "", "Do it."},
		{"no code block", "## Prompt\n\nDo it.\n\n### Steps\n\nOne.\n\n---\n\n***\n## Tips\nx\n", "", "Do it.\n\n### Steps\n\nOne."},
		{"two code blocks", "## Prompt\n\n```\na\n```\nor\n```\nb\n```\n---\n", "", "```\na\n```\nor\n```\nb\n```"},
		{"a rule in a code block stays", "## Prompt\n\n```\na\n```\n```\nb\n---\n", "", "```\na\n```\n```\nb\n---"},
		{"code block that is never closed", "## Prompt\n\n```\nDo it.\n", "", "Do it."},
		{"code block closed by a bad fence", "## Prompt\n\n```text\nDo it.\n```bash\n\n---\n\n## Tips\n\nx\n", "", "Do it."},
		{"empty code block", "## Prompt\n\n```\n```\n", "", ""},
		{"system section", "## System\n\nBe kind.\n\n## Prompt\n\nDo it.\n", "Be kind.", "Do it."},
		{"system section alone", "---\nrisk_level: low\n---\n## System\n\nBe kind.\n\n## Description\n\nx\n\n## Tips\n\ny\n", "", ""},
		{"the first that is not empty", "## Prompt\n\n---\n\n## The Prompt\n\nDo it.\n", "", "Do it."},
		{"empty", "## Prompt\n\n---\n", "", ""},
		{"the title is no prompt", "# Prompt\n\nAbout.\n\n## Prompt\n\nDo it.\n", "", "Do it."},
		{"a deeper heading is no prompt", "## Prompt\n\n### Prompt\n\nDo it.\n", "", "### Prompt\n\nDo it."},
		{"CR LF", "## Prompt\r\n\r\nDo\r\nit.\r\n", "", "Do\nit."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse("x.md", test.body)
			if p.Dialect != "B" {
				t.Fatalf("dialect %s", p.Dialect)
			}
			system, _ := Fill(p.Template.System, nil)
			user, _ := Fill(p.Template.User, nil)
			if system != test.system || user != test.user {
				t.Errorf("got %q and %q, want %q and %q", system, user, test.system, test.user)
			}
			if got, want := p.Template.IsZero(), test.user == ""; got != want {
				t.Errorf("IsZero = %t, want %t", got, want)
			}
		})
	}
}

func TestDialectPlainIsNotRun(t *testing.T) {
	p := Parse("x.md", "# T\n\nDo [some_thing] with {{x}}.\n\n- Input: a\n")
	if !p.Template.IsZero() || p.Variables != nil || p.Examples != nil {
		t.Errorf("got %v, %v, %v; want nothing to run", p.Template, p.Variables, p.Examples)
	}
	if diff := cmp.Diff([]string{`1 1:3-1:4 "T": 3:1-5:11 "Do [some_thing] with {{x}}.\n\n- Input: a"`}, sectionLines(p.Sections)); diff != "" {
		t.Errorf("sections: -want +got\n%s", diff)
	}
}

func TestSectionsInSectionsAreReadOnce(t *testing.T) {
	p := Parse("x.md", "## Prompt\nDo [a_b].\n# Examples\n## Example\n**Input:**\n[a_b]: 1\n**Output:**\nx\n# Related\n## Related Prompts\n- `p-q`\n")
	if len(p.Examples) != 1 {
		t.Errorf("%d examples, want 1", len(p.Examples))
	}
	if diff := cmp.Diff([]string{`11:4-11:7 "p-q"`}, places(p.Related)); diff != "" {
		t.Errorf("related: -want +got\n%s", diff)
	}
}
