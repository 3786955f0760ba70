package evals

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"promptlib/library"
)

// RunsDir is the folder of runs below the root of a library. It is never meant
// to be committed: replies may be confidential.
var RunsDir = filepath.Join(library.SettingsDir, "local", "runs")

// A Journal is the JSON lines of a run, while it is written. The first line is
// a [Header]; each of the others is an [Attempt] or an [Outcome].
type Journal struct {
	Path string
	file *os.File
	w    *bufio.Writer
	err  error
}

// A Line is one line of a journal. Event says which of the others is set.
type Line struct {
	Event   string   `json:"event"` // run, attempt or outcome
	Header  *Header  `json:"run,omitempty"`
	Attempt *Attempt `json:"attempt,omitempty"`
	Outcome *Outcome `json:"outcome,omitempty"`
}

// known reports whether a line holds what its event says, and nothing else.
func (l Line) known() bool {
	run, attempt, outcome := l.Header != nil, l.Attempt != nil, l.Outcome != nil
	switch l.Event {
	case "run":
		return run && !attempt && !outcome
	case "attempt":
		return attempt && !run && !outcome
	case "outcome":
		return outcome && !run && !attempt
	}
	return false
}

// A Header begins a journal.
type Header struct {
	Version int       `json:"version"` // of the format: 1
	Models  []string  `json:"models"`
	Started time.Time `json:"started"`
}

// An Attempt is one call of a model, with what was sent and what came back.
type Attempt struct {
	Identity string  `json:"identity"`
	Prompt   string  `json:"prompt"`
	Example  int     `json:"example"`
	Repeat   int     `json:"repeat"`
	Model    string  `json:"model"`
	Class    string  `json:"class"`
	Request  Request `json:"request"`
	Reply    *Reply  `json:"reply,omitempty"`
	Err      *Error  `json:"error,omitempty"`
	Millis   int64   `json:"latency_ms"`
}

// An Outcome is the status that a case ended with.
type Outcome struct {
	Prompt  string         `json:"prompt"`
	Example int            `json:"example"`
	Repeat  int            `json:"repeat"`
	Model   string         `json:"model"`
	Status  Status         `json:"status"`
	Scores  []OutcomeScore `json:"scores"`
}

// An OutcomeScore is a score without its reasons, which can be found again from
// the reply.
type OutcomeScore struct {
	Scorer string  `json:"scorer"`
	Value  float64 `json:"value"`
	Pass   bool    `json:"pass"`
}

// NewJournal creates the journal of a run that starts now, below the root of a
// library. The folder above the runs is made so that git ignores it.
func NewJournal(root string, models []Model, now time.Time) (*Journal, error) {
	dir, err := openRuns(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	stamp := now.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-%02d.jsonl", stamp, n) // names sort by age
		file, err := dir.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		j := &Journal{Path: filepath.ToSlash(filepath.Join(root, RunsDir, name)), file: file, w: bufio.NewWriter(file)}
		header := &Header{Version: 1, Started: now.UTC()}
		for _, m := range models {
			header.Models = append(header.Models, m.Name)
		}
		j.write(Line{Event: "run", Header: header})
		return j, j.err
	}
}

// openRuns makes the folder of runs and opens it. It is below the root of the
// library whatever symbolic links stand there: a library that was cloned must
// not choose where on the machine is written.
func openRuns(root string) (*os.Root, error) {
	lib, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer lib.Close()
	for _, name := range []string{library.SettingsDir, filepath.Dir(RunsDir), RunsDir} {
		if err := lib.Mkdir(name, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, pathError(root, name, err)
		}
		info, err := lib.Stat(name)
		if err == nil && !info.IsDir() {
			err = errors.New("not a directory")
		}
		if err != nil {
			return nil, pathError(root, name, err)
		}
	}
	ignore := filepath.Join(filepath.Dir(RunsDir), ".gitignore")
	if _, err := lib.Stat(ignore); errors.Is(err, os.ErrNotExist) {
		err = lib.WriteFile(ignore, []byte("*\n"), 0o644)
		if err != nil {
			return nil, pathError(root, ignore, err)
		}
	} else if err != nil {
		return nil, pathError(root, ignore, err)
	}
	return lib.OpenRoot(RunsDir)
}

func pathError(root, name string, err error) error {
	return fmt.Errorf("%s: %w", library.CleanPath(filepath.Join(root, name)), library.Escapes(err))
}

func (j *Journal) write(line Line) {
	if j.err != nil {
		return
	}
	e := json.NewEncoder(j.w)
	e.SetEscapeHTML(false)
	j.err = e.Encode(line)
}

// Add writes the result of a case: the call that was made, if any, and how it
// ended.
func (j *Journal) Add(r Result) {
	c := r.Case
	if r.Called {
		a := &Attempt{
			Identity: c.Request.Identity(r.Class, r.Model, c.Repeat), Prompt: c.Prompt, Example: c.Example, Repeat: c.Repeat,
			Model: r.Model, Class: r.Class, Request: c.Request, Millis: r.Latency.Milliseconds(),
		}
		if r.Status == Errored {
			a.Err = r.Err
		} else {
			a.Reply = &r.Reply
		}
		j.write(Line{Event: "attempt", Attempt: a})
	}
	o := &Outcome{Prompt: c.Prompt, Example: c.Example, Repeat: c.Repeat, Model: r.Model, Status: r.Status, Scores: []OutcomeScore{}}
	for _, s := range r.Scores {
		o.Scores = append(o.Scores, OutcomeScore{s.Scorer, s.Value, s.Pass})
	}
	j.write(Line{Event: "outcome", Outcome: o})
}

// Close writes what is held back and returns the first error of all.
func (j *Journal) Close() error {
	if j.err == nil {
		j.err = j.w.Flush()
	}
	return errors.Join(j.err, j.file.Close())
}

// ReadJournal calls do for every line of a journal. A last line that was cut off
// in the middle is left out; one that only lacks its line end is not.
func ReadJournal(r io.Reader, do func(Line) error) error {
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		last := err == io.EOF
		if err != nil && !last {
			return err
		}
		if last && !json.Valid(text) {
			return nil // an empty rest, or a torn line
		}
		var line Line
		if err := json.Unmarshal(text, &line); err != nil {
			return fmt.Errorf("line %d is no line of a run: %w", n, err)
		}
		if n == 1 && (line.Header == nil || line.Header.Version != 1) {
			return errors.New("line 1 is not the header of a run in format version 1")
		}
		if !line.known() {
			return fmt.Errorf("line %d is no line of a run: there is no event %q that holds what it does", n, line.Event)
		}
		if err := do(line); err != nil || last {
			return err
		}
	}
}
