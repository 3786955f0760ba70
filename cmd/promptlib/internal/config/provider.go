package config

import (
	"slices"
	"strings"
	"time"

	"promptlib/evals"
	"promptlib/evals/provider"
	"promptlib/library"
)

// A Provider is a server of models as the library describes it. Which hosts and
// keys it may use is for the policy to say.
type Provider struct {
	Name       library.Text
	Kind       string       // of provider.Providers
	BaseURL    library.Text // zero where the kind has one of its own
	APIVersion string
	Deployment string
	Fields     map[string]string // what the server calls parameters; others keep their names
	Text       bool              // it takes no schemas
	Limits     evals.Limits
	Timeout    time.Duration // 0 where it is not stated
	Prices     map[string]evals.Price
}

// Provider returns the provider with a name; nil where there is none.
func (c Config) Provider(name string) *Provider {
	i := slices.IndexFunc(c.Providers, func(p Provider) bool { return p.Name.Value == name })
	if i < 0 {
		return nil
	}
	return &c.Providers[i]
}

// provider reads a provider and checks that it has what its kind asks for.
func (r *reader) provider(pair library.Pair) {
	n := pair.Value
	p := Provider{
		Name: pair.Key, Kind: n.Get("kind").Scalar().Value, BaseURL: n.Get("base_url").Scalar(),
		APIVersion: n.Get("api_version").Scalar().Value, Deployment: n.Get("deployment").Scalar().Value,
		Timeout: r.time(n.Get("timeout")),
		Limits: evals.Limits{
			Concurrency: number(n.Get("concurrency")), RequestsPerMinute: number(n.Get("requests_per_minute")),
			TokensPerMinute: number(n.Get("tokens_per_minute")), MaxWait: r.time(n.Get("max_wait")),
		},
	}
	if structured := n.Get("structured"); structured != nil {
		p.Text = structured.JSON() == false
	}
	switch {
	case p.Name.Value == "" || strings.Contains(p.Name.Value, "/"):
		r.fail(p.Name, "%q is no name of a provider: --model takes what stands before the first slash for one", p.Name.Value)
	case p.Name.Value == "reference" || p.Name.Value == "replay":
		r.fail(p.Name, "the provider %q is built in; choose another name", p.Name.Value)
	case (p.Name.Value == "openai" || p.Name.Value == "azure") && p.Kind != p.Name.Value:
		r.fail(p.Name, "a provider named %q is of that kind, not %s; choose another name", p.Name.Value, p.Kind)
	case p.BaseURL.IsZero() && (p.Kind != "openai" || p.Name.Value != "openai"):
		r.fail(p.Name, "provider %q needs a %q", p.Name.Value, "base_url")
	case p.Kind == "azure" && p.APIVersion == "":
		r.fail(p.Name, "provider %q of kind azure needs an %q, such as 2024-10-21", p.Name.Value, "api_version")
	}
	for _, key := range []string{"api_version", "deployment"} {
		if at := n.Get(key); at != nil && p.Kind != "azure" {
			r.fail(at.Text, "%q is for providers of kind azure, not %s", key, p.Kind)
		}
	}
	if !p.BaseURL.IsZero() {
		if err := provider.CheckBaseURL(p.BaseURL.Value); err != nil {
			r.fail(p.BaseURL, "%v", err)
		}
	}
	p.Fields = r.fields(n.Get("fields"))
	for _, model := range n.Get("prices").Members() {
		if p.Prices == nil {
			p.Prices = map[string]evals.Price{}
		}
		input, _ := model.Value.Get("input").JSON().(float64)
		output, _ := model.Value.Get("output").JSON().(float64)
		p.Prices[model.Key.Value] = evals.Price{Input: input, Output: output}
	}
	r.config.Providers = append(r.config.Providers, p)
}

// fields reads what a server calls parameters and checks that none of them takes
// the place of what is sent anyway.
func (r *reader) fields(n *library.Node) map[string]string {
	if n == nil {
		return nil
	}
	fields := map[string]string{}
	taken := slices.Concat(provider.OwnFields, provider.Parameters)
	for _, pair := range n.Members() {
		name := pair.Value.Text
		if slices.Contains(taken, name.Value) && name.Value != pair.Key.Value {
			r.fail(name, "a parameter cannot be sent as %q, which holds something else", name.Value)
		}
		taken = append(taken, name.Value)
		fields[pair.Key.Value] = name.Value
	}
	return fields
}

// time reads a time; 0 for none. The schema has seen its form.
func (r *reader) time(n *library.Node) time.Duration {
	if n == nil {
		return 0
	}
	d, err := time.ParseDuration(n.Text.Value)
	if err != nil || d <= 0 || d > 24*time.Hour {
		r.fail(n.Text, "%q is no time from 1ms to 24h", n.Text.Value)
	}
	return d
}

// number reads a whole number that the schema has seen; 0 for none.
func number(n *library.Node) int {
	if n == nil {
		return 0
	}
	value, _ := n.JSON().(float64)
	return int(value)
}
