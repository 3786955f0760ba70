package evals

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"promptlib/library"
)

// RunsDir is the folder of runs below the root of a library. It is never meant
// to be committed: replies may be confidential.
var RunsDir = filepath.Join(library.SettingsDir, "local", "runs")

// A Line is one line of a journal. Event says which of the others is set.
type Line struct {
	Event   string   `json:"event"` // run, attempt, outcome or end
	Header  *Header  `json:"run,omitempty"`
	Attempt *Attempt `json:"attempt,omitempty"`
	Outcome *Outcome `json:"outcome,omitempty"`
	End     *End     `json:"end,omitempty"`
}

// known reports whether a line holds what its event says, and nothing else.
func (l Line) known() bool {
	held := 0
	for _, holds := range []bool{l.Header != nil, l.Attempt != nil, l.Outcome != nil, l.End != nil} {
		if holds {
			held++
		}
	}
	switch l.Event {
	case "run":
		return held == 1 && l.Header != nil
	case "attempt":
		return held == 1 && l.Attempt != nil
	case "outcome":
		return held == 1 && l.Outcome != nil
	case "end":
		return held == 1 && l.End != nil
	}
	return false
}

// A Header begins a journal.
type Header struct {
	Version int           `json:"version"` // of the format: [JournalVersion]
	Models  []HeaderModel `json:"models"`
	Started time.Time     `json:"started"`
	Plan    string        `json:"plan"`  // SHA-256 of the calls that the run is to make, in hex
	Cases   int           `json:"cases"` // of all models, with those that are skipped
	Options RunOptions    `json:"options"`

	// ScoredFrom is the path of the run whose replies were scored again; empty for a
	// run that made calls of its own.
	ScoredFrom string `json:"scored_from,omitempty"`
}

// JournalVersion is the version of the format of journals.
const JournalVersion = 2

// A HeaderModel is a model of a run.
type HeaderModel struct {
	Name  string `json:"name"`
	Class string `json:"class"`
	Host  string `json:"host,omitempty"` // of the endpoint
}

// RunOptions say which cases a run has, beside the files themselves.
type RunOptions struct {
	Paths   []string `json:"paths"`
	FewShot FewShot  `json:"few_shot"`
	Repeat  int      `json:"repeat"` // 0 for as often as the contracts say
	Filter  []string `json:"filter,omitempty"`
	Sample  int      `json:"sample,omitempty"`
	Prose   int      `json:"prose,omitempty"` // files left out as no prompts

	NoForceExclude bool `json:"no_force_exclude,omitempty"` // excluded files that are named are run
}

// An Attempt is one call of a model, with what was sent and what came back.
type Attempt struct {
	Identity string  `json:"identity"`
	Replied  bool    `json:"replied"` // Reply is set; stands at the start, where it is soon read
	Prompt   string  `json:"prompt"`
	Name     string  `json:"name"` // of the case in the prompt
	Example  int     `json:"example"`
	Repeat   int     `json:"repeat"`
	Model    string  `json:"model"`
	Class    string  `json:"class"`
	Try      int     `json:"try"` // from 1
	Request  Request `json:"request"`
	Reply    *Reply  `json:"reply,omitempty"`
	Err      *Error  `json:"error,omitempty"`
	Millis   int64   `json:"latency_ms"`
	Cached   bool    `json:"cached,omitempty"` // the reply is that of an earlier run, and no call was made
}

// An Outcome is how a case ended. Of several outcomes of a case the last counts.
type Outcome struct {
	Case      int         `json:"case"` // number of the case in the run, from 1
	Prompt    string      `json:"prompt"`
	Name      string      `json:"name"`
	Example   int         `json:"example"`
	Repeat    int         `json:"repeat"`
	Model     string      `json:"model"`
	Identity  string      `json:"identity,omitempty"` // of the call; empty where none was made
	Status    Status      `json:"status"`
	Contract  string      `json:"contract"`  // declared, derived or none
	Threshold float64     `json:"threshold"` // the share of the cases of the prompt that must pass
	At        library.Pos `json:"at"`
	End       library.Pos `json:"end"`
	Expected  string      `json:"expected,omitempty"`
	Scores    []Score     `json:"scores"`
	Err       *Error      `json:"error,omitempty"`
	Problems  []Problem   `json:"problems,omitempty"`
	Tries     int         `json:"tries,omitempty"`   // calls made, 0 for a reply that was at hand
	Cost      float64     `json:"cost,omitempty"`    // of these calls, in US dollars
	Millis    int64       `json:"latency_ms"`        // of the call that gave the reply
	Warning   string      `json:"warning,omitempty"` // why the reply may be worth less than it seems
}

// A Problem is why an example does not fill in its prompt, at its place.
type Problem struct {
	At      library.Pos `json:"at"`
	End     library.Pos `json:"end"`
	Message string      `json:"message"`
}

// An End closes a journal, or a part of one that was resumed later. Without it
// the run was killed.
type End struct {
	Ended    time.Time `json:"ended"`
	Complete bool      `json:"complete"` // every case has an outcome
}

// A Journal is the JSON lines of a run, while it is written. The first line is
// a [Header]; the others are attempts, outcomes and an [End].
type Journal struct {
	Path string

	file *os.File
	sync bool // lines are on the disk before they count

	mu      sync.Mutex
	batch   *batch // what is not written yet; nil for nothing
	writing bool
	err     error // the first
}

// ErrBusy means that a journal is being written, by this process or another.
var ErrBusy = errors.New("another run is being written there")

// A batch is lines that are written at once.
type batch struct {
	text []byte
	done chan struct{} // closed when they are on the disk, or never will be
}

// NewJournal creates the journal of a run below the root of a library. The
// folder above the runs is made so that git ignores it. Paid says that replies
// cost something: each is then on the disk before it counts.
func NewJournal(root string, header Header, paid bool) (*Journal, error) {
	dir, err := openLocal(root, RunsDir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	stamp := header.Started.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-%02d.jsonl", stamp, n) // names sort by age
		file, err := dir.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := lock(file); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		j := &Journal{Path: filepath.ToSlash(filepath.Join(root, RunsDir, name)), file: file, sync: paid}
		header.Version = JournalVersion
		header.Started = header.Started.UTC()
		return j, j.Append(Line{Event: "run", Header: &header})
	}
}

// openLocal makes a folder of what is not to be committed and opens it. It is
// below the root of the library whatever symbolic links stand there: a library
// that was cloned must not choose where on the machine is written.
func openLocal(root, folder string) (*os.Root, error) {
	lib, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer lib.Close()
	local := filepath.Dir(folder)
	for _, name := range []string{library.SettingsDir, local, folder} {
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
	ignore := filepath.Join(local, ".gitignore")
	if _, err := lib.Stat(ignore); errors.Is(err, os.ErrNotExist) {
		err = lib.WriteFile(ignore, []byte("*\n"), 0o644)
		if err != nil {
			return nil, pathError(root, ignore, err)
		}
	} else if err != nil {
		return nil, pathError(root, ignore, err)
	}
	return lib.OpenRoot(folder)
}

func pathError(root, name string, err error) error {
	return fmt.Errorf("%s: %w", library.CleanPath(filepath.Join(root, name)), library.Escapes(err))
}

// Append writes lines that belong together and returns when they are on the
// disk. Lines of several goroutines are written at once. After an error nothing
// more is written.
func (j *Journal) Append(lines ...Line) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	for _, line := range lines {
		if line.Attempt != nil {
			line.Attempt.Replied = line.Attempt.Reply != nil
		}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	j.mu.Lock()
	if j.batch == nil {
		j.batch = &batch{done: make(chan struct{})}
	}
	mine := j.batch
	mine.text = append(mine.text, text.Bytes()...)
	if !j.writing {
		j.writing = true
		go j.drain()
	}
	j.mu.Unlock()
	<-mine.done
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// drain writes batches until there is none: while one is written the next fills.
func (j *Journal) drain() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.batch != nil {
		b := j.batch
		j.batch = nil
		if j.err == nil {
			j.mu.Unlock()
			err := j.write(b.text)
			j.mu.Lock()
			j.err = err
		}
		close(b.done)
	}
	j.writing = false
}

func (j *Journal) write(text []byte) error {
	if _, err := j.file.Write(text); err != nil {
		return err
	}
	if j.sync {
		return j.file.Sync()
	}
	return nil
}

// Close ends the journal and returns the first error of all. Complete says that
// every case has an outcome.
func (j *Journal) Close(now time.Time, complete bool) error {
	err := j.Append(Line{Event: "end", End: &End{Ended: now.UTC(), Complete: complete}})
	return errors.Join(err, j.file.Close())
}
