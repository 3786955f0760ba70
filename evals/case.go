package evals

import (
	"fmt"
	"strconv"
	"sync"

	"promptlib/library"
)

// A Case is one example of a prompt, ready to be run. It does not change while it
// is run: several models may run it at once.
type Case struct {
	Prompt   string       // path of the file
	Name     string       // of the case in the prompt, as in "example 2"
	Example  int          // number of the example, from 1; 0 for a case that is none
	Repeat   int          // from 1
	At       library.Text // the example in the file
	Request  Request
	Expected library.Text          // the output of the example; zero for none
	Contract *Contract             // what the prompt declares
	Skip     string                // why it cannot be run; empty if it can
	Problems []*library.Diagnostic // why the example does not fill in the prompt

	wanted func() *Contract // of the example; nil for none
}

// Wanted returns what the reply is held against: what the prompt declares, else
// what the expected output implies.
func (c *Case) Wanted() *Contract {
	if c.wanted == nil || !c.Contract.Empty() {
		return c.Contract
	}
	return c.wanted()
}

// A FewShot says which examples are sent along with a case.
type FewShot string

// The choices of examples to send. The example under test is never among them:
// a model could copy its output.
const (
	NoExamples    FewShot = "none"
	OtherExamples FewShot = "others"
)

// Unrunnable says why no example of a prompt can be run; "" if one can.
func Unrunnable(p *library.Prompt) string {
	switch {
	case p.Body.IsZero() && len(p.Problems) > 0:
		return p.Problems[0].Message
	case p.Template.IsZero() && p.Dialect == "B":
		return `there is nothing to send: no section "## Prompt" has text, and one at a deeper level does not count`
	case p.Template.IsZero():
		return `there is nothing to send: the file has neither a heading "## Prompt" nor section tags such as <purpose>`
	case len(p.Examples) == 0:
		return "the prompt has no examples"
	}
	return ""
}

// Cases returns the cases of a prompt, one for each example. Contract is what the
// prompt declares, or nil. A prompt that cannot be run has one case, which says
// why.
func Cases(p *library.Prompt, contract *Contract, shots FewShot) []*Case {
	if skip := Unrunnable(p); skip != "" {
		return []*Case{{Prompt: p.Path, Name: "none", Repeat: 1, At: start(p.Path), Contract: &Contract{}, Skip: skip}}
	}
	cases := make([]*Case, len(p.Examples))
	for i, e := range p.Examples {
		c := &Case{Prompt: p.Path, Name: "example " + strconv.Itoa(e.Number), Example: e.Number, Repeat: 1, At: e.Marker, Expected: e.Output}
		if !e.Output.IsZero() {
			c.At = e.Output.Sub(0, len(firstLine(e.Output.Value)))
		}
		c.Contract, c.wanted = &Contract{}, sync.OnceValue(func() *Contract { return Derive(e) })
		if contract != nil {
			c.Contract = contract
		}
		var unbound []library.Text
		c.Request, unbound = render(p, e)
		c.Request.askFor(c.Contract)
		c.Problems = problems(p, e, unbound)
		if shots == OtherExamples {
			c.Request.Messages = withShots(p, e.Input.Value, e.Output.Value, c.Request.Messages)
		}
		cases[i] = c
	}
	return cases
}

func start(path string) library.Text {
	pos := library.Pos{Path: path, Line: 1, Column: 1}
	return library.Text{Pos: pos, End: pos}
}

// Broken returns the case of a prompt whose contract cannot be read. It ends
// with an error.
func Broken(path string, err error) *Case {
	at := start(path)
	return &Case{Prompt: path, Name: "none", Repeat: 1, At: at, Contract: &Contract{}, Problems: []*library.Diagnostic{inputProblem(at, "%v", err)}}
}

func firstLine(s string) string {
	for i := range len(s) {
		if s[i] == '\n' {
			return s[:i]
		}
	}
	return s
}

// Render returns what would be sent for an input given as values of variables,
// and the variables that are left unbound. Input is the user message of a prompt
// that takes one.
func Render(p *library.Prompt, input string, values map[string]string) (Request, []library.Text) {
	var r Request
	system, unbound := library.Fill(p.Template.System, values)
	if system != "" {
		r.Messages = append(r.Messages, Message{"system", system})
	}
	if p.Template.Input {
		r.Messages = append(r.Messages, Message{"user", input})
		return r, unbound
	}
	user, more := library.Fill(p.Template.User, values)
	r.Messages = append(r.Messages, Message{"user", user})
	for _, t := range more {
		known := false
		for _, u := range unbound {
			known = known || u.Value == t.Value
		}
		if !known {
			unbound = append(unbound, t)
		}
	}
	return r, unbound
}

func render(p *library.Prompt, e library.Example) (Request, []library.Text) {
	values := make(map[string]string, len(e.Bindings))
	for _, b := range e.Bindings {
		values[b.Name.Value] = b.Value
	}
	return Render(p, e.Input.Value, values)
}

// Unbound reports variables that have no value.
func Unbound(variables []library.Text) []*library.Diagnostic {
	var list []*library.Diagnostic
	for _, t := range variables {
		list = append(list, inputProblem(t, "variable %q has no value", t.Value))
	}
	return list
}

func inputProblem(at library.Text, format string, args ...any) *library.Diagnostic {
	return &library.Diagnostic{
		Pos: at.Pos, End: at.End, Code: InputCode.ID, Name: InputCode.Name, Severity: InputCode.Severity, Message: fmt.Sprintf(format, args...),
	}
}

// problems says where an example does not fill in its prompt.
func problems(p *library.Prompt, e library.Example, unbound []library.Text) []*library.Diagnostic {
	var list []*library.Diagnostic
	report := func(at library.Text, format string, args ...any) *library.Diagnostic {
		d := inputProblem(at, format, args...)
		list = append(list, d)
		return d
	}
	if e.Input.IsZero() {
		report(e.Marker, "example %d has no input", e.Number)
		return list
	}
	for _, t := range unbound {
		d := report(t, "variable %q has no value in example %d", t.Value, e.Number)
		d.Related = append(d.Related, library.Related{Pos: e.Marker.Pos, End: e.Marker.End, Message: "the input of the example"})
	}
	if p.Template.Input {
		return list // any input is a message
	}
	for _, t := range e.Unbound {
		report(t, "this line gives no variable a value; write \"[name]: value\"")
	}
	used, given := map[string]bool{}, map[string]library.Text{}
	for _, parts := range [][]library.Part{p.Template.System, p.Template.User} {
		for _, part := range parts {
			used[part.Variable.Value] = true
		}
	}
	for _, b := range e.Bindings {
		first, twice := given[b.Name.Value]
		switch {
		case !used[b.Name.Value]:
			report(b.Name, "the prompt has no variable %q to take this value", b.Name.Value)
		case twice:
			d := report(b.Name, "variable %q has a value already in this example", b.Name.Value)
			d.Related = append(d.Related, library.Related{Pos: first.Pos, End: first.End, Message: "the first value"})
		default:
			given[b.Name.Value] = b.Name
		}
	}
	return list
}

// withShots puts the examples of a prompt before its last message, but none that
// asks or answers the same as the case under test: its output could be copied.
func withShots(p *library.Prompt, input, output string, messages []Message) []Message {
	last := len(messages) - 1
	out := append([]Message{}, messages[:last]...)
	for _, e := range p.Examples {
		if e.Output.IsZero() || e.Input.Value == input || e.Output.Value == output {
			continue
		}
		r, unbound := render(p, e)
		if len(problems(p, e, unbound)) > 0 {
			continue
		}
		out = append(out, r.Messages[len(r.Messages)-1], Message{"assistant", e.Output.Value})
	}
	return append(out, messages[last])
}
