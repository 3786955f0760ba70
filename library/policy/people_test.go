package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/crypto/ssh"

	"promptlib/library"
)

const peopleFixtures = "../../testdata/people"

// TestReadPeopleMistakes reads every file of testdata/people.
func TestReadPeopleMistakes(t *testing.T) {
	checkMistakes(t, peopleFixtures, 15, func(name string, text []byte) error {
		p, err := ReadPeople(name, text)
		if (p == nil) != (err != nil) {
			t.Errorf("%s: people %v and error %v, want one of them", name, p, err)
		}
		return err
	})
}

// readPeople returns people that must be good.
func readPeople(t testing.TB, text string) *People {
	t.Helper()
	p, err := ReadPeople("people.yaml", []byte(text))
	if err != nil {
		t.Fatalf("people: %v", err)
	}
	return p
}

// fullPeople are the people of a file with every key.
func fullPeople(t testing.TB) *People {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(peopleFixtures, "full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return readPeople(t, string(text))
}

func day(s string) time.Time {
	d, _ := ParseDate(s)
	return d
}

func TestReadPeopleKeepsEveryKey(t *testing.T) {
	got := fullPeople(t)
	want := &People{
		Path: "people.yaml",
		List: []Person{
			{Name: "abe", At: library.Text{Value: "abe"}, Roles: []string{"Editor"}},
			{
				Name: "bea", At: library.Text{Value: "bea"},
				GitHub: Account{"bea-writes", 202}, GitLab: Account{"bea", 7},
				Emails: []string{"bea@example.org", "bea@home.example"},
				Roles:  []string{"Editor", "Privacy-Lead"},
				Keys:   []Key{{From: day("2025-01-01"), Until: day("2025-12-31")}, {}},
			},
			{Name: "press", At: library.Text{Value: "press"}, Bot: true, GitHub: Account{"press-bot", 900}},
			{Name: "visitor", At: library.Text{Value: "visitor"}},
		},
		Roles: []string{"Privacy-Lead", "Editor"},
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(library.Text{}, "Pos", "End"), cmpopts.IgnoreFields(Key{}, "Public")); diff != "" {
		t.Errorf("people (-got +want):\n%s", diff)
	}
	if at := got.List[1].At.Pos.String(); at != "people.yaml:3:3" {
		t.Errorf("bea stands at %s, want people.yaml:3:3", at)
	}
}

func TestPeopleAreFound(t *testing.T) {
	p := fullPeople(t)
	first, second := p.List[1].Keys[0].Public, p.List[1].Keys[1].Public
	stranger, _, _, _, err := ssh.ParseAuthorizedKey([]byte("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR"))
	if err != nil {
		t.Fatal(err)
	}
	byKey := func(key ssh.PublicKey) *Person {
		who, found := p.ByKey(key)
		if who != nil && string(found.Public.Marshal()) != string(key.Marshal()) {
			t.Errorf("ByKey returns another key of %s", who.Name)
		}
		return who
	}
	for _, tt := range []struct {
		name string
		got  *Person
		want string
	}{
		{"by name", p.Person("bea"), "bea"},
		{"by name in another case", p.Person("Bea"), ""},
		{"by e-mail address", p.ByEmail("BEA@example.ORG"), "bea"},
		{"by the address of nobody", p.ByEmail("bea@example.com"), ""},
		{"by no address", p.ByEmail(""), ""},
		{"by id on GitHub", p.ByAccount("github", 202), "bea"},
		{"by id on GitLab", p.ByAccount("gitlab", 7), "bea"},
		{"by the id of another forge", p.ByAccount("gitlab", 202), ""},
		{"by id on no forge", p.ByAccount("gitea", 202), ""},
		{"by the id that those without an account have", p.ByAccount("github", 0), ""},
		{"a bot", p.ByAccount("github", 900), "press"},
		{"by key", byKey(first), "bea"},
		{"by the second key", byKey(second), "bea"},
		{"by the key of a stranger", byKey(stranger), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if tt.got != nil {
				got = tt.got.Name
			}
			if got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHolds(t *testing.T) {
	p := Person{Roles: []string{"Editor"}}
	for role, want := range map[string]bool{"Editor": true, "*": true, "editor": false, "Keeper": false, "": false} {
		if got := p.Holds(role); got != want {
			t.Errorf("Holds(%q) = %t, want %t", role, got, want)
		}
	}
}

func TestKeyIsGoodOnItsDays(t *testing.T) {
	whole := Key{From: day("2025-03-01"), Until: day("2025-03-31")}
	for _, tt := range []struct {
		name string
		key  Key
		at   time.Time
		want bool
	}{
		{"before the first day", whole, day("2025-03-01").Add(-time.Second), false},
		{"as the first day begins", whole, day("2025-03-01"), true},
		{"at the end of the last day", whole, day("2025-04-01").Add(-time.Second), true},
		{"after the last day", whole, day("2025-04-01"), false},
		{"in another zone", whole, time.Date(2025, 4, 1, 1, 0, 0, 0, time.FixedZone("", 7200)), true},
		{"without a first day", Key{Until: day("2025-03-31")}, day("1999-01-01"), true},
		{"without a last day", Key{From: day("2025-03-01")}, day("2099-01-01"), true},
		{"always", Key{}, time.Time{}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.key.Good(tt.at); got != tt.want {
				t.Errorf("Good(%s) = %t, want %t", tt.at, got, tt.want)
			}
		})
	}
}

func TestLoadPeopleAndUngoverned(t *testing.T) {
	root := t.TempDir()
	if p, err := LoadPeople(root); err != nil || p.Path != "" || p.List != nil {
		t.Errorf("LoadPeople of a library without = %v, %v, want nobody", p, err)
	}
	if u, err := LoadUngoverned(root); err != nil || u != nil {
		t.Errorf("LoadUngoverned of a library without = %v, %v, want none", u, err)
	}
	folder := filepath.Join(root, library.SettingsDir)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.ToSlash(filepath.Join(folder, PeopleName))
	write(PeopleName, "people: {ada: {}}\nroles: {}\n")
	if p, err := LoadPeople(root); err != nil || p.Path != path || len(p.List) != 1 {
		t.Errorf("LoadPeople = %v, %v, want ada of %s", p, err, path)
	}
	write(PeopleName, "people: {ada: {roles: [Editor]}}\nroles: {}\n")
	if _, err := LoadPeople(root); err == nil || !strings.HasPrefix(err.Error(), path+":1:24: ") {
		t.Errorf("LoadPeople with a mistake = %v, want its place", err)
	}
	path = filepath.ToSlash(filepath.Join(folder, UngovernedName))
	sum := strings.Repeat("0", 64)
	write(UngovernedName, "files: [{path: a.md, sha256: \""+sum+"\"}]\n")
	if u, err := LoadUngoverned(root); err != nil || u["a.md"] != sum {
		t.Errorf("LoadUngoverned = %v, %v, want a.md", u, err)
	}
	write(UngovernedName, "files: [{path: ./a.md, sha256: \""+sum+"\"}]\n")
	if _, err := LoadUngoverned(root); err == nil || !strings.HasPrefix(err.Error(), path+":1:16: ") {
		t.Errorf("LoadUngoverned with a mistake = %v, want its place", err)
	}
	for _, name := range []string{PeopleName, UngovernedName} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LoadPeople(root); err == nil {
		t.Error("LoadPeople of a folder gives no error")
	}
	if _, err := LoadUngoverned(root); err == nil {
		t.Error("LoadUngoverned of a folder gives no error")
	}
}
