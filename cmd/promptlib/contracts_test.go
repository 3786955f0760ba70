package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/schema"
)

// recordedPrompts tells the cases of testdata/evals/contracts apart by a word of
// what is sent.
var recordedPrompts = []struct{ word, reply string }{
	{"Orders API", "orders.txt"}, {"Weather API", "weather.txt"}, {"sequential scan", "query.txt"},
}

// TestContractsOfRecordedReplies holds recorded replies, good, partly right and
// bad, against the contracts of two prompts, one in each dialect: every score is
// exact. With -update the replies are recorded again from the texts they have.
func TestContractsOfRecordedReplies(t *testing.T) {
	tests := map[string]struct {
		status int
		want   []string
	}{
		"good": {exitClean, []string{
			"cache-planner.md example 1: json 1 pass, schema 1 pass, fields 1 pass, checks 1 pass",
			"cache-planner.md example 2: json 1 pass, schema 1 pass, fields 1 pass, checks 1 pass",
			"query-tuner.md example 1: sections 1 pass, checks 1 pass, similarity 0.696 pass",
		}},
		"partly": {exitFindings, []string{
			// 2 of 11 values break the schema. 4 fields of the 7 in the reply are
			// right, of 11 expected ones.
			"cache-planner.md example 1: json 0.5 fail, schema 0.818 fail, fields 0.444 fail, checks 1 pass",
			// A trailing comma: no program can read it.
			"cache-planner.md example 2: json 0.25 fail, schema 0 fail, fields 0 fail, checks 1 pass",
			// Of four sections one is right: one has no table, one is empty and one
			// stands before the others.
			"query-tuner.md example 1: sections 0.25 fail, checks 0.75 fail, similarity 0.341 fail",
		}},
		"bad": {exitFindings, []string{
			"cache-planner.md example 1: json 0 fail, schema 0 fail, fields 0 fail, checks 0.5 fail", // a recorded reply took no time and cost nothing
			// Of 2 values and a missing one, 2 break the schema.
			"cache-planner.md example 2: json 1 pass, schema 0.333 fail, fields 0 fail, checks 0.75 fail",
			"query-tuner.md example 1: sections 0 fail, checks 0.5 fail, similarity 0 fail",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			recorded, err := filepath.Abs(filepath.Join("..", "..", "testdata", "evals", "contracts", "replies", name+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "evals", "contracts"))); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			prompts := []string{"cache-planner.md", "query-tuner.md"}
			if *update {
				t.Setenv("OPENAI_API_KEY", "")
				url := recordedServer(t, filepath.Join(dir, "replies", name))
				args := append([]string{"eval", "--model", "openai/test", "--base-url", url, "--record", recorded, "--no-cache"}, prompts...)
				// Its status is no matter: what these replies cost is not known.
				run(args, strings.NewReader(""), io.Discard, t.Output())
			}
			var out strings.Builder
			args := append([]string{"eval", "--model", "replay", "--replay", recorded, "--format", "json"}, prompts...)
			if got := run(args, strings.NewReader(""), &out, t.Output()); got != test.status {
				t.Errorf("got status %d, want %d", got, test.status)
			}
			value, syntax := schema.DecodeJSON(out.String())
			if syntax != nil {
				t.Fatal(syntax)
			}
			for _, v := range schema.Get("eval").Validate(value) {
				t.Errorf("the report breaks its schema at %s: %s", v.Pointer, v.Message)
			}
			if diff := cmp.Diff(scoresOf(t, out.String()), test.want); diff != "" {
				t.Errorf("scores, got - want +:\n%s", diff)
			}
		})
	}
}

// scoresOf lists the scores of an eval report in JSON, a line each case.
func scoresOf(t *testing.T, text string) []string {
	t.Helper()
	var report struct {
		Cases []struct {
			Prompt, Name string
			Scores       []struct {
				Scorer string
				Value  float64
				Pass   bool
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var list []string
	for _, c := range report.Cases {
		var scores []string
		for _, s := range c.Scores {
			scores = append(scores, fmt.Sprintf("%s %.3g %s", s.Scorer, s.Value, map[bool]string{true: "pass", false: "fail"}[s.Pass]))
		}
		list = append(list, fmt.Sprintf("%s %s: %s", c.Prompt, c.Name, strings.Join(scores, ", ")))
	}
	return list
}

// recordedServer answers each prompt with its reply in a folder.
func recordedServer(t *testing.T, dir string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		for _, p := range recordedPrompts {
			if !strings.Contains(string(asked), p.word) {
				continue
			}
			reply, err := os.ReadFile(filepath.Join(dir, p.reply))
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
				"message": map[string]string{"role": "assistant", "content": string(reply)}, "finish_reason": "stop",
			}}})
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}
