package evals

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/schema"
)

// contractFile is a prompt with an eval key in its front matter, of which only
// the lines from the third on are given.
func contractFile(eval string) string {
	return "---\ntitle: T\n" + eval + "---\n<purpose>\nYou help.\n</purpose>\n<examples>\nInput: x\nOutput: {\"a\": 1}\n</examples>\n"
}

// readContract writes a library, with the prompt lib/p/x.md, into a folder of
// its own and reads the contract of the prompt there.
func readContract(t *testing.T, files map[string]string) (*Contract, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return ReadContract(library.Parse("lib/p/x.md", files["lib/p/x.md"]), "lib")
}

// violations holds a JSON text against a schema and lists places and keywords.
func violations(t *testing.T, s *schema.Schema, text string) []string {
	t.Helper()
	value, err := schema.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, v := range s.Validate(value) {
		list = append(list, v.Pointer+" "+v.Keyword)
	}
	return list
}

func TestReadContractIsNilWhereNoneIsDeclared(t *testing.T) {
	for name, text := range map[string]string{
		"front matter without eval": contractFile(""),
		"no front matter":           "<purpose>\nYou help.\n</purpose>\n",
		"broken front matter":       "---\n[\n---\n<purpose>\nYou help.\n</purpose>\n",
		"empty file":                "",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := readContract(t, map[string]string{"lib/p/x.md": text})
			if c != nil || err != nil {
				t.Errorf("got %+v and %v, want neither", c, err)
			}
		})
	}
}

var samePattern = cmp.Comparer(func(a, b *regexp.Regexp) bool { return a == b || a != nil && b != nil && a.String() == b.String() })

func TestReadContract(t *testing.T) {
	number, count, seed := func(f float64) *float64 { return &f }, func(n int) *int { return &n }, 1<<53+1
	tests := []struct {
		name    string
		eval    string // below eval in the front matter, and alone in the file beside the prompt
		want    Contract
		accepts string // by the schema
		refuses string
		because string
	}{
		{
			name: "sections with and without aliases",
			eval: "sections: [Summary, {heading: Next steps, aliases: [Actions, To do]}, {heading: Risk}]\n",
			want: Contract{Sections: []Section{{Heading: "Summary"}, {Heading: "Next steps", Aliases: []string{"Actions", "To do"}}, {Heading: "Risk"}}},
		},
		{
			name: "every check, in order",
			eval: "checks:\n" +
				"  - contains: p99\n  - not-contains: TODO\n  - equals: 'yes'\n  - starts-with: '{'\n  - ends-with: '}'\n" +
				"  - regex: '^\\d+$'\n  - code-block: sql\n  - min-words: 3\n  - max-words: 1e2\n" +
				"  - max-latency: 1.5s\n  - max-cost: 1e-2\n",
			want: Contract{Checks: []Check{
				{Name: "contains", Want: "p99"}, {Name: "not-contains", Want: "TODO"}, {Name: "equals", Want: "yes"}, {Name: "starts-with", Want: "{"}, {Name: "ends-with", Want: "}"},
				{Name: "regex", Want: `^\d+$`, Pattern: regexp.MustCompile(`^\d+$`)}, {Name: "code-block", Want: "sql"}, {Name: "min-words", Want: "3"}, {Name: "max-words", Want: "100"},
				{Name: "max-latency", Want: "1.5s"}, {Name: "max-cost", Want: "0.01"},
			}},
		},
		{
			name: "parameters, zero among them",
			eval: "parameters: {temperature: 0, top_p: 0.25, max_tokens: 1e3, seed: 9007199254740993}\n",
			want: Contract{Parameters: Parameters{Temperature: number(0), TopP: number(0.25), MaxTokens: count(1000), Seed: &seed}},
		},
		{
			name: "parameters in hexadecimal and negative",
			eval: "parameters: {max_tokens: 0x10, seed: -1}\n",
			want: Contract{Parameters: Parameters{MaxTokens: count(16), Seed: count(-1)}},
		},
		{
			name:    "schema inline",
			eval:    "schema: {type: object, required: [a], properties: {a: {type: integer}}}\n",
			accepts: `{"a": 1}`, refuses: `{"a": "1"}`, because: "/a type",
		},
		{
			name:    "schema inline with a reference to a file of the library",
			eval:    "schema: {properties: {a: {$ref: ../shared/name.json}}}\n",
			accepts: `{"a": "b"}`, refuses: `{"a": 1}`, because: "/a type",
		},
		{
			name:    "schema beside the prompt",
			eval:    "schema: x.schema.json\n",
			accepts: `"b"`, refuses: `1`, because: " type",
		},
		{
			name:    "schema elsewhere in the library",
			eval:    "schema: ../shared/name.json\n",
			accepts: `"b"`, refuses: `1`, because: " type",
		},
		{
			name:    "schema through a link inside the library",
			eval:    "schema: linked.json\n",
			accepts: `"b"`, refuses: `1`, because: " type",
		},
	}
	for _, test := range tests {
		for _, place := range []string{"in front matter", "beside the prompt"} {
			t.Run(test.name+" "+place, func(t *testing.T) {
				files := map[string]string{
					"lib/p/x.schema.json":  `{"$ref": "../shared/name.json"}`,
					"lib/shared/name.json": `{"type": "string"}`,
					"lib/p/linked.json":    "-> ../shared/name.json",
					"lib/p/x.md":           contractFile(""),
					"lib/p/x.eval.yaml":    test.eval,
				}
				if place == "in front matter" {
					delete(files, "lib/p/x.eval.yaml")
					files["lib/p/x.md"] = contractFile("eval:\n  " + strings.ReplaceAll(strings.TrimSuffix(test.eval, "\n"), "\n", "\n  ") + "\n")
				}
				c, err := readContract(t, files)
				if err != nil {
					t.Fatal(err)
				}
				if c.Node == nil {
					t.Error("the contract does not say where it stands")
				}
				s := c.Schema
				c.Schema, c.Node = nil, nil
				if diff := cmp.Diff(*c, test.want, samePattern); diff != "" {
					t.Errorf("contract, got - want +:\n%s", diff)
				}
				if (s != nil) != (test.accepts != "") {
					t.Fatalf("got schema %v, want one: %v", s, test.accepts != "")
				}
				if s == nil {
					return
				}
				if list := violations(t, s, test.accepts); list != nil {
					t.Errorf("%s: got violations %q, want none", test.accepts, list)
				}
				if diff := cmp.Diff(violations(t, s, test.refuses), []string{test.because}); diff != "" {
					t.Errorf("%s: violations, got - want +:\n%s", test.refuses, diff)
				}
			})
		}
	}
}

// checkErrors compares the lines of an error. What is wanted may end in * for
// the words of another package.
func checkErrors(t *testing.T, err error, want []string) {
	t.Helper()
	got := strings.Split(err.Error(), "\n")
	for i := range min(len(got), len(want)) {
		if head, ok := strings.CutSuffix(want[i], "*"); ok && strings.HasPrefix(got[i], head) {
			got[i] = want[i]
		}
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("error, got - want +:\n%s", diff)
	}
}

func TestReadContractReportsEveryMistakeAtItsPlace(t *testing.T) {
	tests := []struct {
		name string
		eval string // from the third line of lib/p/x.md on
		want []string
	}{
		{"empty", "eval:\n", []string{`lib/p/x.md:3:6: eval: *`}},
		{"list", "eval: [a]\n", []string{`lib/p/x.md:3:7: eval: *`}},
		{"unknown key", "eval:\n  schemas: {}\n", []string{`lib/p/x.md:4:3: eval: key "schemas" is not known here; did you mean "schema"?`}},
		{"several mistakes in the order of the file",
			"eval:\n  parameters: {temperature: 3}\n  sections: []\n  checks:\n    - contain: x\n    - min-words: -1\n", []string{
				`lib/p/x.md:4:29: eval: key "parameters.temperature"*`,
				`lib/p/x.md:5:13: eval: key "sections"*`,
				`lib/p/x.md:7:7: eval: key "checks.contain" is not known here; did you mean "contains"?`,
				`lib/p/x.md:8:18: eval: key "checks.min-words"*`,
			}},
		{"number where text is meant", "eval:\n  checks: [{contains: 42}]\n", []string{
			`lib/p/x.md:4:23: eval: key "checks.contains"*`}},
		{"two checks in one item", "eval:\n  checks: [{contains: a, equals: b}]\n", []string{
			`lib/p/x.md:4:12: eval: item 1 of "checks"*`}},
		{"pattern that is none", "eval:\n  checks: [{regex: '('}]\n", []string{
			`lib/p/x.md:4:20: eval: key "checks.regex"*`}},
		{"section without heading", "eval:\n  sections: [{aliases: [a]}]\n", []string{
			`lib/p/x.md:4:14: eval: key "sections.heading" is missing`}},
		{"whole number with a fraction", "eval:\n  parameters: {max_tokens: 1.5}\n", []string{
			`lib/p/x.md:4:28: eval: key "parameters.max_tokens"*`}},
		{"number beyond all measure", "eval:\n  parameters: {max_tokens: 99999999999999999999, seed: 1e300}\n", []string{
			`lib/p/x.md:4:28: eval: 99999999999999999999 is too large a number`,
			`lib/p/x.md:4:56: eval: 1e300 is too large a number`}},
		{"count beyond all measure", "eval:\n  checks: [{max-words: 1e300}]\n", []string{
			`lib/p/x.md:4:24: eval: 1e300 is too large a number`}},
		{"front matter that cannot be read", "eval: {sections: [A]}\ntags: [\n", []string{
			`lib/p/x.md:3:1: eval: the front matter cannot be read, and the contract with it; promptlib lint says why`}},
		{"eval twice", "eval: {schema: {type: object}}\neval: {schema: {type: array}}\n", []string{
			`lib/p/x.md:4:1: eval: key "eval" stands here twice; keep one`}},
		{"keys twice", "eval:\n  schema: {type: object, type: array}\n  checks: [{contains: a}]\n  checks: [{contains: b}]\n", []string{
			`lib/p/x.md:4:26: eval: key "type" stands here twice; keep one`,
			`lib/p/x.md:6:3: eval: key "checks" stands here twice; keep one`}},
		{"schema that is none", "eval:\n  schema: {type: objekt}\n", []string{
			`lib/p/x.md:4:18: eval: key "schema.type"*`}},
		{"schema file with a wrong type", "eval:\n  schema: type.json\n", []string{
			`lib/p/type.json:2:11: eval: key "type"*`}},
		{"schema file with a trailing comma", "eval:\n  schema: comma.json\n", []string{
			`lib/p/comma.json:1:19: eval: schema is not valid JSON: trailing comma before "}"`}},
		{"broken schema that is referred to", "eval:\n  schema: {$ref: comma.json}\n", []string{
			`lib/p/comma.json:1:19: eval: schema is not valid JSON: trailing comma before "}"`}},
		{"dead reference in the schema", "eval:\n  schema: {$ref: '#/$defs/none'}\n", []string{
			`lib/p/x.md:4:11: eval: schema: #/$defs/none not found`}},
		{"schema that is too large", "eval:\n  schema: large.json\n", []string{
			`lib/p/x.md:4:11: eval: schema p/large.json: more than 256 KiB, with what it refers to, take too long to compile`}},
		{"schema file that is missing", "eval:\n  schema: gone.json\n", []string{
			`lib/p/x.md:4:11: eval: schema lib/p/gone.json: no such file or directory`}},
		{"schema file that is no JSON", "eval:\n  schema: ../shared/text.txt\n", []string{
			`lib/shared/text.txt:1:1: eval: schema is not valid JSON: invalid character 'a' at start of value`}},
		{"schema that is a folder", "eval:\n  schema: ../shared\n", []string{
			`lib/p/x.md:4:11: eval: schema lib/shared: is a directory, not a file`}},
		{"schema path out of the library", "eval:\n  schema: ../../secret.json\n", []string{
			`lib/p/x.md:4:11: eval: schema secret.json: leads out of the library*`}},
		{"schema path out and in again", "eval:\n  schema: ../../lib/shared/name.json\n", []string{
			`lib/p/x.md:4:11: eval: schema lib/shared/name.json: leads out of the library*`}},
		{"absolute schema path", "eval:\n  schema: /shared/name.json\n", []string{
			`lib/p/x.md:4:11: eval: schema /shared/name.json: schemas are read from the library only; write a path relative to the prompt`}},
		{"schema address", "eval:\n  schema: https://example.com/s.json\n", []string{
			`lib/p/x.md:4:11: eval: schema https://example.com/s.json: schemas are read from the library only; write a path relative to the prompt`}},
		{"schema link out of the library", "eval:\n  schema: out.json\n", []string{
			`lib/p/x.md:4:11: eval: schema lib/p/out.json: leads out of the library*`}},
		{"reference to an address", "eval:\n  schema: {$ref: 'https://example.com/s.json'}\n", []string{
			`lib/p/x.md:4:11: eval: schema: reference to https://example.com/s.json: schemas are read from the library only`}},
		{"reference to a file of the machine", "eval:\n  schema: {$ref: 'file:///etc/hostname'}\n", []string{
			`lib/p/x.md:4:11: eval: schema: reference to file:///etc/hostname: schemas are read from the library only`}},
		{"reference through a link out of the library", "eval:\n  schema: {$ref: out.json}\n", []string{
			`lib/p/x.md:4:11: eval: schema: schema lib/p/out.json: leads out of the library*`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readContract(t, map[string]string{
				"lib/p/x.md":           contractFile(test.eval),
				"secret.json":          `{"type": "string"}`,
				"lib/shared/name.json": `{"type": "string"}`,
				"lib/shared/text.txt":  "a text",
				"lib/p/large.json":     `{"$comment": "` + strings.Repeat("x", 256<<10) + `"}`,
				"lib/p/out.json":       "-> ../../secret.json",
				"lib/p/type.json":      "{\n  \"type\": \"objekt\"\n}\n",
				"lib/p/comma.json":     `{"type": "object",}`,
			})
			if err == nil {
				t.Fatalf("got %+v, want an error", c)
			}
			checkErrors(t, err, test.want)
		})
	}
}

// TestContractWithUnknownKeywords: what asks for nothing stops an eval, unless its
// name says that it is free.
func TestContractWithUnknownKeywords(t *testing.T) {
	c, err := readContract(t, map[string]string{
		"lib/p/x.md":   contractFile("eval:\n  schema:\n    type: object\n    requird: [a]\n    nullable: true\n    properties: {b: {typ: x, $ref: y.json}}\n"),
		"lib/p/y.json": `{"itmes": {}, "x-mine": 1}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	checkErrors(t, c.Check(), []string{
		`lib/p/x.md:8:22: eval: schema: "typ" is no keyword of JSON Schema; did you mean "type"?`,
		`lib/p/x.md:6:5: eval: schema: "requird" is no keyword of JSON Schema; did you mean "required"?`,
		`lib/p/x.md:5:5: eval: schema: "itmes" at "/itmes" of p/y.json is no keyword of JSON Schema; did you mean "items"?`,
		`lib/p/x.md:7:5: eval: schema: "nullable" is no keyword of JSON Schema and asks for nothing; remove it, or begin its name with "x-"`,
	})
	if err := (*Contract)(nil).Check(); err != nil {
		t.Errorf("without a contract: got error %v", err)
	}
}

func TestReadContractReportsMistakesBesideThePrompt(t *testing.T) {
	tests := []struct {
		name   string
		prompt string
		beside string
		want   string
	}{
		{"declared twice", contractFile("eval: {sections: [A]}\n"), "sections: [A]\n", `lib/p/x.md:3:7: eval: contract is declared here and in lib/p/x.eval.yaml; keep one`},
		{"empty", contractFile(""), "# nothing yet\n", `lib/p/x.eval.yaml:1:1: eval: the file is empty; write what a reply must be, as in schema, sections or checks`},
		{"no YAML", contractFile(""), "sections: [A\n", `lib/p/x.eval.yaml:1:11: *`},
		{"key twice", contractFile(""), "sections: [A]\nsections: [B]\n", `lib/p/x.eval.yaml:2:1: *`},
		{"unknown key", contractFile(""), "eval:\n  sections: [A]\n", `lib/p/x.eval.yaml:1:1: eval: key "eval" is not known here; the file is the contract itself: write the keys below it at the margin`},
		{"schema that is missing", contractFile(""), "\nschema: gone.json\n", `lib/p/x.eval.yaml:2:9: eval: schema lib/p/gone.json: no such file or directory`},
		{"link out of the library", contractFile(""), "-> ../../secret.yaml", `lib/p/x.eval.yaml: leads out of the library*`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readContract(t, map[string]string{"lib/p/x.md": test.prompt, "lib/p/x.eval.yaml": test.beside, "secret.yaml": "sections: [A]\n"})
			if err == nil {
				t.Fatalf("got %+v, want an error", c)
			}
			checkErrors(t, err, []string{test.want})
		})
	}
	t.Run("folder of that name", func(t *testing.T) {
		_, err := readContract(t, map[string]string{"lib/p/x.md": contractFile(""), "lib/p/x.eval.yaml/a": ""})
		if got, want := err.Error(), "lib/p/x.eval.yaml: is a directory, not a file"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestContractOfParametersAloneIsDerived(t *testing.T) {
	temperature := 0.5
	p := library.Parse("x.md", contractFile(""))
	c := Cases(p, &Contract{Parameters: Parameters{Temperature: &temperature}}, NoExamples)[0]
	if w := c.Wanted(); !w.Derived || w.Schema == nil {
		t.Fatalf("got contract %+v, want a derived schema", w)
	}
	if c.Contract.Parameters.Temperature != &temperature || c.Request.Parameters.Temperature != &temperature {
		t.Errorf("got parameters %+v and sent %+v, want the declared ones", c.Contract.Parameters, c.Request.Parameters)
	}
}

func TestContractThatIsDeclaredIsNotDerived(t *testing.T) {
	p := library.Parse("x.md", contractFile(""))
	want := &Contract{Checks: []Check{{Name: "contains", Want: "a"}}}
	c := Cases(p, want, NoExamples)[0]
	if c.Wanted() != want {
		t.Errorf("got contract %+v, want the declared one", c.Wanted())
	}
}

func headings(c *Contract) []string {
	var list []string
	for _, s := range c.Sections {
		list = append(list, s.Heading)
	}
	return list
}

func TestDeriveFromMarkdown(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"headings and bold labels in order", "# Plan\n\n**Risk:** low\n\n## Steps\n\nGo.\n\n**Owner**: Ann\n", []string{"Plan", "Risk:", "Steps", "Owner"}},
		{"one of each name", "## Finding 1\n\n**Severity:** high\n\n## Finding 2\n\n**Severity:** low\n\n## 3. Finding 2\n\nx\n", []string{"Finding 1", "Severity:", "Finding 2"}},
		{"empty ones ask for nothing", "## A\n\n## B\n\ntext\n\n## C\n\n---\n", []string{"B"}},
		{"headings in code are code", "## A\n\n```bash\n# install\nmake\n```\n\n## B\n\nx\n", []string{"A", "B"}},
		{"cut at the mark", "## A\n\ntext\n\n[... continues ...]\n\n## B\n\ntext\n", []string{"A"}},
		{"nothing but the mark is nothing", "## A\n\ntext\n\n## B\n\n[... continues ...]\n", []string{"A"}},
		{"cut inside code", "## A\n\n```bash\n# install\nmake\n...\n```\n\n## B\n\ntext\n", []string{"A"}},
		{"a list alone", "- one\n- two\n", nil},
		{"headings of nothing but signs", "## ***\n\ntext\n\n## A\n\ntext\n", []string{"A"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Derive(library.Example{Kind: library.Markdown, Output: library.Text{Value: test.text}})
			if diff := cmp.Diff(headings(c), test.want); diff != "" {
				t.Errorf("sections, got - want +:\n%s", diff)
			}
			if !c.Derived || c.Schema != nil || c.Checks != nil || c.Empty() != (test.want == nil) {
				t.Errorf("got %+v, want a derived contract of sections alone", c)
			}
		})
	}
}

func TestDeriveNothing(t *testing.T) {
	for name, e := range map[string]library.Example{
		"prose":                                 {Kind: library.PlainText, Output: library.Text{Value: "All is well."}},
		"invalid JSON":                          {Kind: library.InvalidJSON, Output: library.Text{Value: `{"a": 1,}`}},
		"no output":                             {Kind: library.NoOutput},
		"JSON with a number that none can hold": {Kind: library.JSON, Output: library.Text{Value: `{"a": 1e999}`}},
	} {
		t.Run(name, func(t *testing.T) {
			if c := Derive(e); !c.Empty() || !c.Derived {
				t.Errorf("got %+v, want an empty derived contract", c)
			}
		})
	}
}

func TestDeriveFromJSONIsOfItsOwnShape(t *testing.T) {
	p := fixture(t, "ticket-routing.md")
	first, second := Derive(p.Examples[0]).Schema, Derive(p.Examples[1]).Schema
	tests := []struct {
		name   string
		schema *schema.Schema
		reply  string
		want   []string
	}{
		{"own output", first, p.Examples[0].Output.Value, nil},
		{"own output of the other", second, p.Examples[1].Output.Value, nil},
		{"other values and more members", first, `{"queue": "", "priority": 9.5, "reason": "", "x": null}`, nil},
		{"output of the other", first, p.Examples[1].Output.Value, []string{"/reason required"}},
		{"output of the first", second, p.Examples[0].Output.Value, []string{"/labels required"}},
		{"longer and empty lists", second, `{"queue": "a", "labels": [], "priority": 1}`, nil},
		{"items of another type", second, `{"queue": "a", "labels": ["b", 1], "priority": 1}`, []string{"/labels/1 type"}},
		{"another type", first, `{"queue": "a", "priority": "1", "reason": "b"}`, []string{"/priority type"}},
		{"no object", first, `[]`, []string{" type"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(violations(t, test.schema, test.reply), test.want); diff != "" {
				t.Errorf("violations of %s, got - want +:\n%s", test.reply, diff)
			}
		})
	}
}

// anyJSON draws JSON values, with members that mean something to JSON Schema.
func anyJSON(depth int) *rapid.Generator[any] {
	scalar := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }), rapid.Map(rapid.String(), func(s string) any { return s }),
	)
	if depth == 0 {
		return scalar
	}
	name := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"$ref", "$id", "$schema", "$defs", "type", "items", "properties", "required", "enum", "anyOf", "a/b", "~", ""}))
	return rapid.OneOf(
		scalar,
		rapid.Map(rapid.SliceOfN(anyJSON(depth-1), 0, 4), func(s []any) any { return s }),
		rapid.Map(rapid.MapOfN(name, anyJSON(depth-1), 0, 4), func(m map[string]any) any { return m }),
	)
}

func TestDeriveFromAnyJSONTakesThatJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(anyJSON(4).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		c := Derive(library.Example{Kind: library.JSON, Output: library.Text{Value: string(text)}})
		if c.Schema == nil {
			t.Fatalf("%s derives nothing", text)
		}
		value, syntax := schema.DecodeJSON(string(text))
		if syntax != nil {
			t.Fatal(syntax)
		}
		if list := c.Schema.Validate(value); list != nil {
			t.Fatalf("%s: got violations %+v, want none", text, list)
		}
	})
}
