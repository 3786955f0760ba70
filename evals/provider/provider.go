package provider

import (
	"cmp"
	"errors"
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
	azure,
	replay,
}

// Options are what a provider may need to know. What it does not need it
// ignores.
type Options struct {
	Kind  string   // the provider, where the user calls it something else; empty for the one that is named
	Names []string // what else the user could name, for messages

	Name        string        // what the user calls the provider; Open sets it
	Model       string        // the name after the provider's; Open sets it
	BaseURL     string        // of an OpenAI-compatible API, as in http://127.0.0.1:11434/v1
	Key         string        // sent with every request; empty for none
	NoKey       string        // why there is no key, for messages
	Timeout     time.Duration // of one call; 0 for none
	Concurrency int           // calls at a time, for the size of the connection pool
	Replay      string        // path of the JSON lines of a run

	APIVersion string            // of Azure
	Deployment string            // of Azure; empty for one with the name of the model
	Fields     map[string]string // what the server calls parameters; others keep their names
	NoSchema   bool              // the server takes no response_format
	Public     bool              // the host must not be this machine or of a private network

	Price  *evals.Price // nil where it is not known
	Limits evals.Limits
}

// ErrNoKey is why a server that takes no request without a key is not opened.
var ErrNoKey = errors.New("there is no key")

// Open opens a model by the name that users give it: PROVIDER or PROVIDER/NAME.
func Open(model string, o Options) (evals.Model, error) {
	o.Name, o.Model, _ = strings.Cut(model, "/")
	kind := cmp.Or(o.Kind, o.Name)
	for _, p := range Providers {
		if p.Name == kind {
			return p.Open(o)
		}
	}
	var names []string
	for _, p := range Providers {
		names = append(names, p.Name)
	}
	for _, name := range o.Names {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	hint := ""
	if o.Model == "" && o.Name != "" {
		hint = fmt.Sprintf("; for a model of that name write %q", openAI.Name+"/"+o.Name)
	}
	if near := library.Nearest(o.Name, slices.Values(names)); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return evals.Model{}, fmt.Errorf("there is no provider %q; the providers are %s%s", o.Name, strings.Join(names, ", "), hint)
}
