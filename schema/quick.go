package schema

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// What follows is a shortcut that a reader can skip: a table of the common
// keywords that tells for certain that a value is valid, without an allocation.
// Where it cannot tell, the validator decides and finds the words for what is
// wrong. A test and a fuzzer hold the two against each other.

// A quickSchema is a schema made of nothing but keywords it knows. A nil one
// knows nothing.
type quickSchema struct {
	types      quickType // 0 for any
	words      []string  // the strings of an enum, where all values are strings
	required   []string
	properties map[string]*quickSchema
	closed     bool         // no other properties
	others     *quickSchema // of other properties; nil for any
	items      *quickSchema
	anyItems   bool // items are free
	minItems   int
	unique     bool // items differ; known for strings only
	minLength  int
	line       bool // text without a line end
	pattern    *quickPattern
	format     func(any) bool
}

// A quickType is a set of JSON types.
type quickType int

const (
	quickNull quickType = 1 << iota
	quickBool
	quickNumber
	quickInteger
	quickString
	quickArray
	quickObject
)

var quickTypes = map[string]quickType{
	"null": quickNull, "boolean": quickBool, "number": quickNumber | quickInteger, "integer": quickInteger,
	"string": quickString, "array": quickArray, "object": quickObject,
}

// A quickPattern remembers the texts that match a regular expression: libraries
// use the same few words over and over.
type quickPattern struct {
	*regexp.Regexp
	mutex sync.RWMutex
	known map[string]bool
}

// quickKnown is how many texts a pattern remembers.
const quickKnown = 4096

func (p *quickPattern) match(s string) bool {
	p.mutex.RLock()
	known := p.known[s]
	p.mutex.RUnlock()
	if known {
		return true
	}
	if !p.MatchString(s) {
		return false
	}
	p.mutex.Lock()
	if len(p.known) < quickKnown {
		p.known[strings.Clone(s)] = true
	}
	p.mutex.Unlock()
	return true
}

// A quickCompiler makes tables from decoded documents.
type quickCompiler struct {
	documents map[string]any // by address
	made      map[string]*quickSchema
}

// quickTable makes the table of the document at an address. Where some document
// is of another draft or has an address of its own there is none.
func quickTable(documents map[string]any, address string) *quickSchema {
	for _, document := range documents {
		object, _ := document.(map[string]any)
		if draft, ok := object["$schema"]; object == nil || object["$id"] != nil || ok && draft != "https://json-schema.org/draft/2020-12/schema" {
			return nil
		}
	}
	c := quickCompiler{documents: documents, made: map[string]*quickSchema{}}
	return c.reference(address, "#")
}

// schema returns the table of a schema in the document at an address, or nil
// where it has a keyword that tables do not know.
func (c *quickCompiler) schema(address string, value any) *quickSchema {
	document, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	if ref, ok := document["$ref"].(string); ok {
		for keyword := range document {
			if keyword != "$ref" && !quickSilent[keyword] {
				return nil
			}
		}
		return c.reference(address, ref)
	}
	s := &quickSchema{anyItems: true}
	for keyword, v := range document {
		if !quickSilent[keyword] && !c.keyword(s, address, keyword, v) {
			return nil
		}
	}
	return s
}

// quickSilent are keywords that allow every value.
var quickSilent = map[string]bool{"$schema": true, "title": true, "description": true, "$defs": true, "$comment": true, "examples": true, "default": true}

// reference follows a reference by JSON Pointer. A schema that refers to itself
// has no table.
func (c *quickCompiler) reference(address, ref string) *quickSchema {
	from, err := url.Parse(address)
	if err != nil {
		return nil
	}
	to, err := from.Parse(ref)
	if err != nil || to.Fragment != "" && to.Fragment[0] != '/' {
		return nil
	}
	pointer, fragment := to.Fragment, to.Fragment
	to.Fragment, to.RawFragment = "", ""
	address = to.String()
	value := c.documents[address]
	for pointer != "" {
		var token string
		token, pointer, _ = strings.Cut(pointer[1:], "/")
		if pointer != "" {
			pointer = "/" + pointer
		}
		object, _ := value.(map[string]any)
		value = object[unescape.Replace(token)]
	}
	key := address + "#" + fragment
	if s, ok := c.made[key]; ok {
		return s
	}
	c.made[key] = nil
	c.made[key] = c.schema(address, value)
	return c.made[key]
}

// keyword enters a keyword in a table, and reports whether it could.
func (c *quickCompiler) keyword(s *quickSchema, address, keyword string, v any) bool {
	switch keyword {
	case "type":
		name, ok := v.(string)
		s.types = quickTypes[name]
		return ok
	case "enum":
		return stringsOf(v, &s.words)
	case "required":
		return stringsOf(v, &s.required)
	case "properties":
		object, ok := v.(map[string]any)
		s.properties = make(map[string]*quickSchema, len(object))
		for name, property := range object {
			s.properties[name] = c.schema(address, property)
		}
		return ok
	case "additionalProperties":
		if allowed, ok := v.(bool); ok {
			s.closed = !allowed
			return true
		}
		s.others = c.schema(address, v)
		return s.others != nil
	case "items":
		s.items, s.anyItems = c.schema(address, v), false
		return s.items != nil
	case "minItems":
		return count(v, &s.minItems)
	case "minLength":
		return count(v, &s.minLength)
	case "uniqueItems":
		s.unique, _ = v.(bool)
		return true
	case "pattern":
		text, _ := v.(string)
		if text == `^[^\n]*$` {
			s.line = true
			return true
		}
		re, err := regexp.Compile(text)
		s.pattern = &quickPattern{Regexp: re, known: map[string]bool{}}
		return err == nil
	case "format":
		name, _ := v.(string)
		s.format = jsonschema.Formats[name]
		return s.format != nil
	}
	return false
}

func stringsOf(v any, list *[]string) bool {
	values, ok := v.([]any)
	for _, value := range values {
		s, isString := value.(string)
		*list = append(*list, s)
		ok = ok && isString
	}
	return ok && len(values) > 0
}

func count(v any, n *int) bool {
	f, ok := v.(float64)
	*n = int(f)
	return ok
}

// valid reports whether a value is valid for certain.
func (s *quickSchema) valid(value any) bool {
	if s == nil {
		return false
	}
	switch v := value.(type) {
	case string:
		return s.text(v, value)
	case map[string]any:
		return s.is(quickObject) && s.object(v)
	case []any:
		return s.is(quickArray) && s.array(v)
	case bool:
		return s.is(quickBool) && s.words == nil && s.format == nil
	case float64:
		t := quickNumber
		if v == float64(int(v)) {
			t = quickInteger
		}
		return s.is(t) && s.words == nil && s.format == nil
	case nil:
		return s.is(quickNull) && s.words == nil && s.format == nil
	}
	return false
}

func (s *quickSchema) is(t quickType) bool { return s.types == 0 || s.types&t != 0 }

func (s *quickSchema) text(v string, value any) bool {
	if !s.is(quickString) || len(v) < s.minLength || s.minLength > 1 && utf8.RuneCountInString(v) < s.minLength || s.line && strings.Contains(v, "\n") {
		return false
	}
	if s.words != nil {
		found := false
		for _, w := range s.words {
			found = found || w == v
		}
		if !found {
			return false
		}
	}
	return (s.format == nil || s.format(value)) && (s.pattern == nil || s.pattern.match(v))
}

func (s *quickSchema) object(v map[string]any) bool {
	if s.words != nil || s.format != nil {
		return false
	}
	for _, name := range s.required {
		if _, ok := v[name]; !ok {
			return false
		}
	}
	for name, member := range v {
		property, ok := s.properties[name]
		switch {
		case ok && !property.valid(member), !ok && s.closed, !ok && s.others != nil && !s.others.valid(member):
			return false
		}
	}
	return true
}

func (s *quickSchema) array(v []any) bool {
	if len(v) < s.minItems || s.words != nil || s.format != nil {
		return false
	}
	for i, item := range v {
		if !s.anyItems && !s.items.valid(item) {
			return false
		}
		text, ok := item.(string)
		if s.unique && !ok && len(v) > 1 {
			return false
		}
		for _, other := range v[:i] {
			if s.unique && other == any(text) {
				return false
			}
		}
	}
	return true
}
