package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"promptlib/evals"
)

// writeCases writes a library of n cases, a hundred a prompt, whose contract is
// fulfilled by the answers of [answers] and of the shared stand-in for a server.
func writeCases(tb testing.TB, dir string, n int) {
	tb.Helper()
	for file := 0; file*100 < n; file++ {
		var b strings.Builder
		fmt.Fprintf(&b, `---
title: Item %d
eval:
  schema:
    type: object
    required: [answer, score, tags]
    additionalProperties: false
    properties:
      answer: {type: string, pattern: "^item-"}
      score: {type: number, minimum: 0, maximum: 1}
      tags: {type: array, minItems: 2, items: {type: string}}
  checks:
    - contains: item
---
# Item %d

<purpose>
You name the item that a question is about.
</purpose>

<examples>
`, file, file)
		for i := range min(100, n-file*100) {
			fmt.Fprintf(&b, "Input: question %d of %d\nOutput: {\"answer\": \"item-%d\", \"score\": 0.5, \"tags\": [\"a\", \"b\"]}\n\n", i, file, i)
		}
		b.WriteString("</examples>\n")
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("item-%04d.md", file)), []byte(b.String()), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
}

// completion is an answer that fulfils the contract of [writeCases].
const completion = `{"choices": [{"message": {"role": "assistant", "content": "{\"answer\": \"item-1\", \"score\": 0.5, \"tags\": [\"a\", \"b\"]}"}, "finish_reason": "stop"}],
	"usage": {"prompt_tokens": 40, "completion_tokens": 20}}`

// mockllm starts the shared stand-in for a model server and returns its address.
// It ends with the test.
func mockllm(t *testing.T, args ...string) string {
	t.Helper()
	tool := filepath.Join("..", "..", "..", "shared", "tools", "mockllm")
	if _, err := os.Stat(tool); err != nil {
		t.Skip("skipped: ../shared is absent, which has the stand-in for a model server")
	}
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "mockllm"), ".")
	build.Dir = tool
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(dir, "mockllm"), append([]string{"-addr", "127.0.0.1:0", "-for", "5m"}, args...)...)
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
	line, err := bufio.NewReader(stderr).ReadString('\n')
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(line)
	if err != nil || address == "" {
		t.Fatalf("the server says %q and no address: %v", line, err)
	}
	return "http://" + address
}

// verdicts returns what a run says of each case, without its own name.
func verdicts(t *testing.T, args ...string) (status int, cases, errs string) {
	t.Helper()
	var out, stderr strings.Builder
	status = run(append([]string{"eval", "--format", "json"}, args...), nil, &out, &stderr)
	var report struct{ Cases json.RawMessage }
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return status, string(report.Cases), stderr.String()
}

// TestFaultsCostNoCase: with a server that refuses, breaks, cuts short and hangs,
// a run ends as one without faults does, and no request is earlier than the server
// wants it.
func TestFaultsCostNoCase(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: takes some twenty seconds")
	}
	sound := mockllm(t)
	faulty := mockllm(t, "-p429", "0.1", "-p500", "0.05", "-preset", "0.02", "-pmalformed", "0.02", "-phang", "0.01")
	t.Chdir(t.TempDir())
	writeCases(t, ".", 2000)
	common := []string{"--model", "openai/m", "--concurrency", "64", "--no-cache", "--timeout", "2s", "."}
	status, want, errs := verdicts(t, append([]string{"--base-url", sound + "/v1"}, common...)...)
	if status != exitClean {
		t.Fatalf("without faults: status %d: %s", status, errs)
	}
	status, got, errs := verdicts(t, append([]string{"--base-url", faulty + "/v1"}, common...)...)
	if status != exitClean || got != want {
		t.Errorf("with faults: status %d, and the same verdicts is %v: %s", status, got == want, errs)
	}
	var stats struct {
		Early  int            `json:"early_retries"`
		Faults map[string]int `json:"faults"`
	}
	res, err := http.Get(faulty + "/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&stats); err != nil {
		t.Fatal(err)
	}
	if stats.Early > 0 {
		t.Errorf("%d tries were earlier than the server wanted", stats.Early)
	}
	tries := triesByClass(t)
	for fault, class := range map[string]evals.Class{"429": evals.RateLimit, "500": evals.Server, "reset": evals.Connection, "malformed": evals.CutShort, "hang": evals.Timeout} {
		if stats.Faults[fault] == 0 || tries[class] != stats.Faults[fault] {
			t.Errorf("the server made %d faults %s, and the run counts %d errors of class %s", stats.Faults[fault], fault, tries[class], class)
		}
	}
}

// triesByClass counts the failed tries of the newest run by class.
func triesByClass(t *testing.T) map[evals.Class]int {
	t.Helper()
	runs, err := evals.Runs(".")
	if err != nil || len(runs) == 0 {
		t.Fatalf("got runs %v, %v", runs, err)
	}
	r, err := evals.OpenRun(runs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	tries := map[evals.Class]int{}
	for a, err := range r.Attempts() {
		if err != nil {
			t.Fatal(err)
		}
		if a.Err != nil {
			tries[a.Err.Class]++
		}
	}
	return tries
}

// A ledger is a server that answers every question and knows how often each was
// asked.
type ledger struct {
	mu     sync.Mutex
	asked  map[string]int // by question
	total  int
	killAt int // the request at which kill is called; 0 for none
	kill   func()

	journalled map[string]int // at the last check, how often each had been asked
}

var question = regexp.MustCompile(`question (\d+) of (\d+)`)

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	l.asked[question.FindString(string(body))]++
	l.total++
	if l.total == l.killAt {
		l.kill()
	}
	l.mu.Unlock()
	io.WriteString(w, completion)
}

// TestKilledRunsAreResumed kills a run of a thousand cases at twenty random
// moments. No reply that was journalled is asked for again, at most as many calls
// as were under way are made twice, and the totals are right.
func TestKilledRunsAreResumed(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: takes some ten seconds")
	}
	const kills, concurrency, total = 20, 8, 1000
	l := &ledger{asked: map[string]int{}}
	server := httptest.NewServer(l)
	defer server.Close()
	dir := t.TempDir()
	writeCases(t, dir, total)
	if err := os.Mkdir(filepath.Join(dir, ".promptlib"), 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"eval", "--model", "openai/m", "--base-url", server.URL + "/v1", "--concurrency", strconv.Itoa(concurrency), "--no-cache", "."}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range kills {
		cmd, out, ended := start(t, dir, args...)
		l.mu.Lock()
		l.killAt = l.total + 1 + random.IntN(2*(total-l.total)/(kills-n+1))
		l.kill = func() { _ = cmd.Process.Signal(syscall.SIGKILL) }
		l.mu.Unlock()
		text, _ := io.ReadAll(out)
		<-ended
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			t.Fatalf("kill %d: the run ended by itself: %s\n%s", n, cmd.ProcessState, text)
		}
		if n == 0 {
			args = append(args[:len(args)-1:len(args)-1], "--resume", ".")
		}
		l.check(t, repliesIn(t, dir), concurrency, (n+1)*concurrency)
	}
	l.killAt = 0
	cmd, out, ended := start(t, dir, args...)
	text, _ := io.ReadAll(out)
	<-ended
	if cmd.ProcessState.ExitCode() != exitClean || !strings.Contains(string(text), "1000 passed, 0 failed, 0 errored, 0 unscored, 0 skipped") {
		t.Errorf("the resumed run ends with %s and\n%s", cmd.ProcessState, text)
	}
	l.check(t, repliesIn(t, dir), 0, kills*concurrency)
	if l.total < total || len(l.asked) != total {
		t.Errorf("%d questions were asked in %d calls, want all %d", len(l.asked), l.total, total)
	}
}

// check holds what was asked against what a run has journalled: at most lost
// replies are not there, at most twice calls were made more than once, and what
// was journalled at the last check was not asked again.
func (l *ledger) check(t *testing.T, journalled map[string]bool, lost, twice int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if got := len(l.asked) - len(journalled); got > lost {
		t.Errorf("%d replies were given and not journalled, want at most the %d under way", got, lost)
	}
	if got := l.total - len(l.asked); got > twice {
		t.Errorf("%d calls were made again, want at most %d", got, twice)
	}
	for q, asked := range l.journalled {
		if l.asked[q] != asked {
			t.Errorf("%s was journalled and asked again", q)
		}
	}
	l.journalled = map[string]int{}
	for q := range journalled {
		l.journalled[q] = l.asked[q]
	}
}

// repliesIn returns the questions whose replies the only run of a library has.
func repliesIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	runs, err := evals.Runs(dir)
	if err != nil || len(runs) != 1 {
		t.Fatalf("got runs %v, %v; want one", runs, err)
	}
	r, err := evals.OpenRun(runs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	questions := map[string]bool{}
	for a, err := range r.Attempts() {
		if err != nil {
			t.Fatal(err)
		}
		if q := question.FindString(a.Request.Messages[len(a.Request.Messages)-1].Content); a.Reply != nil {
			if questions[q] {
				t.Errorf("%s has two replies in the run", q)
			}
			questions[q] = true
		}
	}
	return questions
}

// TestDeadEndpointIsOneMessage and soon.
func TestDeadEndpointIsOneMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: takes some seconds")
	}
	t.Chdir(t.TempDir())
	writeCases(t, ".", 300)
	server := httptest.NewServer(nil)
	server.Close()
	began := time.Now()
	var out, errs strings.Builder
	status := run([]string{"eval", "--model", "openai/m", "--base-url", server.URL + "/v1", "."}, nil, &out, &errs)
	if took := time.Since(began); status != exitFault || took > 15*time.Second {
		t.Errorf("status %d after %s, want 3 within 15 s", status, took)
	}
	if got := strings.Count(out.String(), "connection refused"); got > 2 || !strings.Contains(out.String(), "openai/m was given up, since no call of it succeeded") {
		t.Errorf("the reason stands there %d times, want it once with the case that was tried and once for all others:\n%s", got, out.String())
	}
}

// TestRefusedForEver: a server that refuses every call for its rate is given up
// after a bounded number of tries.
func TestRefusedForEver(t *testing.T) {
	t.Chdir(t.TempDir())
	writeCases(t, ".", 300)
	var mu sync.Mutex
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		calls++
		mu.Unlock()
		w.Header().Set("Retry-After", "0")
		http.Error(w, `{"error": {"message": "slow down"}}`, http.StatusTooManyRequests)
	}))
	defer server.Close()
	var out, errs strings.Builder
	status := run([]string{"eval", "--model", "openai/m", "--base-url", server.URL + "/v1", "--tries", "3", "--concurrency", "4", "."}, nil, &out, &errs)
	if status != exitFault || calls > 3*4 || !strings.Contains(out.String(), "was given up") {
		t.Errorf("status %d after %d calls, want 3 after at most three for each of four cases:\n%s", status, calls, out.String())
	}
}

// TestResumeGoesOnWithTheSameRunOnly: what is numbered otherwise, or sent to
// another server, is another run.
func TestResumeGoesOnWithTheSameRunOnly(t *testing.T) {
	answers := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, completion) })
	server, other := httptest.NewServer(answers), httptest.NewServer(answers)
	defer server.Close()
	defer other.Close()
	const nothingToSend = "# Item\n\n## Prompt\n\n```text\nHello\n```\n"
	for _, test := range []struct {
		name   string
		base   string
		file   string // that is added before the run goes on
		status int
	}{
		{"same", server.URL, "", exitClean},
		{"other server", other.URL, "", exitFault},
		{"another case is skipped", server.URL, "aaa.md", exitFault},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeCases(t, ".", 3)
			var out, errs strings.Builder
			eval := func(base string, more ...string) int {
				return run(append([]string{"eval", "--model", "openai/m", "--base-url", base + "/v1", "."}, more...), nil, &out, &errs)
			}
			if status := eval(server.URL); status != exitClean {
				t.Fatalf("status %d, want 0\n%s%s", status, &out, &errs)
			}
			if test.file != "" {
				if err := os.WriteFile(test.file, []byte(nothingToSend), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			errs.Reset()
			if got := eval(test.base, "--resume"); got != test.status {
				t.Errorf("status %d, want %d\n%s", got, test.status, &errs)
			}
			if said := strings.Contains(errs.String(), "no run with the same calls"); said != (test.status != exitClean) {
				t.Errorf("got %q", &errs)
			}
			if status := run([]string{"report"}, nil, &out, &errs); status != exitClean {
				t.Errorf("the report of the first run ends with %d\n%s", status, &errs)
			}
		})
	}
}

// TestResumedRunKeepsItsBudget: all that was spent counts before the first call
// is made, not only what stands before it in the order of the cases.
func TestResumedRunKeepsItsBudget(t *testing.T) {
	t.Chdir(t.TempDir())
	writeCases(t, ".", 4)
	calls, down := 0, true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls++
		if down && strings.Contains(string(body), "question 0 of") {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		io.WriteString(w, completion)
	}))
	defer server.Close()
	config := "version: 1\nproviders:\n  local:\n    kind: openai\n    base_url: " + server.URL + "/v1\n    prices:\n      m: {input: 1000, output: 1000}\n"
	if err := os.Mkdir(".promptlib", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(".promptlib", "config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	args := []string{"eval", "--model", "local/m", "--no-cache", "--concurrency", "1", "--tries", "1"}
	if status := run(append(args, "."), nil, &out, &errs); status != exitFault || calls != 4 {
		t.Fatalf("status %d after %d calls, want 3 after 4\n%s%s", status, calls, &out, &errs)
	}
	calls, down = 0, false
	// Three replies of 60 tokens have cost $0.18; a reply of unknown length may
	// cost two dollars.
	status := run(append(args, "--max-cost", "2.15", "--resume", "."), nil, &out, &errs)
	if status != exitFault || calls != 0 || !strings.Contains(out.String(), "of the budget $1.97 are left") {
		t.Errorf("status %d after %d calls, want 3 and none: the call could cost more than is left\n%s%s", status, calls, &out, &errs)
	}
}

// TestRunOfFilesThatChange: an example that is added while a run is under way is
// no case of it, and the run is none that came to its end.
func TestRunOfFilesThatChange(t *testing.T) {
	for _, test := range []struct {
		name         string
		before, then int // cases
		ended        int // of both models
	}{
		{"more", 1, 3, 2},
		{"fewer", 3, 1, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeCases(t, ".", test.before)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				writeCases(t, ".", test.then)
				io.WriteString(w, completion)
			}))
			defer server.Close()
			var out, errs strings.Builder
			status := run([]string{"eval", "--model", "openai/a", "--model", "openai/b", "--base-url", server.URL + "/v1", "--concurrency", "1", "."}, nil, &out, &errs)
			if status != exitFault || !strings.Contains(errs.String(), "the files were changed while they were run") {
				t.Errorf("status %d, want 3 and why\n%s%s", status, &out, &errs)
			}
			if want := fmt.Sprintf("%d passed, 0 failed, 0 errored", test.ended); !strings.Contains(out.String(), want) {
				t.Errorf("want %s in\n%s", want, &out)
			}
			if status := run([]string{"report"}, nil, &out, &errs); status != exitFault {
				t.Errorf("the report ends with %d, want 3", status)
			}
		})
	}
}
