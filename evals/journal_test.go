package evals

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/schema"
)

var noon = time.Date(2026, 3, 1, 13, 0, 0, 5, time.FixedZone("CET", 3600))

// odd is a text that JSON, HTML and terminals might get wrong.
const odd = "<b> & \"q\" \\ \u2028\u2029 \x00\x1b[31m \r\n\t 🙂 e\u0301"

func readLines(t *testing.T, text string) []Line {
	t.Helper()
	var lines []Line
	if err := ReadJournal(strings.NewReader(text), func(l Line) error { lines = append(lines, l); return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestJournalReadsBackWhatWasWritten(t *testing.T) {
	root := t.TempDir()
	models := []Model{{Name: "openai/a", Class: "chat-completions"}, {Name: "reference", Class: "reference"}}
	j, err := NewJournal(root, models, noon)
	if err != nil {
		t.Fatal(err)
	}
	request := Request{Messages: []Message{{"system", odd}, {"user", "x"}}, Parameters: Parameters{Temperature: ptr(0.0), MaxTokens: ptr(5)}}
	c := &Case{Prompt: "lib/ä b.md", Example: 2, Repeat: 3, Request: request, Contract: &Contract{}}
	reply := Reply{Text: odd, FinishReason: "stop", Usage: Usage{PromptTokens: 12, CompletionTokens: 3}}
	scores := []Score{{Scorer: "json", Value: 1, Pass: true}, {Scorer: "schema", Value: 0.1 + 0.2, Reasons: []Reason{{Message: "left out", Pos: library.Pos{Path: "x"}}}}}
	failure := &Error{RateLimit, "HTTP 429: " + odd}
	add := func(r Result) {
		r.Case, r.Model, r.Class = c, "openai/a", "chat-completions"
		j.Add(r)
	}
	add(Result{Status: Failed, Called: true, Reply: reply, Scores: scores, Latency: 1500*time.Millisecond + time.Microsecond})
	add(Result{Status: Errored, Called: true, Err: failure, Latency: time.Second})
	add(Result{Status: Unscored, Called: true, Reply: Reply{}, Err: &Error{Input, "why"}})
	add(Result{Status: Errored, Err: &Error{Input, "why"}})
	add(Result{Status: Skipped, Err: &Error{Input, "why"}})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.FromSlash(j.Path))
	if err != nil {
		t.Fatal(err)
	}
	attempt := func(a Attempt) Line {
		a.Identity, a.Prompt, a.Example, a.Repeat = request.Identity("chat-completions", "openai/a", 3), "lib/ä b.md", 2, 3
		a.Model, a.Class, a.Request = "openai/a", "chat-completions", request
		return Line{Event: "attempt", Attempt: &a}
	}
	outcome := func(s Status, scores ...OutcomeScore) Line {
		return Line{Event: "outcome", Outcome: &Outcome{"lib/ä b.md", 2, 3, "openai/a", s, append([]OutcomeScore{}, scores...)}}
	}
	want := []Line{
		{Event: "run", Header: &Header{Version: 1, Models: []string{"openai/a", "reference"}, Started: noon.UTC()}},
		attempt(Attempt{Reply: &reply, Millis: 1500}),
		outcome(Failed, OutcomeScore{"json", 1, true}, OutcomeScore{"schema", 0.1 + 0.2, false}),
		attempt(Attempt{Err: failure, Millis: 1000}),
		outcome(Errored),
		attempt(Attempt{Reply: &Reply{}}),
		outcome(Unscored),
		outcome(Errored),
		outcome(Skipped),
	}
	if diff := cmp.Diff(readLines(t, string(text)), want); diff != "" {
		t.Errorf("lines, got - want +:\n%s", diff)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		value, syntax := schema.DecodeJSON(line)
		if syntax != nil {
			t.Fatalf("line %d: %v", i+1, syntax)
		}
		for _, v := range schema.Get("run").Validate(value) {
			t.Errorf("line %d breaks the schema of runs: %s %s", i+1, v.Pointer, v.Message)
		}
	}
}

func TestJournalOfARunIsByteForByteTheSame(t *testing.T) {
	write := func() string {
		j, err := NewJournal(t.TempDir(), []Model{{Name: "m"}}, noon)
		if err != nil {
			t.Fatal(err)
		}
		m := Model{Name: "m", Class: "k", Call: func(_ context.Context, c *Case) (Reply, error) { return Reply{Text: "a"}, nil }}
		for r := range Run(context.Background(), func(yield func(*Case) bool) {
			for _, c := range numbered(20) {
				if !yield(c) {
					return
				}
			}
		}, m, 4, pass) {
			r.Latency = 0
			j.Add(r)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.FromSlash(j.Path))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if a, b := write(), write(); a != b {
		t.Errorf("two runs differ:\n%s", cmp.Diff(a, b))
	}
}

func TestNewJournalMakesAFileThatGitIgnoresAndOthersCannotRead(t *testing.T) {
	root := t.TempDir()
	local := filepath.Join(root, ".promptlib", "local")
	var names []string
	for range 3 { // in the same second
		j, err := NewJournal(root, nil, noon)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.FromSlash(j.Path))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: got mode %o, want 600", j.Path, got)
		}
		if info.Size() == 0 {
			t.Errorf("%s is empty, want its header", j.Path)
		}
		rel, err := filepath.Rel(filepath.Join(local, "runs"), j.Path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, rel)
	}
	if diff := cmp.Diff(names, []string{"20260301T120000Z-01.jsonl", "20260301T120000Z-02.jsonl", "20260301T120000Z-03.jsonl"}); diff != "" {
		t.Errorf("names, got - want +:\n%s", diff)
	}
	ignore := filepath.Join(local, ".gitignore")
	if text, err := os.ReadFile(ignore); string(text) != "*\n" {
		t.Errorf("got .gitignore %q (%v), want *", text, err)
	}
	if err := os.WriteFile(ignore, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	j, err := NewJournal(root, nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if text, _ := os.ReadFile(ignore); string(text) != "mine\n" {
		t.Errorf("got .gitignore %q, want the one that was there", text)
	}
}

func TestNewJournalSaysWhyItCannotBeWritten(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, ".promptlib"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := NewJournal(root, nil, noon); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got error %v, want one that says that a folder is a file", err)
	}
}

// TestNewJournalStaysInTheLibrary: a link in a library that somebody else wrote
// must not lead writing out of it.
func TestNewJournalStaysInTheLibrary(t *testing.T) {
	for _, name := range []string{".promptlib", ".promptlib/local", ".promptlib/local/runs", ".promptlib/local/.gitignore"} {
		t.Run(name, func(t *testing.T) {
			root, outside := t.TempDir(), t.TempDir()
			if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
				t.Fatal(err)
			}
			target := outside
			if strings.HasSuffix(name, "ignore") {
				target = filepath.Join(outside, "absent")
			}
			if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
				t.Skipf("skipped: no symbolic links here: %v", err)
			}
			j, err := NewJournal(root, nil, noon)
			if err == nil {
				j.Close()
				t.Fatalf("got the run %s, want an error", j.Path)
			}
			if want := filepath.ToSlash(filepath.Join(root, name)) + ": leads out of the library"; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got error %v, want %s", err, want)
			}
			if list, _ := os.ReadDir(outside); len(list) > 0 {
				t.Errorf("%s was written outside", list[0].Name())
			}
		})
	}
}

func TestJournalReportsAFailedWriteOnce(t *testing.T) {
	j, err := NewJournal(t.TempDir(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.file.Close(); err != nil {
		t.Fatal(err)
	}
	c := &Case{Request: Request{Messages: []Message{{"user", strings.Repeat("x", 10000)}}}}
	for range 3 {
		j.Add(Result{Case: c, Called: true, Status: Passed})
	}
	err = j.Close()
	if err == nil || strings.Count(err.Error(), "write ") != 1 {
		t.Errorf("got error %v, want that of the first write, once", err)
	}
}

const (
	header  = `{"event":"run","run":{"version":1,"models":["m"],"started":"2026-03-01T12:00:00Z"}}` + "\n"
	skipped = `{"event":"outcome","outcome":{"prompt":"x.md","example":1,"repeat":1,"model":"m","status":"skipped","scores":[]}}` + "\n"
)

func TestReadJournalDropsATornLastLine(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want int
	}{
		"nothing":              {"", 0},
		"whole":                {header + skipped, 2},
		"torn":                 {header + skipped + skipped[:40], 2},
		"torn to a byte":       {header + skipped + "{", 2},
		"torn before its last": {header + skipped[:len(skipped)-2], 1},
		"without line end":     {header + strings.TrimSuffix(skipped, "\n"), 2},
		"zeros after a crash":  {header + skipped + "\x00\x00\x00", 2},
		"torn header":          {header[:20], 0},
		"CR LF":                {strings.ReplaceAll(header+skipped, "\n", "\r\n"), 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := len(readLines(t, test.text)); got != test.want {
				t.Errorf("got %d lines, want %d", got, test.want)
			}
		})
	}
}

func TestReadJournalRefusesGarbage(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"in the middle":       {header + skipped + "garbage\n" + skipped, "line 3 is no line of a run: "},
		"torn in the middle":  {header + skipped[:30] + "\n" + skipped, "line 2 is no line of a run: "},
		"empty line":          {header + "\n" + skipped, "line 2 is no line of a run: "},
		"wrong type":          {header + `{"event": 1}` + "\n", "line 2 is no line of a run: "},
		"no run":              {skipped, "line 1 is not the header of a run in format version 1"},
		"another format":      {`{"a": 1}` + "\n", "line 1 is not the header of a run in format version 1"},
		"a version to come":   {strings.Replace(header, `"version":1`, `"version":2`, 1), "line 1 is not the header of a run in format version 1"},
		"unknown event":       {header + `{"event":"zap"}` + "\n", `line 2 is no line of a run: there is no event "zap"`},
		"event without data":  {header + `{"event":"attempt"}` + "\n", `line 2 is no line of a run: there is no event "attempt"`},
		"event of other data": {header + strings.Replace(skipped, `"event":"outcome"`, `"event":"attempt"`, 1), `line 2 is no line of a run: there is no event "attempt"`},
		"no event":            {strings.Replace(header, `"event":"run",`, "", 1), `line 1 is no line of a run: there is no event ""`},
		"prose":               {"# Prompt\n", "line 1 is no line of a run: "},
		"last, but no object": {header + "5", "line 2 is no line of a run: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := ReadJournal(strings.NewReader(test.text), func(Line) error { return nil })
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got error %v, want %s", err, test.want)
			}
		})
	}
}

func TestReadJournalStopsAtTheErrorOfItsReader(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	err := ReadJournal(strings.NewReader(header+skipped+skipped), func(Line) error {
		if n++; n == 2 {
			return stop
		}
		return nil
	})
	if err != stop || n != 2 {
		t.Errorf("got error %v after %d lines, want stop after 2", err, n)
	}
}

func FuzzReadJournal(f *testing.F) {
	for _, seed := range []string{"", header, header + skipped, header + skipped[:30], header + "x\n", "{}\n", "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n := 0
		err := ReadJournal(bytes.NewReader(text), func(l Line) error {
			if n++; n == 1 && l.Header == nil {
				t.Error("the first line has no header")
			}
			return nil
		})
		if lines := bytes.Count(text, []byte("\n")) + 1; n > lines || err == nil && n < lines-1 {
			t.Errorf("got %d lines and error %v of a text of %d", n, err, lines)
		}
	})
}
