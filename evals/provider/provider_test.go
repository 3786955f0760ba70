package provider

import (
	"regexp"
	"strings"
	"testing"
)

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

func TestProviders(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Providers {
		t.Run(p.Name, func(t *testing.T) {
			if !kebab.MatchString(p.Name) || seen[p.Name] {
				t.Errorf("the name %q is not in kebab-case, or there is another", p.Name)
			}
			seen[p.Name] = true
			if p.Doc == "" || strings.HasSuffix(p.Doc, ".") {
				t.Errorf("got doc %q, want a line without a full stop", p.Doc)
			}
			if p.Open == nil {
				t.Error("it cannot be opened")
			}
		})
	}
}

func TestOpenNamesTheModelAsTheUserDoes(t *testing.T) {
	file := recorded(t, attempt("openai/org/m:1", "x.md", 1, "a"))
	options := Options{BaseURL: "http://127.0.0.1:1/v1", Replay: file}
	for name, class := range map[string]string{
		"reference": "reference", "openai/m": "chat-completions", "openai/org/m:1": "chat-completions",
		"replay": "replay", "replay/openai/org/m:1": "replay",
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Open(name, options)
			if err != nil {
				t.Fatal(err)
			}
			if m.Name != name || m.Class != class || m.Call == nil {
				t.Errorf("got model %q of class %q, want %q of class %q", m.Name, m.Class, name, class)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	const providers = "; the providers are reference, openai, azure, replay"
	tests := []struct {
		model   string
		options Options
		want    string
	}{
		{"opena/x", Options{}, `there is no provider "opena"` + providers + `; did you mean "openai"?`},
		{"OpenAI/x", Options{}, `there is no provider "OpenAI"` + providers + `; did you mean "openai"?`},
		{"gpt-4o", Options{}, `there is no provider "gpt-4o"` + providers + `; for a model of that name write "openai/gpt-4o"`},
		{"", Options{}, `there is no provider ""` + providers},
		{"reference/x", Options{}, "the reference model has no name after it; write --model reference"},
		{"openai", Options{BaseURL: "http://h/v1"}, "the openai provider needs the name of a model: write --model openai/NAME"},
		{"openai/", Options{BaseURL: "http://h/v1"}, "the openai provider needs the name of a model: write --model openai/NAME"},
		{"openai/m", Options{}, "there is no key for api.openai.com: it is not set"},
		{"openai/m", Options{Key: " \n"}, "there is no key for api.openai.com: it is not set"},
		{"openai/m", Options{BaseURL: "https://API.openai.com/v1/"}, "there is no key for api.openai.com: it is not set"},
		{"openai/m", Options{BaseURL: "https://api.openai.com"}, "there is no key for api.openai.com: it is not set"},
		{"openai/m", Options{BaseURL: "localhost:11434/v1"}, `base URL "localhost:11434/v1" is no http or https address`},
		{"openai/m", Options{BaseURL: "ftp://h/v1"}, `base URL "ftp://h/v1" is no http or https address`},
		{"openai/m", Options{BaseURL: "http://"}, `base URL "http://" is no http or https address`},
		{"openai/m", Options{BaseURL: "http://[::1/v1"}, `base URL "http://[::1/v1" is no http or https address`},
		{"openai/m", Options{BaseURL: "http://h/v1?a=b"}, `base URL "http://h/v1?…" ends in a query or fragment; leave it out`},
		{"openai/m", Options{BaseURL: "http://h/v1?"}, `base URL "http://h/v1?" ends in a query or fragment; leave it out`},
		{"openai/m", Options{BaseURL: "http://me:secret@h/v1#x"}, `base URL "http://…@h/v1#…" ends in a query or fragment; leave it out`},
		{"openai/m", Options{BaseURL: "http://h/v1/chat/completions/"}, `base URL "http://h/v1/chat/completions/" ends in /chat/completions, which is added to it; leave it out`},
		{"openai/m", Options{BaseURL: "http://u:sk-PASS@[::1/v1"}, `base URL "http://…@[::1/v1" is no http or https address`},
		{"openai/m", Options{BaseURL: "u:sk-PASS@h/v1?key=sk-PASS"}, `base URL "…@h/v1?…" is no http or https address`},
		{"openai/m", Options{BaseURL: "ftp://sk-PASS@h@i/v1#sk-PASS"}, `base URL "ftp://…@i/v1#…" is no http or https address`},
		{"openai/m", Options{BaseURL: "https://sk-PASS@h/v1/chat/completions"}, `base URL "https://…@h/v1/chat/completions" ends in /chat/completions, which is added to it; leave it out`},
		{"openai/m", Options{NoKey: "KEY is not set"}, "there is no key for api.openai.com: KEY is not set"},
		{"house/m", Options{Kind: "openai", Key: "\n"}, "there is no key for api.openai.com: it is not set"},
		{"house", Options{Kind: "openai", BaseURL: "http://h/v1"}, "the house provider needs the name of a model: write --model house/NAME"},
		{"hous/m", Options{Names: []string{"openai", "house"}}, `there is no provider "hous"` + providers + `, house; did you mean "house"?`},
		{"azure/m", Options{}, "azure needs a base_url and an api_version; state them as a provider of kind azure in .promptlib/config.yaml"},
		{"az", Options{Kind: "azure", BaseURL: "https://h", APIVersion: "v"}, "the az provider needs the name of a model: write --model az/NAME"},
		{"az/m", Options{Kind: "azure", BaseURL: "https://h/openai/deployments/m", APIVersion: "v"}, `base URL "https://h/openai" has the path /openai in it, which is added to it; end it before`},
		{"az/m", Options{Kind: "azure", BaseURL: "https://h", APIVersion: "v"}, "there is no key for h: it is not set"},
		{"az/m/n", Options{Kind: "azure", BaseURL: "https://h", APIVersion: "v", Key: key}, `"m/n" is no name of an Azure deployment; name it as deployment in .promptlib/config.yaml`},
		{"replay", Options{}, "--model replay needs --replay FILE, the JSON lines of a run"},
		{"replay", Options{Replay: "gone.jsonl"}, "gone.jsonl: no such file or directory"},
	}
	for _, test := range tests {
		t.Run(test.model+" "+test.options.BaseURL+test.options.Replay, func(t *testing.T) {
			m, err := Open(test.model, test.options)
			if err == nil {
				t.Fatalf("got model %q, want an error", m.Name)
			}
			if err.Error() != test.want {
				t.Errorf("got error  %s\nwant error %s", err, test.want)
			}
		})
	}
}
