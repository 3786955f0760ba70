package provider

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

const (
	strictSchema = `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`
	looseSchema  = `{"type":"object","properties":{"a":{"type":"string"}}}`
)

// structured is a server that answers requests with a response_format as refuse
// says, and all others with a reply.
func structured(t *testing.T, refuse func(w http.ResponseWriter, format json.RawMessage), formats *[]string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request, body []byte) {
		var request struct {
			Format json.RawMessage `json:"response_format"`
		}
		if err := json.Unmarshal(body, &request); err != nil {
			t.Error(err)
		}
		*formats = append(*formats, string(request.Format))
		if request.Format != nil && refuse != nil {
			refuse(w, request.Format)
			return
		}
		io.WriteString(w, completion(`{"content":"{}"}`, `"stop"`))
	})
}

func TestOpenAISendsTheSchema(t *testing.T) {
	var formats []string
	m, err := Open("openai/m", Options{BaseURL: structured(t, nil, &formats)})
	if err != nil {
		t.Fatal(err)
	}
	var got []evals.Structured
	for _, schema := range []string{strictSchema, looseSchema, ""} {
		c := &evals.Case{Request: request("hello")}
		if schema != "" {
			c.Request.Schema = json.RawMessage(schema)
		}
		reply, err := m.Call(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, reply.Structured)
	}
	if diff := cmp.Diff(got, []evals.Structured{evals.StructuredSent, evals.StructuredSent, ""}); diff != "" {
		t.Errorf("structured (-got +want):\n%s", diff)
	}
	want := []string{
		`{"json_schema":{"name":"reply","schema":` + sorted(t, strictSchema) + `,"strict":true},"type":"json_schema"}`,
		`{"json_schema":{"name":"reply","schema":` + sorted(t, looseSchema) + `,"strict":false},"type":"json_schema"}`,
		"",
	}
	for i := range formats {
		if formats[i] != "" {
			formats[i] = sorted(t, formats[i])
		}
	}
	if diff := cmp.Diff(formats, want); diff != "" {
		t.Errorf("response_format (-got +want):\n%s", diff)
	}
}

// sorted returns JSON with its members in order.
func sorted(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestOpenAIFallsBackWithoutTheSchema(t *testing.T) {
	refuse := func(status int, body string) func(http.ResponseWriter, json.RawMessage) {
		return func(w http.ResponseWriter, _ json.RawMessage) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	type call struct {
		Structured evals.Structured
		Err        string
	}
	refused, off, sent := call{evals.StructuredRefused, ""}, call{evals.StructuredOff, ""}, call{evals.StructuredSent, ""}
	tests := []struct {
		name     string
		noSchema bool
		refuse   func(http.ResponseWriter, json.RawMessage)
		want     []call // of the strict schema, of it again and of the other
		requests int
	}{
		{"not supported by the model", false, refuse(400, `{"error":{"message":"'response_format' of type 'json_schema' is not supported with this model"}}`), []call{refused, off, off}, 4},
		{"not known to the server", false, refuse(422, `{"detail":[{"loc":["body","response_format","type"],"msg":"expected 'text'"}]}`), []call{refused, off, off}, 4},
		{"not implemented", false, refuse(501, `{"error":{"message":"structured output is not implemented"}}`), []call{refused, off, off}, 4},
		{"plain text", false, refuse(400, "json_schema?"), []call{refused, off, off}, 4},
		{"a schema that it does not like", false, func(w http.ResponseWriter, format json.RawMessage) {
			if strings.Contains(string(format), `"required"`) {
				refuse(400, `{"error":{"message":"Invalid schema for response_format 'reply': no"}}`)(w, format)
				return
			}
			io.WriteString(w, completion(`{"content":"{}"}`, `"stop"`))
		}, []call{refused, off, sent}, 4},
		{"another refusal", false, refuse(400, `{"error":{"message":"the prompt is too long"}}`), []call{{"", "refused: HTTP 400: the prompt is too long"}, {"", "refused: HTTP 400: the prompt is too long"}, {"", "refused: HTTP 400: the prompt is too long"}}, 3},
		{"another status", false, refuse(500, `{"error":{"message":"json_schema"}}`), []call{{"", "server: HTTP 500: json_schema"}, {"", "server: HTTP 500: json_schema"}, {"", "server: HTTP 500: json_schema"}}, 3},
		{"the configuration says no", true, refuse(400, "json_schema"), []call{off, off, off}, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var formats []string
			m, err := Open("openai/m", Options{BaseURL: structured(t, test.refuse, &formats), NoSchema: test.noSchema})
			if err != nil {
				t.Fatal(err)
			}
			var got []call
			for _, schema := range []string{strictSchema, strictSchema, looseSchema} {
				c := &evals.Case{Request: request("hello")}
				c.Request.Schema = json.RawMessage(schema)
				reply, err := m.Call(context.Background(), c)
				one := call{reply.Structured, ""}
				if err != nil {
					one.Err = err.Error()
				}
				got = append(got, one)
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("calls (-got +want):\n%s", diff)
			}
			if len(formats) != test.requests {
				t.Errorf("got %d requests, want %d: %q", len(formats), test.requests, formats)
			}
		})
	}
}

// TestOpenAIFallsBackForNothing: where the request is refused without the schema
// too, the schema was not why, and is sent again.
func TestOpenAIFallsBackForNothing(t *testing.T) {
	requests := 0
	m, err := Open("openai/m", Options{BaseURL: serve(t, func(w http.ResponseWriter, _ *http.Request, body []byte) {
		requests++
		w.WriteHeader(422)
		w.Write(body) // with the response_format in it
	})})
	if err != nil {
		t.Fatal(err)
	}
	c := &evals.Case{Request: request("hello")}
	c.Request.Schema = json.RawMessage(looseSchema)
	for range 2 {
		var failure *evals.Error
		if _, err := m.Call(context.Background(), c); !errors.As(err, &failure) || failure.Class != evals.Refused {
			t.Errorf("got error %v, want a refusal", err)
		}
	}
	if requests != 4 {
		t.Errorf("got %d requests, want 2 for each call", requests)
	}
}

func TestStrict(t *testing.T) {
	object := func(inner string) string {
		return `{"type":"object","properties":{"a":` + inner + `},"required":["a"],"additionalProperties":false}`
	}
	deep := `{"type":"string"}`
	for range strictDepth - 1 {
		deep = object(deep)
	}
	var enum, wide, names []string
	for i := range strictProperties + 1 {
		name := `"n` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/182) + `"`
		enum, wide, names = append(enum, name), append(wide, name+`:{"type":"null"}`), append(names, name)
	}
	for name, test := range map[string]struct {
		schema string
		want   bool
	}{
		"an object":                {strictSchema, true},
		"with a dialect and words": {strings.Replace(strictSchema, "{", `{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t",`, 1), true},
		"nested":                   {object(strictSchema), true},
		"list":                     {object(`{"type":"array","items":` + strictSchema + `,"minItems":1,"maxItems":3}`), true},
		"choice":                   {object(`{"anyOf":[` + strictSchema + `,{"type":"null"}]}`), true},
		"choice of words":          {object(`{"enum":["x","y"]}`), true},
		"text with a form":         {object(`{"type":"string","format":"date","pattern":"^x"}`), true},
		"number in bounds":         {object(`{"type":"number","minimum":0,"exclusiveMaximum":1,"multipleOf":0.1}`), true},
		"to itself":                {object(`{"$ref":"#"}`), true},
		"to a definition":          {strings.Replace(object(`{"$ref":"#/$defs/d"}`), "{", `{"$defs":{"d":`+strictSchema+`},`, 1), true},
		"two types":                {object(`{"type":["string","null"]}`), true},
		"as deep as may be":        {deep, true},

		"too deep":                         {object(deep), false},
		"no JSON":                          {`{`, false},
		"true":                             {`true`, false},
		"a list":                           {`{"type":"array","items":{"type":"string"}}`, false},
		"a choice of objects":              {`{"type":"object","anyOf":[` + strictSchema + `]}`, false},
		"others allowed":                   {strings.Replace(strictSchema, "false", "true", 1), false},
		"others allowed, silently":         {strings.Replace(strictSchema, `,"additionalProperties":false`, "", 1), false},
		"not required":                     {strings.Replace(strictSchema, `["a"]`, `[]`, 1), false},
		"another required":                 {strings.Replace(strictSchema, `["a"]`, `["b"]`, 1), false},
		"nested, others allowed":           {object(looseSchema), false},
		"in a list, others allowed":        {object(`{"type":"array","items":` + looseSchema + `}`), false},
		"list of anything":                 {object(`{"type":"array"}`), false},
		"in a choice":                      {object(`{"anyOf":[` + looseSchema + `]}`), false},
		"in a definition":                  {strings.Replace(strictSchema, "{", `{"$defs":{"d":`+looseSchema+`},`, 1), false},
		"length of a text":                 {object(`{"type":"string","minLength":1}`), false},
		"another form":                     {object(`{"type":"string","format":"uri"}`), false},
		"all of":                           {object(`{"allOf":[]}`), false},
		"a condition":                      {object(`{"if":{},"then":{}}`), false},
		"a reference to another document":  {object(`{"$ref":"other.json"}`), false},
		"true for a member":                {object(`true`), false},
		"a member that may have any shape": {object(`{"type":"object","patternProperties":{}}`), false},
		"too many words":                   {object(`{"enum":[` + strings.Join(enum[:strictEnum+1], ",") + `]}`), false},
		"too many members":                 {`{"type":"object","properties":{` + strings.Join(wide, ",") + `},"required":[` + strings.Join(names, ",") + `],"additionalProperties":false}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strict(json.RawMessage(test.schema)); got != test.want {
				t.Errorf("got %v, want %v for %.200s", got, test.want, test.schema)
			}
		})
	}
}
