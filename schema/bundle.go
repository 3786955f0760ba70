package schema

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Bundle returns the text of an embedded schema with every schema that it refers
// to beneath $defs, under the name of its file: one document for programs that
// open no other.
//
// Note: the standard way to bundle keeps the references and gives each part its
// $id. Few editors follow those, and all follow a pointer into the document.
func Bundle(name string) ([]byte, error) {
	text, err := Source(name)
	if err != nil {
		return nil, err
	}
	document, err := decodeSchema(text)
	if err != nil {
		return nil, err
	}
	b := bundler{parts: map[string]any{}}
	b.rewrite(document, "#")
	if len(b.parts) == 0 {
		return text, nil
	}
	for len(b.queue) > 0 {
		file := b.queue[0]
		b.queue = b.queue[1:]
		text, err := files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		part, err := decodeSchema(text)
		if err != nil {
			return nil, err
		}
		delete(part, "$schema")
		b.rewrite(part, partPointer(file))
		b.parts[file] = part
	}
	defs, _ := document["$defs"].(map[string]any)
	if defs == nil {
		defs = map[string]any{}
		document["$defs"] = defs
	}
	for file, part := range b.parts {
		defs[file] = part
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(document)
	return out.Bytes(), err
}

func decodeSchema(text []byte) (map[string]any, error) {
	var document map[string]any
	err := json.Unmarshal(text, &document)
	return document, err
}

func partPointer(file string) string { return "#/$defs/" + file }

// A bundler finds the files that schemas refer to.
type bundler struct {
	parts map[string]any // by file; nil while it is in the queue
	queue []string
}

// rewrite turns the references below a value into such that lead into the
// bundle; self is where the document they stand in will be.
func (b *bundler) rewrite(value any, self string) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			b.rewrite(item, self)
		}
	case map[string]any:
		for key, member := range v {
			ref, ok := member.(string)
			if key != "$ref" || !ok {
				b.rewrite(member, self)
				continue
			}
			file, pointer, _ := strings.Cut(ref, "#")
			if file == "" {
				v[key] = self + pointer
				continue
			}
			v[key] = partPointer(file) + pointer
			if _, known := b.parts[file]; !known {
				b.parts[file] = nil
				b.queue = append(b.queue, file)
			}
		}
	}
}
