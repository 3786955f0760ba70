package library

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// place writes a Text as line:column-line:column "value".
func place(t Text) string {
	return fmt.Sprintf("%d:%d-%d:%d %q", t.Pos.Line, t.Pos.Column, t.End.Line, t.End.Column, t.Value)
}

// places is place for each of several texts.
func places(texts []Text) []string {
	var list []string
	for _, t := range texts {
		list = append(list, place(t))
	}
	return list
}

// kinds writes each problem as "kind line:column-line:column".
func kinds(problems []Problem) []string {
	var list []string
	for _, p := range problems {
		at, _, _ := strings.Cut(place(p.At), " ")
		list = append(list, string(p.Kind)+" "+at)
	}
	return list
}

// A fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkPos finds the line and column of an offset anew and holds a place
// against them.
func checkPos(t fataler, text string, p Pos, what string) {
	t.Helper()
	start := 0
	if strings.HasPrefix(text, bom) {
		start = len(bom)
	}
	if p.Offset == 0 && p.Line == 1 && p.Column == 1 {
		return // of the file as a whole
	}
	if p.Offset < start || p.Offset > len(text) {
		t.Fatalf("%s: offset %d lies outside of the file (%d to %d)", what, p.Offset, start, len(text))
	}
	before := text[start:p.Offset]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	if p.Line != line || p.Column != column {
		t.Fatalf("%s: offset %d is at %d:%d, want %d:%d", what, p.Offset, p.Line, p.Column, line, column)
	}
}

// checkPlace holds both ends of a Text against the file.
func checkPlace(t fataler, text string, x Text, what string) {
	t.Helper()
	checkPos(t, text, x.Pos, what)
	checkPos(t, text, x.End, what+", end")
	if x.End.Offset < x.Pos.Offset {
		t.Fatalf("%s: ends at offset %d, before its start at %d", what, x.End.Offset, x.Pos.Offset)
	}
}

// checkText is checkPlace for a Text that stands in the file as it is.
func checkText(t fataler, text string, x Text, what string) {
	t.Helper()
	checkPlace(t, text, x, what)
	if got := strings.ReplaceAll(text[x.Pos.Offset:x.End.Offset], "\r\n", "\n"); got != x.Value {
		t.Fatalf("%s at %s: the file holds %q there, not %q", what, x.Pos, got, x.Value)
	}
}

// shared finds the prompt files below a folder of ../shared, which lies beside
// the repository and may be absent.
func shared(t testing.TB, folders ...string) []File {
	t.Helper()
	for i, folder := range folders {
		folders[i] = filepath.Join("..", "..", "shared", folder)
		if _, err := os.Stat(folders[i]); err != nil {
			t.Skipf("%s is absent: real prompt libraries are compared only where they are at hand", folders[i])
		}
	}
	lib, err := Open(folders...)
	if err != nil {
		t.Fatal(err)
	}
	return lib.Files
}

// checkPrompt holds everything that was read against the text of the file.
func checkPrompt(t fataler, text string, p *Prompt) {
	t.Helper()
	checkText(t, text, p.Body, "body")
	checkNode(t, text, p.Front.Root)
	if p.Front.Found {
		checkText(t, text, p.Front.Place, "header")
		if p.Body.Pos.Offset < p.Front.Place.End.Offset {
			t.Fatalf("the body begins at %s, inside the front matter", p.Body.Pos)
		}
	}
	for _, x := range append([]Text{p.Title, p.Description, p.Version, p.Category}, p.Tags...) {
		if !x.IsZero() {
			checkPlace(t, text, x, "metadata")
		}
	}
	for _, s := range p.Sections {
		checkText(t, text, s.Heading, "heading")
		checkText(t, text, s.Body, "section")
		if s.Body.Pos.Offset < s.Heading.End.Offset || s.Level < 1 || s.Level > 6 {
			t.Fatalf("section %s of level %d has its body at %s", place(s.Heading), s.Level, s.Body.Pos)
		}
	}
	for _, link := range p.Links {
		checkText(t, text, link, "link")
	}
	seen := map[string]bool{}
	for _, v := range p.Variables {
		if seen[v.Name] || v.Documented.IsZero() && v.Used.IsZero() {
			t.Fatalf("variable %q is listed twice, or stands nowhere", v.Name)
		}
		seen[v.Name] = true
		checkName(t, text, v.Documented, v.Name)
		checkName(t, text, v.Used, v.Name)
	}
	for i, e := range p.Examples {
		checkExample(t, text, e)
		if e.Number != i+1 {
			t.Fatalf("example %d has the number %d", i+1, e.Number)
		}
	}
	for _, part := range append(p.Template.System, p.Template.User...) {
		if part.Variable.Value != "" {
			checkText(t, text, part.Variable, "variable of the template")
			if !strings.Contains(part.Literal, part.Variable.Value) || !seen[part.Variable.Value] {
				t.Fatalf("part %q stands for the variable %q", part.Literal, part.Variable.Value)
			}
		}
	}
	for _, r := range p.Related {
		checkText(t, text, r, "related prompt")
	}
	for _, q := range p.Problems {
		checkPlace(t, text, q.At, string(q.Kind))
		for _, r := range q.Related {
			checkPlace(t, text, Text{Pos: r.Pos, End: r.End}, "related place")
		}
		if q.Message == "" || !slices.Contains(Kinds, q.Kind) {
			t.Fatalf("problem of the kind %q says %q", q.Kind, q.Message)
		}
	}
}

// checkName is checkPlace for a name, which an escape may spell otherwise in the
// input of an example.
func checkName(t fataler, text string, x Text, name string) {
	t.Helper()
	if x.IsZero() {
		return
	}
	checkPlace(t, text, x, "variable "+name)
	if x.Value != name {
		t.Fatalf("variable %q is called %q at %s", name, x.Value, x.Pos)
	}
}

func checkExample(t fataler, text string, e Example) {
	t.Helper()
	checkText(t, text, e.Marker, "marker")
	for _, value := range []Text{e.Input, e.Output} {
		if !value.IsZero() {
			checkText(t, text, value, "value of an example")
		}
	}
	if (e.Kind == NoOutput) != (strings.TrimSpace(e.Output.Value) == "") || (e.Kind == InvalidJSON) != (e.JSONErr != nil) {
		t.Fatalf("output %q is of the kind %s, with the error %v", e.Output.Value, e.Kind, e.JSONErr)
	}
	if e.JSONErr != nil && e.JSONErr.Offset > len(e.Output.Value) {
		t.Fatalf("JSON error at offset %d of %q", e.JSONErr.Offset, e.Output.Value)
	}
	for _, b := range e.Bindings {
		checkPlace(t, text, b.Name, "binding "+b.Name.Value)
	}
	for _, u := range e.Unbound {
		checkText(t, text, u, "line that binds nothing")
	}
}
