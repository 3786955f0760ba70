package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"promptlib/library"
)

// Digest returns what an approval of a prompt is bound to: the SHA-256, in 64
// hexadecimal digits, of its bytes without the carriage returns at the ends of
// lines, and with "*" in place of the value of the top-level review_status or
// reviewStatus of the front matter, so that to approve a prompt does not change
// what was approved.
//
// It is made of bytes and not of YAML, so that no two parsers have to agree. In
// docs/governance.md stands a shell recipe that gives the same. [Unbound] says of
// which texts a digest says too little.
func Digest(text []byte) string {
	h := sha256.New()
	header := false // the line lies between the delimiters
	i := 0
	for line := range bytes.Lines(text) {
		content, end := cutEnd(line)
		switch {
		case i == 0:
			header = string(content) == "---"
		case header && statusLine.Match(content):
			key, _, _ := bytes.Cut(content, []byte(":"))
			content = append(key[:len(key):len(key)], ": *"...)
		case header && i > 1 && string(content) == "---":
			header = false // the second line closes nothing: sed looks for the end of a range from the third on
		}
		h.Write(content)
		h.Write(end)
		i++
	}
	return hex.EncodeToString(h.Sum(nil))
}

// statusLine is a line whose value no digest covers.
var statusLine = regexp.MustCompile(`^(review_status|reviewStatus):`)

// bareStatus is such a line that holds nothing but a word, perhaps in quotes, and a
// short one: what no digest covers is no place for a sentence.
var bareStatus = regexp.MustCompile(`^(review_status|reviewStatus): *([A-Za-z][A-Za-z_-]{0,39}|"[A-Za-z][A-Za-z_-]{0,39}"|'[A-Za-z][A-Za-z_-]{0,39}') *$`)

// nearCloser is a line that some readers take for the end of a front matter: a
// line of the body could then pass as the status.
var nearCloser = regexp.MustCompile(`^\s*(---|\.\.\.)(\s.*)?$`)

// cutEnd returns the content of a line, without a carriage return at its end, and
// "\n" or nothing.
func cutEnd(line []byte) (content, end []byte) {
	content = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(content, []byte("\r")), line[len(content):]
}

const noFront = "the file has no front matter, so nothing binds its approval; begin it with a line of exactly ---"

// Unbound says why a digest does not bind the whole text of a prompt, with the
// line that is to blame, from 1; "" where it does.
func Unbound(text []byte) (message string, at int) {
	at, status := 0, 0
	for line := range bytes.Lines(text) {
		content, _ := cutEnd(line)
		at++
		switch closes := string(content) == "---"; {
		case at == 1 && closes:
		case at == 1:
			return noFront, 1
		case at == 2 && closes:
			return "the front matter is empty, so nothing binds the approval of the file; declare at least a title", 1
		case closes:
			return notStatus(text, status)
		case nearCloser.Match(content):
			return "the line closes the front matter for some readers and not for others, so nothing binds the approval of the file; write exactly ---", at
		case !statusLine.Match(content):
		case status > 0:
			return fmt.Sprintf("the status stands already on line %d, and no digest covers the second; remove one", status), at
		case !bareStatus.Match(content):
			return "the line of the status holds something other than one word, which no digest covers; write only the word", at
		default:
			status = at
		}
	}
	if at == 0 {
		return noFront, 1
	}
	return "the front matter is not closed by a line of exactly ---, so nothing binds the approval of the file", 1
}

// notStatus says that a line, from 1, is no status to those who read the front
// matter as YAML, but a part of some other value or of the body, which no digest
// covers. Line 0 is none.
func notStatus(text []byte, line int) (message string, at int) {
	if line == 0 {
		return "", 0
	}
	for _, pair := range library.ReadBuffer("", string(text)).Front.Root.Members() {
		if pair.Key.Pos.Line == line {
			return "", 0
		}
	}
	return "the line looks like the status and is none, and no digest covers it; indent it", line
}

// FileDigest returns the SHA-256, in 64 hexadecimal digits, of the bytes of a file
// that is no prompt, such as the policy, without the carriage returns at the ends
// of lines.
func FileDigest(text []byte) string {
	h := sha256.New()
	for line := range bytes.Lines(text) {
		content, end := cutEnd(line)
		h.Write(content)
		h.Write(end)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// RemovalDigest returns what the approval of the removal of a file is bound to:
// the SHA-256 of the line "removed " and the digest of what is removed.
func RemovalDigest(digest string) string {
	sum := sha256.Sum256([]byte("removed " + digest + "\n"))
	return hex.EncodeToString(sum[:])
}

// PromptID returns the name by which statements call a prompt: its path in the
// library without the extension.
func PromptID(path string) string {
	dot := strings.LastIndexByte(path, '.')
	if dot <= strings.LastIndexByte(path, '/')+1 {
		return path
	}
	return path[:dot]
}
