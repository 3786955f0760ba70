package score

import (
	"promptlib/evals"
)

var schemaScorer = &Scorer{
	Name:    "schema",
	Doc:     "the JSON of the reply fulfils the schema: 1 less the share of violated places among its values and the members it lacks",
	Applies: func(in *Input) bool { return in.Contract.Schema != nil },
	Score: func(in *Input) evals.Score {
		if !in.readable() {
			return evals.Score{Follows: true, Reasons: []evals.Reason{in.reason("", "there is no JSON to hold against the schema")}}
		}
		violations := in.Contract.Schema.Validate(in.JSON.Value)
		if len(violations) == 0 {
			return evals.Score{Value: 1, Pass: true}
		}
		s := evals.Score{}
		places, missing := map[string]bool{}, 0
		for _, v := range violations {
			if !places[v.Pointer] && v.Missing() {
				missing++
			}
			places[v.Pointer] = true
			s.Reasons = append(s.Reasons, in.reason(v.Pointer, v.Message))
		}
		s.Value = max(0, 1-float64(len(places))/float64(countValues(in.JSON.Value)+missing))
		return s
	},
}

// countValues counts the values in a JSON value, itself included.
func countValues(value any) int {
	n := 1
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			n += countValues(member)
		}
	case []any:
		for _, item := range v {
			n += countValues(item)
		}
	}
	return n
}
