package library

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConflictMarkers(t *testing.T) {
	const merge = "This helps with a merge conflict.\n"
	tests := []struct {
		name string
		path string
		text string
		want []string
	}{
		{"markers of git", "x.md", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd\n", []string{"conflict-markers 2:1-2:13"}},
		{"without labels", "x.md", "<<<<<<<\n=======\n>>>>>>>\n", []string{"conflict-markers 1:1-1:8"}},
		{"with the common ancestor", "x.md", "<<<<<<< a\nb\n||||||| base\nc\n=======\nd\n>>>>>>> e\n", []string{"conflict-markers 1:1-1:10"}},
		{"CR LF", "x.md", "<<<<<<< HEAD\r\n=======\r\n>>>>>>> other\r\n", []string{"conflict-markers 1:1-1:13"}},
		{"at the end without a line end", "x.md", "<<<<<<< a\n=======\n>>>>>>>", []string{"conflict-markers 1:1-1:10"}},
		{"the first of two", "x.md", "<<<<<<< a\n=======\n>>>>>>> b\n<<<<<<< c\n=======\n>>>>>>> d\n", []string{"conflict-markers 1:1-1:10"}},
		{"a start without an end, then a conflict", "x.md", "<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n", []string{"conflict-markers 2:1-2:10"}},
		{"in code", "x.md", "```\n<<<<<<< a\n=======\n>>>>>>> b\n```\n", []string{"conflict-markers 2:1-2:10"}},
		{"around code", "x.md", "<<<<<<< a\n```\nx\n```\n=======\n>>>>>>> b\n" + merge, []string{"conflict-markers 1:1-1:10"}},

		{"no end", "x.md", "<<<<<<< a\n=======\n", nil},
		{"no middle", "x.md", "<<<<<<< a\n>>>>>>> b\n", nil},
		{"wrong order", "x.md", "=======\n<<<<<<< a\n>>>>>>> b\n", nil},
		{"indented", "x.md", "  <<<<<<< a\n  =======\n  >>>>>>> b\n", nil},
		{"longer runs", "x.md", "<<<<<<<< a\n========\n>>>>>>>> b\n", nil},
		{"underlined heading", "x.md", "Heading\n=======\n", nil},
		{"search and replace", "x.md", "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n", nil},
		{"in code of a text about conflicts", "x.md", merge + "```\n<<<<<<< a\n=======\n>>>>>>> b\n```\n", nil},
		{"in code of a text about conflict markers", "x.md", "Conflict markers look so:\n~~~\n<<<<<<< a\n=======\n>>>>>>> b\n~~~\n", nil},
		{"in code of a file about conflicts", "git/merge-conflict-guide.md", "```\n<<<<<<< a\n=======\n>>>>>>> b\n```\n", nil},
		{"a true one after a quoted one", "x.md", merge + "```\n<<<<<<< a\n=======\n>>>>>>> b\n```\n<<<<<<< c\n=======\n>>>>>>> d\n", []string{"conflict-markers 7:1-7:10"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Parse(test.path, test.text)
			var got []string
			for _, problem := range p.Problems {
				if problem.Kind == ConflictMarkers {
					got = append(got, kinds([]Problem{problem})...)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestConflictPointsToItsEnd(t *testing.T) {
	p := Parse("x.md", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n").Problems[0]
	if want := "unresolved merge conflict up to line 6; choose a side and remove the markers"; p.Message != want {
		t.Errorf("message %q, want %q", p.Message, want)
	}
	want := []Related{{Pos: Pos{"x.md", 6, 1, 27}, End: Pos{"x.md", 6, 8, 34}, Message: "it ends here"}}
	if diff := cmp.Diff(want, p.Related); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
