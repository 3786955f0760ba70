package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

// sarifResults is how many results GitHub takes in a run; it refuses the file
// if there are more.
const sarifResults = 25_000

// Note: go-sarif, which the tests validate with, could also write the file. It
// gives every region a byteOffset of -1, which is the default but which the
// viewer of VS Code takes for a place in a binary file.
var lintSARIF = LintFormat{
	Name: "sarif",
	Doc:  "SARIF 2.1.0, for code scanning and editors",
	Write: func(w io.Writer, l Lint, _ bool) error {
		return WriteJSON(w, newSARIF(l), "  ")
	},
}

// The parts of SARIF that are written, each with the properties that are used.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Language    string                   `json:"language"`
		ColumnKind  string                   `json:"columnKind"`
		LineEnds    []string                 `json:"newlineSequences"`
		Bases       map[string]sarifArtifact `json:"originalUriBaseIds"`
		Invocations []sarifInvocation        `json:"invocations"`
		Results     []sarifResult            `json:"results"`
	}
	sarifDriver struct {
		Name     string      `json:"name"`
		Version  string      `json:"version"`
		Language string      `json:"language"`
		Rules    []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string        `json:"id"`
		Name     string        `json:"name"`
		Short    *sarifMessage `json:"shortDescription,omitempty"`
		Full     *sarifMessage `json:"fullDescription,omitempty"`
		Help     *sarifMessage `json:"help,omitempty"`
		HelpURI  string        `json:"helpUri,omitempty"`
		Defaults *sarifDefault `json:"defaultConfiguration,omitempty"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string       `json:"level"`
		Message sarifMessage `json:"message"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Fixes        []sarifFix        `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Message  *sarifMessage `json:"message,omitempty"`
		Physical struct {
			Artifact sarifArtifact `json:"artifactLocation"`
			Region   *sarifRegion  `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifArtifact struct {
		URI         string        `json:"uri,omitempty"`
		Base        string        `json:"uriBaseId,omitempty"`
		Description *sarifMessage `json:"description,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifFix struct {
		Description sarifMessage  `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion  `json:"deletedRegion"`
		Inserted sarifMessage `json:"insertedContent"`
	}
)

// sarifBase stands for the working directory, which a reader takes for the root
// of the sources.
const sarifBase = "%SRCROOT%"

func newSARIF(l Lint) sarifLog {
	run := sarifRun{
		Language:    "en-US", // this and the line ends are defaults that go-sarif insists on
		LineEnds:    []string{"\r\n", "\n"},
		ColumnKind:  "unicodeCodePoints",
		Bases:       map[string]sarifArtifact{sarifBase: {Description: &sarifMessage{Text: "the working directory of promptlib"}}},
		Invocations: []sarifInvocation{{Successful: true}},
		Results:     []sarifResult{},
	}
	run.Tool.Driver = sarifDriver{Name: "promptlib", Version: l.Version, Language: "en-US", Rules: []sarifRule{}}
	fingerprints := map[*library.Diagnostic]string{}
	for i, f := range l.fingerprints() {
		fingerprints[l.Diagnostics[i]] = f
	}
	list := l.Diagnostics
	if cut := len(list) - sarifResults; cut > 0 {
		list = l.worstFirst()[:sarifResults]
		text := fmt.Sprintf("%d findings of %d are left out: no more than %d can be taken; errors come first", cut, len(l.Diagnostics), sarifResults)
		run.Invocations[0].Notifications = []sarifNotification{{"warning", sarifMessage{Text: text}}}
	}
	rules := map[string]int{}
	source := &lines{read: l.Source}
	for _, d := range list {
		rule, ok := rules[d.Code]
		if !ok {
			rule = len(rules)
			rules[d.Code] = rule
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, l.sarifRule(d))
		}
		result := l.sarifResult(source, d)
		result.RuleIndex = rule
		// The key is the one by which GitHub knows an alert again.
		result.Fingerprints = map[string]string{"primaryLocationLineHash": fingerprints[d]}
		run.Results = append(run.Results, result)
	}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
}

var sarifLevels = map[library.Severity]string{library.Error: "error", library.Warning: "warning", library.Info: "note"}

// sarifRule describes the rule of a finding.
func (l Lint) sarifRule(d *library.Diagnostic) sarifRule {
	rule := sarifRule{ID: d.Code, Name: d.Name, HelpURI: l.help(d.Code)}
	for _, c := range l.Codes {
		if c.ID != d.Code {
			continue
		}
		rule.Short, rule.Full = &sarifMessage{Text: c.Doc.Summary}, &sarifMessage{Text: c.Doc.Why}
		rule.Help = &sarifMessage{Text: c.Doc.Why + "\n\nFix: " + c.Doc.Fix, Markdown: c.Doc.Why + "\n\n**Fix.** " + c.Doc.Fix}
		rule.Defaults = &sarifDefault{sarifLevels[c.Severity]}
	}
	return rule
}

func (l Lint) sarifResult(source *lines, d *library.Diagnostic) sarifResult {
	result := sarifResult{
		RuleID: d.Code, Level: sarifLevels[d.Severity], Message: sarifMessage{Text: d.Message},
		Locations: []sarifLocation{l.sarifLocation(d.Pos, d.End)},
	}
	for i, r := range d.Related {
		at := l.sarifLocation(r.Pos, r.End)
		at.ID, at.Message = i+1, &sarifMessage{Text: r.Message}
		result.Related = append(result.Related, at)
	}
	if edits := source.replacements(d); edits != nil {
		change := sarifChange{Artifact: l.sarifArtifact(d.Pos.Path)}
		for _, e := range edits {
			region := sarifRegion{e.line, utf8.RuneCount(e.before) + 1, e.endLine, utf8.RuneCount(e.endBefore) + 1}
			change.Replacements = append(change.Replacements, sarifReplacement{region, sarifMessage{Text: e.text}})
		}
		result.Fixes = []sarifFix{{sarifMessage{Text: d.Fix.Title}, []sarifChange{change}}}
	}
	return result
}

// sarifLocation is a place, or a whole file where it has no line.
func (l Lint) sarifLocation(pos, end library.Pos) sarifLocation {
	var at sarifLocation
	at.Physical.Artifact = l.sarifArtifact(pos.Path)
	if pos.Line > 0 {
		at.Physical.Region = &sarifRegion{pos.Line, pos.Column, end.Line, end.Column}
	}
	return at
}

func (l Lint) sarifArtifact(path string) sarifArtifact {
	return sarifArtifact{URI: uriPath(l.path(path)), Base: sarifBase}
}

// uriPath returns a path as a relative URI, every byte of it encoded that is not
// of the unreserved characters.
//
// Note: url.URL leaves a colon as it is, and what stands before it would be a
// scheme.
func uriPath(path string) string {
	const unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; strings.IndexByte(unreserved, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
