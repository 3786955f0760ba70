package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/evals"
	"promptlib/evals/provider"
	"promptlib/library"
	"promptlib/library/policy"
)

// keyEnv is the environment variable of OpenAI's key, and baseEnv that of a base
// URL that the user chose.
const (
	keyEnv  = "OPENAI_API_KEY"
	baseEnv = "OPENAI_BASE_URL"
)

// openModels opens the models of a run. Where policies bind providers it checks
// that no request or key goes elsewhere.
func (b *batch) openModels(o *evalOptions, day time.Time) ([]evals.Model, error) {
	configured, err := b.providers()
	if err != nil {
		return nil, err
	}
	var models []evals.Model
	var wrong []*library.Diagnostic
	for _, name := range o.models {
		options := provider.Options{Timeout: o.timeout, Concurrency: o.concurrency, Replay: o.replay}
		for _, c := range configured {
			options.Names = append(options.Names, c.Name.Value)
		}
		first, rest, _ := strings.Cut(name, "/")
		i := slices.IndexFunc(configured, func(c config.Provider) bool { return c.Name.Value == first })
		switch {
		case i >= 0:
			wrong = append(wrong, b.route(o, &options, configured[i], rest, day)...)
		case first == "openai":
			builtIn := config.Provider{Name: library.Text{Value: first}, Kind: first}
			wrong = append(wrong, b.route(o, &options, builtIn, rest, day)...)
		}
		m, err := provider.Open(name, options)
		if errors.Is(err, provider.ErrNoKey) && wrong == nil {
			return nil, usage("docs/providers.md says which key is sent where; --model reference needs none", "%w", err)
		}
		if err != nil && wrong == nil {
			return nil, usage("promptlib eval --help lists the models, and docs/providers.md says how to add one", "%w", err)
		}
		models = append(models, m)
	}
	return models, refused(wrong)
}

// providers returns those that the configurations of the libraries state.
func (b *batch) providers() ([]config.Provider, error) {
	var list []config.Provider
	for _, root := range b.lib.Roots {
		conf, err := config.Load(root)
		if err != nil {
			return nil, fault("nothing was sent; correct the configuration first", "%w", err)
		}
		for _, p := range conf.Providers {
			i := slices.IndexFunc(list, func(other config.Provider) bool { return other.Name.Value == p.Name.Value })
			if i >= 0 {
				return nil, fault("run the libraries one at a time", "%s: provider %q is stated at %s too", p.Name.Pos, p.Name.Value, list[i].Name.Pos)
			}
			list = append(list, p)
		}
	}
	return list, nil
}

// route fills in where the requests of a model go and with which key, and returns
// what policies have against it.
func (b *batch) route(o *evalOptions, options *provider.Options, c config.Provider, model string, day time.Time) []*library.Diagnostic {
	options.Kind, options.APIVersion, options.Deployment = c.Kind, c.APIVersion, c.Deployment
	options.Fields, options.NoSchema, options.Limits = c.Fields, c.Text, c.Limits
	if price, ok := c.Prices[model]; ok {
		options.Price = &price
	}
	if c.Timeout > 0 && !o.timeoutSet {
		options.Timeout = c.Timeout
	}
	// What the user says counts before what the library says.
	named := cmp.Or(o.baseURL, os.Getenv(baseEnv))
	at := library.Text{}
	switch {
	case named != "" && c.Name.Value == "openai":
		options.BaseURL = named
	case !c.BaseURL.IsZero():
		options.BaseURL, at = c.BaseURL.Value, c.BaseURL
	}
	address, err := url.Parse(strings.TrimSpace(cmp.Or(options.BaseURL, "https://"+provider.OpenAIHost)))
	if err != nil || address.Hostname() == "" {
		return nil // Open says what is wrong with it
	}
	route := provider.Route{Provider: c.Name, Address: address, At: at}
	binding := b.binding()
	// Note: without a policy the configuration is not to be trusted with a key. It
	// comes with the library, which may have been cloned from anywhere, and so may
	// a change of it that somebody proposes.
	chosen, err := url.Parse(strings.TrimSpace(named))
	user := err == nil && named != "" && chosen.Scheme == address.Scheme && strings.EqualFold(chosen.Host, address.Host)
	ours := user || address.Scheme == "https" && strings.EqualFold(address.Host, provider.OpenAIHost)
	if o.untrusted != "" && !(route.Local() && !hasKey(c.Name.Value, binding, ours)) {
		return []*library.Diagnostic{route.Refuse(o.untrusted)}
	}
	if binding != nil {
		return bind(options, route, binding, day)
	}
	if ours {
		options.Key, options.NoKey = os.Getenv(keyEnv), keyEnv+" is not set; it is sent to the host that you name with --base-url or "+baseEnv
		return nil
	}
	options.NoKey = fmt.Sprintf("the host is named by %s alone; bind it and its key_env to provider %q in %s/%s", at.Pos, c.Name.Value, library.SettingsDir, policy.FileName)
	return nil
}

// binding returns the policies that bind providers.
func (b *batch) binding() []*policy.Policy {
	var binding []*policy.Policy
	for _, root := range b.lib.Roots {
		if b.policies[root].Providers != nil {
			binding = append(binding, b.policies[root])
		}
	}
	return binding
}

// bind gives a model the key that policies bind to its provider, and returns what
// they have against its route.
func bind(options *provider.Options, r provider.Route, binding []*policy.Policy, day time.Time) []*library.Diagnostic {
	var wrong []*library.Diagnostic
	var first *policy.Provider
	for _, pol := range binding {
		if d := r.Check(pol, day); d != nil {
			wrong = append(wrong, d)
			continue
		}
		bound := pol.Provider(r.Provider.Value)
		options.Public = options.Public || !bound.Local
		if first == nil {
			first = bound
		} else if bound.KeyEnv.Value != first.KeyEnv.Value {
			wrong = append(wrong, provider.TwoKeys(r.Provider.Value, *first, *bound))
		}
	}
	if wrong != nil {
		return wrong
	}
	if first.KeyEnv.IsZero() {
		options.NoKey = fmt.Sprintf("%s names no key_env for provider %q", first.Name.Pos, r.Provider.Value)
		return nil
	}
	options.Key = os.Getenv(first.KeyEnv.Value)
	options.NoKey = fmt.Sprintf("%s is not set, which %s names", first.KeyEnv.Value, first.KeyEnv.Pos)
	return nil
}

// sent returns the prompts of which a case is to be sent.
func (b *batch) sent() []library.File {
	sent := map[string]bool{} // by path
	for c := range b.cases() {
		if c.Skip == "" && len(c.Problems) == 0 {
			sent[c.Prompt] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(b.prompts), func(f library.File) bool { return !sent[f.Path] })
}

// checkCeilings checks that no prompt of a run is more confidential than where it
// is to be sent allows.
func (b *batch) checkCeilings(ctx context.Context, models []evals.Model) error {
	bound := slices.ContainsFunc(b.lib.Roots, func(root string) bool { return b.policies[root].Providers != nil })
	remote := slices.DeleteFunc(slices.Clone(models), func(m evals.Model) bool { return m.Endpoint == "" })
	if !bound || len(remote) == 0 {
		return nil
	}
	files := b.sent()
	var wrong []*library.Diagnostic
	for _, found := range library.Each(files, func(f library.File) []*library.Diagnostic {
		p, pol := library.Read(f), b.policies[f.Root]
		g := pol.Effective(p, f.Root)
		var list []*library.Diagnostic
		said := map[string]bool{}
		for _, m := range remote {
			name, _, _ := strings.Cut(m.Name, "/")
			if d := provider.Ceiling(pol, name, p, g); d != nil && !said[name] {
				said[name] = true
				list = append(list, d)
			}
		}
		return list
	}) {
		if err := stopped(ctx); err != nil {
			return err
		}
		wrong = append(wrong, found...)
	}
	return refused(wrong)
}

// maxRefusals is how many reasons for not sending are given one by one.
const maxRefusals = 20

// refused turns what policies have against a run into its end.
func refused(wrong []*library.Diagnostic) error {
	if len(wrong) == 0 {
		return nil
	}
	var errs []error
	for _, d := range wrong[:min(len(wrong), maxRefusals)] {
		at := ""
		if d.Pos != (library.Pos{}) {
			at = d.Pos.String() + ": "
		}
		errs = append(errs, fmt.Errorf("%s%s [%s %s]", at, d.Message, d.Code, d.Name))
	}
	if more := len(wrong) - maxRefusals; more > 0 {
		errs = append(errs, fmt.Errorf("and %d more", more))
	}
	return fault("nothing was sent; promptlib explain "+wrong[0].Code+" says what to do", "%w", errors.Join(errs...))
}
