package report

import (
	"io"

	"promptlib/library"
)

// WriteRules writes the list of codes as a table.
func WriteRules(w io.Writer, codes []library.Code, color bool) error {
	p := NewPrinter(w, color)
	rows := [][]string{{"CODE", "NAME", "SEVERITY", "SUMMARY"}}
	for _, c := range codes {
		rows = append(rows, []string{c.ID, c.Name, c.Severity.String(), c.Doc.Summary})
	}
	p.table(rows)
	return p.Flush()
}

// WriteRulesJSON writes the list of codes as JSON; its schema is
// rules.schema.json.
func WriteRulesJSON(w io.Writer, codes []library.Code) error {
	type rule struct {
		Code     string `json:"code"`
		Name     string `json:"name"`
		Severity string `json:"severity"`
		Summary  string `json:"summary"`
		Why      string `json:"why"`
		Fix      string `json:"fix"`
	}
	out := struct {
		Version int    `json:"version"`
		Rules   []rule `json:"rules"`
	}{1, []rule{}}
	for _, c := range codes {
		out.Rules = append(out.Rules, rule{c.ID, c.Name, c.Severity.String(), c.Doc.Summary, c.Doc.Why, c.Doc.Fix})
	}
	return WriteJSON(w, out, "  ")
}
