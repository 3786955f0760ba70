package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// variableLines writes variables as "name: documented, used"; "-" for neither.
func variableLines(vars []Variable) []string {
	at := func(t Text) string {
		if t.IsZero() {
			return "-"
		}
		return place(t)
	}
	var list []string
	for _, v := range vars {
		list = append(list, fmt.Sprintf("%s: %s, %s", v.Name, at(v.Documented), at(v.Used)))
	}
	return list
}

func TestPlaceholders(t *testing.T) {
	tests := []struct {
		text string
		want []string // style and name
	}{
		{"[name]", []string{"[name] name"}},
		{"[any phrase, at all]", []string{"[name] any phrase, at all"}},
		{"{name}", []string{"{name} name"}},
		{"{{name}}", []string{"{{name}} name"}},
		{"{{ name }}", []string{"{{name}} name"}},
		{"{{user.name}} {{a-b}}", []string{"{{name}} user.name", "{{name}} a-b"}},
		{"[a] and [b], {c}", []string{"[name] a", "[name] b", "{name} c"}},
		{"([a])", []string{"[name] a"}},
		{"é[a]", []string{"[name] a"}},
		{"[é]", []string{"[name] é"}},

		{"[text](url)", nil},
		{"[text][ref]", nil},
		{"![alt](image)", nil},
		{"![alt]", nil},
		{"items[0]", nil},
		{"f(x)[i]", nil},
		{"[x]", nil},
		{"[X]", nil},
		{"[ ]", nil},
		{"[]", nil},
		{"[ a ]", nil},
		{`["a", "b"]`, nil},
		{"['a']", nil},
		{"[a\nb]", nil},
		{"[[a]]", []string{"[name] a"}},
		{"[a {b}]", []string{"{name} b"}},
		{"[" + strings.Repeat("a", 80) + "]", []string{"[name] " + strings.Repeat("a", 80)}},
		{"[" + strings.Repeat("a", 81) + "]", nil},
		{"{}", nil},
		{"{a b}", nil},
		{"{1a}", nil},
		{`{"a": 1}`, nil},
		{"{a", nil},
		{"[a", nil},
		{"{{a", nil},
		{"{{}}", nil},
		{"{{a b}}", nil},
		{"{{#each a}}", nil},
		{"{{>partial}}", nil},
		{"{{1}}", nil},
		{"{{{a}}}", []string{"{{name}} a"}},
		{"{{" + strings.Repeat("a", 80) + "}}", []string{"{{name}} " + strings.Repeat("a", 80)}},
		{"{{" + strings.Repeat("a", 81) + "}}", nil},
		{"${a}", []string{"{name} a"}},
		{"-a {b}", []string{"{name} b"}},
		{"{-a}", nil},
		{"{.a}", nil},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			var got []string
			s := newSource("x.md", "é\n"+test.text)
			for _, p := range placeholders(test.text) {
				got = append(got, fmt.Sprintf("%s %s", p.style, p.name))
				name := p.text(s, len("é\n"))
				checkText(t, s.text, name, "name")
				if name.Value != p.name {
					t.Errorf("name %q, want %q", name.Value, p.name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestSnakeCase(t *testing.T) {
	tests := map[string]bool{
		"app_name": true, "a_b": true, "a1_b2": true, "a_b_c": true,
		"name": false, "": false, "_a": false, "a_": false, "App_name": false, "APP_NAME": false,
		"a-b_c": false, "a.b_c": false, "1_a": false, "a b_c": false, "é_a": false,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if got := isSnakeCase(name); got != want {
				t.Errorf("isSnakeCase(%q) = %t, want %t", name, got, want)
			}
		})
	}
}

func TestDocumentedNames(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"brackets in code", "- `[a]`: text\n", []string{`1:5-1:6 "a"`}},
		{"brackets", "* [a b]: text\n", []string{`1:4-1:7 "a b"`}},
		{"mustache", "- {{ a }}: text\n", []string{`1:6-1:7 "a"`}},
		{"braces", "+ `{a}` — text\n", []string{`1:5-1:6 "a"`}},
		{"plain name", "- a_name: text\n", []string{`1:3-1:9 "a_name"`}},
		{"bold name", "- **name**: text\n", []string{`1:5-1:9 "name"`}},
		{"bold name with the colon inside", "- **name:** text\n", []string{`1:5-1:9 "name"`}},
		{"name in code", "1. `name` - text\n", []string{`1:5-1:9 "name"`}},
		{"name before a dash", "- name – text\n- other — text\n", []string{`1:3-1:7 "name"`, `2:3-2:8 "other"`}},
		{"indented", "   - [a]: text\n", []string{`1:7-1:8 "a"`}},
		{"several in one item", "- `[a]`, `[b]`: text\n", []string{`1:5-1:6 "a"`, `1:12-1:13 "b"`}},
		{"placeholders after the colon count not", "- [a]: like [b]\n", []string{`1:4-1:5 "a"`}},
		{"no colon", "- `[a]`\n- [b]\n- name\n", []string{`1:5-1:6 "a"`, `2:4-2:5 "b"`}},
		{"colon inside brackets", "- [a: b]: text\n", []string{`1:4-1:8 "a: b"`}},
		{"alternatives", "- [a|b]: text\n", nil},
		{"sentence", "- This is a text: it goes on\n- Write it down.\n", nil},
		{"table", "| Name | What |\n|---|---|\n| `[a]` | text |\n| `b_c` | text |\n| [d] | text |\n", []string{`3:5-3:6 "a"`, `4:4-4:7 "b_c"`, `5:4-5:5 "d"`}},
		{"table without a name", "| plain | text |\n", nil},
		{"prose", "The [a] is here.\nname: text\n", nil},
		{"empty item", "-\n- \n   \n", nil},
		{"code in the label with a colon", "- `a:b`: text\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, eol := range []string{"\n", "\r\n"} {
				s := newSource("x.md", strings.ReplaceAll(test.text, "\n", eol))
				names := documentedNames(s, 0, len(s.text))
				if diff := cmp.Diff(test.want, places(names)); diff != "" {
					t.Errorf("line ends %q: -want +got\n%s", eol, diff)
				}
				for _, name := range names {
					checkText(t, s.text, name, "name")
				}
			}
		})
	}
}

func TestDocumentedTwiceCountsOnce(t *testing.T) {
	p := Parse("x.md", "## Prompt\n[a] [a]\n## Variables\n- `[a]`: one\n- `[a]`: two\n")
	if diff := cmp.Diff([]string{`a: 4:5-4:6 "a", 2:2-2:3 "a"`}, variableLines(p.Variables)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func placeholders(text string) (found []placeholder) {
	for scan := newPlaceholderScanner(text); ; {
		p, ok := scan.next()
		if !ok {
			return found
		}
		found = append(found, p)
	}
}

func TestPlaceholdersOfAText(t *testing.T) {
	text := "[a], [b c](d), {{ e }}, {f}, [x], a[1], {\"g\": [h]}"
	var got []string
	for p := range Placeholders(text) {
		got = append(got, p.Name+" "+text[p.Start:p.End])
		if p.Name == "h" {
			break
		}
	}
	want := []string{"a [a]", "e {{ e }}", "f {f}", "h [h]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
