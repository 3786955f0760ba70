package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"promptlib/schema"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(anywhere{m}, map[string]func(){
		"promptlib":   func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"keep-server": keepServer,
	})
}

// anywhere runs the tests as outside of CI: where they run is no matter of theirs.
// The commands of transcripts have the environment that these give them.
type anywhere struct{ *testing.M }

func (a anywhere) Run() int {
	for _, name := range ciVariables {
		os.Unsetenv(name)
	}
	return a.M.Run()
}

// TestScripts runs the transcripts of testdata/cmd. Beside the commands of
// testscript they may use:
//
//	status N          the program just run ended with exit status N
//	valid NAME FILE   every line of FILE, or the file as a whole, fulfils a schema
//	server REPLY      starts a chat completion server that answers with the file
//	                  REPLY, and sets $SERVER to its base URL
//	people KEY FILE   gives bob of the people.yaml FILE the public key KEY
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "cmd"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			if err := writeBinaries(e.WorkDir); err != nil {
				return err
			}
			for _, name := range []string{"OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR", "FORCE_COLOR"} {
				e.Setenv(name, "")
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": expectStatus,
			"valid":  validate,
			"server": serve,
			"people": giveKey,
		},
	})
}

// expectStatus runs the program and checks its exit status: status N promptlib
// ARG… is exec with an exact status.
func expectStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [arg…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		var exit interface{ ExitCode() int }
		if e, ok := err.(interface{ ExitCode() int }); ok {
			exit = e
			got = exit.ExitCode()
		} else {
			ts.Fatalf("%v", err)
		}
	}
	if want := args[0]; fmt.Sprint(got) != want {
		ts.Fatalf("%s ended with status %d, want %s", strings.Join(args[1:], " "), got, want)
	}
}

func validate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: valid NAME FILE")
	}
	text := ts.ReadFile(args[1])
	documents := []string{text}
	if !json.Valid([]byte(text)) {
		documents = strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	}
	for i, document := range documents {
		value, err := schema.DecodeJSON(document)
		if err != nil {
			ts.Fatalf("document %d is no JSON: %v", i+1, err)
		}
		for _, v := range schema.Get(args[0]).Validate(value) {
			ts.Fatalf("document %d breaks the schema %s at %s: %s", i+1, args[0], v.Pointer, v.Message)
		}
	}
}

// giveKey writes a key that was just made into a file of people.
func giveKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: people KEY FILE")
	}
	key, text := strings.TrimSpace(ts.ReadFile(args[0])), ts.ReadFile(args[1])
	entry := "  bob: {"
	if !strings.Contains(text, entry) {
		ts.Fatalf("%s has no line of bob", args[1])
	}
	text = strings.Replace(text, entry, entry+"keys: [{ssh: \""+key+"\"}], ", 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server REPLY")
	}
	reply := ts.ReadFile(args[0])
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
			"message": map[string]string{"role": "assistant", "content": reply}, "finish_reason": "stop",
		}}})
	}))
	ts.Defer(s.Close)
	ts.Setenv("SERVER", s.URL+"/v1")
}

// writeBinaries adds what a text archive cannot hold.
func writeBinaries(dir string) error {
	bad := filepath.Join(dir, "bad")
	if err := os.MkdirAll(bad, 0o755); err != nil {
		return err
	}
	marked := "\ufeff---\ntitle: Marked\nrisk_level: low\nriskLevel: Medium\n---\n\nSay it.\n"
	if err := os.WriteFile(filepath.Join(dir, "marked.md"), []byte(marked), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(bad, "nul.md"), []byte("\xff\xfeP\x00r\x00o\x00"), 0o644)
}
