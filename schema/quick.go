package schema

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// What follows is a shortcut that a reader can skip: a table of the common
// keywords that tells for certain that a value is valid, without an allocation.
// Where it cannot tell, the validator decides and finds the words for what is
// wrong. A test and a fuzzer hold the two against each other.

// A Table is a schema made of nothing but keywords it knows. A nil one knows
// nothing: it allows no value for certain. Its methods let a caller look at a
// value in its own form, which need not be made into JSON first.
type Table struct {
	types      quickType // 0 for any
	words      []string  // the strings of an enum, where all values are strings
	required   []string
	properties map[string]*Table
	closed     bool   // no other properties
	others     *Table // of other properties; nil for any
	items      *Table
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
	known atomic.Pointer[map[string]bool] // is replaced, never changed
}

// quickKnown is how many texts a pattern remembers.
const quickKnown = 500

func (p *quickPattern) match(s string) bool {
	known := p.known.Load()
	if known != nil && (*known)[s] {
		return true
	}
	if !p.MatchString(s) {
		return false
	}
	if known == nil || len(*known) < quickKnown {
		more := map[string]bool{strings.Clone(s): true}
		if known != nil {
			maps.Copy(more, *known)
		}
		p.known.CompareAndSwap(known, &more) // what another has added meanwhile is as good
	}
	return true
}

// A quickCompiler makes tables from decoded documents.
type quickCompiler struct {
	documents map[string]any // by address
	made      map[string]*Table
}

// quickTable makes the table of the document at an address. Where some document
// is of another draft or has an address of its own there is none.
func quickTable(documents map[string]any, address string) *Table {
	for _, document := range documents {
		object, _ := document.(map[string]any)
		if draft, ok := object["$schema"]; object == nil || object["$id"] != nil || ok && draft != "https://json-schema.org/draft/2020-12/schema" {
			return nil
		}
	}
	c := quickCompiler{documents: documents, made: map[string]*Table{}}
	return c.reference(address, "#")
}

// schema returns the table of a schema in the document at an address, or nil
// where it has a keyword that tables do not know.
func (c *quickCompiler) schema(address string, value any) *Table {
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
	s := &Table{anyItems: true}
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
func (c *quickCompiler) reference(address, ref string) *Table {
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
func (c *quickCompiler) keyword(s *Table, address, keyword string, v any) bool {
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
		s.properties = make(map[string]*Table, len(object))
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
		s.pattern = &quickPattern{Regexp: re}
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
func (t *Table) valid(value any) bool {
	switch v := value.(type) {
	case string:
		return t.Text(v)
	case map[string]any:
		return t.Object(func(name string) bool { _, ok := v[name]; return ok }) && t.members(v)
	case []any:
		return t.Array(len(v)) && t.list(v)
	case bool:
		return t.Scalar("boolean")
	case float64:
		if v == float64(int(v)) {
			return t.Scalar("integer")
		}
		return t.Scalar("number")
	case nil:
		return t.Scalar("null")
	}
	return false
}

func (t *Table) is(q quickType) bool { return t.types == 0 || t.types&q != 0 }

// Scalar reports whether null, a boolean, an integer or a number with a fraction
// is allowed, by the name of its type.
func (t *Table) Scalar(name string) bool {
	q := quickTypes[name]
	if name == "number" {
		q = quickNumber
	}
	return t != nil && t.is(q) && t.words == nil && t.format == nil
}

// Text reports whether a text is allowed.
func (t *Table) Text(v string) bool {
	if t == nil || !t.is(quickString) || len(v) < t.minLength || t.minLength > 1 && utf8.RuneCountInString(v) < t.minLength || t.line && strings.Contains(v, "\n") {
		return false
	}
	if t.words != nil && !slices.Contains(t.words, v) {
		return false
	}
	return (t.format == nil || t.format(v)) && (t.pattern == nil || t.pattern.match(v))
}

// Object reports whether an object is allowed, as far as the members go that it
// must have; the values of its members are for [Table.Member].
func (t *Table) Object(has func(name string) bool) bool {
	if t == nil || !t.is(quickObject) || t.words != nil || t.format != nil {
		return false
	}
	for _, name := range t.required {
		if !has(name) {
			return false
		}
	}
	return true
}

// free is the table of what may be anything.
var free = &Table{anyItems: true}

// Member returns the table of the value of a member, nil for one that may not be
// there.
func (t *Table) Member(name string) *Table {
	if property, ok := t.properties[name]; ok {
		return property
	}
	switch {
	case t.closed:
		return nil
	case t.others != nil:
		return t.others
	}
	return free
}

// Array reports whether a list of so many items is allowed; its items are for
// [Table.Item], and must differ where [Table.Unique] says so.
func (t *Table) Array(n int) bool {
	return t != nil && t.is(quickArray) && n >= t.minItems && t.words == nil && t.format == nil
}

// Item returns the table of every item of a list.
func (t *Table) Item() *Table {
	if t.anyItems {
		return free
	}
	return t.items
}

// Unique reports whether the items of a list must differ.
func (t *Table) Unique() bool { return t.unique }

func (t *Table) members(v map[string]any) bool {
	for name, member := range v {
		if !t.Member(name).valid(member) {
			return false
		}
	}
	return true
}

func (t *Table) list(v []any) bool {
	for i, item := range v {
		if !t.Item().valid(item) {
			return false
		}
		text, ok := item.(string)
		if t.unique && !ok && len(v) > 1 {
			return false
		}
		if t.unique && slices.Contains(v[:i], any(text)) {
			return false
		}
	}
	return true
}
