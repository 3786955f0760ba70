package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"promptlib/library/policy"
)

// A PolicyExplanation is what the policy asks for of some files. It is what
// policy-explain.schema.json describes.
type PolicyExplanation struct {
	Version int          `json:"version"`
	Files   []PolicyFile `json:"files"`
}

// A PolicyFile is what the policy asks for of a file, as it stands.
type PolicyFile struct {
	Path      string        `json:"path"`
	Library   string        `json:"library"`
	Policy    *string       `json:"policy"` // nil for the built-in one
	People    *string       `json:"people"` // nil for none
	State     string        `json:"state"`  // governed, ungoverned, protected or not-governed
	Why       string        `json:"why"`
	Owner     *string       `json:"owner"`     // a person, who never approves the file; nil for none
	Protected *string       `json:"protected"` // the glob; nil for none
	Unbound   *UnboundText  `json:"unbound"`   // nil where an approval can be bound to the text
	Digest    string        `json:"digest"`
	Values    []PolicyValue `json:"values"`
	Rules     []PolicyRule  `json:"rules"`
	Tags      []PolicyTag   `json:"tags"`
	Roles     []string      `json:"roles"`
	Need      PolicyNeed    `json:"need"`
	Evidence  []string      `json:"evidence"`
	Next      []string      `json:"next"`
}

// An UnboundText says why no approval can be bound to a text.
type UnboundText struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// A PolicyValue is an effective value with the lines of its declarations.
type PolicyValue struct {
	Key   string      `json:"key"`
	Words []string    `json:"words"`
	From  policy.From `json:"from"`
	At    []int       `json:"at"`
}

// A PolicyRule is a rule of the policy, and what keeps it from applying.
type PolicyRule struct {
	Name    string           `json:"name"`
	Applies bool             `json:"applies"`
	Unmet   []UnmetCondition `json:"unmet"`
	Approve []PolicyApproval `json:"approve"`
}

// An UnmetCondition is what a rule asks of a key, and what the file has.
type UnmetCondition struct {
	Key    string `json:"key"`
	Wanted string `json:"wanted"`
	Found  string `json:"found"`
}

// A PolicyApproval is a number of people of a role, "*" for anybody.
type PolicyApproval struct {
	Role  string `json:"role"`
	Count int    `json:"count"`
}

// A PolicyTag is a tag of the file that asks for something.
type PolicyTag struct {
	Name    string           `json:"name"`
	Class   string           `json:"data_classification"`
	Risk    string           `json:"risk_level"`
	Approve []PolicyApproval `json:"approve"`
}

// A PolicyNeed is the people who must approve. Open counts the places that
// different people cannot fill, whoever approves; nil where nobody is known.
type PolicyNeed struct {
	People int          `json:"people"`
	Slots  []PolicySlot `json:"slots"`
	Open   *int         `json:"open"`
}

// A PolicySlot is a place that one person must fill, and who could.
type PolicySlot struct {
	Role    string   `json:"role"`
	Reasons []string `json:"reasons"`
	Could   []string `json:"could"`
	Bots    []string `json:"bots"` // who hold the role and never approve
}

// Commands returns what brings a file further: approvals, a command for each role.
func (f PolicyFile) Commands() []string {
	path := shellWord(f.Path)
	switch {
	case f.State == "not-governed", f.State == "ungoverned":
		return []string{}
	case f.Unbound != nil:
		return []string{"promptlib lint " + path}
	case f.Need.People == 0:
		return []string{"promptlib check --base origin/main"}
	}
	commands := []string{}
	for _, slot := range f.Need.Slots {
		command := "promptlib approve " + path
		if slot.Role != "*" {
			command += " --role " + slot.Role
		}
		if !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	return commands
}

// WritePolicyExplanationJSON writes what a policy asks for as JSON.
func WritePolicyExplanationJSON(w io.Writer, e PolicyExplanation) error { return WriteJSON(w, e, "  ") }

// WritePolicyExplanation writes what a policy asks for, for people.
func WritePolicyExplanation(w io.Writer, e PolicyExplanation, color bool) error {
	p := NewPrinter(w, color)
	for i, f := range e.Files {
		if i > 0 {
			p.Printf("\n")
		}
		p.policyFile(f)
	}
	return p.Flush()
}

func (p *Printer) policyFile(f PolicyFile) {
	p.Printf("%v: %s\n", p.paint(bold, f.Path), f.Why)
	if f.Unbound != nil {
		p.Printf("  %v line %d: %s\n", p.paint(red, "unbound"), f.Unbound.Line, f.Unbound.Message)
	}
	head := func(text string) { p.Printf("\n%v\n", p.paint(bold, text)) }
	if len(f.Values) > 0 {
		head("values")
		for _, v := range f.Values {
			p.Printf("  %-20s %s%s\n", v.Key, dash(strings.Join(v.Words, ", ")), v.origin())
		}
	}
	if len(f.Rules) > 0 {
		head("rules")
		for _, r := range f.Rules {
			if r.Applies {
				p.Printf("  %v  %s: %s\n", p.paint(green, "applies"), r.Name, approvals(r.Approve))
			} else {
				p.Printf("  %v      %s: %s\n", p.paint(faint, "not"), r.Name, unmet(r.Unmet))
			}
		}
	}
	if len(f.Tags) > 0 {
		head("tags")
		for _, t := range f.Tags {
			p.Printf("  %s: %s\n", t.Name, t.text())
		}
	}
	p.policyNeed(f)
}

func (p *Printer) policyNeed(f PolicyFile) {
	p.Printf("\n")
	if f.State == "not-governed" {
		p.Printf("%v nothing\n", p.paint(bold, "needs"))
		return
	}
	once := ""
	if f.State == "ungoverned" {
		once = ", once it changes"
	}
	if f.Need.People == 0 {
		p.Printf("%v no approval%s\n", p.paint(bold, "needs"), once)
	} else {
		p.Printf("%v %s%s\n", p.paint(bold, "needs"), people(f.Need.People), once)
	}
	for _, s := range f.Need.Slots {
		role := s.Role
		if role == "*" {
			role = "anybody"
		}
		p.Printf("  %-20s for %s\n", role, strings.Join(s.Reasons, ", "))
		p.Printf("  %-20s   %s\n", "", s.who(f))
	}
	if f.Need.Open != nil && *f.Need.Open > 0 {
		p.Printf("  %v %d of them cannot be given: %s has too few people\n", p.paint(red, "open"), *f.Need.Open, policy.PeopleName)
	}
	p.Printf("\n")
	rows := [][2]string{{"evidence", strings.Join(f.Evidence, ", ")}, {"digest", f.Digest}}
	if f.Owner != nil {
		rows = append(rows, [2]string{"owner", *f.Owner + ", who does not approve the file"})
	}
	for _, command := range f.Next {
		rows = append(rows, [2]string{"next", command})
	}
	for _, row := range rows {
		p.Printf("%-9s %s\n", row[0], row[1])
	}
}

func (v PolicyValue) origin() string {
	var lines []string
	for _, line := range v.At {
		lines = append(lines, fmt.Sprint(line))
	}
	at, most := "", "the most restrictive counts"
	if v.Key == "review_status" {
		most = "the least advanced counts"
	}
	switch {
	case len(lines) == 1:
		at = "line " + lines[0]
	case len(lines) > 1:
		at = "lines " + strings.Join(lines, ", ")
	}
	switch {
	case v.From == policy.Conflict && len(v.At) == 1:
		return "  (" + at + ", raised by a tag)"
	case v.From == policy.Conflict:
		return "  (" + at + " disagree, or a tag asks for more: " + most + ")"
	case v.From == policy.Missing && len(v.Words) == 0:
		return ""
	case v.From == policy.Missing && at == "":
		return "  (missing: " + most + ")"
	case v.From == policy.Missing:
		return "  (" + at + " cannot be used: " + most + ")"
	}
	return "  (" + at + ")"
}

func approvals(list []PolicyApproval) string {
	var parts []string
	for _, a := range list {
		role := a.Role
		if role == "*" {
			role = "anybody"
		}
		if a.Count > 1 {
			role = fmt.Sprintf("%d of %s", a.Count, role)
		}
		parts = append(parts, role)
	}
	return strings.Join(parts, ", ")
}

func unmet(list []UnmetCondition) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, fmt.Sprintf("%s is %s, not %s", c.Key, dash(c.Found), c.Wanted))
	}
	return strings.Join(parts, "; ")
}

func (t PolicyTag) text() string {
	var parts []string
	if t.Class != "" {
		parts = append(parts, "data_classification is "+t.Class+" at least")
	}
	if t.Risk != "" {
		parts = append(parts, "risk_level is "+t.Risk+" at least")
	}
	if len(t.Approve) > 0 {
		parts = append(parts, approvals(t.Approve))
	}
	return strings.Join(parts, "; ")
}

// who says who could fill a place.
func (s PolicySlot) who(f PolicyFile) string {
	if f.People == nil {
		return "who: the library has no " + policy.PeopleName + ", so that nobody can"
	}
	who := "who: nobody of " + policy.PeopleName
	if len(s.Could) > 0 {
		who = "who: " + strings.Join(s.Could, ", ")
	}
	if len(s.Bots) > 0 {
		who += "; not the bots " + strings.Join(s.Bots, ", ")
	}
	return who
}

// people names a number of different people.
func people(n int) string {
	if n == 1 {
		return "1 approval"
	}
	return fmt.Sprintf("%d approvals by different people", n)
}
