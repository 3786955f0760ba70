package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"promptlib/evals"
	"promptlib/evals/score"
)

// The bounds of a difference: how many lines of it a finding shows, how many
// bytes of each line, and up to which size in bytes texts are compared.
const (
	diffLines = 16
	diffWidth = 200
	maxDiff   = 256 << 10
)

// diff returns the difference between an expected output and a reply, as a
// unified diff of at most so many lines. JSON is compared by content, not by
// layout.
func diff(expected, reply string, most int) string {
	if expected == "" || len(expected)+len(reply) > maxDiff {
		return ""
	}
	if x, y, ok := bothJSON(expected, reply); ok {
		expected, reply = x, y
	}
	if !strings.HasSuffix(expected, "\n") {
		expected += "\n"
	}
	if !strings.HasSuffix(reply, "\n") {
		reply += "\n"
	}
	lines := strings.SplitAfter(udiff.Unified("expected", "reply", expected, reply), "\n")
	if len(lines) > most+1 {
		rest := len(lines) - most - 1
		lines = append(lines[:most], fmt.Sprintf("… and %d more lines\n", rest))
	}
	for i, line := range lines {
		if len(line) > diffWidth {
			lines[i] = strings.ToValidUTF8(line[:diffWidth], "") + "…\n"
		}
	}
	return strings.Join(lines, "")
}

// bothJSON lays out two texts alike if the first is JSON and the second has an
// answer in JSON, as the scorers read it.
func bothJSON(expected, reply string) (x, y string, ok bool) {
	a := score.Extract(expected)
	if a.How != evals.Strict {
		return "", "", false
	}
	b := score.Extract(reply)
	if b.How != evals.Strict && b.How != evals.Fenced {
		return "", "", false
	}
	if indented(a.Value, 0, maxDiff)+indented(b.Value, 0, maxDiff) > maxDiff {
		return "", "", false
	}
	p, _ := json.MarshalIndent(a.Value, "", "  ")
	q, _ := json.MarshalIndent(b.Value, "", "  ")
	return string(p), string(q), true
}

// indented returns about how many bytes of line ends and indentation a value
// gets when it is laid out, which grows with the square of its depth; more than
// most where it is more than that.
func indented(value any, depth, most int) int {
	size := 1 + 2*depth
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			if size += indented(member, depth+1, most-size); size > most {
				break
			}
		}
	case []any:
		for _, item := range v {
			if size += indented(item, depth+1, most-size); size > most {
				break
			}
		}
	}
	return size + 1 + 2*depth
}
