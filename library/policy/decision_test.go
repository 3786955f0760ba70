package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

// What of the decision only some text or order shows.

// reasons tells what asks for how many people, and for each role.
func reasons(n Need) string {
	var b strings.Builder
	for _, d := range n.Roles {
		b.WriteString(strings.Repeat(d.Role+" ", d.Count) + "(" + strings.Join(d.Reasons, ", ") + ") ")
	}
	return b.String() + strings.Repeat("| ", n.People) + strings.Join(n.Reasons, ", ")
}

func TestReasonsOfNeeds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		asked []Approval
		want  string
	}{
		{"two that ask for as many, in their order", []Approval{{"*", 1, "y"}, {"*", 1, "x"}}, "| x, y"},
		{"only the greatest, if it comes later", []Approval{{"*", 1, "x"}, {"*", 2, "y"}}, "| | y"},
		{"only the greatest, if it comes first", []Approval{{"*", 2, "y"}, {"*", 1, "x"}}, "| | y"},
		{"what one reason asks for adds up, and stands once", []Approval{{"A", 1, "x"}, {"*", 1, "x"}}, "A (x) | | x"},
		{"the highest count of a role, and all that ask for it", []Approval{{"A", 1, "z"}, {"A", 2, "y"}, {"A", 1, "z"}}, "A A (y, z) | | "},
		{"nobody is asked for by nothing", []Approval{{"*", 0, "x"}}, ""},
	} {
		if got := reasons(NeedOf(tt.asked)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestApprovalRequiredBesideRoles(t *testing.T) {
	p := read(t, "version: 1\n")
	for front, want := range map[string]string{
		"approval_required: true":                           "| approval_required",
		"approval_required: true\napproval_roles: [Legal]":  "Legal (approval_roles) | ",
		"approval_required: false\napproval_roles: [Legal]": "Legal (approval_roles) | ",
		"approval_required: false":                          "",
	} {
		prompt := library.Parse("a.md", "---\n"+front+"\n---\nText.\n")
		if got := reasons(p.Need(p.Effective(prompt, "."))); got != want {
			t.Errorf("%q: %q, want %q", front, got, want)
		}
	}
}

// Whoever was moved for one slot may have to be moved again for the next.
func TestAssignMovesAgain(t *testing.T) {
	table := [][]int{{0, 2}, {1, 3}, {0, 1}, {0}}
	if diff := cmp.Diff(Assign(4, 4, fitting(table)), []int{2, 3, 1, 0}); diff != "" {
		t.Errorf("Assign (-got +want):\n%s", diff)
	}
}

func TestFileDigestHasLineEnds(t *testing.T) {
	if FileDigest([]byte("a\nb")) == FileDigest([]byte("ab")) || FileDigest([]byte("a\n")) == FileDigest([]byte("a")) || FileDigest([]byte("a\r\nb")) != FileDigest([]byte("a\nb")) {
		t.Error("line ends count, and their carriage returns do not")
	}
}

// One account is another on another forge, and a person may have one address twice.
func TestPeopleAcrossForges(t *testing.T) {
	p, err := ReadPeople("p", []byte("people:\n  bo: {github: {login: b, id: 7}, gitlab: {login: b, id: 8}, emails: [bo@example.org, BO@example.org]}\nroles: {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		forge string
		id    int64
		want  bool
	}{{"github", 7, true}, {"gitlab", 8, true}, {"github", 8, false}, {"gitlab", 7, false}, {"", 7, false}, {"", 8, false}, {"github", 0, false}, {"gitlab", 0, false}} {
		if got := p.ByAccount(tt.forge, tt.id) != nil; got != tt.want {
			t.Errorf("ByAccount(%q, %d) finds somebody: %t, want %t", tt.forge, tt.id, got, tt.want)
		}
	}
}

func TestLoadPeopleOfAFolder(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, library.SettingsDir, PeopleName), 0o777); err != nil {
		t.Fatal(err)
	}
	if p, err := LoadPeople(root); err == nil || p != nil || !strings.Contains(err.Error(), "is a directory, not a file") {
		t.Errorf("people %v, error %v", p, err)
	}
}

func TestLoadUngovernedOfAFolder(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, library.SettingsDir, UngovernedName), 0o777); err != nil {
		t.Fatal(err)
	}
	if u, err := LoadUngoverned(root); err == nil || u != nil || !strings.Contains(err.Error(), "is a directory, not a file") {
		t.Errorf("files %v, error %v", u, err)
	}
}
