package provider

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"promptlib/evals"
)

// A responseFormat asks for structured output
// (https://platform.openai.com/docs/guides/structured-outputs).
type responseFormat struct {
	Type   string       `json:"type"`
	Schema formatSchema `json:"json_schema"`
}

type formatSchema struct {
	Name   string          `json:"name"` // letters, digits, - and _
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// format returns the response_format for the schema of a request, nil where none
// is to be sent, and what becomes of the schema if the server takes it.
func (c *chat) format(schema json.RawMessage) (evals.Structured, any) {
	if schema == nil {
		return "", nil
	}
	_, all := c.refused.Load("")
	_, this := c.refused.Load(string(schema))
	if c.options.NoSchema || all || this {
		return evals.StructuredOff, nil
	}
	followed, ok := c.strict.Load(string(schema))
	if !ok {
		followed, _ = c.strict.LoadOrStore(string(schema), strict(schema))
	}
	return evals.StructuredSent, &responseFormat{"json_schema", formatSchema{"reply", followed.(bool), schema}}
}

// remember keeps a schema, or all of them, from being sent again.
func (c *chat) remember(schema json.RawMessage, answer *exchange) {
	refused := ""
	if strings.Contains(strings.ToLower(string(answer.body)), "invalid schema") {
		refused = string(schema) // another may do
	}
	c.refused.Store(refused, true)
}

// refusesFormat reports whether an answer says that the server, or the model, does
// not take a response_format.
func refusesFormat(ex *exchange) bool {
	switch ex.status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented:
	default:
		return false
	}
	said := strings.ToLower(string(ex.body))
	return slices.ContainsFunc([]string{
		"response_format", "response format", "responseformat", "json_schema", "json schema", "structured", "response_schema", "guided", "grammar",
	}, func(word string) bool { return strings.Contains(said, word) })
}

// What a schema may have at most to be followed strictly.
const (
	strictDepth      = 10
	strictProperties = 5000
	strictEnum       = 1000
)

// strictKeywords are the keywords of schemas that can be followed strictly.
var strictKeywords = []string{
	"$schema", "$id", "$comment", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf",
	"$ref", "$defs", "definitions", "format", "pattern", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
}

// strictFormats are the formats of texts that can be.
var strictFormats = []string{"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}

// strict reports whether a schema is of the kind that OpenAI follows strictly: an
// object whose members are all required and no others allowed, all the way down.
func strict(schema json.RawMessage) bool {
	var root map[string]any
	if json.Unmarshal(schema, &root) != nil || root["type"] != "object" || root["anyOf"] != nil {
		return false
	}
	s := strictness{}
	return s.fits(root, 1)
}

// A strictness counts what a schema has.
type strictness struct{ properties, enum int }

func (s *strictness) fits(schema any, depth int) bool {
	object, ok := schema.(map[string]any)
	if !ok || depth > strictDepth {
		return false // true and false are schemas too, but not here
	}
	for keyword := range object {
		if !slices.Contains(strictKeywords, keyword) {
			return false
		}
	}
	if format, ok := object["format"].(string); ok && !slices.Contains(strictFormats, format) {
		return false
	}
	if ref, ok := object["$ref"].(string); ok && !strings.HasPrefix(ref, "#") {
		return false
	}
	if enum, ok := object["enum"].([]any); ok {
		s.enum += len(enum)
	}
	if (object["type"] == "object" || object["properties"] != nil) && !s.closed(object) {
		return false
	}
	if items, ok := object["items"]; ok && !s.fits(items, depth+1) || !ok && object["type"] == "array" {
		return false
	}
	for _, keyword := range []string{"properties", "$defs", "definitions"} {
		named, _ := object[keyword].(map[string]any)
		for _, inner := range named {
			if !s.fits(inner, depth+1) {
				return false
			}
		}
	}
	choices, _ := object["anyOf"].([]any)
	for _, choice := range choices {
		if !s.fits(choice, depth) {
			return false
		}
	}
	return s.properties <= strictProperties && s.enum <= strictEnum
}

// closed reports whether an object has all its members and no others.
func (s *strictness) closed(object map[string]any) bool {
	properties, _ := object["properties"].(map[string]any)
	required, _ := object["required"].([]any)
	s.properties += len(properties)
	if object["additionalProperties"] != false || len(required) != len(properties) {
		return false
	}
	for name := range properties {
		if !slices.Contains(required, any(name)) {
			return false
		}
	}
	return true
}
