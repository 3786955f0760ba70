package provider

import (
	"cmp"
	"encoding/base64"
	"html"
	"slices"
	"strconv"
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

// A secret is a key that must not be stored or printed, in the forms in which it
// is looked for: as it is and in base64. The zero secret hides nothing.
type secret []string

// redacted stands where a key stood.
const redacted = "[key]"

// minSecret is the length in bytes of the shortest key that is hidden. What
// stands for no key at all, such as "none" or "ollama", is a word of replies.
const minSecret = 8

// What is hidden of a key that was cut off: from so many bytes on, where the whole
// has at least twice as many. Keys of one kind begin alike.
const (
	minPart  = 12
	minWhole = 2 * minPart
)

func newSecret(key string) secret {
	if len(key) < minSecret {
		return nil
	}
	s := secret{key}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			s = append(s, inBase64(encoding, key, before))
		}
	}
	return s
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

// hide replaces the key in a text, however it is encoded, and its beginning or end
// where a server has cut it off.
func (s secret) hide(text string) string {
	if s == nil {
		return text
	}
	found := s.find(text, nil)
	if strings.ContainsAny(text, `%\&`) {
		plain, at := unescaped(text)
		found = append(found, s.find(plain, at)...)
	}
	if found == nil {
		return text
	}
	slices.SortFunc(found, func(a, b span) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	var b strings.Builder
	done := 0
	for _, f := range found {
		if f.from >= done {
			b.WriteString(text[done:f.from] + redacted)
		}
		done = max(done, f.to)
	}
	b.WriteString(text[done:])
	return b.String()
}

// A span is a part of a text, in bytes.
type span struct{ from, to int }

// find finds the key in a text. At are the places of its bytes in another text,
// which are returned; nil for the same.
func (s secret) find(text string, at []int) (found []span) {
	add := func(from, to int) {
		if at != nil {
			from, to = at[from], at[to]
		}
		found = append(found, span{from, to})
	}
	for _, form := range s {
		part := len(form)
		if part >= minWhole {
			part = minPart
		}
		for from := 0; ; { // the beginning, and as much as follows
			i := strings.Index(text[from:], form[:part])
			if i < 0 {
				break
			}
			i += from
			n := part
			for n < len(form) && i+n < len(text) && text[i+n] == form[n] {
				n++
			}
			add(i, i+n)
			from = i + n
		}
		for from := 0; part < len(form); { // the end, and as much as comes before
			i := strings.Index(text[from:], form[len(form)-part:])
			if i < 0 {
				break
			}
			end := from + i + part
			n := part
			for n < len(form) && end-n > from && text[end-n-1] == form[len(form)-n-1] {
				n++
			}
			add(end-n, end)
			from = end
		}
	}
	return found
}

// unescaped returns a text without the escapes of URLs, JSON and HTML, and where
// each of its bytes, and its end, stands in the text.
func unescaped(text string) (plain string, at []int) {
	var b strings.Builder
	for i := 0; i < len(text); {
		char, n := escape(text[i:])
		at = append(at, i)
		b.WriteByte(char)
		i += n
	}
	return b.String(), append(at, len(text))
}

// escape reads the byte that a text begins with, and how many bytes it takes.
func escape(text string) (char byte, n int) {
	hex := func(from, to, base int) (byte, bool) {
		if to > len(text) {
			return 0, false
		}
		v, err := strconv.ParseUint(text[from:to], base, 8)
		return byte(v), err == nil
	}
	switch text[0] {
	case '%':
		if c, ok := hex(1, 3, 16); ok {
			return c, 3
		}
	case '\\':
		if strings.HasPrefix(text, `\u00`) {
			if c, ok := hex(4, 6, 16); ok {
				return c, 6
			}
		}
		if len(text) > 1 && strings.IndexByte(`/"\`, text[1]) >= 0 {
			return text[1], 2
		}
	case '&':
		if end := strings.IndexByte(text[:min(len(text), maxEntity)], ';'); end > 0 {
			if c := html.UnescapeString(text[:end+1]); len(c) == 1 {
				return c[0], end + 1
			}
		}
	}
	return text[0], 1
}

// maxEntity is the length of the longest entity that is read, as in &#x00000041;.
const maxEntity = 16
