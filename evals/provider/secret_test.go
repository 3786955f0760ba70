package provider

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestSecretIsHiddenHoweverItIsEncoded(t *testing.T) {
	for _, key := range []string{key, "sk-a/b+c=d\"e", "12345678"} {
		s := newSecret(key)
		quoted, _ := json.Marshal(key)
		percent := ""
		for _, c := range []byte(key) {
			percent += "%" + hex.EncodeToString([]byte{c})
		}
		for name, text := range map[string]string{
			"plain":             "a " + key + " b",
			"twice":             key + key,
			"URL query":         url.QueryEscape(key),
			"URL path":          url.PathEscape(key),
			"percent":           percent,
			"percent, capitals": strings.ToUpper(percent),
			"JSON":              string(quoted),
			"JSON escapes":      strings.ReplaceAll(percent, "%", `\u00`),
			"JSON slash":        strings.ReplaceAll(strings.Trim(string(quoted), `"`), "/", `\/`),
			"HTML":              strings.NewReplacer(`"`, "&#34;", "+", "&#43;", "-", "&#x2D;").Replace(key),
		} {
			t.Run(key+"/"+name, func(t *testing.T) {
				got := s.hide(text)
				if rest := strings.Trim(strings.ReplaceAll(got, redacted, ""), ` ab"`); rest != "" {
					t.Errorf("of %s is left %s", text, got)
				}
			})
		}
	}
}

func TestSecretIsHiddenInBase64(t *testing.T) {
	s := newSecret(key)
	for name, encoding := range map[string]*base64.Encoding{
		"std": base64.StdEncoding, "raw std": base64.RawStdEncoding, "URL": base64.URLEncoding, "raw URL": base64.RawURLEncoding,
	} {
		for before := range 7 {
			for after := range 4 {
				text := encoding.EncodeToString([]byte(strings.Repeat("x", before) + key + strings.Repeat("y", after)))
				got := s.hide(text)
				left := len(got) - len(redacted)
				if !strings.Contains(got, redacted) || left > (before+after+2)*4/3+6 {
					t.Errorf("%s with %d bytes before and %d after: of %s is left %s", name, before, after, text, got)
				}
			}
		}
	}
}

// TestSecretLeavesWordsAlone: servers without keys are given words for one.
func TestSecretLeavesWordsAlone(t *testing.T) {
	for _, key := range []string{"", "x", "none", "EMPTY", "ollama"} {
		text := "The ollama is none the EMPTY x %78 \\u0078."
		if got := newSecret(key).hide(text); got != text {
			t.Errorf("with the key %q: got %s", key, got)
		}
	}
}

// TestSecretIsHiddenWhereItIsCutOff: servers shorten what they repeat.
func TestSecretIsHiddenWhereItIsCutOff(t *testing.T) {
	const whole = "sk-proj-ABCDEFGHIJKLMNOP0123456789"
	s := newSecret(whole)
	for name, test := range map[string]struct{ text, want string }{
		"the beginning":          {"got " + whole[:20] + "… from you", "got [key]… from you"},
		"the end":                {"got …" + whole[14:] + ", sorry", "got …[key], sorry"},
		"both":                   {whole[:12] + "***" + whole[22:], "[key]***[key]"},
		"at the end of the text": {"key: " + whole[:30], "key: [key]"},
		"twice":                  {whole[:15] + whole[:15] + " " + whole[20:] + whole[20:], "[key][key] [key][key]"},
		"all but the first":      {whole[1:], "[key]"},
		"what all such keys are": {whole[:8] + " and " + whole[26:], whole[:8] + " and " + whole[26:]},
		"the whole":              {whole + whole, "[key][key]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.hide(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := newSecret(whole[:20]).hide(whole[:14]); got != whole[:14] {
		t.Errorf("of a short key: got %q, want its beginning left alone", got)
	}
	if got := newSecrets(whole, "", "password1").hide("password1 " + whole); got != "[key] [key]" {
		t.Errorf("of two: got %q", got)
	}
}

func FuzzSecret(f *testing.F) {
	f.Add("a sk-proj-ABCDEFGHIJKLMNOP0123456789 b", "sk-proj-ABCDEFGHIJKLMNOP0123456789")
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, text, key string) {
		got := newSecret(key).hide(text)
		if len(key) >= minSecret && !strings.Contains(redacted, key) && strings.Contains(got, key) {
			t.Errorf("of %q is left %q", text, got)
		}
		if newSecret("").hide(text) != text {
			t.Errorf("without a key %q is changed", text)
		}
	})
}
