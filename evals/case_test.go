package evals

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
)

var promptsDir, _ = filepath.Abs(filepath.Join("..", "testdata", "evals", "prompts"))

// fixture reads a prompt of the fixtures; places name the file alone.
func fixture(t *testing.T, name string) *library.Prompt {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(promptsDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return library.Parse(name, string(text))
}

func fixtures(t *testing.T) []*library.Prompt {
	t.Helper()
	entries, err := os.ReadDir(promptsDir)
	if err != nil {
		t.Fatal(err)
	}
	var prompts []*library.Prompt
	for _, e := range entries {
		prompts = append(prompts, fixture(t, e.Name()))
	}
	return prompts
}

func declared(t *testing.T, p *library.Prompt) *Contract {
	t.Helper()
	t.Chdir(promptsDir)
	c, err := ReadContract(p, ".")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The system messages that the fixtures send.
const (
	routingSystem = "<purpose>\nYou route support tickets for %s.\n</purpose>\n\n<instructions>\nRead the ticket and answer with one JSON object.\n" +
		"Set %s as the customer asks for it, and leave {team} to the rules below.\n</instructions>\n\n<notes>\nNever invent a queue.\n</notes>"
	notePrompt = "Write a note of [1-2 sentences] on these changes:\n%[1]s\n\nAudience: %[2]s\nOnce more: %[1]s"
)

func TestCasesSendWhatTheDialectSays(t *testing.T) {
	const (
		routing1 = `{"product": "Ledger", "urgency": "high", "ticket": "Export hangs at {{urgency}}"}`
		routing2 = `{"product": "{{urgency}} [urgency]", "urgency": "low", "ticket": "Typo on the login page"}`
		change1  = "Fixed the export.\nRenamed [audience] to readers."
		reader1  = "administrators of [change_list]"
	)
	tests := []struct {
		name    string
		file    string
		example int
		shots   FewShot
		want    []Message
	}{
		{"A binds members of the input and sends it verbatim", "ticket-routing.md", 1, NoExamples, []Message{
			{"system", fmt.Sprintf(routingSystem, "Ledger", "high")},
			{"user", routing1},
		}},
		{"A substitutes once", "ticket-routing.md", 2, NoExamples, []Message{
			{"system", fmt.Sprintf(routingSystem, "{{urgency}} [urgency]", "low")},
			{"user", routing2},
		}},
		{"A sends only other examples that can be run", "ticket-routing.md", 2, OtherExamples, []Message{
			{"system", fmt.Sprintf(routingSystem, "{{urgency}} [urgency]", "low")},
			{"user", routing1},
			{"assistant", `{"queue": "exports", "priority": 1, "reason": "blocked"}`},
			{"user", routing2},
		}},
		{"A without variables", "sentiment.md", 2, NoExamples, []Message{
			{"system", "<instructions>\nAnswer with one word for the mood of the text.\n</instructions>"},
			{"user", "I lost my data."},
		}},
		{"others with the same input or output stay away", "sentiment.md", 1, OtherExamples, []Message{
			{"system", "<instructions>\nAnswer with one word for the mood of the text.\n</instructions>"},
			{"user", "I lost my data."},
			{"assistant", "furious"},
			{"user", "The update is great."},
		}},
		{"B fills in the prompt section and substitutes once", "release-note.md", 1, NoExamples, []Message{
			{"system", "You write release notes for " + reader1 + "."},
			{"user", fmt.Sprintf(notePrompt, change1, reader1)},
		}},
		{"B renders every other example in its own way", "release-note.md", 2, OtherExamples, []Message{
			{"system", "You write release notes for developers."},
			{"user", fmt.Sprintf(notePrompt, change1, reader1)},
			{"assistant", "### Summary\n\nThe export works again.\n\n**Action:** none"},
			{"user", fmt.Sprintf(notePrompt, "Removed the old importer.", "developers")},
		}},
		{"B sends other examples to one without output", "release-note.md", 3, OtherExamples, []Message{
			{"system", "You write release notes for everybody."},
			{"user", fmt.Sprintf(notePrompt, change1, reader1)},
			{"assistant", "### Summary\n\nThe export works again.\n\n**Action:** none"},
			{"user", fmt.Sprintf(notePrompt, "Removed the old importer.", "developers")},
			{"assistant", "### Summary\n\nThe old importer is gone.\n\n**Action:** move to the new importer"},
			{"user", fmt.Sprintf(notePrompt, "Nothing yet.", "everybody")},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := fixture(t, test.file)
			c := Cases(p, declared(t, p), test.shots)[test.example-1]
			if diff := cmp.Diff(c.Request.Messages, test.want); diff != "" {
				t.Errorf("messages, got - want +:\n%s", diff)
			}
			if len(c.Problems) != 0 || c.Skip != "" {
				t.Errorf("got problems %v and skip %q, want none", c.Problems, c.Skip)
			}
		})
	}
}

func TestCasesCarryExampleAndParameters(t *testing.T) {
	p := fixture(t, "ticket-routing.md")
	cases := Cases(p, declared(t, p), NoExamples)
	if len(cases) != 3 {
		t.Fatalf("got %d cases, want 3", len(cases))
	}
	for i, c := range cases {
		if c.Prompt != "ticket-routing.md" || c.Example != i+1 || c.Repeat != 1 {
			t.Errorf("got %s example %d repeat %d, want ticket-routing.md example %d repeat 1", c.Prompt, c.Example, c.Repeat, i+1)
		}
		if q := c.Request.Parameters; q.Temperature == nil || *q.Temperature != 0 || q.MaxTokens == nil || *q.MaxTokens != 200 || q.TopP != nil || q.Seed != nil {
			t.Errorf("case %d: got parameters %+v, want temperature 0 and max_tokens 200", i+1, q)
		}
	}
	if got, want := cases[0].Expected.Value, `{"queue": "exports", "priority": 1, "reason": "blocked"}`; got != want {
		t.Errorf("got expected output %q, want %q", got, want)
	}
	if got, want := fmt.Sprint(cases[0].At.Pos, "-", cases[0].At.End), "ticket-routing.md:28:1-ticket-routing.md:28:57"; got != want {
		t.Errorf("got place %s, want the output at %s", got, want)
	}
	q := fixture(t, "release-note.md")
	c := Cases(q, nil, NoExamples)[2]
	if got, want := fmt.Sprint(c.At.Pos, " ", c.At.Value), "release-note.md:62:1 ### Example 3"; got != want {
		t.Errorf("without output: got place %s, want its marker at %s", got, want)
	}
	if c.Request.Parameters != (Parameters{}) {
		t.Errorf("without contract: got parameters %+v, want none", c.Request.Parameters)
	}
}

func TestCasesOfPromptsThatCannotBeRun(t *testing.T) {
	tests := []struct {
		name, text string
		want       string
	}{
		{"plain", "# Notes\n\nTell [everybody].\n", "there is nothing to send: the file has neither a heading \"## Prompt\" nor section tags such as <purpose>"},
		{"B without prompt section", "---\nrisk_level: low\n---\n## Description\n\nWhat.\n\n## Tips\n\nNone.\n", "there is nothing to send: no section \"## Prompt\" has text, and one at a deeper level does not count"},
		{"A without examples", "<purpose>\nYou help.\n</purpose>\n", "the prompt has no examples"},
		{"B without examples", "## Prompt\n\nSay it.\n", "the prompt has no examples"},
		{"empty file", "", "the file is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cases := Cases(library.Parse("x.md", test.text), nil, OtherExamples)
			if len(cases) != 1 {
				t.Fatalf("got %d cases, want the one that says why", len(cases))
			}
			c := cases[0]
			if c.Skip != test.want {
				t.Errorf("got skip %q, want %q", c.Skip, test.want)
			}
			if got := fmt.Sprint(c.At.Pos, c.Example, c.Repeat); got != "x.md:1:1 0 1" {
				t.Errorf("got place, example and repeat %s, want x.md:1:1 0 1", got)
			}
			if !c.Contract.Empty() || len(c.Request.Messages) != 0 {
				t.Errorf("got contract %+v and messages %v, want none", c.Contract, c.Request.Messages)
			}
		})
	}
}

func TestCasesReportInputThatDoesNotFillInThePrompt(t *testing.T) {
	tests := []struct {
		file    string
		example int
		want    []string
	}{
		{"faulty.md", 1, []string{
			`faulty.md:3:28-faulty.md:3:39 variable "second_item" has no value in example 1 (faulty.md:8:1 the input of the example)`,
			`faulty.md:10:1-faulty.md:10:18 this line gives no variable a value; write "[name]: value"`,
			`faulty.md:12:2-faulty.md:12:12 the prompt has no variable "third_item" to take this value`,
			`faulty.md:13:2-faulty.md:13:12 variable "first_item" has a value already in this example (faulty.md:11:2 the first value)`,
		}},
		{"faulty.md", 2, []string{
			`faulty.md:3:10-faulty.md:3:20 variable "first_item" has no value in example 2 (faulty.md:20:1 the input of the example)`,
			`faulty.md:3:28-faulty.md:3:39 variable "second_item" has no value in example 2 (faulty.md:20:1 the input of the example)`,
			`faulty.md:3:46-faulty.md:3:57 variable "reader_name" has no value in example 2 (faulty.md:20:1 the input of the example)`,
			`faulty.md:22:1-faulty.md:22:22 this line gives no variable a value; write "[name]: value"`,
			`faulty.md:23:1-faulty.md:23:9 this line gives no variable a value; write "[name]: value"`,
		}},
		{"ticket-routing.md", 3, []string{
			`ticket-routing.md:15:6-ticket-routing.md:15:13 variable "urgency" has no value in example 3 (ticket-routing.md:36:1 the input of the example)`,
		}},
		{"ticket-routing.md", 1, nil}, // "ticket" is no variable, and no matter in a message
		{"release-note.md", 3, nil},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.file, " ", test.example), func(t *testing.T) {
			c := Cases(fixture(t, test.file), nil, NoExamples)[test.example-1]
			if diff := cmp.Diff(describe(t, c.Problems), test.want); diff != "" {
				t.Errorf("problems, got - want +:\n%s", diff)
			}
		})
	}
	t.Run("output without input", func(t *testing.T) {
		p := library.Parse("x.md", "<purpose>\nYou help.\n</purpose>\n<examples>\nOutput:\n{\"a\": 1}\n</examples>\n")
		c := Cases(p, nil, NoExamples)[0]
		if diff := cmp.Diff(describe(t, c.Problems), []string{"x.md:5:1-x.md:5:8 example 1 has no input"}); diff != "" {
			t.Errorf("problems, got - want +:\n%s", diff)
		}
	})
}

func describe(t *testing.T, problems []*library.Diagnostic) []string {
	t.Helper()
	var list []string
	for _, d := range problems {
		if d.Code != "EVL102" || d.Name != "eval-input" || d.Severity != library.Error {
			t.Errorf("got %s %s %s, want EVL102 eval-input error", d.Code, d.Name, d.Severity)
		}
		line := fmt.Sprintf("%s-%s %s", d.Pos, d.End, d.Message)
		for _, r := range d.Related {
			line += fmt.Sprintf(" (%s %s)", r.Pos, r.Message)
		}
		list = append(list, line)
	}
	return list
}

// leaks lists the messages of a case that hold what it should find out.
func leaks(c *Case) []Message {
	var list []Message
	for _, m := range c.Request.Messages {
		if c.Expected.Value != "" && strings.Contains(m.Content, c.Expected.Value) {
			list = append(list, m)
		}
	}
	return list
}

func TestCasesLeaveOneOut(t *testing.T) {
	for _, p := range fixtures(t) {
		for _, shots := range []FewShot{NoExamples, OtherExamples} {
			for _, c := range Cases(p, nil, shots) {
				if found := leaks(c); found != nil {
					t.Errorf("%s, example %d, few-shot %s: the expected output is sent: %q", p.Path, c.Example, shots, found)
				}
			}
		}
	}
}

func TestCasesLeaveOneOutOfPublicLibraries(t *testing.T) {
	shared := filepath.Join("..", "..", "shared")
	if _, err := os.Stat(shared); err != nil {
		t.Skip("skipped: ../shared is absent, which has the public libraries")
	}
	lib, err := library.Open(filepath.Join(shared, "corpora"), filepath.Join(shared, "seeds"))
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	for _, f := range lib.Files {
		p := library.Read(f)
		for _, shots := range []FewShot{NoExamples, OtherExamples} {
			for _, c := range Cases(p, nil, shots) {
				if c.Skip == "" {
					run++
				}
				if found := leaks(c); found != nil {
					t.Errorf("%s, example %d, few-shot %s: the expected output is sent: %.200q", p.Path, c.Example, shots, found)
				}
			}
		}
	}
	if run < 100 {
		t.Errorf("got %d cases, want more than 100: the libraries were not read", run)
	}
}

// token draws a text that none but an equal one holds.
func token(kind string, n int) *rapid.Generator[string] {
	return rapid.Map(rapid.IntRange(0, n), func(i int) string { return fmt.Sprintf("%s %03d;", kind, i) })
}

func TestCasesLeaveOneOutOfAnyPrompt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dialectA := rapid.Bool().Draw(t, "dialect A")
		n := rapid.IntRange(1, 6).Draw(t, "examples")
		var b strings.Builder
		b.WriteString(map[bool]string{true: "<purpose>\nYou help.\n</purpose>\n<examples>\n", false: "## Prompt\n\nTell of [the_input].\n\n## Examples\n\n"}[dialectA])
		for i := range n {
			input, output := token("in", 3).Draw(t, "input"), token("out", 3).Draw(t, "output")
			if dialectA {
				fmt.Fprintf(&b, "Example %d:\nInput:\n%s\nOutput:\n%s\n\n", i+1, input, output)
			} else {
				fmt.Fprintf(&b, "**Input:**\n\n[the_input]: %s\n\n**Output:**\n\n%s\n\n", input, output)
			}
		}
		if dialectA {
			b.WriteString("</examples>\n")
		}
		p := library.Parse("x.md", b.String())
		if len(p.Examples) != n {
			t.Fatalf("got %d examples, want %d of:\n%s", len(p.Examples), n, b.String())
		}
		for i, c := range Cases(p, nil, OtherExamples) {
			if found := leaks(c); found != nil {
				t.Fatalf("example %d: the expected output %q is sent: %q", c.Example, c.Expected.Value, found)
			}
			if got, want := len(c.Request.Messages), len(Cases(p, nil, NoExamples)[i].Request.Messages)+2*strangers(p, i); got != want {
				t.Fatalf("example %d: got %d messages, want %d: every other example with its own input and output", c.Example, got, want)
			}
		}
	})
}

// strangers counts the examples that share neither input nor output with one.
func strangers(p *library.Prompt, i int) int {
	n := 0
	for _, e := range p.Examples {
		if e.Input.Value != p.Examples[i].Input.Value && e.Output.Value != p.Examples[i].Output.Value {
			n++
		}
	}
	return n
}

func TestRenderSubstitutesOnce(t *testing.T) {
	p := library.Parse("x.md", "## Prompt\n\nA [first_name] b {{other}} c [first_name] d.\n")
	value := rapid.OneOf(
		rapid.SampledFrom([]string{"", "[first_name]", "{{other}}", "x {{ other }} [first_name] y", "$1 \\1 %s", "{{other}}[first_name]"}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		a, b := value.Draw(t, "first_name"), value.Draw(t, "other")
		r, unbound := Render(p, "not sent", map[string]string{"first_name": a, "other": b})
		want := []Message{{"user", "A " + a + " b " + b + " c " + a + " d."}}
		if diff := cmp.Diff(r.Messages, want); diff != "" || unbound != nil {
			t.Fatalf("unbound %v, messages, got - want +:\n%s", unbound, diff)
		}
	})
}

func TestRender(t *testing.T) {
	tests := []struct {
		name    string
		text    string
		input   string
		values  map[string]string
		want    []Message
		unbound []string
	}{
		{
			"A sends the input as it is", "<purpose>\nYou know {{thing}}.\n</purpose>\n", "{{thing}} [x_y]", map[string]string{"thing": "tea"},
			[]Message{{"system", "<purpose>\nYou know tea.\n</purpose>"}, {"user", "{{thing}} [x_y]"}}, nil,
		},
		{
			"unbound variables are listed once, of both messages", "## System\n\nBe [tone_word] to {{who}}.\n\n## Prompt\n\nGreet {{who}} in [tone_word], [a_place].\n", "", nil,
			[]Message{{"system", "Be [tone_word] to {{who}}."}, {"user", "Greet {{who}} in [tone_word], [a_place]."}},
			[]string{"x.md:3:5 tone_word", "x.md:3:21 who", "x.md:7:32 a_place"},
		},
		{
			"values for no variable are left out", "## Prompt\n\nHello.\n", "", map[string]string{"who": "Ann"},
			[]Message{{"user", "Hello."}}, nil,
		},
		{
			"an empty value is a value", "## Prompt\n\n{{who}}\n", "", map[string]string{"who": ""},
			[]Message{{"user", ""}}, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, unbound := Render(library.Parse("x.md", test.text), test.input, test.values)
			if diff := cmp.Diff(r.Messages, test.want); diff != "" {
				t.Errorf("messages, got - want +:\n%s", diff)
			}
			var places []string
			for _, u := range unbound {
				places = append(places, fmt.Sprint(u.Pos, " ", u.Value))
			}
			if diff := cmp.Diff(places, test.unbound); diff != "" {
				t.Errorf("unbound variables, got - want +:\n%s", diff)
			}
		})
	}
}

func TestUnboundReportsVariables(t *testing.T) {
	_, unbound := Render(library.Parse("x.md", "## Prompt\n\nGreet {{who}}.\n"), "", nil)
	if diff := cmp.Diff(describe(t, Unbound(unbound)), []string{`x.md:3:9-x.md:3:12 variable "who" has no value`}); diff != "" {
		t.Errorf("got - want +:\n%s", diff)
	}
}

func TestBrokenIsOneCaseWithItsReason(t *testing.T) {
	c := Broken("x.md", fmt.Errorf("x.md:3:1: no contract"))
	if diff := cmp.Diff(describe(t, c.Problems), []string{"x.md:1:1-x.md:1:1 x.md:3:1: no contract"}); diff != "" {
		t.Errorf("got - want +:\n%s", diff)
	}
}
