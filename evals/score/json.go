package score

import (
	"promptlib/evals"
)

var jsonScorer = &Scorer{
	Name:    "json",
	Doc:     "the reply is JSON: 1 for the whole reply or a code block, 0.5 for JSON with prose around it, which does not pass, 0 for none",
	Applies: func(c *evals.Contract) bool { return c.Schema != nil },
	Score: func(in *Input) evals.Score {
		if in.Reply.Truncated() && in.JSON.How != Strict && in.JSON.How != Fenced {
			return evals.Score{Reasons: []evals.Reason{in.reason("", "the reply was truncated: it ended at the limit of tokens")}}
		}
		switch in.JSON.How {
		case Strict, Fenced:
			return evals.Score{Value: 1, Pass: true}
		case Embedded:
			return evals.Score{Value: 0.5, Reasons: []evals.Reason{in.reason("", "the reply has text around its JSON")}}
		}
		return evals.Score{Reasons: []evals.Reason{in.reason("", "the reply holds no JSON: "+in.JSON.Err)}}
	},
}
