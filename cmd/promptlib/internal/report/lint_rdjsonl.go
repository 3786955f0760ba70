package report

import (
	"io"

	"promptlib/library"
)

var lintRDJSONL = LintFormat{
	Name: "rdjsonl",
	Doc:  "a line of JSON a finding, for reviewdog; columns count bytes",
	Write: func(w io.Writer, l Lint, _ bool) error {
		source := &lines{read: l.Source}
		for _, d := range l.Diagnostics {
			if err := WriteJSON(w, l.rdDiagnostic(source, d), ""); err != nil {
				return err
			}
		}
		return nil
	},
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Source      rdSource       `json:"source"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

type rdLocation struct {
	Path  string  `json:"path"`
	Range rdRange `json:"range"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdSource struct {
	Name string `json:"name"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

var rdSeverities = map[library.Severity]string{library.Error: "ERROR", library.Warning: "WARNING", library.Info: "INFO"}

func (l Lint) rdDiagnostic(source *lines, d *library.Diagnostic) rdDiagnostic {
	place := func(p library.Pos) rdPosition {
		return rdPosition{p.Line, source.byteColumn(d.Pos.Path, p.Line, p.Column)}
	}
	out := rdDiagnostic{
		Message:  d.Message,
		Location: rdLocation{l.path(d.Pos.Path), rdRange{place(d.Pos), place(d.End)}},
		Severity: rdSeverities[d.Severity],
		Source:   rdSource{"promptlib"},
		Code:     rdCode{d.Code, l.help(d.Code)},
	}
	// Several suggestions would be offered one by one, and half a fix is none.
	if edits := source.replacements(d); len(edits) == 1 {
		e := edits[0]
		out.Suggestions = []rdSuggestion{{
			rdRange{rdPosition{e.line, len(e.before) + 1}, rdPosition{e.endLine, len(e.endBefore) + 1}}, e.text,
		}}
	}
	return out
}
