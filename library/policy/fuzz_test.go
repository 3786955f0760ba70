package policy

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"promptlib/library"
)

// FuzzRead: a policy is read or refused with a line for each mistake, the same
// each time, and one that is read can judge a prompt.
func FuzzRead(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "..", library.SettingsDir, FileName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("version: 1\nvocabulary: {governance_tags: [{tag: a, implies: {roles: [R]}}], approval_roles: [R]}\n")
	f.Add("version: 1\nrules: [{name: r, when: {risk_level: \">=high\"}, approve: [{role: R, count: 2}]}]\n")
	f.Add("version: 1\nvocabulary: {tags: {a: {implies: {risk_level: wild}}}}\n")
	prompt := library.Parse("a.md", "---\ntitle: A\nrisk_level: high\ngovernance_tags: [a]\nregulatory_scope: [GDPR]\nretention_period: P5Y\n---\nText.\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read("p.yaml", []byte(text))
		again, errAgain := Read("p.yaml", []byte(text))
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() || !reflect.DeepEqual(p, again) {
			t.Fatalf("two readings differ: %v, %v", err, errAgain)
		}
		if err == nil {
			p.Effective(prompt, ".")
			return
		}
		if p != nil {
			t.Error("a policy with mistakes is returned")
		}
		for line := range strings.Lines(err.Error()) {
			if !strings.HasPrefix(line, "p.yaml:") {
				t.Errorf("mistake without a place: %q", line)
			}
		}
	})
}

// FuzzReadSpan: what a span is written as reads back, and a repaired one is one.
func FuzzReadSpan(f *testing.F) {
	for _, s := range []string{"P5Y", "P1Y6M", "P2W", "5 years", "5-years", "90d", "P99999999999999999999D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if iso, ok := RepairSpan(s); ok {
			if _, ok := ParseSpan(iso); !ok {
				t.Errorf("%q is repaired to %q, which is none", s, iso)
			}
		}
		span, ok := ReadSpan(s)
		if !ok {
			return
		}
		if again, ok := ParseSpan(span.String()); !ok || again.Compare(span) != 0 {
			t.Errorf("%q is written as %q, which reads as %v, %v", s, span, again, ok)
		}
		span.After(time.Date(2025, 1, 31, 0, 0, 0, 0, time.UTC))
	})
}

// FuzzReadPeople: people are read or refused with a line for each mistake, the
// same each time. Those that are read are found by all that is theirs, and by
// nobody else's.
func FuzzReadPeople(f *testing.F) {
	for _, name := range []string{"full", "several", "key-malformed", "account-of-two"} {
		text, err := os.ReadFile(filepath.Join(peopleFixtures, name+".yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPeople("p.yaml", []byte(text))
		again, errAgain := ReadPeople("p.yaml", []byte(text))
		checkRefusal(t, p == nil, err, errAgain)
		if err != nil {
			return
		}
		if !reflect.DeepEqual(p, again) {
			t.Fatal("two readings differ")
		}
		for i := range p.List {
			q := &p.List[i]
			found := []*Person{p.Person(q.Name)}
			for _, email := range q.Emails {
				found = append(found, p.ByEmail(email))
			}
			for forge, account := range map[string]Account{"github": q.GitHub, "gitlab": q.GitLab} {
				if account.ID != 0 {
					found = append(found, p.ByAccount(forge, account.ID))
				}
			}
			for _, key := range q.Keys {
				owner, _ := p.ByKey(key.Public)
				found = append(found, owner)
			}
			for _, other := range found {
				if other != q {
					t.Errorf("what %s has leads to %v", q.Name, other)
				}
			}
		}
	})
}

// FuzzReadUngoverned is the same of a list of legacy files.
func FuzzReadUngoverned(f *testing.F) {
	f.Add("files: [{path: a.md, sha256: \"" + strings.Repeat("0", 64) + "\"}]")
	f.Add("files: [{path: ../a.md, sha256: \"" + strings.Repeat("a", 64) + "\"}]")
	f.Add("files: []")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ReadUngoverned("p.yaml", []byte(text))
		_, errAgain := ReadUngoverned("p.yaml", []byte(text))
		checkRefusal(t, u == nil, err, errAgain)
		for path := range u {
			if filepath.IsAbs(path) || filepath.ToSlash(filepath.Clean(path)) != path {
				t.Errorf("%q is the path of no file of the library", path)
			}
		}
	})
}

// checkRefusal: there is an error or a value, the error is the same each time, and
// each of its lines has a place.
func checkRefusal(t *testing.T, refused bool, err, again error) {
	t.Helper()
	if refused != (err != nil) || (err == nil) != (again == nil) || err != nil && err.Error() != again.Error() {
		t.Fatalf("refused %t, errors %v and %v", refused, err, again)
	}
	if err == nil {
		return
	}
	for line := range strings.Lines(err.Error()) {
		if !strings.HasPrefix(line, "p.yaml:") {
			t.Errorf("mistake without a place: %q", line)
		}
	}
}
