package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/git"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/cmd/promptlib/internal/sshkey"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

// signOptions are the flags of the commands that sign a statement.
type signOptions struct {
	as      string
	key     string
	base    string
	now     string
	removed bool
	force   bool
}

func (o *signOptions) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.as, "as", "", "the person of people.yaml who says so (default whose key it is)")
	flags.StringVar(&o.key, "key", "", "file of the SSH key, or of a public key whose private one an agent holds (default user.signingkey of git where gpg.format is ssh, then ~/.ssh/id_*)")
	flags.StringVar(&o.base, "base", "", "the branch or commit that the change is to land on: the statement then names the text there, and the policy")
	flags.BoolVar(&o.removed, "removed", false, "it is about the removal of the file that is there at --base")
	flags.BoolVar(&o.force, "force", false, "say it again though there is a statement: one that is not committed is replaced, a committed one stays")
	flags.StringVar(&o.now, "now", "", "the time to write, as YYYY-MM-DD or RFC 3339 (default now)")
	completePeople(cmd, "as", func(p *policy.People) []string {
		return nameList(p.List, func(p policy.Person) string { return p.Name })
	})
}

// completePeople lets the shell complete people and roles of the library that the
// working directory is in.
func completePeople(cmd *cobra.Command, flag string, list func(*policy.People) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		people, err := policy.LoadPeople(library.FindRoot("."))
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return list(people), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist
	}
}

// A desk is where statements are written: a library, with the settings that its
// work tree has.
type desk struct {
	*app
	signOptions
	at     time.Time
	root   string    // of the library
	repo   *git.Repo // nil for none
	prefix string    // of the library in the repository, with a slash at its end; "" for the top
	policy *policy.Policy
	people *policy.People
}

func (o signOptions) open(ctx context.Context, a *app, paths []string) (*desk, error) {
	if o.removed && o.base == "" {
		return nil, usage("as in --removed --base origin/main", "--removed needs --base: the branch that still has the file")
	}
	now, err := moment(o.now)
	if err != nil {
		return nil, err
	}
	d := &desk{app: a, signOptions: o, at: now.Truncate(time.Second)}
	if d.root, err = rootOf(paths); err != nil {
		return nil, err
	}
	if d.policy, err = policy.Load(d.root); err != nil {
		return nil, fault("correct the policy first", "%w", err)
	}
	if d.policy.Path == "" {
		return nil, fault("promptlib init writes one", "%s has no %s/%s, so nothing asks for approvals", library.CleanPath(d.root), library.SettingsDir, policy.FileName)
	}
	if d.people, err = policy.LoadPeople(d.root); err != nil {
		return nil, fault("correct the file first", "%w", err)
	}
	repo, err := git.Find(ctx, d.root)
	switch {
	case err == nil:
		below, err := filepath.Rel(repo.Root, realFolder(d.root))
		if err != nil {
			return nil, fault("", "%w", err)
		}
		d.repo, d.prefix = &repo, strings.TrimPrefix(filepath.ToSlash(below)+"/", "./")
	case o.base != "":
		return nil, undecided(err)
	}
	return d, nil
}

// rootOf returns the library that all paths belong to. One that lies in none, such
// as a workflow, belongs to that of the working directory.
func rootOf(paths []string) (string, error) {
	root := ""
	for _, p := range paths {
		switch {
		case p == "":
			return "", usage("", "an empty path names no file")
		case report.Escape(p) != p || !utf8.ValidString(p):
			return "", usage("rename the file", "%q has characters that no path should have", p)
		}
		own := library.FindRoot(filepath.Dir(p))
		if own == "" {
			own = library.FindRoot(".")
		}
		switch {
		case own == "":
			return "", usage("promptlib init makes the folder "+library.SettingsDir+" of a library", "%s belongs to no library", library.CleanPath(p))
		case root != "" && realFolder(own) != realFolder(root):
			return "", usage("run it for each library", "%s belongs to another library than %s", library.CleanPath(p), library.CleanPath(paths[0]))
		}
		root = own
	}
	return root, nil
}

// A matter is a file that a statement is made of.
type matter struct {
	check.Target
	shown      string // the path as it was given
	fromTop    string // of the repository
	text       []byte // nil for a removal
	baseDigest string // "" where the file is not at the base, or no base is named
}

// what names a file, or its removal.
func (m *matter) what() string {
	if m.text == nil {
		return "the removal of " + m.shown
	}
	return m.shown
}

// matter finds out what a statement of a file must be of.
func (d *desk) matter(ctx context.Context, name string) (*matter, error) {
	m := &matter{shown: library.CleanPath(name)}
	in, top, err := d.locate(name)
	if err != nil {
		return nil, err
	}
	m.fromTop = top
	change := check.Change{Policy: d.policy, Prefix: d.prefix}
	file := check.File{Path: in}
	if d.base != "" {
		text, found, err := d.repo.File(ctx, d.base, top)
		if err != nil {
			return nil, undecided(err)
		}
		if found {
			file.Base = &check.Blob{Mode: "100644", Text: text}
			was, _ := change.Target(check.File{Path: in, Base: file.Base, Head: file.Base})
			m.baseDigest = was.Digest
		}
	}
	if err := d.read(m, &file, name); err != nil {
		return nil, err
	}
	known := false
	if m.Target, known = change.Target(file); !known {
		return nil, usage("nobody needs to approve it; promptlib list shows the prompts", "%s is neither governed nor protected: no glob under prompts or protect of %s matches it", m.shown, d.policy.Path)
	}
	if message, line := policy.Unbound(m.text); message != "" && m.text != nil && !m.Protected {
		return nil, usage("correct the front matter first", "%s:%d: %s", m.shown, line, message)
	}
	return m, d.warn(ctx, m)
}

// locate returns the path of a file in the library, or one with a slash in front
// from the top of the repository where it lies outside, and its path from the top
// of the repository.
func (d *desk) locate(name string) (in, top string, err error) {
	folder := d.root
	in = library.Relative(d.root, library.CleanPath(name))
	top = d.prefix + in
	if !filepath.IsLocal(in) {
		if d.repo == nil {
			return "", "", usage("name a file of the library", "%s lies outside of the library %s", name, library.CleanPath(d.root))
		}
		below, err := filepath.Rel(d.repo.Root, filepath.Join(realFolder(filepath.Dir(name)), filepath.Base(name)))
		if err != nil || !filepath.IsLocal(below) {
			return "", "", usage("name a file of the repository", "%s lies outside of the repository %s", name, d.repo.Root)
		}
		folder, top = d.repo.Root, filepath.ToSlash(below)
		in = "/" + top
	}
	return in, top, noLinks(folder, strings.TrimPrefix(in, "/"), name)
}

// noLinks refuses a path that leads over a symbolic link: what git has there is the
// link, and an approval by that name would be of nothing.
func noLinks(folder, in, name string) error {
	for at := in; at != "."; at = path.Dir(at) {
		info, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(at)))
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return usage("name the file itself", "%s leads over the symbolic link %s", name, at)
		}
	}
	return nil
}

// read reads the file as it is in the work tree, unless it is to be removed.
func (d *desk) read(m *matter, file *check.File, name string) error {
	_, err := os.Lstat(filepath.FromSlash(name))
	there := !errors.Is(err, fs.ErrNotExist)
	switch {
	case d.removed && there:
		return usage("git rm it first, or leave out --removed", "%s is still there", m.shown)
	case d.removed && file.Base == nil:
		return usage("name a commit that has the file", "%s is not there at %q", m.shown, d.base)
	case d.removed:
		return nil
	case !there:
		return usage("for the removal of a file: --removed --base REF", "%s: no such file", m.shown)
	}
	if m.text, err = library.ReadFile(filepath.FromSlash(name)); err != nil {
		return usage("name files, not folders", "%w", err)
	}
	file.Head = &check.Blob{Mode: "100644", Text: m.text}
	return nil
}

// warn says what makes a statement of a file one of something else than its maker
// may think.
func (d *desk) warn(ctx context.Context, m *matter) error {
	if d.repo == nil {
		return nil
	}
	text, committed, err := d.repo.File(ctx, "HEAD", m.fromTop)
	switch {
	case err != nil:
		d.note("warning: %s: whether this text is committed is not known: %s", m.shown, err)
	case d.removed && committed:
		d.note("warning: %s: its removal is not committed yet", m.shown)
	case d.removed:
	case !committed:
		d.note("warning: %s is not committed: commit it as it is, or the statement is of nothing", m.shown)
	case policy.FileDigest(text) != policy.FileDigest(m.text):
		d.note("warning: %s is not as it is committed: the statement is of the text in the work tree", m.shown)
	}
	return stopped(ctx)
}

// warnAuthor warns of a statement that will not count, since it is about the own
// change. Addresses in commits may be wrong, so it is no more than a warning.
func (d *desk) warnAuthor(ctx context.Context, m *matter, p *policy.Person) {
	if d.repo == nil || p == nil {
		return
	}
	addresses, err := d.repo.Writers(ctx, d.base, m.fromTop)
	if err == nil && slices.ContainsFunc(addresses, func(email string) bool { return d.people.ByEmail(email) == p }) {
		d.note("warning: %s: by its commits %s is an author of the change, and the author cannot approve it", m.shown, p.Name)
	}
}

// named returns a person by name, of whom a role may be wanted.
func (d *desk) named(name string) (*policy.Person, error) {
	if p := d.people.Person(name); p != nil {
		return p, nil
	}
	hint := "people are entered in " + library.SettingsDir + "/" + policy.PeopleName
	near := library.Nearest(name, func(yield func(string) bool) {
		for _, p := range d.people.List {
			if !yield(p.Name) {
				return
			}
		}
	})
	if near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return nil, usage(hint, "--as: there is no person %q", name)
}

// mayHold checks that a role is one of the library, and one of a person unless that
// is nil.
func (d *desk) mayHold(p *policy.Person, role string) error {
	if p != nil && p.Bot {
		return usage("ask a person", "%s is a bot, whose statements never count", p.Name)
	}
	if !slices.Contains(d.people.Roles, role) {
		hint := "roles are declared in " + library.SettingsDir + "/" + policy.PeopleName
		if near := library.Nearest(role, slices.Values(d.people.Roles)); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return usage(hint, "there is no role %q", role)
	}
	if p == nil || p.Holds(role) {
		return nil
	}
	hint := p.Name + " holds no role"
	if len(p.Roles) > 0 {
		hint = p.Name + " holds " + strings.Join(p.Roles, ", ")
	}
	return usage(hint, "%s does not hold the role %s", p.Name, role)
}

// A signer is a person with a key.
type signer struct {
	*policy.Person
	key sshkey.Key
}

// signer finds the key to sign with, and whose it is.
func (d *desk) signer(ctx context.Context) (*signer, error) {
	var as *policy.Person
	if d.as != "" {
		var err error
		if as, err = d.named(d.as); err != nil {
			return nil, err
		}
	}
	var first error // why not the first key
	keys := d.keys(ctx)
	for _, key := range keys {
		p, err := d.ownerOf(ctx, key, as)
		if err == nil {
			return &signer{p, key}, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		return nil, fault("name its file with --key, or make one with ssh-keygen -t ed25519", "there is no SSH key: neither user.signingkey of git nor a file ~/.ssh/id_*")
	}
	return nil, first
}

// keys returns the keys that may be meant, the likeliest first.
func (d *desk) keys(ctx context.Context) []sshkey.Key {
	if d.key != "" {
		return []sshkey.Key{sshkey.Key(d.key)}
	}
	var keys []sshkey.Key
	if d.repo != nil && d.repo.Config(ctx, "gpg.format") == "ssh" {
		if key := d.repo.Config(ctx, "user.signingkey"); key != "" {
			return []sshkey.Key{sshkey.Key(key)}
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa"} {
		file := filepath.Join(home, ".ssh", name)
		if _, err := os.Stat(file); err == nil {
			keys = append(keys, sshkey.Key(file))
		}
	}
	return keys
}

// ownerOf returns whose key one is, if it is good now and the person's that is
// meant; nil for anybody's.
func (d *desk) ownerOf(ctx context.Context, key sshkey.Key, as *policy.Person) (*policy.Person, error) {
	sum, err := sshkey.Fingerprint(ctx, key)
	if err != nil {
		return nil, keyFault(err)
	}
	p, k := d.people.ByFingerprint(sum)
	where := library.SettingsDir + "/" + policy.PeopleName
	switch {
	case p == nil:
		return nil, fault("enter the public key there, by a change that lands first, or name another with --key", "the key %s (%s) is nobody's in %s", key, sum, where)
	case as != nil && p != as:
		return nil, usage("leave out --as, or name another key with --key", "the key %s is that of %s, not of %s", key, p.Name, as.Name)
	case !k.Good(d.at):
		return nil, fault("enter a new key there, by a change that lands first", "the key %s of %s is not good on %s: %s says from when and until when it is", key, p.Name, d.at.Format(time.DateOnly), where)
	}
	return p, nil
}

func keyFault(err error) error {
	var e *sshkey.Error
	if errors.As(err, &e) {
		return fault(e.Hint, "%w", err)
	}
	return fault("", "%w", err)
}

// statement returns a statement of one file by a signer, to be completed.
func (d *desk) statement(m *matter, by *signer, predicate string) (*check.Approval, error) {
	a := &check.Approval{Type: check.StatementType, PredicateType: predicate, Subject: []check.Subject{{Name: m.Name}}}
	a.Subject[0].Digest.SHA256 = m.Digest
	a.Predicate = check.Predicate{By: by.Name, At: d.at, BaseDigest: m.baseDigest}
	if d.base == "" {
		return a, nil
	}
	name := d.prefix + path.Join(library.SettingsDir, policy.FileName)
	text, found, err := d.repo.File(context.Background(), d.base, name)
	if err != nil {
		return nil, undecided(err)
	}
	if found {
		a.Predicate.PolicyDigest = policy.FileDigest(text)
	}
	return a, nil
}

// sign signs a statement, writes it and its signature below a name in the settings
// folder, and returns its path in the library. What it has written it has read as
// the check will.
func (d *desk) sign(ctx context.Context, a *check.Approval, by *signer, stem string) (string, error) {
	text, err := statementText(a)
	if err != nil {
		return "", err
	}
	if _, err := check.ParseStatement(text); err != nil {
		return "", usage("", "the statement would be refused: %w", err)
	}
	name, err := d.free(ctx, stem)
	if err != nil {
		return "", err
	}
	ask := d.stderr
	if !isTerminal(ask) {
		ask = nil
	}
	signature, err := sshkey.Sign(ctx, by.key, check.Namespace, text, ask)
	if err != nil {
		return "", keyFault(err)
	}
	public, err := check.VerifySignature(text, signature, check.Namespace)
	if err != nil {
		return "", fault("see what ssh-keygen -Y sign does with it", "the signature with %s does not hold: %w", by.key, err)
	}
	if p, _ := d.people.ByKey(public); p == nil || p.Name != by.Name {
		return "", fault("remove the .pub file beside it if it is of another key", "%s has signed with another key than it says to hold", by.key)
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{name + ".sig", signature}, {name, text}} {
		if err := writeWithin(d.root, f.name, f.text); err != nil {
			return "", fault("", "%w", err)
		}
	}
	return name, nil
}

// hintCommit says what to do with the statements that were written.
func (d *desk) hintCommit(folder string) {
	d.note("hint: git add %s, commit it to the branch of the change, and push", library.CleanPath(filepath.Join(d.root, filepath.FromSlash(folder))))
}

func statementText(a *check.Approval) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(a); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

// maxTimes is how often one person can say the same of one text.
const maxTimes = 100

// free returns the path in the library of a statement that is not there yet, or
// that may be replaced.
func (d *desk) free(ctx context.Context, stem string) (string, error) {
	for n := 1; n <= maxTimes; n++ {
		name := stem + ".json"
		if n > 1 {
			name = fmt.Sprintf("%s.%d.json", stem, n)
		}
		there := slices.ContainsFunc([]string{name, name + ".sig"}, func(file string) bool {
			_, err := os.Lstat(filepath.Join(d.root, filepath.FromSlash(file)))
			return !errors.Is(err, fs.ErrNotExist)
		})
		switch {
		case !there:
			return name, nil
		case !d.force:
			return "", usage("--force says it again", "%s is there: it is said already", name)
		}
		if d.repo == nil {
			return name, nil
		}
		if _, committed, err := d.repo.File(ctx, "HEAD", d.prefix+name); err == nil && !committed {
			return name, nil
		}
	}
	return "", usage("", "%s.json has been said %d times", stem, maxTimes)
}

// writeWithin writes a file of the library as a whole, and the folders that it
// stands in. No symbolic link is followed.
func writeWithin(root, name string, text []byte) error {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer dir.Close()
	parts := strings.Split(path.Dir(name), "/")
	for i := range parts {
		folder := filepath.Join(parts[:i+1]...)
		if err := dir.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s: %w", library.CleanPath(folder), library.Escapes(err))
		}
		if info, err := dir.Lstat(folder); err != nil || !info.IsDir() {
			return fmt.Errorf("%s is no folder of the library itself, and nothing is written through a symbolic link", library.CleanPath(folder))
		}
	}
	temp := filepath.FromSlash(name + ".tmp")
	_ = dir.Remove(temp) // of a run that was killed
	f, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("%s: %w", name, library.Escapes(err))
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = dir.Rename(temp, filepath.FromSlash(name))
	}
	if err != nil {
		_ = dir.Remove(temp)
	}
	return err
}
