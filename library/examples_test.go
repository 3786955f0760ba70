package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exampleLines writes an example as "number name (kind)", its input and its
// output; "-" for one that is missing.
func exampleLines(examples []Example) []string {
	at := func(t Text) string {
		if t.IsZero() {
			return "-"
		}
		return place(t)
	}
	var list []string
	for _, e := range examples {
		list = append(list, fmt.Sprintf("%d %s (%s) at %d", e.Number, e.Name, e.Kind, e.Marker.Pos.Line), "  in  "+at(e.Input), "  out "+at(e.Output))
	}
	return list
}

// lines joins lines, each with a line end.
func lines(list ...string) string { return strings.Join(list, "\n") + "\n" }

func TestExamplesA(t *testing.T) {
	tests := []struct {
		name string
		text string // inside <examples>, from line 2 on
		want []string
	}{
		{"none", "Some text.\n", nil},
		{"a pair", lines("Example 1:", "Input:", "a", "Output:", "b"), []string{
			"1 Example 1 (text) at 2", `  in  4:1-4:2 "a"`, `  out 6:1-6:2 "b"`,
		}},
		{"two pairs", lines("Example 1:", "Input: a", "Output: b", "", "Example 2:", "Input: c", "Output: d"), []string{
			"1 Example 1 (text) at 2", `  in  3:8-3:9 "a"`, `  out 4:9-4:10 "b"`,
			"2 Example 2 (text) at 6", `  in  7:8-7:9 "c"`, `  out 8:9-8:10 "d"`,
		}},
		{"titles", lines("Example 1: New feature", "Input: a", "Output: b", "Example 2 : Fix", "Input: c", "Output: d", "Example: Last", "Input: e", "Output: f"), []string{
			"1 New feature (text) at 2", `  in  3:8-3:9 "a"`, `  out 4:9-4:10 "b"`,
			"2 Fix (text) at 5", `  in  6:8-6:9 "c"`, `  out 7:9-7:10 "d"`,
			"3 Last (text) at 8", `  in  9:8-9:9 "e"`, `  out 10:9-10:10 "f"`,
		}},
		{"no Example line", lines("Input:", "a", "Output:", "b", "Input:", "c", "Output:", "d"), []string{
			"1 Example 1 (text) at 2", `  in  3:1-3:2 "a"`, `  out 5:1-5:2 "b"`,
			"2 Example 2 (text) at 6", `  in  7:1-7:2 "c"`, `  out 9:1-9:2 "d"`,
		}},
		{"no output", lines("Example 1:", "Input: a", "Example 2:", "Input: b", "Output: c"), []string{
			"1 Example 1 (none) at 2", `  in  3:8-3:9 "a"`, "  out -",
			"2 Example 2 (text) at 4", `  in  5:8-5:9 "b"`, `  out 6:9-6:10 "c"`,
		}},
		{"no output of the last one", lines("Example 1:", "Input: a", "Output: b", "Example 2:", "Input: c"), []string{
			"1 Example 1 (text) at 2", `  in  3:8-3:9 "a"`, `  out 4:9-4:10 "b"`,
			"2 Example 2 (none) at 5", `  in  6:8-6:9 "c"`, "  out -",
		}},
		{"empty output", lines("Input: a", "Output:", ""), []string{"1 Example 1 (none) at 2", `  in  2:8-2:9 "a"`, "  out -"}},
		{"an output alone", lines("Output:", "b"), []string{"1 Example 1 (text) at 2", "  in  -", `  out 3:1-3:2 "b"`}},
		{"values over several lines", lines("Input:", "", "a", "", "b", "", "Output:", "c", "d", ""), []string{
			"1 Example 1 (text) at 2", `  in  4:1-6:2 "a\n\nb"`, `  out 9:1-10:2 "c\nd"`,
		}},
		{"fenced values", lines("Input:", "```json", `{"a": 1}`, "```", "", "Output:", "```", "text", "```"), []string{
			"1 Example 1 (text) at 2", `  in  4:1-4:9 "{\"a\": 1}"`, `  out 9:1-9:5 "text"`,
		}},
		{"fenced values without a line", lines("Input:", "```", "```", "Output:", "~~~", "", "~~~"), []string{
			"1 Example 1 (none) at 2", `  in  4:1-4:1 ""`, `  out 7:1-7:1 ""`,
		}},
		{"fence with text around it", lines("Input: a", "Output:", "Here:", "```", "x", "```"), []string{
			"1 Example 1 (text) at 2", `  in  2:8-2:9 "a"`, `  out 4:1-7:4 "Here:\n` + "```" + `\nx\n` + "```" + `"`,
		}},
		{"two fences", lines("Input: a", "Output:", "```", "x", "```", "```", "y", "```"), []string{
			"1 Example 1 (text) at 2", `  in  2:8-2:9 "a"`, `  out 4:1-9:4 "` + "```" + `\nx\n` + "```" + `\n` + "```" + `\ny\n` + "```" + `"`,
		}},
		{"rule at the end", lines("Input: a", "", "---", "", "Output:", "b", "", "***"), []string{
			"1 Example 1 (text) at 2", `  in  2:8-2:9 "a"`, `  out 7:1-7:2 "b"`,
		}},
		{"markers in code", lines("Input:", "```", "Output:", "Example 2:", "```", "Output:", "b"), []string{
			"1 Example 1 (text) at 2", `  in  4:1-5:11 "Output:\nExample 2:"`, `  out 8:1-8:2 "b"`,
		}},
		{"markers indented", lines("Input:", "a", "  Output: x", "Output:", "b"), []string{
			"1 Example 1 (text) at 2", `  in  3:1-4:12 "a\n  Output: x"`, `  out 6:1-6:2 "b"`,
		}},
		{"Example line that announces nothing", lines("Input:", "a", "Example:", "text", "Output:", "b"), []string{
			"1 Example 1 (text) at 2", `  in  3:1-5:5 "a\nExample:\ntext"`, `  out 7:1-7:2 "b"`,
		}},
		{"Example line in an output", lines("Example 1:", "Input:", "a", "Output:", "b", "Example:", "of text", "Example 2:", "Input: c", "Output: d"), []string{
			"1 Example 1 (text) at 2", `  in  4:1-4:2 "a"`, `  out 6:1-8:8 "b\nExample:\nof text"`,
			"2 Example 2 (text) at 9", `  in  10:8-10:9 "c"`, `  out 11:9-11:10 "d"`,
		}},
		{"other labels", lines("Sample input:", "a", "Expected Output (JSON):", "{}"), []string{
			"1 Example 1 (json) at 2", `  in  3:1-3:2 "a"`, `  out 5:1-5:3 "{}"`,
		}},
		{"long labels", lines("Input that goes on for more than forty letters: x", "Input: a", "Output: b"), []string{
			"1 Example 1 (text) at 3", `  in  3:8-3:9 "a"`, `  out 4:9-4:10 "b"`,
		}},

		{"JSON", lines("Input:", "{", `  "a": "b"`, "}", "Output:", "[", "  1", "]"), []string{
			"1 Example 1 (json) at 2", `  in  3:1-5:2 "{\n  \"a\": \"b\"\n}"`, `  out 7:1-9:2 "[\n  1\n]"`,
		}},
		{"JSON on the line of the marker", lines(`Input: {"a": 1}`, `Output: {"b": [`, "1", "]}"), []string{
			"1 Example 1 (json) at 2", `  in  2:8-2:16 "{\"a\": 1}"`, `  out 3:9-5:3 "{\"b\": [\n1\n]}"`,
		}},
		{"text after JSON", lines("Input: a", "Output:", "{", "}", "Done."), []string{
			"1 Example 1 (invalid-json) at 2", `  in  2:8-2:9 "a"`, `  out 4:1-6:6 "{\n}\nDone."`,
		}},
		{"markers inside invalid JSON", lines("Example 1:", "Input: a", "Output:", "{", `  "doc": """`, "Example:", "Input: x", "Output: y", "Example 1:", "Input: z", `"""`, "}", "", "Example 2:", "Input: c", "Output: d"), []string{
			"1 Example 1 (invalid-json) at 2", `  in  3:8-3:9 "a"`, `  out 5:1-13:2 "{\n  \"doc\": \"\"\"\nExample:\nInput: x\nOutput: y\nExample 1:\nInput: z\n\"\"\"\n}"`,
			"2 Example 2 (text) at 15", `  in  16:8-16:9 "c"`, `  out 17:9-17:10 "d"`,
		}},
		{"the next example ends invalid JSON", lines("Example 1:", "Input: a", "Output:", "{", `  "b": `, "Example 2:", "Input: c", "Output:", "{", "}"), []string{
			"1 Example 1 (invalid-json) at 2", `  in  3:8-3:9 "a"`, `  out 5:1-6:7 "{\n  \"b\":"`,
			"2 Example 2 (json) at 7", `  in  8:8-8:9 "c"`, `  out 10:1-11:2 "{\n}"`,
		}},
		{"an output ends an invalid input", lines("Example 1:", "Input:", "{", `  "b": `, "Output:", "{", "}"), []string{
			"1 Example 1 (json) at 2", `  in  4:1-5:7 "{\n  \"b\":"`, `  out 7:1-8:2 "{\n}"`,
		}},
		{"an invalid input guards its Example lines", lines("Example 1:", "Input:", "{", `  "b": """`, "Example 2:", "Input: x", `"""`, "}", "Output: c"), []string{
			"1 Example 1 (text) at 2", `  in  4:1-9:2 "{\n  \"b\": \"\"\"\nExample 2:\nInput: x\n\"\"\"\n}"`, `  out 10:9-10:10 "c"`,
		}},
		{"JSON array of many", lines("Input: a", "Output:", "[", "  {", `    "b": 1`, "  }", "]", "", "---"), []string{
			"1 Example 1 (json) at 2", `  in  2:8-2:9 "a"`, `  out 4:1-8:2 "[\n  {\n    \"b\": 1\n  }\n]"`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "<examples>\n" + test.text + "</examples>\n"
			for _, eol := range []string{"\n", "\r\n"} {
				text := strings.ReplaceAll(text, "\n", eol)
				p := Parse("x.md", text)
				if diff := cmp.Diff(test.want, exampleLines(p.Examples)); diff != "" {
					t.Errorf("line ends %q: -want +got\n%s", eol, diff)
				}
				for _, e := range p.Examples {
					checkText(t, text, e.Marker, "marker")
					for _, value := range []Text{e.Input, e.Output} {
						if !value.IsZero() {
							checkText(t, text, value, "value")
						}
					}
				}
			}
		})
	}
}

func TestExamplesB(t *testing.T) {
	tests := []struct {
		name string
		text string // from line 3 on
		want []string
	}{
		{"bold labels", lines("## Example Usage", "**Input:**", "[a]: 1", "**Output:**", "x"), []string{
			"1 Example 1 (text) at 4", `  in  5:1-5:7 "[a]: 1"`, `  out 7:1-7:2 "x"`,
		}},
		{"colon after the label", lines("## Examples", "**Input**:", "[a]: 1", "**Expected Output**: x"), []string{
			"1 Example 1 (text) at 4", `  in  5:1-5:7 "[a]: 1"`, `  out 6:22-6:23 "x"`,
		}},
		{"value on the line of the label", lines("## Example", "**Input:** [a]: 1", "**Output:** x"), []string{
			"1 Example 1 (text) at 4", `  in  4:12-4:18 "[a]: 1"`, `  out 5:13-5:14 "x"`,
		}},
		{"headings", lines("## Usage Example", "### Input", "", "[a]: 1", "", "### Expected Output", "", "x", "", "## Tips", "y"), []string{
			"1 Example 1 (text) at 4", `  in  6:1-6:7 "[a]: 1"`, `  out 10:1-10:2 "x"`,
		}},
		{"bold headings", lines("## Example Usage", "### **Example 1: First**", "#### **Input:**", "a", "#### Output ####", "x"), []string{
			"1 First (text) at 4", `  in  6:1-6:2 "a"`, `  out 8:1-8:2 "x"`,
		}},
		{"several examples", lines("## Examples", "### Example 1", "**Input:**", "a", "**Output:**", "x", "### Example 2: More", "**Input:**", "b", "**Output:**", "y"), []string{
			"1 Example 1 (text) at 4", `  in  6:1-6:2 "a"`, `  out 8:1-8:2 "x"`,
			"2 More (text) at 9", `  in  11:1-11:2 "b"`, `  out 13:1-13:2 "y"`,
		}},
		{"excerpts", lines("## Example Usage", "**Input:**", "a", "**Excerpt of Expected Output:**", "x"), []string{
			"1 Example 1 (text) at 4", `  in  5:1-5:2 "a"`, `  out 7:1-7:2 "x"`,
		}},
		{"excerpt in brackets", lines("## Example Usage", "**Input**", "a", "**Expected Output (excerpt)**", "x"), []string{
			"1 Example 1 (text) at 4", `  in  5:1-5:2 "a"`, `  out 7:1-7:2 "x"`,
		}},
		{"excerpt after the label", lines("## Example Usage", "### Sample Input", "a", "### Expected Output Excerpt", "x"), []string{
			"1 Example 1 (text) at 4", `  in  5:1-5:2 "a"`, `  out 7:1-7:2 "x"`,
		}},
		{"no output", lines("## Example Usage", "**Input**", "", "```text", "[a]: 1", "```", "", "---"), []string{
			"1 Example 1 (none) at 4", `  in  7:1-7:7 "[a]: 1"`, "  out -",
		}},
		{"fences closed badly", lines("## Example Usage", "**Input**", "```text", "[a]: 1", "```text", "```text", "", "---", "", "## Tips", "x"), []string{
			"1 Example 1 (none) at 4", `  in  6:1-6:7 "[a]: 1"`, "  out -",
		}},
		{"words with a colon are no labels", lines("## Example Usage", "Input:", "a", "Output:", "x"), nil},
		{"labels that say more", lines("## Example Usage", "**Input: a long one**", "**Inputs:**", "**Input:", "**Important:** x"), nil},
		{"label with nothing after its colon", lines("## Example Usage", "### Input:", "a", "**Output: **", "x"), []string{
			"1 Example 1 (text) at 4", `  in  5:1-5:2 "a"`, `  out 7:1-7:2 "x"`,
		}},
		{"two example sections", lines("## Example", "**Input:** a", "**Output:** x", "## Example Usage", "**Input:** b", "**Output:** y"), []string{
			"1 Example 1 (text) at 4", `  in  4:12-4:13 "a"`, `  out 5:13-5:14 "x"`,
			"2 Example 2 (text) at 7", `  in  7:12-7:13 "b"`, `  out 8:13-8:14 "y"`,
		}},
		{"an example below a deeper heading", lines("### Examples", "**Input:** a"), nil},
		{"markdown", lines("## Example Usage", "**Input:**", "a", "**Output:**", "```markdown", "# T", "**Input:** b", "```"), []string{
			"1 Example 1 (markdown) at 4", `  in  5:1-5:2 "a"`, `  out 8:1-9:13 "# T\n**Input:** b"`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "## Prompt\nDo it.\n" + test.text
			p := Parse("x.md", text)
			if diff := cmp.Diff(test.want, exampleLines(p.Examples)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, e := range p.Examples {
				checkText(t, text, e.Marker, "marker")
				for _, value := range []Text{e.Input, e.Output} {
					if !value.IsZero() {
						checkText(t, text, value, "value")
					}
				}
			}
		})
	}
}

func TestOutputKinds(t *testing.T) {
	tests := []struct {
		text   string
		info   string
		want   OutputKind
		offset int // of the JSON error
		says   string
	}{
		{"", "", NoOutput, 0, ""},
		{" \n", "json", NoOutput, 0, ""},
		{"{}", "", JSON, 0, ""},
		{`{"a": [1, {"b": null}]}`, "", JSON, 0, ""},
		{" [1, 2]\n", "", JSON, 0, ""},
		{`["a"]`, "", JSON, 0, ""},
		{"[]", "text", JSON, 0, ""},
		{"12", "json", JSON, 0, ""},
		{`"a"`, "JSON", JSON, 0, ""},
		{`{"a": 1,}`, "", InvalidJSON, 8, `trailing comma before "}"`},
		{`  {"a": 1,}`, "", InvalidJSON, 10, "trailing comma"},
		{"{'a': 1}", "", InvalidJSON, 1, ""},
		{`{"a": """x"""}`, "", InvalidJSON, 8, `""" is no JSON string`},
		{`{"a": 1`, "", InvalidJSON, 7, "the text ends before the value does"},
		{`{"a": 1, "a": 2}`, "", InvalidJSON, 9, "duplicate member name"},
		{`{"a": 1} and more`, "", InvalidJSON, 9, "text after the end of the JSON value"},
		{"?", "json", InvalidJSON, 0, ""},
		{"[1, 2", "", InvalidJSON, 5, "ends before"},
		{"[... continues ...]", "", PlainText, 0, ""},
		{"[name] is here", "", PlainText, 0, ""},
		{"{name} is here", "", PlainText, 0, ""},
		{"{", "", PlainText, 0, ""},
		{"# Title\n", "", Markdown, 0, ""},
		{"text\n\n**Risk:** high", "", Markdown, 0, ""},
		{"| a | b |\n", "", Markdown, 0, ""},
		{"text\n- item\n", "", Markdown, 0, ""},
		{"1. one\n", "", Markdown, 0, ""},
		{"text", "markdown", Markdown, 0, ""},
		{"text", "MD", Markdown, 0, ""},
		{"Just text.\nMore.", "", PlainText, 0, ""},
		{"-5 degrees", "", PlainText, 0, ""},
		{"#hashtag", "", PlainText, 0, ""},
		{"SELECT 1;", "sql", PlainText, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.text+" "+test.info, func(t *testing.T) {
			kind, _, err := outputKind(test.text, test.info)
			if kind != test.want {
				t.Errorf("kind %s, want %s", kind, test.want)
			}
			if (err != nil) != (test.want == InvalidJSON) {
				t.Fatalf("error %v for kind %s", err, kind)
			}
			if err == nil {
				return
			}
			if err.Offset != test.offset || !strings.Contains(err.Message, test.says) {
				t.Errorf("error %q at offset %d, want %q at %d", err.Message, err.Offset, test.says, test.offset)
			}
		})
	}
}

func TestJSONErrorsLeadIntoTheFile(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		text := strings.ReplaceAll("<examples>\nInput: é\nOutput:\n\n{\n  \"a\": \"é\",\n  \"b\": \"é\",\n}\n</examples>\n", "\n", eol)
		e := Parse("x.md", text).Examples[0]
		if e.Kind != InvalidJSON || e.JSONErr == nil {
			t.Fatalf("line ends %q: kind %s", eol, e.Kind)
		}
		at := e.Output.At(e.JSONErr.Offset)
		checkPos(t, text, at, "error")
		if want := (Pos{"x.md", 8, 1, strings.LastIndex(text, "}")}); at != want {
			t.Errorf("line ends %q: error at %v, want %v", eol, at, want)
		}
	}
}

func TestBindingsOfMembers(t *testing.T) {
	type binding struct{ Name, Value string }
	tests := []struct {
		name  string
		input string // on line 3
		want  []binding
	}{
		{"none", "text", nil},
		{"an array", `["a"]`, nil},
		{"members", `{"a": "x", "b_c": 1, "d": [1, 2], "e": null, "f": {"g": 1}}`, []binding{
			{`3:3-3:4 "a"`, "x"}, {`3:13-3:16 "b_c"`, "1"}, {`3:23-3:24 "d"`, "[1, 2]"}, {`3:36-3:37 "e"`, "null"}, {`3:47-3:48 "f"`, `{"g": 1}`},
		}},
		{"over lines", "{\n  \"é\": \"x\",\n  \"b\": {\n    \"c\": 1\n  }\n}", []binding{
			{`4:4-4:5 "é"`, "x"}, {`5:4-5:5 "b"`, "{\n    \"c\": 1\n  }"},
		}},
		{"escapes", `{"a\u0062": "\"[a]\" \r\n {{b}}"}`, []binding{{`3:3-3:10 "ab"`, "\"[a]\" \r\n {{b}}"}}},
		{"quotes in a name", `{"a\"b": 1}`, []binding{{`3:3-3:7 "a\"b"`, "1"}}},
		{"up to a syntax error", `{"a": 1, "b": }`, []binding{{`3:3-3:4 "a"`, "1"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, eol := range []string{"\n", "\r\n"} {
				text := strings.ReplaceAll("<examples>\nInput:\n"+test.input+"\nOutput: x\n</examples>\n", "\n", eol)
				var got []binding
				for _, b := range Parse("x.md", text).Examples[0].Bindings {
					got = append(got, binding{place(b.Name), b.Value})
					checkPlace(t, text, b.Name, "name")
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("line ends %q: -want +got\n%s", eol, diff)
				}
			}
		})
	}
}

func TestBindingsOfLines(t *testing.T) {
	type binding struct{ Name, Value string }
	tests := []struct {
		name    string
		input   string // on line 5
		want    []binding
		unbound []string
	}{
		{"one a line", "[a]: x\n[b c]: y [a] {{z}}\n", []binding{{`5:2-5:3 "a"`, "x"}, {`6:2-6:5 "b c"`, "y [a] {{z}}"}}, nil},
		{"other styles", "{{a}}: x\n{b}:y\n- `[c]`: z\n* [d] : w\n  [é]: v\n", []binding{{`5:3-5:4 "a"`, "x"}, {`6:2-6:3 "b"`, "y"}, {`7:5-7:6 "c"`, "z"}, {`8:4-8:5 "d"`, "w"}, {`9:4-9:5 "é"`, "v"}}, nil},
		{"values over lines", "[a]:\n  one\n\n  two\n\n[b]: x\n- y\n", []binding{{`5:2-5:3 "a"`, "one\n\n  two"}, {`10:2-10:3 "b"`, "x\n- y"}}, nil},
		{"no value", "[a]:\n[b]: x\n", []binding{{`5:2-5:3 "a"`, ""}, {`6:2-6:3 "b"`, "x"}}, nil},
		{"a placeholder without a colon goes on", "[a]: x\n[b] y\n[c](d): z\n", []binding{{`5:2-5:3 "a"`, "x\n[b] y\n[c](d): z"}}, nil},
		{"lines that bind nothing", "Please do:\n\n  this\n[a]: x\nlast\n", []binding{{`8:2-8:3 "a"`, "x\nlast"}}, []string{`5:1-5:11 "Please do:"`, `7:3-7:7 "this"`}},
		{"nothing bound", "Review é.\n", nil, []string{`5:1-5:10 "Review é."`}},
		{"fence lines are passed over", "Text\n```\n[a]: x\n", []binding{{`7:2-7:3 "a"`, "x"}}, []string{`5:1-5:5 "Text"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, eol := range []string{"\n", "\r\n"} {
				text := strings.ReplaceAll("## Prompt\nDo it.\n## Example\n**Input:**\n"+test.input, "\n", eol)
				e := Parse("x.md", text).Examples[0]
				var got []binding
				for _, b := range e.Bindings {
					got = append(got, binding{place(b.Name), b.Value})
					checkText(t, text, b.Name, "name")
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("line ends %q: -want +got\n%s", eol, diff)
				}
				if diff := cmp.Diff(test.unbound, places(e.Unbound)); diff != "" {
					t.Errorf("line ends %q: unbound: -want +got\n%s", eol, diff)
				}
				for _, u := range e.Unbound {
					checkText(t, text, u, "line")
				}
			}
		})
	}
}

func TestExamplesOfAQuotedTemplateAreNone(t *testing.T) {
	p := Parse("x.md", "<purpose>\n```\n<examples>\nInput: a\nOutput: b\n</examples>\n```\n</purpose>\n")
	if p.Examples != nil {
		t.Errorf("got %v, want none", exampleLines(p.Examples))
	}
}

func TestMarkerAtTheClosingTag(t *testing.T) {
	p := Parse("x.md", "<examples>\n### Input (</examples>\n")
	if diff := cmp.Diff([]string{"1 Example 1 (none) at 2", "  in  -", "  out -"}, exampleLines(p.Examples)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
