package lint

import (
	"strings"

	"promptlib/library"
)

// conceal takes the secrets of a prompt out of what its findings say, whichever
// rule they are of: a rule that quotes a value knows nothing of secrets, and the
// one that does may be off, or its finding accepted. A fix that would write a
// secret is left out, since reports show fixes too.
func conceal(p *library.Prompt, seen look, findings []*library.Diagnostic) {
	if len(findings) == 0 {
		return
	}
	anchors := shortAnchors
	if seen.secrets {
		anchors = secretAnchors
	}
	for _, f := range findSecrets(p.Source, anchors, 0, len(p.Source)) {
		value := p.Source[f.start:f.end]
		first := strings.Count(p.Source[:f.start], "\n") + 1
		last := first + strings.Count(value, "\n")
		for _, d := range findings {
			if d.Pos.Line <= last && d.End.Line >= first {
				d.Secret = true
			}
			d.Message = withoutSecret(d.Message, value)
			for i := range d.Related {
				d.Related[i].Message = withoutSecret(d.Related[i].Message, value)
			}
			if d.Fix != nil && writesSecret(d.Fix, value) {
				d.Fix = nil
			}
		}
	}
}

// secretHead is how much of a secret tells it from other text: messages may cut
// the rest off.
const secretHead = 12

// withoutSecret leaves the first four characters of a secret in a message.
func withoutSecret(message, value string) string {
	head := value[:min(len(value), secretHead)]
	for from := 0; ; {
		i := strings.Index(message[from:], head)
		if i < 0 {
			return message
		}
		i += from
		n := 0
		for n < len(value) && i+n < len(message) && message[i+n] == value[n] {
			n++
		}
		message = message[:i] + value[:4] + "…" + message[i+n:]
		from = i + len(value[:4]) + len("…")
	}
}

func writesSecret(f *library.Fix, value string) bool {
	head := value[:min(len(value), secretHead)]
	if strings.Contains(f.Title, head) {
		return true
	}
	for _, e := range f.Edits {
		if strings.Contains(e.New, head) {
			return true
		}
	}
	return false
}
