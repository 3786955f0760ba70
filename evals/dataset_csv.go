package evals

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"promptlib/library"
)

var csvDataset = &datasetFormat{extension: ".csv", read: readCSV}

// A csvReader gives encoding/csv one line at a time, so that it reads no further
// than the record it returns.
type csvReader struct {
	*rowReader
	csv  *csv.Reader
	rest string // of the line
}

// Read reads from the current line, and the next when that is used up.
func (c *csvReader) Read(p []byte) (int, error) {
	if c.rest == "" {
		line, err := c.line()
		if err != nil {
			return 0, err
		}
		c.rest = line
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// maxColumns is how many columns a dataset may have.
const maxColumns = 1000

// readCSV reads rows whose columns are named by the first one.
func readCSV(r *rowReader) {
	c := &csvReader{rowReader: r}
	c.csv = csv.NewReader(c)
	c.csv.FieldsPerRecord = -1
	names, ok := c.next()
	if !ok {
		return
	}
	if len(names) > maxColumns {
		r.fail(head(c.text()), "the row has %d columns; at most %d are read", len(names), maxColumns)
		return
	}
	header := make([]library.Text, len(names))
	places := c.places(len(names))
	known := true
	for i, name := range names {
		header[i] = places[i]
		header[i].Value = name
		kind, _ := r.column(name)
		switch {
		case name == "":
			r.fail(header[i], "column %d has no name", i+1)
		case slices.Contains(names[:i], name):
			r.fail(header[i], "column %q stands here twice; keep one", name)
		case kind == noColumn:
			r.unknown(header[i], "column")
		default:
			continue
		}
		known = false
		if r.stopped {
			return
		}
	}
	if !known {
		return
	}
	for !r.stopped {
		values, ok := c.next()
		if !ok {
			return
		}
		c.values(header, values)
	}
}

// values yields a row.
func (c *csvReader) values(header []library.Text, values []string) {
	places := c.places(min(len(values), len(header)+1))
	record := c.text()
	switch {
	case len(values) < len(header):
		end := len(strings.TrimRight(record.Value, "\r\n"))
		c.fail(record.Sub(end, end), "the row has %d of %d fields: %q is missing", len(values), len(header), header[len(values)].Value)
		return
	case len(values) > len(header):
		c.fail(places[len(header)], "the row has %d fields and the header %d; put a field with a comma in it in double quotes", len(values), len(header))
		return
	}
	fields := make([]field, 0, len(values))
	for i, v := range values {
		f := field{name: header[i], value: places[i]}
		f.value.Value = v
		if kind, _ := c.column(header[i].Value); v == "" && kind != variableColumn {
			f.value = library.Text{} // an empty cell is none
		}
		if kind, _ := c.column(header[i].Value); kind == variableColumn {
			f.name.Pos, f.name.End = places[i].Pos, places[i].End
		}
		fields = append(fields, f)
	}
	line, _ := c.csv.FieldPos(0)
	at := c.lineText(record, line)
	c.row(at, c.label(at.Pos), fields)
}

// next reads a record. It is false at the end, and behind a mistake after which
// rows cannot be told apart.
func (c *csvReader) next() ([]string, bool) {
	c.begin()
	values, err := c.csv.Read()
	record := c.text()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, errTooLong):
		c.fail(head(record), "the row has more than %d bytes (4 MiB); is a quote not closed?", maxRow)
	case errors.As(err, &wrong):
		if !c.sound(record) {
			return nil, false
		}
		at := c.place(record, wrong.Line, wrong.Column)
		switch {
		case wrong.Err == csv.ErrQuote && at.Pos.Offset == record.End.Offset:
			c.fail(c.lineText(record, wrong.StartLine), "a quote in this row is not closed before the end of the file")
		case wrong.Err == csv.ErrQuote:
			c.fail(at, "text after a quoted field; inside quotes write \"\" for a quote")
		case wrong.Err == csv.ErrBareQuote:
			c.fail(at, "quote in a field that does not begin with one; put the field in quotes and write \"\" for each in it")
		default:
			c.fail(at, "%v", wrong.Err)
		}
	case err == io.EOF:
	case err != nil:
		c.err = err
	case c.sound(record):
		return values, true
	}
	return nil, false
}

// places returns where the first fields of the record stand, the quotes included.
func (c *csvReader) places(n int) []library.Text {
	record := c.text()
	starts := make([]int, n+1)
	line, from := record.Pos.Line, 0
	for i := range n {
		l, column := c.csv.FieldPos(i)
		for ; line < l; line++ {
			from += len(firstLine(record.Value[from:])) + 1
		}
		starts[i] = min(len(record.Value), from+column-1)
	}
	starts[n] = len(strings.TrimRight(record.Value, "\r\n")) + 1
	list := make([]library.Text, n)
	rest := record // behind the fields that are placed
	for i := range n {
		rest = rest.Sub(starts[i]-(rest.Pos.Offset-record.Pos.Offset), len(rest.Value))
		list[i] = rest.Sub(0, max(0, starts[i+1]-1-starts[i]))
	}
	return list
}

// place is that of a line of the file and a column in bytes, from 1.
func (c *csvReader) place(record library.Text, line, column int) library.Text {
	at := min(len(record.Value), lineStart(record, line)+max(0, column-1))
	return record.Sub(at, at)
}

// lineText is a line of the record.
func (c *csvReader) lineText(record library.Text, line int) library.Text {
	from := lineStart(record, line)
	return record.Sub(from, from+len(strings.TrimRight(firstLine(record.Value[from:]), "\r")))
}

// lineStart is where a line of the file begins in the record.
func lineStart(record library.Text, line int) int {
	at := 0
	for n := record.Pos.Line; n < line; n++ {
		i := strings.IndexByte(record.Value[at:], '\n')
		if i < 0 {
			return len(record.Value)
		}
		at += i + 1
	}
	return at
}
