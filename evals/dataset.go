package evals

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

// A Dataset is a file of cases, a row each. It is read row by row: one of any
// length is never in memory as a whole, but for YAML, which is small.
type Dataset struct {
	Path library.Text // as the contract has it, relative to the prompt

	format *datasetFormat
	file   string // for places
	root   string // of the library
}

// A datasetFormat is a way to write rows down.
type datasetFormat struct {
	extension string
	read      func(r *rowReader)
}

// datasetFormats lists the formats of datasets.
var datasetFormats = []*datasetFormat{
	csvDataset,
	jsonlDataset,
	yamlDataset,
}

// newDataset finds a dataset by its path. It is not read.
func newDataset(at library.Text, prompt, root string) (Dataset, *Mistake) {
	d := Dataset{Path: at, root: root}
	if path.IsAbs(at.Value) || strings.Contains(at.Value, "://") {
		return d, mistake(at, "dataset %q: datasets are read from the library only; write a path relative to the prompt", at.Value)
	}
	var known []string
	for _, f := range datasetFormats {
		known = append(known, f.extension)
		if f.extension == path.Ext(at.Value) {
			d.format = f
		}
	}
	if d.format == nil {
		return d, mistake(at, "dataset %q ends in %q; write one of %s", at.Value, path.Ext(at.Value), strings.Join(known, ", "))
	}
	d.file = library.CleanPath(path.Join(path.Dir(prompt), at.Value))
	file, err := d.open()
	if err != nil {
		return d, mistake(at, "dataset %v", err)
	}
	file.Close()
	return d, nil
}

func (d *Dataset) open() (io.ReadCloser, error) {
	return library.OpenWithin(d.root, library.Relative(d.root, d.file))
}

// maxRow is how many bytes a row may have.
const maxRow = library.MaxFileSize

// mostMistakes is how many mistakes of a dataset are reported.
const mostMistakes = 20

// CheckDatasets reads the datasets of the contract of a prompt and returns an
// error that joins a [Mistake] for what is wrong with them: rows that cannot be
// read, columns that are not known, names that are not unique. Rows is how many
// of each are read; 0 for all.
func (c *Contract) CheckDatasets(p *library.Prompt, rows int) error {
	if c == nil || len(c.Datasets) == 0 {
		return nil
	}
	names := newCaseNames(c.Extra)
	var errs []error
	words := newColumns(p)
	for i := range c.Datasets {
		d := &c.Datasets[i]
		n, wrong := 0, 0
		for e, m := range d.rows(words) {
			n++
			if m == nil {
				m = names.add(c.Datasets, i, e)
			}
			if m != nil {
				errs = append(errs, m)
				wrong++
			}
			if n == rows || wrong == mostMistakes {
				break
			}
		}
		if n == 0 {
			errs = append(errs, mistake(d.Path, "dataset %q has no rows", d.Path.Value))
		}
	}
	return errors.Join(errs...)
}

// caseNames are the names of the extra cases of a prompt with their places. Of
// each name there is a hash alone: there may be very many.
type caseNames struct {
	seed  maphash.Seed
	taken map[uint64]casePlace
}

// A casePlace is a line of a dataset, by its number, or of the contract, as -1.
type casePlace struct{ dataset, line int32 }

func newCaseNames(extra []Extra) *caseNames {
	names := &caseNames{maphash.MakeSeed(), map[uint64]casePlace{}}
	for _, e := range extra {
		names.taken[maphash.String(names.seed, e.Name)] = casePlace{-1, int32(e.At.Pos.Line)}
	}
	return names
}

// add enters the name of a row. One that is taken is a mistake.
func (n *caseNames) add(datasets []Dataset, i int, e *Extra) *Mistake {
	key := maphash.String(n.seed, e.Name)
	first, twice := n.taken[key]
	switch {
	case !twice:
		n.taken[key] = casePlace{int32(i), int32(e.At.Pos.Line)}
		return nil
	case first.dataset < 0:
		return mistake(e.At, "%s is in the contract already, on line %d; names are unique", e.Name, first.line)
	}
	return mistake(e.At, "%s is in %s already, on line %d; names are unique", e.Name, datasets[first.dataset].Path.Value, first.line)
}

// rows yields the rows of a dataset. A row that is not right is a mistake; after
// one behind which rows cannot be told apart there are no more.
func (d *Dataset) rows(words columns) iter.Seq2[*Extra, *Mistake] {
	return func(yield func(*Extra, *Mistake) bool) {
		file, err := d.open()
		if err != nil {
			yield(nil, mistake(d.Path, "dataset %v", err))
			return
		}
		defer file.Close()
		r := &rowReader{Dataset: d, columns: words, in: bufio.NewReaderSize(file, 32<<10), yield: yield}
		d.format.read(r)
		if r.err != nil && r.err != io.EOF && !r.stopped {
			yield(nil, mistake(d.Path, "dataset %s: %v", d.file, r.err))
		}
	}
}

// A rowReader reads the rows of a dataset and yields them.
type rowReader struct {
	*Dataset
	columns
	in      *bufio.Reader
	yield   func(*Extra, *Mistake) bool
	stopped bool  // nobody asks for more
	err     error // of the file

	next   library.Pos     // where the record ends, and the next begins
	at     library.Pos     // where it begins
	record strings.Builder // what was read of it
}

// begin begins a record at what is read next.
func (r *rowReader) begin() {
	if r.next.Line == 0 {
		r.next = library.Pos{Path: r.file, Line: 1, Column: 1}
		if first, _ := r.in.Peek(3); string(first) == "\ufeff" {
			_, r.err = r.in.Discard(len(first))
			r.next.Offset = len(first)
		}
	}
	r.at = r.next
	r.record.Reset()
}

// errTooLong means that a record has more bytes than one may have.
var errTooLong = errors.New("row is too long")

// line reads the next line of the record, with its line end.
func (r *rowReader) line() (string, error) {
	for start := r.record.Len(); ; {
		part, err := r.in.ReadSlice('\n')
		if r.record.Len()+len(part) > maxRow {
			return "", errTooLong
		}
		r.record.Write(part)
		line := r.record.String()[start:]
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && line != "":
			err = nil
		case err != nil:
			r.err = err
			return "", err
		}
		r.next.Line++
		r.next.Offset += len(line)
		return line, nil
	}
}

// text is the record as it stands in the file.
func (r *rowReader) text() library.Text {
	t := library.Text{Value: r.record.String(), Pos: r.at}
	t.End = t.At(len(t.Value))
	return t
}

// head is the place of a row: its first line.
func head(t library.Text) library.Text {
	return t.Sub(0, len(strings.TrimRight(firstLine(t.Value), "\r")))
}

// fail yields a mistake.
func (r *rowReader) fail(at library.Text, format string, args ...any) {
	if !r.stopped {
		r.stopped = !r.yield(nil, mistake(at, format, args...))
	}
}

// sound reports whether a record is UTF-8, and a mistake where it is not.
func (r *rowReader) sound(t library.Text) bool {
	if utf8.ValidString(t.Value) && strings.IndexByte(t.Value, 0) < 0 {
		return true
	}
	for i, c := range t.Value {
		switch {
		case strings.HasPrefix(t.Value, "\xff\xfe"), strings.HasPrefix(t.Value, "\xfe\xff"):
			r.fail(t.Sub(0, 0), "the file is UTF-16; save it as UTF-8")
		case c == 0:
			r.fail(t.Sub(i, i+1), "NUL byte; the file is no text")
		case c == utf8.RuneError && !strings.HasPrefix(t.Value[i:], "\uFFFD"):
			r.fail(t.Sub(i, i+1), "byte 0x%02X is not UTF-8; save the file as UTF-8", t.Value[i])
		default:
			continue
		}
		break
	}
	return false
}

// A field is a value of a row by its name.
type field struct {
	name   library.Text
	value  library.Text
	isJSON bool            // the value was written as JSON, not as text
	json   json.RawMessage // of a variable; nil for what its text implies
}

// A column is what a field of some name is.
type column int

const (
	noColumn column = iota
	nameColumn
	inputColumn
	expectedColumn
	variableColumn
)

// variablePrefix begins the name of a column that is a variable whatever it is
// called.
const variablePrefix = "variables."

// column says what a name is, and returns that of the variable.
func (c columns) column(name string) (column, string) {
	switch {
	case name == "name":
		return nameColumn, ""
	case name == "input" && c.input:
		return inputColumn, ""
	case name == "expected":
		return expectedColumn, ""
	}
	name = strings.TrimPrefix(name, variablePrefix)
	if c.variables[name] {
		return variableColumn, name
	}
	return noColumn, ""
}

// unknown reports a name that is no column.
func (r *rowReader) unknown(name library.Text, what string) {
	hint := r.hint(name.Value)
	if hint == "" && strings.ContainsAny(name.Value, ";\t") {
		hint = "; columns are separated by commas"
	}
	if hint == "" {
		list := r.names()
		more := ""
		if len(list) > 10 {
			list, more = list[:10], ", …"
		}
		hint = "; known are " + strings.Join(list, ", ") + more
		if len(r.variables) == 0 {
			hint += ", since the prompt has no variables"
		}
	}
	r.fail(name, "%s %q is not known for this prompt%s", what, name.Value, hint)
}

// row yields a row with its fields, all of which are known columns.
func (r *rowReader) row(at library.Text, label string, fields []field) {
	e := &Extra{Name: label, At: at}
	seen := map[string]bool{}
	for _, f := range fields {
		kind, variable := r.column(f.name.Value)
		key := strconv.Itoa(int(kind)) + variable
		if seen[key] {
			r.fail(f.name, "%q stands here twice; keep one", f.name.Value)
			return
		}
		seen[key] = true
		switch kind {
		case nameColumn:
			if f.value.Value != "" {
				e.Name = "case " + f.value.Value
				if !f.value.IsZero() {
					e.At = f.value
				}
			}
		case inputColumn:
			e.Input = f.value
		case expectedColumn:
			e.Expected, e.IsJSON = f.value, f.isJSON
		case variableColumn:
			name := f.name
			name.Value = variable
			v := NewValue(name, f.value.Value)
			if f.json != nil {
				v.JSON = f.json
			}
			e.Values = append(e.Values, v)
		}
	}
	if !r.stopped {
		r.stopped = !r.yield(e, nil)
	}
}

// label names a row that has no name of its own.
func (d *Dataset) label(at library.Pos) string { return fmt.Sprintf("%s:%d", d.Path.Value, at.Line) }
