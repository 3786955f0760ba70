package git

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

// An Entry is what a tree has at a path. The zero Entry is nothing.
type Entry struct {
	Mode string // as git writes it: 100644, 100755, 120000 for a link, 160000 for a submodule
	ID   string // object id
}

// A Change is a path at which the tip of the base and the tree that would land
// differ.
type Change struct {
	Path       string // with slashes, from the top of the repository; any bytes
	Base, Head Entry
}

// Files returns the files, links and submodules of a commit or tree, by path. What
// it returns is not to be changed. A tree that lists a path twice, or in an order
// in which git would overlook it, is an error.
func (c *Comparison) Files(ctx context.Context, commitish string) (map[string]Entry, error) {
	if files, ok := c.trees[commitish]; ok {
		return files, nil
	}
	out, err := c.store.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commitish)
	if err != nil {
		return nil, explain(err)
	}
	files := make(map[string]Entry, strings.Count(out, "\x00"))
	last := ""
	for out != "" {
		var line string
		line, out, _ = strings.Cut(out, "\x00")
		head, path, _ := strings.Cut(line, "\t")
		mode, rest, _ := strings.Cut(head, " ")
		_, id, _ := strings.Cut(rest, " ") // after the type
		if path == "" || !objectID.MatchString(id) {
			return nil, &Error{fmt.Sprintf("git ls-tree prints a line %q", line), "report it with what git --version prints"}
		}
		if path <= last || strings.Contains("/"+path+"/", "/../") {
			return nil, &Error{fmt.Sprintf("the tree of %s is malformed at %q", short(commitish), path), "git fsck tells more; commit the files anew"}
		}
		last = path
		files[path] = Entry{mode, id}
	}
	c.trees[commitish] = files
	return files, nil
}

func short(id string) string { return id[:min(12, len(id))] }

// Changed returns where the tip of the base and the tree that would land differ, in
// the order of the bytes of the paths. A rename is a removal and an addition.
func (c *Comparison) Changed(ctx context.Context) ([]Change, error) {
	base, err := c.Files(ctx, c.Base)
	if err != nil {
		return nil, err
	}
	head, err := c.Files(ctx, c.Tree)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for path, e := range base {
		if head[path] != e {
			changes = append(changes, Change{path, e, head[path]})
		}
	}
	for path, e := range head {
		if base[path] == (Entry{}) {
			changes = append(changes, Change{path, Entry{}, e})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

// maxRead is the sum of the sizes in bytes of the files that are read at once.
const maxRead = 256 << 20

// Read returns the text of files, as it lies in the repository, by object id. It is
// an error to ask for a file over [library.MaxFileSize], for files over 256 MiB in
// all, or for what is no file, such as a submodule.
func (c *Comparison) Read(ctx context.Context, ids []string) (map[string][]byte, error) {
	return c.read(ctx, "blob", ids)
}

// read returns objects of one type. Their sizes are asked for first.
func (c *Comparison) read(ctx context.Context, typ string, ids []string) (map[string][]byte, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return map[string][]byte{}, nil
	}
	if i := slices.IndexFunc(ids, func(id string) bool { return !objectID.MatchString(id) }); i >= 0 {
		return nil, &Error{fmt.Sprintf("%q is no object id", ids[i]), "this is a bug: please report it"}
	}
	stdin := []byte(strings.Join(ids, "\n") + "\n")
	sizes, err := c.sizes(ctx, typ, ids, stdin)
	if err != nil {
		return nil, err
	}
	sum := 0
	for i, id := range ids {
		if sizes[i] > library.MaxFileSize {
			return nil, &Error{fmt.Sprintf("%s has %d bytes, over the limit of %d", c.name(id, typ), sizes[i], library.MaxFileSize), "split it, or keep it out of the repository"}
		}
		if sum += sizes[i]; sum > c.store.budget {
			return nil, &Error{fmt.Sprintf("there are more than %d bytes to read", c.store.budget), tooMuch}
		}
	}
	out, err := c.store.run(ctx, stdin, "cat-file", "--batch", "--buffer")
	if err != nil {
		return nil, explain(err)
	}
	return c.parseBatch([]byte(out), typ, ids)
}

// sizes returns the sizes of objects of one type. Stdin has their ids, a line each.
func (c *Comparison) sizes(ctx context.Context, typ string, ids []string, stdin []byte) ([]int, error) {
	out, err := c.store.run(ctx, stdin, "cat-file", "--batch-check", "--buffer")
	if err != nil {
		return nil, explain(err)
	}
	sizes := make([]int, len(ids))
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i, id := range ids {
		if i >= len(lines) {
			return nil, c.unreadable(id, typ, "nothing")
		}
		size, ok := strings.CutPrefix(lines[i], id+" "+typ+" ")
		if sizes[i], err = strconv.Atoi(size); !ok || err != nil {
			return nil, c.unreadable(id, typ, strings.TrimPrefix(lines[i], id+" "))
		}
	}
	return sizes, nil
}

// Readable returns the ids of those of some files that are not over
// [library.MaxFileSize], sorted.
func (c *Comparison) Readable(ctx context.Context, ids []string) ([]string, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil, nil
	}
	sizes, err := c.sizes(ctx, "blob", ids, []byte(strings.Join(ids, "\n")+"\n"))
	if err != nil {
		return nil, err
	}
	var small []string
	for i, id := range ids {
		if sizes[i] <= library.MaxFileSize {
			small = append(small, id)
		}
	}
	return small, nil
}

// parseBatch reads what git cat-file --batch prints: for each object a line with
// its id, type and size, and its bytes with a line end.
func (c *Comparison) parseBatch(out []byte, typ string, ids []string) (map[string][]byte, error) {
	objects := make(map[string][]byte, len(ids))
	for _, id := range ids {
		line, rest, _ := bytes.Cut(out, []byte("\n"))
		size, ok := strings.CutPrefix(string(line), id+" "+typ+" ")
		n, err := strconv.Atoi(size)
		if !ok || err != nil || n < 0 || n >= len(rest) {
			return nil, c.unreadable(id, typ, strings.TrimPrefix(string(line), id+" "))
		}
		objects[id] = rest[:n:n]
		out = rest[n+1:]
	}
	return objects, nil
}

// unreadable is the error for an object that is missing or of another type.
func (c *Comparison) unreadable(id, typ, got string) error {
	if got == "missing" {
		return explain(fmt.Errorf("%s is missing from the repository", c.name(id, typ)))
	}
	return explain(fmt.Errorf("%s is no %s: git says %q", c.name(id, typ), typ, got))
}

// name is what people call an object: the path of a file, where one of the trees
// that were read has it.
func (c *Comparison) name(id, typ string) string {
	for _, tree := range slices.Sorted(maps.Keys(c.trees)) {
		for _, path := range slices.Sorted(maps.Keys(c.trees[tree])) {
			if c.trees[tree][path].ID == id {
				return strconv.Quote(path)
			}
		}
	}
	return typ + " " + id
}
