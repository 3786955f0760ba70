package schema

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// A Place is what a schema says of the values at one place of the documents it
// describes, for those who compare such values rather than validate them. It
// takes the schema in every form of a choice for one that applies. The zero Place
// is one of which nothing is known.
type Place struct {
	schema *Schema
	parts  []part
}

// A part is a schema that applies at a place, with the document it stands in.
type part struct {
	address string
	value   map[string]any
}

// maxParts bounds the schemas that apply at one place.
const maxParts = 100

// Place returns the place of a document as a whole. A nil schema knows nothing.
func (s *Schema) Place() Place {
	if s == nil {
		return Place{}
	}
	return s.place(nil, s.address, s.documents[s.address])
}

// place adds to parts a schema and those that apply wherever it does.
func (s *Schema) place(parts []part, address string, value any) Place {
	var add func(address string, value any)
	add = func(address string, value any) {
		object, ok := value.(map[string]any)
		if !ok || len(parts) == maxParts || slices.ContainsFunc(parts, func(p part) bool { return reflect.ValueOf(p.value).Pointer() == reflect.ValueOf(object).Pointer() }) {
			return
		}
		parts = append(parts, part{address, object})
		if ref, ok := object["$ref"].(string); ok {
			add(s.follow(address, ref))
		}
		for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
			list, _ := object[keyword].([]any)
			for _, branch := range list {
				add(address, branch)
			}
		}
		for _, keyword := range []string{"then", "else"} {
			add(address, object[keyword])
		}
	}
	add(address, value)
	return Place{s, parts}
}

// follow returns what a reference by JSON Pointer leads to; nil where it is of
// another kind.
func (s *Schema) follow(address, ref string) (string, any) {
	from, err := url.Parse(address)
	if err != nil {
		return "", nil
	}
	to, err := from.Parse(ref)
	if err != nil || to.Fragment != "" && to.Fragment[0] != '/' {
		return "", nil
	}
	fragment := to.EscapedFragment()
	to.Fragment, to.RawFragment = "", ""
	return to.String(), find(s.documents[to.String()], fragment)
}

// next collects the schemas below those of a place.
func (p Place) next(below func(value map[string]any) []any) Place {
	out := Place{p.schema, nil}
	for _, part := range p.parts {
		for _, value := range below(part.value) {
			out = p.schema.place(out.parts, part.address, value)
		}
	}
	return out
}

// Member returns the place of a member of an object.
func (p Place) Member(name string) Place {
	return p.next(func(value map[string]any) []any {
		properties, _ := value["properties"].(map[string]any)
		if property, ok := properties[name]; ok {
			return []any{property}
		}
		return []any{value["additionalProperties"]}
	})
}

// Item returns the place of the items of an array. Items with places of their own
// (prefixItems) share one: they are compared whatever their order.
func (p Place) Item() Place {
	return p.next(func(value map[string]any) []any {
		first, _ := value["prefixItems"].([]any)
		return append(slices.Clone(first), value["items"])
	})
}

// Fixed reports whether a text, number or boolean is one of those that the schema
// lists, by enum or const: another value, however like, is then a wrong one.
func (p Place) Fixed(value any) bool {
	for _, part := range p.parts {
		list, _ := part.value["enum"].([]any)
		if one, ok := part.value["const"]; ok {
			list = append(slices.Clone(list), one)
		}
		if slices.ContainsFunc(list, func(v any) bool { return scalar(v) && v == value }) {
			return true
		}
	}
	return false
}

func scalar(value any) bool {
	switch value.(type) {
	case string, float64, bool:
		return true
	}
	return false
}

// Format returns the format of the texts at a place, such as "date"; "" for none.
func (p Place) Format() string {
	for _, part := range p.parts {
		if format, ok := part.value["format"].(string); ok {
			return strings.ToLower(format)
		}
	}
	return ""
}
