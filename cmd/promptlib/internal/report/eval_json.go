package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"promptlib/evals"
)

var evalJSON = EvalFormat{
	Name:  "json",
	Doc:   "one JSON object; its schema is eval.schema.json",
	Write: writeEvalJSON,
}

type evalSummaryJSON struct {
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Errored  int `json:"errored"`
	Unscored int `json:"unscored"`
	Skipped  int `json:"skipped"`
	Planned  int `json:"planned"`
}

// writeEvalJSON writes one case after the other: as one value all of them would
// be in memory three times.
func writeEvalJSON(w io.Writer, e *Eval, _ bool) error {
	b := bufio.NewWriter(w)
	put := func(before, prefix string, value any) error {
		b.WriteString(before)
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent(prefix, "  ")
		err := encoder.Encode(value)
		b.Write(escapeJSON(bytes.TrimSuffix(text.Bytes(), []byte("\n"))))
		return err
	}
	b.WriteString("{\n  \"version\": 2")
	if err := put(",\n  \"run\": ", "", e.Run); err != nil {
		return err
	}
	b.WriteString(",\n  \"cases\": [")
	before, after := "\n    ", ""
	for o, err := range e.Outcomes() {
		if err != nil {
			return err
		}
		if err := put(before, "    ", newEvalCaseJSON(o)); err != nil {
			return err
		}
		before, after = ",\n    ", "\n  "
	}
	s := e.Tally.Summary
	if err := put(after+"],\n  \"summary\": ", "  ", evalSummaryJSON{s.Passed, s.Failed, s.Errored, s.Unscored, s.Skipped, s.Planned}); err != nil {
		return err
	}
	b.WriteString("\n}\n")
	return b.Flush()
}

type evalCaseJSON struct {
	Prompt   string       `json:"prompt"`
	Name     string       `json:"name"`
	Example  int          `json:"example"`
	Model    string       `json:"model"`
	Repeat   int          `json:"repeat"`
	Status   evals.Status `json:"status"`
	Contract string       `json:"contract"`
	Scores   []scoreJSON  `json:"scores"`
	Error    *evals.Error `json:"error"`
}

type scoreJSON struct {
	Scorer  string       `json:"scorer"`
	Value   float64      `json:"value"`
	Pass    bool         `json:"pass"`
	Parts   []evals.Part `json:"parts,omitempty"`
	Reasons []reasonJSON `json:"reasons"`
}

type reasonJSON struct {
	Message string `json:"message"`
	Pointer string `json:"pointer"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

func newEvalCaseJSON(o *evals.Outcome) evalCaseJSON {
	j := evalCaseJSON{
		Prompt: o.Prompt, Name: o.Name, Example: o.Example, Model: o.Model, Repeat: o.Repeat, Status: o.Status,
		Contract: o.Contract, Scores: []scoreJSON{}, Error: o.Err,
	}
	for _, s := range o.Scores {
		k := scoreJSON{Scorer: s.Scorer, Value: s.Value, Pass: s.Pass, Parts: s.Parts, Reasons: []reasonJSON{}}
		for _, r := range s.Reasons {
			k.Reasons = append(k.Reasons, reasonJSON{r.Message, r.Pointer, r.Pos.Path, r.Pos.Line, r.Pos.Column})
		}
		j.Scores = append(j.Scores, k)
	}
	return j
}
