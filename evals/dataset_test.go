package evals

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

// notePrompt has the variables topic and facts, and a contract of which the lines
// are given.
func promptB(eval string) string {
	return "---\ntitle: T\n" + eval + "---\n## Prompt\n\nWrite on [topic] from [facts].\n\n## Variables\n\n- [topic]: what on\n- [facts]: what from\n"
}

// promptA takes an input and has the variable tone.
func promptA(eval string) string {
	return "---\ntitle: T\n" + eval + "---\n<purpose>\nAnswer, {{tone}}.\n</purpose>\n<variables>\n- tone: how\n- text: what\n</variables>\n"
}

// rows writes a library in which a prompt has a dataset, reads its contract and
// checks the dataset. It lists its cases, and what is wrong.
func rows(t *testing.T, prompt func(string) string, name, text string) (cases []*Case, wrong []string) {
	t.Helper()
	files := map[string]string{"lib/p/x.md": prompt("eval:\n  dataset: " + name + "\n"), "lib/p/" + name: text}
	contract, err := readContract(t, files)
	p := library.Parse("lib/p/x.md", files["lib/p/x.md"])
	if err == nil {
		err = contract.CheckDatasets(p, 0)
	}
	if err != nil {
		for _, m := range mistakesOf(err) {
			wrong = append(wrong, strings.TrimPrefix(m.Error(), "lib/p/"))
		}
		return nil, wrong
	}
	for c := range All(p, contract, NoExamples) {
		cases = append(cases, c)
	}
	return cases, nil
}

// line is a case on one line.
func line(c *Case) string {
	sent := c.Request.Messages[len(c.Request.Messages)-1].Content
	s := fmt.Sprintf("%s at %d:%d sends %q", c.Name, c.At.Pos.Line, c.At.Pos.Column, sent)
	if !c.Expected.IsZero() {
		s += fmt.Sprintf(" expects %q", c.Expected.Value)
	}
	for _, d := range c.Problems {
		s += "; " + d.Message
	}
	return s
}

func TestDatasetRows(t *testing.T) {
	for _, test := range []struct {
		name   string
		prompt func(string) string
		file   string
		text   string
		want   []string
	}{
		{"csv", promptB, "r.csv", "name,topic,facts,expected\nlate,a,b,c\n,d,,\n", []string{
			`case late at 2:1 sends "Write on a from b." expects "c"`,
			`r.csv:3 at 3:1 sends "Write on d from ."`,
		}},
		{"csv in any order, with byte order mark and CR LF", promptB, "r.csv", "\ufeffexpected,facts,topic\r\nx,y,z\r\n", []string{
			`r.csv:2 at 2:1 sends "Write on z from y." expects "x"`,
		}},
		{"csv with line breaks, quotes and blank lines", promptB, "r.csv", "topic,facts\n\n\"a\nb\",\"say \"\"hi\"\"\"\n\n\"é\r\nf\",[topic]\ng,h", []string{
			`r.csv:3 at 3:1 sends "Write on a\nb from say \"hi\"."`,
			`r.csv:6 at 6:1 sends "Write on é\nf from [topic]."`,
			`r.csv:8 at 8:1 sends "Write on g from h."`,
		}},
		{"csv whose name is not first", promptB, "r.csv", "topic,facts,name\né,f,g\n", []string{`case g at 2:5 sends "Write on é from f."`}},
		{"csv that leaves a variable out", promptB, "r.csv", "topic\na\n", []string{
			`r.csv:2 at 2:1 sends "Write on a from [facts]."; variable "facts" has no value in r.csv:2`,
		}},
		{"csv for a prompt that takes an input", promptA, "r.csv", "input,tone\nhello,5\n,6\n", []string{
			`r.csv:2 at 2:1 sends "hello"`,
			`r.csv:3 at 3:1 sends "{\"tone\":6}"`,
		}},
		{"csv of members", promptA, "r.csv", "tone,text\ncalm,<a> 1\n", []string{`r.csv:2 at 2:1 sends "{\"text\":\"<a> 1\",\"tone\":\"calm\"}"`}},
		{"csv that binds from a JSON input", promptA, "r.csv", "input\n\"{\"\"text\"\": 1}\"\n\n", []string{
			`r.csv:2 at 2:1 sends "{\"text\": 1}"; variable "tone" has no value in r.csv:2`,
		}},
		{"csv without any input", promptA, "r.csv", "expected\nx\n", []string{`r.csv:2 at 2:1 sends "" expects "x"; r.csv:2 has no input`}},
		{"jsonl", promptB, "r.jsonl", "\ufeff{\"topic\": \"a\", \"facts\": 1.50, \"expected\": {\"b\":  [1]}}\r\n\n  {\"name\": \"é\", \"variables\": {\"topic\": \"\\u0061\\n\", \"facts\": [\"x\"]}, \"expected\": null}", []string{
			`r.jsonl:1 at 1:1 sends "Write on a from 1.50." expects "{\"b\":  [1]}"`,
			`case é at 3:12 sends "Write on a\n from [\"x\"]."`,
		}},
		{"jsonl whose input is JSON", promptA, "r.jsonl", `{"input": {"tone": "calm", "text": "1"}, "expected": "5"}`, []string{
			`r.jsonl:1 at 1:1 sends "{\"tone\": \"calm\", \"text\": \"1\"}" expects "5"`,
		}},
		{"jsonl of members keeps text text", promptA, "r.jsonl", `{"tone": "1", "text": 1}`, []string{`r.jsonl:1 at 1:1 sends "{\"text\":1,\"tone\":\"1\"}"`}},
		{"yaml", promptB, "r.yaml", "# rows\n- {topic: 1.50, facts: x}\n- topic: |\n    a\n    b\n  facts: yes\n  expected: {b: [1]}\n- name: 7\n  variables: {topic: '', facts: [1, a]}\n  expected:\n", []string{
			`r.yaml:2 at 2:3 sends "Write on 1.50 from x."`,
			`r.yaml:3 at 3:3 sends "Write on a\nb\n from yes." expects "{\"b\":[1]}"`,
			`case 7 at 8:9 sends "Write on  from [1,\"a\"]."`,
		}},
		{"yaml rows on one line", promptB, "r.yaml", "[{topic: a, facts: b}, {topic: c, facts: d}]\n", []string{
			`r.yaml:1 at 1:2 sends "Write on a from b."`,
			`r.yaml:1:24 at 1:24 sends "Write on c from d."`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cases, wrong := rows(t, test.prompt, test.file, test.text)
			var got []string
			for _, c := range cases {
				got = append(got, line(c))
			}
			if diff := cmp.Diff(append(got, wrong...), test.want); diff != "" {
				t.Errorf("rows, got - want +:\n%s", diff)
			}
		})
	}
}

func TestDatasetMistakes(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"unknown column", "r.csv", "topics,facts\na,b\n", `r.csv:1:1: eval: column "topics" is not known for this prompt; did you mean "topic"?`},
		{"column of another dialect", "r.csv", "topic,\"input\",facts\na,b,c\n", `r.csv:1:7: eval: column "input" is not known for this prompt; known are name, expected, facts, topic`},
		{"semicolons", "r.csv", "topic;facts\na;b\n", `r.csv:1:1: eval: column "topic;facts" is not known for this prompt; columns are separated by commas`},
		{"column without name", "r.csv", "topic,,facts\na,b,c\n", `r.csv:1:7: eval: column 2 has no name`},
		{"column twice", "r.csv", "topic,facts,topic\na,b,c\n", `r.csv:1:13: eval: column "topic" stands here twice; keep one`},
		{"column twice by another name", "r.csv", "topic,facts,variables.topic\na,b,c\n", `r.csv:2:5: eval: "variables.topic" stands here twice; keep one`},
		{"too few fields", "r.csv", "topic,facts\r\né,b\r\nü\r\n", `r.csv:3:2: eval: the row has 1 of 2 fields: "facts" is missing`},
		{"too many fields", "r.csv", "topic,facts\n\"a\né\",b,c\n", `r.csv:3:6: eval: the row has 3 fields and the header 2; put a field with a comma in it in double quotes`},
		{"quote not closed", "r.csv", "topic,facts\na,\"b\nc\n", `r.csv:2:1: eval: a quote in this row is not closed before the end of the file`},
		{"quote inside", "r.csv", "topic,facts\né,b\"c\n", `r.csv:2:4: eval: quote in a field that does not begin with one; put the field in quotes and write "" for each in it`},
		{"text after a quote", "r.csv", "topic,facts\n\"é\"x,b\n", `r.csv:2:3: eval: text after a quoted field; inside quotes write "" for a quote`},
		{"not UTF-8", "r.csv", "topic,facts\n\"a\né\",b\nc,\xe9\n", `r.csv:4:3: eval: byte 0xE9 is not UTF-8; save the file as UTF-8`},
		{"UTF-16", "r.csv", "\xff\xfet\x00o\x00", `r.csv:1:1: eval: the file is UTF-16; save it as UTF-8`},
		{"NUL byte", "r.csv", "topic,facts\na,\x00\n", `r.csv:2:3: eval: NUL byte; the file is no text`},
		{"header alone", "r.csv", "topic,facts\n", `x.md:4:12: eval: dataset "r.csv" has no rows`},
		{"empty", "r.csv", "", `x.md:4:12: eval: dataset "r.csv" has no rows`},
		{"name twice", "r.csv", "name,topic,facts\nu,a,b\nv,a,b\nu,a,b\n", `r.csv:4:1: eval: case u is in r.csv already, on line 2; names are unique`},
		{"too long", "r.csv", "topic,facts\na,\"" + strings.Repeat("line\n", maxRow/5+1), `r.csv:2:1: eval: the row has more than 4194304 bytes (4 MiB); is a quote not closed?`},
		{"too many columns", "r.csv", strings.Repeat("a,", 200_000), `r.csv:1:1: eval: the row has 200001 columns; at most 1000 are read`},
		{"no object", "r.jsonl", "{\"topic\": \"a\", \"facts\": \"b\"}\n[1]\n", `r.jsonl:2:1: eval: row is no JSON object: the text is no JSON object`},
		{"trailing comma", "r.jsonl", `{"topic": "é", "facts": "b",}`, `r.jsonl:1:29: eval: row is no JSON object: trailing comma before "}"`},
		{"member twice", "r.jsonl", `{"topic": "a", "topic": "b"}`, `r.jsonl:1:16: eval: row is no JSON object: duplicate member name`},
		{"two objects on a line", "r.jsonl", `{"topic": "a", "facts": "b"} {}`, `r.jsonl:1:30: eval: text after the end of the JSON object; a row is one object on one line`},
		{"object on two lines", "r.jsonl", "{\"topic\": \"a\",\n\"facts\": \"b\"}\n", "r.jsonl:1:15: eval: row is no JSON object: the text ends before the value does\nr.jsonl:2:1: eval: row is no JSON object: the text is no JSON object"},
		{"unknown key", "r.jsonl", `{"topic": "é", "fact": "b"}`, `r.jsonl:1:16: eval: key "fact" is not known for this prompt; did you mean "facts"?`},
		{"unknown variable", "r.jsonl", `{"variables": {"topic": "a", "tone": 1}}`, `r.jsonl:1:30: eval: key "variables.tone" is not known for this prompt; known are name, expected, facts, topic`},
		{"name that is no text", "r.jsonl", `{"name": 7, "topic": "a", "facts": "b"}`, `r.jsonl:1:10: eval: the name of a case is text, not 7`},
		{"line too long", "r.jsonl", `{"topic": "` + strings.Repeat("x", maxRow), `r.jsonl:1:1: eval: the row has more than 4194304 bytes (4 MiB)`},
		{"JSON not UTF-8", "r.jsonl", "{\"topic\": \"\xff\"}", `r.jsonl:1:12: eval: byte 0xFF is not UTF-8; save the file as UTF-8`},
		{"no list", "r.yaml", "topic: a\n", `r.yaml:1:1: eval: a dataset is a list of rows, not a mapping`},
		{"no mapping", "r.yaml", "- topic\n", `r.yaml:1:3: eval: a row is a mapping of columns to values, not text`},
		{"bad YAML", "r.yaml", "- {topic: a\n", "*r.yaml:"},
		{"key twice in YAML", "r.yaml", "- {topic: a, topic: b}\n", "*r.yaml:1:14:"},
		{"unknown key in YAML", "r.yaml", "- topic: a\n  fact: b\n", `r.yaml:2:3: eval: key "fact" is not known for this prompt; did you mean "facts"?`},
		{"list as a name", "r.yaml", "- name: [a]\n", `r.yaml:1:9: eval: the name of a case is text, not a list`},
		{"large YAML", "r.yaml", strings.Repeat("# comment\n", 500_000), `*x.md:4:12: eval: dataset lib/p/r.yaml: lib/p/r.yaml: the file has 5000000 bytes; at most`},
		{"other format", "r.txt", "a", `x.md:4:12: eval: dataset "r.txt" ends in ".txt"; write one of .csv, .jsonl, .yaml`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, wrong := rows(t, promptB, test.file, test.text)
			got := strings.Join(wrong, "\n")
			if prefix, ok := strings.CutPrefix(test.want, "*"); ok {
				if !strings.HasPrefix(got, prefix) {
					t.Errorf("got  %s\nwant %s…", got, prefix)
				}
			} else if got != test.want {
				t.Errorf("got  %.300s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDatasetsAreReadFromTheLibraryOnly(t *testing.T) {
	for name, want := range map[string]string{
		"/etc/passwd.csv":    `datasets are read from the library only; write a path relative to the prompt`,
		"https://x.de/r.csv": `datasets are read from the library only; write a path relative to the prompt`,
		"../../out.csv":      `leads out of the library`,
		"link.csv":           `leads out of the library`,
		"dir.csv":            `is a directory, not a file`,
		"none.csv":           `no such file or directory`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readContract(t, map[string]string{
				"lib/p/x.md": promptB("eval: {dataset: [" + name + "]}\n"), "out.csv": "topic,facts\na,b\n", "lib/p/link.csv": "-> ../../out.csv", "lib/p/dir.csv/a": "",
			})
			if err == nil || !strings.HasPrefix(err.Error(), "lib/p/x.md:3:18: eval: dataset ") || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want %s", err, want)
			}
		})
	}
}

func TestCheckDatasetsStopsEarly(t *testing.T) {
	cases, wrong := rows(t, promptB, "r.jsonl", strings.Repeat("x\n", 1000))
	if len(wrong) != mostMistakes || cases != nil {
		t.Errorf("got %d mistakes, want %d", len(wrong), mostMistakes)
	}
	text := "topic,facts\n" + strings.Repeat("a,b\n", 10) + "a\n"
	p := library.Parse("lib/p/x.md", promptB("eval: {dataset: r.csv}\n"))
	contract, err := readContract(t, map[string]string{"lib/p/x.md": p.Source, "lib/p/r.csv": text})
	if err != nil {
		t.Fatal(err)
	}
	if err := contract.CheckDatasets(p, 10); err != nil {
		t.Errorf("got %v of the first ten rows, want nothing", err)
	}
	if err := contract.CheckDatasets(p, 11); err == nil {
		t.Error("got nothing of eleven rows, want the mistake in the last")
	}
}

// TestNamesAreUniqueAcrossDatasets: cases of the contract included.
func TestNamesAreUniqueAcrossDatasets(t *testing.T) {
	source := promptB("eval:\n  dataset: [r.csv, s.csv]\n  cases: [{name: v, variables: {topic: a, facts: b}}]\n")
	contract, err := readContract(t, map[string]string{"lib/p/x.md": source, "lib/p/r.csv": "name,topic,facts\nu,a,b\n", "lib/p/s.csv": "name,topic,facts\nu,a,b\nv,a,b\n"})
	if err != nil {
		t.Fatal(err)
	}
	err = contract.CheckDatasets(library.Parse("lib/p/x.md", source), 0)
	want := "lib/p/s.csv:2:1: eval: case u is in r.csv already, on line 2; names are unique\nlib/p/s.csv:3:1: eval: case v is in the contract already, on line 5; names are unique"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestDatasetThatChangesAfterItsCheckIsNoSilence: a case says what is wrong.
func TestDatasetThatChangesAfterItsCheckIsNoSilence(t *testing.T) {
	source := promptB("eval: {dataset: r.csv}\n")
	p := library.Parse("lib/p/x.md", source)
	contract, err := readContract(t, map[string]string{"lib/p/x.md": source, "lib/p/r.csv": "topic,facts\na,b\n"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove("lib/p/r.csv"); err != nil {
		t.Fatal(err)
	}
	cases := slices.Collect(All(p, contract, NoExamples))
	if len(cases) != 1 || len(cases[0].Problems) != 1 || !strings.Contains(cases[0].Problems[0].Message, "no such file") {
		t.Errorf("got %+v, want one case that says that the file is gone", cases)
	}
}

// TestLargeDatasetIsReadRowByRow: the rows are never in memory as a whole.
func TestLargeDatasetIsReadRowByRow(t *testing.T) {
	const count = 100_000
	for _, format := range []struct{ file, head, row string }{
		{"r.csv", "name,topic,facts,expected\n", "n%d,a topic,\"facts, some of them quoted\",what is expected of this row\n"},
		{"r.jsonl", "", `{"name": "n%d", "topic": "a topic", "facts": "facts, some of them", "expected": "what is expected of this row"}` + "\n"},
	} {
		t.Run(format.file, func(t *testing.T) {
			source := promptB("eval: {dataset: " + format.file + "}\n")
			contract, err := readContract(t, map[string]string{"lib/p/x.md": source, "lib/p/" + format.file: ""})
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.Create(filepath.FromSlash("lib/p/" + format.file))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(file, format.head)
			for i := range count {
				fmt.Fprintf(file, format.row, i)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			p := library.Parse("lib/p/x.md", source)
			if err := contract.CheckDatasets(p, 0); err != nil {
				t.Fatal(err)
			}
			n, most := 0, uint64(0)
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			before := m.HeapAlloc
			for c := range All(p, contract, NoExamples) {
				if n++; n%20_000 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				if len(c.Problems) > 0 {
					t.Fatalf("row %d: %v", n, c.Problems)
				}
			}
			if n != count {
				t.Errorf("got %d cases, want %d", n, count)
			}
			if most > before+1<<20 {
				t.Errorf("%d KiB are held while rows are read", (most-before)>>10)
			}
		})
	}
}

// FuzzDataset: a dataset gives cases or mistakes, each at a place in it, and
// nothing twice.
func FuzzDataset(f *testing.F) {
	for _, text := range []string{
		"name,topic,facts,expected\nu,a,b,c\n", "\ufefftopic,facts\r\n\"a\r\nb\",c\r\n", "topic,facts\n\"a\n", "topic\n\xff\n",
		`{"topic": "a", "facts": 1, "expected": {"a": 1}}`, "{\"variables\": {\"topic\": [1]}}\n\n{}", `{"name" : "é", "topic":null}`,
		"- {topic: a, facts: b}\n- name: c\n  variables: {topic: d}\n", "[{}, {}]", "- *a\n",
	} {
		f.Add(text)
	}
	root := f.TempDir()
	p := library.Parse(root+"/x.md", promptB(""))
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range datasetFormats {
			d := &Dataset{Path: library.Text{Value: "r" + format.extension}, format: format, file: root + "/r" + format.extension, root: root}
			if err := os.WriteFile(d.file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			contract := &Contract{Datasets: []Dataset{*d}}
			sound := contract.CheckDatasets(p, 0) == nil
			names := map[string]bool{}
			for c := range All(p, contract, NoExamples) {
				at := c.At.Pos
				if names[c.Name] && sound || at.Line < 1 || at.Line > strings.Count(text, "\n")+1 || at.Offset > len(text) {
					t.Errorf("%s: case %q at %v", format.extension, c.Name, at)
				}
				names[c.Name] = true
			}
			for _, m := range mistakesOf(contract.CheckDatasets(p, 0)) {
				if at := m.At.Pos; at.Path == d.file && (at.Line < 1 || at.Offset > len(text) || m.At.End.Offset < at.Offset) {
					t.Errorf("%s: %v at %v to %v", format.extension, m, at, m.At.End)
				}
			}
		}
	})
}
