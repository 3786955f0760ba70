package score

import (
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

// A How says where in a reply its JSON was found.
type How string

// The places of JSON in a reply.
const (
	Strict   How = "strict"   // the whole reply
	Fenced   How = "fenced"   // the only JSON code block
	Embedded How = "embedded" // an object or array with prose around it
	NoJSON   How = "none"
)

// An Extraction is the JSON of a reply. Value is as [schema.DecodeJSON] returns
// it; Err says why there is none.
type Extraction struct {
	How   How
	Value any
	Err   string
}

// maxEmbedded bounds the search for JSON in prose: the number of brackets at
// which reading is tried.
const maxEmbedded = 200

// Extract gets the JSON out of a reply, without repairing it.
func Extract(reply string) Extraction {
	value, err := schema.DecodeJSON(reply)
	if err == nil {
		return Extraction{How: Strict, Value: value}
	}
	message := err.Message
	for i, block := range jsonBlocks(reply) {
		if value, err := schema.DecodeJSON(block); err == nil {
			return Extraction{How: Fenced, Value: value}
		} else if i == 0 {
			message = "in the code block: " + err.Message
		}
	}
	if value, ok := embedded(reply); ok {
		return Extraction{How: Embedded, Value: value}
	}
	return Extraction{How: NoJSON, Err: message}
}

// jsonBlocks returns the code blocks of a reply that are marked as JSON, or, if
// none is, the only one there is.
func jsonBlocks(reply string) []string {
	blocks := library.CodeBlocks(reply)
	var marked []string
	for _, b := range blocks {
		if strings.EqualFold(b.Info, "json") {
			marked = append(marked, b.Text)
		}
	}
	if marked == nil && len(blocks) == 1 {
		return []string{blocks[0].Text}
	}
	return marked
}

// embedded finds the first object or array in prose, after any block of
// thinking.
func embedded(reply string) (any, bool) {
	if i := strings.LastIndex(reply, "</think>"); i >= 0 {
		reply = reply[i:]
	}
	for tries := 0; tries < maxEmbedded; tries++ {
		i := strings.IndexAny(reply, "{[")
		if i < 0 {
			return nil, false
		}
		reply = reply[i:]
		if end, err := schema.ScanJSON(reply); err == nil {
			if value, err := schema.DecodeJSON(reply[:end]); err == nil && !trivial(value) {
				return value, true
			}
		}
		reply = reply[1:]
	}
	return nil, false
}

// trivial reports whether a value is too small to be an answer: prose is full of
// [1] and {}.
func trivial(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) < 2
	}
	return true
}
