// Package sshkey lets ssh-keygen of OpenSSH sign a text.
//
// The program is run, and no key is read here, so that keys with a passphrase, in
// an agent and on hardware work as they do everywhere else, and no private key ever
// is in the memory of promptlib. [Fingerprint] says which key a [Key] is, and
// [Sign] signs with it. Whose key it is, and what is signed, is for the caller.
package sshkey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// An Error says why ssh-keygen cannot do what it was asked for. Hint is the next
// step.
type Error struct {
	Message string
	Hint    string
}

// Error returns the message, on one line and without the hint.
func (e *Error) Error() string { return e.Message }

// A Key names an SSH key as the setting user.signingkey of git does: the path of a
// private key; that of a public key, whose private one an agent holds or lies
// beside it; or a public key as it is.
type Key string

// literal is a public key as it is. The prefix key:: is for types that git does not
// know.
var literal = regexp.MustCompile(`^(?:key::|ssh-)`)

// fingerprint is a line of ssh-keygen -l: the number of bits, the digest, a comment
// and the type.
var fingerprint = regexp.MustCompile(`^\d+ (SHA256:[A-Za-z0-9+/]{43}) `)

// Fingerprint returns the fingerprint of a key, as "SHA256:" and 43 characters. It
// asks for no passphrase where the public key lies beside the private one, or in
// it, as OpenSSH writes keys since 2019.
func Fingerprint(ctx context.Context, key Key) (string, error) {
	dir, file, err := key.open()
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	out, err := run(ctx, nil, "-l", "-E", "sha256", "-f", file)
	if err != nil {
		return "", key.explain(err)
	}
	m := fingerprint.FindSubmatch(out)
	if m == nil || bytes.Count(bytes.TrimSpace(out), []byte("\n")) > 0 {
		return "", &Error{fmt.Sprintf("%s is not one SSH key", key), "name the file of one key with --key"}
	}
	return string(m[1]), nil
}

// Sign returns the armoured signature of a text in a namespace. What ssh-keygen has
// to ask, such as for a touch of the key, it says on terminal; nil for none.
func Sign(ctx context.Context, key Key, namespace string, text []byte, terminal io.Writer) ([]byte, error) {
	dir, file, err := key.open()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	// The text goes through a file, since ssh-keygen asks for a passphrase only where
	// its standard input is a terminal.
	name := filepath.Join(dir, "statement")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, temporary(err)
	}
	if _, err := run(ctx, terminal, "-Y", "sign", "-q", "-n", namespace, "-f", file, name); err != nil {
		return nil, key.explain(err)
	}
	signature, err := os.ReadFile(name + ".sig")
	if err != nil {
		return nil, temporary(err)
	}
	return signature, nil
}

// open returns a folder to be removed, and the file that a key lies in.
func (k Key) open() (dir, file string, err error) {
	if dir, err = os.MkdirTemp("", "promptlib-sign-"); err != nil {
		return "", "", temporary(err)
	}
	if !literal.MatchString(string(k)) {
		return dir, string(k), nil
	}
	file = filepath.Join(dir, "key.pub")
	if err := os.WriteFile(file, []byte(strings.TrimPrefix(string(k), "key::")+"\n"), 0o600); err != nil {
		return "", "", errors.Join(temporary(err), os.RemoveAll(dir))
	}
	return dir, file, nil
}

func temporary(err error) error {
	return &Error{"no temporary folder: " + err.Error(), "set TMPDIR to a folder that can be written to"}
}

// String returns the key as messages name it.
func (k Key) String() string {
	if literal.MatchString(string(k)) {
		return "the key of user.signingkey"
	}
	return string(k)
}

// explain adds the next step to what ssh-keygen complains about.
func (k Key) explain(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	message, hint := err.Error(), "ssh-keygen -l -f FILE tells whether FILE is a key"
	for part, cure := range map[string]string{
		"No such file":         "name the file of your key with --key, or make one with ssh-keygen -t ed25519",
		"No private key found": "ssh-add the private key, or name its file with --key",
		"incorrect passphrase": "run it in a terminal, where ssh-keygen can ask for the passphrase, or ssh-add the key first",
		"match private":        "write the .pub file beside the key anew: ssh-keygen -y -f KEY > KEY.pub",
		"UNPROTECTED PRIVATE":  "chmod 600 the file of the key",
		"bad permissions":      "chmod 600 the file of the key",
		"unknown option":       "install OpenSSH 8.2 or later",
		"illegal option":       "install OpenSSH 8.2 or later",
	} {
		if strings.Contains(message, part) {
			hint = cure
		}
	}
	first, _, _ := strings.Cut(message, "\n")
	return &Error{fmt.Sprintf("%s: ssh-keygen says: %s", k, first), hint}
}

// run runs ssh-keygen and returns what it prints. The error is what it complains
// with.
func run(ctx context.Context, terminal io.Writer, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "ssh-keygen", args...)
	cmd.Stdin = os.Stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if terminal != nil {
		cmd.Stderr = io.MultiWriter(&stderr, terminal)
	}
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, &Error{"ssh-keygen is not installed, or not on the PATH", "install OpenSSH 8.2 or later"}
	case ctx.Err() != nil:
		return nil, &Error{"stopped before it was signed", ""}
	case err == nil:
		return stdout.Bytes(), nil
	}
	if said := strings.TrimSpace(stderr.String()); said != "" {
		err = errors.New(said)
	}
	return nil, err
}
