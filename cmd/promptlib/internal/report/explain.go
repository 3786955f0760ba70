package report

import (
	"io"
	"slices"
	"strings"

	"promptlib/library"
)

// Configure says which settings a code obeys, and what to write for its level;
// settings is empty for a code that is no rule of lint, and text where no setting
// is about it.
func Configure(c library.Code) (text, settings string) {
	if !isRule(c) {
		return c.Doc.Config, ""
	}
	text = "In .promptlib/config.yaml; error, warning and info are levels, too."
	if c.Doc.Config != "" {
		text += " " + c.Doc.Config
	}
	return text, "rules: {" + c.Name + ": off}"
}

// Suppress says how one finding of a code is accepted, and what to write for it;
// settings is empty for a code whose findings cannot be accepted.
func Suppress(c library.Code) (text, settings string) {
	switch group := strings.TrimRight(c.ID, "0123456789"); {
	case group == "APR" && c.Severity < library.Error:
		return "It need not be: no check fails by it.", ""
	case group == "APR":
		return "It cannot be: the policy of the base decides. In an emergency a waiver stands in for approvals, for some hours.", ""
	case !isRule(c):
		return "It cannot be: it says how a run of the examples ended.", ""
	case group == "LNT":
		return "It cannot be: it is about an entry that accepts findings. Mend or remove the entry.", ""
	case slices.Contains(authorGroups, group):
		return "In the front matter of the prompt; until, the last day, may be left out.",
			"lint: {ignore: [{rule: " + c.Name + ", reason: WHY, until: YYYY-MM-DD}]}"
	}
	return "In .promptlib/config.yaml only; until, the last day, may be left out.",
		"ignore: [{rule: " + c.Name + ", files: [PATH], reason: WHY, until: YYYY-MM-DD}]"
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
		configure, level := Configure(c)
		suppress, entry := Suppress(c)
		for _, part := range [][3]string{{"Why", c.Doc.Why}, {"Fix", c.Doc.Fix}, {"Configure", configure, level}, {"Suppress", suppress, entry}} {
			if part[1] != "" {
				p.Printf("\n%v\n", p.paint(bold, part[0]))
				p.Block("  ", wrap(part[1], 76))
				p.Block("  | ", part[2])
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
		Level     string `json:"configure_settings"`
		Suppress  string `json:"suppress"`
		Entry     string `json:"suppress_settings"`
		Bad       string `json:"bad"`
		Good      string `json:"good"`
	}
	out := struct {
		Version int    `json:"version"`
		Rules   []rule `json:"rules"`
	}{1, []rule{}}
	for _, c := range codes {
		configure, level := Configure(c)
		suppress, entry := Suppress(c)
		out.Rules = append(out.Rules, rule{
			c.ID, c.Name, c.Severity.String(), c.Doc.Summary, c.Doc.Why, c.Doc.Fix, configure, level, suppress, entry, c.Doc.Bad, c.Doc.Good,
		})
	}
	return WriteJSON(w, out, "  ")
}
