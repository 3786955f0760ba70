package library

import (
	"slices"
	"strings"
)

var dialectB = &Dialect{
	Name: "B",
	Doc:  "Markdown headings: Description, Prompt, Variables, Example Usage and so on; the input of an example gives values to the [variables] of the Prompt section",

	detect: detectB,
	read:   readB,
}

// SectionsB are the section headings of dialect B, in their customary order.
var SectionsB = []string{"Description", "Use Cases", "Prompt", "Variables", "Example Usage", "Tips", "Related Prompts"}

// The headings that are read as one of SectionsB, in the form of [NormalHeading].
var (
	PromptHeadings   = []string{"prompt", "prompt template", "the prompt"}
	VariableHeadings = []string{"variables"}
	ExampleHeadings  = []string{"example usage", "example", "examples", "usage example", "usage examples"}
	RelatedHeadings  = []string{"related prompts", "related"}
)

// The headings of sections that are read and not customary.
var (
	inputHeadings  = []string{"inputs"}
	systemHeadings = []string{"system", "system prompt", "system message"}
)

// customaryHeadings are SectionsB, normalised.
var customaryHeadings = []string{"description", "use cases", "prompt", "variables", "example usage", "tips", "related prompts"}

// detectB asks for a Prompt section, or for two other customary sections next
// to front matter that carries governance.
func detectB(d *document) bool {
	customary := 0
	for i := range d.md.headings {
		h := &d.md.headings[i]
		if h.level != 2 {
			continue
		}
		if slices.Contains(PromptHeadings, h.normal) {
			return true
		}
		if slices.Contains(customaryHeadings, h.normal) {
			customary++
		}
	}
	return customary >= 2 && slices.ContainsFunc(governanceKeys, func(key string) bool { return d.front.Root.Get(key) != nil })
}

// governanceKeys are front-matter keys that only dialect B uses.
var governanceKeys = []string{
	"governance_tags", "data_classification", "dataClassification", "review_status", "reviewStatus", "risk_level",
	"approval_required", "approval_roles", "regulatory_scope", "retention_period", "governance",
}

func readB(d *document, p *Prompt) {
	p.Sections = markdownSections(d.source, d.md)
	vars := &variableSet{own: &d.own.variables}
	var few [2]*Section
	for _, sec := range findSections(few[:0], p.Sections, VariableHeadings) {
		vars.document(d.source, sec.Body.Pos.Offset, sec.Body.End.Offset)
	}
	for _, sec := range findSections(few[:0], p.Sections, inputHeadings) {
		vars.enter(inputNames(d.source, sec.Body.Pos.Offset, sec.Body.End.Offset))
	}
	for _, sec := range findSections(few[:0], p.Sections, ExampleHeadings) {
		if sec.Level > 2 {
			continue
		}
		p.Examples = readExamples(p.Examples, d.source, d.md, sec.Body.Pos.Offset, sec.Body.End.Offset, false)
	}
	var bound names
	numberExamples(p.Examples)
	for i := range p.Examples {
		bindLines(d.source, &p.Examples[i])
		for j := range p.Examples[i].Bindings {
			bound.add(p.Examples[i].Bindings[j].Name.Value)
		}
	}
	isVariable := func(ph placeholder) bool {
		switch ph.style {
		case Mustache:
			return true
		case Braces:
			return vars.has(ph.name)
		}
		return vars.has(ph.name) || bound.find(ph.name) >= 0 || isSnakeCase(ph.name)
	}
	p.Template = Template{
		System: parts(d.source, promptSpans(d, p, systemHeadings), vars, isVariable),
		User:   parts(d.source, promptSpans(d, p, PromptHeadings), vars, isVariable),
	}
	if len(p.Template.User) == 0 {
		p.Template = Template{}
	}
	p.Variables = vars.list
	related := d.room.texts
	for _, sec := range findSections(few[:0], p.Sections, RelatedHeadings) {
		related = relatedPrompts(related, d.source, d.md, sec)
	}
	p.Related = copied(&d.own.texts, &d.room.texts, related)
}

// promptSpans returns what is sent of the sections with some headings: the code
// block, where there is just one, else the whole text.
func promptSpans(d *document, p *Prompt, headings []string) []span {
	for i := range p.Sections {
		sec := &p.Sections[i]
		if sec.Level != 2 || !slices.Contains(headings, sec.Normal()) || sec.Empty() { // at level 1 it is the title
			continue
		}
		start, end := sec.Body.Pos.Offset, sec.Body.End.Offset
		var block fence
		blocks := 0
		for _, f := range d.md.fences {
			if d.lines[f.open] >= start && d.lines[f.open] < end {
				block = f
				blocks++
			}
		}
		if blocks != 1 {
			for last := d.lineOf(end - 1); last > d.lineOf(start) && !d.md.code[last] && (isBlank(d.lineText(last)) || isRule(d.lineText(last))); last-- {
				end = d.lines[last]
			}
			return []span{{start, end}}
		}
		from, to := len(d.text), len(d.text)
		if block.open+1 < d.count() {
			from = d.lines[block.open+1]
		}
		if block.close < d.count() {
			to = d.lines[block.close]
		}
		return []span{{from, max(from, to)}}
	}
	return nil
}

// bindLines reads an input of "[name]: value" lines. A value goes on until the
// next such line; what stands before the first binds nothing.
func bindLines(s *source, e *Example) {
	limit := e.Input.End.Offset
	bindings := s.room.bindings
	from := -1 // where the value of the last binding begins
	bind := func(to int) {
		if from >= 0 {
			from, to = s.trim(from, to)
			bindings[len(bindings)-1].Value = s.normalised(from, to)
		}
	}
	for i := s.lineOf(e.Input.Pos.Offset); i < s.count() && s.lines[i] < limit; i++ {
		start, end := s.line(i)
		start, end = max(start, e.Input.Pos.Offset), min(end, limit)
		line := s.text[start:end]
		if name, rest, ok := bindingLine(line); ok {
			bind(start)
			at := start + strings.Index(line, name)
			bindings = append(bindings, Binding{Name: s.slice(at, at+len(name))})
			from = end - len(rest)
		} else if char, _, _ := fenceLine(line); from < 0 && char == 0 && !isBlank(line) {
			e.Unbound = append(e.Unbound, s.trimmed(start, end))
		}
	}
	bind(limit)
	e.Bindings = copied(&s.own.bindings, &s.room.bindings, bindings)
}

// bindingLine reads "[name]: value" or "{{name}}: value", which may be an item
// of a list and have its name in code.
func bindingLine(line string) (name, value string, ok bool) {
	head := line[skipSpace(line):]
	head = strings.TrimPrefix(strings.TrimPrefix(head, "- "), "* ")
	code := strings.HasPrefix(head, "`")
	head = strings.TrimPrefix(head, "`")
	if head == "" || head[0] != '[' && head[0] != '{' {
		return "", "", false
	}
	p, ok := placeholderAt(head, 0)
	if !ok {
		return "", "", false
	}
	rest := head[p.end:]
	if code {
		rest = strings.TrimPrefix(rest, "`")
	}
	value, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), ":")
	return p.name, value, ok
}
