package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const runnable = "---\ntitle: A\nversion: '1'\n---\n<purpose>\nAnswer.\n</purpose>\n<examples>\nExample 1:\nInput: {}\nOutput: {\"a\": 1}\n</examples>\n"

func writePrompt(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(runnable), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStoppedCommandsReportNothing runs the commands that read many files after
// a signal has come: they end with status 3 and write no part of a report.
func TestStoppedCommandsReportNothing(t *testing.T) {
	dir := t.TempDir()
	writePrompt(t, dir, "a.md")
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, run := range map[string]func(a *app) error{
		"lint": func(a *app) error {
			return runLint(ctx, a, &lintOptions{paths: []string{dir}, formats: []string{"text"}, failOn: "error"})
		},
		"list": func(a *app) error { return runList(ctx, a, &listOptions{paths: []string{dir}, format: "json"}) },
		"eval": func(a *app) error {
			return runEval(ctx, a, &evalOptions{paths: []string{dir}, models: []string{"reference"}, formats: []string{"text"}, selection: selection{shots: "none", repeat: 1}, concurrency: 1, tries: 1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs strings.Builder
			err := run(&app{stdout: &out, stderr: &errs, color: "never"})
			exit, ok := err.(*exitError)
			if !ok || exit.status != exitFault || !strings.Contains(exit.Error(), "stopped") {
				t.Errorf("got error %v, want one of status 3 that says stopped", err)
			}
			if out.Len() > 0 {
				t.Errorf("got output %q, want none", out.String())
			}
		})
	}
}

// start runs the program as a process of its own, which is killed if it does not
// end by itself.
func start(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, out io.Reader, ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, "promptlib", args...)
	cmd.Dir = dir
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	return cmd, r, done
}

// TestFirstSignalEndsARun: no call is begun, and the replies under way, which
// were paid for, are waited for and kept.
func TestFirstSignalEndsARun(t *testing.T) {
	asked, answers := make(chan bool, 2), make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		asked <- true
		<-answers
		io.WriteString(w, `{"choices": [{"message": {"content": "kept"}, "finish_reason": "stop"}]}`)
	}))
	defer server.Close()
	dir := t.TempDir()
	writePrompt(t, dir, "a.md")
	writePrompt(t, dir, "b.md")
	cmd, out, ended := start(t, dir, "eval", "--model", "openai/x", "--base-url", server.URL+"/v1", "--concurrency", "1", ".")
	<-asked
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	note, err := lines.ReadString('\n')
	if want := "promptlib: stopping: the calls under way are waited for; interrupt again to end at once\n"; err != nil || note != want {
		t.Errorf("got %q, %v; want %q", note, err, want)
	}
	close(answers)
	text, _ := io.ReadAll(lines)
	<-ended
	if status := cmd.ProcessState.ExitCode(); status != exitFault || !strings.Contains(string(text), "the run was stopped before its end") {
		t.Errorf("got status %d and %s, want 3 and that the run was stopped", status, text)
	}
	runs, err := filepath.Glob(filepath.Join(dir, ".promptlib/local/runs/*.jsonl"))
	if err != nil || len(runs) != 1 {
		t.Fatalf("got runs %v, %v; want one", runs, err)
	}
	journal, err := os.ReadFile(runs[0])
	if err != nil || strings.Count(string(journal), `"text":"kept"`) != 1 || len(asked) > 0 {
		t.Errorf("got %s, %v; want the reply under way to be kept and no other call", journal, err)
	}
}

// TestSecondSignalEndsARunAtOnce, whatever calls are under way.
func TestSecondSignalEndsARunAtOnce(t *testing.T) {
	asked := make(chan bool, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		asked <- true
		<-r.Context().Done()
	}))
	defer server.Close()
	dir := t.TempDir()
	writePrompt(t, dir, "a.md")
	cmd, out, ended := start(t, dir, "eval", "--model", "openai/x", "--base-url", server.URL+"/v1", ".")
	<-asked
	for range 2 {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_, _ = bufio.NewReaderSize(out, 16).ReadByte() // it has noticed the first
	}
	<-ended
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		t.Errorf("got %s, want an end by the signal", cmd.ProcessState)
	}
}

// TestSecondSignalKills: list hangs in writing to a pipe that nobody reads, where
// it cannot look whether a signal has come.
func TestSecondSignalKills(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("x", 1<<20)
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(runnable+long), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd, out, ended := start(t, dir, "list", "--format", "json", ".")
	if _, err := bufio.NewReaderSize(out, 16).ReadByte(); err != nil { // it has begun to write
		t.Fatal(err)
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
				t.Errorf("got %s, want an end by the signal", cmd.ProcessState)
			}
			return
		case <-again.C:
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestOutputThatCannotBeWrittenIsNoSuccess(t *testing.T) {
	dir := t.TempDir()
	writePrompt(t, dir, "a.md")
	t.Chdir(t.TempDir())
	file := filepath.Join(dir, "a.md")
	for _, args := range [][]string{
		{"--help"}, {"lint", "--help"}, {"help", "lint"}, {"--version"}, {"completion", "bash"}, {"rules"},
		{"lint", dir}, {"list", dir}, {"show", file}, {"render", file, "--example", "1"}, {"eval", dir},
	} {
		var errs strings.Builder
		if status := run(args, nil, fullDisk{}, &errs); status != exitFault || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%q ends with %d: %s, want 3 and the reason", args, status, errs.String())
		}
	}
}
