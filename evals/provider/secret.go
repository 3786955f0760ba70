package provider

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// secrets are what must not be stored or printed.
type secrets []secret

// newSecrets returns the secrets for keys and passwords, of which any may be
// empty.
func newSecrets(keys ...string) secrets {
	var list secrets
	for _, key := range keys {
		list = append(list, newSecret(key))
	}
	return list
}

// hide replaces every key in a text.
func (s secrets) hide(text string) string {
	for _, one := range s {
		text = one.hide(text)
	}
	return text
}

// A secret is a key that must not be stored or printed. The zero secret hides
// nothing.
type secret struct {
	key      string
	replacer *strings.Replacer // of the key as it is and in base64
	escaped  *regexp.Regexp    // the key with characters escaped as in URLs, JSON and HTML
}

// redacted stands where a key stood.
const redacted = "[key]"

// minSecret is the length in bytes of the shortest key that is hidden. What
// stands for no key at all, such as "none" or "ollama", is a word of replies.
const minSecret = 8

func newSecret(key string) secret {
	if len(key) < minSecret {
		return secret{}
	}
	pairs := []string{key, redacted}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			pairs = append(pairs, inBase64(encoding, key, before), redacted)
		}
	}
	var pattern strings.Builder
	for _, c := range []byte(key) {
		fmt.Fprintf(&pattern, `(?:%s|(?i:%%%02x|\\u00%02x|&#x0*%x;|&#0*%d;)`, regexp.QuoteMeta(string(rune(c))), c, c, c, c)
		if c == '/' || c == '"' || c == '\\' {
			pattern.WriteString(`|\\` + regexp.QuoteMeta(string(rune(c))))
		}
		pattern.WriteByte(')')
	}
	escaped, err := regexp.Compile(pattern.String())
	if err != nil { // too long a key; the plain forms are hidden all the same
		escaped = nil
	}
	return secret{key, strings.NewReplacer(pairs...), escaped}
}

// inBase64 returns the part of a text in base64 that a key makes up, where the
// number of bytes before it is the given one, modulo 3. The characters that it
// shares with its neighbours are left out; they tell less than a byte.
func inBase64(encoding *base64.Encoding, key string, before int) string {
	text := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + key))
	if (before+len(key))%3 != 0 {
		text = text[:len(text)-1]
	}
	return text[(before*8+5)/6:]
}

// hide replaces the key in a text, however it is encoded.
func (s secret) hide(text string) string {
	if s.replacer == nil {
		return text
	}
	text = s.replacer.Replace(text)
	if s.escaped != nil && strings.ContainsAny(text, `%\&`) {
		text = s.escaped.ReplaceAllLiteralString(text, redacted)
	}
	return s.hideParts(text)
}

// What is hidden of a key that was cut off: from so many bytes on, where the whole
// has at least twice as many. Keys of one kind begin alike.
const (
	minPart  = 12
	minWhole = 2 * minPart
)

// hideParts replaces the beginning and the end of the key, where a server has cut
// it off.
func (s secret) hideParts(text string) string {
	if len(s.key) < minWhole || len(text) < minPart {
		return text
	}
	return s.hideEnds(s.hideBeginnings(text))
}

func (s secret) hideBeginnings(text string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, s.key[:minPart])
		if at < 0 {
			return b.String() + text
		}
		end := at + minPart
		for end-at < len(s.key) && end < len(text) && text[end] == s.key[end-at] {
			end++
		}
		b.WriteString(text[:at] + redacted)
		text = text[end:]
	}
}

func (s secret) hideEnds(text string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, s.key[len(s.key)-minPart:])
		if at < 0 {
			return b.String() + text
		}
		end := at + minPart
		for at > 0 && end-at < len(s.key) && text[at-1] == s.key[len(s.key)-(end-at)-1] {
			at--
		}
		b.WriteString(text[:at] + redacted)
		text = text[end:]
	}
}
