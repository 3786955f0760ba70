package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"promptlib/evals"
)

// A testLibrary is a copy of a library, in which runs are kept.
type testLibrary struct {
	t    *testing.T
	dir  string
	path string   // of the prompts that are run
	env  []string // of the commands that are run in it
}

// newLibrary copies a folder of the repository into a library of its own, with
// no policy.
func newLibrary(t *testing.T, folder ...string) *testLibrary {
	t.Helper()
	l := &testLibrary{t: t, dir: t.TempDir(), path: "prompts"}
	err := os.CopyFS(filepath.Join(l.dir, "prompts"), os.DirFS(filepath.Join(append([]string{root}, folder...)...)))
	if err == nil {
		err = os.Mkdir(filepath.Join(l.dir, ".promptlib"), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// command is promptlib with arguments, in the library.
func (l *testLibrary) command(ctx context.Context, args ...string) (cmd *exec.Cmd, out, errs *strings.Builder) {
	cmd = exec.CommandContext(ctx, "promptlib", args...)
	cmd.Dir = l.dir
	cmd.Env = append(append(os.Environ(), "OPENAI_API_KEY=", "OPENAI_BASE_URL="), l.env...)
	out, errs = &strings.Builder{}, &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, errs
	return cmd, out, errs
}

// An evaluation is what a run of eval has come to.
type evaluation struct {
	status   int
	errs     string
	run      *evals.Recorded
	outcomes []*evals.Outcome
	attempts []*evals.Attempt // in the order in which they ended
}

// eval runs promptlib eval on the prompts of the library.
func (l *testLibrary) eval(args ...string) *evaluation {
	l.t.Helper()
	cmd, out, errs := l.command(l.t.Context(), append([]string{"eval", "--format", "json", l.path}, args...)...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatal(err)
	}
	var report struct{ Run string }
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		l.t.Fatalf("the report is no JSON: %v: %s%s", err, out, errs)
	}
	return l.read(cmd.ProcessState.ExitCode(), errs.String(), report.Run)
}

// read reads the run of an evaluation.
func (l *testLibrary) read(status int, errs, path string) *evaluation {
	l.t.Helper()
	e := &evaluation{status: status, errs: errs}
	var err error
	if e.run, err = evals.OpenRun(filepath.Join(l.dir, path)); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { e.run.Close() })
	for o, err := range e.run.Outcomes() {
		if err != nil {
			l.t.Fatal(err)
		}
		e.outcomes = append(e.outcomes, o)
	}
	for a, err := range e.run.Attempts() {
		if err != nil {
			l.t.Fatal(err)
		}
		e.attempts = append(e.attempts, a)
	}
	return e
}

// expect checks the exit status and the counts of a run.
func (e *evaluation) expect(t *testing.T, status, passed, failed, errored int) {
	t.Helper()
	var s evals.Summary
	for _, o := range e.outcomes {
		s.Add(o.Status)
	}
	got, want := fmt.Sprintf("status %d, %+v", e.status, s), fmt.Sprintf("status %d, %+v", status, evals.Summary{Passed: passed, Failed: failed, Errored: errored})
	if got == want {
		return
	}
	for _, o := range e.outcomes {
		if o.Status != evals.Passed {
			t.Logf("%s %s: %s %v %+v", o.Prompt, o.Name, o.Status, o.Err, o.Scores)
		}
	}
	t.Fatalf("got %s, want %s\n%s", got, want, e.errs)
}

// verdicts are the statuses and scores of a run by case.
func (e *evaluation) verdicts() map[string]string {
	verdicts := map[string]string{}
	for _, o := range e.outcomes {
		verdicts[fmt.Sprintf("%s %s %d", o.Prompt, o.Name, o.Repeat)] = fmt.Sprint(o.Status, o.Scores)
	}
	return verdicts
}

// reference returns the cases of the library with their expected outputs as
// replies.
func (l *testLibrary) reference() []*evals.Attempt {
	l.t.Helper()
	return l.eval("--model", "reference").attempts
}

// messagesIn returns the messages of a request as the server has got them.
func messagesIn(r received) []evals.Message {
	text, _ := json.Marshal(r.Body["messages"])
	var list []evals.Message
	_ = json.Unmarshal(text, &list)
	return list
}

// newestRun is the path of the last run of the library.
func (l *testLibrary) newestRun() string {
	l.t.Helper()
	names, err := evals.Runs(l.dir)
	if err != nil || len(names) == 0 {
		l.t.Fatalf("there is no run: %v", err)
	}
	rel, err := filepath.Rel(l.dir, names[0])
	if err != nil {
		l.t.Fatal(err)
	}
	return rel
}

// signalAt passes requests on to a server, and closes reached when it has
// answered n of them.
func signalAt(t *testing.T, address string, n int64) (proxy string, reached <-chan struct{}) {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var answered atomic.Int64
	pass := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(*http.Response) error {
			if answered.Add(1) == n {
				close(done)
			}
			return nil
		},
		ErrorLog: log.New(io.Discard, "", 0), // of requests whose sender was killed
	}
	server := httptest.NewServer(pass)
	t.Cleanup(server.Close)
	return server.URL, done
}

// settings writes files into the folder of settings of the library.
func (l *testLibrary) settings(files map[string]string) {
	l.t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(l.dir, ".promptlib", name), []byte(text), 0o644); err != nil {
			l.t.Fatal(err)
		}
	}
}

// rewrite replaces a text in the prompt of the library.
func (l *testLibrary) rewrite(old, text string) {
	l.t.Helper()
	name := filepath.Join(l.dir, l.path)
	was, err := os.ReadFile(name)
	if err == nil && !strings.Contains(string(was), old) {
		err = fmt.Errorf("%s has no %q", name, old)
	}
	if err == nil {
		err = os.WriteFile(name, []byte(strings.ReplaceAll(string(was), old, text)), 0o644)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// scored checks that every case of a run was scored.
func (e *evaluation) scored(t *testing.T) {
	t.Helper()
	failed := 0
	for _, o := range e.outcomes {
		switch {
		case o.Status == evals.Failed:
			failed++
		case o.Status != evals.Passed || len(o.Scores) == 0:
			t.Errorf("%s %s: %s %v", o.Prompt, o.Name, o.Status, o.Err)
		}
	}
	want := exitClean
	if failed > 0 {
		want = exitFindings
	}
	if e.status != want {
		t.Errorf("status %d with %d failed of %d: %s", e.status, failed, len(e.outcomes), e.errs)
	}
}
