package provider

import (
	"context"
	"errors"

	"promptlib/evals"
)

var reference = &Provider{
	Name: "reference",
	Doc:  "answers with the expected output of the example itself: checks the examples and contracts, costs nothing and needs no key",
	Open: func(o Options) (evals.Model, error) {
		if o.Model != "" {
			return evals.Model{}, errors.New("the reference model has no name after it; write --model reference")
		}
		return evals.Model{Name: "reference", Class: "reference", Call: func(_ context.Context, c *evals.Case) (evals.Reply, error) {
			if c.Expected.Value == "" {
				return evals.Reply{}, evals.ErrNoAnswer
			}
			return evals.Reply{Text: c.Expected.Value, FinishReason: "stop"}, nil
		}}, nil
	},
}
