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
// be in memory three times. What differs between two runs with the same replies
// is not in it: times, tries and costs.
func writeEvalJSON(w io.Writer, e *Eval, _ bool) error {
	b := bufio.NewWriter(w)
	models := []string{}
	for _, m := range e.Header.Models {
		models = append(models, m.Name)
	}
	for _, m := range []struct {
		before string
		value  any
	}{
		{"{\n  \"version\": ", 2}, {",\n  \"run\": ", e.Run}, {",\n  \"complete\": ", e.Ended}, {",\n  \"models\": ", models}, {",\n  \"repeat\": ", e.repeats()},
	} {
		if err := putJSON(b, m.before, "  ", m.value); err != nil {
			return err
		}
	}
	before, after := ",\n  \"cases\": [\n    ", ",\n  \"cases\": []"
	for o, err := range e.Outcomes() {
		if err != nil {
			return err
		}
		if err := putJSON(b, before, "    ", newEvalCaseJSON(o)); err != nil {
			return err
		}
		before, after = ",\n    ", "\n  ]"
	}
	b.WriteString(after)
	before, after = ",\n  \"groups\": [\n    ", ",\n  \"groups\": []"
	for _, g := range e.Tally.Groups {
		if err := putJSON(b, before, "    ", newEvalGroupJSON(g, e.repeats())); err != nil {
			return err
		}
		before, after = ",\n    ", "\n  ]"
	}
	b.WriteString(after)
	t := &e.Tally
	classes := t.Errors
	if classes == nil {
		classes = map[evals.Class]int{}
	}
	end := struct {
		Errors  map[evals.Class]int `json:"errors"`
		Summary evalSummaryJSON     `json:"summary"`
	}{classes, evalSummaryJSON(t.Summary)}
	var rest bytes.Buffer
	if err := WriteJSON(&rest, end, "  "); err != nil {
		return err
	}
	b.WriteString("," + rest.String()[1:]) // the object is open already
	return b.Flush()
}

// putJSON writes a value of an object that is written piece by piece.
func putJSON(b *bufio.Writer, before, prefix string, value any) error {
	b.WriteString(before)
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(value)
	b.Write(escapeJSON(bytes.TrimSuffix(text.Bytes(), []byte("\n"))))
	return err
}

type evalCaseJSON struct {
	Prompt    string       `json:"prompt"`
	Name      string       `json:"name"`
	Example   int          `json:"example"`
	Line      int          `json:"line"`
	Column    int          `json:"column"`
	Model     string       `json:"model"`
	Repeat    int          `json:"repeat"`
	Status    evals.Status `json:"status"`
	Contract  string       `json:"contract"`
	Threshold float64      `json:"threshold"`
	Scores    []scoreJSON  `json:"scores"`
	Error     *evals.Error `json:"error"`
}

type scoreJSON struct {
	Scorer  string       `json:"scorer"`
	Value   float64      `json:"value"`
	Pass    bool         `json:"pass"`
	Follows bool         `json:"follows,omitempty"`
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
		Prompt: o.Prompt, Name: o.Name, Example: o.Example, Line: o.At.Line, Column: o.At.Column, Model: o.Model, Repeat: o.Repeat,
		Status: o.Status, Contract: o.Contract, Threshold: o.Threshold, Scores: []scoreJSON{}, Error: o.Err,
	}
	for _, s := range o.Scores {
		k := scoreJSON{Scorer: s.Scorer, Value: s.Value, Pass: s.Pass, Follows: s.Follows, Parts: s.Parts, Reasons: []reasonJSON{}}
		for _, r := range s.Reasons {
			k.Reasons = append(k.Reasons, reasonJSON{r.Message, r.Pointer, r.Pos.Path, r.Pos.Line, r.Pos.Column})
		}
		j.Scores = append(j.Scores, k)
	}
	return j
}

type evalGroupJSON struct {
	Prompt string `json:"prompt"`
	Model  string `json:"model"`
	evalSummaryJSON
	Contract  string       `json:"contract"`
	PassRate  *float64     `json:"pass_rate"`
	Threshold float64      `json:"threshold"`
	Passes    bool         `json:"passes"`
	Repeats   *repeatsJSON `json:"repeats,omitempty"`
}

type repeatsJSON struct {
	Cases int `json:"cases"`
	Any   int `json:"any"`
	All   int `json:"all"`
	Flaky int `json:"flaky"`
}

func newEvalGroupJSON(g *evals.Group, repeats int) evalGroupJSON {
	j := evalGroupJSON{
		Prompt: g.Prompt, Model: g.Model, evalSummaryJSON: evalSummaryJSON(g.Summary), Contract: evalContract(g),
		Threshold: g.Threshold, Passes: g.Passes(),
	}
	if rate, ok := g.PassRate(); ok {
		j.PassRate = &rate
	}
	if repeats > 1 {
		j.Repeats = (*repeatsJSON)(&g.Repeats)
	}
	return j
}
