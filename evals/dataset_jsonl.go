package evals

import (
	"encoding/json"
	"errors"
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

var jsonlDataset = &datasetFormat{extension: ".jsonl", read: readJSONL}

// readJSONL reads rows that are JSON objects, each on a line.
func readJSONL(r *rowReader) {
	for !r.stopped {
		r.begin()
		_, err := r.line()
		record := r.text()
		switch {
		case errors.Is(err, errTooLong):
			r.fail(head(record), "the row has more than %d bytes (4 MiB)", maxRow)
			return
		case err != nil:
			return
		case strings.TrimSpace(record.Value) == "":
			continue
		case !r.sound(record):
			return
		}
		r.object(record)
	}
}

// object yields the row that an object is.
func (r *rowReader) object(record library.Text) {
	text := record.Value
	members, end, err := schema.ScanObject(text)
	if err != nil {
		at := min(err.Offset, len(strings.TrimRight(text, " \t\r\n")))
		r.fail(record.Sub(at, at), "row is no JSON object: %s", err.Message)
		return
	}
	if rest := strings.TrimSpace(text[end:]); rest != "" {
		at := end + strings.Index(text[end:], rest)
		r.fail(record.Sub(at, at), "text after the end of the JSON object; a row is one object on one line")
		return
	}
	fields, ok := r.members(record, 0, "", members)
	if ok {
		row := head(record)
		r.row(row, r.label(row.Pos), fields)
	}
}

// members returns the members of an object that stands at an offset of the record
// as fields.
func (r *rowReader) members(record library.Text, base int, prefix string, members []schema.Member) (fields []field, ok bool) {
	ok = true
	for _, m := range members {
		f := field{name: record.Sub(base+m.NameStart, base+m.NameEnd)}
		f.name.Value = prefix + m.Name
		from := base + m.NameEnd
		from += strings.Index(record.Value[from:], ":") + 1
		from += len(record.Value[from:]) - len(strings.TrimLeft(record.Value[from:], " \t\r\n"))
		to := from + len(m.Value)
		if record.Value[from] == '"' {
			to, _ = schema.ScanJSON(record.Value[from:])
			to += from
		} else {
			f.isJSON = true
		}
		f.value = record.Sub(from, to)
		f.value.Value = m.Value
		f.json = json.RawMessage(m.Value)
		if !f.isJSON {
			f.json = marshal(m.Value)
		}
		if m.Name == "variables" && prefix == "" && record.Value[from] == '{' {
			inner, _, _ := schema.ScanObject(record.Value[from:])
			more, sound := r.members(record, from, variablePrefix, inner)
			fields, ok = append(fields, more...), ok && sound
			continue
		}
		kind, _ := r.column(f.name.Value)
		switch {
		case kind == noColumn:
			r.unknown(f.name, "key")
			return fields, false
		case kind == nameColumn && f.isJSON:
			r.fail(f.value, "the name of a case is text, not %s", m.Value)
			return fields, false
		case m.Value == "null" && f.isJSON && kind != variableColumn:
			continue // as if it were not there
		}
		fields = append(fields, f)
	}
	return fields, ok
}
