package score

import (
	"promptlib/evals"
)

var jsonScorer = &Scorer{
	Name:    "json",
	Doc:     "the reply is JSON: 1 where it is found in a way that the contract allows, else 0.75 in a code block, 0.5 with prose around it, 0.25 once it is repaired, 0 for none",
	Applies: wantsJSON,
	Score: func(in *Input) evals.Score {
		how := in.JSON.How
		// Note: the part is how the JSON was found also where it passes, so that
		// reports can tell a model that wraps its JSON from one that does not.
		made := func(value float64, reasons ...evals.Reason) evals.Score {
			return evals.Score{Value: value, Pass: value == 1, Parts: []evals.Part{{Name: string(how), Value: value}}, Reasons: reasons}
		}
		switch {
		case in.Reply.Truncated() && how != evals.Strict && how != evals.Fenced:
			how = "truncated"
			return made(0, in.reason("", "the reply was truncated: it ended at the limit of tokens"))
		case in.Contract.Allows(how):
			return made(1)
		case how == evals.Fenced:
			return made(0.75, in.reason("", "the reply is a code block with JSON, not JSON alone"))
		case how == evals.Embedded:
			return made(0.5, in.reason("", "the reply has text around its JSON"))
		case how == evals.Repaired:
			return made(0.25, in.reason("", "the reply holds JSON only once it is repaired: "+in.JSON.Err))
		}
		return made(0, in.reason("", "the reply holds no JSON: "+in.JSON.Err))
	},
}
