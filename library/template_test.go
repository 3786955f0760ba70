package library

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFill(t *testing.T) {
	a := Part{Literal: "[a]", Variable: Text{Value: "a", Pos: Pos{Line: 1, Column: 2}}}
	again := Part{Literal: "{{a}}", Variable: Text{Value: "a", Pos: Pos{Line: 2, Column: 3}}}
	b := Part{Literal: "{b}", Variable: Text{Value: "b", Pos: Pos{Line: 3, Column: 2}}}
	tests := []struct {
		name    string
		parts   []Part
		values  map[string]string
		want    string
		unbound []Text
	}{
		{"nothing", nil, nil, "", nil},
		{"literal text", []Part{{Literal: "x [c] y"}}, map[string]string{"c": "z"}, "x [c] y", nil},
		{"bound", []Part{{Literal: "x "}, a, {Literal: " y "}, again}, map[string]string{"a": "1"}, "x 1 y 1", nil},
		{"bound to nothing", []Part{a, b}, map[string]string{"a": "", "b": ""}, "", nil},
		{"unbound stays as it was written", []Part{a, {Literal: " "}, again, b}, nil, "[a] {{a}}{b}", []Text{a.Variable, b.Variable}},
		{"a value is not filled in again", []Part{a, {Literal: " "}, b}, map[string]string{"a": "[b] {b} {{b}}", "b": "[a]"}, "[b] {b} {{b}} [a]", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, unbound := Fill(test.parts, test.values)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if diff := cmp.Diff(test.unbound, unbound); diff != "" {
				t.Errorf("unbound: -want +got\n%s", diff)
			}
		})
	}
}

// TestTemplateWithoutValuesIsTheText: filling in nothing gives back what the file
// holds.
func TestTemplateWithoutValuesIsTheText(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "[a_b]", "{{x}}", "{y}", "[any]", "é", "\n", " ", "[", "}}", "[z](u)"})
	rapid.Check(t, func(t *rapid.T) {
		text := "."
		for _, w := range rapid.SliceOf(word).Draw(t, "words") {
			text += w
		}
		text += "."
		p := Parse("x.md", "## Prompt\n\n"+text)
		got, _ := Fill(p.Template.User, nil)
		if got != text {
			t.Fatalf("got %q, want %q", got, text)
		}
	})
}

func TestVariablesOfATemplate(t *testing.T) {
	p := Parse("x.md", "## System\nYou are {{role}}.\n## Prompt\nTell [user_name] of {{role}}, not [this].\n")
	var got []string
	for part := range p.Template.Variables() {
		got = append(got, part.Literal+" "+place(part.Variable))
	}
	want := []string{`{{role}} 2:11-2:15 "role"`, `[user_name] 4:7-4:16 "user_name"`, `{{role}} 4:23-4:27 "role"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
