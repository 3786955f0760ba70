package policy

import (
	"net/url"
	"testing"
	"time"
)

func TestProviderAllowsHosts(t *testing.T) {
	p := read(t, `version: 1
providers:
  house: {hosts: [llm.example.org, "127.0.0.1:11434", "[::1]:8000", "other.example.org:8443"], ceiling: internal}
  none: {hosts: [x.example.org], ceiling: public}
`)
	for address, want := range map[string]bool{
		"https://llm.example.org/v1":             true,
		"https://LLM.example.org./v1":            true,
		"https://llm.example.org:443/v1":         true,
		"https://llm.example.org:8443/v1":        false,
		"http://llm.example.org/v1":              true, // whether it may be without TLS is for others to say
		"http://llm.example.org:443/v1":          false,
		"https://sub.llm.example.org/v1":         false,
		"https://example.org/v1":                 false,
		"https://llm.example.org.evil.test/v1":   false,
		"https://llm.example.org@evil.test/v1":   false,
		"https://evil.test/llm.example.org":      false,
		"http://127.0.0.1:11434/v1":              true,
		"http://127.0.0.1/v1":                    false,
		"http://localhost:11434/v1":              false,
		"http://[::1]:8000/v1":                   true,
		"https://other.example.org:8443/v1":      true,
		"https://other.example.org/v1":           false,
		"https://x.example.org/v1":               false,
		"https://llm.example.org%2eevil.test/v1": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Logf("%s: %v", address, err)
			continue
		}
		if got := p.Provider("house").Allows(u); got != want {
			t.Errorf("%s is allowed: %v, want %v", address, got, want)
		}
	}
	if p.Provider("hose") != nil || Default().Providers != nil {
		t.Error("got a provider that is not declared")
	}
	if none := read(t, "version: 1\nproviders: {}\n"); none.Providers == nil {
		t.Error("a policy that binds no provider binds all of them: got nil")
	}
}

func TestProviderExpires(t *testing.T) {
	for entry, want := range map[string]string{
		"reviewed: 2025-01-31, valid: P12M": "2026-01-31",
		"reviewed: 2025-01-31, valid: P7D":  "2025-02-07",
		"reviewed: 2025-01-31":              "",
		"local: true":                       "",
	} {
		p := read(t, "version: 1\nproviders: {house: {hosts: [h], ceiling: public, "+entry+"}}\n")
		got := ""
		if day, ok := p.Provider("house").Expires(); ok {
			got = day.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%s: expires %q, want %q", entry, got, want)
		}
	}
}
