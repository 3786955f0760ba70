package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"promptlib/evals"
	"promptlib/library"
)

// A Provider is a kind of place that replies come from.
type Provider struct {
	Name string
	Doc  string
	Open func(Options) (evals.Model, error)
}

// Providers lists every provider.
var Providers = []*Provider{
	reference,
	openAI,
	replay,
}

// Options are what a provider may need to know. What it does not need it
// ignores.
type Options struct {
	Model       string        // the name after the provider's
	BaseURL     string        // of an OpenAI-compatible API, as in http://127.0.0.1:11434/v1
	Key         string        // sent as a bearer token; empty for none
	Timeout     time.Duration // of one call; 0 for none
	Concurrency int           // calls at a time, for the size of the connection pool
	Replay      string        // path of the JSON lines of a run
}

// Open opens a model by the name that users give it: PROVIDER or PROVIDER/NAME.
func Open(model string, o Options) (evals.Model, error) {
	name, rest, _ := strings.Cut(model, "/")
	o.Model = rest
	for _, p := range Providers {
		if p.Name == name {
			return p.Open(o)
		}
	}
	names := make([]string, len(Providers))
	for i, p := range Providers {
		names[i] = p.Name
	}
	hint := ""
	if rest == "" && name != "" {
		hint = fmt.Sprintf("; for a model of that name write %q", openAI.Name+"/"+name)
	}
	if near := library.Nearest(name, slices.Values(names)); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return evals.Model{}, fmt.Errorf("there is no provider %q; the providers are %s%s", name, strings.Join(names, ", "), hint)
}
