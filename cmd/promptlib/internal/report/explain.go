package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"promptlib/library"
)

// Configure says how the severity of a code is set and which settings it obeys;
// empty for a code that is no rule of lint.
func Configure(c library.Code) string {
	if !isRule(c) {
		return ""
	}
	text := fmt.Sprintf("In .promptlib/config.yaml, rules: {%s: off}, or error, warning or info in place of off.", c.Name)
	if c.Doc.Config != "" {
		text += " " + c.Doc.Config
	}
	return text
}

// Suppress says how one finding of a code is accepted.
func Suppress(c library.Code) string {
	switch group := strings.TrimRight(c.ID, "0123456789"); {
	case !isRule(c):
		return "It cannot be: it says how a run of the examples ended."
	case group == "LNT":
		return "It cannot be: it is about an entry that accepts findings. Mend or remove the entry."
	case slices.Contains(authorGroups, group):
		return fmt.Sprintf("In the front matter of the prompt, lint: {ignore: [{rule: %s, reason: WHY, until: YYYY-MM-DD}]}. The reason is required, until is not.", c.Name)
	}
	return fmt.Sprintf("In .promptlib/config.yaml only, ignore: [{rule: %s, files: [PATH], reason: WHY, until: YYYY-MM-DD}]. The reason is required, until is not.", c.Name)
}

// authorGroups are the groups of rules whose findings the author of a prompt may
// accept.
var authorGroups = []string{"FM", "STR", "VAR", "EX", "LNK", "EVC", "TXT"}

// isRule reports whether a code is one of lint, and no result of another command.
func isRule(c library.Code) bool {
	return !strings.HasPrefix(c.ID, "EVL") && !strings.HasPrefix(c.ID, "APR")
}

// WriteExplanations writes what there is to know of some codes, for people.
func WriteExplanations(w io.Writer, codes []library.Code, color bool) error {
	p := NewPrinter(w, color)
	for i, c := range codes {
		if i > 0 {
			p.Printf("\n")
		}
		p.Printf("%v %s, %v: %s\n", p.paint(bold, c.ID), c.Name, p.paint(severityColors[c.Severity], c.Severity.String()), c.Doc.Summary)
		for _, part := range [][2]string{{"Why", c.Doc.Why}, {"Fix", c.Doc.Fix}, {"Configure", Configure(c)}, {"Suppress", Suppress(c)}} {
			if part[1] != "" {
				p.Printf("\n%v\n", p.paint(bold, part[0]))
				p.Block("  ", wrap(part[1], 76))
			}
		}
		for _, part := range [][2]string{{"Bad", c.Doc.Bad}, {"Good", c.Doc.Good}} {
			if part[1] != "" {
				p.Printf("\n%v\n", p.paint(bold, part[0]))
				p.Block("  | ", part[1])
			}
		}
	}
	return p.Flush()
}

// wrap breaks text into lines of at most a width, except for longer words.
func wrap(text string, width int) string {
	var b strings.Builder
	length := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case length == 0:
		case length+1+columns(word) > width:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += columns(word)
	}
	b.WriteByte('\n')
	return b.String()
}

// WriteExplanationsJSON writes what there is to know of some codes as JSON; its
// schema is explain.schema.json. Bytes of an example that are not UTF-8 come out
// as U+FFFD.
func WriteExplanationsJSON(w io.Writer, codes []library.Code) error {
	type rule struct {
		Code      string `json:"code"`
		Name      string `json:"name"`
		Severity  string `json:"severity"`
		Summary   string `json:"summary"`
		Why       string `json:"why"`
		Fix       string `json:"fix"`
		Configure string `json:"configure"`
		Suppress  string `json:"suppress"`
		Bad       string `json:"bad"`
		Good      string `json:"good"`
	}
	out := struct {
		Version int    `json:"version"`
		Rules   []rule `json:"rules"`
	}{1, []rule{}}
	for _, c := range codes {
		out.Rules = append(out.Rules, rule{
			c.ID, c.Name, c.Severity.String(), c.Doc.Summary, c.Doc.Why, c.Doc.Fix, Configure(c), Suppress(c), c.Doc.Bad, c.Doc.Good,
		})
	}
	return WriteJSON(w, out, "  ")
}
