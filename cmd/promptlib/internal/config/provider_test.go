package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"promptlib/evals"
	"promptlib/library"
)

func TestReadProviders(t *testing.T) {
	c := read(t, `version: 1
providers:
  openai: {kind: openai}
  house:
    kind: openai
    base_url: http://127.0.0.1:11434/v1
    fields: {max_tokens: max_completion_tokens, seed: random_seed}
    structured: false
    concurrency: 4
    requests_per_minute: 500
    tokens_per_minute: 200000
    max_wait: 90s
    timeout: 1m30s
    prices:
      gpt-4o: {input: 2.5, output: 10}
      free: {input: 0, output: 0}
  az: {kind: azure, base_url: "https://r.openai.azure.com", api_version: 2024-10-21, deployment: d, structured: true}
`)
	want := []Provider{
		{Name: library.Text{Value: "openai"}, Kind: "openai"},
		{
			Name: library.Text{Value: "house"}, Kind: "openai", BaseURL: library.Text{Value: "http://127.0.0.1:11434/v1"},
			Fields: map[string]string{"max_tokens": "max_completion_tokens", "seed": "random_seed"}, Text: true,
			Limits:  evals.Limits{Concurrency: 4, RequestsPerMinute: 500, TokensPerMinute: 200000, MaxWait: 90 * time.Second},
			Timeout: 90 * time.Second,
			Prices:  map[string]evals.Price{"gpt-4o": {Input: 2.5, Output: 10}, "free": {}},
		},
		{
			Name: library.Text{Value: "az"}, Kind: "azure", BaseURL: library.Text{Value: "https://r.openai.azure.com"},
			APIVersion: "2024-10-21", Deployment: "d",
		},
	}
	if diff := cmp.Diff(c.Providers, want, cmpopts.IgnoreFields(library.Text{}, "Pos", "End")); diff != "" {
		t.Errorf("providers (-got +want):\n%s", diff)
	}
	if p := c.Provider("house"); p == nil || p.BaseURL.Pos.String() != "lib/.promptlib/config.yaml:6:15" || c.Provider("hous") != nil {
		t.Errorf("got %+v, want the provider house with its place", p)
	}
}

func TestReadProviderMistakes(t *testing.T) {
	for name, test := range map[string]struct{ entry, want string }{
		"no kind":                   {"house: {base_url: \"http://h/v1\"}", `:3:10: key "providers.house.kind" is missing`},
		"another kind":              {"house: {kind: opena, base_url: \"http://h/v1\"}", `:3:17: key "providers.house.kind": expected one of "openai", "azure"`},
		"another key":               {"house: {kind: openai, baseurl: \"http://h/v1\"}", `:3:25: key "providers.house.baseurl" is not known here; did you mean "base_url"?`},
		"a key":                     {"house: {kind: openai, base_url: \"http://h/v1\", key_env: X}", `:3:50: key "providers.house.key_env" is not known here`},
		"no base URL":               {"house: {kind: openai}", `:3:3: provider "house" needs a "base_url"`},
		"no version":                {"az: {kind: azure, base_url: \"https://h\"}", `:3:3: provider "az" of kind azure needs an "api_version", such as 2024-10-21`},
		"a version":                 {"house: {kind: openai, base_url: \"http://h/v1\", api_version: \"1\"}", `:3:63: "api_version" is for providers of kind azure, not openai`},
		"a name that is built in":   {"reference: {kind: openai, base_url: \"http://h/v1\"}", `:3:3: the provider "reference" is built in; choose another name`},
		"a name of another kind":    {"openai: {kind: azure, base_url: \"https://h\", api_version: \"1\"}", `:3:3: a provider named "openai" is of that kind, not azure; choose another name`},
		"a name with a slash":       {"a/b: {kind: openai, base_url: \"http://h/v1\"}", `:3:3: "a/b" is no name of a provider`},
		"no address":                {"house: {kind: openai, base_url: h/v1}", `:3:35: base URL "h/v1" is no http or https address`},
		"a password":                {"house: {kind: openai, base_url: \"https://u:secret@h/v1\"}", `:3:35: base URL "https://…@h/v1" has a user or password, which belongs in no file; leave it out`},
		"a key in the address":      {"house: {kind: openai, base_url: \"https://h/v1?key=secret\"}", `:3:35: base URL "https://h/v1?…" ends in a query or fragment; leave it out`},
		"another parameter":         {"openai: {kind: openai, fields: {max_token: x}}", `:3:35: key "providers.openai.fields.max_token" is not known here; did you mean "max_tokens"?`},
		"a parameter in the way":    {"openai: {kind: openai, fields: {seed: messages}}", `:3:41: a parameter cannot be sent as "messages", which holds something else`},
		"a parameter as another":    {"openai: {kind: openai, fields: {seed: top_p}}", `:3:41: a parameter cannot be sent as "top_p", which holds something else`},
		"two parameters as one":     {"openai: {kind: openai, fields: {seed: x, max_tokens: x}}", `:3:56: a parameter cannot be sent as "x", which holds something else`},
		"a name that is none":       {"openai: {kind: openai, fields: {seed: \"a b\"}}", `:3:41: key "providers.openai.fields.seed": expected a name of small letters and underscores, not "a b"`},
		"no concurrency":            {"openai: {kind: openai, concurrency: 0}", `:3:39: key "providers.openai.concurrency"`},
		"a time without a unit":     {"openai: {kind: openai, timeout: 90}", `:3:35: key "providers.openai.timeout" is a number, expected text`},
		"a time that is none":       {"openai: {kind: openai, timeout: 0s}", `:3:35: "0s" is no time from 1ms to 24h`},
		"a time that is too long":   {"openai: {kind: openai, max_wait: 999999h}", `:3:36: "999999h" is no time from 1ms to 24h`},
		"a price for nothing":       {"openai: {kind: openai, prices: {m: {input: 1}}}", `:3:38: key "providers.openai.prices.m.output" is missing`},
		"a price below nothing":     {"openai: {kind: openai, prices: {m: {input: -1, output: 1}}}", `key "providers.openai.prices.m.input"`},
		"a price in words":          {"openai: {kind: openai, prices: {m: {input: $1, output: 1}}}", `key "providers.openai.prices.m.input" is text, expected a number`},
		"structured that is a word": {"openai: {kind: openai, structured: maybe}", `key "providers.openai.structured" is text, expected a boolean`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read("config.yaml", []byte("version: 1\nproviders:\n  "+test.entry+"\n"))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got error  %v\nwant error %s", err, test.want)
			}
		})
	}
}
