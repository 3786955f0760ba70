package lint

import (
	"math/bits"
	"slices"
	"strings"

	"promptlib/library"
)

var variableSpelling = &Rule{
	Code: library.Code{
		ID: "VAR003", Name: "variable-spelling", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "one variable is spelt in two ways",
			Why:     "To a program user_name, user-name and userName are three variables: a value that is given to one does not reach the others.",
			Fix:     "Spell the name as it is documented, or as it stands first.",
			Bad: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name]. End with a wish for [user-name].
## Variables
- [user_name]: who is greeted
`,
			Good: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name]. End with a wish for [user_name].
## Variables
- [user_name]: who is greeted
`,
		},
	},
	Prompt: func(p *Pass) {
		if !p.fillsIn() {
			return
		}
		if len(p.Prompt.Variables) == 0 {
			return // then nothing is a spelling of one
		}
		sp := speller{pass: p, first: p.placesFor(len(p.Prompt.Variables))}
		for i := range p.Prompt.Variables {
			at := &p.Prompt.Variables[i].Documented
			if at.IsZero() {
				at = &p.Prompt.Variables[i].Used
			}
			sp.look(at)
		}
		for i := range p.Prompt.Sections {
			if s := &p.Prompt.Sections[i]; p.Prompt.Dialect == "B" && s.Level == 2 && slices.Contains(library.PromptHeadings, s.Normal()) && !allVariables(p.Prompt, s.Body) {
				sp.prompt(s.Body)
			}
		}
		for i := range p.Prompt.Examples {
			for j := range p.Prompt.Examples[i].Bindings {
				b := &p.Prompt.Examples[i].Bindings[j]
				if sp.met(b.Name.Value) {
					continue
				}
				if before := sp.spelt(b.Name.Value); before != "" && before != b.Name.Value {
					sp.look(&b.Name)
				}
			}
		}
	},
}

// placesFor returns as many places as [speller.place] needs for n names. Those of
// most prompts lie in memory that served the prompt before.
func (p *Pass) placesFor(n int) []*library.Text {
	if n <= 16 {
		if p.spellings == nil {
			p.spellings = make([]*library.Text, 32)
		}
		clear(p.spellings)
		return p.spellings
	}
	return make([]*library.Text, 1<<bits.Len(uint(2*n-1)))
}

// allVariables reports whether every bracket of a text opens one of the variables
// that the parser has found in it: then the text has no other spelling of one.
func allVariables(p *library.Prompt, text library.Text) bool {
	brackets := 0
	for i := range p.Template.User {
		part := &p.Template.User[i]
		if at := part.Variable.Pos.Offset; at > text.Pos.Offset && at < text.End.Offset {
			brackets += 1 + styleOf(part.Literal)/2
		}
	}
	return brackets == strings.Count(text.Value, "[")+strings.Count(text.Value, "{")
}

// A speller reports names that are spelt in another way than before.
type speller struct {
	pass  *Pass
	first []*library.Text // by the hash of the folded name, or in the next free place
	seen  []string        // that were reported
	next  int             // in the variables of the prompt: the one after that which was met last
}

// met reports whether a name is that of the variable which is expected next, as
// nearly all are, and of which there is one spelling alone.
func (sp *speller) met(name string) bool {
	if sp.next == len(sp.pass.Prompt.Variables) {
		sp.next = 0
	}
	if len(sp.seen) > 0 || sp.pass.Prompt.Variables[sp.next].Name != name {
		return false
	}
	sp.next++
	return true
}

// place returns where in first the first spelling of a name is, or would be.
func (sp *speller) place(name string) **library.Text {
	for i := int(foldedHash(name)); ; i++ {
		place := &sp.first[i&(len(sp.first)-1)]
		if *place == nil || sameFolded((*place).Value, name) {
			return place
		}
	}
}

func (sp *speller) look(at *library.Text) {
	place := sp.place(at.Value)
	if *place == nil {
		*place = at
		return
	}
	before := *place
	if before.Value == at.Value || slices.Contains(sp.seen, at.Value) || len(sp.seen) == mostFindings {
		return
	}
	sp.seen = append(sp.seen, at.Value)
	d := sp.pass.Reportf(*at, "variable %q is spelt %q on line %d; use one spelling", at.Value, before.Value, before.Pos.Line)
	d.Related = append(d.Related, related(*before, "the other spelling"))
}

// spelt returns the first spelling of a name, "" for a name of no variable.
func (sp *speller) spelt(name string) string {
	if before := *sp.place(name); before != nil {
		return before.Value
	}
	return ""
}

// prompt looks for bracketed phrases that are no variable by themselves and are
// meant as one all the same: "[user-name]" for user_name, but not "[User Name]",
// which may be a slot of the output.
func (sp *speller) prompt(text library.Text) {
	for ph := range library.Placeholders(text.Value) {
		if len(sp.seen) == mostFindings {
			return
		}
		if sp.met(ph.Name) || strings.IndexByte(ph.Name, ' ') >= 0 || slices.Contains(sp.seen, ph.Name) {
			continue
		}
		if name := sp.spelt(ph.Name); name != "" && !strings.EqualFold(name, ph.Name) {
			from := ph.Start + strings.Index(text.Value[ph.Start:], ph.Name)
			at := text.Sub(from, from+len(ph.Name))
			sp.look(&at)
		}
	}
}

// foldedHash returns a hash that is the same for all spellings of a name.
func foldedHash(name string) uint32 {
	h := uint32(2166136261) // FNV-1a
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '-' && c != ' ' {
			h = (h ^ uint32(c|0x20)) * 16777619
		}
	}
	return h
}

// sameFolded reports whether two names are spellings of one.
func sameFolded(a, b string) bool {
	if a == b {
		return true
	}
	var x, y [64]byte
	return string(fold(x[:0], a)) == string(fold(y[:0], b))
}

// fold appends the name of a variable to b in a form in which its spellings are
// equal.
func fold(b []byte, name string) []byte {
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_' || c == '-' || c == ' ':
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		default:
			b = append(b, c)
		}
	}
	return b
}

func folded(name string) string { return string(fold(nil, name)) }

// spellings counts the variables that are spellings of one name, by its folded
// form.
func spellings(variables []library.Variable) map[string]int {
	count := make(map[string]int, len(variables))
	for _, v := range variables {
		count[folded(v.Name)]++
	}
	return count
}
