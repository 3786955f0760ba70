package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	full := "# T\n" + strings.Repeat("x", MaxFileSize-4)
	tests := []struct {
		name    string
		text    string
		kind    Kind // of the only problem; "" for none
		message string
	}{
		{"text", "# T\n", "", ""},
		{"a file of the largest size", full, "", ""},
		{"a file over the largest size", full + "x", TooLarge, "the file has 4194305 bytes; at most 4194304 (4 MiB) are read"},
		{"empty file", "", EmptyFile, "the file is empty"},
		{"blank file", " \t\r\n\n", EmptyFile, "the file is empty"},
		{"byte order mark alone", bom + "\n", EmptyFile, "the file is empty"},
		{"NUL bytes", "a\x00b", Binary, "the file holds NUL bytes: it is no text"},
		{"NUL byte far inside", strings.Repeat("x", 8<<10) + "\x00", "", ""},
		{"UTF-16, low byte first", "\xff\xfea\x00", Binary, "the file is UTF-16; save it as UTF-8"},
		{"UTF-16, high byte first", "\xfe\xff\x00a", Binary, "the file is UTF-16; save it as UTF-8"},
		{"byte order mark", bom + "# T\n", ByteOrderMark, "byte order mark before the text; many readers then miss the front matter, so save the file as UTF-8 without it"},
		{"Latin-1", "# Caf\xe9\n", NotUTF8, "byte 0xE9 is not UTF-8; save the file as UTF-8"},
		{"replacement character", "# Caf\ufffd\n", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.md")
			if err := os.WriteFile(path, []byte(test.text), 0o666); err != nil {
				t.Fatal(err)
			}
			p := Read(File{Path: path})
			if p.Path != path || p.Dialect != "plain" {
				t.Errorf("path %q, dialect %q", p.Path, p.Dialect)
			}
			if test.kind == "" {
				if p.Problems != nil {
					t.Errorf("problems %v, want none", p.Problems)
				}
				if p.Body.Value != test.text {
					t.Error("the body is not the text of the file")
				}
				return
			}
			if len(p.Problems) != 1 || p.Problems[0].Kind != test.kind || p.Problems[0].Message != test.message {
				t.Fatalf("problems %v, want %s: %s", p.Problems, test.kind, test.message)
			}
			if at := p.Problems[0].At.Pos; at.Path != path || at.Line != 1 {
				t.Errorf("problem at %s, want line 1", at)
			}
		})
	}
}

func TestReadNotUTF8Place(t *testing.T) {
	text := "é\nab\xffc\n"
	p := Parse("x.md", text)
	if got := kinds(p.Problems); len(got) != 1 || got[0] != "not-utf8 2:3-2:4" {
		t.Errorf("got %v", got)
	}
	checkPlace(t, text, p.Problems[0].At, "problem")
}

func TestReadWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	tests := []struct{ name, path, message string }{
		{"folder", dir, "is a directory, not a file"},
		{"nothing", filepath.Join(dir, "gone.md"), "cannot be read: no such file or directory"},
		{"device", os.DevNull, "is no regular file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Read(File{Path: test.path})
			if len(p.Problems) != 1 || p.Problems[0].Kind != Unreadable || p.Problems[0].Message != test.message {
				t.Errorf("problems %v, want %s", p.Problems, test.message)
			}
		})
	}
}

func TestReadKeepsTheProblemOfTheFile(t *testing.T) {
	problem := problem(SymlinkOutside, fileStart("x.md"), "out")
	p := Read(File{Path: "x.md", Problem: &problem})
	if len(p.Problems) != 1 || p.Problems[0].Message != "out" || p.Dialect != "plain" {
		t.Errorf("got %+v", p)
	}
}

func TestReadFileWithoutPermission(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.md")
	if err := os.WriteFile(path, []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(path); err == nil {
		return // permissions do not hold for this user
	}
	p := Read(File{Path: path})
	if len(p.Problems) != 1 || p.Problems[0].Message != "cannot be read: permission denied" {
		t.Errorf("problems %v", p.Problems)
	}
}

func TestReadFilesWithoutASize(t *testing.T) {
	const path = "/proc/self/status" // says that it has 0 bytes
	if _, err := os.Stat(path); err != nil {
		return
	}
	text, err := ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "Name:") || !strings.HasSuffix(string(text), "\n") {
		t.Errorf("got %d bytes, %v", len(text), err)
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(path, []byte("version: 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadFile(path); err != nil || string(text) != "version: 1\n" {
		t.Errorf("got %q, %v", text, err)
	}
	if _, err := ReadFile(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that the file does not exist", err)
	}
	if _, err := ReadFile(dir); err == nil || err.Error() != dir+": is a directory, not a file" {
		t.Errorf("error %v", err)
	}
}
