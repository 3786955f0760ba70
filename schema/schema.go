package schema

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A Schema is a compiled JSON Schema. It is safe for use by several goroutines.
type Schema struct {
	compiled  *jsonschema.Schema
	documents map[string]any // by address, as decoded, to look up what a failed keyword stands beside
}

// A Violation is one way in which a value breaks a schema.
type Violation struct {
	Pointer string   // JSON Pointer to the value; for a member that is missing, to where it would be
	Keyword string   // the schema keyword that failed, as in "required"
	Message string   // lower case, without the pointer
	Known   []string // for a member that is not known: the members that are, sorted
}

// Missing reports whether the value at Pointer does not exist.
func (v Violation) Missing() bool { return v.Keyword == "required" }

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
	address := base + name
	folders := map[string]string{base: ""}
	var decoded any
	if err := json.Unmarshal(document, &decoded); err != nil {
		return nil, fmt.Errorf("schema %s is not JSON: %w", name, err)
	}
	if head, ok := decoded.(map[string]any); ok {
		text, _ := head["$id"].(string)
		if id, err := url.Parse(text); err == nil && id.IsAbs() {
			folders[id.ResolveReference(&url.URL{Path: "."}).String()] = strings.TrimPrefix(path.Dir("/"+name), "/")
		}
	}
	documents := map[string]any{address: decoded}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(ref string) (io.ReadCloser, error) {
		for prefix, folder := range folders {
			rest, ok := strings.CutPrefix(ref, prefix)
			if !ok || load == nil {
				continue
			}
			text, err := load(path.Join(folder, rest))
			if err != nil {
				return nil, err
			}
			var document any
			if json.Unmarshal(text, &document) == nil {
				documents[ref] = document
			}
			return io.NopCloser(bytes.NewReader(text)), nil
		}
		return nil, fmt.Errorf("reference to %s: schemas are read from the library only", ref)
	}
	if err := c.AddResource(address, bytes.NewReader(document)); err != nil {
		return nil, fmt.Errorf("schema %s is not JSON: %w", name, err)
	}
	compiled, err := c.Compile(address)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %s", name, compileReason(err))
	}
	return &Schema{compiled, documents}, nil
}

// compileReason is the innermost cause of a compile error, on one line.
func compileReason(err error) string {
	if se, ok := err.(*jsonschema.SchemaError); ok {
		err = se.Err
	}
	if ve, ok := err.(*jsonschema.ValidationError); ok {
		var all []Violation
		(&Schema{}).flatten(ve, &all)
		sortViolations(all)
		if len(all) > 0 {
			return fmt.Sprintf("at %q: %s", all[0].Pointer, all[0].Message)
		}
	}
	return strings.ReplaceAll(err.Error(), "\n", " ")
}

// Validate returns every violation of a value as [DecodeJSON] returns it,
// sorted by pointer, then keyword; nil if there is none. Numbers must be finite.
func (s *Schema) Validate(value any) (violations []Violation) {
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
	s.flatten(ve, &violations)
	sortViolations(violations)
	return slices.CompactFunc(violations, func(a, b Violation) bool {
		return a.Pointer == b.Pointer && a.Keyword == b.Keyword && a.Message == b.Message
	})
}

func sortViolations(list []Violation) {
	slices.SortFunc(list, func(a, b Violation) int {
		if c := strings.Compare(a.Pointer, b.Pointer); c != 0 {
			return c
		}
		if c := strings.Compare(a.Keyword, b.Keyword); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
}

// flatten turns the tree of causes into a list of places.
func (s *Schema) flatten(e *jsonschema.ValidationError, list *[]Violation) {
	keyword, at := path.Base(e.KeywordLocation), pointer(e.InstanceLocation)
	switch {
	case keyword == "anyOf" || keyword == "oneOf":
		if branch := onlyCandidate(e); branch != nil {
			s.flatten(branch, list)
			return
		}
		message := "matches none of the allowed forms"
		if len(e.Causes) == 0 {
			message = "matches more than one of the forms that exclude each other"
		}
		*list = append(*list, Violation{Pointer: at, Keyword: keyword, Message: message})
	case len(e.Causes) > 0:
		for _, cause := range e.Causes {
			s.flatten(cause, list)
		}
	case keyword == "required":
		for _, name := range quoted(e.Message) {
			*list = append(*list, Violation{Pointer: at + "/" + escape(name), Keyword: keyword, Message: "is missing"})
		}
	case keyword == "additionalProperties" || keyword == "unevaluatedProperties":
		names := quoted(e.Message)
		if len(names) == 0 {
			*list = append(*list, Violation{Pointer: at, Keyword: keyword, Message: e.Message})
		}
		for _, name := range names {
			*list = append(*list, Violation{Pointer: at + "/" + escape(name), Keyword: keyword, Message: "is not known here", Known: s.known(e.AbsoluteKeywordLocation)})
		}
	case keyword == "pattern":
		message := e.Message
		if described, ok := s.beside(e.AbsoluteKeywordLocation)["description"].(string); ok {
			message = "expected " + described
		}
		*list = append(*list, Violation{Pointer: at, Keyword: keyword, Message: message})
	default:
		*list = append(*list, Violation{Pointer: at, Keyword: keyword, Message: rephrase(keyword, e.Message)})
	}
}

// beside returns the schema that a failed keyword stands in; nil where that is
// not known.
func (s *Schema) beside(location string) map[string]any {
	address, fragment, _ := strings.Cut(location, "#")
	at := s.documents[address]
	for token := range strings.SplitSeq(path.Dir(pointer(fragment)), "/") {
		if token == "" {
			continue
		}
		switch v := at.(type) {
		case map[string]any:
			at = v[unescape.Replace(token)]
		case []any:
			if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(v) {
				at = v[i]
			}
		}
	}
	schema, _ := at.(map[string]any)
	return schema
}

// known lists the members that stand beside an additionalProperties keyword.
func (s *Schema) known(location string) []string {
	properties, _ := s.beside(location)["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// onlyCandidate returns the one branch of an anyOf or oneOf that the value was
// meant for: the only one that does not fail at once, at the value itself.
func onlyCandidate(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	var candidate *jsonschema.ValidationError
	for _, branch := range e.Causes {
		if failsAtOnce(branch, e.InstanceLocation) {
			continue
		}
		if candidate != nil {
			return nil
		}
		candidate = branch
	}
	return candidate
}

func failsAtOnce(e *jsonschema.ValidationError, at string) bool {
	if len(e.Causes) == 0 {
		keyword := path.Base(e.KeywordLocation)
		return e.InstanceLocation == at && (keyword == "type" || keyword == "const" || keyword == "enum" || keyword == "required")
	}
	return slices.ContainsFunc(e.Causes, func(c *jsonschema.ValidationError) bool { return failsAtOnce(c, at) })
}

// quoted returns the strings in single quotes of a message of the validator.
func quoted(message string) []string {
	var names []string
	for {
		i := strings.IndexByte(message, '\'')
		if i < 0 {
			return names
		}
		message = message[i+1:]
		end := 0
		for end < len(message) && (message[end] != '\'' || end > 0 && message[end-1] == '\\') {
			end++
		}
		if end == len(message) {
			return names
		}
		name, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.ReplaceAll(message[:end], `\'`, `'`), `"`, `\"`) + `"`)
		if err != nil {
			name = message[:end]
		}
		names = append(names, name)
		message = message[end+1:]
	}
}

// pointer turns a location of the validator, which is percent-encoded, into a
// JSON Pointer.
func pointer(location string) string {
	if p, err := url.PathUnescape(location); err == nil {
		return p
	}
	return location
}

func escape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

var typeWords = strings.NewReplacer("object", "mapping", "array", "list", "string", "text")

// rephrase says what the validator says in the words of this project.
func rephrase(keyword, message string) string {
	switch keyword {
	case "type":
		if want, got, ok := strings.Cut(strings.TrimPrefix(message, "expected "), ", but got "); ok {
			return "is " + article(typeWords.Replace(got)) + ", expected " + article(typeWords.Replace(want))
		}
	case "enum", "const":
		return strings.Replace(message, "value must be", "expected", 1)
	case "minLength":
		return "is empty or too short"
	case "minItems":
		return "is an empty or too short list"
	case "uniqueItems":
		return "lists the same item twice"
	case "format":
		if value, format, ok := strings.Cut(message, " is not valid "); ok {
			return value + " is no valid " + strings.Trim(format, "'")
		}
	}
	return message
}

func article(word string) string {
	if word == "text" || word == "null" {
		return word
	}
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
