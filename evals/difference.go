package evals

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Difference says which part of a request changed since it was recorded, as in
// `the user message changed from "a" to "b"`; empty for none.
func Difference(was, now Request) string {
	if len(was.Messages) != len(now.Messages) {
		return fmt.Sprintf("the number of messages changed from %d to %d", len(was.Messages), len(now.Messages))
	}
	for i, m := range now.Messages {
		if before := was.Messages[i]; m != before {
			if m.Role != before.Role {
				return fmt.Sprintf("the role of message %d changed from %q to %q", i+1, before.Role, m.Role)
			}
			from, to := around(before.Content, m.Content)
			return fmt.Sprintf("the %s message changed from %q to %q", m.Role, from, to)
		}
	}
	before, _ := json.Marshal(was.Parameters)
	after, _ := json.Marshal(now.Parameters)
	if !bytes.Equal(before, after) {
		return fmt.Sprintf("the parameters changed from %s to %s", before, after)
	}
	switch {
	case sameJSON(was.Schema, now.Schema):
		return ""
	case was.Schema == nil:
		return "a schema is asked for, which was not"
	case now.Schema == nil:
		return "no schema is asked for any more"
	}
	from, to := around(string(was.Schema), string(now.Schema))
	return fmt.Sprintf("the schema that is asked for changed from %q to %q", from, to)
}

// sameJSON reports whether two texts are the same but for white space, with
// which a journal does not keep them.
func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	if json.Compact(&x, a) != nil || json.Compact(&y, b) != nil {
		return bytes.Equal(a, b)
	}
	return bytes.Equal(x.Bytes(), y.Bytes())
}

// around returns the texts where a and b begin to differ.
func around(a, b string) (string, string) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return strings.ToValidUTF8(s[max(0, i-10):min(len(s), i+30)], "") }
	return cut(a), cut(b)
}
