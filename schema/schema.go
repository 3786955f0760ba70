package schema

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A Schema is a compiled JSON Schema. It is safe for use by several goroutines.
type Schema struct {
	compiled  *jsonschema.Schema
	address   string         // of the document that was compiled
	documents map[string]any // by address, as decoded, to look up what a failed keyword stands beside
	quick     *Table
	document  []byte // as Document returns it
}

//go:embed *.schema.json
var files embed.FS

const extension = ".schema.json"

// Names lists the embedded schemas in lexical order.
func Names() []string {
	entries, _ := files.ReadDir(".")
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), extension)
	}
	slices.Sort(names) // of files, "policy-test" comes before "policy"
	return names
}

// Source returns the text of an embedded schema.
func Source(name string) ([]byte, error) {
	text, err := files.ReadFile(name + extension)
	if err != nil {
		return nil, fmt.Errorf("no schema %q; the schemas are %s", name, strings.Join(Names(), ", "))
	}
	return text, nil
}

// embedded compiles each schema when it is first asked for.
var embedded = func() map[string]func() *Schema {
	m := map[string]func() *Schema{}
	for _, name := range Names() {
		m[name] = sync.OnceValue(func() *Schema {
			text, _ := Source(name)
			s, err := Compile(name+extension, text, func(ref string) ([]byte, error) { return files.ReadFile(ref) })
			if err != nil {
				panic(err) // a test compiles them all
			}
			return s
		})
	}
	return m
}()

// Get returns an embedded schema. It panics on a name that [Names] does not
// list, which is a fault of the program.
func Get(name string) *Schema {
	get, ok := embedded[name]
	if !ok {
		panic("schema: no schema " + name)
	}
	return get()
}

// A CompileError says why a document is no schema, by one of Syntax, Violations
// and Message.
type CompileError struct {
	Document   string       // path in the library, as [Compile] was given it or as it was referred to
	Syntax     *SyntaxError // the document is not JSON
	Violations []Violation  // places in the document that no schema may have
	Message    string
}

// Error returns the first reason, on one line.
func (e *CompileError) Error() string {
	switch {
	case e.Syntax != nil:
		return fmt.Sprintf("schema %s is not JSON: %s", e.Document, e.Syntax.Message)
	case len(e.Violations) > 0:
		return fmt.Sprintf("schema %s: at %q: %s", e.Document, e.Violations[0].Pointer, e.Violations[0].Message)
	}
	return fmt.Sprintf("schema %s: %s", e.Document, strings.ReplaceAll(e.Message, "\n", " "))
}

// Properties lists the members that the schema itself, without what it refers
// to, describes; in lexical order.
func (s *Schema) Properties() []string {
	return slices.Sorted(maps.Keys(s.compiled.Properties))
}

// base is the address that schemas without an $id are given, so that references
// between them are paths.
const base = "promptlib:///"

// Compile makes a schema of a JSON document: draft 2020-12, or the draft that
// its $schema names, with formats asserted. Name is the slash-separated path of
// the document in the library; references to other documents are resolved
// against it, or against its $id, and read by load, which is given their path in
// the library. Nothing is ever read from elsewhere; a nil load refuses all.
func Compile(name string, document []byte, load func(path string) ([]byte, error)) (*Schema, error) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	r := resolver{load: load, documents: map[string]any{}, names: map[string]string{}, folders: []folder{{address: base}}}
	address := base + (&url.URL{Path: name}).EscapedPath()
	text, err := r.add(address, name, document)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = r.open
	if err := c.AddResource(address, bytes.NewReader(text)); err != nil {
		return nil, &CompileError{Document: name, Message: err.Error()}
	}
	compiled, err := c.Compile(address)
	if err != nil {
		return nil, r.compileError(name, err)
	}
	s := &Schema{compiled: compiled, address: address, documents: r.documents, quick: quickTable(r.documents, address)}
	if len(r.documents) == 1 {
		s.document, err = json.Marshal(r.documents[address])
	}
	return s, err
}

// Document returns the text of the schema in JSON, on one line; nil where it
// refers to other documents, without which it means nothing.
func (s *Schema) Document() []byte { return s.document }

// maxDocuments is how many documents one schema may consist of. References
// through a folder that links to itself would never end.
const maxDocuments = 100

// maxSize is how many bytes the documents of one schema may have. The compiler
// takes a second for as many, and four times that for twice as many.
const maxSize = 256 << 10

// A resolver reads the documents that a schema refers to.
type resolver struct {
	load      func(path string) ([]byte, error)
	documents map[string]any    // by address
	names     map[string]string // paths in the library, by address
	folders   []folder
	size      int // of the documents
}

// A folder is where the documents below an address are, as a path in the library.
type folder struct{ address, path string }

// add enters a document and returns it as the compiler is to read it.
//
// Note: its numbers go through float64, as those of the values do. The compiler
// would keep them exact: a large integer would then not equal itself, and an
// exponent of millions brings it down.
func (r *resolver) add(address, name string, document []byte) ([]byte, error) {
	if r.size += len(document); r.size > maxSize {
		return nil, &CompileError{Document: name, Message: fmt.Sprintf("more than %d KiB, with what it refers to, take too long to compile", maxSize>>10)}
	}
	decoded, wrong := DecodeJSON(string(document))
	if wrong != nil {
		return nil, &CompileError{Document: name, Syntax: wrong}
	}
	r.documents[address], r.names[address] = decoded, name
	if head, ok := decoded.(map[string]any); ok {
		text, _ := head["$id"].(string)
		if id, err := url.Parse(text); err == nil && id.IsAbs() {
			r.folders = append(r.folders, folder{id.ResolveReference(&url.URL{Path: "."}).String(), path.Dir(name)})
		}
	}
	return json.Marshal(decoded)
}

// open returns the document at an address, if it is one of the library.
func (r *resolver) open(address string) (io.ReadCloser, error) {
	for _, f := range r.folders {
		rest, ok := strings.CutPrefix(address, f.address)
		if !ok || r.load == nil {
			continue
		}
		if len(r.documents) == maxDocuments {
			return nil, fmt.Errorf("reference to %s: a schema of more than %d documents", address, maxDocuments)
		}
		rest, err := url.PathUnescape(rest)
		if err != nil {
			return nil, fmt.Errorf("reference to %s: %w", address, err)
		}
		name := strings.TrimPrefix(path.Join("/", f.path, rest), "/")
		text, err := r.load(name)
		if err != nil {
			return nil, err
		}
		if text, err = r.add(address, name, text); err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(text)), nil
	}
	return nil, fmt.Errorf("reference to %s: schemas are read from the library only", address)
}

// compileError finds the innermost cause of what the compiler says of the
// document with a name.
func (r *resolver) compileError(name string, err error) error {
	var ours *CompileError
	if errors.As(err, &ours) {
		return ours
	}
	if se, ok := err.(*jsonschema.SchemaError); ok {
		address, _, _ := strings.Cut(se.SchemaURL, "#")
		name, err = cmp.Or(r.names[address], name), se.Err
	}
	if ve, ok := err.(*jsonschema.ValidationError); ok {
		if all := (&Schema{}).violations(ve, nil); len(all) > 0 {
			return &CompileError{Document: name, Violations: all}
		}
	}
	return &CompileError{Document: name, Message: plainly.Replace(err.Error())}
}

// plainly takes what is ours alone out of the words of the compiler.
var plainly = strings.NewReplacer("\n", " ", "jsonschema: ", "", base, "")

// Table returns the table of the schema, nil where it has none.
func (s *Schema) Table() *Table { return s.quick }

// Validate returns every violation of a value as [DecodeJSON] returns it,
// sorted by pointer, then keyword; nil if there is none. Numbers must be finite.
func (s *Schema) Validate(value any) []Violation {
	if s.quick.valid(value) {
		return nil
	}
	return s.validate(value)
}

func (s *Schema) validate(value any) (violations []Violation) {
	defer func() {
		// jsonschema v5 panics on some numbers; a value from outside must not
		// bring the program down.
		if r := recover(); r != nil {
			violations = []Violation{{Keyword: "schema", Message: fmt.Sprintf("cannot be validated: %v", r)}}
		}
	}()
	err := s.compiled.Validate(value)
	if err == nil {
		return nil
	}
	ve, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return []Violation{{Keyword: "schema", Message: "cannot be validated: " + err.Error()}}
	}
	return s.violations(ve, value)
}
