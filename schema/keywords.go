package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Stray is a member of a schema that is no keyword of JSON Schema. Validators
// pass over it, so it asks for nothing.
type Stray struct {
	Address string // of the document: empty for the one that was compiled, else its path in the library or $id
	Pointer string
	Name    string
}

// Strays returns the members of the documents of a schema that are no keywords
// of any draft, in order. Names that begin with "x-" are free.
func (s *Schema) Strays() []Stray {
	var list []Stray
	for _, address := range slices.Sorted(maps.Keys(s.documents)) {
		shown := strings.TrimPrefix(address, base)
		if address == s.address {
			shown = ""
		}
		strays(s.documents[address], "", func(pointer, name string) {
			list = append(list, Stray{shown, pointer, name})
		})
	}
	return list
}

func strays(value any, pointer string, report func(pointer, name string)) {
	schema, ok := value.(map[string]any)
	if !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(schema)) {
		at, member := pointer+"/"+escape(name), schema[name]
		holds, known := keywords[name]
		if !known && !strings.HasPrefix(name, "x-") {
			report(at, name)
		}
		switch holds {
		case schemas: // one, or a list of them
			strays(member, at, report)
			list, _ := member.([]any)
			for i, item := range list {
				strays(item, at+"/"+strconv.Itoa(i), report)
			}
		case schemasByName:
			members, _ := member.(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(members)) {
				strays(members[key], at+"/"+escape(key), report)
			}
		}
	}
}

// Keywords returns the keywords of all drafts of JSON Schema, sorted.
func Keywords() []string { return slices.Sorted(maps.Keys(keywords)) }

// A holding is what the value of a keyword holds.
type holding int

const (
	plain holding = iota // no schemas
	schemas
	schemasByName
)

// keywords lists the keywords of draft 4 to draft 2020-12.
var keywords = map[string]holding{
	"$schema": plain, "$id": plain, "id": plain, "$ref": plain, "$anchor": plain, "$dynamicRef": plain, "$dynamicAnchor": plain,
	"$recursiveRef": plain, "$recursiveAnchor": plain, "$vocabulary": plain, "$comment": plain, "$defs": schemasByName, "definitions": schemasByName,
	"allOf": schemas, "anyOf": schemas, "oneOf": schemas, "not": schemas, "if": schemas, "then": schemas, "else": schemas,
	"dependentSchemas": schemasByName, "dependencies": schemasByName, "prefixItems": schemas, "items": schemas, "additionalItems": schemas,
	"contains": schemas, "properties": schemasByName, "patternProperties": schemasByName, "additionalProperties": schemas, "propertyNames": schemas,
	"unevaluatedItems": schemas, "unevaluatedProperties": schemas, "contentSchema": schemas,
	"type": plain, "enum": plain, "const": plain, "multipleOf": plain, "maximum": plain, "exclusiveMaximum": plain, "minimum": plain,
	"exclusiveMinimum": plain, "maxLength": plain, "minLength": plain, "pattern": plain, "maxItems": plain, "minItems": plain,
	"uniqueItems": plain, "maxContains": plain, "minContains": plain, "maxProperties": plain, "minProperties": plain, "required": plain,
	"dependentRequired": plain, "format": plain, "contentEncoding": plain, "contentMediaType": plain, "title": plain, "description": plain,
	"default": plain, "deprecated": plain, "readOnly": plain, "writeOnly": plain, "examples": plain,
}
