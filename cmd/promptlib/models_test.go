package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/schema"
)

// A keptServer answers every chat completion, and keeps what keys came.
type keptServer struct {
	*httptest.Server
	mu   sync.Mutex
	keys []string // the credentials of each request, "none" where there were none
}

func newKeptServer(t *testing.T) *keptServer {
	t.Helper()
	s := &keptServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		key := "none"
		if values := append(r.Header["Authorization"], r.Header["Api-Key"]...); len(values) > 0 {
			key = strings.Join(values, " ")
		}
		s.keys = append(s.keys, key)
		io.WriteString(w, `{"choices":[{"message":{"content":"{\"lines\": 2}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":40,"completion_tokens":5}}`)
	}))
	t.Cleanup(s.Close)
	return s
}

// host is the server's host and port.
func (s *keptServer) host() string { return strings.TrimPrefix(s.URL, "http://") }

// aPrompt is a prompt of one example with a line for the front matter.
func aPrompt(line string) string {
	return "---\ntitle: Line count\n" + line + "---\n<purpose>\nYou count lines.\n</purpose>\n\n<examples>\nInput: {\"text\": \"a\"}\nOutput: {\"lines\": 2}\n</examples>\n"
}

// inLibrary makes a library of one prompt with settings and enters it.
func inLibrary(t *testing.T, policy, config, prompt string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{".promptlib/policy.yaml": policy, ".promptlib/config.yaml": config, "a.md": prompt} {
		if text == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, ".promptlib"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, name := range []string{keyEnv, baseEnv, "HOUSE_KEY"} {
		t.Setenv(name, "")
	}
}

const userKey, houseKey = "sk-user-0123456789abcdef", "sk-house-0123456789abcdef"

// TestEvalSendsKeysOnlyWhereTheyBelong: what stands for HOST is a server, for
// OTHER another. Want are the credentials that HOST is to see, empty for no
// request; OTHER is to see none.
func TestEvalSendsKeysOnlyWhereTheyBelong(t *testing.T) {
	const (
		house    = "version: 1\nproviders:\n  house: {kind: openai, base_url: \"http://HOST/v1\"}\n"
		openAI   = "version: 1\nproviders:\n  openai: {kind: openai, base_url: \"http://HOST/v1\"}\n"
		azure    = "version: 1\nproviders:\n  house: {kind: azure, base_url: \"http://HOST\", api_version: 2024-10-21}\n"
		bound    = "version: 1\nproviders:\n  house: {hosts: [\"HOST\"], key_env: HOUSE_KEY, ceiling: internal, local: true}\n"
		boundAll = "version: 1\nproviders:\n  openai: {hosts: [\"HOST\"], key_env: OPENAI_API_KEY, ceiling: restricted, local: true}\n"
		other    = "version: 1\nproviders:\n  house: {hosts: [\"OTHER\"], key_env: HOUSE_KEY, ceiling: internal, local: true}\n"
		internal = "data_classification: internal\n"
	)
	tests := []struct {
		name           string
		policy, config string
		line           string // of the front matter
		args           string
		base           string // of OPENAI_BASE_URL
		status         int
		want           string
		stderr         string
	}{
		{"no settings, the user names the host", "", "", "", "--model openai/m --base-url http://HOST/v1", "", 0, "Bearer " + userKey, ""},
		{"no settings, the environment names the host", "", "", "", "--model openai/m", "http://HOST/v1", 0, "Bearer " + userKey, ""},
		{"no policy, the configuration alone names the host", "", house, "", "--model house/m", "", 0, "none", ""},
		{"no policy, the configuration moves openai", "", openAI, "", "--model openai/m", "", 0, "none", ""},
		{"no policy, the user and the configuration name the host", "", house, "", "--model house/m", "http://HOST/v2", 0, "Bearer " + userKey, ""},
		{"no policy, the user names another host", "", openAI, "", "--model openai/m --base-url http://HOST/v1", "http://OTHER/v1", 0, "Bearer " + userKey, ""},
		{"no policy, Azure has no key", "", azure, "", "--model house/m", "", 2, "", `there is no key for HOST: the host is named by .promptlib/config.yaml:3:34 alone; bind it and its key_env to provider "house" in .promptlib/policy.yaml`},
		{"bound", bound, house, internal, "--model house/m", "", 0, "Bearer " + houseKey, ""},
		{"bound, and the environment names another host", bound, house, internal, "--model house/m", "http://OTHER/v1", 0, "Bearer " + houseKey, ""},
		{"bound Azure", bound, azure, internal, "--model house/m", "", 0, houseKey, ""},
		{"bound, the user names the host", boundAll, "", "", "--model openai/m --base-url http://HOST/v1", "", 0, "Bearer " + userKey, ""},
		{"bound without a key", strings.Replace(bound, "key_env: HOUSE_KEY, ", "", 1), house, internal, "--model house/m", "", 0, "none", ""},
		{"models that send nothing need not be bound", bound, "", "", "--model reference", "", 0, "", ""},

		{"another host in the configuration", other, house, internal, "--model house/m", "", 3, "",
			`.promptlib/config.yaml:3:35: host "HOST" is not bound to provider "house", which may use "OTHER" (.promptlib/policy.yaml:3:19); nothing is sent to others [EVL302 eval-host]`},
		{"another port", strings.Replace(bound, "HOST", "127.0.0.1", 1), house, internal, "--model house/m", "", 3, "", `is not bound to provider "house", which may use "127.0.0.1"`},
		{"another name of the host", strings.Replace(bound, "127.0.0.1", "localhost", 1), strings.Replace(house, "HOST", "127.1.1.1", 1), internal, "--model house/m", "", 3, "", `host "127.1.1.1" is not bound`},
		{"another provider in the configuration", boundAll, house, internal, "--model house/m", "", 3, "",
			`.promptlib/config.yaml:3:3: provider "house" is not bound by .promptlib/policy.yaml, which has "openai" [EVL302 eval-host]`},
		{"a provider that is built in", bound, "", internal, "--model openai/m", "http://HOST/v1", 3, "",
			`.promptlib/policy.yaml:3:3: provider "openai" is not bound by .promptlib/policy.yaml, which has "house" [EVL302 eval-host]`},
		{"a misspelt provider", strings.Replace(bound, "house:", "houses:", 1), house, internal, "--model house/m", "", 3, "", `did you mean "houses"?`},
		{"the user names another host", boundAll, "", "", "--model openai/m --base-url http://OTHER/v1", "", 3, "",
			`.promptlib/policy.yaml:3:20: host "OTHER" is not bound to provider "openai", which may use "HOST" (.promptlib/policy.yaml:3:20)`},
		{"a policy that binds nothing", "version: 1\nproviders: {}\n", house, "", "--model house/m", "", 3, "", `which lets nothing be sent`},
		{"a password in the environment", boundAll, "", "", "--model openai/m", "http://u:secret@HOST/v1", 3, "", `has a user or password, which no policy binds`},
		{"http to what is not local", strings.Replace(bound, ", local: true", "", 1), house, internal, "--model house/m", "", 3, "", `provider "house" is not local, and requests to it need https, not http`},
		{"one of two models", bound, house + "  house2: {kind: openai, base_url: \"http://HOST/v1\"}\n", internal, "--model house/m --model house2/m", "", 3, "", `provider "house2" is not bound`},

		{"a prompt above the ceiling", bound, house, "data_classification: confidential\n", "--model house/m", "", 3, "",
			`a.md:3:22: data_classification is "confidential", and provider "house" may see "internal" at most (.promptlib/policy.yaml:3:`},
		{"a prompt at the ceiling by another spelling", bound, house, "dataClassification: Internal\n", "--model house/m", "", 0, "Bearer " + houseKey, ""},
		{"a prompt without a class", bound, house, "", "--model house/m", "", 3, "", `a.md:1:1: data_classification is missing and counts as "restricted", and provider`},
		{"a prompt with a class that cannot be read", bound, house, "data_classification: interal\n", "--model house/m", "", 3, "", `a.md:3:22: data_classification cannot be read and counts as "restricted"`},
		{"a prompt of two classes", bound, house, "data_classification: internal\ngovernance: {data_classification: confidential}\n", "--model house/m", "", 3, "", `a.md:3:22: data_classification is "confidential" by all that the file declares`},
		{"no ceiling without a policy", "", house, "data_classification: restricted\n", "--model house/m", "", 0, "none", ""},
		{"a dry run above the ceiling", bound, house, "", "--model house/m --dry-run", "", 3, "", `[EVL301 eval-ceiling]`},

		{"a review that holds", strings.Replace(bound, "}", ", reviewed: 2025-01-01, valid: P12M}", 1), house, internal, "--model house/m --now 2026-01-01", "", 0, "Bearer " + houseKey, ""},
		{"a review that has expired", strings.Replace(bound, "}", ", reviewed: 2025-01-01, valid: P12M}", 1), house, internal, "--model house/m --now 2026-01-02", "", 3, "",
			`: provider "house" was reviewed on 2025-01-01, which held until 2026-01-01; review it again and state the day [EVL305 eval-review]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			host, another := newKeptServer(t), newKeptServer(t)
			fill := strings.NewReplacer("HOST", host.host(), "OTHER", another.host()).Replace
			inLibrary(t, fill(test.policy), fill(test.config), aPrompt(test.line))
			t.Setenv(keyEnv, userKey)
			t.Setenv("HOUSE_KEY", houseKey)
			t.Setenv(baseEnv, fill(test.base))
			var stdout, stderr strings.Builder
			status := run(append([]string{"eval", "--tries", "1"}, append(strings.Fields(fill(test.args)), "a.md")...), strings.NewReader(""), &stdout, &stderr)
			if status != test.status {
				t.Errorf("got status %d, want %d\n%s%s", status, test.status, stdout.String(), stderr.String())
			}
			if !strings.Contains(stderr.String(), fill(test.stderr)) || strings.Contains(stderr.String(), "secret") {
				t.Errorf("got  %swant %s", stderr.String(), fill(test.stderr))
			}
			if got := strings.Join(host.keys, ", "); got != test.want {
				t.Errorf("the server got %q, want %q\n%s", got, test.want, stderr.String())
			}
			if another.keys != nil {
				t.Errorf("the other server got %q", another.keys)
			}
		})
	}
}

// TestEvalConnectsToNoPrivateAddress: a name that the policy binds may lead
// anywhere by the time that it is looked up.
func TestEvalConnectsToNoPrivateAddress(t *testing.T) {
	server := newKeptServer(t)
	fill := strings.NewReplacer("HOST", server.host()).Replace
	inLibrary(t, fill("version: 1\nproviders: {house: {hosts: [\"HOST\"], key_env: HOUSE_KEY, ceiling: restricted}}\n"),
		fill("version: 1\nproviders: {house: {kind: openai, base_url: \"https://HOST/v1\"}}\n"), aPrompt(""))
	t.Setenv("HOUSE_KEY", houseKey)
	var stdout, stderr strings.Builder
	status := run([]string{"eval", "--model", "house/m", "a.md"}, strings.NewReader(""), &stdout, &stderr)
	if want := `127.0.0.1 is this machine or of a private network; the policy must say "local: true" of the provider`; status != exitFault || !strings.Contains(stdout.String(), want) {
		t.Errorf("got status %d\n%s%swant %s", status, stdout.String(), stderr.String(), want)
	}
	if server.keys != nil {
		t.Errorf("the server got %q", server.keys)
	}
}

// TestEvalKeepsKeysToItself: a server repeats the key and a password in replies,
// errors and headers, in all the ways that are known, and neither stands anywhere
// afterwards: not in the run, the cache, a report of any format, or on standard
// error.
func TestEvalKeepsKeysToItself(t *testing.T) {
	const canary, password = "sk-canary+0123/456789=AbCdEfGhIj", "pass+word/0123456789=KlMnOpQrSt"
	percent := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
		return b.String()
	}
	quote := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var shown []string // each a way to show both
	for _, secret := range []string{canary, password} {
		shown = append(shown, secret, url.QueryEscape(secret), percent(secret), secret[:20]+"…", "…"+secret[15:],
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte("a"+secret)), base64.RawStdEncoding.EncodeToString([]byte("ab"+secret+"c")))
		for n := 262; n < 302; n += 3 { // where a message is cut
			shown = append(shown, strings.Repeat("x", n)+secret, strings.Repeat("x", n)+percent(secret), strings.Repeat("x", n)+base64.StdEncoding.EncodeToString([]byte(secret)))
		}
	}
	var mu sync.Mutex
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		n := requests % len(shown)
		way := requests / len(shown)
		requests++
		text := shown[n]
		w.Header().Set("X-Key", url.QueryEscape(text))
		w.Header().Set("Retry-After", canary)
		switch message := quote(text); way {
		case 0:
			fmt.Fprintf(w, `{"choices":[{"message":{"content":%s},"finish_reason":"stop"}]}`, quote(`{"lines": "`+text+`"}`))
		case 1:
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"error":{"message":%s}}`, message)
		case 2:
			fmt.Fprintf(w, `{"error":%s}`, message)
		case 3:
			io.WriteString(w, text)
		case 4:
			w.WriteHeader(500)
			io.WriteString(w, text)
		case 5:
			fmt.Fprintf(w, `{"choices":[{"message":{"content":%s},"finish_reason":%s}]}`, message, message)
		case 6:
			w.Header().Set("Location", "http://"+url.QueryEscape(text))
			w.WriteHeader(307)
		case 7:
			w.Header().Set("Content-Length", "100000")
			fmt.Fprintf(w, `{"error":{"message":%s`, message)
		default:
			w.WriteHeader(403)
			fmt.Fprintf(w, `{"error":{"moderation":%s,"you sent":%s}}`, message, quote(string(body)))
		}
	}))
	defer server.Close()
	ways := 9
	var prompt strings.Builder
	prompt.WriteString("---\ntitle: Line count\n---\n<purpose>\nYou count lines.\n</purpose>\n\n<examples>\n")
	for i := range len(shown) * ways {
		fmt.Fprintf(&prompt, "Input: {\"text\": \"%d\"}\nOutput: {\"lines\": 2}\n\n", i)
	}
	prompt.WriteString("</examples>\n")
	inLibrary(t, "", "version: 1\n", prompt.String())
	t.Setenv(keyEnv, canary)
	args := []string{"eval", "--model", "openai/m", "--tries", "1", "--concurrency", "1", "--record", "record.jsonl",
		"--base-url", strings.Replace(server.URL, "http://", "http://user:"+url.QueryEscape(password)+"@", 1) + "/v1"}
	for _, f := range report.EvalFormats {
		if f.Name != "text" {
			args = append(args, "--format", f.Name+"=report."+f.Name)
		}
	}
	var stdout, stderr strings.Builder
	run(append(args, "--format", "text", "a.md"), strings.NewReader(""), &stdout, &stderr)
	if requests < len(shown)*ways {
		t.Errorf("got %d requests, want %d: every way to show it once\n%s", requests, len(shown)*ways, stderr.String())
	}
	sinks := map[string]string{"standard output": stdout.String(), "standard error": stderr.String()}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		sinks[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sinks) < len(report.EvalFormats)+5 {
		t.Errorf("got %d sinks, want reports, run, record and cache", len(sinks))
	}
	for name, text := range sinks {
		for _, secret := range []string{canary, password} {
			for form, leaked := range map[string]string{
				"as it is": secret[:12], "its end": secret[len(secret)-12:], "its middle": secret[8:20],
				"in an address": url.QueryEscape(secret)[:16], "in percent": percent(secret)[:36], "the end in percent": percent(secret[20:]),
				"in base64":        base64.StdEncoding.EncodeToString([]byte(secret))[4:20],
				"in base64, later": base64.StdEncoding.EncodeToString([]byte("a" + secret))[4:20], "in base64, last": base64.StdEncoding.EncodeToString([]byte("ab" + secret))[4:20],
			} {
				if i := strings.Index(text, leaked); i >= 0 {
					t.Errorf("%s shows the key %s: …%s…", name, form, text[max(0, i-60):min(len(text), i+60)])
				}
			}
		}
	}
}

// TestEvalWarnsOfPromptsThatWereCut: the server counts 40 tokens.
func TestEvalWarnsOfPromptsThatWereCut(t *testing.T) {
	server := newKeptServer(t)
	long := strings.Replace(aPrompt(""), "You count lines.", strings.Repeat("You count lines. ", 100), 1)
	long = strings.Replace(long, "</examples>", "Input: {\"text\": \"b\"}\nOutput: {\"lines\": 2}\n</examples>", 1)
	inLibrary(t, "", "version: 1\n", long)
	var stdout, stderr strings.Builder
	args := []string{"eval", "--model", "openai/m", "--concurrency", "1", "--base-url", server.URL + "/v1", "a.md"}
	if status := run(args, strings.NewReader(""), &stdout, &stderr); status != 0 {
		t.Fatalf("got status %d\n%s%s", status, stdout.String(), stderr.String())
	}
	const want = "promptlib: warning: example 1 at a.md:10:9 with openai/m: the server counts 40 tokens in a prompt of about 434: it may have cut it short; give the model a larger context, as Ollama's num_ctx is\n"
	if stderr.String() != want {
		t.Errorf("got  %swant %s", stderr.String(), want)
	}
	if want := "warnings: the server may have cut short the prompts of 2 cases; the run says which\n"; !strings.Contains(stdout.String(), want) {
		t.Errorf("got  %swant %s", stdout.String(), want)
	}
	runs, err := filepath.Glob(filepath.Join(".promptlib", "local", "runs", "*.jsonl"))
	if err != nil || len(runs) != 1 {
		t.Fatalf("got runs %q and %v, want one", runs, err)
	}
	text, err := os.ReadFile(runs[0])
	if err != nil {
		t.Fatal(err)
	}
	warned := 0
	for line := range strings.Lines(string(text)) {
		document, wrong := schema.DecodeJSON(line)
		if wrong != nil {
			t.Fatal(wrong.Message)
		}
		if got := schema.Get("run").Validate(document); len(got) > 0 {
			t.Errorf("%+v: %s", got, line)
		}
		if strings.Contains(line, `"event":"outcome"`) && strings.Contains(line, `"warning":"the server counts 40 tokens`) {
			warned++
		}
	}
	if warned != 2 {
		t.Errorf("got %d outcomes with a warning, want 2\n%s", warned, text)
	}
}
