package provider

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

// OpenAIHost is the host of OpenAI's own API.
const OpenAIHost = "api.openai.com"

const openAIBase = "https://" + OpenAIHost + "/v1"

var openAI = &Provider{
	Name: "openai",
	Doc:  "any OpenAI-compatible chat completion API: openai/NAME, with --base-url or OPENAI_BASE_URL, and OPENAI_API_KEY",
	Open: func(o Options) (evals.Model, error) {
		if o.Model == "" {
			return evals.Model{}, fmt.Errorf("the %s provider needs the name of a model: write --model %s/NAME", o.Name, o.Name)
		}
		o.Key = strings.TrimSpace(o.Key)
		if o.BaseURL == "" {
			o.BaseURL = openAIBase
		}
		base, err := parseBase(o.BaseURL)
		if err != nil {
			return evals.Model{}, err
		}
		if strings.EqualFold(base.Hostname(), OpenAIHost) {
			if o.Key == "" {
				return evals.Model{}, fmt.Errorf("%w for %s: %s", ErrNoKey, OpenAIHost, cmp.Or(o.NoKey, "it is not set"))
			}
		}
		o.Fields = fieldNames(strings.EqualFold(base.Hostname(), OpenAIHost), o.Fields)
		config := openai.DefaultConfig(o.Key)
		config.BaseURL = strings.TrimRight(base.String(), "/")
		return newChat(o, base, config, config.BaseURL)
	},
}

// fieldNames returns what a server calls parameters. OpenAI's models that reason
// refuse max_tokens, and none of its models the new name.
func fieldNames(openAI bool, fields map[string]string) map[string]string {
	if !openAI || fields["max_tokens"] != "" {
		return fields
	}
	named := map[string]string{"max_tokens": "max_completion_tokens"}
	maps.Copy(named, fields)
	return named
}

// parseBase reads a base URL, to which the path of the chat completions is added.
func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("base URL %q is no http or https address", withoutSecrets(text))
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, fmt.Errorf("base URL %q ends in a query or fragment; leave it out", withoutSecrets(text))
	case strings.HasSuffix(strings.TrimRight(base.Path, "/"), completionsPath):
		return nil, fmt.Errorf("base URL %q ends in %s, which is added to it; leave it out", withoutSecrets(text), completionsPath)
	}
	return base, nil
}

// CheckBaseURL checks a base URL that stands in a file, where neither a user nor a
// password may stand.
func CheckBaseURL(text string) error {
	base, err := parseBase(text)
	if err == nil && base.User != nil {
		err = fmt.Errorf("base URL %q has a user or password, which belongs in no file; leave it out", withoutSecrets(text))
	}
	return err
}

// withoutSecrets returns a URL, which need not be one, without the parts in
// which people put passwords and keys: user, query and fragment.
func withoutSecrets(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		scheme, _, ok := strings.Cut(text[:at], "//")
		if ok {
			scheme += "//"
		} else {
			scheme = ""
		}
		text = scheme + "…" + text[at:]
	}
	if i := strings.IndexAny(text, "?#"); i >= 0 && i+1 < len(text) {
		text = text[:i+1] + "…"
	}
	return text
}
