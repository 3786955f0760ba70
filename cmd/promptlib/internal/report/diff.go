package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"promptlib/schema"
)

// diffLines is how many lines of a difference are shown.
const diffLines = 16

// maxDiff is the size in bytes up to which texts are compared.
const maxDiff = 256 << 10

// diff returns the first lines of the difference between an expected output and
// a reply, as a unified diff. JSON is compared by content, not by layout.
func diff(expected, reply string) string {
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
	if len(lines) > diffLines+1 {
		rest := len(lines) - diffLines - 1
		lines = append(lines[:diffLines], fmt.Sprintf("… and %d more lines\n", rest))
	}
	return strings.Join(lines, "")
}

func bothJSON(a, b string) (string, string, bool) {
	x, err := schema.DecodeJSON(a)
	if err != nil {
		return "", "", false
	}
	y, err := schema.DecodeJSON(b)
	if err != nil {
		return "", "", false
	}
	p, _ := json.MarshalIndent(x, "", "  ")
	q, _ := json.MarshalIndent(y, "", "  ")
	return string(p), string(q), true
}
