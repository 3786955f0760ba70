package library

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seed reads one of the two seeds.
func seed(t *testing.T, name string) *Prompt {
	t.Helper()
	for _, f := range shared(t, "seeds") {
		if filepath.Base(f.Path) == name {
			return Read(f)
		}
	}
	t.Fatalf("no seed %s", name)
	return nil
}

func TestSeedB(t *testing.T) {
	p := seed(t, "performance-optimization-specialist.md")
	if p.Dialect != "B" || p.Title.Value != "Performance Optimization Specialist" || p.Version.Value != "2.0" {
		t.Errorf("dialect %s, title %q, version %q", p.Dialect, p.Title.Value, p.Version.Value)
	}
	var headings []string
	for _, s := range p.Sections {
		if s.Level == 2 {
			headings = append(headings, s.Heading.Value)
		}
	}
	if diff := cmp.Diff(SectionsB, headings); diff != "" {
		t.Errorf("sections: -want +got\n%s", diff)
	}

	names := []string{"app_name", "architecture", "performance_issues", "current_metrics", "target_metrics", "observability", "recent_changes", "constraints", "workload", "dependencies"}
	var got []string
	for _, v := range p.Variables {
		got = append(got, v.Name)
		if v.Documented.IsZero() || v.Used.IsZero() {
			t.Errorf("variable %s is documented at %q and used at %q", v.Name, v.Documented.Pos, v.Used.Pos)
		}
	}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Errorf("variables: -want +got\n%s", diff)
	}

	if len(p.Examples) != 1 {
		t.Fatalf("%d examples, want 1", len(p.Examples))
	}
	e := p.Examples[0]
	if e.Kind != NoOutput || !e.Output.IsZero() || e.Unbound != nil {
		t.Errorf("output %q of the kind %s, unbound %v", e.Output.Value, e.Kind, e.Unbound)
	}
	var bound []string
	values := map[string]string{}
	for _, b := range e.Bindings {
		bound = append(bound, b.Name.Value)
		values[b.Name.Value] = b.Value
	}
	if diff := cmp.Diff(names, bound); diff != "" {
		t.Errorf("bindings: -want +got\n%s", diff)
	}
	if got, want := values["app_name"], "NovaPay Checkout API"; got != want {
		t.Errorf("app_name is %q, want %q", got, want)
	}
	message, unbound := Fill(p.Template.User, values)
	if unbound != nil || strings.Contains(message, "[app_name]") || strings.Contains(message, "```") {
		t.Errorf("unbound %v in the message\n%s", places(unbound), message)
	}
	if got := places(p.Related); len(got) != 4 {
		t.Errorf("related %v, want 4", got)
	}

	want := []string{"fence-info 95:1-95:8", "fence-info 129:1-129:8", "fence-stray 130:1-130:8"}
	if diff := cmp.Diff(want, kinds(p.Problems)); diff != "" {
		t.Errorf("problems: -want +got\n%s", diff)
	}
	for key, line := range map[string]int{"dataClassification": 23, "data_classification": 25} {
		if got := p.Front.Root.Get(key).Scalar().Pos.Line; got != line {
			t.Errorf("%s on line %d, want %d", key, got, line)
		}
	}
	if n := p.Front.Root.Get("approval_required"); n.Type != Bool || n.Text.Value != "True" {
		t.Errorf("approval_required is %s %q, want boolean as it was written", n.Type, n.Text.Value)
	}
	if n := p.Front.Root.Get("retention_period"); place(n.Text) != `33:19-33:28 "5-years"` {
		t.Errorf("retention_period at %s", place(n.Text))
	}
}

func TestSeedA(t *testing.T) {
	p := seed(t, "api-performance-expert.md")
	if p.Dialect != "A" || p.Problems != nil || len(p.Variables) != 6 {
		t.Errorf("dialect %s, problems %v, %d variables", p.Dialect, p.Problems, len(p.Variables))
	}
	if n := p.Front.Root.Get("version"); n.Type != String || n.Text.Value != "1.0" {
		t.Errorf("version is %s %q", n.Type, n.Text.Value)
	}
	var tags []string
	for _, s := range p.Sections {
		tags = append(tags, s.Heading.Value)
	}
	if diff := cmp.Diff(TagsA, tags); diff != "" {
		t.Errorf("sections: -want +got\n%s", diff)
	}
	if len(p.Examples) != 2 {
		t.Fatalf("%d examples, want 2", len(p.Examples))
	}
	for _, e := range p.Examples {
		if e.Kind != JSON || !strings.HasPrefix(e.Output.Value, "{") || !strings.HasPrefix(e.Input.Value, "{") {
			t.Errorf("%s: output of the kind %s", e.Name, e.Kind)
		}
	}
}

// TestOutputsOfFelipepimentel holds the outputs inside <examples> against the
// figures that were counted by hand.
func TestOutputsOfFelipepimentel(t *testing.T) {
	outputs, objects := 0, 0
	found := map[OutputKind]int{}
	for _, f := range shared(t, "corpora/felipepimentel-prompts") {
		p := Read(f)
		for _, s := range p.Sections {
			if !s.Tagged || s.Heading.Value != "examples" {
				continue
			}
			for _, e := range p.Examples {
				at := e.Output.Pos.Offset
				if e.Kind == NoOutput || at < s.Body.Pos.Offset || at >= s.Body.End.Offset {
					continue
				}
				outputs++
				found[e.Kind]++
				if e.Kind == JSON && strings.HasPrefix(e.Output.Value, "{") {
					objects++
				}
			}
		}
	}
	if outputs != 48 || objects != 42 {
		t.Errorf("%d outputs, %d of them JSON objects; want 48 and 42", outputs, objects)
	}
	want := map[OutputKind]int{JSON: 42, InvalidJSON: 4, PlainText: 2}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("kinds: -want +got\n%s", diff)
	}
}

// TestEveryFileIsRead finds the files anew, and holds all that was read of each
// against its text.
func TestEveryFileIsRead(t *testing.T) {
	files := shared(t, "corpora", "seeds")
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	var want []string
	for _, folder := range []string{"corpora", "seeds"} {
		root := filepath.Join("..", "..", "shared", folder)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if lower := strings.ToLower(path); err == nil && d.Type().IsRegular() &&
				(strings.HasSuffix(lower, ".md") || strings.HasSuffix(lower, ".prompt") || strings.HasSuffix(lower, ".prompty")) {
				want = append(want, filepath.ToSlash(path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
	if len(got) < 800 {
		t.Errorf("%d files, want at least 800", len(got))
	}
	next := 0
	for f, p := range Each(files, Read) {
		if f.Path != want[next] || p.Path != f.Path {
			t.Fatalf("file %d is %s, its prompt %s; want %s", next, f.Path, p.Path, want[next])
		}
		next++
		text, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if p.Body.Pos.Line == 0 { // not read, and the problem says why
			if len(p.Problems) != 1 {
				t.Errorf("%s: %v", f.Path, p.Problems)
			}
			continue
		}
		t.Run(f.Path, func(t *testing.T) { checkPrompt(t, string(text), p) })
	}
	if next != len(want) {
		t.Errorf("%d prompts, want %d", next, len(want))
	}
}

// TestRelatedPromptsOfSeedB exist only where the library they come from is.
func TestRelatedPromptsOfSeedB(t *testing.T) {
	p := seed(t, "performance-optimization-specialist.md")
	root := filepath.Join("..", "..", "shared")
	alone, err := Open(filepath.Join(root, "seeds"))
	if err != nil {
		t.Fatal(err)
	}
	together, err := Open(filepath.Join(root, "seeds"), filepath.Join(root, "corpora", "tafreeman-prompts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Related {
		if alone.Index.Has(p.Path, r.Value) {
			t.Errorf("%s exists beside the seeds", r.Value)
		}
		if !together.Index.Has(p.Path, r.Value) {
			t.Errorf("%s does not exist in the library it comes from", r.Value)
		}
	}
}
