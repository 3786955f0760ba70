package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/library/policy"
	"promptlib/schema"
)

// with lints a text under a path with a configuration and shows the findings of
// some rules.
func with(config Config, path, text string, codes ...string) []string {
	l := &Linter{Policy: policy.Default(), Config: config, Root: ".", Now: today}
	found, _ := l.Prompt(library.Parse(path, text))
	var list []string
	for _, d := range found {
		for _, code := range codes {
			if d.Code == code {
				list = append(list, d.String())
			}
		}
	}
	return list
}

func TestStructureOfTheLibrary(t *testing.T) {
	const (
		headings = "---\ntitle: Note\nversion: \"1\"\ntype: How_To\n---\n## Risks\n\nFew.\n\n## Prompt\n\nSum up.\n"
		tagged   = "---\ntitle: Note\nversion: \"1\"\n---\n<purpose>\nSum up.\n</purpose>\n"
		plain    = "---\ntitle: Note\nversion: \"1\"\n---\n## Risks\n\nFew.\n"
	)
	for _, tt := range []struct {
		name       string
		text       string
		structures map[string][]Structure
		want       []string
	}{
		{"built in", headings, nil, []string{`a.md:1:1: error: section "## Description" is missing [STR001 section-missing]`}},
		{"of another dialect", headings, map[string][]Structure{"A": {{Required: []string{"risks"}}}},
			[]string{`a.md:1:1: error: section "## Description" is missing [STR001 section-missing]`}},
		{"nothing required", headings, map[string][]Structure{"B": {}}, nil},
		{"required", headings, map[string][]Structure{"B": {{Required: []string{"risks", "tips"}}, {Required: []string{"tips", "owner"}}}}, []string{
			`a.md:1:1: error: section "## owner" is missing; the configuration of the library requires it [STR001 section-missing]`,
			`a.md:1:1: error: section "## tips" is missing; the configuration of the library requires it [STR001 section-missing]`,
		}},
		{"required of a type", headings, map[string][]Structure{"B": {{Types: []string{"tutorial"}, Required: []string{"tips"}}, {Types: []string{"how_to"}, Required: []string{"scope"}}}},
			[]string{`a.md:1:1: error: section "## scope" is missing; the configuration of the library requires it [STR001 section-missing]`}},
		{"required tag", tagged, map[string][]Structure{"A": {{Required: []string{"purpose", "instructions"}}}},
			[]string{`a.md:1:1: error: section "<instructions>" is missing; the configuration of the library requires it [STR001 section-missing]`}},
		{"required of a plain text", plain, map[string][]Structure{"plain": {{Required: []string{"scope"}}}},
			[]string{`a.md:1:1: error: section "## scope" is missing; the configuration of the library requires it [STR001 section-missing]`}},
		{"ordered", headings, map[string][]Structure{"B": {{Ordered: []string{"prompt", "variables", "risks"}}}},
			[]string{`a.md:10:4: warning: section "Prompt" stands after "Risks"; put it before [STR010 section-order]`}},
		{"in order", headings, map[string][]Structure{"B": {{Ordered: []string{"risks", "variables", "prompt"}}}}, nil},
		{"ordered of another type", headings, map[string][]Structure{"B": {{Types: []string{"tutorial"}, Ordered: []string{"prompt", "risks"}}}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := with(Config{Structure: tt.structures}, "a.md", tt.text, "STR001", "STR010")
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("findings (-got +want):\n%s", diff)
			}
		})
	}
}

func TestPathMismatchByFolder(t *testing.T) {
	for _, tt := range []struct {
		name, file, path, want string
	}{
		{"the file", "writing/note.md", "writing/note", ""},
		{"the end of the path", "lib/prompts/writing/note.md", "writing/note", ""},
		{"the start is not part of a name", "prewriting/note.md", "writing/note", `info: path "writing/note" names another folder than that of the file; write "prewriting/note"`},
		{"linted from its folder", "note.md", "prompts/writing/note", ""},
		{"hyphens", "prompts/writing/short-note.md", "writing/short_note", `info: path "writing/short_note" differs from the file in hyphens and underscores; write "writing/short-note"`},
		{"moved", "prompts/writing/note.md", "notes/note", `info: path "notes/note" names another folder than that of the file; write "prompts/writing/note"`},
		{"another file", "prompts/writing/note.md", "writing/notes/plan", `warning: path "writing/notes/plan" is not this file; write "writing/note"`},
		{"template", "templates/note.md", "category/name", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := "---\ntitle: Note\nversion: \"1\"\npath: " + tt.path + "\n---\n<purpose>\nSum up.\n</purpose>\n"
			var want []string
			if tt.want != "" {
				want = []string{tt.file + ":4:7: " + tt.want + " [FM017 path-mismatch]"}
			}
			if diff := cmp.Diff(with(Config{}, tt.file, text, "FM017"), want); diff != "" {
				t.Errorf("findings (-got +want):\n%s", diff)
			}
		})
	}
}

// TestOneFindingAMistake: what two rules could report is reported once, by the
// other rule where one is off.
func TestOneFindingAMistake(t *testing.T) {
	const header = "---\ntitel: Note\nversion: \"1\"\ndate: YYYY-MM-DD\nlast_updated: May\n---\n"
	text := header + "## Description\n\nSums up.\n\n## Prompt\n\nSum up.\n"
	leak := header + "<purpose>\nSum up.\n</purpose>\n</invoke>\n"
	off := func(code string) Config { return Config{Levels: map[string]Level{code: {Off: true}}} }
	for _, tt := range []struct {
		name   string
		config Config
		text   string
		codes  []string
		want   []string
	}{
		{"all on", Config{}, text, []string{"FM005", "FM014", "FM015", "FM019"}, []string{
			`a.md:2:1: warning: key "titel" is not known; did you mean "title"? [FM014 key-misspelt]`,
			`a.md:4:7: warning: date "YYYY-MM-DD" is left over from a template; write the value of this prompt, or remove the key [FM015 template-value]`,
			`a.md:5:15: warning: key "last_updated": expected a date of the form YYYY-MM-DD, not "May" [FM005 front-matter-schema]`,
		}},
		{"misspelt keys off", off("FM014"), text, []string{"FM005"}, []string{
			`a.md:1:1: warning: key "title" is missing [FM005 front-matter-schema]`,
			`a.md:5:15: warning: key "last_updated": expected a date of the form YYYY-MM-DD, not "May" [FM005 front-matter-schema]`,
		}},
		{"template values off", off("FM015"), text, []string{"FM005"}, []string{
			`a.md:4:7: warning: key "date": expected a date of the form YYYY-MM-DD, not "YYYY-MM-DD" [FM005 front-matter-schema]`,
			`a.md:5:15: warning: key "last_updated": expected a date of the form YYYY-MM-DD, not "May" [FM005 front-matter-schema]`,
		}},
		{"schema off", off("FM005"), text, []string{"FM019"}, []string{
			`a.md:5:15: warning: last_updated "May" is no date; write YYYY-MM-DD [FM019 date-malformed]`,
		}},
		{"leaked tag", Config{}, leak, []string{"STR007", "STR008", "STR012"}, []string{
			`a.md:10:1: error: "</invoke>" is markup of a tool and goes to the model; remove it [STR012 tool-markup]`,
		}},
		{"tag of another name", Config{}, header + "<purpose>\nSum up.\n</content>\n", []string{"STR008", "STR012"}, []string{
			`a.md:9:1: warning: closing tag "</content>" does not match "<purpose>" of line 7 [STR008 section-tag-unpaired]`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(with(tt.config, "a.md", tt.text, tt.codes...), tt.want); diff != "" {
				t.Errorf("findings (-got +want):\n%s", diff)
			}
		})
	}
}

// TestSchemaOfTheLibrary: a schema of the library stands in place of the one of
// the dialect.
func TestSchemaOfTheLibrary(t *testing.T) {
	own, err := schema.Compile("own.json", []byte(`{"required": ["owner"], "properties": {"version": {"type": "integer"}, "topic": {}, "house_key": {}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{FrontMatter: map[string]*schema.Schema{"B": own}}
	for _, tt := range []struct{ name, text, want string }{
		{"broken", "---\nversion: 2\n---\n## Prompt\n\nSum up.\n", `a.md:1:1: warning: key "owner" is missing [FM005 front-matter-schema]`},
		{"kept", "---\nowner: Ada\nversion: 2\n---\n## Prompt\n\nSum up.\n", ""},
		{"keys of its own", "---\nowner: Ada\ntopic: git\nhouse_kee: x\n---\n## Prompt\n\nSum up.\n", `a.md:4:1: warning: key "house_kee" is not known; did you mean "house_key"? [FM014 key-misspelt]`},
		{"another dialect", "---\ntitle: Note\nversion: 2\n---\n<purpose>\nSum up.\n</purpose>\n", `a.md:3:10: warning: key "version" is a number, expected text; write "2", in quotes [FM005 front-matter-schema]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(with(config, "a.md", tt.text, "FM005", "FM014", "FM018"), "\n")
			if got != tt.want {
				t.Errorf("findings are\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestFixesOfFindings: what a fix leaves behind is found no more.
func TestFixesOfFindings(t *testing.T) {
	for _, code := range []string{"FM014", "FM017", "STR012"} {
		rule := Find(code)
		files, err := filepath.Glob(filepath.Join(fixtures, rule.Name, "wrong*.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			t.Run(rule.Name+"/"+filepath.Base(file), func(t *testing.T) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
				found, _ := l.Prompt(library.Parse(filepath.Base(file), string(text)))
				var fixes []*library.Fix
				for _, d := range found {
					if d.Code == code {
						fixes = append(fixes, d.Fix)
					}
				}
				mended, made := library.Apply(string(text), fixes)
				if len(made) != len(fixes) {
					t.Errorf("%d of %d fixes were made", len(made), len(fixes))
				}
				if left := with(Config{}, filepath.Base(file), mended, code); left != nil {
					t.Errorf("%q is left in\n%s", left, mended)
				}
			})
		}
	}
}
