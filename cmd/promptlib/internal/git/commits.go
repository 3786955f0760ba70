package git

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"promptlib/library/check"
)

// Commits returns, by path, the commits of the head and not of the base that touch
// it, children before parents. A commit touches what it has otherwise than its
// parent. A merge of two touches what it has otherwise than git would merge by
// itself, without renames, so that only who solved a conflict or changed something
// on the way is its author; a merge of more, what it has otherwise than any parent.
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

// A touch is a commit and the paths that it touches.
type touch struct {
	id    string
	paths []string
}

// log returns by path the commits of a range of them.
func (c *Comparison) log(ctx context.Context, revisions ...string) (map[string][]check.Commit, error) {
	touches, err := c.touches(ctx, "remerge", 0, revisions)
	if err != nil {
		return nil, err
	}
	several, err := c.touches(ctx, "separate", 3, revisions)
	if err != nil {
		return nil, err
	}
	octopus := map[string][]string{}
	for _, t := range several { // once for each parent
		octopus[t.id] = append(octopus[t.id], t.paths...)
	}
	var ids []string
	for i, t := range touches {
		if more := octopus[t.id]; more != nil {
			touches[i].paths = slices.Compact(slices.Sorted(slices.Values(more)))
		}
		if len(touches[i].paths) > 0 {
			ids = append(ids, t.id)
		}
	}
	objects, err := c.read(ctx, "commit", ids)
	if err != nil {
		return nil, err
	}
	commits := map[string][]check.Commit{}
	for _, t := range touches {
		if len(t.paths) == 0 {
			continue
		}
		commit := parseCommit(t.id, objects[t.id])
		for _, path := range t.paths {
			commits[path] = append(commits[path], commit)
		}
	}
	return commits, nil
}

// touches asks git log for the commits with so many parents or more. Full history
// and parents keep it from leaving out a merge that took a file from one side alone;
// full diffs, from comparing with other parents than a commit has.
func (c *Comparison) touches(ctx context.Context, merges string, parents int, revisions []string) ([]touch, error) {
	args := []string{
		"log", "--topo-order", "--full-history", "--parents", "--full-diff", "--root", "-z", "--name-only", "--no-renames", "--ignore-submodules=none",
		"--format=%x00%H", "--diff-merges=" + merges, fmt.Sprintf("--min-parents=%d", parents),
	}
	out, err := c.store.run(ctx, nil, append(args, revisions...)...)
	if err != nil {
		return nil, explain(err)
	}
	return parseLog(out)
}

// parseLog reads what git log -z --name-only --format=%x00%H prints: for each
// commit an empty field, the format, and its paths, of which the first has a line
// end in front.
func parseLog(out string) ([]touch, error) {
	var touches []touch
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	for i := 0; i < len(fields); i++ {
		if fields[i] != "" || i+1 == len(fields) {
			continue
		}
		i++
		if !objectID.MatchString(fields[i]) {
			return nil, &Error{fmt.Sprintf("git log prints a commit %q", fields[i]), "report it with the version of git"}
		}
		t := touch{id: fields[i]}
		for i+1 < len(fields) && fields[i+1] != "" {
			i++
			t.paths = append(t.paths, fields[i])
		}
		if len(t.paths) > 0 {
			t.paths[0] = strings.TrimPrefix(t.paths[0], "\n")
		}
		touches = append(touches, t)
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
