package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"promptlib/evals"
	"promptlib/library"
)

// writeManyCases writes the journal of a run of n cases: of prompts with ten
// examples each and three models, a tenth of which failed. A case takes 5 kB.
func writeManyCases(t testing.TB, n int) *Eval {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	encode := json.NewEncoder(w)
	put := func(l evals.Line) {
		if err := encode.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	models := []evals.HeaderModel{{Name: "openai/small", Class: "c"}, {Name: "openai/large", Class: "c"}, {Name: "local/tiny-instruct", Class: "c"}}
	perModel := (n + 2) / 3
	put(evals.Line{Event: "run", Header: &evals.Header{Version: evals.JournalVersion, Models: models, Cases: n, Started: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC), Options: evals.RunOptions{Repeat: 1}}})
	areas := []string{"support", "finance/invoices", "legal", "engineering/operations"}
	for i := range n {
		prompt, example := i%perModel/10, i%perModel%10+1
		file := fmt.Sprintf("prompts/%s/task-%04d.md", areas[prompt%len(areas)], prompt)
		reply := evals.Reply{Text: fmt.Sprintf("{\"queue\": \"billing\", \"priority\": %d, \"note\": %q}", i%5, strings.Repeat("The customer asks for a copy. ", 20+i%7)), FinishReason: "stop", Millis: int64(300 + i%1700), Usage: evals.Usage{PromptTokens: 700, CompletionTokens: 80}}
		request := evals.Request{Messages: []evals.Message{
			{Role: "system", Content: fmt.Sprintf("You are task %d.\n\n", prompt) + strings.Repeat("Read the ticket and answer with one JSON object.\n", 50)},
			{Role: "user", Content: fmt.Sprintf("Ticket %d of %d: ", example, prompt) + strings.Repeat("I was charged twice. ", 20)},
		}}
		at := library.Pos{Path: file, Line: 20 + example, Column: 1}
		o := &evals.Outcome{
			Case: i + 1, Prompt: file, Name: fmt.Sprintf("example %d", example), Example: example, Repeat: 1, Model: models[i/perModel].Name, Status: evals.Passed,
			Contract: "declared", Threshold: 1, At: at, End: at, Expected: reply.Text, Tries: 1, Cost: 0.0001, Millis: reply.Millis,
			Scores: []evals.Score{{Scorer: "json", Value: 1, Pass: true, Reasons: []evals.Reason{}}, {Scorer: "schema", Value: 1, Pass: true, Reasons: []evals.Reason{}}},
		}
		if i*i%97 < 9 {
			o.Status, o.Expected = evals.Failed, strings.Replace(reply.Text, "billing", "returns", 1)
			o.Scores[1] = evals.Score{Scorer: "schema", Value: 0.75, Reasons: []evals.Reason{{Message: `is "billing", expected "returns"`, Pointer: "/queue", Pos: at}}}
		}
		o.Identity = request.Identity("c", o.Model, 1)
		put(evals.Line{Event: "attempt", Attempt: &evals.Attempt{Identity: o.Identity, Prompt: file, Name: o.Name, Example: example, Repeat: 1, Model: o.Model, Class: "c", Try: 1, Request: request, Reply: &reply, Millis: reply.Millis}})
		put(evals.Line{Event: "outcome", Outcome: o})
	}
	put(evals.Line{Event: "end", End: &evals.End{Complete: true}})
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return openMany(t, path)
}

func openMany(t testing.TB, path string) *Eval {
	t.Helper()
	run, err := evals.OpenRun(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	e, err := NewEval(run, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// BenchmarkEvalFormats writes the reports of a run of 5,000 cases.
func BenchmarkEvalFormats(b *testing.B) {
	e := writeManyCases(b, 5000)
	for _, f := range EvalFormats {
		b.Run(f.Name, func(b *testing.B) {
			var size written
			for b.Loop() {
				size = 0
				if err := f.Write(&size, e, false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/1e6, "MB")
		})
	}
}

// A written counts bytes.
type written int64

func (n *written) Write(p []byte) (int, error) {
	*n += written(len(p))
	return len(p), nil
}

// maxEvalMemory is what a report of a run of any length may keep.
const maxEvalMemory = 100 << 20

// BenchmarkEvalMemory opens a run of 100,000 cases, 500 MB, and writes it in each
// format; the heap that is live meanwhile must stay below a bound.
func BenchmarkEvalMemory(b *testing.B) {
	e := writeManyCases(b, 100_000)
	for _, f := range EvalFormats {
		b.Run(f.Name, func(b *testing.B) {
			var most uint64
			for b.Loop() {
				most = 0
				if err := f.Write(&heapWatch{most: &most}, e, false); err != nil {
					b.Fatal(err)
				}
				most = max(most, liveHeap())
			}
			b.ReportMetric(float64(most)/(1<<20), "MiB-live")
			if most > maxEvalMemory {
				b.Errorf("%s keeps %d MiB, at most %d are allowed", f.Name, most>>20, maxEvalMemory>>20)
			}
		})
	}
}

// A heapWatch measures what is live each time another 8 MiB were written.
type heapWatch struct {
	written
	last written
	most *uint64
}

func (h *heapWatch) Write(p []byte) (int, error) {
	if h.written-h.last > 8<<20 {
		h.last = h.written
		*h.most = max(*h.most, liveHeap())
	}
	return h.written.Write(p)
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
