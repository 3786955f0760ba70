package evals

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"promptlib/library"
)

// ReadJournal calls do for every line of a journal. A last line that was cut off
// in the middle is left out; one that only lacks its line end is not.
func ReadJournal(r io.Reader, do func(Line) error) error {
	_, err := readLines(r, func(n int, text []byte, _ int64) error {
		line, err := parseLine(n, text)
		if err != nil {
			return err
		}
		return do(line)
	})
	return err
}

// readLines calls do for the text of every line, with its number and place in
// bytes. End is where the last sound line ends.
func readLines(r io.Reader, do func(n int, text []byte, offset int64) error) (end int64, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		last := err == io.EOF
		if err != nil && !last {
			return end, err
		}
		if last && !json.Valid(text) {
			return end, nil // an empty rest, or a torn line
		}
		if err := do(n, text, end); err != nil {
			return end, err
		}
		end += int64(len(text))
		if last {
			return end, nil
		}
	}
}

// ofVersion reports whether the first line of a journal says that it is in the
// format of this program.
func ofVersion(text []byte) bool {
	var line struct{ Run struct{ Version int } }
	return json.Unmarshal(text, &line) == nil && line.Run.Version == JournalVersion
}

// parseLine reads the n-th line of a journal.
func parseLine(n int, text []byte) (Line, error) {
	if n == 1 && !ofVersion(text) {
		return Line{}, fmt.Errorf("line 1 is not the header of a run in format version %d", JournalVersion)
	}
	var line Line
	switch err := json.Unmarshal(text, &line); {
	case err != nil:
		return line, fmt.Errorf("line %d is no line of a run: %w", n, err)
	case n == 1 && line.Header == nil:
		return line, errors.New("line 1 is not the header of a run")
	case !line.known():
		return line, fmt.Errorf("line %d is no line of a run: there is no event %q that holds what it does", n, line.Event)
	}
	return line, nil
}

// A Recorded run is a journal that was written. It keeps of each case only where
// it stands in the file.
type Recorded struct {
	Path     string
	Header   Header
	Complete bool // every case has an outcome

	file     *os.File
	size     int64         // of the sound lines
	outcomes []span        // by the number of the case, from 1; empty for none
	replies  map[call]span // of attempts with a reply, the last of each
	failures map[call]span // of attempts without
}

// A span is where a line stands in a file.
type span struct {
	offset int64
	size   int
}

// A call is its identity in binary.
type call [32]byte

func newCall(identity string) (c call, ok bool) {
	n, err := hex.Decode(c[:], []byte(identity))
	return c, err == nil && n == len(c)
}

// OpenRun opens the journal of a run. It is to be closed.
func OpenRun(path string) (*Recorded, error) {
	info, err := os.Stat(path) // before it is opened: opening a pipe waits for somebody to write to it
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no regular file")
	}
	var file *os.File
	if err == nil {
		file, err = os.Open(path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, library.Escapes(err))
	}
	r := &Recorded{Path: path, file: file, replies: map[call]span{}, failures: map[call]span{}}
	if r.size, err = readLines(file, r.index); err == nil && r.size == 0 {
		err = errors.New("the file is empty; it is no run")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return r, nil
}

// mostCases is how many cases a run may have. Their places are in memory.
const mostCases = 10_000_000

// index notes what a line is and where it stands.
func (r *Recorded) index(n int, text []byte, offset int64) error {
	at := span{offset, len(text)}
	if n > 1 && r.plain(text, at) {
		return nil
	}
	line, err := parseLine(n, text)
	switch {
	case err != nil:
		return err
	case line.Header != nil:
		if n := line.Header.Cases; n < 0 || n > mostCases {
			return fmt.Errorf("a run has up to %d cases, not %d", mostCases, n)
		}
		r.Header = *line.Header
	case line.Attempt != nil:
		id, ok := newCall(line.Attempt.Identity)
		if !ok {
			return fmt.Errorf("line %d: %q is no identity of a call", n, line.Attempt.Identity)
		}
		r.attempt(id, line.Attempt.Replied, at)
	case line.Outcome != nil:
		if !r.outcome(line.Outcome.Case, at) {
			return fmt.Errorf("line %d: case %d is none of the %d of the run", n, line.Outcome.Case, r.Header.Cases)
		}
	case line.End != nil:
		r.Complete = line.End.Complete
	}
	return nil
}

// What the lines begin with that [Journal] writes.
const (
	attemptStart = `{"event":"attempt","attempt":{"identity":"`
	repliedStart = `","replied":`
	outcomeStart = `{"event":"outcome","outcome":{"case":`
)

// plain notes a line as this program writes it, without reading all of it: the
// texts that were sent are most of a journal. It reports whether it knows the
// line. What is wrong behind its start is found when the line is asked for.
func (r *Recorded) plain(text []byte, at span) bool {
	if rest, ok := bytes.CutPrefix(text, []byte(attemptStart)); ok && len(rest) > 64 {
		id, ok := newCall(string(rest[:64]))
		replied, told := bytes.CutPrefix(rest[64:], []byte(repliedStart))
		if ok && told {
			r.attempt(id, bytes.HasPrefix(replied, []byte("true,")), at)
			return true
		}
	}
	if rest, ok := bytes.CutPrefix(text, []byte(outcomeStart)); ok {
		digits, _, ok := bytes.Cut(rest, []byte(","))
		n, err := strconv.Atoi(string(digits))
		return ok && err == nil && r.outcome(n, at)
	}
	return false
}

func (r *Recorded) attempt(id call, replied bool, at span) {
	if replied {
		r.replies[id] = at
	} else {
		r.failures[id] = at
	}
}

func (r *Recorded) outcome(n int, at span) bool {
	if n < 1 || n > r.Header.Cases {
		return false
	}
	if n >= len(r.outcomes) {
		r.outcomes = append(r.outcomes, make([]span, n+1-len(r.outcomes))...)
	}
	r.outcomes[n] = at
	return true
}

// Close closes the file.
func (r *Recorded) Close() error { return r.file.Close() }

// line reads a line.
func (r *Recorded) line(at span) (line Line, err error) {
	text := make([]byte, at.size)
	if _, err = r.file.ReadAt(text, at.offset); err == nil {
		line, err = parseLine(0, text)
	}
	if err != nil {
		return line, fmt.Errorf("%s: at byte %d: %w", r.Path, at.offset, err)
	}
	return line, nil
}

// Outcomes yields how each case ended, in the order of the cases. A case of a run
// that was stopped may have none.
func (r *Recorded) Outcomes() iter.Seq2[*Outcome, error] {
	return func(yield func(*Outcome, error) bool) {
		for _, at := range r.outcomes {
			if at.size == 0 {
				continue
			}
			line, err := r.line(at)
			if !yield(line.Outcome, err) || err != nil {
				return
			}
		}
	}
}

// Attempt returns the call with an identity: the last that gave a reply, else
// the last; nil if there was none.
func (r *Recorded) Attempt(identity string) (*Attempt, error) {
	id, ok := newCall(identity)
	if !ok {
		return nil, nil
	}
	at, ok := r.replies[id]
	if !ok {
		at, ok = r.failures[id]
	}
	if !ok {
		return nil, nil
	}
	line, err := r.line(at)
	return line.Attempt, err
}

// Attempts yields every call that was made, in the order in which they ended.
func (r *Recorded) Attempts() iter.Seq2[*Attempt, error] {
	return func(yield func(*Attempt, error) bool) {
		stop := errors.New("stop")
		err := ReadJournal(io.NewSectionReader(r.file, 0, r.size), func(line Line) error {
			if line.Attempt != nil && !yield(line.Attempt, nil) {
				return stop
			}
			return nil
		})
		if err != nil && err != stop {
			yield(nil, fmt.Errorf("%s: %w", r.Path, err))
		}
	}
}

// Runs lists the paths of the journals below the root of a library, the newest
// first.
func Runs(root string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, RunsDir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range slices.Backward(entries) { // names sort by age
		if filepath.Ext(e.Name()) == ".jsonl" {
			names = append(names, library.CleanPath(filepath.Join(root, RunsDir, e.Name())))
		}
	}
	return names, nil
}

// Resume opens the journal of a recorded run to go on with it. A last line that
// was torn is cut off; torn says so. The error is [ErrBusy] for a journal that is
// still written: what follows its last sound line is not torn then, and two
// writers would write over each other.
func (r *Recorded) Resume(paid bool) (j *Journal, torn bool, err error) {
	file, err := os.OpenFile(r.Path, os.O_RDWR, 0)
	if err != nil {
		return nil, false, err
	}
	if err := lock(file); err != nil {
		return nil, false, errors.Join(err, file.Close())
	}
	now, err := OpenRun(r.Path) // somebody may have written to it since it was read
	if err != nil {
		return nil, false, errors.Join(err, file.Close())
	}
	r.file.Close()
	*r = *now
	last := make([]byte, 1)
	info, err := file.Stat()
	if err == nil {
		torn = info.Size() > r.size
		err = file.Truncate(r.size)
	}
	if err == nil {
		_, err = file.ReadAt(last, r.size-1)
	}
	if err == nil {
		_, err = file.Seek(r.size, io.SeekStart)
	}
	if err == nil && last[0] != '\n' {
		_, err = file.WriteString("\n")
	}
	if err != nil {
		return nil, false, errors.Join(err, file.Close())
	}
	return &Journal{Path: r.Path, file: file, sync: paid}, torn, nil
}

// WriteReplies writes a run that has the replies of this one and nothing else, in
// the order of the cases: what is replayed in tests. It has no times in it, so
// that the same replies give the same bytes.
func (r *Recorded) WriteReplies(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	header := r.Header
	header.Started = time.Time{}
	for i := range header.Models {
		header.Models[i].Host = ""
	}
	if err := e.Encode(Line{Event: "run", Header: &header}); err != nil {
		return err
	}
	for o, err := range r.Outcomes() {
		if err != nil {
			return err
		}
		a, err := r.Attempt(o.Identity)
		if err != nil {
			return err
		}
		if a == nil || a.Reply == nil {
			continue
		}
		a.Try, a.Millis, a.Reply.Millis, a.Cached = 1, 0, 0, false
		if err := e.Encode(Line{Event: "attempt", Attempt: a}); err != nil {
			return err
		}
	}
	return nil
}
