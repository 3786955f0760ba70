package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promptlib/cmd/promptlib/internal/report"
)

// The attacks that a prompt file, its name or a reply may carry.
const (
	ansi  = "\x1b[2J\x1b]0;owned\x07"
	bidi  = "\u202egnp.exe\u2066"
	c1    = "\u009b31m"
	tags  = "\U000e0041\U000e0042"
	bytes = "\xff\xfe"
)

func hostilePrompt() string {
	return "---\ntitle: \"a" + bidi + tags + "\"\nversion: 1.0\nrisk_level: \"" + c1 + "\"\ndata_classification: \"\\e[31m\"\n" +
		"governance_tags: [\"" + bidi + "\"]\neval:\n  checks: [{contains: \"nowhere\"}]\n---\n" +
		"<purpose>\n" + ansi + c1 + bidi + tags + bytes + "\n</purpose>\n<instructions>\n{{x}}\n</instructions>\n<context>\n</context>\n" +
		"<variables>\n- x: " + ansi + "\n</variables>\n<examples>\nExample 1: " + ansi + "\nInput:\n{\"x\": \"" + c1 + "\"}\nOutput:\n{\"a\": \"" + bidi + "\"}\n</examples>\n"
}

// TestHostileTextReachesNoTerminal runs every command over a library whose file
// names, contents and replies attack the terminal, in every format.
func TestHostileTextReachesNoTerminal(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a"+ansi+"\n"+bidi+".md")
	if err := os.WriteFile(name, []byte(hostilePrompt()), 0o644); err != nil {
		t.Skipf("skipped: the file system refuses the name: %v", err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "fail") {
			http.Error(w, "no"+ansi+bidi, http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
			"message": map[string]string{"content": ansi + c1 + bidi + tags}, "finish_reason": "stop",
		}}})
	}))
	defer server.Close()
	t.Setenv("OPENAI_API_KEY", "")
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	t.Chdir(t.TempDir())
	commands := [][]string{
		{"lint", dir}, {"lint", name}, {"lint", "--format", "json", dir},
		{"list", dir}, {"list", "--format", "json", dir},
		{"show", name}, {"show", "--format", "json", name},
		{"eval", dir}, {"eval", "--format", "json", dir},
		{"eval", "--model", "openai/" + ansi, "--base-url", server.URL + "/v1", dir},
		{"eval", "--model", "openai/x", "--base-url", server.URL + "/fail", dir},
		{"eval", "--model", "openai/x", "--base-url", server.URL + "/v1", "--format", "json", dir},
		{"eval", "--model", ansi, dir}, {"lint", dir + ansi}, {"render", name, "--example", "9"},
		{"lint", "--format", ansi}, {ansi}, {"lint", "--" + ansi}, {"show", dir},
		{"lint", "--format", "json=" + ansi, "--format", "text=" + ansi, dir}, {"lint", "--format", "json=no" + ansi + "/where", dir},
		{"lint", "--since", ansi, dir}, {"lint", "--stdin-filename", name}, {"lint", dir + "/*" + ansi},
	}
	for _, f := range report.LintFormats {
		commands = append(commands, []string{"lint", "--statistics", "--format", f.Name, dir})
	}
	commands = append(commands, []string{"lint", "--write-baseline", dir})
	for _, args := range commands {
		var out, errs strings.Builder
		status := run(args, nil, &out, &errs)
		if out.Len()+errs.Len() == 0 {
			t.Errorf("%q prints nothing, status %d", args, status)
		}
		for stream, text := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
			for i, c := range text {
				if c != '\n' && obeyed(c) {
					t.Errorf("%q prints %U to %s, at %q", args, c, stream, text[max(0, i-20):min(len(text), i+20)])
					break
				}
			}
		}
	}
}

func obeyed(c rune) bool {
	return c < ' ' || c >= 0x7f && c < 0xa0 || c == 0xfffd || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c >= 0xe0000 && c <= 0xe007f
}

// TestHostileFilesAreBounded lints what should cost nothing to refuse: each file
// ends in one clear message, and the good file beside it is still read.
func TestHostileFilesAreBounded(t *testing.T) {
	front := func(yaml string) string { return "---\n" + yaml + "\n---\n## Prompt\n\nHi.\n" }
	bomb := "a0: &a0 [x]\n"
	for i := 1; i < 30; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	for _, tt := range []struct {
		name, text string
		code, say  string
	}{
		{"empty", "", "FS002", "the file is empty"},
		{"blank", " \n\t\n", "FS002", "the file is empty"},
		{"binary", "a\x00b", "FS003", "NUL"},
		{"too large", strings.Repeat("word ", 1<<20), "SEC207", "at most 4194304"},
		{"alias bomb", front(bomb), "FM010", "write the value out"},
		{"nested brackets", front("a: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000)), "FM0", ""},
		{"nested mappings", front(strings.Repeat("{a: ", 2000) + "1" + strings.Repeat("}", 2000)), "FM012", "nested"},
		{"large front matter", front("a: " + strings.Repeat("x", 70<<10)), "FM012", "larger than 64 KiB"},
		{"many keys", front(manyKeys(200)), "FM012", "200 keys"},
		{"nested JSON", "<purpose>\na\n</purpose>\n<examples>\nInput: x\nOutput: " + strings.Repeat("[", 20000) + "\n</examples>\n", "EX002", "not valid JSON"},
		{"one long line", front("title: a\nversion: '1'") + strings.Repeat("[x](", 200000), "STR001", "Description"},
		{"one line of findings", "---\ntitle: a\nversion: '1'\n---\n## Prompt\n\n" + manyVariables(100000), "VAR001", "not documented"},
		{"many fences", strings.Repeat("```a\n", 20001), "STR005", "stray code fence"},
		{"many tags", "<purpose>\n" + strings.Repeat("<a>\n", 100000), "STR007", "never closed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("bad.md", tt.text)
			write("good.md", "---\ntitle: A\nversion: '1'\n---\n## Description\n\nA.\n\n## Prompt\n\nHi.\n")
			began := time.Now()
			var out, errs strings.Builder
			run([]string{"lint", dir}, nil, &out, &errs)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("lint took %s", took)
			}
			found := false
			for line := range strings.Lines(out.String()) {
				found = found || strings.Contains(line, "bad.md:") && strings.Contains(line, "["+tt.code) && strings.Contains(line, tt.say)
			}
			if !found {
				t.Errorf("no finding of %s that says %q:\n%.2000s%s", tt.code, tt.say, out.String(), errs.String())
			}
			if !strings.Contains(out.String(), "2 files checked") {
				t.Errorf("the file beside it was not checked:\n%.2000s", out.String())
			}
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	return b.String()
}

// TestKeyIsNowhere runs evals against servers that repeat the key in every way,
// and looks for it in everything that is stored or printed.
func TestKeyIsNowhere(t *testing.T) {
	const key = "sk-CANARY/0123+456=789"
	forms := []string{key, url.QueryEscape(key), url.PathEscape(key)}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		forms = append(forms, e.EncodeToString([]byte(key)))
	}
	said := strings.Join(forms, " ")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/error"):
			http.Error(w, said, http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/moved"):
			http.Redirect(w, r, "/"+url.PathEscape(key), http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/finish"):
			fmt.Fprintf(w, `{"choices":[{"message":{"content":%q},"finish_reason":%q}]}`, "a", said)
		case strings.HasPrefix(r.URL.Path, "/none"):
			fmt.Fprintf(w, `{"choices":%q}`, said)
		default:
			fmt.Fprintf(w, `{"choices":[{"message":{"content":%q},"finish_reason":"stop"}]}`, "{\"b\": \""+said+"\", \""+key+"\": 1}")
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	writePrompt(t, dir, "a.md")
	t.Setenv("OPENAI_API_KEY", key)
	t.Chdir(t.TempDir())
	for _, path := range []string{"/v1", "/error", "/moved", "/finish", "/none"} {
		for _, format := range []string{"text", "json"} {
			var out, errs strings.Builder
			run([]string{"eval", "--format", format, "--model", "openai/x", "--base-url", server.URL + path, dir}, nil, &out, &errs)
			texts := map[string]string{"stdout": out.String(), "stderr": errs.String()}
			runs, _ := filepath.Glob(filepath.Join(".promptlib", "local", "runs", "*"))
			for _, name := range runs {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				texts[name] = string(text)
			}
			if len(runs) == 0 {
				t.Fatal("no run was written")
			}
			for where, text := range texts {
				for _, form := range append(forms, "CANARY", "c2stQ0FOQVJZ") {
					if strings.Contains(text, form) {
						t.Errorf("%s as %s: %s holds %s", path, format, where, form)
					}
				}
			}
		}
	}
}

func manyVariables(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[some_name_%d] ", i)
	}
	return b.String() + "\n\n## Variables\n\n- `[other]`: not one of them\n"
}
