package library

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// A Severity says how bad a finding is. The zero Severity is Info.
type Severity int

// The severities, in rising order.
const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = [...]string{"info", "warning", "error"}

// String returns "info", "warning" or "error".
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity is the reverse of [Severity.String].
func ParseSeverity(name string) (Severity, error) {
	i := slices.Index(severityNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("severity %q is not one of %s", name, strings.Join(severityNames[:], ", "))
	}
	return Severity(i), nil
}

// A Code identifies a kind of finding, for ever: neither ID nor Name is used
// again for another. Rules, eval results and checks share one list of codes.
type Code struct {
	ID       string   // group prefix and number, as in "GOV002"
	Name     string   // kebab-case, as in "governance-conflict"
	Severity Severity // the worst that a finding of this code is reported at
	Doc      Doc
}

// A Doc explains a code to the person who meets it.
type Doc struct {
	Summary string // one line, lower case, no full stop
	Why     string // what goes wrong when the finding is ignored
	Fix     string // what to do about it
	Config  string // settings the code obeys besides its severity; empty for none

	// Bad is a library in which the code speaks, Good the same one mended: the
	// text of a prompt file, or a txtar archive of several files.
	Bad, Good string
}

// A Diagnostic is one message about a place in a file.
type Diagnostic struct {
	Pos      Pos
	End      Pos
	Code     string
	Name     string
	Severity Severity
	Message  string
	Related  []Related

	// Anchor is the start of the SHA-256 of the text that the finding is about,
	// in hexadecimal; of the message where something is missing. It stays the
	// same when lines move, so that a baseline knows the finding again.
	Anchor string
	Fix    *Fix // nil for none
	Secret bool // what stands at Pos must not be shown, and its line with it
}

// AnchorTo sets the anchor to that of a text. White space does not count beyond
// what it separates, so that neither blank lines nor line ends change it.
func (d *Diagnostic) AnchorTo(text string) {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
	d.Anchor = hex.EncodeToString(sum[:8])
}

// A Related place helps to understand a finding, as the first of two duplicate
// keys does.
type Related struct {
	Pos     Pos
	End     Pos
	Message string
}

// Compare orders diagnostics by path, line, column, code and message.
func (d Diagnostic) Compare(e Diagnostic) int {
	return cmp.Or(
		strings.Compare(d.Pos.Path, e.Pos.Path),
		cmp.Compare(d.Pos.Line, e.Pos.Line),
		cmp.Compare(d.Pos.Column, e.Pos.Column),
		strings.Compare(d.Code, e.Code),
		strings.Compare(d.Message, e.Message),
	)
}

// String returns the one-line form of d: path:line:col: severity: message
// [CODE name].
func (d Diagnostic) String() string {
	return fmt.Sprintf("%s: %s: %s [%s %s]", d.Pos, d.Severity, d.Message, d.Code, d.Name)
}
