package evals

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

var noon = time.Date(2026, 3, 1, 13, 0, 0, 5, time.FixedZone("CET", 3600))

// odd is a text that JSON, HTML and terminals might get wrong.
const odd = "<b> & \"q\" \\ \u2028\u2029 \x00\x1b[31m \r\n\t 🙂 e\u0301"

func linesOf(t *testing.T, text string) []Line {
	t.Helper()
	var lines []Line
	if err := ReadJournal(strings.NewReader(text), func(l Line) error { lines = append(lines, l); return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

// newJournal begins a run of n cases in a library of its own.
func newJournal(t *testing.T, n int) *Journal {
	t.Helper()
	j, err := NewJournal(t.TempDir(), Header{Started: noon, Cases: n, Options: RunOptions{Paths: []string{}}}, true)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func closeJournal(t *testing.T, j *Journal, complete bool) {
	t.Helper()
	if err := j.Close(noon, complete); err != nil {
		t.Fatal(err)
	}
}

func openRun(t *testing.T, path string) *Recorded {
	t.Helper()
	run, err := OpenRun(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	return run
}

// sampleLines are one line of each kind, with what is hard to write.
func sampleLines() []Line {
	request := Request{Messages: []Message{{"system", odd}, {"user", "x"}}, Parameters: Parameters{Temperature: ptr(0.0), MaxTokens: ptr(5)}, Schema: json.RawMessage(`{"type":"object"}`)}
	reply := &Reply{Text: odd, FinishReason: "stop", Usage: Usage{PromptTokens: 12, CompletionTokens: 3, Cost: 0.25}, Structured: StructuredRefused, Millis: 1500}
	id := request.Identity("chat-completions", "openai/a", 3)
	at := library.Pos{Path: "lib/ä b.md", Line: 7, Column: 2}
	attempt := Attempt{Identity: id, Prompt: "lib/ä b.md", Name: "example 2", Example: 2, Repeat: 3, Model: "openai/a", Class: "chat-completions", Request: request}
	failed, answered := attempt, attempt
	failed.Try, failed.Millis, failed.Err = 1, 1000, &Error{Class: RateLimit, Message: "HTTP 429: " + odd}
	answered.Try, answered.Millis, answered.Reply, answered.Replied = 2, 1500, reply, true
	return []Line{
		{Event: "attempt", Attempt: &failed},
		{Event: "attempt", Attempt: &answered},
		{Event: "outcome", Outcome: &Outcome{
			Case: 1, Prompt: "lib/ä b.md", Name: "example 2", Example: 2, Repeat: 3, Model: "openai/a", Identity: id, Status: Failed, Contract: "declared", Threshold: 1,
			At: at, End: at, Expected: odd, Tries: 2, Cost: 0.25, Millis: 1500,
			Scores: []Score{
				{Scorer: "json", Value: 1, Pass: true, Reasons: []Reason{}},
				{Scorer: "schema", Value: 0.1 + 0.2, Reasons: []Reason{{Message: odd, Pointer: "/a~1b", Pos: at}}, Parts: []Part{{"x", 0.5}}, Follows: true},
			},
		}},
		{Event: "outcome", Outcome: &Outcome{
			Case: 2, Prompt: "x.md", Name: "none", Repeat: 1, Model: "openai/a", Status: Errored, Contract: "none", Threshold: 0.5, At: at, End: at,
			Scores: []Score{}, Err: &Error{Class: Input, Message: "why"}, Problems: []Problem{{at, at, "why"}},
		}},
	}
}

func TestJournalReadsBackWhatWasWritten(t *testing.T) {
	header := Header{
		Models: []HeaderModel{{Name: "openai/a", Class: "chat-completions", Host: "127.0.0.1:1"}}, Started: noon, Plan: strings.Repeat("0a", 32), Cases: 2,
		Options: RunOptions{Paths: []string{"lib"}, FewShot: OtherExamples, Repeat: 3, Filter: []string{"risk_level=high"}, Sample: 9, Prose: 1},
	}
	j, err := NewJournal(t.TempDir(), header, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Append(sampleLines()...); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, j, true)
	text, err := os.ReadFile(filepath.FromSlash(j.Path))
	if err != nil {
		t.Fatal(err)
	}
	header.Version, header.Started = JournalVersion, noon.UTC()
	want := append([]Line{{Event: "run", Header: &header}}, sampleLines()...)
	want = append(want, Line{Event: "end", End: &End{Ended: noon.UTC(), Complete: true}})
	if diff := cmp.Diff(linesOf(t, string(text)), want); diff != "" {
		t.Errorf("lines, got - want +:\n%s", diff)
	}

	run := openRun(t, j.Path)
	outcomes := collectOutcomes(t, run)
	if diff := cmp.Diff(outcomes, []*Outcome{want[3].Outcome, want[4].Outcome}); diff != "" {
		t.Errorf("outcomes, got - want +:\n%s", diff)
	}
	a, err := run.Attempt(outcomes[0].Identity)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, want[2].Attempt); diff != "" {
		t.Errorf("the attempt of the first, got - want +:\n%s", diff)
	}
	if a, err := run.Attempt(""); a != nil || err != nil {
		t.Errorf("an attempt without identity: got %v, %v; want none", a, err)
	}
	if !run.Complete {
		t.Error("the run is not complete, want it to be")
	}
}

func collectOutcomes(t *testing.T, run *Recorded) []*Outcome {
	t.Helper()
	var list []*Outcome
	for o, err := range run.Outcomes() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, o)
	}
	return list
}

// TestRecordedRunCountsTheLastOutcomeOfACase: a resumed run scores again what it
// has replies of, and tries again what it has none of.
func TestRecordedRunCountsTheLastOutcomeOfACase(t *testing.T) {
	j := newJournal(t, 3)
	outcome := func(n int, s Status) Line {
		return Line{Event: "outcome", Outcome: &Outcome{Case: n, Status: s, Scores: []Score{}}}
	}
	id := strings.Repeat("ab", 32)
	attempt := func(text string) Line {
		a := &Attempt{Identity: id, Err: &Error{Class: Server, Message: "no"}}
		if text != "" {
			a.Err, a.Reply = nil, &Reply{Text: text}
		}
		return Line{Event: "attempt", Attempt: a}
	}
	err := j.Append(outcome(3, Errored), outcome(1, Passed), attempt("one"), attempt("two"), attempt(""), outcome(3, Failed))
	if err != nil {
		t.Fatal(err)
	}
	run := openRun(t, j.Path)
	list := collectOutcomes(t, run)
	if len(list) != 2 || list[0].Case != 1 || list[1].Case != 3 || list[1].Status != Failed {
		t.Errorf("got %+v, want case 1 and the last outcome of case 3", list)
	}
	if a, err := run.Attempt(id); err != nil || a.Reply == nil || a.Reply.Text != "two" {
		t.Errorf("got %+v, %v; want the last attempt with a reply", a, err)
	}
	if run.Complete {
		t.Error("a run without end is complete, want it not to be")
	}
	closeJournal(t, j, false)
}

// TestJournalOfManyGoroutinesHasEveryLine and each after its own Append has
// returned.
func TestJournalOfManyGoroutinesHasEveryLine(t *testing.T) {
	const workers, each = 20, 50
	j := newJournal(t, workers*each)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := range each {
				n := w*each + i + 1
				if err := j.Append(Line{Event: "outcome", Outcome: &Outcome{Case: n, Scores: []Score{}}}); err != nil {
					t.Error(err)
				}
				text, err := os.ReadFile(j.Path)
				if err != nil || !strings.Contains(string(text), fmt.Sprintf(`"case":%d,`, n)) {
					t.Errorf("case %d is not in the file when Append returns: %v", n, err)
				}
			}
		})
	}
	group.Wait()
	closeJournal(t, j, true)
	if got := len(collectOutcomes(t, openRun(t, j.Path))); got != workers*each {
		t.Errorf("got %d outcomes, want %d", got, workers*each)
	}
}

// TestResumeCutsATornLineOff wherever it was torn.
func TestResumeCutsATornLineOff(t *testing.T) {
	j := newJournal(t, 9)
	if err := j.Append(sampleLines()...); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(j.Path)
	if err != nil {
		t.Fatal(err)
	}
	closeJournal(t, j, false)
	first := strings.IndexByte(string(text), '\n') + 1
	for cut := first; cut <= len(text); cut += 1 + (len(text)-cut)/40 {
		if err := os.WriteFile(j.Path, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		run := openRun(t, j.Path)
		whole := len(collectOutcomes(t, run))
		again, torn, err := run.Resume(true)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Append(Line{Event: "outcome", Outcome: &Outcome{Case: 9, Scores: []Score{}}}); err != nil {
			t.Fatal(err)
		}
		if want := text[cut-1] != '\n' && (cut == len(text) || text[cut] != '\n'); torn != want {
			t.Errorf("cut at %d: torn is %v, want %v", cut, torn, want)
		}
		if got := len(collectOutcomes(t, openRun(t, j.Path))); got != whole+1 {
			t.Errorf("cut at %d: %d outcomes, want %d and the new one", cut, got, whole)
		}
		closeJournal(t, again, false)
	}
}

// TestAJournalHasOneWriter: a second one would cut off what the first is writing
// and write over it.
func TestAJournalHasOneWriter(t *testing.T) {
	j := newJournal(t, 9)
	early := openRun(t, j.Path)
	if _, _, err := openRun(t, j.Path).Resume(true); !errors.Is(err, ErrBusy) {
		t.Errorf("resuming a run under way gives %v, want %v", err, ErrBusy)
	}
	if err := j.Append(sampleLines()...); err != nil {
		t.Fatal(err)
	}
	want := len(collectOutcomes(t, openRun(t, j.Path)))
	closeJournal(t, j, false)
	again, torn, err := early.Resume(true) // read before the lines were written
	if err != nil || torn {
		t.Fatalf("got torn %v and %v, want to go on", torn, err)
	}
	if _, _, err := openRun(t, j.Path).Resume(true); !errors.Is(err, ErrBusy) {
		t.Errorf("resuming twice gives %v, want %v", err, ErrBusy)
	}
	closeJournal(t, again, false)
	if got := len(collectOutcomes(t, openRun(t, j.Path))); got != want || want == 0 {
		t.Errorf("%d outcomes are left of %d", got, want)
	}
}

func TestRunsListsTheNewestFirst(t *testing.T) {
	root := t.TempDir()
	if runs, err := Runs(root); len(runs) > 0 || err != nil {
		t.Errorf("got %v, %v of a library without runs, want none", runs, err)
	}
	for _, day := range []int{2, 1, 3} {
		j, err := NewJournal(root, Header{Started: noon.AddDate(0, 0, day)}, false)
		if err != nil {
			t.Fatal(err)
		}
		closeJournal(t, j, true)
	}
	runs, err := Runs(root)
	if err != nil {
		t.Fatal(err)
	}
	for i := range runs {
		runs[i] = filepath.Base(runs[i])
	}
	if diff := cmp.Diff(runs, []string{"20260304T120000Z-01.jsonl", "20260303T120000Z-01.jsonl", "20260302T120000Z-01.jsonl"}); diff != "" {
		t.Errorf("got - want +:\n%s", diff)
	}
}

// TestRepliesOfARunAreTheSameBytes whatever order the calls ended in.
func TestRepliesOfARunAreTheSameBytes(t *testing.T) {
	write := func(concurrency int) string {
		j := newJournal(t, 40)
		r := &Runner{Model: paid(answer), Concurrency: concurrency, Score: pass, Journal: j}
		if err := r.Run(t.Context(), slices.Values(numbered(40)), 1); err != nil {
			t.Fatal(err)
		}
		closeJournal(t, j, true)
		var text strings.Builder
		if err := openRun(t, j.Path).WriteReplies(&text); err != nil {
			t.Fatal(err)
		}
		if got := len(linesOf(t, text.String())); got != 41 {
			t.Fatalf("got %d lines, want the header and 40 replies", got)
		}
		return text.String()
	}
	if a, b := write(1), write(16); a != b {
		t.Errorf("two runs differ:\n%s", cmp.Diff(a, b))
	}
}

func TestNewJournalMakesAFileThatGitIgnoresAndOthersCannotRead(t *testing.T) {
	root := t.TempDir()
	local := filepath.Join(root, ".promptlib", "local")
	var names []string
	for range 3 { // in the same second
		j, err := NewJournal(root, Header{Started: noon}, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(noon, true); err != nil {
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
	j, err := NewJournal(root, Header{Started: noon}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close(noon, true)
	if text, _ := os.ReadFile(ignore); string(text) != "mine\n" {
		t.Errorf("got .gitignore %q, want the one that was there", text)
	}
}

func TestNewJournalSaysWhyItCannotBeWritten(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, ".promptlib"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := NewJournal(root, Header{Started: noon}, true); err == nil || !strings.Contains(err.Error(), "not a directory") {
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
			j, err := NewJournal(root, Header{Started: noon}, true)
			if err == nil {
				j.Close(noon, true)
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

func TestJournalReportsAFailedWrite(t *testing.T) {
	j := newJournal(t, 1)
	if err := j.file.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := j.Append(sampleLines()...); err == nil || !strings.Contains(err.Error(), "write ") {
			t.Errorf("got error %v, want that of the first write", err)
		}
	}
	r := &Runner{Model: paid(answer), Concurrency: 4, Score: pass, Journal: j}
	if err := r.Run(t.Context(), slices.Values(numbered(100)), 1); err == nil {
		t.Error("a run whose journal cannot be written goes on, want it to end")
	}
}

const (
	header  = `{"event":"run","run":{"version":2,"models":[{"name":"m","class":"k"}],"started":"2026-03-01T12:00:00Z","plan":"","cases":9}}` + "\n"
	skipped = `{"event":"outcome","outcome":{"case":1,"prompt":"x.md","example":1,"repeat":1,"model":"m","status":"skipped","scores":[]}}` + "\n"
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
			if got := len(linesOf(t, test.text)); got != test.want {
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
		"no run":              {skipped, "line 1 is not the header of a run in format version 2"},
		"another format":      {`{"a": 1}` + "\n", "line 1 is not the header of a run in format version 2"},
		"a version to come":   {strings.Replace(header, `"version":2`, `"version":3`, 1), "line 1 is not the header of a run in format version 2"},
		"unknown event":       {header + `{"event":"zap"}` + "\n", `line 2 is no line of a run: there is no event "zap"`},
		"event without data":  {header + `{"event":"attempt"}` + "\n", `line 2 is no line of a run: there is no event "attempt"`},
		"event of other data": {header + strings.Replace(skipped, `"event":"outcome"`, `"event":"attempt"`, 1), `line 2 is no line of a run: there is no event "attempt"`},
		"no event":            {strings.Replace(header, `"event":"run",`, "", 1), `line 1 is no line of a run: there is no event ""`},
		"prose":               {"# Prompt\n", "line 1 is not the header of a run in format version 2"},
		"an earlier version":  {`{"event":"run","run":{"version":1,"models":["m"]}}` + "\n", "line 1 is not the header of a run in format version 2"},
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

// FuzzReadJournal holds the index of a run, which does not read whole lines,
// against reading all of it.
func FuzzReadJournal(f *testing.F) {
	whole := func(lines ...Line) string {
		var b strings.Builder
		e := json.NewEncoder(&b)
		for _, line := range lines {
			if err := e.Encode(line); err != nil {
				f.Fatal(err)
			}
		}
		return b.String()
	}
	for _, seed := range []string{"", header, header + skipped, header + skipped[:30], header + "x\n", "{}\n", "\n", header + whole(sampleLines()...)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		outcomes, attempts, n := map[int]bool{}, map[string]bool{}, 0
		cases := 0
		err := ReadJournal(bytes.NewReader(text), func(l Line) error {
			if n++; n == 1 && l.Header == nil {
				t.Error("the first line has no header")
			}
			switch {
			case l.Header != nil:
				cases = l.Header.Cases
			case l.Outcome != nil:
				outcomes[l.Outcome.Case] = true
			case l.Attempt != nil:
				attempts[l.Attempt.Identity] = true
			}
			return nil
		})
		if lines := bytes.Count(text, []byte("\n")) + 1; n > lines || err == nil && n < lines-1 {
			t.Errorf("got %d lines and error %v of a text of %d", n, err, lines)
		}
		if cases > 1000 {
			return
		}
		path := filepath.Join(t.TempDir(), "run.jsonl")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		run, indexErr := OpenRun(path)
		if indexErr != nil {
			return // it knows more mistakes, such as a case that the run does not have
		}
		defer run.Close()
		if err != nil {
			return // it finds mistakes only in lines that are asked for
		}
		found := 0
		for o, err := range run.Outcomes() {
			if err != nil || !outcomes[o.Case] {
				t.Errorf("got outcome %+v, %v; want one of the journal", o, err)
				return
			}
			found++
		}
		if found != len(outcomes) {
			t.Errorf("got %d outcomes, want %d", found, len(outcomes))
		}
		for id := range attempts {
			if a, err := run.Attempt(id); err != nil || a == nil || !strings.EqualFold(a.Identity, id) {
				t.Errorf("got attempt %+v, %v; want that of %s", a, err, id)
			}
		}
	})
}
