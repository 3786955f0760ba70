package library

import (
	"slices"
	"strconv"
	"strings"

	"promptlib/schema"
)

// An OutputKind says what the expected output of an example looks like.
type OutputKind string

// The kinds of expected output.
const (
	NoOutput    OutputKind = "none"
	JSON        OutputKind = "json"         // a JSON object or array, or any value in a json code block
	InvalidJSON OutputKind = "invalid-json" // begins like JSON and does not parse
	Markdown    OutputKind = "markdown"     // has a heading, a bold label, a table or a list
	PlainText   OutputKind = "text"
)

// An Example is an input and what the prompt should make of it.
type Example struct {
	Number   int    // from 1, in file order
	Name     string // as in "Example 2", or the title given
	Marker   Text   // the line that begins it
	Input    Text   // without its code fence; zero when there is none
	Output   Text   // likewise
	Kind     OutputKind
	JSONErr  *schema.SyntaxError // why the output is InvalidJSON; its offset is into Output.Value
	Bindings []Binding
	Unbound  []Text // lines of the input that bind nothing, in a dialect whose inputs bind variables line by line

	shape uint64 // of the output, as schema.ScanShape returns it
}

// SharesShape reports whether it is certain that the outputs of two examples are
// JSON objects whose members have the same names, in the same order.
func (e *Example) SharesShape(other *Example) bool { return e.shape != 0 && e.shape == other.shape }

// A Binding gives a variable a value in the input of an example.
type Binding struct {
	Name  Text
	Value string
}

// A part of an example is what a marker line announces.
type part int

const (
	noPart part = iota
	examplePart
	inputPart
	outputPart
)

// A marker is a line such as "Input:", "**Expected Output:**" or "### Example 2".
type marker struct {
	part   part
	title  string
	number int  // of an example; 0 when it has none
	rest   int  // offset in the line of what follows the marker
	plain  bool // neither a heading nor bold
}

// partOf returns what a label in lower case announces.
func partOf(label string) part {
	switch label {
	case "input", "example input", "sample input":
		return inputPart
	case "output", "expected output", "example output", "sample output",
		"excerpt of expected output", "expected output excerpt", "excerpt of output", "output excerpt":
		return outputPart
	case "example":
		return examplePart
	}
	return noPart
}

// readMarker reads a line as a marker: a heading, a bold label, or a word with a
// colon.
func readMarker(line string) (marker, bool) {
	switch { // as nearly all are, first
	case line == "Input:":
		return marker{part: inputPart, rest: len(line), plain: true}, true
	case line == "Output:":
		return marker{part: outputPart, rest: len(line), plain: true}, true
	case line == "" || !beginsMarker[line[0]]:
		return marker{}, false
	}
	var mk marker
	label, title := "", ""
	if line[0] == '#' {
		_, text, ok := atxHeading(line)
		if !ok {
			return marker{}, false
		}
		mk.rest = len(line)
		label, title, _ = strings.Cut(strings.Trim(text, "*"), ":")
	} else if inner, ok := strings.CutPrefix(line, "**"); ok {
		end := strings.Index(inner, "**")
		if end < 0 {
			return marker{}, false
		}
		mk.rest = end + 4
		label, title, _ = strings.Cut(inner[:end], ":")
		if strings.HasPrefix(line[mk.rest:], ":") {
			mk.rest++
		}
	} else {
		n := strings.IndexByte(line[:min(len(line), 40+1)], ':')
		if n < 0 {
			return marker{}, false
		}
		label = line[:n]
		mk.rest = n + 1
		mk.plain = true
	}
	if i := strings.IndexByte(label, '('); i > 0 {
		label = label[:i]
	}
	label = strings.ToLower(strings.TrimSpace(label))
	if number, ok := strings.CutPrefix(label, "example"); ok && number != "" && isSpace(number[0]) {
		if mk.number = atoi(strings.TrimSpace(number)); mk.number > 0 {
			label = "example"
		}
	}
	mk.part = partOf(label)
	switch {
	case mk.part == noPart:
		return marker{}, false
	case mk.part == examplePart && mk.plain:
		mk.title, mk.rest = strings.TrimSpace(line[mk.rest:]), len(line)
	case mk.part == examplePart:
		mk.title = strings.TrimSpace(title)
	case strings.TrimSpace(title) != "": // "**Input: a long one**" is no marker
		return marker{}, false
	}
	return mk, true
}

// beginsMarker are the characters that a marker may begin with: those of
// headings and bold text, and the first letters of the labels of partOf. All are
// in beginsSign.
var beginsMarker = characters("#*EIOS")

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > 9999 {
			return 0
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// An exampleReader reads the examples in the lines from first up to the offset
// limit.
type exampleReader struct {
	*source
	md       *markdown
	limit    int
	plain    bool // markers may be plain words with a colon
	examples []Example
	others   int    // how many of them were read before
	seen     int    // the line that nextMarker found last, which is asked for again
	mark     marker // of seen
	shape    uint64 // of the JSON that value read last
	headed   bool   // examples are announced by a marker of their own
	brackets [2]int // what lastBracket found last for } and ]; count() for none
}

// readExamples adds the examples of the lines from the offset start up to limit
// to those that were read before.
func readExamples(examples []Example, s *source, md *markdown, start, limit int, plain bool) []Example {
	r := &exampleReader{source: s, md: md, limit: limit, plain: plain, examples: examples, others: len(examples)}
	for i, mk := r.nextMarker(r.lineOf(start)); i < r.count(); i, mk = r.nextMarker(i) {
		i = r.take(i, mk)
	}
	for i := r.others; i < len(r.examples); i++ {
		if e := &r.examples[i]; e.Output.IsZero() {
			e.Kind = NoOutput
		}
	}
	return r.examples
}

// numberExamples counts the examples of a prompt, and names those without a title.
func numberExamples(examples []Example) {
	for i := range examples {
		e := &examples[i]
		e.Number = i + 1
		if e.Name == "" {
			e.Name = "Example " + strconv.Itoa(e.Number)
		}
	}
}

func (r *exampleReader) marker(i int) (marker, bool) {
	if at := r.lines[i]; r.md.code[i] || at == len(r.text) || !beginsMarker[r.text[at]] {
		return marker{}, false
	}
	mk, ok := readMarker(r.lineText(i))
	return mk, ok && (r.plain || !mk.plain)
}

// take reads what a marker on line i announces and returns the line after it.
func (r *exampleReader) take(i int, mk marker) int {
	if mk.part == examplePart {
		if !r.announces(i) {
			return i + 1
		}
		r.headed = true
		name := strings.Trim(r.lineText(i), "#*: \t")
		if mk.title != "" {
			name = mk.title
		}
		e := r.add(i)
		e.Name = name
		return i + 1
	}
	start, _ := r.line(i)
	from := min(start+mk.rest, r.limit)
	to, next, isJSON := r.value(i, from, mk.part)
	text, info := r.unfence(from, to)
	if len(r.examples) == r.others || mk.part == inputPart && !r.examples[len(r.examples)-1].Input.IsZero() {
		r.add(i)
	}
	e := &r.examples[len(r.examples)-1]
	if mk.part == inputPart {
		e.Input = text
	} else {
		e.Output = text
		if e.Kind, e.shape = JSON, r.shape; !isJSON {
			e.Kind, e.shape, e.JSONErr = outputKind(text.Value, info)
		}
	}
	return next
}

// add adds the example that line i begins.
func (r *exampleReader) add(i int) *Example {
	if r.examples == nil {
		most := 1
		if r.plain {
			most = 2 // as most prompts of dialect A have
		}
		r.examples = r.own.examples.take(most)
	}
	r.examples = append(r.examples, Example{Marker: r.wholeLine(i)})
	return &r.examples[len(r.examples)-1]
}

// announces reports whether the next line that is not blank after an example
// marker begins an input or output; if not, the marker is part of the prose.
func (r *exampleReader) announces(i int) bool {
	for i++; i < r.count() && r.lines[i] < r.limit; i++ {
		if isBlank(r.lineText(i)) {
			continue
		}
		mk, ok := r.marker(i)
		return ok && mk.part != examplePart
	}
	return false
}

// value finds where the value that begins at offset from ends, and the line to
// go on with: at the next marker that may follow. A marker inside a JSON value
// follows nothing. Whether all of the value is JSON is reported where it stands
// without a code fence.
func (r *exampleReader) value(line, from int, of part) (to, next int, isJSON bool) {
	i, jsonEnd := line+1, -1
	text := strings.TrimLeft(r.text[from:r.limit], " \t\r\n")
	if text != "" && (text[0] == '{' || text[0] == '[') {
		at := r.limit - len(text)
		last := r.lastBracket(at)
		next, _ := r.nextMarker(max(i, r.lineOf(at)))
		switch {
		case last < 0 || of == inputPart && next > last:
			// Nothing is gained by reading it as JSON.
		default:
			// No line of a JSON value looks like a marker.
			limit := r.limit
			if next < r.count() {
				limit = min(limit, r.lines[next])
			}
			if end, shape, err := schema.ScanShape(r.text[at:limit]); err == nil {
				jsonEnd, r.shape = at+end, shape
				i = r.lineOf(jsonEnd) + 1
			} else {
				i = r.guarded(i, last, of)
			}
		}
	}
	for i, mk := r.nextMarker(i); i < r.count(); i, mk = r.nextMarker(i + 1) {
		if r.follows(i, mk, of) {
			return r.lines[i], i, jsonEnd >= 0 && isBlank(r.text[jsonEnd:r.lines[i]])
		}
	}
	return r.limit, r.count(), jsonEnd >= 0 && isBlank(r.text[jsonEnd:r.limit])
}

// nextMarker returns the first line from i on that is a marker, or count() for
// none.
func (r *exampleReader) nextMarker(i int) (int, marker) {
	if i == r.seen && i > 0 {
		return i, r.mark
	}
	for k := r.sign(i); k < len(r.signs); k++ {
		i := int(r.signs[k])
		if r.lines[i] >= r.limit {
			break
		}
		if mk, ok := r.marker(i); ok {
			r.seen, r.mark = i, mk
			return i, mk
		}
	}
	return r.count(), marker{}
}

// follows reports whether a marker ends the value of a part.
func (r *exampleReader) follows(i int, mk marker, of part) bool {
	switch mk.part {
	case examplePart:
		return r.announces(i) && (mk.number == 0 || mk.number > 1 || len(r.examples) == r.others)
	case inputPart:
		return of == outputPart && !r.headed
	}
	return of == inputPart
}

// lastBracket returns the first line after the offset at that begins with the
// bracket that closes the value there, or -1. Values come in file order, so what
// was found for one may serve the next.
func (r *exampleReader) lastBracket(at int) int {
	bracket, found := byte('}'), &r.brackets[0]
	if r.text[at] == '[' {
		bracket, found = ']', &r.brackets[1]
	}
	if i := r.lineOf(at) + 1; *found < i {
		*found = r.count()
		for _, sign := range r.signs[r.sign(i):] {
			if r.text[r.lines[sign]] == bracket {
				*found = int(sign)
				break
			}
		}
	}
	if *found >= r.count() || r.lines[*found] >= r.limit {
		return -1
	}
	return *found
}

// guarded returns the line from which on markers count again, for a value that
// looks like JSON, does not parse and seems to end on the line last. Only the
// marker that must come next, in its proper order, breaks it off earlier.
func (r *exampleReader) guarded(i, last int, of part) int {
	for i, mk := r.nextMarker(i); i <= last; i, mk = r.nextMarker(i + 1) {
		if of == inputPart && mk.part == outputPart {
			return i
		}
		if of == outputPart && mk.part == examplePart && mk.number == len(r.examples)-r.others+1 && r.announces(i) {
			return i
		}
	}
	return last + 1
}

// unfence returns the text between two offsets, without a rule at its end and
// without the code fence around it, whose info string it returns.
func (r *exampleReader) unfence(from, to int) (text Text, info string) {
	first, last := r.lineOf(from), r.lineOf(max(from, to-1))
	blankFrom := func(i int) bool {
		start, end := r.line(i)
		return isBlank(r.text[min(max(start, from), end):end])
	}
	for last > first && (blankFrom(last) || last == r.md.stray || !r.md.code[last] && isRule(strings.TrimSpace(r.lineText(last)))) {
		last--
	}
	for first < last && blankFrom(first) {
		first++
	}
	i, found := slices.BinarySearchFunc(r.md.fences, first, func(f fence, line int) int { return f.open - line })
	if found && r.lines[first] >= from {
		if f := r.md.fences[i]; f.close == last && f.fenced {
			start := r.lines[f.open+1]
			end := max(start, r.lines[f.close]-1)
			if end > start && r.text[end-1] == '\r' {
				end--
			}
			return r.slice(start, end), f.info
		}
	}
	_, end := r.line(last)
	text = r.trimmed(from, max(from, min(end, to)))
	if text.Value == "" {
		return Text{}, ""
	}
	return text, ""
}

// KindOf says what an expected output that stands by itself looks like.
func KindOf(text string) OutputKind {
	kind, _, _ := outputKind(text, "")
	return kind
}

// outputKind says what an expected output looks like, and its shape.
func outputKind(text, info string) (kind OutputKind, shape uint64, err *schema.SyntaxError) {
	trimmed := strings.TrimSpace(text)
	isJSON := strings.EqualFold(info, "json")
	switch {
	case trimmed == "":
		return NoOutput, 0, nil
	case isJSON || looksLikeJSON(trimmed):
		lead := strings.Index(text, trimmed)
		end, shape, err := schema.ScanShape(trimmed)
		if err == nil && !isBlank(trimmed[end:]) {
			err = &schema.SyntaxError{Offset: end + len(trimmed[end:]) - len(strings.TrimLeft(trimmed[end:], " \t\r\n")), Message: "text after the end of the JSON value"}
		}
		if err == nil {
			return JSON, shape, nil
		}
		err.Offset += lead
		return InvalidJSON, 0, err
	case strings.EqualFold(info, "markdown") || strings.EqualFold(info, "md") || looksLikeMarkdown(trimmed):
		return Markdown, 0, nil
	}
	return PlainText, 0, nil
}

// looksLikeJSON reports whether a text was meant as a JSON object or array. A
// bracketed phrase such as "[... continues ...]" was not.
func looksLikeJSON(text string) bool {
	rest := strings.TrimLeft(text[1:], " \t\r\n")
	if rest == "" {
		return false
	}
	switch text[0] {
	case '{':
		return rest[0] == '"' || rest[0] == '}' || rest[0] == '\'' || strings.HasPrefix(rest, "“")
	case '[':
		return strings.IndexByte(`{["]`, rest[0]) >= 0 || rest[0] >= '0' && rest[0] <= '9'
	}
	return false
}

func looksLikeMarkdown(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if _, _, ok := atxHeading(line); ok || strings.HasPrefix(line, "**") || strings.HasPrefix(line, "|") || listMarker(line, false) > 0 {
			return true
		}
	}
	return false
}
