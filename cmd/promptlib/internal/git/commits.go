package git

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"promptlib/library/check"
)

// Commits returns, by path, the commits of the head and not of the base that touch
// it. A commit touches what it has otherwise than its parent. A merge of two touches
// what it has otherwise than git would merge by itself, so that only who solved a
// conflict or changed something on the way is its author, and what git would merge
// from a file of another name, which no commit touches there; a merge of more, what
// it has otherwise than any parent.
func (c *Comparison) Commits(ctx context.Context) (map[string][]check.Commit, error) {
	return c.log(ctx, c.Head, "^"+c.Base)
}

// History returns the commits up to one that touch some paths, as Commits does.
func (c *Comparison) History(ctx context.Context, commit string, paths []string) (map[string][]check.Commit, error) {
	history := map[string][]check.Commit{}
	for some := range slices.Chunk(paths, 64) { // a command line has an end
		commits, err := c.log(ctx, append([]string{commit, "--"}, some...)...)
		if err != nil {
			return nil, err
		}
		for _, path := range some { // a path may also be a folder of others
			if commits[path] != nil {
				history[path] = commits[path]
			}
		}
	}
	return history, nil
}

// logs are the questions that tell what commits touch. In the last, a merge has its
// files that are otherwise than in both parents; those that one of them lacks are
// what a rename was followed to.
var logs = []struct {
	args   []string
	status string // a letter of the files that count, "" for all
}{
	{[]string{"--diff-merges=remerge", "--max-parents=2"}, ""},
	{[]string{"--diff-merges=separate", "--min-parents=3"}, ""},
	{[]string{"--diff-merges=combined", "--min-parents=2", "--max-parents=2"}, "A"},
}

// logArgs ask for all commits, also where paths are named: left to itself, git leaves
// out a merge that took a file from one side alone.
var logArgs = []string{"log", "--topo-order", "--full-history", "--sparse", "--root", "--raw", "-z", "--no-renames", "--ignore-submodules=none", "--format=%x00%H"}

// log returns by path the commits of a range of them.
func (c *Comparison) log(ctx context.Context, revisions ...string) (map[string][]check.Commit, error) {
	var touches []touch
	for _, l := range logs {
		out, err := c.store.run(ctx, nil, slices.Concat(logArgs, l.args, revisions)...)
		if err != nil {
			return nil, explain(err)
		}
		found, err := parseLog(out)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if strings.Contains(t.status, l.status) {
				touches = append(touches, t)
			}
		}
	}
	var ids []string
	for _, t := range touches {
		ids = append(ids, t.id)
	}
	objects, err := c.read(ctx, "commit", ids)
	if err != nil {
		return nil, err
	}
	parsed := map[string]check.Commit{}
	for id, raw := range objects {
		parsed[id] = parseCommit(id, raw)
	}
	commits := map[string][]check.Commit{}
	seen := map[touch]bool{}
	for _, t := range touches {
		if t.status = ""; !seen[t] { // a merge is compared more than once
			seen[t] = true
			commits[t.path] = append(commits[t.path], parsed[t.id])
		}
	}
	return commits, nil
}

// Pushed returns the paths that the commits touch by which a branch went on from one
// commit to another, sorted, without those that the base has. It is an error if the
// branch did not go on from the first, but was moved.
func (c *Comparison) Pushed(ctx context.Context, before, after string) ([]string, error) {
	for _, id := range []string{before, after} {
		if !objectID.MatchString(id) {
			return nil, &Error{fmt.Sprintf("%q is no object id", id), "report it with what git --version prints"}
		}
	}
	if _, err := c.store.run(ctx, nil, "merge-base", "--is-ancestor", before, after); err != nil {
		return nil, explain(err)
	}
	touched, err := c.log(ctx, after, "^"+before, "^"+c.Base)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(touched)), nil
}

// A touch is a file that a commit touches. Status has a letter of git for each
// parent that it was compared with.
type touch struct{ id, status, path string }

// parseLog reads what git log --raw -z --format=%x00%H prints: fields that end in
// NUL, of which some are empty. An object id begins a commit. A field that begins
// with a colon, of modes, ids and a status, is followed by the path of a file, which
// may be anything.
func parseLog(out string) ([]touch, error) {
	var touches []touch
	id := ""
	fields := strings.Split(out, "\x00")
	for i := 0; i < len(fields); i++ {
		field := strings.TrimPrefix(fields[i], "\n")
		switch {
		case field == "":
		case objectID.MatchString(field):
			id = field
		case field[0] == ':' && id != "" && i+1 < len(fields) && fields[i+1] != "":
			i++
			touches = append(touches, touch{id, field[strings.LastIndexByte(field, ' ')+1:], fields[i]})
		default:
			return nil, &Error{fmt.Sprintf("git log prints %q", field), "report it with what git --version prints"}
		}
	}
	return touches, nil
}

// parseCommit reads a commit object: headers, an empty line, and the message. It
// is read as it lies in the repository, so that neither a .mailmap of the change nor
// an encoding has a say in who wrote it.
func parseCommit(id string, raw []byte) check.Commit {
	commit := check.Commit{ID: id}
	headers, message, _ := bytes.Cut(raw, []byte("\n\n"))
	for line := range strings.SplitSeq(string(headers), "\n") {
		key, ident, _ := strings.Cut(line, " ")
		switch {
		case key == "author" && commit.Author == "":
			commit.Author = address(ident)
		case key == "committer" && commit.Committer == "":
			commit.Committer = address(ident)
		case key == "author" || key == "committer": // git writes no second one
			commit.CoAuthors = append(commit.CoAuthors, address(ident))
		}
	}
	commit.CoAuthors = append(commit.CoAuthors, coAuthors(string(message))...)
	commit.Payload, commit.Signature = signature(raw, id)
	return commit
}

// address returns the e-mail address of a name such as "Ada <ada@example.org>", and
// the whole of a name without.
func address(ident string) string {
	_, rest, ok := strings.Cut(ident, "<")
	mail, _, closed := strings.Cut(rest, ">")
	if !ok || !closed {
		return strings.TrimSpace(ident)
	}
	return strings.TrimSpace(mail)
}

var coAuthor = regexp.MustCompile(`(?i)^\s*co-authored-by\s*:`)

// coAuthors returns every address of every line Co-authored-by of a message,
// wherever in it. A line goes on in those after it that begin with a space.
func coAuthors(message string) []string {
	var list []string
	within := false
	for line := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if at := coAuthor.FindStringIndex(line); at != nil {
			within, line = true, line[at[1]:]
		} else if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			within = false
		}
		if !within {
			continue
		}
		for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(" \t<>()[],;\"'\x00", r) }) {
			if strings.Contains(word, "@") {
				list = append(list, word)
			}
		}
	}
	return list
}

const sshSignature = "-----BEGIN SSH SIGNATURE-----"

// signature returns what the SSH signature of a commit signs, and the signature, in
// its armoured form; nil where it has none or two. As git has it, the header is named
// for the hash of the repository, and what is signed is the commit without any header
// whose name begins with gpgsig.
func signature(raw []byte, id string) (payload, armoured []byte) {
	header := "gpgsig "
	if len(id) == 64 {
		header = "gpgsig-sha256 "
	}
	count := 0
	own, other := false, false // the header that a line belongs to
	rest := raw
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i+1]
		}
		if line[0] == '\n' {
			break // the message
		}
		rest = rest[len(line):]
		switch {
		case line[0] == ' ' && own:
			armoured = append(armoured, line[1:]...)
			continue
		case line[0] == ' ' && other:
			continue
		case bytes.HasPrefix(line, []byte(header)):
			own, other, count = true, false, count+1
			armoured = append(armoured, line[len(header):]...)
			continue
		}
		own, other = false, bytes.HasPrefix(line, []byte("gpgsig"))
		if !other {
			payload = append(payload, line...)
		}
	}
	if count != 1 || !bytes.HasPrefix(armoured, []byte(sshSignature)) {
		return nil, nil
	}
	return append(payload, rest...), armoured
}
