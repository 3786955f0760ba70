package policy

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"promptlib/library"
)

// A Provider is what the policy binds a provider of models to: where requests may
// go, with which key, and what they may hold.
type Provider struct {
	Name     library.Text
	Hosts    []library.Text // HOST or HOST:PORT; without a port that of the scheme
	KeyEnv   library.Text   // the environment variable that has the key; zero where none is sent
	Ceiling  library.Text   // the highest data_classification that may be sent
	Local    bool           // hosts may be this machine or of a private network
	Reviewed library.Text   // when the provider was looked into, as YYYY-MM-DD; zero for never
	Valid    *Span          // how long that holds; nil for ever
}

// Provider returns the provider with a name; nil where the policy has none of
// that name.
func (p *Policy) Provider(name string) *Provider {
	i := slices.IndexFunc(p.Providers, func(v Provider) bool { return v.Name.Value == name })
	if i < 0 {
		return nil
	}
	return &p.Providers[i]
}

// Expires returns the last day on which the review of a provider holds; not ok
// where it holds for ever.
func (v Provider) Expires() (day time.Time, ok bool) {
	reviewed, dated := ParseDate(v.Reviewed.Value)
	if !dated || v.Valid == nil {
		return time.Time{}, false
	}
	return v.Valid.After(reviewed)
}

// Allows reports whether requests may go to the host of an address.
func (v Provider) Allows(address *url.URL) bool {
	want := hostPort(address.Scheme, address.Host)
	return slices.ContainsFunc(v.Hosts, func(h library.Text) bool { return hostPort(address.Scheme, h.Value) == want })
}

// hostPort returns HOST:PORT in the one form in which hosts are compared.
func hostPort(scheme, host string) string {
	u := url.URL{Host: host}
	port := u.Port()
	switch {
	case port != "":
	case scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) + ":" + port
}

// provider reads what the policy binds a provider to.
func (r *reader) provider(pair library.Pair) {
	n := pair.Value
	v := Provider{
		Name: pair.Key, Hosts: n.Get("hosts").Scalars(), KeyEnv: n.Get("key_env").Scalar(), Ceiling: n.Get("ceiling").Scalar(),
		Reviewed: n.Get("reviewed").Scalar(),
	}
	v.Local, _ = ReadFlag(n.Get("local"))
	if strings.Contains(pair.Key.Value, "/") || pair.Key.Value == "" {
		r.fail(pair.Key, "%q is no name of a provider: --model takes what stands before the first slash for one", pair.Key.Value)
	}
	for _, host := range v.Hosts {
		r.host(host)
	}
	r.word("data_classification", v.Ceiling)
	if valid := n.Get("valid"); valid != nil {
		span := r.span(valid)
		v.Valid = &span
		if v.Reviewed.IsZero() {
			r.fail(valid.Text, `"valid" counts from the day of a review; state it as "reviewed"`)
		}
	}
	r.policy.Providers = append(r.policy.Providers, v)
}

// host checks that a host is written as it is compared: it is no address of a
// page, and has no wildcard.
func (r *reader) host(host library.Text) {
	u, err := url.Parse("https://" + host.Value)
	if err == nil && u.Host == host.Value && u.Hostname() != "" && !strings.ContainsAny(host.Value, "*?@/ ") {
		return
	}
	hint := ""
	if u, err := url.Parse(host.Value); err == nil && u.Host != "" {
		hint = fmt.Sprintf("; write %q", u.Host)
	}
	r.fail(host, "%q is no host; expected a name or address, with a port where it is not the usual one%s", host.Value, hint)
}
