package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

// Where the servers are that eval is tried with. The script .ci/integration
// installs them and sets these flags; without them the tests are skipped.
var (
	npmServers  = flag.String("npm-servers", "", "the folder with the node_modules of .ci/servers, for the integration tests")
	ollama      = flag.String("ollama", "", "the program of Ollama, for the integration tests")
	ollamaModel = flag.String("ollama-model", "", "a model for Ollama in GGUF, for the integration tests")
)

// keepServer runs the command of its arguments and ends it when the standard
// input is closed, or a signal arrives. So no server outlives the test that
// started it, however that ends. A server that is asked to end has time to end
// what it has started itself.
func keepServer() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	// Nobody may be left to read what the server says when it ends. Of a pipe that
	// nobody reads it would die before it has ended what it started.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	out := lenient{os.Stdout}
	cmd := exec.CommandContext(ctx, os.Args[1], os.Args[2:]...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return cmd.Process.Kill() // a system without signals
		}
		return nil
	}
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "keep-server:", err)
		os.Exit(1)
	}
}

// A lenient writer has no errors.
type lenient struct{ w io.Writer }

// Write implements io.Writer.
func (l lenient) Write(p []byte) (int, error) {
	l.w.Write(p)
	return len(p), nil
}

// startServer runs a server until the test ends, or stop is called. It waits for
// a line of its output that matches ready, and returns the first group of it.
func startServer(t *testing.T, ready *regexp.Regexp, env []string, command ...string) (address string, stop func()) {
	t.Helper()
	cmd := exec.Command("keep-server", command...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = t.TempDir()
	alive, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, ended := make(chan string, 1), make(chan struct{})
	var log strings.Builder
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 16<<20)
		waiting := true
		for lines.Scan() {
			fmt.Fprintln(&log, lines.Text())
			if m := ready.FindStringSubmatch(lines.Text()); waiting && m != nil {
				waiting = false
				found <- m[1]
			}
		}
		io.Copy(io.Discard, out)
	}()
	go func() {
		cmd.Wait()
		in.Close()
	}()
	stop = sync.OnceFunc(func() {
		alive.Close()
		<-ended
		if t.Failed() {
			t.Logf("the server wrote:\n%s", log.String()[max(0, log.Len()-4000):])
		}
	})
	t.Cleanup(stop)
	select {
	case address = <-found:
	case <-ended:
		t.Fatalf("%s ended at once:\n%s", command[0], log.String())
	case <-time.After(time.Minute):
		t.Fatalf("%s is not ready after a minute", command[0])
	}
	return address, stop
}

// nodeServer returns the command line of a server of npm. The test is skipped
// where it is not installed.
func nodeServer(t *testing.T, script string, args ...string) []string {
	t.Helper()
	if *npmServers == "" {
		t.Skip("skipped: -npm-servers is not given; .ci/integration installs the servers and gives it")
	}
	path, err := filepath.Abs(filepath.Join(*npmServers, "node_modules", filepath.FromSlash(script)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return append([]string{"node", path}, args...)
}

// An aimock is a server of @copilotkit/aimock: it answers by fixtures, fails as it
// is told to and keeps a journal of what it has received.
type aimock struct {
	t    *testing.T
	url  string
	key  string // that it asks for; empty for none
	stop func()
}

func startAimock(t *testing.T, key string, args ...string) *aimock {
	t.Helper()
	empty := filepath.Join(t.TempDir(), "fixtures")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	command := nodeServer(t, "@copilotkit/aimock/dist/cli.js", "--port", "0", "--host", "127.0.0.1", "--fixtures", empty, "--journal-max", "0", "--log-level", "info")
	var env []string
	if key != "" {
		env = []string{"AIMOCK_API_KEYS=" + key}
	}
	url, stop := startServer(t, regexp.MustCompile(`listening on (http://127\.0\.0\.1:\d+)`), env, append(command, args...)...)
	return &aimock{t, url, key, stop}
}

// ask sends a command to the server; nil for none. The answer is its JSON.
func (a *aimock) ask(method, path string, command, answer any) {
	a.t.Helper()
	text, err := json.Marshal(command)
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+"/__aimock/"+path, strings.NewReader(string(text)))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err = io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(text, answer)
	}
	if err != nil || res.StatusCode != http.StatusOK {
		a.t.Fatalf("%s %s: %s: %v: %s", method, path, res.Status, err, text)
	}
}

// An aimockFixture says what aimock answers to what.
type aimockFixture struct {
	Match    map[string]any `json:"match"`
	Response map[string]any `json:"response"`
}

func (a *aimock) add(fixtures ...aimockFixture) {
	a.t.Helper()
	var answer struct{ Added int }
	a.ask("POST", "fixtures", map[string]any{"fixtures": fixtures}, &answer)
	if answer.Added != len(fixtures) {
		a.t.Fatalf("the server took %d of %d fixtures", answer.Added, len(fixtures))
	}
}

// A received request is an entry of the journal of aimock.
type received struct {
	Timestamp int64 // in milliseconds
	Method    string
	Path      string
	Headers   map[string]string
	Body      map[string]any
	Response  struct{ Status int }
}

// fail makes the server fail as often as it is told.
func (a *aimock) fail(chaos map[string]float64) {
	a.t.Helper()
	var answer struct{ Chaos map[string]float64 }
	a.ask("POST", "chaos", chaos, &answer)
	if diff := cmp.Diff(chaos, answer.Chaos); diff != "" {
		a.t.Fatalf("-want +got\n%s", diff)
	}
}

// sent returns the chat completions that were asked for, in the order in which
// they were answered.
func (a *aimock) sent() []received {
	a.t.Helper()
	var list []received
	a.ask("GET", "journal", nil, &list)
	return list
}

// answerAsExpected makes the server answer each case with its expected output.
func (a *aimock) answerAsExpected(l *testLibrary) {
	a.t.Helper()
	var fixtures []aimockFixture
	for _, want := range l.reference() {
		fixtures = append(fixtures, aimockFixture{Match: matching(want.Request), Response: map[string]any{"content": want.Reply.Text}})
	}
	a.add(fixtures...)
}

// matching is what aimock knows a request by.
func matching(r evals.Request) map[string]any {
	match := map[string]any{}
	for _, m := range r.Messages {
		match[m.Role+"Message"] = m.Content
	}
	return match
}

// startMockLLM starts a server of @dwmkerr/mock-llm with rules for its answers,
// the last that matches counts, and returns its URL.
func startMockLLM(t *testing.T, rules string) (url string, stop func()) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "mock-llm.yaml")
	if err := os.WriteFile(config, []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	// It does not say which port it has chosen.
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	free.Close()
	address, stop := startServer(t, regexp.MustCompile(`server running on (127\.0\.0\.1:\d+)`), []string{"HOST=127.0.0.1", "PORT=" + port},
		nodeServer(t, "@dwmkerr/mock-llm/dist/main.js", "--config", config)...)
	return "http://" + address, stop
}

// startOllama starts Ollama with the model "smollm2", which it keeps beside the
// file of the model, and returns its URL.
func startOllama(t *testing.T, env ...string) (url string, stop func()) {
	t.Helper()
	if *ollama == "" || *ollamaModel == "" {
		t.Skip("skipped: -ollama and -ollama-model are not given; .ci/integration installs both and gives them")
	}
	dir := t.TempDir() // of its key
	models := filepath.Join(filepath.Dir(*ollamaModel), "models")
	env = append([]string{"HOME=" + dir, "USERPROFILE=" + dir, "OLLAMA_MODELS=" + models, "OLLAMA_HOST=127.0.0.1:0", "OLLAMA_NUM_PARALLEL=2", "OLLAMA_CONTEXT_LENGTH=2048"}, env...)
	address, stop := startServer(t, regexp.MustCompile(`Listening on (127\.0\.0\.1:\d+)`), env, *ollama, "serve")
	modelfile := filepath.Join(dir, "Modelfile")
	text := "FROM " + *ollamaModel + "\nPARAMETER num_thread 1\nPARAMETER seed 1\n"
	if err := os.WriteFile(modelfile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	create := exec.Command(*ollama, "create", "smollm2", "--file", modelfile)
	create.Env = append(append(os.Environ(), env...), "OLLAMA_HOST="+address)
	if out, err := create.CombinedOutput(); err != nil {
		t.Fatalf("creating the model: %v: %s", err, out)
	}
	return "http://" + address, stop
}

// TestServerEndsWithTheTest: a server is asked to end, so that it can end what it
// has started, and has ended when stop returns.
func TestServerEndsWithTheTest(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("skipped: there is no sh")
	}
	ended := filepath.Join(t.TempDir(), "ended")
	const script = `trap 'touch "$1"; exit' TERM; echo "address: $$"; while :; do sleep 0.05; done`
	address, stop := startServer(t, regexp.MustCompile(`address: (\d+)`), nil, "sh", "-c", script, "sh", ended)
	if address == "" {
		t.Error("the server has no address")
	}
	if _, err := os.Stat(ended); err == nil {
		t.Error("the server ended before it was asked to")
	}
	stop()
	if _, err := os.Stat(ended); err != nil {
		t.Errorf("the server was not asked to end: %v", err)
	}
}

// TestServersAreThePinnedOnes: the page on evals names the versions that are
// installed, and no registry is written into the lock file.
func TestServersAreThePinnedOnes(t *testing.T) {
	page := readFile(t, "docs", "evals.md")
	var pinned struct{ Dependencies map[string]string }
	if err := json.Unmarshal([]byte(readFile(t, ".ci", "servers", "package.json")), &pinned); err != nil {
		t.Fatal(err)
	}
	if len(pinned.Dependencies) != 2 {
		t.Errorf("the servers of npm are %v", pinned.Dependencies)
	}
	for name, version := range pinned.Dependencies {
		_, short, _ := strings.Cut(name, "/")
		if !regexp.MustCompile(`(?m)^\| \[` + short + `\]\(\S+\) \| ` + regexp.QuoteMeta(version) + ` \|`).MatchString(page) {
			t.Errorf("docs/evals.md has no line of %s %s", short, version)
		}
	}
	ollama := regexp.MustCompile(`(?m)^ollama=v(\S+)$`).FindStringSubmatch(readFile(t, ".ci", "integration"))
	if ollama == nil || !regexp.MustCompile(`(?m)^\| \[Ollama\]\(.*\| `+regexp.QuoteMeta(ollama[1])+` \|`).MatchString(page) {
		t.Errorf("docs/evals.md has no line of Ollama %q", ollama)
	}
	if strings.Contains(readFile(t, ".ci", "servers", "package-lock.json"), `"resolved"`) {
		t.Error("package-lock.json names a registry; make it with --omit-lockfile-registry-resolved")
	}
}
