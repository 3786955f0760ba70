package library

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestOpenWithin(t *testing.T) {
	t.Chdir(t.TempDir())
	large := strings.Repeat("x", MaxFileSize+1)
	for name, text := range map[string]string{"lib/a/large.csv": large, "out.csv": "secret"} {
		if err := os.MkdirAll("lib/a", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../../out.csv", "lib/a/out.csv"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("large.csv", "lib/a/in.csv"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo("lib/a/pipe.csv", 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a/large.csv": "", "a/in.csv": "",
		"a":          "lib/a: is a directory, not a file",
		"a/pipe.csv": "lib/a/pipe.csv: is no regular file",
		"a/none.csv": "lib/a/none.csv: no such file or directory",
		"a/out.csv":  "lib/a/out.csv: leads out of the library, beyond which nothing is read or written; put a copy into it",
		"../out.csv": "out.csv: leads out of the library, beyond which nothing is read or written; put a copy into it",
	} {
		t.Run(name, func(t *testing.T) {
			file, err := OpenWithin("lib", name)
			if err != nil {
				if err.Error() != want {
					t.Errorf("got error  %v\nwant error %s", err, want)
				}
				return
			}
			defer file.Close()
			text, err := io.ReadAll(file)
			if want != "" || err != nil || len(text) != len(large) {
				t.Errorf("got %d bytes and %v, want %d bytes or error %q", len(text), err, len(large), want)
			}
		})
	}
}
