package report

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"

	"promptlib/evals"
)

var evalHTML = EvalFormat{
	Name:  "html",
	Doc:   "one page to read in a browser, with what was sent and answered; it asks the network for nothing",
	Write: func(w io.Writer, e *Eval, _ bool) error { return writeEvalHTML(w, e, htmlRoom) },
}

//go:embed eval.html.tmpl
var evalHTMLTemplate string

//go:embed eval.css
var evalCSS string

//go:embed eval.js
var evalJS string

// The bounds of a page: bytes of data, of which cases that passed take at most
// half; cases, of which the same holds; bytes of one text; rows of the table of
// prompts; failures that are shown without JavaScript.
const (
	htmlRoom     = 32 << 20
	htmlCases    = 20_000
	htmlText     = 64 << 10
	htmlRows     = 2000
	htmlFailures = 200
	htmlReasons  = 50
	htmlDiff     = 400
)

// An evalPage is what the page shows without its script. Every text of it is
// visible: it went through [Escape].
type evalPage struct {
	Policy       template.HTMLAttr
	CSS          template.CSS
	JS           template.JS
	Verdict      string
	Counts       []statusCount
	Notes        []string
	Facts        []fact
	Models       []string
	Rows         []matrixRow
	MoreRows     int
	Failures     []failureItem
	MoreFailures int
}

type statusCount struct {
	Status evals.Status
	N      int
}

type fact struct{ Name, Value string }

type matrixRow struct {
	Dirs       []string // each with its slash, after which a line may break
	File, Href string
	Cells      []matrixCell
}

// A matrixCell is the cases of a prompt with a model; the zero one is for none.
type matrixCell struct {
	Href, Level, Rate, Detail string
}

type failureItem struct {
	Status   evals.Status
	Case, At string
	Why      []string
}

// writeEvalHTML writes the page with its data, a case at a time, up to room in
// bytes. The script shows them one by one; what it shows is text for it, never
// HTML, and the policy of the page lets no other script run and nothing be loaded.
func writeEvalHTML(w io.Writer, e *Eval, room int) error {
	page := newEvalPage(e)
	t, err := template.New("").Parse(evalHTMLTemplate)
	if err != nil {
		return err
	}
	data := &pageData{w: bufio.NewWriter(w), room: room, texts: map[[32]byte]int{}}
	for o, err := range e.Outcomes() {
		if err != nil {
			return err
		}
		page.fail(e, o)
	}
	if err := t.ExecuteTemplate(data.w, "top", page); err != nil {
		return err
	}
	data.w.WriteString(`<script type="application/json" id="data">[`)
	for o, err := range e.Outcomes() {
		if err == nil {
			err = data.add(e, o)
		}
		if err != nil {
			return err
		}
	}
	if err := data.end(e); err != nil {
		return err
	}
	data.w.WriteString("]</script>")
	if err := t.ExecuteTemplate(data.w, "bottom", page); err != nil {
		return err
	}
	return data.w.Flush()
}

func newEvalPage(e *Eval) *evalPage {
	t := &e.Tally
	p := &evalPage{CSS: template.CSS(evalCSS), JS: template.JS(evalJS), Verdict: e.Verdict()}
	p.Policy = template.HTMLAttr(fmt.Sprintf(`content="default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'"`, hashSource(evalJS), hashSource(evalCSS)))
	for _, c := range []statusCount{
		{evals.Passed, t.Passed}, {evals.Failed, t.Failed}, {evals.Errored, t.Errored}, {evals.Unscored, t.Unscored}, {evals.Skipped, t.Skipped}, {evals.Planned, t.Planned},
	} {
		if c.N > 0 {
			p.Counts = append(p.Counts, c)
		}
	}
	for _, note := range evalNotes(e) {
		p.Notes = append(p.Notes, Escape(note))
	}
	known := map[string]bool{}
	var hosts []string
	for _, m := range e.Header.Models {
		if !known[m.Name] {
			known[m.Name] = true
			p.Models = append(p.Models, Escape(m.Name))
			hosts = append(hosts, Escape(m.Host))
		}
	}
	p.facts(e, hosts)
	p.matrix(e)
	return p
}

// hashSource is how a Content-Security-Policy names a script or style.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (p *evalPage) facts(e *Eval, hosts []string) {
	add := func(name, value string) {
		if value != "" {
			p.Facts = append(p.Facts, fact{name, value})
		}
	}
	models := make([]string, len(p.Models))
	for i, m := range p.Models {
		if models[i] = m; hosts[i] != "" {
			models[i] += " at " + hosts[i]
		}
	}
	add("models", strings.Join(models, ", "))
	if !e.Header.Started.IsZero() {
		add("started", e.Header.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if e.repeats() > 1 {
		add("repeats", strconv.Itoa(e.repeats()))
	}
	if e.Header.Options.FewShot == evals.OtherExamples {
		add("few-shot", "other examples")
	}
	if prose := e.Header.Options.Prose; prose > 0 {
		add("left out", count(prose, "file")+" as no prompts")
	}
	add("run", Escape(e.Run))
}

// matrix makes the table of prompts and models: first the prompts with the worst
// cell.
func (p *evalPage) matrix(e *Eval) {
	seen := map[string]bool{}
	for _, g := range e.Tally.Worst() {
		if seen[g.Prompt] {
			continue
		}
		seen[g.Prompt] = true
		if len(p.Rows) == htmlRows {
			p.MoreRows++
			continue
		}
		shown := Escape(g.Prompt)
		row := matrixRow{File: path.Base(shown), Href: filterHref("prompt", shown)}
		if dir := strings.TrimSuffix(shown, row.File); dir != "" {
			row.Dirs = strings.SplitAfter(dir, "/")
		}
		models := map[string]bool{}
		for _, m := range e.Header.Models {
			if !models[m.Name] {
				models[m.Name] = true
				row.Cells = append(row.Cells, newMatrixCell(e.Tally.Group(g.Prompt, m.Name), e.repeats()))
			}
		}
		p.Rows = append(p.Rows, row)
	}
}

// filterHref is the address of the page with a filter, given as names and values.
func filterHref(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "#" + v.Encode()
}

func newMatrixCell(g *evals.Group, repeats int) matrixCell {
	if g == nil || g.Total() == g.Skipped {
		return matrixCell{}
	}
	c := matrixCell{Href: filterHref("prompt", Escape(g.Prompt), "model", Escape(g.Model)), Rate: "–"}
	rate, scored := g.PassRate()
	var detail []string
	if scored {
		c.Rate = percent(rate)
		detail = append(detail, fmt.Sprintf("%d/%d", g.Passed, g.Passed+g.Failed))
	}
	switch {
	case scored && !g.Passes() && rate < 0.5:
		c.Level = "bad"
	case scored && !g.Passes() && rate < 0.8:
		c.Level = "poor"
	case scored && !g.Passes():
		c.Level = "fair"
	case g.Errored > 0 || !scored:
		c.Level = "none"
	default:
		c.Level = "good"
	}
	if repeats > 1 && g.Repeats.Flaky > 0 {
		detail = append(detail, fmt.Sprintf("%d flaky", g.Repeats.Flaky))
	}
	for _, n := range []statusCount{{evals.Errored, g.Errored}, {evals.Unscored, g.Unscored}, {evals.Planned, g.Planned}} {
		if n.N > 0 {
			detail = append(detail, fmt.Sprintf("%d %s", n.N, n.Status))
		}
	}
	if scored && g.Threshold < 1 {
		detail = append(detail, "needs "+percent(g.Threshold))
	}
	c.Detail = strings.Join(detail, ", ")
	return c
}

// fail adds a case to those that are shown without JavaScript.
func (p *evalPage) fail(e *Eval, o *evals.Outcome) {
	if o.Status != evals.Failed && o.Status != evals.Errored && o.Status != evals.Unscored {
		return
	}
	if len(p.Failures) == htmlFailures {
		p.MoreFailures++
		return
	}
	item := failureItem{Status: o.Status, Case: Escape(caseName(o)), At: Escape(place(o).String())}
	for _, s := range failures(o) {
		item.Why = append(item.Why, short(failure(s)))
	}
	if item.Why == nil {
		item.Why = []string{short(why(o))}
	}
	p.Failures = append(p.Failures, item)
}

// short is text on one line, as much of it as a reason may take.
func short(s string) string {
	if len(s) > cellWidth {
		s = strings.ToValidUTF8(s[:cellWidth], "") + "…"
	}
	return Escape(s)
}

// pageData is the data of a page: an array of the texts, each once, and of the
// cases, which name texts by their number.
type pageData struct {
	w      *bufio.Writer
	room   int
	used   int
	cases  int
	passed int // cases
	begun  bool
	texts  map[[32]byte]int // by SHA-256

	bare, missing int // cases without texts, and those that are left out
}

// A pageCase is a case as the script reads it. Numbers of texts are from 1; 0 is
// for none.
type pageCase struct {
	Status   evals.Status  `json:"status"`
	Prompt   string        `json:"prompt"`
	Name     string        `json:"name"`
	Model    string        `json:"model"`
	At       string        `json:"at"`
	Why      string        `json:"why,omitempty"`
	Error    string        `json:"error,omitempty"`
	Contract string        `json:"contract"`
	Scores   []pageScore   `json:"scores,omitempty"`
	Facts    [][2]string   `json:"facts,omitempty"`
	Sent     []pageMessage `json:"sent,omitempty"`
	Reply    int           `json:"reply,omitempty"`
	Expected int           `json:"expected,omitempty"`
	Diff     int           `json:"diff,omitempty"`
	Bare     bool          `json:"bare,omitempty"` // its texts are left out
}

type pageScore struct {
	Scorer  string      `json:"scorer"`
	Value   string      `json:"value"`
	Pass    bool        `json:"pass"`
	Follows bool        `json:"follows,omitempty"`
	Reasons [][2]string `json:"reasons,omitempty"` // JSON Pointer and message
	Parts   [][2]string `json:"parts,omitempty"`   // name and value
}

type pageMessage struct {
	Role string `json:"role"`
	Text int    `json:"text"`
}

// add writes a case, with its texts where there is room for them.
func (d *pageData) add(e *Eval, o *evals.Outcome) error {
	room, cases, n := d.room, htmlCases, d.cases
	if o.Status == evals.Passed || o.Status == evals.Skipped {
		d.passed++
		room, cases, n = room/2, cases/2, d.passed
	}
	if n >= cases || d.used > room {
		d.missing++
		return nil
	}
	d.cases++
	a, err := e.Attempt(o.Identity)
	if err != nil {
		return err
	}
	c := newPageCase(o, a)
	var texts []string
	keep := func(text string) string { texts = append(texts, text); return text }
	sent, reply, expected, difference := pageTexts(o, a, keep)
	size := 0
	for _, text := range texts {
		if d.texts[sha256.Sum256([]byte(text))] == 0 {
			size += len(text)
		}
	}
	if d.used+size > room {
		d.bare++
		c.Bare = true
		return d.put(c)
	}
	for _, m := range sent {
		n, err := d.text(m.Content)
		if err != nil {
			return err
		}
		c.Sent = append(c.Sent, pageMessage{Escape(m.Role), n})
	}
	for _, t := range []struct {
		text string
		to   *int
	}{{reply, &c.Reply}, {expected, &c.Expected}, {difference, &c.Diff}} {
		if *t.to, err = d.text(t.text); err != nil {
			return err
		}
	}
	return d.put(c)
}

// pageTexts are the long texts of a case, made visible.
func pageTexts(o *evals.Outcome, a *evals.Attempt, keep func(string) string) (sent []evals.Message, reply, expected, difference string) {
	expected = keep(visible(o.Expected))
	if a == nil {
		return nil, "", expected, ""
	}
	for _, m := range a.Request.Messages {
		sent = append(sent, evals.Message{Role: m.Role, Content: keep(visible(m.Content))})
	}
	if a.Reply != nil {
		reply = keep(visible(a.Reply.Text))
		difference = keep(visible(diff(o.Expected, a.Reply.Text, htmlDiff)))
	}
	return sent, reply, expected, difference
}

// visible is text of several lines in which nothing hides, as much of it as a
// page shows.
func visible(text string) string {
	rest := 0
	if len(text) > htmlText {
		rest = len(text) - htmlText
		text = strings.ToValidUTF8(text[:htmlText], "")
	}
	text = strings.ReplaceAll(text, "\ufffd", `\ufffd`) // in a journal it stands for a byte that was not UTF-8
	var b strings.Builder
	for line := range strings.Lines(text) {
		end := ""
		if strings.HasSuffix(line, "\n") {
			end = "\n"
		}
		b.WriteString(escape(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), true) + end)
	}
	if rest > 0 {
		fmt.Fprintf(&b, "\n… %d more bytes are in the run", rest)
	}
	return b.String()
}

// text returns the number of a text, which it writes if it is new.
func (d *pageData) text(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	key := sha256.Sum256([]byte(text))
	if n := d.texts[key]; n > 0 {
		return n, nil
	}
	d.texts[key] = len(d.texts) + 1
	return d.texts[key], d.put(text)
}

// put writes an item of the data. The escapes of encoding/json keep it from ending
// the element it stands in: < and > are not in it.
func (d *pageData) put(item any) error {
	var b bytes.Buffer
	if d.begun {
		b.WriteString(",\n")
	}
	d.begun = true
	if err := json.NewEncoder(&b).Encode(item); err != nil {
		return err
	}
	d.used += b.Len()
	_, err := d.w.Write(escapeJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
	return err
}

// end writes what is left out of the data.
func (d *pageData) end(e *Eval) error {
	var notes []string
	if d.missing > 0 {
		notes = append(notes, count(d.missing, "case")+" left out of this page")
	}
	if d.bare > 0 {
		notes = append(notes, "texts left out of "+count(d.bare, "case"))
	}
	if notes == nil {
		return nil
	}
	return d.put(struct {
		Note string `json:"note"`
	}{strings.Join(notes, ", ") + ": it has at most " + strconv.Itoa(d.room>>20) + " MiB; the run has everything: " + Escape(cmp.Or(e.Run, "none"))})
}

func newPageCase(o *evals.Outcome, a *evals.Attempt) *pageCase {
	c := &pageCase{
		Status: o.Status, Prompt: Escape(o.Prompt), Name: Escape(repeatName(o)), Model: Escape(o.Model), At: Escape(place(o).String()),
		Why: short(why(o)), Contract: o.Contract, Facts: pageFacts(o, a),
	}
	if o.Err != nil {
		c.Error = short(o.Err.Error())
	}
	for _, s := range o.Scores {
		p := pageScore{Scorer: Escape(s.Scorer), Value: fraction(s.Value), Pass: s.Pass, Follows: s.Follows}
		for i, r := range s.Reasons {
			if i == htmlReasons {
				p.Reasons = append(p.Reasons, [2]string{"", fmt.Sprintf("and %d more", len(s.Reasons)-i)})
				break
			}
			p.Reasons = append(p.Reasons, [2]string{short(r.Pointer), short(r.Message)})
		}
		for _, part := range s.Parts[:min(len(s.Parts), htmlReasons)] {
			if s.Scorer == jsonScorer {
				break // it is among the facts
			}
			p.Parts = append(p.Parts, [2]string{short(part.Name), fraction(part.Value)})
		}
		c.Scores = append(c.Scores, p)
	}
	for i, p := range o.Problems {
		if i == htmlReasons {
			break
		}
		c.Error += "\n" + Escape(p.At.String()) + ": " + short(p.Message)
	}
	return c
}

// jsonScorer is the scorer whose one part says by its name how the JSON of a reply
// was found.
const jsonScorer = "json"

func foundJSON(o *evals.Outcome) string {
	for _, s := range o.Scores {
		if s.Scorer == jsonScorer && len(s.Parts) == 1 {
			return s.Parts[0].Name
		}
	}
	return ""
}

// pageFacts are the small things there are to know of a case.
func pageFacts(o *evals.Outcome, a *evals.Attempt) [][2]string {
	var list [][2]string
	add := func(name, value string) {
		if value != "" {
			list = append(list, [2]string{name, Escape(value)})
		}
	}
	if o.Millis > 0 {
		add("latency", strconv.FormatFloat(float64(o.Millis)/1000, 'f', 2, 64)+" s")
	}
	if a != nil && a.Reply != nil {
		if u := a.Reply.Usage; u.PromptTokens+u.CompletionTokens > 0 {
			add("tokens", fmt.Sprintf("%d in, %d out", u.PromptTokens, u.CompletionTokens))
		}
	}
	if o.Cost > 0 {
		add("cost", dollars(o.Cost))
	}
	if o.Tries > 1 {
		add("tries", strconv.Itoa(o.Tries))
	}
	if a != nil && a.Cached {
		add("reply", "of an earlier run")
	}
	if a != nil && a.Reply != nil {
		add("finish reason", a.Reply.FinishReason)
		add("json", foundJSON(o))
		add("structured output", string(a.Reply.Structured))
	}
	add("contract", o.Contract)
	if o.Threshold < 1 {
		add("prompt needs", percent(o.Threshold))
	}
	return list
}
