package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The keywords of JSON Schema, of all drafts that can be compiled, by what
// stands behind them.
var (
	schemaKeywords = []string{ // a schema, or a list of schemas
		"additionalItems", "additionalProperties", "allOf", "anyOf", "contains", "contentSchema", "else", "if", "items", "not", "oneOf",
		"prefixItems", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
	}
	namedKeywords = []string{ // schemas by names of the author's choice
		"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties",
	}
	otherKeywords = []string{
		"$anchor", "$comment", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveAnchor", "$recursiveRef", "$ref", "$schema", "$vocabulary",
		"const", "contentEncoding", "contentMediaType", "default", "dependentRequired", "deprecated", "description", "enum", "examples",
		"exclusiveMaximum", "exclusiveMinimum", "format", "id", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum",
		"minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern", "readOnly", "required", "title",
		"type", "uniqueItems", "writeOnly",
	}
	keywords = slices.Sorted(slices.Values(slices.Concat(schemaKeywords, namedKeywords, otherKeywords)))
)

// unknownKeywords lists the members of a schema that are no keywords, sorted. A
// validator ignores them, so that a misspelt one would ask for nothing and pass
// everything. Names that begin with "x-" are the author's own.
func unknownKeywords(value any, pointer string) (list []Violation) {
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			list = append(list, unknownKeywords(item, fmt.Sprintf("%s/%d", pointer, i))...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			at := pointer + "/" + escape(name)
			switch {
			case slices.Contains(schemaKeywords, name):
				list = append(list, unknownKeywords(v[name], at)...)
			case slices.Contains(namedKeywords, name):
				named, _ := v[name].(map[string]any)
				for _, key := range slices.Sorted(maps.Keys(named)) {
					list = append(list, unknownKeywords(named[key], at+"/"+escape(key))...)
				}
			case !slices.Contains(otherKeywords, name) && !strings.HasPrefix(name, "x-"):
				list = append(list, Violation{Pointer: at, Keyword: "additionalProperties", Message: "is no keyword of JSON Schema", Known: keywords})
			}
		}
	}
	return list
}
