package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Limits of one run of git on what somebody proposes.
const (
	maxOutput = 256 << 20 // bytes
	patience  = 2 * time.Minute
)

// tooMuch is the next step where a limit is hit.
const tooMuch = "split the change, or take large folders out of the repository"

// A sealed repository is an empty one of its own, in a temporary folder, that
// borrows the objects of another. Everything else of the other is out of reach:
// its refs, its replaced and grafted commits, its settings and attributes, and
// with them the drivers that those name, the remotes that missing objects would be
// fetched from, and a place to write to. The settings of the user and the machine
// are out of reach as well.
type sealed struct {
	dir      string
	patience time.Duration // with one run
	budget   int           // bytes of files that are read at once
}

// sealedConfig is all the configuration there is.
const sealedConfig = `[core]
	repositoryFormatVersion = 1
	bare = true
	attributesFile = %s
[merge]
	renames = false
	directoryRenames = false
[log]
	mailmap = false
[gc]
	auto = 0
[extensions]
	objectFormat = %s
`

// seal makes a sealed repository of a folder of objects.
func seal(objects, format string) (sealed, error) {
	dir, err := os.MkdirTemp("", "promptlib-git-")
	if err != nil {
		return sealed{}, err
	}
	s := sealed{dir, patience, maxRead}
	files := map[string]string{
		"HEAD":                    "ref: refs/heads/none\n",
		"attributes":              "",
		"config":                  fmt.Sprintf(sealedConfig, quote(filepath.Join(dir, "attributes")), format),
		"refs/none":               "",
		"objects/info/alternates": quote(objects) + "\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
	}
	if err != nil {
		return sealed{}, errors.Join(err, s.close())
	}
	return s, nil
}

// quote writes a path as git reads it in its settings, in which a path may hold
// whatever a name of a folder can.
func quote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(filepath.ToSlash(path)) + `"`
}

func (s sealed) close() error { return os.RemoveAll(s.dir) }

// environment has none of the variables of git but the one that says where its
// programs are.
func (s sealed) environment() []string {
	env := slices.DeleteFunc(environment(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		name = strings.ToUpper(name)
		return strings.HasPrefix(name, "GIT_") && name != "GIT_EXEC_PATH"
	})
	none := filepath.Join(s.dir, "attributes")
	return append(env, "GIT_DIR="+s.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+none, "GIT_ATTR_NOSYSTEM=1", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1")
}

// run runs git in the repository. An error is an [Error], a [failure], or that of a
// context that has ended.
func (s sealed) run(ctx context.Context, stdin []byte, args ...string) (string, error) {
	within, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	out, _, err := call{s.dir, s.environment(), stdin, maxOutput}.run(within, args...)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		err = &Error{fmt.Sprintf("git %s takes longer than %s", args[0], s.patience), tooMuch}
	}
	return string(out), err
}

// explain returns the error of a run as an [Error]: what git cannot do with
// commits that it knows, it cannot for want of their objects.
func explain(err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{err.Error(), "git fsck tells whether the repository is whole; one cloned with --filter lacks files, so clone it without"}
}
