package lint

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

// A Fixed is what the fixes of one prompt have come to.
type Fixed struct {
	Text     string                // the new text of the file
	Findings []*library.Diagnostic // in that text, sorted
	Facts    Facts
	Made     []*library.Diagnostic // what was mended, at the places of the text before
	Refused  []Refusal             // what was left since its fix does harm
}

// A Refusal is a finding of the new text whose fix was tried and taken back.
type Refusal struct {
	Finding *library.Diagnostic
	Reason  string // what the fix would do, as in "would bring an error"
}

// maxFixTries is how often a text is linted at most to find out which of its
// fixes do no harm: one that does costs twice the logarithm of their number.
const maxFixTries = 200

// Fix makes the fixes of what the rules of one prompt find, those that are not
// safe only if unsafe is set, and looks again until there is nothing to mend: a
// fix may bring to light what stood behind it. A fix after which its finding is
// still there, or after which there are more errors of a code, is taken back.
// Where that comes to no end the prompt stays as it is.
//
// To fix the text that comes out once more changes nothing: all it has left to
// fix was refused on that very text.
func (l *Linter) Fix(p *library.Prompt, unsafe bool) Fixed { return l.fix(p, unsafe, maxFixTries) }

func (l *Linter) fix(p *library.Prompt, unsafe bool, tries int) Fixed {
	all := *l
	all.unlimited = true
	f := fixer{Linter: &all, path: p.Path, unsafe: unsafe, atOnce: math.MaxInt}
	f.Text = p.Source
	f.Findings, f.Facts = all.Prompt(p)
	for f.step() {
		if tries--; tries == 0 {
			f.Fixed = Fixed{Text: p.Source}
			f.Findings, f.Facts = all.Prompt(p)
			f.Refused = []Refusal{{f.wanted()[0], "is one of too many that do harm together"}}
			break
		}
	}
	if len(f.Findings) > mostFindings {
		f.Findings, f.Facts = l.Prompt(library.Parse(p.Path, f.Text))
	}
	return f.Fixed
}

// A fixer is a text on its way to be fixed.
type fixer struct {
	*Linter
	Fixed
	path   string
	unsafe bool
	atOnce int  // how many fixes to try together
	stale  bool // the text has changed since something was refused
}

// wanted lists the findings of the text whose fixes are still to be tried.
func (f *fixer) wanted() []*library.Diagnostic {
	var wanted []*library.Diagnostic
	for _, d := range f.Findings {
		refused := func(r Refusal) bool {
			return r.Finding.Code == d.Code && r.Finding.Anchor == d.Anchor && r.Finding.Message == d.Message
		}
		if d.Fix != nil && (d.Fix.Safe || f.unsafe) && !slices.ContainsFunc(f.Refused, refused) {
			wanted = append(wanted, d)
		}
	}
	return wanted
}

// step tries fixes together: all that are wanted, or after harm half as many,
// until one is left to blame. It reports whether there was anything to do. What
// was refused is tried again where the text has changed since.
func (f *fixer) step() bool {
	wanted := f.wanted()
	if len(wanted) == 0 && f.stale {
		f.Refused, f.stale = nil, false
		wanted = f.wanted()
	}
	if len(wanted) == 0 {
		return false
	}
	wanted = wanted[:min(len(wanted), f.atOnce)]
	fixes := make([]*library.Fix, len(wanted))
	for i, d := range wanted {
		fixes[i] = d.Fix
	}
	text, made := library.Apply(f.Text, fixes)
	mended := withFixes(wanted, made)
	findings, facts := f.Prompt(library.Parse(f.path, text))
	switch harm := harm(f.Findings, mended, findings); {
	case harm == "" && text != f.Text:
		f.Text, f.Findings, f.Facts = text, findings, facts
		f.Made = append(f.Made, mended...)
		f.atOnce, f.stale = math.MaxInt, len(f.Refused) > 0
	case len(wanted) == 1:
		f.Refused = append(f.Refused, Refusal{wanted[0], cmp.Or(harm, "changes nothing")})
		f.atOnce = math.MaxInt
	default:
		f.atOnce = len(wanted) / 2
	}
	return true
}

// withFixes returns the findings that some fixes mend. Two findings may have one
// and the same fix.
func withFixes(findings []*library.Diagnostic, fixes []*library.Fix) []*library.Diagnostic {
	at := map[int]*library.Fix{} // by the first edit, which no two have in one place
	for _, fix := range fixes {
		at[fix.Edits[0].Start] = fix
	}
	var list []*library.Diagnostic
	for _, d := range findings {
		if len(d.Fix.Edits) == 0 {
			continue
		}
		if fix := at[d.Fix.Edits[0].Start]; fix != nil && slices.Equal(fix.Edits, d.Fix.Edits) {
			list = append(list, d)
		}
	}
	return list
}

// harm says what is wrong with fixes, from the findings before and after them;
// "" for nothing.
func harm(before, mended, after []*library.Diagnostic) string {
	if len(mended) == 0 {
		return "does not fit the text"
	}
	type finding struct{ code, anchor string }
	gone, errors := map[finding]int{}, map[string]int{}
	for _, d := range before {
		gone[finding{d.Code, d.Anchor}]++
		if d.Severity == library.Error {
			errors[d.Code]++
		}
	}
	for _, d := range after {
		gone[finding{d.Code, d.Anchor}]--
		if d.Severity == library.Error {
			if errors[d.Code]--; errors[d.Code] < 0 {
				return "would bring an error: " + d.String()
			}
		}
	}
	for _, d := range mended {
		if gone[finding{d.Code, d.Anchor}]--; gone[finding{d.Code, d.Anchor}] < 0 {
			return "would not mend it"
		}
	}
	return ""
}

// respell is the fix that writes a word in the place of a scalar, in the quotes
// that the scalar stands in; nil where that cannot be done in one word.
func (p *Pass) respell(at library.Text, word string, safe bool) *library.Fix {
	raw := written(p.Prompt.Source, at)
	if raw == "" || hasControl(word) {
		return nil
	}
	quoted := word
	switch {
	case raw[0] == '\'' && !strings.Contains(word, "'"):
		quoted = "'" + word + "'"
	case raw[0] == '"' || raw[0] == '\'' || !isPlain(word):
		quoted = quote(word)
	}
	return &library.Fix{Title: "write " + quoted, Safe: safe, Edits: []library.Edit{library.Replace(at, quoted)}}
}

// listed is the fix that makes a list of a scalar, of several items if commas
// stand in it. Safe is a list of one word: more may have been meant by spaces.
func listed(source string, at library.Text) *library.Fix {
	if written(source, at) == "" || hasControl(at.Value) {
		return nil
	}
	var items []string
	for item := range strings.SplitSeq(at.Value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return nil
		}
		if !isPlain(item) {
			item = quote(item)
		}
		items = append(items, item)
	}
	list := "[" + strings.Join(items, ", ") + "]"
	safe := len(items) == 1 && !strings.ContainsAny(at.Value, " ;|/")
	return &library.Fix{Title: "write " + list, Safe: safe, Edits: []library.Edit{library.Replace(at, list)}}
}

// written returns what stands in the file at a scalar of one line, quotes
// included; "" for a block scalar, for one of several lines, and where the loader
// has replaced a character.
func written(source string, at library.Text) string {
	from, to := at.Pos.Offset, at.End.Offset
	if at.Pos.Line != at.End.Line || from >= to || to > len(source) {
		return ""
	}
	raw := source[from:to]
	if raw != at.Value && raw[0] != '"' && raw[0] != '\'' || hasControl(raw) || !utf8.ValidString(raw) {
		return ""
	}
	return raw
}

// isPlain reports whether a word may stand without quotes in any YAML and means
// itself.
func isPlain(word string) bool {
	switch strings.ToLower(word) {
	case "", "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '/'):
		case i > 0 && i+1 < len(word) && c == ' ':
		default:
			return false
		}
	}
	return true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return !strconv.IsPrint(c) })
}

// quote puts a text without control characters in double quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// withoutPair is the edit that removes a pair of a block mapping with the lines
// it stands on; not ok where there is something else on them, be it a comment.
func withoutPair(p *library.Prompt, pair library.Pair) (library.Edit, bool) {
	source := p.Source
	start := strings.LastIndexByte(source[:pair.Key.Pos.Offset], '\n') + 1
	value := max(pair.Key.End.Offset, pair.Value.Text.End.Offset)
	end := len(source)
	if n := strings.IndexByte(source[value:], '\n'); n >= 0 {
		end = value + n + 1
	}
	rest := strings.TrimSpace(source[value:end])
	if pair.Value.Type == library.Null {
		rest = strings.TrimPrefix(rest, ":")
	}
	if strings.Trim(source[start:pair.Key.Pos.Offset], " ") != "" || rest != "" || strings.Contains(source[start:end], "#") || end > p.Front.Place.End.Offset {
		return library.Edit{}, false
	}
	return library.Edit{Start: start, End: end}, true
}
