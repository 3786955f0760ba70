package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/schema"
)

var update = flag.Bool("update", false, "rewrite the expected reports")

const (
	hostilePath    = "odd/100% a:b, c|d `e`\n\x1b[31mé日.md"
	hostileMessage = "value \"a|b\\|c`d`\" of @team in #1 <b>]]> ::error::x 100%, {{x}}\n\x1b[2J\u202e\ufffe"
)

// sources are the files that the recorded findings are about.
var sources = map[string]string{
	"/repo/plain/abs.md": "\ufefftitle: Über «SOC-2» and «SOC-2»\nscope: SOC-2\n",
	hostilePath:          "title: x\r\nbody one\r\nbody two\r\n",
	"a:b.md":             "nothing\n",
}

// recorded is one set of findings that has everything a format can meet.
func recorded() Lint {
	finding := func(severity library.Severity, code, name, path string, line, column, endLine, endColumn int, message string) *library.Diagnostic {
		at := func(line, column int) library.Pos {
			return library.Pos{Path: path, Line: line, Column: column, Offset: offset(sources[path], line, column)}
		}
		d := &library.Diagnostic{Pos: at(line, column), End: at(endLine, endColumn), Code: code, Name: name, Severity: severity, Message: message}
		d.AnchorTo(message)
		return d
	}
	replace := func(d *library.Diagnostic, safe bool, title, new string) *library.Diagnostic {
		d.Fix = &library.Fix{Title: title, Safe: safe, Edits: []library.Edit{{Start: d.Pos.Offset, End: d.End.Offset, New: new}}}
		return d
	}
	mark := finding(library.Error, "FM006", "byte-order-mark", "/repo/plain/abs.md", 1, 1, 1, 1, "file begins with a byte order mark")
	mark.Fix = &library.Fix{Title: "remove it", Safe: true, Edits: []library.Edit{{Start: 0, End: 3}}}
	first := replace(finding(library.Warning, "GOV003", "governance-value", "/repo/plain/abs.md", 1, 14, 1, 19, `value "SOC-2" is spelt "SOC2"`), true, "write SOC2", "SOC2")
	second := replace(finding(library.Warning, "GOV003", "governance-value", "/repo/plain/abs.md", 1, 26, 1, 31, `value "SOC-2" is spelt "SOC2"`), true, "write SOC2", "SOC2")
	second.Related = []library.Related{
		{Pos: first.Pos, End: first.End, Message: "the first"},
		{Pos: library.Pos{Path: hostilePath, Line: 1, Column: 1}, Message: "elsewhere"},
	}
	third := finding(library.Error, "GOV002", "governance-conflict", "/repo/plain/abs.md", 2, 1, 2, 6, "scope disagrees with title")
	third.Fix = &library.Fix{Title: "take scope away", Edits: []library.Edit{
		{Start: third.Pos.Offset, End: third.End.Offset, New: "«scope»"}, {Start: third.End.Offset + 2, End: third.End.Offset + 7},
	}}
	diagnostics := []*library.Diagnostic{
		mark, first, second, third,
		finding(library.Info, "EX009", "example-shape", "a:b.md", 1, 1, 1, 8, "outputs differ"),
		replace(finding(library.Error, "STR002", "section-empty", hostilePath, 2, 1, 3, 5, hostileMessage), false, "fill it in", "new\r\nlines"),
		finding(library.Warning, "VAR001", "variable-undocumented", hostilePath, 3, 9, 3, 9, "nothing stands here"),
	}
	slices.SortFunc(diagnostics, func(a, b *library.Diagnostic) int { return a.Compare(*b) })
	return Lint{
		Diagnostics: diagnostics, Files: 4, Skipped: 1, Dir: "/repo", Version: "1.2.3", Docs: "https://docs.example/rules", Statistics: true,
		Paths:  []string{"/repo/plain/abs.md", "a:b.md", "clean.md", hostilePath},
		Source: func(path string) []byte { return []byte(sources[path]) },
		Codes: []library.Code{
			{ID: "GOV002", Name: "governance-conflict", Severity: library.Error, Doc: library.Doc{Summary: "two spellings disagree", Why: "One of them is wrong.", Fix: "Keep one."}},
			{ID: "GOV003", Name: "governance-value", Severity: library.Error, Doc: library.Doc{Summary: "value is unknown", Why: "Nothing matches it.", Fix: "Write a known one."}},
		},
	}
}

// offset finds the byte of a place by counting, apart from the code under test.
func offset(text string, line, column int) int {
	at := 0
	if strings.HasPrefix(text, "\ufeff") {
		at = 3
	}
	for ; line > 1; line-- {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	for ; column > 1; column-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

func write(t testing.TB, f LintFormat, l Lint) string {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out, l, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// many returns n findings of each severity, worst last.
func many(n int) Lint {
	l := Lint{Files: 1}
	for severity := library.Info; severity <= library.Error; severity++ {
		for i := range n {
			pos := library.Pos{Path: "a.md", Line: i + 1, Column: 1}
			l.Diagnostics = append(l.Diagnostics, &library.Diagnostic{
				Pos: pos, End: pos, Code: "X001", Name: "x", Severity: severity, Message: fmt.Sprintf("%s %d is wrong", severity, i),
			})
		}
	}
	return l
}

// TestLintFormats holds each format against its golden file.
func TestLintFormats(t *testing.T) {
	for _, f := range LintFormats {
		t.Run(f.Name, func(t *testing.T) {
			got := write(t, f, recorded())
			if again := write(t, f, recorded()); again != got {
				t.Errorf("the second report differs:\n%s", cmp.Diff(got, again))
			}
			checkGolden(t, "lint."+f.Name, got)
		})
	}
}

// checkGolden holds a report against the golden file with a name, or writes that.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("..", "..", "..", "..", "testdata", "report", name)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestLintFormatsOfNothing writes a run without findings.
func TestLintFormatsOfNothing(t *testing.T) {
	for _, tt := range []struct{ format, want string }{
		{"text", "1 file checked: no findings\n"},
		{"jsonl", ""},
		{"github", "promptlib: 1 file checked: no findings\n"},
		{"gitlab", "[]\n"},
		{"rdjsonl", ""},
		{"markdown", "## promptlib lint\n\n1 file checked: no findings\n"},
	} {
		for _, f := range LintFormats {
			if f.Name != tt.format {
				continue
			}
			if got := write(t, f, Lint{Files: 1, Statistics: true}); got != tt.want {
				t.Errorf("%s writes %q, want %q", f.Name, got, tt.want)
			}
		}
	}
}

func TestLintJSONComesBackUnchangedAndFulfilsItsSchema(t *testing.T) {
	l := recorded()
	var want []diagnosticJSON
	for _, d := range l.Diagnostics {
		want = append(want, l.diagnosticJSON(d))
	}
	valid := func(name, document string) {
		t.Helper()
		value, syntax := schema.DecodeJSON(document)
		if syntax != nil {
			t.Fatal(syntax)
		}
		for _, v := range schema.Get(name).Validate(value) {
			t.Errorf("%s: %s %s", name, v.Pointer, v.Message)
		}
	}
	document := write(t, lintJSON, l)
	valid("lint", document)
	var whole struct{ Diagnostics []diagnosticJSON }
	if err := json.Unmarshal([]byte(document), &whole); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, whole.Diagnostics); diff != "" {
		t.Errorf("json (-want +got)\n%s", diff)
	}
	var lines []diagnosticJSON
	for line := range strings.Lines(write(t, lintJSONL, l)) {
		valid("diagnostic", line)
		var d diagnosticJSON
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, d)
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("jsonl (-want +got)\n%s", diff)
	}
}

func TestFingerprints(t *testing.T) {
	l := recorded()
	seen := map[string]bool{}
	for i, f := range l.fingerprints() {
		if seen[f] {
			t.Errorf("finding %d has the fingerprint %s of another", i, f)
		}
		seen[f] = true
	}
	moved := recorded()
	for _, d := range moved.Diagnostics {
		d.Pos.Line, d.End.Line = d.Pos.Line+7, d.End.Line+7
	}
	if diff := cmp.Diff(l.fingerprints(), moved.fingerprints()); diff != "" {
		t.Errorf("moved lines change fingerprints:\n%s", diff)
	}
}

// parseSARIF reads a log by the library, which must know every property, and
// holds it against the schema of SARIF.
func parseSARIF(t *testing.T, document string) *sarif.Run {
	t.Helper()
	strict := json.NewDecoder(strings.NewReader(document))
	strict.DisallowUnknownFields()
	if err := strict.Decode(new(sarif.Report)); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromString(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs, want 1", len(log.Runs))
	}
	return log.Runs[0]
}

func TestSARIFIsValid(t *testing.T) {
	l := recorded()
	run := parseSARIF(t, write(t, lintSARIF, l))
	parseSARIF(t, write(t, lintSARIF, Lint{Files: 1}))
	parseSARIF(t, write(t, lintSARIF, Lint{Diagnostics: []*library.Diagnostic{{Pos: library.Pos{Path: "whole.md"}, Code: "X001", Message: "x"}}}))
	seen := map[string]bool{}
	for i, r := range run.Results {
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; *rule.ID != *r.RuleID {
			t.Errorf("result %d of %s names the rule %s", i, *r.RuleID, *rule.ID)
		}
		print := r.PartialFingerprints["primaryLocationLineHash"]
		if print == "" || seen[print] {
			t.Errorf("result %d has no fingerprint of its own: %q", i, print)
		}
		seen[print] = true
		for _, at := range append(slices.Clone(r.Locations), r.RelatedLocations...) {
			artifact := at.PhysicalLocation.ArtifactLocation
			if *artifact.URIBaseID != "%SRCROOT%" || slices.ContainsFunc([]byte(*artifact.URI), func(c byte) bool { return c <= ' ' || c > '~' }) {
				t.Errorf("URI %q below %q", *artifact.URI, *artifact.URIBaseID)
			}
		}
		u, err := url.Parse(*r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		if err != nil || u.IsAbs() || u.Path != l.path(l.Diagnostics[i].Pos.Path) {
			t.Errorf("URI %v is not the path %q: %v", u, l.Diagnostics[i].Pos.Path, err)
		}
	}
}

// TestFixesAreWrittenExactly makes the edits of SARIF and of reviewdog by their
// lines and columns, and compares with the edits by bytes.
func TestFixesAreWrittenExactly(t *testing.T) {
	l := recorded()
	run := parseSARIF(t, write(t, lintSARIF, l))
	reviews := strings.Split(write(t, lintRDJSONL, l), "\n")
	sarifFixes, suggestions := 0, 0
	for i, d := range l.Diagnostics {
		file := sources[d.Pos.Path]
		var want string
		if d.Fix != nil {
			want, _ = library.Apply(file, []*library.Fix{d.Fix})
		}
		if fixes := run.Results[i].Fixes; len(fixes) > 0 {
			sarifFixes++
			var edits []library.Edit
			for _, r := range fixes[0].ArtifactChanges[0].Replacements {
				at := r.DeletedRegion
				edits = append(edits, library.Edit{
					Start: offset(file, *at.StartLine, *at.StartColumn), End: offset(file, *at.EndLine, *at.EndColumn), New: *r.InsertedContent.Text,
				})
			}
			if got, _ := library.Apply(file, []*library.Fix{{Edits: edits}}); got != want {
				t.Errorf("SARIF mends %s to %q, want %q", d, got, want)
			}
		}
		var review rdDiagnostic
		if err := json.Unmarshal([]byte(reviews[i]), &review); err != nil {
			t.Fatal(err)
		}
		byteOffset := func(p rdPosition) int { return offset(file, p.Line, 1) + p.Column - 1 }
		if got := byteOffset(review.Location.Range.Start); got != d.Pos.Offset {
			t.Errorf("reviewdog begins %s at byte %d, want %d", d, got, d.Pos.Offset)
		}
		if got := byteOffset(review.Location.Range.End); got != d.End.Offset {
			t.Errorf("reviewdog ends %s at byte %d, want %d", d, got, d.End.Offset)
		}
		for _, s := range review.Suggestions {
			suggestions++
			edit := library.Edit{Start: byteOffset(s.Range.Start), End: byteOffset(s.Range.End), New: s.Text}
			if got, _ := library.Apply(file, []*library.Fix{{Edits: []library.Edit{edit}}}); got != want {
				t.Errorf("reviewdog mends %s to %q, want %q", d, got, want)
			}
		}
	}
	if sarifFixes != 4 || suggestions != 3 {
		t.Errorf("%d fixes in SARIF and %d suggestions, want 4 and 3", sarifFixes, suggestions)
	}
}

func TestSARIFHasNoMoreThanGitHubTakes(t *testing.T) {
	l := many(10_000)
	run := newSARIF(l).Runs[0]
	levels := map[string]int{}
	for _, r := range run.Results {
		levels[r.Level]++
	}
	if diff := cmp.Diff(map[string]int{"error": 10_000, "warning": 10_000, "note": 5_000}, levels); diff != "" {
		t.Errorf("results by level (-want +got)\n%s", diff)
	}
	notes := run.Invocations[0].Notifications
	if len(notes) != 1 || !strings.HasPrefix(notes[0].Message.Text, "5000 findings of 30000 are left out") {
		t.Errorf("notifications %v do not say what was cut", notes)
	}
}

// TestAnnotationsAreReadBack decodes commands as the runner does.
func TestAnnotationsAreReadBack(t *testing.T) {
	pos := library.Pos{Path: "a%0A, b:c%\r\nd.md", Line: 2, Column: 3}
	d := &library.Diagnostic{Pos: pos, End: pos, Code: "X001", Name: "x", Message: "a::b,c: 100%\nnext %3A"}
	command, message, _ := strings.Cut(strings.TrimPrefix(write(t, lintGitHub, Lint{Diagnostics: []*library.Diagnostic{d}}), "::notice "), "::")
	message, _, _ = strings.Cut(message, "\n")
	decode := func(s string) string {
		return strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(s)
	}
	got := map[string]string{"message": strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(message)}
	for property := range strings.SplitSeq(command, ",") {
		name, value, _ := strings.Cut(property, "=")
		got[name] = decode(value)
	}
	want := map[string]string{
		"file": pos.Path, "line": "2", "endLine": "2", "col": "3", "endColumn": "3", "title": "X001 x", "message": d.Message,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnnotationsAreNoMoreThanGitHubTakes(t *testing.T) {
	for _, tt := range []struct {
		name, summary string
		rest          string
	}{
		{"no summary", "", "2 more of severity error, 2 more of severity warning, 2 more of severity info: GitHub takes 10 annotations of each; --format text=FILE has all findings"},
		{"summary", filepath.Join(t.TempDir(), "summary.md"), "2 more of severity error, 2 more of severity warning, 2 more of severity info: see the summary of the job"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := many(12)
			l.JobSummary = tt.summary
			lines := strings.Split(write(t, lintGitHub, l), "\n")
			want := 0
			for _, level := range []string{"error", "warning", "notice"} {
				for range 10 {
					if !strings.HasPrefix(lines[want], "::"+level+" file=a.md,") {
						t.Fatalf("line %d is %q, want a command of level %s", want+1, lines[want], level)
					}
					want++
				}
			}
			tail := []string{"promptlib: " + tt.rest, "promptlib: 1 file checked: 12 errors, 12 warnings, 12 info", ""}
			if diff := cmp.Diff(tail, lines[want:]); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestJobSummaryStaysInItsRoom fills a summary that another command has begun.
func TestJobSummaryStaysInItsRoom(t *testing.T) {
	for _, begun := range []int{0, 1 << 19, jobSummaryRoom - 10, 2 << 20} {
		t.Run(strconv.Itoa(begun), func(t *testing.T) {
			l := many(10_000)
			l.JobSummary = filepath.Join(t.TempDir(), "summary.md")
			if err := os.WriteFile(l.JobSummary, bytes.Repeat([]byte{'x'}, begun), 0o644); err != nil {
				t.Fatal(err)
			}
			write(t, lintGitHub, l)
			got, err := os.ReadFile(l.JobSummary)
			if err != nil {
				t.Fatal(err)
			}
			switch added := len(got) - begun; {
			case begun < 1<<20-1000 && (len(got) >= 1<<20 || len(got) < 1<<20-1000):
				t.Errorf("the summary has %d bytes, want nearly 1 MiB", len(got))
			case begun >= 1<<20-1000 && added != 0:
				t.Errorf("%d bytes were added where there is no room", added)
			}
		})
	}
}

func TestJobSummaryThatCannotBeWritten(t *testing.T) {
	l := recorded()
	l.JobSummary = filepath.Join(t.TempDir(), "nowhere", "summary.md")
	if err := lintGitHub.Write(io.Discard, l, false); err == nil {
		t.Error("no error")
	}
}

func TestGitLabHasWhatGitLabAsksFor(t *testing.T) {
	var issues []struct {
		Description string `json:"description"`
		CheckName   string `json:"check_name"`
		Fingerprint string `json:"fingerprint"`
		Severity    string `json:"severity"`
		Location    struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		} `json:"location"`
	}
	l := recorded()
	if err := json.Unmarshal([]byte(write(t, lintGitLab, l)), &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != len(l.Diagnostics) {
		t.Fatalf("%d issues for %d findings", len(issues), len(l.Diagnostics))
	}
	seen := map[string]bool{}
	for i, issue := range issues {
		if issue.Description == "" || issue.CheckName == "" || issue.Fingerprint == "" || issue.Location.Lines.Begin < 1 {
			t.Errorf("issue %d is not complete: %+v", i, issue)
		}
		if !slices.Contains([]string{"blocker", "critical", "major", "minor", "info"}, issue.Severity) {
			t.Errorf("issue %d has the severity %q", i, issue.Severity)
		}
		if seen[issue.Fingerprint] {
			t.Errorf("issue %d has the fingerprint of another", i)
		}
		seen[issue.Fingerprint] = true
		if want := l.path(l.Diagnostics[i].Pos.Path); issue.Location.Path != want {
			t.Errorf("issue %d is in %q, want %q", i, issue.Location.Path, want)
		}
	}
}

func TestJUnitHasACaseForEachFile(t *testing.T) {
	var got struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Cases    []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Type string `xml:"type,attr"`
					Text string `xml:",chardata"`
				} `xml:"failure"`
				Out string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, lintJUnit, recorded())), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Suites) != 1 || got.Suites[0].Tests != 4 || got.Suites[0].Failures != 2 || got.Suites[0].Errors != 0 {
		t.Fatalf("suites %+v, want one with 4 tests and 2 failures", got.Suites)
	}
	outcomes := map[string]string{}
	for _, c := range got.Suites[0].Cases {
		outcomes[c.Name] = "pass"
		if c.Failure != nil {
			outcomes[c.Name] = c.Failure.Type
		}
		if c.Name == "a:b.md" && !strings.Contains(c.Out, "outputs differ") {
			t.Errorf("the info is not in %q", c.Out)
		}
		if c.Name == Escape(hostilePath) && !strings.Contains(c.Failure.Text, `<b>]]> ::error::x 100%, {{x}}\n\x1b[2J\u202e\ufffe [STR002 section-empty]`) {
			t.Errorf("the message came back as %q", c.Failure.Text)
		}
	}
	want := map[string]string{"plain/abs.md": "error", "a:b.md": "pass", "clean.md": "pass", Escape(hostilePath): "error"}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestXMLTextHasOnlyCharactersOfXML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := hostile(t) + rapid.SampledFrom([]string{"", "\ufffe", "\uffff", "]]>"}).Draw(t, "end")
		for _, c := range xmlText(in) {
			if c != '\n' && c < ' ' || c >= 0xfffe && c <= 0xffff {
				t.Fatalf("xmlText(%q) holds %U", in, c)
			}
		}
	})
}

// cells renders a table and returns the text of its cells, which hold nothing
// but text, code and links to the documentation.
func cells(t rapid.TB, document string) [][]string {
	t.Helper()
	source := []byte(document)
	var rows [][]string
	err := ast.Walk(goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *extast.TableHeader, *extast.TableRow:
			rows = append(rows, nil)
		case *extast.TableCell:
			rows[len(rows)-1] = append(rows[len(rows)-1], "")
		case *ast.Text:
			if len(rows) > 0 {
				row := rows[len(rows)-1]
				row[len(row)-1] += string(n.Segment.Value(source))
			}
		case *ast.Link:
			if !strings.HasPrefix(string(n.Destination), "https://docs.example/") {
				t.Errorf("link to %q", n.Destination)
			}
		case *ast.AutoLink, *ast.Image, *ast.RawHTML, *ast.Emphasis:
			t.Errorf("the table holds a %s", n.Kind())
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestMarkdownShowsTextAsItIs(t *testing.T) {
	l := recorded()
	rows := cells(t, write(t, lintMarkdown, l))
	if len(rows) != 1+len(l.Diagnostics) {
		t.Fatalf("%d rows for %d findings", len(rows)-1, len(l.Diagnostics))
	}
	for i, d := range l.worstFirst() {
		place := d.Pos
		place.Path = l.path(place.Path)
		want := []string{d.Severity.String(), Escape(place.String()), strings.ReplaceAll(Escape(d.Message), `\|`, `\\x7c`), d.Code + " " + d.Name}
		if diff := cmp.Diff(want, rows[1+i]); diff != "" {
			t.Errorf("row %d (-want +got)\n%s", i, diff)
		}
	}
}

func TestMarkdownIsNoMoreThanACommentTakes(t *testing.T) {
	out := write(t, lintMarkdown, many(1000))
	if len(out) >= commentRoom || len(out) < commentRoom-300 {
		t.Errorf("the comment has %d bytes, want a little below %d", len(out), commentRoom)
	}
	shown := len(cells(t, out)) - 1
	if want := fmt.Sprintf("\n%d more findings not shown here.\n", 3000-shown); !strings.HasSuffix(out, want) {
		t.Errorf("the comment ends in %q, want %q", out[len(out)-60:], want)
	}
	if !strings.Contains(out, "`error 999 is wrong`") || strings.Contains(out, "`info 0 is wrong`") {
		t.Error("errors do not come first")
	}
}

func TestCodeSpanIsOneCodeSpan(t *testing.T) {
	part := rapid.SampledFrom([]string{"`", "``", "|", "\\", " ", "a", "@team", "#1", "<b>", "[x](y)", "![x](y)", "https://x.org", "é", "\n", "*a*", "~~"})
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(part, 1, 12).Draw(t, "parts"), "")
		if strings.TrimSpace(in) == "" {
			return
		}
		rows := cells(t, "| a | b |\n| --- | --- |\n| "+codeSpan(in)+" | x |\n")
		want := strings.ReplaceAll(Escape(in), `\|`, `\\x7c`)
		if got := rows[1][0]; len(rows[1]) != 2 || got != want {
			t.Fatalf("codeSpan(%q) = %q shows %q, want %q", in, codeSpan(in), rows[1], want)
		}
	})
}

func TestByteColumns(t *testing.T) {
	source := lines{read: func(string) []byte { return []byte("\ufeffaé日b\xffc\r\n\n𝄞x\n") }}
	for _, tt := range []struct{ line, column, want int }{
		{1, 1, 1}, {1, 2, 2}, {1, 3, 4}, {1, 4, 7}, {1, 5, 8}, {1, 6, 9}, {1, 3, 4}, {1, 99, 11}, {2, 1, 1}, {3, 2, 5}, {9, 4, 4}, {0, 3, 3},
	} {
		if got := source.byteColumn("a.md", tt.line, tt.column); got != tt.want {
			t.Errorf("line %d, column %d is byte %d, want %d", tt.line, tt.column, got, tt.want)
		}
	}
}
