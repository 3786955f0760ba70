package report

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"promptlib/evals"
)

// pageItems are the texts and the cases in the data of a page.
func pageItems(t *testing.T, page string) (texts []string, cases []pageCase, note string) {
	t.Helper()
	_, rest, _ := strings.Cut(page, `<script type="application/json" id="data">`)
	data, _, found := strings.Cut(rest, "</script>")
	var items []json.RawMessage
	if err := json.Unmarshal([]byte(data), &items); err != nil || !found {
		t.Fatalf("the data is no JSON: %v\n%.300s", err, data)
	}
	texts = []string{""}
	for _, item := range items {
		var text string
		var c struct {
			pageCase
			Note string `json:"note"`
		}
		if json.Unmarshal(item, &text) == nil {
			texts = append(texts, text)
		} else if err := json.Unmarshal(item, &c); err != nil {
			t.Fatal(err)
		} else if c.Note != "" {
			note = c.Note
		} else {
			cases = append(cases, c.pageCase)
		}
	}
	return texts, cases, note
}

func TestEvalHTMLHasEachTextOnce(t *testing.T) {
	texts, cases, note := pageItems(t, writeEval(t, evalHTML, recordedRun(t)))
	if len(cases) != 11 || note != "" {
		t.Fatalf("%d cases and the note %q, want 11 and none", len(cases), note)
	}
	seen := map[string]bool{}
	for _, text := range texts {
		if seen[text] {
			t.Errorf("the text %q is there twice", text)
		}
		seen[text] = true
	}
	odd := cases[4]
	if got, want := texts[odd.Reply], visible(hostileReply); got != want || !strings.Contains(got, `\u202egnp.exe\u2066 \x1b[31m\x00 é日🙂`) {
		t.Errorf("the reply is %q, want %q", got, want)
	}
	if got := texts[odd.Sent[1].Text]; got != visible(hostileMessage) {
		t.Errorf("the message is %q", got)
	}
}

// TestEvalHTMLRunsOnlyItsOwnScript holds the policy of the page against what it
// has, and looks for anything else that would run or be loaded.
func TestEvalHTMLRunsOnlyItsOwnScript(t *testing.T) {
	page := writeEval(t, evalHTML, recordedRun(t))
	hash := func(element string) string {
		match := regexp.MustCompile(`(?s)<`+element+`>(.*?)</`+element+`>`).FindAllStringSubmatch(page, -1)
		if len(match) != 1 {
			t.Fatalf("%d elements %s, want 1", len(match), element)
		}
		sum := sha256.Sum256([]byte(match[0][1]))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`).FindStringSubmatch(page)
	want := "default-src 'none'; script-src " + hash("script") + "; style-src " + hash("style") + "; base-uri 'none'; form-action 'none'"
	if policy == nil || policy[1] != want {
		t.Errorf("the policy is %q, want %s", policy, want)
	}
	_, body, _ := strings.Cut(page, "</style>")
	body, _, _ = strings.Cut(body, `<script>`)
	if n := strings.Count(body, "<script"); n != 1 || !strings.Contains(body, `<script type="application/json" id="data">[`) {
		t.Errorf("%d scripts beside that of the page, want its data alone", n)
	}
	for _, bad := range []string{"<!--", "<img", "javascript:document.title='owned')</", " onerror=\"", " style=", "http://", "https://"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, text := range []string{evalCSS, evalJS} {
		if strings.Contains(text, "url(") || strings.Contains(text, "http") || strings.Contains(text, "innerHTML") {
			t.Error("the script or the style loads something or writes HTML")
		}
	}
}

// TestEvalHTMLIsBounded: a page has no more data than there is room for, cases that
// failed come before those that passed, and it says what it leaves out.
func TestEvalHTMLIsBounded(t *testing.T) {
	const room = 200 << 10
	var cases []journalled
	for i := range 300 {
		c := recordedCases()[i%2]
		c.outcome.Prompt = fmt.Sprintf("prompts/%d.md", i)
		c.reply = &evals.Reply{Text: fmt.Sprint(i) + strings.Repeat(" long", 400)}
		c.sent = []evals.Message{{Role: "user", Content: fmt.Sprint(i)}}
		cases = append(cases, c)
	}
	var out strings.Builder
	if err := writeEvalHTML(&out, recordRun(t, evals.Header{}, cases, true), room); err != nil {
		t.Fatal(err)
	}
	_, kept, note := pageItems(t, out.String())
	failed, bare := 0, 0
	for _, c := range kept {
		if c.Status == evals.Failed && !c.Bare {
			failed++
		}
		if c.Bare {
			bare++
		}
	}
	want := fmt.Sprintf("%d cases left out of this page, texts left out of %d cases: it has at most 0 MiB; the run has everything: ", len(cases)-len(kept), bare)
	if !strings.HasPrefix(note, want) {
		t.Errorf("the page says %q, want %q", note, want)
	}
	if passed := len(kept) - bare - failed; failed <= passed || passed == 0 {
		t.Errorf("the page has the texts of %d failed and %d passed cases, want more of the failed", failed, passed)
	}
	if got := out.Len(); got > room+room/2+100<<10 {
		t.Errorf("the page has %d bytes for a room of %d", got, room)
	}
	long := recordedCases()[:1]
	long[0].reply = &evals.Reply{Text: strings.Repeat("é", htmlText)}
	texts, kept, _ := pageItems(t, writeEval(t, evalHTML, recordRun(t, evals.Header{}, long, true)))
	if got := texts[kept[0].Reply]; len(got) > htmlText+100 || !strings.HasSuffix(got, "é\n… 65536 more bytes are in the run") {
		t.Errorf("a long reply has %d bytes and ends in %q", len(got), got[len(got)-50:])
	}
}

// A browser is Chromium without a window, whose network is a proxy that writes
// down what it is asked for.
type browser struct {
	program string
	profile string
	proxy   *httptest.Server
	mu      sync.Mutex
	asked   []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	b := &browser{}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			b.program = path
			break
		}
	}
	if b.program == "" {
		t.Skip("skipped: there is no chromium, which shows the page as a reader sees it")
	}
	b.profile = t.TempDir()
	b.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.asked = append(b.asked, r.Method+" "+r.Host+r.URL.Path)
		http.Error(w, "no", http.StatusNotFound)
	}))
	t.Cleanup(b.proxy.Close)
	return b
}

// dom returns the page at an address after its script has run.
func (b *browser) dom(t *testing.T, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--user-data-dir="+b.profile, "--proxy-server="+b.proxy.Listener.Addr().(*net.TCPAddr).String(), "--proxy-bypass-list=<-loopback>",
		"--virtual-time-budget=5000", "--dump-dom", address)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", b.program, err, errs.String())
	}
	return out.String()
}

func savePage(t *testing.T, e *Eval) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(writeEval(t, evalHTML, e)), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// shownApp is what the script of the page has made of its data.
func shownApp(dom string) string {
	_, rest, _ := strings.Cut(dom, `<div id="app"`)
	app, _, _ := strings.Cut(rest, `<section id="static"`)
	return app
}

func TestEvalHTMLInABrowser(t *testing.T) {
	b := newBrowser(t)
	page := savePage(t, recordedRun(t))
	row := regexp.MustCompile(`<a class="row" href="#([^"]*)">`)
	for _, tt := range []struct {
		name, fragment string
		rows           int
		found          string
	}{
		{"all", "", 11, ">11 cases<"},
		{"by status", "#status=failed,errored", 7, ">7 of 11 cases<"},
		{"by model and prompt", "#model=openai/small&prompt=/repo/prompts/triage.md", 2, ">2 of 11 cases<"},
		{"by two words of a reply", "#q=(JAVASCRIPT:+1%2B1", 1, ">1 of 11 cases<"},
		{"by nothing there is", "#q=zebra", 0, ">No case matches.<"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := shownApp(b.dom(t, page+tt.fragment))
			if got := len(row.FindAllString(app, -1)); got != tt.rows || !strings.Contains(app, tt.found) {
				t.Errorf("%d rows, want %d and %q:\n%.500s", got, tt.rows, tt.found, app)
			}
			if failed, passed := strings.Index(app, `"tag failed"`), strings.Index(app, `"tag passed"`); passed >= 0 && failed > passed {
				t.Error("the failed cases do not come first")
			}
		})
	}
	t.Run("a case", func(t *testing.T) {
		_, shown, _ := strings.Cut(b.dom(t, page+"#case=2"), `<article id="case" class="case">`)
		for _, want := range []string{
			"example 1, repeat 2<span class=\"with\"> with openai/small", "/<wbr>repo/<wbr>prompts/<wbr>triage.md:22:1", "<dt>latency</dt><dd>1.23 s</dd>",
			"<dt>tokens</dt><dd>812 in, 41 out</dd>", "<dt>cost</dt><dd>$0.00125</dd>", "<dt>tries</dt><dd>3</dd>", "<dt>json</dt><dd>strict</dd>",
			"<dt>structured output</dt><dd>json_schema</dd>", "✗ 0.667", "<code>/queue</code>is missing", "/tags <b>0.5</b>",
			`<span class="del">-  "queue": "billing",</span>`, "You route support tickets.", "My invoice is wrong.", "1 of 11",
		} {
			if !strings.Contains(shown, want) {
				t.Errorf("the page of the case does not show %q:\n%.3000s", want, shown)
			}
		}
	})
}

// TestEvalHTMLRunsNothingOfAReply opens the case of a reply that attacks the page.
func TestEvalHTMLRunsNothingOfAReply(t *testing.T) {
	b := newBrowser(t)
	cases := recordedCases()[4:5]
	attack := `<img src="http://canary.invalid/a" onerror="document.title='owned'"><link rel=stylesheet href="http://canary.invalid/b">` + hostileReply
	cases[0].reply.Text, cases[0].outcome.Expected, cases[0].sent[1].Content = attack, attack, attack
	page := savePage(t, recordRun(t, evals.Header{Models: []evals.HeaderModel{{Name: "openai/small"}}}, cases, true))
	for _, fragment := range []string{"", "#case=1", "#case=__proto__&status=constructor&model=<script>&q=%3Cimg%20src=x%20onerror=document.title='owned'%3E"} {
		dom := b.dom(t, page+fragment)
		title := regexp.MustCompile(`<title>(.*?)</title>`).FindStringSubmatch(dom)
		if title == nil || strings.Contains(title[1], "owned") {
			t.Errorf("%s: a script of the reply has run: the title is %q", fragment, title)
		}
		if strings.Contains(dom, "<img") || strings.Contains(dom, `href="javascript:`) || strings.Count(dom, "<script") != 2 {
			t.Errorf("%s: the reply has become a part of the page", fragment)
		}
		if strings.ContainsAny(dom, "\u202e\u2066\x1b\x00") {
			t.Errorf("%s: a character that hides or turns text is in the page", fragment)
		}
		if fragment == "#case=1" {
			_, shown, _ := strings.Cut(dom, `<h2>Reply</h2><pre>`)
			shown, _, _ = strings.Cut(shown, "</pre>")
			if got := html.UnescapeString(shown); got != visible(attack) {
				t.Errorf("the reply is shown as %q, want %q", got, visible(attack))
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, asked := range b.asked {
		if strings.Contains(asked, "canary") {
			t.Errorf("the page asked the network for %s", asked)
		}
	}
}

// TestEvalHTMLWithManyCases opens a page of 5,000 cases, of which the list shows
// some at first.
func TestEvalHTMLWithManyCases(t *testing.T) {
	b := newBrowser(t)
	page := savePage(t, writeManyCases(t, 5000))
	app := shownApp(b.dom(t, page+"#status=passed"))
	if rows := strings.Count(app, `<a class="row"`); rows < 100 || rows > 1000 {
		t.Errorf("%d rows are in the list at first, want a few hundred", rows)
	}
	if !strings.Contains(app, ">4330 of 5000 cases<") {
		t.Errorf("not all cases are found:\n%.500s", app)
	}
}
