package evals

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"promptlib/library"
)

// ReadJournal calls do for every line of a journal, with its place in bytes. A
// last line that was cut off in the middle is left out; one that only lacks its
// line end is not. End is where the last sound line ends.
func ReadJournal(r io.Reader, do func(line Line, offset int64) error) (end int64, err error) {
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
		var line Line
		if err := json.Unmarshal(text, &line); err != nil {
			return end, fmt.Errorf("line %d is no line of a run: %w", n, err)
		}
		if n == 1 && (line.Header == nil || line.Header.Version != JournalVersion) {
			return end, fmt.Errorf("line 1 is not the header of a run in format version %d", JournalVersion)
		}
		if !line.known() {
			return end, fmt.Errorf("line %d is no line of a run: there is no event %q that holds what it does", n, line.Event)
		}
		if err := do(line, end); err != nil {
			return end, err
		}
		end += int64(len(text))
		if last {
			return end, nil
		}
	}
}

// A Recorded run is a journal that was written. It keeps of each case only where
// it stands in the file.
type Recorded struct {
	Path     string
	Header   Header
	Complete bool // every case has an outcome

	file     *os.File
	size     int64          // of the sound lines
	outcomes []int64        // by the number of the case, from 1; 0 for none
	replies  map[call]int64 // of attempts with a reply, the last of each
	failures map[call]int64 // of attempts without
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
	r := &Recorded{Path: path, file: file, replies: map[call]int64{}, failures: map[call]int64{}}
	if r.size, err = ReadJournal(file, r.index); err == nil && r.size == 0 {
		err = errors.New("the file is empty; it is no run")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return r, nil
}

func (r *Recorded) index(line Line, offset int64) error {
	switch {
	case line.Header != nil:
		r.Header = *line.Header
	case line.Attempt != nil:
		id, ok := newCall(line.Attempt.Identity)
		if !ok {
			return fmt.Errorf("%q is no identity of a call", line.Attempt.Identity)
		}
		if line.Attempt.Reply != nil {
			r.replies[id] = offset
		} else {
			r.failures[id] = offset
		}
	case line.Outcome != nil:
		n := line.Outcome.Case
		if n < 1 || n > max(r.Header.Cases, 1) {
			return fmt.Errorf("case %d is none of the %d of the run", n, r.Header.Cases)
		}
		if n >= len(r.outcomes) {
			r.outcomes = append(r.outcomes, make([]int64, n+1-len(r.outcomes))...)
		}
		r.outcomes[n] = offset
	case line.End != nil:
		r.Complete = line.End.Complete
	}
	return nil
}

// Close closes the file.
func (r *Recorded) Close() error { return r.file.Close() }

// line reads the line at an offset.
func (r *Recorded) line(offset int64) (Line, error) {
	var line Line
	in := io.NewSectionReader(r.file, offset, r.size-offset)
	if err := json.NewDecoder(in).Decode(&line); err != nil {
		return line, fmt.Errorf("%s: %w", r.Path, err)
	}
	return line, nil
}

// Outcomes yields how each case ended, in the order of the cases. A case of a run
// that was stopped may have none.
func (r *Recorded) Outcomes() iter.Seq2[*Outcome, error] {
	return func(yield func(*Outcome, error) bool) {
		for _, offset := range r.outcomes {
			if offset == 0 {
				continue
			}
			line, err := r.line(offset)
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
	offset, ok := r.replies[id]
	if !ok {
		offset, ok = r.failures[id]
	}
	if !ok {
		return nil, nil
	}
	line, err := r.line(offset)
	return line.Attempt, err
}

// Attempts yields every call that was made, in the order in which they ended.
func (r *Recorded) Attempts() iter.Seq2[*Attempt, error] {
	return func(yield func(*Attempt, error) bool) {
		stop := errors.New("stop")
		_, err := ReadJournal(io.NewSectionReader(r.file, 0, r.size), func(line Line, _ int64) error {
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
// was torn is cut off; torn says so.
func (r *Recorded) Resume(paid bool) (j *Journal, torn bool, err error) {
	file, err := os.OpenFile(r.Path, os.O_RDWR, 0)
	if err != nil {
		return nil, false, err
	}
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
