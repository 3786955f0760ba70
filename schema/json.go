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
	if end := quickEnd(text); end >= 0 {
		return end, nil
	}
	return scanJSON(text)
}

// ScanShape is [ScanJSON] that returns a hash of the names of the members, too, in
// their order, if the value is an object; 0 where it is none, or is not known. It
// is that of this process alone.
func ScanShape(text string) (end int, shape uint64, err *SyntaxError) {
	if end, shape := quickShape(text); end >= 0 {
		return end, shape, nil
	}
	end, err = scanJSON(text)
	return end, 0, err
}

func scanJSON(text string) (end int, err *SyntaxError) {
	d := jsontext.NewDecoder(bytes.NewBufferString(text))
	if _, e := d.ReadValue(); e != nil {
		return 0, explained(e, text)
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
	return ScanObjectInto(nil, text)
}

// ScanObjectInto is [ScanObject] that may list the members in the memory of a list
// that nobody uses any more.
func ScanObjectInto(room []Member, text string) (members []Member, end int, err *SyntaxError) {
	if members, end := quickMembers(room, text); end >= 0 {
		return members, end, nil
	}
	return scanObject(text)
}

func scanObject(text string) (members []Member, end int, err *SyntaxError) {
	d := jsontext.NewDecoder(bytes.NewBufferString(text))
	if token, e := d.ReadToken(); e != nil || token.Kind() != '{' {
		if e == nil {
			return nil, 0, &SyntaxError{Message: "the text is no JSON object"}
		}
		return nil, 0, syntaxError(e, text)
	}
	for d.PeekKind() != '}' {
		m, e := readMember(d)
		if e != nil {
			return members, 0, syntaxError(e, text)
		}
		members = append(members, m)
	}
	_, _ = d.ReadToken() // the brace
	return members, int(d.InputOffset()), nil
}

func readMember(d *jsontext.Decoder) (Member, error) {
	name, err := d.ReadValue()
	if err != nil {
		return Member{}, err
	}
	m := Member{NameEnd: int(d.InputOffset())}
	m.NameStart = m.NameEnd - len(name)
	name, _ = jsontext.AppendUnquote(nil, name)
	m.Name = string(name)
	value, err := d.ReadValue()
	if err != nil {
		return Member{}, err
	}
	if value.Kind() == '"' {
		value, _ = jsontext.AppendUnquote(nil, value)
	}
	m.Value = string(value)
	return m, nil
}

// syntaxError turns an error of the JSON package into ours. One mistake has one
// message, however the text was read when it was met.
func syntaxError(err error, text string) *SyntaxError {
	if _, scanned := ScanJSON(text); scanned != nil {
		return scanned
	}
	return explained(err, text)
}

// explained puts an error of the JSON package into words for people who write
// prompts.
func explained(err error, text string) *SyntaxError {
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
	before, rest := text[:at], text[at:]
	switch {
	case rest == "":
		return "the text ends before the value does"
	case strings.HasPrefix(message, "duplicate object member name"):
		return "duplicate member name"
	case message == "exceeded max depth":
		return "nested too deep; at most 10,000 levels are read"
	case strings.HasSuffix(message, "after top-level value"):
		return "text after the end of the JSON value"
	case strings.HasSuffix(message, "in string (expecting non-control character)"):
		return `line end or control character inside a string; write it as \n or the like`
	case (rest[0] == '}' || rest[0] == ']') && strings.HasSuffix(strings.TrimRight(before, " \t\r\n"), ","):
		return fmt.Sprintf("trailing comma before %q", rest[:1])
	case rest[0] == '"' && strings.HasSuffix(before, `""`), strings.HasPrefix(rest, `""`) && strings.HasSuffix(before, `"`):
		return `""" is no JSON string; write one string, with \n for line ends`
	case rest[0] == '\'', strings.HasPrefix(rest, "“"), strings.HasPrefix(rest, "”"), strings.HasPrefix(rest, "‘"), strings.HasPrefix(rest, "’"):
		return "JSON strings stand between straight double quotes"
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"):
		return "JSON has no comments"
	}
	return message
}
