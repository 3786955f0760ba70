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
	"runtime"
	"strings"
	"testing"
	"time"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
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
	for _, f := range report.EvalFormats {
		commands = append(commands,
			[]string{"eval", "--model", "openai/x" + ansi, "--base-url", server.URL + "/v1", "--format", f.Name, dir}, []string{"report", "--format", f.Name})
	}
	commands = append(commands, []string{"report", "--list"}, []string{"report", ansi}, []string{"lint", "--write-baseline", dir})
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

// A hostile file must not cost more than this. The worst costs a fifteenth of
// the time and a third of the bytes.
const (
	maxHostileTime   = 30 * time.Second // of the processor
	maxHostileBytes  = 2 << 30          // allocated, most of them for a short time
	maxHostileReport = 256 << 10        // bytes of any format
)

// bounded runs the program and checks what that costs and prints.
func bounded(t *testing.T, stdin string, args ...string) (stdout string, status int) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpu(t)
	var out, errs strings.Builder
	status = run(args, strings.NewReader(stdin), &out, &errs)
	if took := cpu(t) - began; took > maxHostileTime {
		t.Errorf("%q takes %s of the processor, at most %s are allowed", args, took, maxHostileTime)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > maxHostileBytes {
		t.Errorf("%q allocates %d bytes, at most %d are allowed", args, n, maxHostileBytes)
	}
	if out.Len() > maxHostileReport {
		t.Errorf("%q prints %d bytes, at most %d are allowed", args, out.Len(), maxHostileReport)
	}
	if status > exitFindings {
		t.Errorf("%q ends with %d: %s", args, status, errs.String())
	}
	return out.String(), status
}

// TestHostileFilesAreBounded lints what should cost nothing to refuse: each file
// ends in a clear message or a hundred and their count, and the good file beside
// it is still read.
func TestHostileFilesAreBounded(t *testing.T) {
	front := func(yaml string) string { return "---\n" + yaml + "\n---\n## Prompt\n\nHi.\n" }
	body := func(text string) string {
		return "---\ntitle: a\nversion: '1'\n---\n## Description\n\nA.\n\n## Prompt\n\n" + text
	}
	example := func(output string) string {
		return "---\ntitle: a\nversion: '1'\n---\n<purpose>\na\n</purpose>\n<instructions>\nb\n</instructions>\n<examples>\n" + output + "\n</examples>\n"
	}
	repeat := strings.Repeat
	bomb := "a0: &a0 [x]\n"
	for i := 1; i < 30; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	for _, tt := range []struct {
		name, text string
		code, say  string
		n          int // findings of the code
	}{
		{"empty", "", "FS002", "the file is empty", 1},
		{"blank", " \n\t\n", "FS002", "the file is empty", 1},
		{"binary", "a\x00b", "FS003", "NUL", 1},
		{"too large", repeat("word ", 1<<20), "SEC207", "at most 4194304", 1},
		{"alias bomb", front(bomb), "FM010", "and 17 more of yaml-feature", 101},
		{"aliases", front("a: &a x\nb: [" + repeat("*a, ", 9000) + "]"), "FM010", "and 8901 more of yaml-feature", 101},
		{"nested brackets", front("a: " + repeat("[", 20000) + repeat("]", 20000)), "FM001", "values are nested", 1},
		{"nested mappings", front(repeat("{a: ", 2000) + "1" + repeat("}", 2000)), "FM012", "nested", 1},
		{"large front matter", front("a: " + repeat("x", 70<<10)), "FM012", "larger than 64 KiB", 1},
		{"many keys", front(manyKeys(200)), "FM012", "200 keys", 1},
		{"one key", front(repeat("a: b\n", 8000)), "FM004", "and 7899 more of front-matter-duplicate-key", 101},
		{"many tags of governance", front("title: a\nversion: '1'\ngovernance_tags: [" + repeat("Big, ", 10000) + "]"), "GOV004", "and 9900 more of governance-tag", 101},
		{"brackets in the body", body(repeat("[", 20000) + repeat("]", 20000)), "EX003", "no example", 1},
		{"open brackets in the body", body(repeat("[", 4<<20-1<<10)), "EX003", "no example", 1},
		{"lists in lists", body(repeat("- ", 1<<20) + "a\n"), "EX003", "no example", 1},
		{"lists in lists, by lines", body(stairs(2800)), "EX003", "no example", 1},
		{"quotes in quotes", body(repeat(">", 1<<20) + "a\n"), "EX003", "no example", 1},
		{"nested JSON", example("Input: x\nOutput: " + repeat("[", 20000) + repeat("]", 20000)), "EX002", "", 1},
		{"nested objects of JSON", example("Input: x\nOutput: " + repeat(`{"a":`, 20000) + "1" + repeat("}", 20000)), "EX002", "", 1},
		{"JSON without an end", example("Input: x\nOutput: " + repeat("[", 20000)), "EX002", "not valid JSON", 1},
		{"many examples", example(repeat("Example 1\nInput: x\n\nOutput: {\"a\": 1,}\n\n", 80000)), "EX002", "and 79900 more of example-json-invalid", 101},
		{"one long line", front("title: a\nversion: '1'") + repeat("[x](", 200000), "STR001", "Description", 1},
		{"one line of findings", "---\ntitle: a\nversion: '1'\n---\n## Prompt\n\n" + manyVariables(100000), "VAR001", "and 99900 more of variable-undocumented", 101},
		{"one line of placeholders", body(placeholders(300000)), "VAR001", "and 299900 more of variable-undocumented", 101},
		{"one line of what cannot be seen", body(repeat("a\u200b", 1000000)), "SEC201", "invisible character", 1},
		{"bytes that are not UTF-8", body(repeat("\xff a", 1<<20)), "FM007", "not UTF-8", 1},
		{"dead links", body(repeat("[a](b.md) ", 300000)), "EX003", "no example", 1},
		{"many headings", body(repeat("#### a\n## b\n", 200000)), "STR011", "and 199900 more of heading-skipped", 101},
		{"many fences", repeat("```a\n", 20001), "STR005", "stray code fence", 1},
		{"many tags", "<purpose>\n" + repeat("<a>\n", 100000), "STR007", "never closed", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "bad.md", tt.text)
			write(t, dir, "good.md", body("Hi.\n"))
			out, _ := bounded(t, "", append(everyFormat(t), dir)...)
			if !strings.Contains(out, "2 files checked") {
				t.Errorf("the file beside it was not checked:\n%.2000s", out)
			}
			n, said := 0, false
			for line := range strings.Lines(out) {
				if strings.Contains(line, "bad.md:") && strings.Contains(line, "["+tt.code) {
					n++
					said = said || strings.Contains(line, tt.say)
				}
			}
			if n != tt.n || !said {
				t.Errorf("%d findings of %s, want %d and one that says %q:\n%.2000s", n, tt.code, tt.n, tt.say, out)
			}
		})
	}
}

// everyFormat is a run of lint that writes text to standard output and all other
// formats to files, whose size is checked at the end of the test.
func everyFormat(t *testing.T) []string {
	args, dir := []string{"lint", "--format", "text"}, t.TempDir()
	for _, f := range report.LintFormats[1:] {
		path := filepath.Join(dir, f.Name)
		args = append(args, "--format", f.Name+"="+path)
		t.Cleanup(func() {
			if info, err := os.Stat(path); err != nil || info.Size() > maxHostileReport {
				t.Errorf("the report in %s has %d bytes, at most %d are allowed: %v", f.Name, info.Size(), maxHostileReport, err)
			}
		})
	}
	return args
}

// TestHostileSizeIsNotRead lints a file of 100 MiB, which takes no room on disk
// and must take none in memory.
func TestHostileSizeIsNotRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "bad.md", "")
	if err := os.Truncate(filepath.Join(dir, "bad.md"), 100<<20); err != nil {
		t.Skipf("skipped: the file system refuses the size: %v", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, _ := bounded(t, "", "lint", dir)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("lint allocates %d bytes, so it has read the file", n)
	}
	if !strings.Contains(out, "the file has 104857600 bytes") || strings.Count(out, "bad.md:") != 1 {
		t.Errorf("want one finding that says how large the file is:\n%s", out)
	}
}

// TestHostileRepeats lints 4 MiB of each ASCII character.
func TestHostileRepeats(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it is about time and memory, and one file at a time")
	}
	for c := range rune(0x80) {
		text := strings.Repeat(string(c), library.MaxFileSize)
		out, _ := bounded(t, text, "lint", "--stdin-filename", "a.md")
		for i, r := range out {
			if r != '\n' && obeyed(r) {
				t.Fatalf("a file of %q prints %U, at %q", c, r, out[max(0, i-20):min(len(out), i+20)])
			}
		}
	}
}

// TestHostileNames lints files whose names try to look like lines of a report.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a\n1 file checked: 0 errors.md", "a\r\x1b[2K.md", "\x1b]8;;http:example.org\x07.md", "a\u2028b.md", "::error::a.md", "a%0Ab.md", "a\xff.md"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Skipf("skipped: the file system refuses the name: %v", err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	for _, f := range report.LintFormats {
		out, _ := bounded(t, "", "lint", "--format", f.Name)
		for i, c := range out {
			if c != '\n' && (obeyed(c) || c == '\u2028') {
				t.Errorf("%s has %U, at %q", f.Name, c, out[max(0, i-20):min(len(out), i+20)])
				break
			}
		}
		if f.Name == "text" && strings.Count(out, "[FS002 file-empty]") != 7 || strings.Contains(out, "\n1 file checked") {
			t.Errorf("want one line for each of seven files:\n%s", out)
		}
	}
}

// TestHostileLetters lints keys, roles and tags with letters that only look like
// those of a governance word: each is named by its code points.
func TestHostileLetters(t *testing.T) {
	for _, tt := range []struct{ line, code, say string }{
		{`approval_roles: ["Edit` + "\u043e" + `r"]`, "GOV008", `role "Edit\u043er" is not written in ASCII; did you mean "Editor"?`},
		{`approval_roles: ["` + "\u0395" + `ditor"]`, "GOV008", `role "\u0395ditor" is not written in ASCII; did you mean "Editor"?`},
		{`approval_roles: ["Edi` + "\u200b" + `tor"]`, "GOV008", `role "Edi\u200btor" is not written in ASCII; did you mean "Editor"?`},
		{"\u0430" + `pproval_roles: ["Editor"]`, "GOV001", `key "\u0430pproval_roles" is not written in ASCII; did you mean "approval_roles"?`},
		{"approval_requir\u0435d: false", "GOV001", `key "approval_requir\u0435d" is not written in ASCII; did you mean "approval_required"?`},
		{`governance_tags: ["PII-s` + "\u0430" + `fe"]`, "GOV004", `tag "PII-s\u0430fe" is not written in ASCII; did you mean "PII-safe"?`},
	} {
		t.Run(tt.code+" "+fmt.Sprintf("%+q", tt.line), func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, ".promptlib/policy.yaml", "version: 1\nvocabulary: {approval_roles: [Editor]}\n")
			write(t, dir, "bad.md", "---\ntitle: a\nversion: '1'\n"+tt.line+"\n---\n## Description\n\nA.\n\n## Prompt\n\nHi.\n")
			out, status := bounded(t, "", "lint", dir)
			if status != exitFindings || strings.Count(out, "["+tt.code+" ") != 1 || !strings.Contains(out, tt.say) {
				t.Errorf("lint ends with %d, want one finding of %s that says %s:\n%s", status, tt.code, tt.say, out)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// stairs is a list of n lists, each in the one before.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "- a\n")
	}
	return b.String()
}

func placeholders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{{v%d}} ", i)
	}
	return b.String() + "\n"
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
