package report

import (
	"io"

	"promptlib/library"
)

var lintGitLab = LintFormat{
	Name: "gitlab",
	Doc:  "a code quality report for GitLab",
	Write: func(w io.Writer, l Lint, _ bool) error {
		type location struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		}
		type issue struct {
			Description string   `json:"description"`
			CheckName   string   `json:"check_name"`
			Fingerprint string   `json:"fingerprint"`
			Severity    string   `json:"severity"`
			Location    location `json:"location"`
		}
		out := make([]issue, len(l.Diagnostics))
		fingerprints := l.fingerprints()
		for i, d := range l.Diagnostics {
			out[i] = issue{
				Description: d.Message, CheckName: d.Code, Fingerprint: fingerprints[i], Severity: gitLabSeverities[d.Severity],
				Location: location{Path: l.path(d.Pos.Path)},
			}
			out[i].Location.Lines.Begin = d.Pos.Line
		}
		return WriteJSON(w, out, "  ")
	},
}

// Of the severities of GitLab, blocker and critical are left to what breaks more
// than a prompt.
var gitLabSeverities = map[library.Severity]string{library.Error: "major", library.Warning: "minor", library.Info: "info"}
