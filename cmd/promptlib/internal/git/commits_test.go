package git

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library/check"
)

// authors returns by path the e-mail names of the authors of the commits of a
// comparison, each once.
func authors(t *testing.T, c *Comparison) map[string][]string {
	t.Helper()
	commits, err := c.Commits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	for path, list := range commits {
		set := map[string]bool{}
		for _, c := range list {
			for _, mail := range append([]string{c.Author, c.Committer}, c.CoAuthors...) {
				set[strings.TrimSuffix(mail, "@example.org")] = true
			}
		}
		names[path] = slices.Sorted(maps.Keys(set))
	}
	return names
}

// TestCommitsNameTheAuthors of each file: of the topic, who else came by on the way
// is none.
func TestCommitsNameTheAuthors(t *testing.T) {
	for i, tt := range []struct {
		name  string
		build func(t *testing.T, r Repo) // on the branch topic; main is ahead of it by a commit of ada in "main.md" and line 15 of "a.md"
		want  map[string][]string
	}{
		{"commits", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"a.md": lines(3, "x"), "b.md": "b\n"})
			commit(t, r, "cyd", map[string]string{"b.md": "c\n"})
		}, map[string][]string{"a.md": {"bob"}, "b.md": {"bob", "cyd"}}},
		{"hostile names", func(t *testing.T, r Repo) {
			files := map[string]string{}
			for _, name := range hostile {
				files[name] = "x\n"
			}
			commit(t, r, "bob", files)
		}, func() map[string][]string {
			want := map[string][]string{}
			for _, name := range hostile {
				want[name] = []string{"bob"}
			}
			return want
		}()},
		{"names like what git prints", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"\nfirst.md": "x\n"})
			commit(t, r, "cyd", map[string]string{strings.Repeat("1", 40): "x\n"})
			commit(t, r, "dan", map[string]string{":100644 100644 1 2 M": "x\n"})
		}, map[string][]string{"\nfirst.md": {"bob"}, strings.Repeat("1", 40): {"cyd"}, ":100644 100644 1 2 M": {"dan"}}},
		{"what was undone", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"b.md": "b\n"})
			commit(t, r, "cyd", map[string]string{"b.md": ""})
		}, map[string][]string{"b.md": {"bob", "cyd"}}},
		{"a rename", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"c.md": "", "b.md": lines(0, "")})
		}, map[string][]string{"b.md": {"bob"}, "c.md": {"bob"}}},
		{"author, committer and co-authors", func(t *testing.T, r Repo) {
			as(t, "bob")
			t.Setenv("GIT_COMMITTER_EMAIL", "cyd@example.org")
			write(t, r.Root, "b.md", "b\n")
			command(t, r.Root, "add", "--all")
			command(t, r.Root, "commit", "--quiet", "--message=title", "--message=co-authored-BY: Dan <dan@example.org>", "--message=no trailer")
		}, map[string][]string{"b.md": {"bob", "cyd", "dan"}}},
		{"a mailmap that says otherwise", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{".mailmap": "Eve <eve@example.org> <bob@example.org>\n"})
		}, map[string][]string{".mailmap": {"bob"}}},
		{"a mode", func(t *testing.T, r Repo) {
			command(t, r.Root, "update-index", "--chmod=+x", "a.md")
			as(t, "bob")
			command(t, r.Root, "commit", "--quiet", "--message=x")
		}, map[string][]string{"a.md": {"bob"}}},
		{"a submodule that .gitmodules says to ignore", func(t *testing.T, r Repo) {
			write(t, r.Root, ".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ./m\n\tignore = all\n")
			command(t, r.Root, "add", ".gitmodules")
			for _, who := range []string{"bob", "cyd"} {
				as(t, who)
				command(t, r.Root, "update-index", "--add", "--cacheinfo", "160000,"+ask(t, r.Root, "rev-parse", "HEAD")+",m")
				command(t, r.Root, "commit", "--quiet", "--message=x")
			}
		}, map[string][]string{".gitmodules": {"bob"}, "m": {"bob", "cyd"}}},
		{"a root commit", func(t *testing.T, r Repo) {
			command(t, r.Root, "switch", "--quiet", "--orphan", "other")
			commit(t, r, "bob", map[string]string{"b.md": "b\n"})
			command(t, r.Root, "switch", "--quiet", "topic")
			as(t, "cyd")
			command(t, r.Root, "merge", "--quiet", "--allow-unrelated-histories", "--message=x", "other")
		}, map[string][]string{"b.md": {"bob"}}},
		{"a clean update", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"a.md": lines(3, "x"), "b.md": "b\n"})
			as(t, "cyd")
			command(t, r.Root, "merge", "--quiet", "--message=x", "main")
		}, map[string][]string{"a.md": {"bob"}, "b.md": {"bob"}}},
		{"an update with a conflict", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"a.md": lines(15, "x"), "b.md": "b\n"})
			as(t, "cyd")
			merge(t, r, "main", map[string]string{"a.md": lines(15, "solved")})
		}, map[string][]string{"a.md": {"bob", "cyd"}, "b.md": {"bob"}}},
		{"a conflict that one side won", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"a.md": lines(15, "x")})
			as(t, "cyd")
			merge(t, r, "main", map[string]string{"a.md": lines(15, "x")})
		}, map[string][]string{"a.md": {"bob", "cyd"}}},
		{"a merge that changes more", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"b.md": "b\n"})
			as(t, "cyd")
			merge(t, r, "main", map[string]string{"main.md": "evil\n", "new.md": "evil\n"})
		}, map[string][]string{"b.md": {"bob"}, "main.md": {"cyd"}, "new.md": {"cyd"}}},
		{"a merge that drops what main has", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"b.md": "b\n"})
			as(t, "cyd")
			command(t, r.Root, "merge", "--quiet", "--strategy=ours", "--message=x", "main")
		}, map[string][]string{"a.md": {"cyd"}, "b.md": {"bob"}, "main.md": {"cyd"}}},
		{"a merge that drops what the topic had", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"b.md": "b\n"})
			as(t, "cyd")
			merge(t, r, "main", map[string]string{"b.md": ""})
		}, map[string][]string{"b.md": {"bob", "cyd"}}},
		{"a merge that follows a rename", func(t *testing.T, r Repo) {
			commit(t, r, "bob", map[string]string{"sub/c.md": lines(3, "x"), "c.md": ""})
			command(t, r.Root, "branch", "--quiet", "--force", "other")
			command(t, r.Root, "switch", "--quiet", "--detach", "HEAD~1")
			commit(t, r, "dan", map[string]string{"c.md": lines(15, "x")})
			as(t, "cyd")
			command(t, r.Root, "merge", "--quiet", "--message=x", "other")
			command(t, r.Root, "branch", "--quiet", "--force", "topic")
			command(t, r.Root, "switch", "--quiet", "topic")
		}, map[string][]string{"c.md": {"bob", "dan"}, "sub/c.md": {"bob", "cyd"}}},
		{"a merge of three", func(t *testing.T, r Repo) {
			for _, who := range []string{"bob", "cyd"} {
				command(t, r.Root, "switch", "--quiet", "--create", who, "topic")
				commit(t, r, who, map[string]string{who + ".md": "x\n"})
			}
			command(t, r.Root, "switch", "--quiet", "topic")
			commit(t, r, "dan", map[string]string{"dan.md": "x\n"})
			as(t, "eve")
			command(t, r.Root, "merge", "--quiet", "--message=x", "bob", "cyd")
		}, map[string][]string{"bob.md": {"bob", "eve"}, "cyd.md": {"cyd", "eve"}, "dan.md": {"dan", "eve"}}},
		{"nothing", func(*testing.T, Repo) {}, map[string][]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("GIT_DEFAULT_HASH", formats[i%2])
			r, _ := repository(t)
			commit(t, r, "ada", map[string]string{"a.md": lines(0, ""), "c.md": lines(0, "")})
			command(t, r.Root, "branch", "topic")
			commit(t, r, "ada", map[string]string{"a.md": lines(15, "of main"), "main.md": "m\n"})
			command(t, r.Root, "switch", "--quiet", "topic")
			tt.build(t, r)
			c := compare(t, r, "main", "topic")
			if diff := cmp.Diff(authors(t, c), tt.want); diff != "" {
				t.Errorf("authors (-got +want):\n%s", diff)
			}
			coversChanges(t, c)
		})
	}
}

// coversChanges: whatever the head changes has an author.
func coversChanges(t *testing.T, c *Comparison) {
	t.Helper()
	changes, err := c.Changed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := authors(t, c)
	for _, change := range changes {
		if len(names[change.Path]) == 0 {
			t.Errorf("%q lands and has no author", change.Path)
		}
	}
}

// merge merges a branch, and makes the files what somebody wants them to be.
func merge(t *testing.T, r Repo, branch string, files map[string]string) {
	t.Helper()
	cmd := exec.Command("git", "merge", "--quiet", "--no-commit", "--no-ff", branch)
	cmd.Dir = r.Root
	out, err := cmd.CombinedOutput()
	if _, stop := os.Stat(filepath.Join(r.Root, ".git", "MERGE_HEAD")); stop != nil {
		t.Fatalf("no merge: %v\n%s", err, out)
	}
	for name, text := range files {
		if text == "" {
			command(t, r.Root, "rm", "--quiet", "--force", "--", name)
		} else {
			write(t, r.Root, name, text)
		}
	}
	command(t, r.Root, "add", "--all")
	command(t, r.Root, "commit", "--quiet", "--message=merged")
}

func TestHistory(t *testing.T) {
	r, _ := repository(t)
	commit(t, r, "ada", map[string]string{"a.md": lines(0, ""), "b.md": "1\n", "c/d.md": "1\n"})
	command(t, r.Root, "switch", "--quiet", "--create", "topic")
	commit(t, r, "bob", map[string]string{"a.md": lines(3, "x"), "b.md": "2\n"})
	command(t, r.Root, "switch", "--quiet", "main")
	commit(t, r, "cyd", map[string]string{"other.md": "1\n"})
	as(t, "dan")
	merge(t, r, "topic", map[string]string{"b.md": "1\n"}) // as if topic had not been
	commit(t, r, "eve", map[string]string{"a.md": "", "*.md": "x\n"})
	command(t, r.Root, "commit-graph", "write", "--reachable", "--changed-paths")

	c := compare(t, r, "main", "main")
	commits, err := c.History(t.Context(), c.Head, []string{"a.md", "b.md", "c", "*.md", "none.md", ":(top)", "-x"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for path, list := range commits {
		for _, commit := range list {
			got[path] = append(got[path], strings.TrimSuffix(commit.Author, "@example.org"))
		}
	}
	want := map[string][]string{"a.md": {"eve", "bob", "ada"}, "b.md": {"dan", "bob", "ada"}, "*.md": {"eve"}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("authors (-got +want):\n%s", diff)
	}
	var e *Error
	if _, err := c.History(t.Context(), strings.Repeat("1", 40), []string{"a.md"}); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("of no commit: error %v, want one with a hint", err)
	}
}

func TestCommitsWithSignatures(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("skipped: there is no ssh-keygen")
	}
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	signers := filepath.Join(filepath.Dir(key), "signers")
	if err := os.WriteFile(signers, append([]byte("bob@example.org "), public...), 0o600); err != nil {
		t.Fatal(err)
	}
	verify := func(t *testing.T, c check.Commit) error {
		sig := filepath.Join(t.TempDir(), "sig")
		if err := os.WriteFile(sig, c.Signature, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("ssh-keygen", "-q", "-Y", "verify", "-f", signers, "-I", "bob@example.org", "-n", "git", "-s", sig)
		cmd.Stdin = bytes.NewReader(c.Payload)
		return cmd.Run()
	}
	eachFormat(t, func(t *testing.T, r Repo) {
		as(t, "bob")
		write(t, r.Root, "signed.md", "x\n")
		command(t, r.Root, "add", "--all")
		command(t, r.Root, "-c", "gpg.format=ssh", "-c", "user.signingKey="+key, "commit", "--quiet", "--gpg-sign", "--message=signed\n\ngpgsig is no header here\n -----BEGIN SSH SIGNATURE-----")
		commit(t, r, "bob", map[string]string{"plain.md": "x\n"})
		c := compare(t, r, "HEAD~2", "HEAD")
		commits, err := c.Commits(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		signed, plain := commits["signed.md"][0], commits["plain.md"][0]
		if err := verify(t, signed); err != nil {
			t.Errorf("the signature is not one of the payload: %v\n%s\n%s", err, signed.Payload, signed.Signature)
		}
		signed.Payload = append(signed.Payload, ' ')
		if err := verify(t, signed); err == nil {
			t.Error("the signature is one of any payload")
		}
		if plain.Payload != nil || plain.Signature != nil {
			t.Errorf("a commit that is not signed has %q, %q", plain.Payload, plain.Signature)
		}
	})
}

func TestParseCommit(t *testing.T) {
	sha1, sha256 := strings.Repeat("a", 40), strings.Repeat("a", 64)
	people := "author Ada <ada@example.org> 1 +0000\ncommitter Bob <bob@example.org> 1 +0000\n"
	armour := " -----END\n"
	for _, tt := range []struct {
		name, id, raw string
		want          check.Commit
	}{
		{"plain", sha1, "tree 1\n" + people + "\ntext\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
		{"no message", sha1, people, check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
		{"no names", sha1, "author <a@b> 1 +0000\ncommitter  <> 1 +0000\n\n", check.Commit{Author: "a@b"}},
		{"names without an address", sha1, "author Ada 1 +0000\ncommitter Bob <bob 1\n\n", check.Commit{Author: "Ada 1 +0000", Committer: "Bob <bob 1"}},
		{"two addresses", sha1, "author A <a@b> <c@d> 1 +0000\ncommitter x<y@z>1\n\n", check.Commit{Author: "a@b", Committer: "y@z"}},
		{"two authors", sha1, people + "author Cyd <cyd@example.org> 1 +0000\n\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org", CoAuthors: []string{"cyd@example.org"}}},
		{"an author in the message", sha1, people + "\nauthor Cyd <cyd@example.org> 1 +0000\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
		{
			"a signature", sha1, people + "gpgsig " + sshSignature + "\n x\n" + armour + "\ntext\n",
			check.Commit{Author: "ada@example.org", Committer: "bob@example.org", Payload: []byte(people + "\ntext\n"), Signature: []byte(sshSignature + "\nx\n-----END\n")},
		},
		{
			"a signature before another header", sha1, people + "gpgsig " + sshSignature + "\n" + armour + "encoding x\n y\n\ntext\n",
			check.Commit{Author: "ada@example.org", Committer: "bob@example.org", Payload: []byte(people + "encoding x\n y\n\ntext\n"), Signature: []byte(sshSignature + "\n-----END\n")},
		},
		{
			"signatures for both hashes", sha256, people + "gpgsig old\n old\ngpgsig-sha256 " + sshSignature + "\n" + armour + "\ntext\n",
			check.Commit{Author: "ada@example.org", Committer: "bob@example.org", Payload: []byte(people + "\ntext\n"), Signature: []byte(sshSignature + "\n-----END\n")},
		},
		{"a signature for the other hash", sha1, people + "gpgsig-sha256 " + sshSignature + "\n" + armour + "\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
		{"two signatures", sha1, people + "gpgsig " + sshSignature + "\n" + armour + "gpgsig " + sshSignature + "\n" + armour + "\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
		{"a signature of PGP", sha1, people + "gpgsig -----BEGIN PGP SIGNATURE-----\n x\n\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
		{"a signature in a tag that was merged", sha1, people + "mergetag object 1\n gpgsig " + sshSignature + "\n\n", check.Commit{Author: "ada@example.org", Committer: "bob@example.org"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.ID = tt.id
			if diff := cmp.Diff(parseCommit(tt.id, []byte(tt.raw)), tt.want); diff != "" {
				t.Errorf("commit (-got +want):\n%s", diff)
			}
		})
	}
}

func TestCoAuthors(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		want          []string
	}{
		{"none", "title\n\ntext of co-authored-by: a@b in a line\n", nil},
		{"a trailer", "title\n\nCo-authored-by: Ada L <ada@example.org>\n", []string{"ada@example.org"}},
		{"any case, anywhere", "CO-AUTHORED-BY: <a@b>\ntext\n\nco-authored-by : c@d\n\nend\n", []string{"a@b", "c@d"}},
		{"two in a line", "Co-authored-by: Ada <a@b>, Bob <c@d>; e@f\n", []string{"a@b", "c@d", "e@f"}},
		{"over two lines", "Co-authored-by: Ada\n <a@b>\n\t<c@d>\nnot <e@f>\n <g@h>\n", []string{"a@b", "c@d"}},
		{"indented", "  Co-authored-by: <a@b>\n", []string{"a@b"}},
		{"CR LF and CR", "t\r\nCo-authored-by: <a@b>\r\nx\rCo-authored-by: <c@d>\r", []string{"a@b", "c@d"}},
		{"after a NUL", "t\x00\nCo-authored-by: <a@b>\x00\n", []string{"a@b"}},
		{"no address", "Co-authored-by: Ada\n", nil},
		{"not UTF-8", "Co-authored-by: \xe9 <\xe9@b>\n", []string{"\xe9@b"}},
		{"another trailer", "Signed-off-by: <a@b>\n", nil},
	} {
		if got := coAuthors(tt.message); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzParseCommit: whatever an object holds is read without panic, and what is
// signed has none of the signature.
func FuzzParseCommit(f *testing.F) {
	f.Add("author A <a@b> 1 +0000\ngpgsig "+sshSignature+"\n x\n\ntext\nCo-authored-by: <a@b>\n", false)
	f.Add("gpgsig-sha256 "+sshSignature+"\n\n", true)
	f.Add("\n\ngpgsig", false)
	f.Fuzz(func(t *testing.T, raw string, long bool) {
		id := strings.Repeat("a", 40)
		if long {
			id = strings.Repeat("a", 64)
		}
		c := parseCommit(id, []byte(raw))
		headers, _, _ := strings.Cut(string(c.Payload), "\n\n")
		if strings.HasPrefix(headers, "gpgsig") || strings.Contains(headers, "\ngpgsig") || (c.Signature == nil) != (c.Payload == nil) && len(c.Payload) > 0 {
			t.Errorf("payload %q, signature %q", c.Payload, c.Signature)
		}
		for _, mail := range c.CoAuthors {
			if strings.ContainsAny(mail, "\n") {
				t.Errorf("co-author %q", mail)
			}
		}
	})
}

// FuzzParseLog: whatever git prints is read without panic, and no file is without a
// commit and a name.
func FuzzParseLog(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add("\x00" + id + "\x00\n:100644 100644 1 2 M\x00\na\x00:000000 100644 0 1 A\x00b\x00")
	f.Add("\x00" + id + "\x00\x00::100644 000000 100644 1 0 2 MA\x00a\x00\x00" + id + "\x00")
	f.Add(":\x00x\x00")
	f.Fuzz(func(t *testing.T, out string) {
		touches, err := parseLog(out)
		for _, touch := range touches {
			if err != nil || !objectID.MatchString(touch.id) || touch.path == "" {
				t.Errorf("%+v, %v", touch, err)
			}
		}
	})
}

// Pushed tells what a push has brought, and fails where it cannot: then somebody
// else may have lost commits by it.
func TestPushed(t *testing.T) {
	eachFormat(t, func(t *testing.T, r Repo) {
		on := func(branch string) { command(t, r.Root, "switch", "--quiet", "--force-create", branch) }
		start := commit(t, r, "ada", map[string]string{"a.md": lines(0, ""), "gone.md": "x"})
		on("work")
		edit := commit(t, r, "ada", map[string]string{"a.md": lines(3, "of the work")})
		evidence := commit(t, r, "bob", map[string]string{"evidence/a.json": "{}", "evidence/a.json.sig": "x"})
		both := commit(t, r, "bob", map[string]string{"evidence/b.json": "{}", "a.md": lines(4, "of bob")})
		undone := commit(t, r, "bob", map[string]string{"a.md": lines(3, "of the work")})
		removed := commit(t, r, "bob", map[string]string{"gone.md": ""})
		empty := commit(t, r, "bob", nil)
		command(t, r.Root, "switch", "--quiet", "main")
		main := commit(t, r, "cy", map[string]string{"a.md": lines(18, "of main"), "main.md": "x"})

		command(t, r.Root, "switch", "--quiet", "--detach", evidence)
		command(t, r.Root, "merge", "--quiet", "--message=clean", "main")
		merged := ask(t, r.Root, "rev-parse", "HEAD")
		command(t, r.Root, "switch", "--quiet", "--detach", evidence)
		command(t, r.Root, "merge", "--quiet", "--no-commit", "main")
		altered := commit(t, r, "bob", map[string]string{"a.md": lines(10, "on the way")})
		command(t, r.Root, "switch", "--quiet", "--detach", edit)
		other := commit(t, r, "eve", map[string]string{"other.md": "x"})
		command(t, r.Root, "switch", "--quiet", "--detach", evidence)
		command(t, r.Root, "merge", "--quiet", "--message=of a branch", other)
		foreign := ask(t, r.Root, "rev-parse", "HEAD")
		command(t, r.Root, "switch", "--quiet", "work")

		tree := ask(t, r.Root, "rev-parse", edit+"^{tree}")
		nothing, unknown := strings.Repeat("0", len(start)), strings.Repeat("1", len(start))
		c := compare(t, r, "main", "work")
		for _, tt := range []struct {
			name, before, after string
			want                []string // nil for an error
		}{
			{"one commit", edit, evidence, []string{"evidence/a.json", "evidence/a.json.sig"}},
			{"several commits", start, evidence, []string{"a.md", "evidence/a.json", "evidence/a.json.sig"}},
			{"evidence and more", evidence, both, []string{"a.md", "evidence/b.json"}},
			{"a change that is undone again", evidence, undone, []string{"a.md", "evidence/b.json"}},
			{"a file that is removed", undone, removed, []string{"gone.md"}},
			{"an empty commit", removed, empty, []string{}},
			{"nothing", edit, edit, []string{}},
			{"a clean merge of the base", evidence, merged, []string{}},
			{"a merge of the base that alters something", evidence, altered, []string{"a.md"}},
			{"a merge of another branch", evidence, foreign, []string{"other.md"}},
			{"a branch that goes on from the base", main, merged, []string{"a.md", "evidence/a.json", "evidence/a.json.sig"}},
			{"a branch that was set back", evidence, edit, nil},
			{"a branch that was set to another commit", both, other, nil},
			{"a branch that was made", nothing, edit, nil},
			{"a branch that was deleted", edit, nothing, nil},
			{"an unknown commit before", unknown, edit, nil},
			{"an unknown commit after", edit, unknown, nil},
			{"a tree", tree, edit, nil},
			{"no object id", "work~1", "work", nil},
			{"an option", "--all", edit, nil},
		} {
			got, err := c.Pushed(t.Context(), tt.before, tt.after)
			if tt.want == nil {
				var e *Error
				if !errors.As(err, &e) || got != nil {
					t.Errorf("%s: got %q and the error %v, want an *Error alone", tt.name, got, err)
				}
				continue
			}
			if diff := cmp.Diff(append([]string{}, got...), tt.want); err != nil || diff != "" {
				t.Errorf("%s: error %v, -got +want:\n%s", tt.name, err, diff)
			}
		}
	})
}
