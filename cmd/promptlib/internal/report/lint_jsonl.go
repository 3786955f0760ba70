package report

import "io"

var lintJSONL = LintFormat{
	Name: "jsonl",
	Doc:  "a line of JSON a finding, as in json; its schema is diagnostic.schema.json",
	Write: func(w io.Writer, l Lint, _ bool) error {
		for _, d := range l.Diagnostics {
			if err := WriteJSON(w, l.diagnosticJSON(d), ""); err != nil {
				return err
			}
		}
		return nil
	},
}
