package lint

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"promptlib/library"
	"promptlib/library/policy"
)

// random returns n characters of a set, always the same ones.
func random(set charset, n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = set[r.IntN(len(set))]
	}
	return string(b)
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// secretOf makes up a secret of a kind. None stands in this source, where
// scanners would find it.
func secretOf(k secretKind) string {
	switch {
	case k.name == "private key":
		block := "-----BEGIN " + "RSA PRIVATE KEY-----\n"
		for i := range 4 {
			block += random(base64s[:64], 64-i) + "\n"
		}
		return block
	case k.name == "JSON Web Token":
		return encode(`{"alg":"HS256","typ":"JWT"}`) + "." + encode(`{"sub":"alice@site.test"}`) + "." + random(word, 43)
	case k.name == "AWS secret key":
		return k.prefix + " = " + random(base64s[:64], 40)
	case k.max == 0:
		return k.prefix + random(k.set[:62], k.min+20)
	}
	return k.prefix + random(k.set[:min(len(k.set), 62)], k.min)
}

// secretFixtures are made up here for the same reason.
func secretFixtures() []madeFixture {
	aws, jwt := "AKIA"+random(capital, 16), secretOf(secretKind{name: "JSON Web Token"})
	block := secretOf(secretKind{name: "private key"})
	return []madeFixture{
		{"wrong", text("---\ntitle: Upload\nversion: \"1\"\nkey: " + aws + "\n---\n# Upload\n\nHeader: Bearer " + jwt + ", again " + aws + ".\n"), []string{
			`4:6-4:26 error AWS access key "AKIA…" of 20 characters; revoke it and write an example in its place`,
			fmt.Sprintf(`8:16-8:%d error JSON Web Token "eyJh…" of %d characters; revoke it and write an example in its place`, 16+len(jwt), len(jwt)),
			fmt.Sprintf(`8:%d-8:%d error AWS access key "AKIA…" of 20 characters; revoke it and write an example in its place`, 24+len(jwt), 44+len(jwt)),
		}},
		{"wrong-key", text("# Key\n\n" + block + "-----END RSA PRIVATE KEY-----\n"), []string{
			fmt.Sprintf("3:1-8:1 error private key of %d characters; revoke it and write an example in its place", len(block)),
		}},
		{"wrong-key-in-json", text("# Key\n\n{\"key\": \"" + strings.ReplaceAll(block, "\n", `\n`) + "-----END RSA PRIVATE KEY-----\"}\n"), []string{
			fmt.Sprintf("3:10-3:%d error private key of %d characters; revoke it and write an example in its place", 10+len(block)+5, len(block)+5),
		}},
	}
}

func TestSecretKinds(t *testing.T) {
	for _, kind := range secretKinds {
		t.Run(kind.prefix, func(t *testing.T) {
			if kind.anchor < 1 || kind.anchor >= len(kind.prefix) {
				t.Fatalf("anchor %d is not inside the prefix %q", kind.anchor, kind.prefix)
			}
			value := secretOf(kind)
			for _, around := range [][2]string{{"", ""}, {"use ", " here"}, {"key=", "\n"}, {`"`, `"`}, {"(", ")."}, {"`", "`"}} {
				s := around[0] + value + around[1]
				found := allSecrets(s)
				if len(found) != 1 || found[0].kind.name != kind.name {
					t.Errorf("in %q: got %v, want one %s", s, found, kind.name)
				}
			}
			for _, not := range []string{"x" + value, value[:min(len(value)/2, 50)], kind.prefix, kind.prefix + strings.Repeat("x", 80), kind.prefix + "your-own-key-goes-here-0123456789"} {
				if found := allSecrets(not); len(found) != 0 {
					t.Errorf("in %q: got %v, want none", not, found)
				}
			}
			if kind.max > 0 {
				if found := allSecrets(kind.prefix + random(alnum, kind.max+1)); kind.set != hex && len(found) != 0 {
					t.Errorf("too long: got %v, want none", found)
				}
			}
		})
	}
}

// TestSecretIsNotToldOn: neither the message nor the anchor shows a secret, and
// reports are told not to show its line.
func TestSecretIsNotToldOn(t *testing.T) {
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
	lint := func(text string) []*library.Diagnostic {
		found, _ := l.Prompt(library.Parse("a.md", text))
		return slices.DeleteFunc(found, func(d *library.Diagnostic) bool { return !strings.HasPrefix(d.Code, "SEC") })
	}
	anchors := map[string]string{}
	for _, kind := range secretKinds {
		value := secretOf(kind)
		found := lint("# Title\n\n" + value + "\n")
		if len(found) != 1 || found[0].Code != "SEC203" {
			t.Errorf("%s: got %v, want one finding", kind.name, found)
			continue
		}
		d := found[0]
		if strings.Contains(d.Message, value[len(kind.prefix):][:min(8, len(value)-len(kind.prefix))]) || !d.Secret {
			t.Errorf("%s: secret %v, message %s", kind.name, d.Secret, d.Message)
		}
		moved := lint("# Title\n\nMore text.\n\nNow " + value + "\n")
		if moved[0].Anchor != d.Anchor {
			t.Errorf("%s: the anchor moves with the secret", kind.name)
		}
		if other := anchors[d.Anchor]; other != "" && kind.name != "AWS secret key" {
			t.Errorf("%s and %s have one anchor", kind.name, other)
		}
		anchors[d.Anchor] = kind.prefix
	}
	// A card number could be found by trying: its anchor is that of its line.
	card := func(number string) *library.Diagnostic { return lint("# Title\n\nRefund " + number + " of 2024.\n")[0] }
	a, b := card("4519 5075 2917 0342"), card("5281 7990 7511 6372")
	if a.Anchor != b.Anchor || !a.Secret || strings.Contains(a.Message, "4519") {
		t.Errorf("card numbers have the anchors %s and %s; secret %v, message %s", a.Anchor, b.Anchor, a.Secret, a.Message)
	}
}

// allSecrets returns the secrets of a text as the rule finds them.
func allSecrets(s string) []secretFound {
	if lookAt(&library.Prompt{Source: s}).secrets {
		return findSecrets(s, secretAnchors, 0, len(s))
	}
	return findSecrets(s, shortAnchors, 0, len(s))
}

// TestNoSecretIsOverlooked holds what is found after a look at long words against
// what is found in all of a text, wherever the secret stands in it.
func TestNoSecretIsOverlooked(t *testing.T) {
	for _, kind := range secretKinds {
		value := secretOf(kind)
		if kind.max > 0 {
			value = kind.prefix + value[len(kind.prefix):][:kind.min] // as short as can be
		}
		for before := range 40 {
			for _, after := range []string{"", " ", "\n", ": and more text, which is no part of it", "é"} {
				for _, lead := range []string{" ", "=", "é", "a-b c_d "} {
					s := strings.Repeat("x", before) + lead + value + after
					got, want := allSecrets(s), findSecrets(s, secretAnchors, 0, len(s))
					if !slices.Equal(got, want) {
						t.Errorf("in %q: got %v, want %v", s, got, want)
					}
				}
			}
		}
	}
}
