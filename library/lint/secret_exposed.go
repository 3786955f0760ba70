package lint

import (
	"encoding/base64"
	"slices"
	"strings"

	"promptlib/library"
)

var secretExposed = &Rule{
	Code: library.Code{
		ID: "SEC203", Name: "secret-exposed", Severity: library.Error,
		Doc: library.Doc{
			Summary: "key, token or private key stands in the file",
			Why:     "Whoever can read the library, its history or a request to a model can use the secret.",
			Fix:     "Revoke the secret and issue a new one, since the history of the repository keeps this one; then write a variable or an example such as AKIAIOSFODNN7EXAMPLE in its place.",
			// In two parts, so that no scanner takes this source for a leak.
			Bad:  "# Upload\n\nUpload with the key AKIA" + "QZ7LW2MKXJ4TN6RD.\n",
			Good: "# Upload\n\nUpload with the key AKIAIOSFODNN7EXAMPLE.\n",
		},
	},
	Prompt: func(p *Pass) {
		anchors := shortAnchors
		if p.seen.secrets {
			anchors = secretAnchors
		}
		found := findSecrets(p.Prompt.Source, anchors, 0, len(p.Prompt.Source))
		if found == nil {
			return
		}
		at := p.cursor()
		for _, f := range found {
			value := p.Prompt.Source[f.start:f.end]
			shown := ""
			if value[0] != '-' { // the head of a private key is no secret
				shown = ` "` + value[:4] + `…"`
			}
			d := p.Reportf(at.text(f.start, f.end), "%s%s of %d characters; revoke it and write an example in its place", f.kind.name, shown, len(value))
			d.Secret = true
			// A hash gives away nothing of a value that is random and this long, and
			// tells this secret from the next one in its place.
			d.AnchorTo(f.kind.name + "\x00" + value)
		}
	},
}

// A secretKind is a form of secret. It begins with the same letters wherever it
// comes from: they are looked for first, and all else only where they stand.
type secretKind struct {
	name   string
	prefix string
	anchor int // index in prefix, above 0, of a character that is rare in text

	// What follows the prefix: min to max characters of a set. A max of 0 is none.
	set      charset
	min, max int
	read     func(s string, at int) (start, end int) // in place of these; from the prefix on
}

// A charset is a set of ASCII characters.
type charset string

const (
	hex     charset = "0123456789abcdef"
	capital charset = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	alnum   charset = capital + "abcdefghijklmnopqrstuvwxyz"
	word    charset = alnum + "_-"
	base64s charset = alnum + "+/="
)

// secretKinds lists the forms of secrets, of one prefix within another the
// longer first.
var secretKinds = []secretKind{
	{name: "AWS access key", prefix: "AKIA", anchor: 2, set: capital, min: 16, max: 16},
	{name: "AWS access key", prefix: "ASIA", anchor: 2, set: capital, min: 16, max: 16},
	{name: "AWS secret key", prefix: "aws_secret_access_key", anchor: 3, read: readAssigned},
	{name: "AWS secret key", prefix: "AWS_SECRET_ACCESS_KEY", anchor: 3, read: readAssigned},
	{name: "Google API key", prefix: "AIza", anchor: 1, set: word, min: 35, max: 35},
	{name: "Google OAuth secret", prefix: "GOCSPX-", anchor: 6, set: word, min: 28, max: 28},
	{name: "GitHub token", prefix: "ghp_", anchor: 3, set: alnum, min: 36, max: 255},
	{name: "GitHub token", prefix: "gho_", anchor: 3, set: alnum, min: 36, max: 255},
	{name: "GitHub token", prefix: "ghu_", anchor: 3, set: alnum, min: 36, max: 255},
	{name: "GitHub token", prefix: "ghs_", anchor: 3, set: alnum, min: 36, max: 255},
	{name: "GitHub token", prefix: "ghr_", anchor: 3, set: alnum, min: 36, max: 255},
	{name: "GitHub token", prefix: "github_pat_", anchor: 6, set: word, min: 60, max: 255},
	{name: "GitLab token", prefix: "glpat-", anchor: 5, set: word, min: 20, max: 300},
	{name: "Anthropic key", prefix: "sk-ant-", anchor: 2, set: word, min: 32},
	{name: "OpenRouter key", prefix: "sk-or-v1-", anchor: 2, set: hex, min: 64, max: 64},
	{name: "OpenAI key", prefix: "sk-proj-", anchor: 2, set: word, min: 40},
	{name: "OpenAI key", prefix: "sk-svcacct-", anchor: 2, set: word, min: 40},
	{name: "OpenAI key", prefix: "sk-admin-", anchor: 2, set: word, min: 40},
	{name: "OpenAI key", prefix: "sk-", anchor: 2, set: alnum, min: 32, max: 64},
	{name: "Stripe key", prefix: "sk_live_", anchor: 2, set: alnum, min: 24, max: 247},
	{name: "Stripe key", prefix: "rk_live_", anchor: 2, set: alnum, min: 24, max: 247},
	{name: "Stripe webhook secret", prefix: "whsec_", anchor: 5, set: alnum, min: 32, max: 64},
	{name: "Slack token", prefix: "xoxb-", anchor: 4, set: word, min: 40, max: 255},
	{name: "Slack token", prefix: "xoxp-", anchor: 4, set: word, min: 40, max: 255},
	{name: "Slack token", prefix: "xoxa-", anchor: 4, set: word, min: 40, max: 255},
	{name: "Slack token", prefix: "xoxr-", anchor: 4, set: word, min: 40, max: 255},
	{name: "Slack token", prefix: "xapp-", anchor: 4, set: word, min: 40, max: 255},
	{name: "Slack webhook", prefix: "hooks.slack.com/services/", anchor: 15, set: alnum + "/", min: 40, max: 60},
	{name: "Discord webhook", prefix: "discord.com/api/webhooks/", anchor: 11, set: word + "/", min: 80, max: 100},
	{name: "Hugging Face token", prefix: "hf_", anchor: 2, set: alnum, min: 34, max: 34},
	{name: "Groq key", prefix: "gsk_", anchor: 3, set: alnum, min: 52, max: 52},
	{name: "Replicate token", prefix: "r8_", anchor: 2, set: alnum, min: 37, max: 37},
	{name: "npm token", prefix: "npm_", anchor: 3, set: alnum, min: 36, max: 36},
	{name: "PyPI token", prefix: "pypi-AgEI", anchor: 4, set: word, min: 80},
	{name: "Docker token", prefix: "dckr_pat_", anchor: 4, set: word, min: 27, max: 27},
	{name: "DigitalOcean token", prefix: "dop_v1_", anchor: 3, set: hex, min: 64, max: 64},
	{name: "Shopify token", prefix: "shpat_", anchor: 5, set: hex, min: 32, max: 32},
	{name: "Shopify token", prefix: "shpss_", anchor: 5, set: hex, min: 32, max: 32},
	{name: "Supabase token", prefix: "sbp_", anchor: 3, set: hex, min: 40, max: 40},
	{name: "Linear key", prefix: "lin_api_", anchor: 3, set: alnum, min: 40, max: 40},
	{name: "SendGrid key", prefix: "SG.", anchor: 1, set: word + ".", min: 66, max: 66},
	{name: "age secret key", prefix: "AGE-SECRET-KEY-1", anchor: 3, set: capital, min: 58, max: 58},
	{name: "JSON Web Token", prefix: "eyJ", anchor: 2, read: readJWT},
	{name: "private key", prefix: "-----BEGIN ", anchor: 7, read: readPrivateKey},
}

// longSecret is the length that all secrets have, or that a part of them has that
// is one word, but for those of [secretKind.short].
const longSecret = 26

// short reports whether secrets of a kind may be shorter than longSecret.
func (k *secretKind) short() bool { return k.read == nil && len(k.prefix)+k.min < longSecret }

// secretAnchors are the kinds of secrets by the character that is looked for,
// and the one before it; shortAnchors those of secrets that may be short.
var (
	secretAnchors = anchorsOf(func(*secretKind) bool { return true })
	shortAnchors  = anchorsOf((*secretKind).short)
)

func anchorsOf(wanted func(*secretKind) bool) (anchors []secretAnchor) {
	for k := range secretKinds {
		kind := &secretKinds[k]
		if !wanted(kind) {
			continue
		}
		char, before := kind.prefix[kind.anchor], kind.prefix[kind.anchor-1]
		i := slices.IndexFunc(anchors, func(a secretAnchor) bool { return a.char == char })
		if i < 0 {
			i = len(anchors)
			anchors = append(anchors, secretAnchor{char: char})
		}
		anchor := &anchors[i]
		if anchor.before[before] == 0 {
			anchor.kinds = append(anchor.kinds, nil)
			anchor.before[before] = byte(len(anchor.kinds))
		}
		list := &anchor.kinds[anchor.before[before]-1]
		*list = append(*list, kind)
	}
	return anchors
}

type secretAnchor struct {
	char   byte
	before [256]byte // by the character before it: which of kinds, from 1; 0 for none
	kinds  [][]*secretKind
}

// A secretFound is a secret between two offsets of a text.
type secretFound struct {
	kind       *secretKind
	start, end int
}

// findSecrets returns the secrets of a text whose anchors stand between two
// offsets, in order.
func findSecrets(s string, anchors []secretAnchor, from, to int) (found []secretFound) {
	for a := range anchors {
		anchor := &anchors[a]
		for i := max(from, 1); i < to; i++ {
			n := strings.IndexByte(s[i:to], anchor.char)
			if n < 0 {
				break
			}
			i += n
			which := anchor.before[s[i-1]]
			if which == 0 {
				continue // as nearly all
			}
			for _, kind := range anchor.kinds[which-1] {
				if start, end := kind.at(s, i-kind.anchor); end > 0 {
					found = append(found, secretFound{kind, start, end})
					break
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b secretFound) int { return a.start - b.start })
	return found
}

// holdsSecret reports whether a long word between two offsets of a text may be
// a secret, or a part of one.
func holdsSecret(s string, from, to int) bool {
	key := 0 // length of what may be an AWS secret key, or a line of a private key
	for i := from; i < to && key < 40; i++ {
		if key++; s[i] == '-' || s[i] == '_' || s[i] == '.' {
			key = 0
		}
	}
	if key == 40 {
		return true
	}
	for i := max(from, 1); i < to; i++ {
		if anchorPairs[s[i]]>>(s[i-1]%64)&1 != 0 && findSecrets(s, secretAnchors, i, i+1) != nil {
			return true
		}
	}
	return false
}

// anchorPairs has for each character of secretAnchors a bit for each that stands
// before it, modulo 64.
var anchorPairs = func() (pairs [256]uint64) {
	for k := range secretKinds {
		kind := &secretKinds[k]
		pairs[kind.prefix[kind.anchor]] |= 1 << (kind.prefix[kind.anchor-1] % 64)
	}
	return pairs
}()

// inSecret are the characters that words are made of which may be secrets.
var inSecret = func() (in [256]bool) {
	for _, c := range []byte(base64s + word + ".") {
		in[c] = true
	}
	return in
}()

// at returns where the secret of a kind is that begins at an offset of a text;
// an end of 0 means that there is none.
func (k *secretKind) at(s string, start int) (from, to int) {
	if start < 0 || !strings.HasPrefix(s[start:], k.prefix) || start > 0 && isWord(s[start-1]) {
		return 0, 0
	}
	from, to = start, start+len(k.prefix)
	if k.read != nil {
		from, to = k.read(s, start)
	} else {
		value := s[to:]
		if k.max > 0 {
			value = value[:min(len(value), k.max+1)]
		}
		n := len(run(value, k.set))
		if n < k.min || k.max > 0 && n > k.max {
			return 0, 0
		}
		to += n
	}
	if to == 0 || isStandIn(s[from:to]) {
		return 0, 0
	}
	return from, to
}

// isWord reports whether a character goes on with a word, so that what follows
// it is not the beginning of a secret.
//
// Note: with hyphens counted in, what is read from two beginnings never overlaps,
// so that a hostile file costs no more than another of its length.
func isWord(c byte) bool { return strings.IndexByte(string(word), c) >= 0 }

// run returns the characters of a set that a text begins with.
func run(s string, set charset) string {
	for i := range len(s) {
		if strings.IndexByte(string(set), s[i]) < 0 {
			return s[:i]
		}
	}
	return s
}

// isStandIn reports whether a value stands for a secret and is none: it says
// so, counts up, or repeats itself.
func isStandIn(value string) bool {
	value = value[:min(len(value), 128)]
	lower := strings.ToLower(value)
	for _, hint := range [...]string{"example", "your", "placeholder", "dummy", "sample", "redacted", "xxxx", "0000", "not-a-real", "notareal"} {
		if strings.Contains(lower, hint) {
			return true
		}
	}
	for _, known := range documentedSecrets {
		if strings.HasSuffix(value, known) {
			return true
		}
	}
	var seen [256]bool
	distinct, rising := 0, 1
	for i := range len(value) {
		if !seen[value[i]] {
			seen[value[i]] = true
			distinct++
		}
		if i > 0 && lower[i] == lower[i-1]+1 {
			rising++
		} else {
			rising = 1
		}
		if rising == 6 {
			return true
		}
	}
	return distinct < 10
}

// documentedSecrets are the ends of keys that the documentation of their service
// gives as examples and that do not say so.
var documentedSecrets = []string{"16C7e42F292c6912E7710c838347Ae178B4a", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"}

// readAssigned reads the value of 40 characters that is assigned to a name.
func readAssigned(s string, at int) (start, end int) {
	const name, size = len("aws_secret_access_key"), 40
	rest := s[at+name:]
	value := strings.TrimLeft(rest, " \t\"'`:=")
	gap := len(rest) - len(value)
	if gap == 0 || gap > 8 || len(run(value, base64s)) != size {
		return 0, 0
	}
	start = at + name + gap
	return start, start + size
}

// readJWT reads three parts with dots between them, of which the first names an
// algorithm.
func readJWT(s string, at int) (start, end int) {
	end = at
	for part := range 3 {
		n := len(run(s[end:], word))
		switch {
		case n < 10:
			return 0, 0
		case part == 0:
			head, err := base64.RawURLEncoding.DecodeString(s[end : end+n])
			if err != nil || !strings.Contains(string(head), `"alg"`) {
				return 0, 0
			}
		case part == 1 && strings.HasPrefix(s[end:], "eyJzdWIiOiIxMjM0NTY3ODkw"): // subject 1234567890, as in every introduction
			return 0, 0
		}
		end += n
		if part < 2 {
			if end == len(s) || s[end] != '.' {
				return 0, 0
			}
			end++
		}
	}
	return at, end
}

// readPrivateKey reads a block of base64 under the head of a private key. The
// line ends may be written as \n, as in JSON.
func readPrivateKey(s string, at int) (start, end int) {
	const head = 80
	line := s[at:min(len(s), at+head)]
	label, _, ok := strings.Cut(line[len("-----BEGIN "):], "-----")
	if !ok || !strings.HasSuffix(label, "PRIVATE KEY") && !strings.HasSuffix(label, "PRIVATE KEY BLOCK") {
		return 0, 0
	}
	body := at + len("-----BEGIN ") + len(label) + len("-----")
	// Headers may come first; the first line of the key is 64 characters long.
	for i := body; i < min(len(s), body+300); {
		n := len(run(s[i:], base64s))
		if n >= 40 {
			end = i + n
			if close := strings.Index(s[end:min(len(s), end+16<<10)], "-----END "); close >= 0 {
				end += close
			}
			return at, end
		}
		i += max(n, 1)
	}
	return 0, 0
}
