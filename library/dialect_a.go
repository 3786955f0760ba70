package library

import (
	"slices"
	"strings"

	"promptlib/schema"
)

var dialectA = &Dialect{
	Name: "A",
	Doc:  "XML-tagged body: <purpose>, <context>, <instructions>, <variables>, <examples> and <notes>; the input of an example is sent as the user message",

	detect: detectA,
	read:   readA,
}

// TagsA are the section tags of dialect A, in their customary order.
var TagsA = []string{"purpose", "context", "instructions", "variables", "examples", "notes"}

func isTagA(name string) bool { return slices.Contains(TagsA, name) }

// detectA looks for one of the tags alone on a line outside of code, that is not
// nested in an element of another name.
func detectA(d *document) bool {
	for _, sign := range d.signs[d.sign(d.first):] {
		i := int(sign)
		if d.md.code[i] || d.text[d.lines[i]] != '<' {
			continue
		}
		if line := d.lineText(i); isTagA(openTag(line)) {
			return true
		}
	}
	return false
}

func readA(d *document, p *Prompt) {
	tags, problems := readTags(d.source, d.first, d.md, isTagA)
	p.Problems = append(p.Problems, problems...)
	vars := &variableSet{own: &d.own.variables}
	var few [4]span
	sent := few[:0]
	from := d.body
	p.Sections = d.own.sections.take(len(tags))
	for i := range tags {
		t := &tags[i]
		p.Sections = append(p.Sections, Section{Heading: t.name, Level: 1, Body: d.trimmed(t.start, t.end), Tagged: true})
		switch t.name.Value {
		case "variables":
			vars.document(d.source, t.start, t.end)
		case "examples":
			p.Examples = readExamples(p.Examples, d.source, d.md, t.start, t.end, true)
		default:
			continue
		}
		sent = append(sent, span{from, d.lines[d.lineOf(t.name.Pos.Offset)]})
		from = t.after
	}
	sent = append(sent, span{from, len(d.text)})
	empty(&d.room.tags, tags)
	numberExamples(p.Examples)
	for i := range p.Examples {
		bindMembers(d.source, &p.Examples[i])
	}
	p.Template = Template{Input: true, System: parts(d.source, sent, vars, func(ph placeholder) bool {
		return ph.style == Mustache || vars.has(ph.name)
	})}
	for i := range p.Examples {
		for j := range p.Examples[i].Bindings {
			if name := &p.Examples[i].Bindings[j].Name; vars.has(name.Value) {
				vars.use(name)
			}
		}
	}
	p.Variables = vars.list
}

// bindMembers reads the members of a JSON input as bindings. A text is bound
// without its quotes, any other value as it is written.
func bindMembers(s *source, e *Example) {
	if !strings.HasPrefix(e.Input.Value, "{") {
		return
	}
	start := e.Input.Pos.Offset
	text := s.text[start:e.Input.End.Offset]
	members, _, _ := schema.ScanObjectInto(s.room.members, text)
	e.Bindings = s.own.bindings.take(len(members))
	for i := range members {
		m := &members[i]
		if s.crlf && !strings.HasPrefix(strings.TrimLeft(text[m.NameEnd:], " \t\r\n:"), `"`) {
			m.Value = strings.ReplaceAll(m.Value, "\r\n", "\n")
		}
		e.Bindings = append(e.Bindings, Binding{Name: s.slice(start+m.NameStart+1, start+m.NameEnd-1), Value: m.Value})
		e.Bindings[i].Name.Value = m.Name
	}
	empty(&s.room.members, members)
}
