package report

import (
	"bufio"
	"io"
)

var evalJSONL = EvalFormat{
	Name: "jsonl",
	Doc:  "a line of JSON a case, as in json; its schema is case.schema.json",
	Write: func(w io.Writer, e *Eval, _ bool) error {
		b := bufio.NewWriter(w)
		for o, err := range e.Outcomes() {
			if err == nil {
				err = WriteJSON(b, newEvalCaseJSON(o), "")
			}
			if err != nil {
				return err
			}
		}
		return b.Flush()
	},
}
