package evals

import (
	"fmt"

	"promptlib/library"
)

var yamlDataset = &datasetFormat{extension: ".yaml", read: readYAML}

// readYAML reads rows that are the items of a list. The file is read as a whole,
// under the limits that hold for prompts.
func readYAML(r *rowReader) {
	text, err := library.ReadWithin(r.root, library.Relative(r.root, r.file))
	if err != nil {
		r.err = fmt.Errorf("%w; rows of .jsonl and .csv are read one by one", err)
		return
	}
	node, problems := library.ReadYAML(r.file, text)
	wrong := false
	for _, p := range problems {
		if p.Kind != library.ByteOrderMark && !r.stopped {
			wrong = true
			r.fail(p.At, "%s", p.Message)
		}
	}
	switch {
	case wrong || node == nil:
		return
	case node.Type != library.List:
		r.fail(node.Text, "a dataset is a list of rows, not %s", node.Type.Phrase())
		return
	}
	line := 0
	for _, item := range node.Items {
		if r.stopped {
			return
		}
		if item.Type != library.Map {
			r.fail(item.Text, "a row is a mapping of columns to values, not %s", item.Type.Phrase())
			continue
		}
		label := r.label(item.Text.Pos)
		if item.Text.Pos.Line == line { // rows on one line
			label += fmt.Sprintf(":%d", item.Text.Pos.Column)
		}
		line = item.Text.Pos.Line
		if fields, ok := r.pairs(item, ""); ok {
			at := item.Text
			at.End = at.Pos
			r.row(at, label, fields)
		}
	}
}

// pairs returns the pairs of a mapping as fields.
func (r *rowReader) pairs(n *library.Node, prefix string) (fields []field, ok bool) {
	ok = true
	for _, pair := range n.Pairs {
		name := pair.Key
		if name.Value == "variables" && prefix == "" && pair.Value.Type == library.Map {
			more, sound := r.pairs(pair.Value, variablePrefix)
			fields, ok = append(fields, more...), ok && sound
			continue
		}
		name.Value = prefix + name.Value
		kind, _ := r.column(name.Value)
		value, isJSON := valueOf(pair.Value)
		switch {
		case kind == noColumn:
			r.unknown(name, "key")
			return fields, false
		case kind == nameColumn && isJSON:
			value, isJSON = pair.Value.Scalar(), false // 7 is a name as any other
			if value.IsZero() {
				r.fail(pair.Value.Text, "the name of a case is text, not %s", pair.Value.Type.Phrase())
				return fields, false
			}
		}
		f := field{name: name, value: value, isJSON: isJSON}
		if kind == variableColumn {
			v := nodeValue(pair)
			f.value.Value, f.json = v.Text, v.JSON
		}
		fields = append(fields, f)
	}
	return fields, ok
}
