package score

import (
	"regexp"
	"strings"
	"testing"

	"promptlib/evals"
	"promptlib/library"
)

// BenchmarkAll scores replies as the runner does, one contract for all of them:
// a JSON reply of 1 kB and a Markdown reply of 3 kB.
func BenchmarkAll(b *testing.B) {
	var lines []string
	for i := range 10 {
		lines = append(lines, `{"id": `+string(rune('0'+i))+`, "path": "/items/a", "time to live": "5 minutes", "why": "it is asked for more often than it changes"}`)
	}
	object := `{"strategy": "cache", "urgency": "high", "total": 12.5, "rules": [` + strings.Join(lines, ", ") + `]}`
	markdown := strings.Repeat("## Summary\n\nThe export hung, since the queue was full of old jobs.\n\n## Next steps\n\n- Mend it.\n- Tell the users.\n\n**Owner:** Ann\n\n", 20)
	s := `{"type": "object", "required": ["strategy", "rules"], "properties": {"strategy": {"type": "string"}, "urgency": {"enum": ["high", "low"]}, "total": {"type": "number"},
		"rules": {"type": "array", "items": {"type": "object", "required": ["id", "path"], "properties": {"id": {"type": "integer"}, "path": {"type": "string"}, "why": {"type": "string"}}}}}}`
	sections := expect("Summary", "Next steps", "Owner")
	words := 5
	limited := append([]evals.Section{}, sections...)
	limited[0].Limits.MinWords, limited[1].Limits.MinBullets = &words, new(int)
	contains := evals.Check{Name: "contains", Want: "cache"}
	for _, bench := range []struct {
		name     string
		contract evals.Contract
		reply    string
	}{
		{"schema and contains", evals.Contract{Schema: compile(b, s), Checks: []evals.Check{contains}}, object},
		{"regex", evals.Contract{Checks: []evals.Check{{Name: "regex", Want: "hi.h", Pattern: regexp.MustCompile("hi.h")}}}, object},
		{"fields", evals.Contract{Schema: compile(b, s), Fields: &evals.Fields{Similarity: 0.7}}, object},
		{"sections", evals.Contract{Sections: sections}, markdown},
		{"sections with limits", evals.Contract{Sections: limited}, markdown},
		{"similarity", evals.Contract{Similarity: &evals.Similarity{Min: 0.5}}, markdown},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := &evals.Case{Contract: &bench.contract, Expected: library.Text{Value: strings.Replace(bench.reply, "asked for", "needed", 3)}}
			reply := evals.Reply{Text: bench.reply, FinishReason: "stop"}
			b.ReportAllocs()
			for b.Loop() {
				All(c, c.Contract, reply)
			}
		})
	}
}
