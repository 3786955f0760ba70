package provider

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
	"promptlib/evals/score"
	"promptlib/library"
	"promptlib/schema"
)

// mockllm builds and starts the shared stand-in for a model server and returns
// its address. It ends with the test.
func mockllm(t *testing.T, args ...string) string {
	t.Helper()
	tool := filepath.Join("..", "..", "..", "shared", "tools", "mockllm")
	if _, err := os.Stat(tool); err != nil {
		t.Skip("skipped: ../shared is absent, which has the stand-in for a model server")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "mockllm")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Dir = tool
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, out)
	}
	addrFile := filepath.Join(dir, "address")
	server := exec.Command(bin, append([]string{"-addr", "127.0.0.1:0", "-addr-file", addrFile, "-for", "2m"}, args...)...)
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	if line, err := bufio.NewReader(stderr).ReadString('\n'); err != nil {
		t.Fatalf("the server says %q and ends: %v", line, err)
	}
	// It listens by now, and the file is the next thing that it writes.
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if text, err := os.ReadFile(addrFile); err == nil && strings.HasSuffix(string(text), "\n") {
			return "http://" + strings.TrimSpace(string(text))
		}
	}
	t.Fatal("the server has not written its address")
	return ""
}

// manyCases are cases whose replies must have the shape that the server gives.
func manyCases(t *testing.T, n int) []*evals.Case {
	t.Helper()
	s, err := schema.Compile("s.json", []byte(`{"type": "object", "required": ["answer", "score", "tags"], "additionalProperties": false,
		"properties": {"answer": {"type": "string", "pattern": "^item-"}, "score": {"type": "number", "minimum": 0, "maximum": 1}, "tags": {"type": "array", "minItems": 2}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	cases := make([]*evals.Case, n)
	for i := range cases {
		cases[i] = &evals.Case{
			Prompt: "x.md", Example: i + 1, Repeat: 1, At: library.Text{Pos: library.Pos{Path: "x.md", Line: i + 1, Column: 1}},
			Contract: &evals.Contract{Schema: s}, Request: request(fmt.Sprint("question ", i)),
		}
	}
	return cases
}

// transcript runs cases and prints what became of each, without its latency.
func transcript(t *testing.T, base string, cases []*evals.Case) ([]string, evals.Summary) {
	t.Helper()
	m, err := Open("openai/mock-small", Options{BaseURL: base + "/v1", Key: key, Timeout: time.Minute, Concurrency: 8})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var sum evals.Summary
	lines = make([]string, len(cases))
	var mu sync.Mutex
	var group sync.WaitGroup
	next := make(chan int)
	for range 8 {
		group.Go(func() {
			for i := range next {
				c := cases[i]
				reply, err := m.Call(context.Background(), c)
				status, scores := evals.Errored, []evals.Score(nil)
				if err == nil {
					status, scores = evals.Passed, score.All(c, c.Wanted(), reply)
				}
				for _, s := range scores {
					if !s.Pass {
						status = evals.Failed
					}
				}
				mu.Lock()
				sum.Add(status)
				lines[i] = fmt.Sprint(c.Example, " ", status, " ", reply, " ", scores, " ", err)
				mu.Unlock()
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	group.Wait()
	return lines, sum
}

func TestRunThroughARealServer(t *testing.T) {
	base := mockllm(t, "-key", key, "-strict-models", "-latency", "2ms", "-jitter", "10ms")
	first, sum := transcript(t, base, manyCases(t, 60))
	if want := (evals.Summary{Passed: 60}); sum != want {
		t.Errorf("got %+v, want %+v:\n%s", sum, want, strings.Join(first, "\n"))
	}
	second, _ := transcript(t, base, manyCases(t, 60))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
	var stats struct {
		Requests    int `json:"requests"`
		Unique      int `json:"unique_prompts"`
		MaxInflight int `json:"max_inflight"`
	}
	res, err := http.Get(base + "/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&stats); err != nil {
		t.Fatal(err)
	}
	if stats.Requests != 120 || stats.Unique != 60 || stats.MaxInflight < 2 {
		t.Errorf("the server counts %+v, want 120 requests of 60 prompts, several at once", stats)
	}
	m, err := Open("openai/other", Options{BaseURL: base + "/v1", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Call(context.Background(), manyCases(t, 1)[0]); err == nil || err.Error() != "refused: HTTP 404: The model `other` does not exist" {
		t.Errorf("another model: got error %v, want 404", err)
	}
}

// TestRunThroughAFaultyServer draws faults by prompt, so that each case has the
// same one in every run.
func TestRunThroughAFaultyServer(t *testing.T) {
	base := mockllm(t, "-fault-by", "prompt", "-p429", "0.1", "-p500", "0.1", "-preset", "0.1", "-pmalformed", "0.1", "-pempty", "0.1", "-pbad", "0.1")
	first, sum := transcript(t, base, manyCases(t, 100))
	if sum.Passed == 0 || sum.Failed == 0 || sum.Errored == 0 || sum.Passed+sum.Failed+sum.Errored != 100 {
		t.Errorf("got %+v, want 100 cases that passed, failed and errored", sum)
	}
	whole := strings.Join(first, "\n")
	for _, want := range []string{
		"rate-limit: HTTP 429: Rate limit reached, please try again later",
		"server: HTTP 500: The server had an error while processing your request",
		"connection: the server closed the connection without an answer",
		"cut-short: the answer ends in the middle",
		"the reply holds no JSON: the text ends before the value does",
		"/score",
	} {
		if !strings.Contains(whole, want) {
			t.Errorf("no case ended with %q:\n%s", want, whole)
		}
	}
	second, _ := transcript(t, base, manyCases(t, 100))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
}
