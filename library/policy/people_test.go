package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"promptlib/library"
)

// Two keys that were made for these tests; nobody has the other halves.
const (
	keyA = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"
	keyB = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC"
)

const folk = `people:
  zoe: {}
  bo:
    type: person
    github: {login: bo-x, id: 7}
    gitlab: {login: bo-y, id: 8}
    emails: [Bo@Example.org, bo@example.net]
    roles: [Legal, Security]
    keys: [{ssh: "` + keyA + ` a comment", from: 2026-01-02, until: 2026-01-03}, {ssh: "` + keyB + `"}]
  robo: {type: bot}
roles: {Security: {}, Legal: {description: of the law}}
`

func TestReadPeople(t *testing.T) {
	p, err := ReadPeople("people.yaml", []byte(folk))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Roles, []string{"Security", "Legal"}); diff != "" {
		t.Errorf("roles (-got +want):\n%s", diff)
	}
	var names []string
	for _, q := range p.List {
		names = append(names, q.Name)
	}
	if diff := cmp.Diff(names, []string{"bo", "robo", "zoe"}); diff != "" {
		t.Errorf("names (-got +want):\n%s", diff)
	}
	bo := p.Person("bo")
	if p.Path != "people.yaml" || bo.Bot || !p.Person("robo").Bot || p.Person("bob") != nil || bo.At.Pos.Line != 3 {
		t.Errorf("path %q, bo is a bot: %t, robo: %t, at %s", p.Path, bo.Bot, p.Person("robo").Bot, bo.At.Pos)
	}
	if diff := cmp.Diff(bo.Emails, []string{"bo@example.org", "bo@example.net"}); diff != "" {
		t.Errorf("addresses (-got +want):\n%s", diff)
	}
	for what, got := range map[string]bool{
		"a role":             bo.Holds("Legal") && bo.Holds("Security"),
		"anybody":            p.Person("zoe").Holds("*"),
		"no other role":      !bo.Holds("CISO") && !p.Person("zoe").Holds("Legal"),
		"an address":         p.ByEmail("BO@example.NET") == bo && p.ByEmail("zoe@example.org") == nil && p.ByEmail("") == nil,
		"an account":         p.ByAccount("github", 7) == bo && p.ByAccount("gitlab", 8) == bo,
		"of the other forge": p.ByAccount("github", 8) == nil && p.ByAccount("gitlab", 7) == nil && p.ByAccount("", 7) == nil,
		"no account":         p.ByAccount("github", 0) == nil && p.ByAccount("gitlab", 0) == nil,
	} {
		if !got {
			t.Errorf("%s is not told apart", what)
		}
	}
}

func parseKey(t *testing.T, text string) ssh.PublicKey {
	t.Helper()
	k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeys(t *testing.T) {
	p, err := ReadPeople("people.yaml", []byte(folk))
	if err != nil {
		t.Fatal(err)
	}
	who, key := p.ByKey(parseKey(t, keyA))
	if who != p.Person("bo") || key.From.IsZero() {
		t.Fatalf("the key is of %v", who)
	}
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for moment, want := range map[string]bool{"2026-01-01T23:59:59Z": false, "2026-01-02T00:00:00Z": true, "2026-01-03T23:59:59Z": true, "2026-01-04T00:00:00Z": false, "2026-01-04T00:30:00+01:00": true} {
		if got := key.Good(at(moment)); got != want {
			t.Errorf("good at %s: %t, want %t", moment, got, want)
		}
	}
	_, key = p.ByKey(parseKey(t, keyB))
	if !key.From.IsZero() || !key.Good(at("1999-01-01T00:00:00Z")) || !key.Good(at("2999-01-01T00:00:00Z")) || !key.Good(time.Time{}) {
		t.Error("a key without days is always good")
	}
	if key.From = at("2026-01-02T00:00:00Z"); key.Good(at("2026-01-01T00:00:00Z")) || !key.Good(at("2026-01-02T00:00:00Z")) {
		t.Error("a key with a first day is good from there on")
	}
	if who, key := p.ByKey(parseKey(t, strings.TrimSuffix(keyA, "B")+"D")); who != nil || key.Public != nil {
		t.Errorf("the key of nobody is of %v", who)
	}
}

func TestReadPeopleMistakes(t *testing.T) {
	for _, tt := range []struct{ name, from, to, want string }{
		{"a role that is not declared", "roles: [Legal, Security]", "roles: [Legal, Securty]", `people.yaml:8:20: role "Securty" is not declared; did you mean "Security"?`},
		{"a role that is like none", "roles: [Legal, Security]", "roles: [Zzzzzzzzz]", `role "Zzzzzzzzz" is not declared; declare it under roles`},
		{"an address without a name", "bo@example.net", "'@example.net'", `"@example.net" is no e-mail address`},
		{"an address without a domain", "bo@example.net", "bo.example.net", `"bo.example.net" is no e-mail address`},
		{"an address of two", "zoe: {}", "zoe: {emails: [BO@example.org]}", `the e-mail address bo@example.org is also that of "zoe"; nobody stands here under two names`},
		{"an account of two", "zoe: {}", "zoe: {github: {login: z, id: 7}}", `the GitHub id 7 is also that of "zoe"`},
		{"an account of two on the other forge", "zoe: {}", "zoe: {gitlab: {login: z, id: 8}}", `the GitLab id 8 is also that of "zoe"`},
		{"a key of two", "zoe: {}", "zoe: {keys: [{ssh: \"" + keyB + "\"}]}", `is also that of "zoe"`},
		{"no key", keyB, "ssh-ed25519 AAAA", "the key is none that SSH knows"},
		{"a key with options", `"` + keyB, `"restrict ` + keyB, "the key is none that SSH knows"},
		{"two keys in one", keyB + `"`, keyB + `\n` + keyA + `"`, "the key is none that SSH knows"},
		{"a key that ends before it begins", "until: 2026-01-03", "until: 2026-01-01", "the key ends before it begins"},
		{"no such day", "until: 2026-01-03", "until: 2026-02-30", "2026-02-30"},
		{"an id that is too large", "id: 7", "id: 99999999999999999999", "99999999999999999999"},
		{"an id in another base", "id: 7", "id: 0x7", `"0x7" is no id of an account; write it in digits`},
		{"no file of people", "people:", "persons:", "persons"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(folk, tt.from) {
				t.Fatalf("%q is not there to be replaced", tt.from)
			}
			p, err := ReadPeople("people.yaml", []byte(strings.Replace(folk, tt.from, tt.to, 1)))
			if err == nil || p != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// One person may have one thing twice, and one id is another one on another forge.
func TestReadPeopleTakes(t *testing.T) {
	for _, change := range [][2]string{
		{"emails: [Bo@Example.org, bo@example.net]", "emails: [bo@example.net, BO@example.net]"},
		{"until: 2026-01-03", "until: 2026-01-02"},
		{"gitlab: {login: bo-y, id: 8}", "gitlab: {login: bo-y, id: 7}"},
		{"zoe: {}", "zoe: {gitlab: {login: z, id: 7}}"},
		{"zoe: {}", "zoe:"},
	} {
		if _, err := ReadPeople("p", []byte(strings.Replace(folk, change[0], change[1], 1))); err != nil {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}

func TestLoadPeople(t *testing.T) {
	root := t.TempDir()
	if p, err := LoadPeople(root); err != nil || len(p.List) != 0 || p.Path != "" {
		t.Errorf("no file: %v, error %v", p, err)
	}
	file := filepath.Join(root, library.SettingsDir, PeopleName)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(folk), 0o666); err != nil {
		t.Fatal(err)
	}
	if p, err := LoadPeople(root); err != nil || len(p.List) != 3 || p.Path != filepath.ToSlash(file) {
		t.Errorf("people %v, error %v", p, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o777); err != nil {
		t.Fatal(err)
	}
	if p, err := LoadPeople(root); err == nil || p != nil || !strings.Contains(err.Error(), "is a directory, not a file") {
		t.Errorf("a folder: %v, error %v", p, err)
	}
}
