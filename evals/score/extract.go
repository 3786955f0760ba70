package score

import (
	"cmp"
	"strings"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

// An Extraction is the JSON of a reply. Value is as [schema.DecodeJSON] returns
// it; Err says why there is none or, of JSON that is repaired, why it is none as
// it stands.
type Extraction struct {
	How   evals.Found
	Value any
	Err   string
}

// maxEmbedded bounds the search for JSON in prose: the number of brackets at
// which reading is tried.
const maxEmbedded = 200

// Extract gets the JSON out of a reply, without repairing it. What a model
// thinks aloud before it answers is no part of the answer.
func Extract(reply string) Extraction {
	answer := afterThinking(reply)
	value, err := schema.DecodeJSON(answer)
	if err == nil {
		return Extraction{How: evals.Strict, Value: value}
	}
	message := ""
	for _, block := range jsonBlocks(answer) {
		value, err := schema.DecodeJSON(block)
		if err == nil {
			return Extraction{How: evals.Fenced, Value: value}
		}
		message = cmp.Or(message, "in the code block: "+err.Message)
	}
	value, broken := embedded(answer)
	if value != nil {
		return Extraction{How: evals.Embedded, Value: value}
	}
	if broken != nil {
		err = broken
	}
	return Extraction{How: evals.NoJSON, Err: cmp.Or(message, err.Message)}
}

// The tags around what a model thinks aloud. Some servers leave it in the reply,
// and some models are made to begin inside it, so that only the end is seen.
const (
	thinkingBegin = "<think>"
	thinkingEnd   = "</think>"
)

// afterThinking returns the part of a reply that is the answer: what follows the
// end of thinking, where the reply begins with it or the end stands on a line of
// its own. Thinking that does not end leaves no answer.
func afterThinking(reply string) string {
	begins := strings.HasPrefix(strings.TrimSpace(reply), thinkingBegin)
	end := strings.LastIndex(reply, thinkingEnd)
	if end < 0 {
		if begins {
			return ""
		}
		return reply
	}
	answer := reply[end+len(thinkingEnd):]
	alone := strings.HasSuffix(reply[:end], "\n") && (answer == "" || strings.HasPrefix(answer, "\n") || strings.HasPrefix(answer, "\r\n"))
	if begins || alone {
		return answer
	}
	return reply
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

// embedded finds the first object or array in prose. One that breaks off after
// a member ends the search with the reason: no value inside it is the answer.
func embedded(reply string) (any, *schema.SyntaxError) {
	for range maxEmbedded {
		i := strings.IndexAny(reply, "{[")
		if i < 0 {
			break
		}
		reply = reply[i:]
		end, err := schema.ScanJSON(reply)
		if err == nil {
			if value, err := schema.DecodeJSON(reply[:end]); err == nil && !trivial(value) {
				return value, nil
			}
			reply = reply[end:]
			continue
		}
		read := max(1, err.Offset)
		if strings.Contains(reply[:read], `":`) {
			return nil, err
		}
		reply = reply[read:]
	}
	return nil, nil
}

// trivial reports whether a value is too small to be an answer: prose is full of
// [1] and {}.
func trivial(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0 || len(v) == 1 && trivial(v[0])
	}
	return true
}
