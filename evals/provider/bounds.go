package provider

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"promptlib/library"
	"promptlib/library/policy"
)

// CeilingCode is the code of a prompt that is too confidential for a provider.
var CeilingCode = library.Code{
	ID: "EVL301", Name: "eval-ceiling", Severity: library.Error,
	Doc: library.Doc{
		Summary: "prompt is more confidential than a provider of models may see",
		Why:     "The policy says how confidential what is sent to a provider may be at most. A prompt whose class is missing or cannot be read counts as the most restrictive. Nothing of the run is sent.",
		Fix:     "Run the prompt with a provider whose ceiling is high enough, leave it out with --filter, or correct its data_classification.",
	},
}

// HostCode is the code of a host or key that a policy does not bind.
var HostCode = library.Code{
	ID: "EVL302", Name: "eval-host", Severity: library.Error,
	Doc: library.Doc{
		Summary: "provider, host or key of a model is not one of the policy",
		Why:     "Whoever may change the configuration of a library, or the environment of a run, could otherwise have prompts and keys sent to a server of their own. Nothing of the run is sent.",
		Fix:     "Use a provider and host that the policy binds, or have the policy changed by those who answer for it.",
	},
}

// ReviewCode is the code of a provider whose review has expired.
var ReviewCode = library.Code{
	ID: "EVL305", Name: "eval-review", Severity: library.Error,
	Doc: library.Doc{
		Summary: "review of a provider of models has expired",
		Why:     "The policy says how long it may be relied on that somebody has looked into a provider. Nothing of the run is sent.",
		Fix:     "Look into the provider again and state the day as reviewed in the policy, or use another provider.",
	},
}

// Codes lists the codes of this package.
var Codes = []library.Code{CeilingCode, HostCode, UntrustedCode, UnapprovedCode, ReviewCode}

// A Route is where the requests of a model are to go.
type Route struct {
	Provider library.Text // its name; without a place where it is built in
	Address  *url.URL     // the base URL
	At       library.Text // where the address stands; zero where the user gave it, or it is built in
}

// Check returns why a policy does not let requests take a route on some day; nil
// where it does.
func (r Route) Check(p *policy.Policy, day time.Time) *library.Diagnostic {
	bound := p.Provider(r.Provider.Value)
	if bound == nil {
		return finding(HostCode, r.place(p), "%s", r.unbound(p))
	}
	switch expires, ok := bound.Expires(); {
	case r.Address.User != nil:
		return finding(HostCode, bound.Name, "the base URL for %s has a user or password, which no policy binds; give the key in the environment variable that the policy names", r.Provider.Value)
	case !bound.Allows(r.Address):
		return finding(HostCode, r.place(p), "host %q is not bound to provider %q, which may use %s (%s); nothing is sent to others",
			r.Address.Host, r.Provider.Value, values(bound.Hosts), bound.Hosts[0].Pos)
	case r.Address.Scheme != "https" && !bound.Local:
		return finding(HostCode, r.place(p), "provider %q is not local, and requests to it need https, not %s", r.Provider.Value, r.Address.Scheme)
	case ok && day.After(expires):
		return finding(ReviewCode, bound.Reviewed, "provider %q was reviewed on %s, which held until %s; review it again and state the day",
			r.Provider.Value, bound.Reviewed.Value, expires.Format(time.DateOnly))
	}
	return nil
}

// place is where to look: what the library states of the route, else its policy.
func (r Route) place(p *policy.Policy) library.Text {
	switch bound := p.Provider(r.Provider.Value); {
	case bound == nil && r.Provider.Pos.Line > 0:
		return r.Provider
	case !r.At.IsZero():
		return r.At
	case bound != nil:
		return bound.Hosts[0]
	case len(p.Providers) > 0:
		return p.Providers[0].Name
	}
	pos := library.Pos{Path: p.Path, Line: 1, Column: 1}
	return library.Text{Pos: pos, End: pos}
}

// unbound says of a provider that the policy does not have what it does have.
func (r Route) unbound(p *policy.Policy) string {
	var names []library.Text
	for _, v := range p.Providers {
		names = append(names, v.Name)
	}
	message := fmt.Sprintf("provider %q is not bound by %s", r.Provider.Value, p.Path)
	if names == nil {
		return message + ", which lets nothing be sent"
	}
	message += ", which has " + values(names)
	var words []string
	for _, n := range names {
		words = append(words, n.Value)
	}
	if near := library.Nearest(r.Provider.Value, slices.Values(words)); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return message
}

func values(list []library.Text) string {
	var quoted []string
	for _, t := range list {
		quoted = append(quoted, fmt.Sprintf("%q", t.Value))
	}
	return strings.Join(quoted, ", ")
}

// Ceiling returns why a policy does not let a prompt be sent to a provider that it
// binds; nil where it does.
func Ceiling(p *policy.Policy, name string, prompt *library.Prompt, g *policy.Governance) *library.Diagnostic {
	const key = "data_classification"
	bound, class := p.Provider(name), g.Get(key)
	if bound == nil || p.Rank(key, class.Word()) <= p.Rank(key, bound.Ceiling.Value) {
		return nil
	}
	pos := library.Pos{Path: prompt.Path, Line: 1, Column: 1}
	at := library.Text{Pos: pos, End: pos}
	for _, d := range class.Declarations {
		if t := d.Value.Scalar(); !t.IsZero() {
			at = t
			break
		}
	}
	what := fmt.Sprintf("%s is %q", key, class.Word())
	switch {
	case class.From == policy.Missing && len(class.Declarations) == 0:
		what = fmt.Sprintf("%s is missing and counts as %q", key, class.Word())
	case class.From == policy.Missing:
		what = fmt.Sprintf("%s cannot be read and counts as %q", key, class.Word())
	case class.From == policy.Conflict:
		what = fmt.Sprintf("%s is %q by all that the file declares", key, class.Word())
	}
	return finding(CeilingCode, at, "%s, and provider %q may see %q at most (%s)", what, name, bound.Ceiling.Value, bound.Ceiling.Pos)
}

func finding(code library.Code, at library.Text, format string, args ...any) *library.Diagnostic {
	return &library.Diagnostic{
		Pos: at.Pos, End: at.End, Code: code.ID, Name: code.Name, Severity: code.Severity, Message: fmt.Sprintf(format, args...),
	}
}

// TwoKeys is what is wrong where two policies bind different keys to a provider.
func TwoKeys(name string, a, b policy.Provider) *library.Diagnostic {
	at := b.KeyEnv
	if at.IsZero() {
		at = b.Name
	}
	return finding(HostCode, at, "provider %q has the key of %q here and that of %q at %s; run the libraries one at a time", name, b.KeyEnv.Value, a.KeyEnv.Value, a.Name.Pos)
}
