package report

import (
	"io"

	"promptlib/library"
)

var lintJSON = LintFormat{
	Name: "json",
	Doc:  "one JSON object; its schema is lint.schema.json",
	Write: func(w io.Writer, l Lint, _ bool) error {
		out := struct {
			Version     int              `json:"version"`
			Diagnostics []diagnosticJSON `json:"diagnostics"`
			Summary     struct {
				Files      int `json:"files"`
				Skipped    int `json:"skipped"`
				Excluded   int `json:"excluded"`
				Errors     int `json:"errors"`
				Warnings   int `json:"warnings"`
				Infos      int `json:"infos"`
				Suppressed int `json:"suppressed"`
				Fixed      int `json:"fixed"`
				Baselined  int `json:"baselined"`
				Stale      int `json:"stale"`
			} `json:"summary"`
		}{Version: 1, Diagnostics: make([]diagnosticJSON, len(l.Diagnostics))}
		for i, d := range l.Diagnostics {
			out.Diagnostics[i] = l.diagnosticJSON(d)
		}
		out.Summary.Files, out.Summary.Skipped = l.Files, l.Skipped
		out.Summary.Excluded, out.Summary.Suppressed = l.Excluded, l.Suppressed
		out.Summary.Errors, out.Summary.Warnings, out.Summary.Infos = l.Count(library.Error), l.Count(library.Warning), l.Count(library.Info)
		if l.Fixed != nil {
			out.Summary.Fixed = l.Fixed.Findings
		}
		out.Summary.Baselined, out.Summary.Stale = l.Baselined, l.Stale
		return WriteJSON(w, out, "  ")
	},
}

type diagnosticJSON struct {
	Path      string        `json:"path"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"end_line"`
	EndColumn int           `json:"end_column"`
	Code      string        `json:"code"`
	Name      string        `json:"name"`
	Severity  string        `json:"severity"`
	Message   string        `json:"message"`
	Related   []relatedJSON `json:"related"`
	Fix       *fixJSON      `json:"fix"`
}

// A fixJSON has byte offsets, since its edits are for programs.
type fixJSON struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []editJSON `json:"edits"`
}

type editJSON struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

type relatedJSON struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

func (l Lint) diagnosticJSON(d *library.Diagnostic) diagnosticJSON {
	j := diagnosticJSON{
		Path: l.path(d.Pos.Path), Line: d.Pos.Line, Column: d.Pos.Column, EndLine: d.End.Line, EndColumn: d.End.Column,
		Code: d.Code, Name: d.Name, Severity: d.Severity.String(), Message: d.Message, Related: []relatedJSON{},
	}
	for _, r := range d.Related {
		j.Related = append(j.Related, relatedJSON{l.path(r.Pos.Path), r.Pos.Line, r.Pos.Column, r.Message})
	}
	if d.Fix != nil && len(d.Fix.Edits) <= maxEdits {
		j.Fix = &fixJSON{Title: d.Fix.Title, Safe: d.Fix.Safe}
		for _, e := range d.Fix.Edits {
			j.Fix.Edits = append(j.Fix.Edits, editJSON(e))
		}
	}
	return j
}
