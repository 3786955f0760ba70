package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// walk returns the part of docs/evals.md that a newcomer follows, and what comes
// after it.
func walk(t *testing.T, page string) (steps, rest string) {
	t.Helper()
	_, page, begins := strings.Cut(page, "\n## Ten minutes with a prompt of your own\n")
	steps, rest, ends := strings.Cut(page, "\n## ")
	if !begins || !ends {
		t.Fatal("docs/evals.md has no walk for newcomers")
	}
	return steps, rest
}

// walkStep is a part of the walk that does something: commands, a file, or a line
// of the contract that is to be changed or added.
var walkStep = regexp.MustCompile("(?ms)^```(console|markdown|yaml|csv)\n(.*?)^```$|(Change its line to|Add a last line to the contract,) `([^`]*)`")

// TestDocsWalk follows the walk of docs/evals.md in an empty folder, with a server
// that answers as the page says. Each command must end with the status that the
// page says, and print the lines that it shows.
func TestDocsWalk(t *testing.T) {
	steps, _ := walk(t, readFile(t, "docs", "evals.md"))
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		sent, _ := io.ReadAll(r.Body)
		text := `{\"actions\": []}`
		if strings.Contains(string(sent), "Ana writes") {
			text = `{\"actions\": [{\"task\": \"Write FAQ\", \"owner\": \"Ana\", \"due\": \"2026-06-03\"}, ` +
				`{\"task\": \"Ask legal\", \"owner\": \"Ben\", \"due\": null}]}`
		}
		_, _ = io.WriteString(w, `{"choices": [{"message": {"role": "assistant", "content": "`+text+`"}, "finish_reason": "stop"}]}`)
	}))
	defer server.Close()
	files := map[string]string{
		"markdown": "prompts/meeting-actions.md", "yaml": "prompts/meeting-actions.eval.yaml", "csv": "prompts/meetings.csv",
	}
	for _, path := range files {
		if !strings.Contains(steps, "`"+path+"`") {
			t.Errorf("the walk does not name %s", path)
		}
	}
	t.Chdir(t.TempDir())
	t.Setenv("OPENAI_API_KEY", "")
	ran := 0
	for _, step := range walkStep.FindAllStringSubmatch(steps, -1) {
		switch kind, text, change, line := step[1], step[2], step[3], step[4]; {
		case kind == "console":
			ran += follow(t, strings.ReplaceAll(text, "http://127.0.0.1:11434", server.URL))
		case kind != "":
			writeTo(t, filepath.FromSlash(files[kind]), text)
		default:
			changeContract(t, files["yaml"], change == "Change its line to", line)
		}
	}
	if ran < 10 {
		t.Errorf("only %d commands were found", ran)
	}
	if got := calls.Load(); got != 3 {
		t.Errorf("the server was called %d times, want once for each case: 3", got)
	}
}

// changeContract replaces the line of a contract that has the same key, or adds
// one.
func changeContract(t *testing.T, path string, replace bool, line string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	contract := string(text)
	if key, _, _ := strings.Cut(line, ":"); replace {
		at := regexp.MustCompile("(?m)^" + key + ":.*$")
		if !at.MatchString(contract) {
			t.Fatalf("the contract has no line %q to change", key)
		}
		contract = at.ReplaceAllLiteralString(contract, line)
	} else {
		contract += line + "\n"
	}
	writeTo(t, path, contract)
}
