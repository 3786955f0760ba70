package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A SyntaxError says where a text stops being JSON.
type SyntaxError struct {
	Offset  int    // bytes from the start of the text
	Pointer string // JSON Pointer to the innermost value that was being read
	Message string // lower case, without the offset
}

// Error returns the message.
func (e *SyntaxError) Error() string { return e.Message }

// ScanJSON reads one JSON value at the start of text, white space before it
// included, and returns the offset just past it. Duplicate members, invalid
// UTF-8 and nesting beyond 10,000 levels are errors.
func ScanJSON(text string) (end int, err *SyntaxError) {
	d := jsontext.NewDecoder(bytes.NewBufferString(text))
	if _, e := d.ReadValue(); e != nil {
		return 0, syntaxError(e, text)
	}
	return int(d.InputOffset()), nil
}

// DecodeJSON reads a text that is one JSON value: nil, bool, float64, string,
// []any or map[string]any. A number that no float64 can hold is an error.
func DecodeJSON(text string) (any, *SyntaxError) {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, syntaxError(err, text)
	}
	return value, nil
}

// A Member is a member of a JSON object, with the offsets of its name in the
// text. Name is decoded, and so is the Value of a string; any other Value is as
// it is written.
type Member struct {
	Name               string
	NameStart, NameEnd int
	Value              string
}

// ScanObject reads one JSON object at the start of text, as [ScanJSON] does, and
// lists its members; at a syntax error those before it.
func ScanObject(text string) (members []Member, end int, err *SyntaxError) {
	d := jsontext.NewDecoder(bytes.NewBufferString(text))
	if token, e := d.ReadToken(); e != nil || token.Kind() != '{' {
		if e == nil {
			return nil, 0, &SyntaxError{Message: "the text is no JSON object"}
		}
		return nil, 0, syntaxError(e, text)
	}
	for d.PeekKind() != '}' {
		name, e := d.ReadToken()
		if e != nil {
			return members, 0, syntaxError(e, text)
		}
		m := Member{Name: name.String(), NameEnd: int(d.InputOffset())}
		value, e := d.ReadValue()
		if e != nil {
			return members, 0, syntaxError(e, text)
		}
		if value.Kind() == '"' {
			value, _ = jsontext.AppendUnquote(nil, value)
		}
		m.Value = string(value)
		m.NameStart = strings.LastIndexByte(text[:m.NameEnd-1], '"')
		members = append(members, m)
	}
	if _, e := d.ReadToken(); e != nil {
		return members, 0, syntaxError(e, text)
	}
	return members, int(d.InputOffset()), nil
}

// syntaxError turns an error of the JSON package into ours, in words for people
// who write prompts.
func syntaxError(err error, text string) *SyntaxError {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		at := min(int(syntactic.ByteOffset), len(text))
		return &SyntaxError{Offset: at, Pointer: string(syntactic.JSONPointer), Message: explainJSON(syntactic.Err, text, at)}
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return &SyntaxError{
			Offset:  min(int(semantic.ByteOffset), len(text)),
			Pointer: string(semantic.JSONPointer),
			Message: fmt.Sprintf("%s cannot be represented as a number", string(semantic.JSONValue)),
		}
	}
	return &SyntaxError{Offset: len(text), Message: "the text ends before the value does"}
}

func explainJSON(err error, text string, at int) string {
	message := strings.TrimPrefix(err.Error(), "jsontext: ")
	rest := text[at:]
	switch {
	case rest == "":
		return "the text ends before the value does"
	case strings.HasPrefix(message, "duplicate object member name"):
		return "duplicate member name"
	case (rest[0] == '}' || rest[0] == ']') && strings.HasSuffix(strings.TrimRight(text[:at], " \t\r\n"), ","):
		return fmt.Sprintf("trailing comma before %q", rest[:1])
	case strings.HasPrefix(rest, `""`) || rest[0] == '"' && strings.HasSuffix(text[:at], `""`):
		return `""" is no JSON string; write one string, with \n for line ends`
	}
	return message
}
