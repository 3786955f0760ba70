package report

import (
	"io"

	"promptlib/evals"
)

var evalJSON = EvalFormat{
	Name: "json",
	Doc:  "one JSON object; its schema is eval.schema.json",
	Write: func(w io.Writer, e Eval, _ bool) error {
		out := struct {
			Version int            `json:"version"`
			Run     string         `json:"run"`
			Cases   []evalCaseJSON `json:"cases"`
			Summary struct {
				Passed   int `json:"passed"`
				Failed   int `json:"failed"`
				Errored  int `json:"errored"`
				Unscored int `json:"unscored"`
				Skipped  int `json:"skipped"`
			} `json:"summary"`
		}{Version: 1, Run: e.Run, Cases: make([]evalCaseJSON, len(e.Cases))}
		for i, c := range e.Cases {
			out.Cases[i] = newEvalCaseJSON(c)
		}
		s := e.Summary
		out.Summary.Passed, out.Summary.Failed, out.Summary.Errored, out.Summary.Unscored, out.Summary.Skipped = s.Passed, s.Failed, s.Errored, s.Unscored, s.Skipped
		return WriteJSON(w, out, "  ")
	},
}

type evalCaseJSON struct {
	Prompt   string       `json:"prompt"`
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
	Reasons []reasonJSON `json:"reasons"`
}

type reasonJSON struct {
	Message string `json:"message"`
	Pointer string `json:"pointer"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

func newEvalCaseJSON(c EvalCase) evalCaseJSON {
	j := evalCaseJSON{Prompt: c.Prompt, Example: c.Example, Model: c.Model, Repeat: c.Repeat, Status: c.Status, Contract: "declared", Scores: []scoreJSON{}, Error: c.Err}
	switch {
	case c.Status == evals.Unscored || c.Status == evals.Skipped:
		j.Contract = "none"
	case c.Derived:
		j.Contract = "derived"
	}
	for _, s := range c.Scores {
		k := scoreJSON{Scorer: s.Scorer, Value: s.Value, Pass: s.Pass, Reasons: []reasonJSON{}}
		for _, r := range s.Reasons {
			k.Reasons = append(k.Reasons, reasonJSON{r.Message, r.Pointer, r.Pos.Path, r.Pos.Line, r.Pos.Column})
		}
		j.Scores = append(j.Scores, k)
	}
	return j
}
