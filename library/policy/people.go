package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"promptlib/library"
)

// PeopleName is the name of the file of people in the settings folder of a
// library.
const PeopleName = "people.yaml"

// People are those who write and approve the prompts of a library. The zero
// People is nobody, so that nothing can be approved.
type People struct {
	Path  string   // of the file; empty where there is none
	List  []Person // in the order of their names
	Roles []string // that people may hold, in the order of the file
}

// A Person is somebody, or something, that changes or approves prompts.
type Person struct {
	Name   string
	At     library.Text // the name, in the file
	Bot    bool         // whose approvals never count
	GitHub Account
	GitLab Account
	Emails []string // in lower case
	Roles  []string
	Keys   []Key
}

// An Account is that of a person on a forge. The zero Account is none.
type Account struct {
	Login string // may change, and is only shown
	ID    int64  // never changes, and is what counts
}

// A Key is an SSH key, with the days on which it is good. Zero times stand for
// days without end.
type Key struct {
	Public      ssh.PublicKey
	From, Until time.Time // the first and the last day, at midnight UTC
}

// Good reports whether a key may be used at a time.
func (k Key) Good(at time.Time) bool {
	return !at.Before(k.From) && (k.Until.IsZero() || at.Before(k.Until.AddDate(0, 0, 1)))
}

// Holds reports whether a person has a role. Everybody has "*".
func (p *Person) Holds(role string) bool { return role == "*" || slices.Contains(p.Roles, role) }

// LoadPeople reads the people of the library at root; nobody where there is no
// such file. The error joins one line for each mistake in it.
func LoadPeople(root string) (*People, error) {
	name := path.Join(library.SettingsDir, PeopleName)
	text, err := library.ReadWithin(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return &People{}, nil
	}
	if err != nil {
		return nil, err
	}
	return ReadPeople(filepath.ToSlash(filepath.Join(root, name)), text)
}

// ReadPeople reads a file of people from memory. Path names it in messages.
func ReadPeople(path string, text []byte) (*People, error) {
	root, err := library.ReadSettings(path, text, "people")
	if err != nil {
		return nil, err
	}
	r := peopleReader{people: &People{Path: path}, owner: map[string]string{}}
	for _, pair := range root.Get("roles").Members() {
		r.people.Roles = append(r.people.Roles, pair.Key.Value)
	}
	for _, pair := range root.Get("people").Members() {
		r.person(pair)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	slices.SortFunc(r.people.List, func(a, b Person) int { return strings.Compare(a.Name, b.Name) })
	return r.people, nil
}

// A peopleReader turns a file of people into People, and checks what the schema
// cannot: that roles are declared, and that nobody stands in it under two names.
type peopleReader struct {
	reader
	people *People
	owner  map[string]string // what belongs to one person only → that person
}

func (r *peopleReader) person(pair library.Pair) {
	p := Person{Name: pair.Key.Value, At: pair.Key, Bot: pair.Value.Get("type").Scalar().Value == "bot"}
	for _, q := range r.people.List {
		if strings.EqualFold(q.Name, p.Name) {
			r.fail(pair.Key, "%q and %q differ in case only; give each person a name of their own", q.Name, p.Name)
		}
	}
	p.GitHub = r.account(p.Name, "GitHub", pair.Value.Get("github"))
	p.GitLab = r.account(p.Name, "GitLab", pair.Value.Get("gitlab"))
	for _, email := range pair.Value.Get("emails").Scalars() {
		lower := strings.ToLower(email.Value)
		if name, domain, _ := strings.Cut(lower, "@"); name == "" || domain == "" {
			r.fail(email, "%q is no e-mail address", email.Value)
		}
		r.own(p.Name, email, "e-mail address "+lower)
		p.Emails = append(p.Emails, lower)
	}
	for _, role := range pair.Value.Get("roles").Scalars() {
		if !slices.Contains(r.people.Roles, role.Value) {
			hint := "; declare it under roles"
			if near := library.Nearest(role.Value, slices.Values(r.people.Roles)); near != "" {
				hint = "; did you mean " + strconv.Quote(near) + "?"
			}
			r.fail(role, "role %q is not declared%s", role.Value, hint)
		}
		p.Roles = append(p.Roles, role.Value)
	}
	for _, key := range pair.Value.Get("keys").Elements() {
		r.key(&p, key)
	}
	r.people.List = append(r.people.List, p)
}

// own enters what only one person may have.
func (r *peopleReader) own(person string, at library.Text, what string) {
	if other, taken := r.owner[what]; taken && other != person {
		r.fail(at, "the %s is also that of %q; nobody stands here under two names", what, other)
		return
	}
	r.owner[what] = person
}

func (r *peopleReader) account(person, forge string, n *library.Node) Account {
	if n == nil {
		return Account{}
	}
	id := n.Get("id")
	number, err := strconv.ParseInt(id.Text.Value, 10, 64)
	if err != nil || number < 1 {
		r.fail(id.Text, "%q is no id of an account; write it in digits", id.Text.Value)
		return Account{}
	}
	r.own(person, id.Text, fmt.Sprintf("%s id %d", forge, number))
	return Account{Login: n.Get("login").Text.Value, ID: number}
}

func (r *peopleReader) key(p *Person, n *library.Node) {
	text := n.Get("ssh").Text
	public, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(text.Value))
	if _, isCertificate := public.(*ssh.Certificate); err != nil || isCertificate || len(options) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		r.fail(text, "the key is none that SSH knows; write one line as in a file KEY.pub: type, base64 and no options")
		return
	}
	if slices.ContainsFunc(p.Keys, func(k Key) bool { return bytes.Equal(k.Public.Marshal(), public.Marshal()) }) {
		r.fail(text, "the key stands here twice; keep one, with the days on which it is good")
		return
	}
	r.own(p.Name, text, "key "+ssh.FingerprintSHA256(public))
	key := Key{Public: public, From: dayOf(n.Get("from")), Until: dayOf(n.Get("until"))}
	if !key.Until.IsZero() && key.Until.Before(key.From) {
		r.fail(n.Get("until").Text, "the key ends before it begins")
	}
	if why := weak(public); why != "" {
		r.fail(text, "the key is %s; enter one that ssh-keygen -t ed25519 makes", why)
	}
	p.Keys = append(p.Keys, key)
}

func dayOf(n *library.Node) time.Time {
	if n == nil {
		return time.Time{}
	}
	day, _ := ParseDate(n.Text.Value) // the schema has seen that it is one
	return day
}

// Person returns somebody by name; nil for nobody of that name.
func (p *People) Person(name string) *Person {
	return p.find(func(q *Person) bool { return q.Name == name })
}

// ByEmail returns whose e-mail address one is, in any case; nil for nobody's.
func (p *People) ByEmail(email string) *Person {
	email = strings.ToLower(email)
	return p.find(func(q *Person) bool { return slices.Contains(q.Emails, email) })
}

// ByAccount returns who has an account on a forge, "github" or "gitlab", by its
// id; nil for nobody.
func (p *People) ByAccount(forge string, id int64) *Person {
	if id == 0 {
		return nil
	}
	return p.find(func(q *Person) bool {
		return forge == "github" && q.GitHub.ID == id || forge == "gitlab" && q.GitLab.ID == id
	})
}

// ByKey returns who has a public key, whether it is good or not, and the key; nil
// for nobody.
func (p *People) ByKey(public ssh.PublicKey) (*Person, Key) {
	var key Key
	found := p.find(func(q *Person) bool {
		i := slices.IndexFunc(q.Keys, func(k Key) bool { return bytes.Equal(k.Public.Marshal(), public.Marshal()) })
		if i >= 0 {
			key = q.Keys[i]
		}
		return i >= 0
	})
	return found, key
}

func (p *People) find(is func(*Person) bool) *Person {
	for i := range p.List {
		if is(&p.List[i]) {
			return &p.List[i]
		}
	}
	return nil
}
