package library

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unsafe"
)

// MaxFileSize is the size in bytes of the largest file that is read.
const MaxFileSize = 4 << 20

// Read reads a file of a library. What keeps it from being read is a [Problem]
// of the Prompt, so that one bad file never stops a run.
func Read(f File) *Prompt {
	if f.Problem != nil {
		return &Prompt{Path: f.Path, Dialect: dialectPlain.Name, Problems: []Problem{*f.Problem}}
	}
	own := released.Get().(*stocks)
	if text, ok := own.read(f); ok {
		return parse(f.Path, text, own)
	}
	text, problem := readText(f.Path)
	if problem != nil {
		released.Put(own)
		return &Prompt{Path: f.Path, Dialect: dialectPlain.Name, Problems: []Problem{*problem}}
	}
	return parse(f.Path, text, own)
}

// read reads a file into the memory of a text that nobody uses any more, as
// [readText] does. It knows only files of usual size that a walk has found: those
// are regular, and there is no need to ask what they are. It reports with ok
// whether it could.
func (own *stocks) read(f File) (text string, ok bool) {
	if own.text == nil || f.Named {
		return "", false
	}
	file, err := openFile(f.Path)
	if err != nil {
		return "", false
	}
	defer file.Close()
	n, err := io.ReadFull(file, own.text)
	if err != io.ErrUnexpectedEOF { // it is empty, too long or cannot be read
		return "", false
	}
	text = asText(own.text[:n])
	kind, _ := unreadableText(text)
	return text, kind == ""
}

// ReadBuffer is [Read] for a file whose text is at hand, as that of an editor is,
// whether the file exists or not. The same limits hold.
func ReadBuffer(path, text string) *Prompt {
	kind, message := unreadableText(text)
	if kind == "" {
		return Parse(path, text)
	}
	return &Prompt{Path: path, Dialect: dialectPlain.Name, Problems: []Problem{problem(kind, fileStart(path), "%s", message)}}
}

// unreadableText says why a text is none that a prompt may have; an empty kind
// is for none.
func unreadableText(text string) (Kind, string) {
	switch {
	case len(text) > MaxFileSize:
		return TooLarge, fmt.Sprintf("the file has more than %d bytes (4 MiB); it is not read", MaxFileSize)
	case strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff"):
		return Binary, "the file is UTF-16; save it as UTF-8"
	case strings.IndexByte(text[:min(len(text), 8<<10)], 0) >= 0:
		return Binary, "the file holds NUL bytes: it is no text"
	}
	return "", ""
}

// readText reads a whole file as text.
func readText(path string) (string, *Problem) {
	fail := func(kind Kind, format string, args ...any) (string, *Problem) {
		p := problem(kind, fileStart(path), format, args...)
		return "", &p
	}
	file, err := openFile(path)
	if err != nil {
		return fail(Unreadable, "cannot be read: %s", reason(err))
	}
	defer file.Close()
	mode, size, err := file.stat()
	switch {
	case err != nil:
		return fail(Unreadable, "cannot be read: %s", reason(err))
	case mode.IsDir():
		return fail(Unreadable, "is a directory, not a file")
	case !mode.IsRegular():
		return fail(Unreadable, "is no regular file")
	case size > MaxFileSize:
		return fail(TooLarge, "the file has %d bytes; at most %d (4 MiB) are read", size, MaxFileSize)
	}
	d := desks.Get().(*desk)
	defer desks.Put(d)
	text, err := d.read(file, int(size))
	if err != nil {
		return fail(Unreadable, "cannot be read: %s", reason(err))
	}
	if kind, message := unreadableText(text); kind != "" {
		return fail(kind, "%s", message)
	}
	return text, nil
}

// A desk is where files are read. Texts lie behind each other in large pieces of
// memory, which is faster than memory for each of them: it need not be cleared
// before. A text that is kept keeps its piece, so what is to outlive a Prompt is
// detached.
type desk struct{ free []byte }

var desks = sync.Pool{New: func() any { return new(desk) }}

// deskSize is the size in bytes of a piece of memory for texts.
const deskSize = 64 << 10

// read reads a file of some size to its end; what is appended meanwhile is not
// read. A size of 0 is that of files that have none, as those of /proc.
func (d *desk) read(file io.Reader, size int) (string, error) {
	if size == 0 {
		text, err := io.ReadAll(io.LimitReader(file, MaxFileSize+1))
		return string(text), err
	}
	if len(d.free) < size {
		d.free = make([]byte, max(size, deskSize))
	}
	n, err := io.ReadFull(file, d.free[:size])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", err
	}
	text := asText(d.free[:n]) // nothing writes to these bytes again
	d.free = d.free[n:]
	return text, nil
}

// asText returns bytes as a text that is no copy of them: they must not change
// as long as it is used.
func asText(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// ReadFile reads a file of settings, such as a policy, under the limits that
// hold for prompts.
func ReadFile(path string) ([]byte, error) {
	text, problem := readText(path)
	if problem == nil {
		return []byte(text), nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return nil, errors.New(path + ": " + problem.Message)
}

// ReadWithin reads a file as [ReadFile] does, by its slash-separated path in the
// library at root. A path or symbolic link that leaves the library is an error.
func ReadWithin(root, name string) ([]byte, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	file := filepath.Join(root, filepath.FromSlash(name))
	if _, err := dir.Stat(filepath.FromSlash(name)); err != nil {
		return nil, fmt.Errorf("%s: %w", CleanPath(file), Escapes(err))
	}
	return ReadFile(file)
}

// Escapes returns the error of an [os.Root] without the path that messages begin
// with, and in words of our own where a path leaves the root.
func Escapes(err error) error {
	var failure *fs.PathError
	if errors.As(err, &failure) {
		err = failure.Err
	}
	if err.Error() == "path escapes from parent" { // os exports no value to compare with
		return errors.New("leads out of the library, beyond which nothing is read or written; put a copy into it")
	}
	return err
}

// fileStart is the place of messages about a file as a whole.
func fileStart(path string) Text {
	p := Pos{Path: path, Line: 1, Column: 1}
	return Text{Pos: p, End: p}
}

// reason is an error of the operating system without the path, which the
// message begins with already.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return string(bytes.TrimSpace([]byte(err.Error())))
}
