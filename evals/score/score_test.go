package score

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

var fixtures = filepath.Join("..", "..", "testdata", "evals", "score")

func read(t testing.TB, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fixtureCase is the one case of the prompt of a scorer's fixtures, with the
// contract that it declares.
func fixtureCase(t testing.TB, dir string) *evals.Case {
	t.Helper()
	p := library.Parse(filepath.ToSlash(filepath.Join(dir, "prompt.md")), read(t, dir, "prompt.md"))
	contract, err := evals.ReadContract(p, dir)
	if err != nil {
		t.Fatal(err)
	}
	return evals.Cases(p, contract, evals.NoExamples)[0]
}

// byName scores a reply and returns the score of one scorer.
func byName(t testing.TB, c *evals.Case, reply evals.Reply, name string) evals.Score {
	t.Helper()
	for _, s := range All(c, c.Contract, reply) {
		if s.Scorer == name {
			return s
		}
	}
	t.Fatalf("there is no score of %s", name)
	return evals.Score{}
}

// describe prints a score as the .out files hold it: of the schema scorer the
// keyword in place of the message, which is for package schema to choose.
func describe(c *evals.Case, s evals.Score, reply string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%.6g %s\n", s.Value, map[bool]string{true: "pass", false: "fail"}[s.Pass])
	for _, r := range s.Reasons {
		message := r.Message
		if v, ok := violation(c, r, reply); ok && s.Scorer == "schema" {
			message = v.Pointer + " " + v.Keyword
		} else if r.Pointer != "" {
			message = r.Pointer + " " + message
		}
		r.Pos.Path = filepath.Base(r.Pos.Path)
		fmt.Fprintf(&b, "%s: %s\n", r.Pos, message)
	}
	return b.String()
}

func violation(c *evals.Case, r evals.Reason, reply string) (schema.Violation, bool) {
	if c.Contract.Schema != nil {
		for _, v := range c.Contract.Schema.Validate(Extract(reply).Value) {
			if v.Pointer == r.Pointer && v.Message == r.Message {
				return v, true
			}
		}
	}
	return schema.Violation{}, false
}

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// TestScorers holds every scorer against its fixtures: a reply that passes, one
// that fails and one that is partly right.
func TestScorers(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Scorers {
		t.Run(s.Name, func(t *testing.T) {
			if !kebab.MatchString(s.Name) || seen[s.Name] {
				t.Errorf("the name %q is not in kebab-case, or there is another", s.Name)
			}
			seen[s.Name] = true
			if s.Doc == "" || strings.HasSuffix(s.Doc, ".") {
				t.Errorf("got doc %q, want a line without a full stop", s.Doc)
			}
			if s.Applies(newInput(&evals.Case{Expected: library.Text{Value: "{}"}}, &evals.Contract{}, evals.Reply{})) {
				t.Error("it applies to a contract that asks for nothing")
			}
			dir := filepath.Join(fixtures, s.Name)
			c := fixtureCase(t, dir)
			for kind, fits := range map[string]func(evals.Score) bool{
				"pass":    func(s evals.Score) bool { return s.Pass && s.Value == 1 && len(s.Reasons) == 0 },
				"fail":    func(s evals.Score) bool { return !s.Pass && s.Value == 0 && len(s.Reasons) > 0 },
				"partial": func(s evals.Score) bool { return !s.Pass && s.Value > 0 && s.Value < 1 && len(s.Reasons) > 0 },
			} {
				reply := read(t, dir, kind+".reply")
				got := byName(t, c, evals.Reply{Text: reply, FinishReason: "stop"}, s.Name)
				if !fits(got) {
					t.Errorf("%s.reply: got %+v, which is no %s", kind, got, kind)
				}
				if diff := cmp.Diff(describe(c, got, reply), read(t, dir, kind+".out")); diff != "" {
					t.Errorf("%s.reply, got - want +:\n%s", kind, diff)
				}
			}
		})
	}
	dirs, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if !seen[d.Name()] {
			t.Errorf("the fixtures %s belong to no scorer", d.Name())
		}
	}
}

func TestAllRunsTheScorersThatTheContractCallsFor(t *testing.T) {
	s, err := schema.Compile("s.json", []byte(`{"type": "object"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	sections, checks := []evals.Section{{Heading: "A"}}, []evals.Check{{Name: "contains", Want: "a"}}
	tests := []struct {
		name     string
		contract evals.Contract
		want     []string
	}{
		{"nothing", evals.Contract{}, nil},
		{"empty lists", evals.Contract{Sections: []evals.Section{}, Checks: []evals.Check{}}, nil},
		{"schema", evals.Contract{Schema: s}, []string{"json", "schema"}},
		{"sections", evals.Contract{Sections: sections}, []string{"sections"}},
		{"checks", evals.Contract{Checks: checks}, []string{"checks"}},
		{"all", evals.Contract{Schema: s, Sections: sections, Checks: checks}, []string{"json", "schema", "sections", "checks"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, s := range All(&evals.Case{}, &test.contract, evals.Reply{Text: "{}"}) {
				got = append(got, s.Scorer)
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("scorers, got - want +:\n%s", diff)
			}
		})
	}
}

// reference scores an expected output by the contract that it implies.
func reference(e library.Example) []evals.Score {
	return All(&evals.Case{Expected: e.Output}, evals.Derive(e), evals.Reply{Text: e.Output.Value, FinishReason: "stop"})
}

// TestExpectedOutputFulfilsWhatItImplies is what makes the reference model pass
// on every example.
func TestExpectedOutputFulfilsWhatItImplies(t *testing.T) {
	line := rapid.SampledFrom([]string{
		"# One", "## Two", "## 2. Two", "### ⚠️ Three:", "**Four:** x", "**Five**", "**Four:**", "**:** x", "Six\n---", "Seven\n===", "text", "", "", "---", "- a", "  - b", "| a |",
		"```", "```bash", "```markdown", "~~~", "# install", "...", "[... continues ...]", "(truncated)", "<!-- x -->", "> # quoted", "1. **Eight**", "<think>", "</think>", "{\"a\": 1}",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.TrimSpace(strings.Join(rapid.SliceOfN(line, 1, 20).Draw(t, "lines"), "\n"))
		e := library.Example{Kind: library.Markdown, Output: library.Text{Value: text}}
		for _, s := range reference(e) {
			if !s.Pass || s.Value != 1 || len(s.Reasons) != 0 {
				t.Fatalf("%s\ndoes not fulfil its own contract: %+v", text, s)
			}
		}
	})
}

func TestExpectedOutputsOfPublicLibrariesFulfilWhatTheyImply(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared")
	if _, err := os.Stat(shared); err != nil {
		t.Skip("skipped: ../shared is absent, which has the public libraries")
	}
	lib, err := library.Open(filepath.Join(shared, "corpora"), filepath.Join(shared, "seeds"))
	if err != nil {
		t.Fatal(err)
	}
	scored := 0
	for _, f := range lib.Files {
		for _, e := range library.Read(f).Examples {
			for _, s := range reference(e) {
				scored++
				if !s.Pass {
					t.Errorf("%s: the output does not fulfil its own contract: %+v", e.Marker.Pos, s)
				}
			}
		}
	}
	if scored < 50 {
		t.Errorf("got %d scores, want more than 50: the libraries were not read", scored)
	}
}

// fuzzContract asks for everything at once.
func fuzzContract(t testing.TB) *evals.Contract {
	t.Helper()
	s, err := schema.Compile("s.json", []byte(`{"type": ["object", "array"], "required": ["a", "b"], "properties": {"a": {"type": "integer"}, "b": {"items": {"enum": [1, "x"]}}},
		"additionalProperties": false, "items": {"anyOf": [{"type": "number", "multipleOf": 0.1}, {"required": ["c"]}]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	none, few := 0, 3
	return &evals.Contract{
		Schema:   s,
		Sections: []evals.Section{{Heading: "A", Limits: evals.Limitations{MinWords: &none, MaxWords: &few, MinBullets: &none, MaxBullets: &few, Table: []string{"a"}, CodeBlock: "json"}}, {Heading: "B", Aliases: []string{"Bee", "A"}}, {Heading: "1. C:"}, {Heading: "A"}},
		Checks: []evals.Check{
			{Name: "contains", Want: "a"}, {Name: "not-contains", Want: "b"}, {Name: "regex", Want: "^a+$", Pattern: regexp.MustCompile("^a+$")}, {Name: "code-block", Want: "json"},
			{Name: "min-words", Want: "1"}, {Name: "max-words", Want: "9"}, {Name: "equals", Want: "a"}, {Name: "starts-with", Want: "a"}, {Name: "ends-with", Want: "a"}, {Name: "max-latency", Want: "1s"}, {Name: "max-cost", Want: "1"},
		},
		Fields:     &evals.Fields{Tolerance: 0.1, Similarity: 0.7},
		Similarity: &evals.Similarity{Min: 1},
	}
}

// fuzzExpected has a field of every kind.
const fuzzExpected = `{"a": 1, "b": [1, "x"], "c": [{"id": 1, "t": "some longer text of words"}, {"id": 2, "t": null}], "d": [[1, 2], [3], []], "e": {}, "on": "2026-01-02", "f": true}`

var replies = []string{
	fuzzExpected, `{"c": [{"id": 2, "t": "a"}, {"id": 2}, {"id": 1, "t": "some long text of words"}], "d": [[3], [2, 1], [[]]], "b": ["x", "x", 1], "e": [], "on": "2 January 2026", "f": null, "g": 1}`,
	"{'a': 1, b: [1,], // c\n", "{\"a\": 1, \"b\": \"x",
	"", "{}", `{"a": 1, "b": [1]}`, "[1, 2.5, {}]", "```json\n{\"a\": 1}\n```", "x {\"a\": {\"b\": 1}} y", "<think>\n[1,2]\n</think>\n{\"a\": 1}", `{"a": 1,`, "null", "1e999", "[[[[", "{\"a\":{\"a\":{\"a\":",
	"# A\n\nx\n\n**B:** y\n\n## 1. C\n\n- z\n", "**A**\n# A\n# Bee\n---\n# A\ntext\n", "```markdown\n# A\n\nx\n```", "```\n```\n```\n", "\x00\xff[1,\"\xfe\"]", "{\"a\":1,\"a\":2}", "a",
}

func FuzzExtract(f *testing.F) {
	for _, reply := range replies {
		f.Add(reply)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		x := Extract(reply)
		switch x.How {
		case evals.NoJSON:
			if x.Value != nil || x.Err == "" {
				t.Errorf("got none with value %v and reason %q, want a reason alone", x.Value, x.Err)
			}
		case evals.Strict, evals.Fenced, evals.Embedded:
			if x.Err != "" {
				t.Errorf("got %s with reason %q, want none", x.How, x.Err)
			}
			if _, err := schema.DecodeJSON(afterThinking(reply)); (err == nil) != (x.How == evals.Strict) {
				t.Errorf("got %s for a reply whose JSON error is %v", x.How, err)
			}
		default:
			t.Errorf("got %q, which is no way to find JSON", x.How)
		}
	})
}

func FuzzScore(f *testing.F) {
	contract := fuzzContract(f)
	for _, reply := range replies {
		f.Add(reply, "stop")
		f.Add(reply, "length")
	}
	f.Fuzz(func(t *testing.T, reply, finish string) {
		c := &evals.Case{Expected: library.Text{Value: fuzzExpected}}
		scores := All(c, contract, evals.Reply{Text: reply, FinishReason: finish})
		if len(scores) != len(Scorers) {
			t.Fatalf("got %d scores, want %d", len(scores), len(Scorers))
		}
		for _, s := range scores {
			if math.IsNaN(s.Value) || s.Value < 0 || s.Value > 1 {
				t.Errorf("%s: got value %v, want one from 0 to 1", s.Scorer, s.Value)
			}
			if s.Pass != (s.Value == 1) || s.Pass != (len(s.Reasons) == 0) {
				t.Errorf("%s: got %+v: only a pass has value 1, and only a pass has no reasons", s.Scorer, s)
			}
		}
		if diff := cmp.Diff(scores, All(c, contract, evals.Reply{Text: reply, FinishReason: finish})); diff != "" {
			t.Errorf("scored twice:\n%s", diff)
		}
	})
}
