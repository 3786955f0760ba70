package library

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// A Type is what a YAML node is, by the table of [Node].
type Type int

// The types of a [Node].
const (
	Null Type = iota
	Bool
	Int
	Float
	String
	List
	Map
)

var typeNames = [...]string{"null", "boolean", "integer", "number", "text", "list", "mapping"}

// String returns the name of the type as messages use it.
func (t Type) String() string { return typeNames[t] }

// Phrase returns the name of the type with its article.
func (t Type) Phrase() string {
	switch t {
	case Null, String:
		return t.String()
	case Int:
		return "an integer"
	}
	return "a " + t.String()
}

// A Node is a YAML value with its place. Scalars that stand without quotes are
// typed by one table: empty, ~ and null in any case are Null; true and false in
// any case are Bool; integers and decimals as in the YAML 1.2 core schema are
// Int and Float; all else, dates and yes and no among it, is String. Text.Value
// keeps what was written: 1.10 stays "1.10". For lists and mappings Text has a
// place but no value.
//
// All methods may be called on a nil Node, which is a missing value.
type Node struct {
	Type  Type
	Text  Text
	Items []*Node // of a List
	Pairs []Pair  // of a Map, in file order, duplicate keys included
}

// A Pair is a key of a mapping and its value.
type Pair struct {
	Key   Text
	Value *Node
}

// Get returns the value of the first pair with that key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key.Value == key {
			return n.Pairs[i].Value
		}
	}
	return nil
}

// Members returns the pairs of a mapping, and none of anything else.
func (n *Node) Members() []Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}

// Elements returns the items of a list, and none of anything else.
func (n *Node) Elements() []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// Scalar returns the text of a scalar that is not null; for anything else a
// zero Text.
func (n *Node) Scalar() Text {
	if n == nil || n.Type == List || n.Type == Map || n.Type == Null {
		return Text{}
	}
	return n.Text
}

// Scalars returns the scalars of a list, or a single scalar as a list of one.
// Null and nested items are left out.
func (n *Node) Scalars() []Text {
	return n.scalars(&stock[Text]{})
}

// scalars is Scalars for a list in the memory of a prompt.
func (n *Node) scalars(own *stock[Text]) []Text {
	if n == nil {
		return nil
	}
	items := n.Items
	if n.Type != List {
		items = []*Node{n}
	}
	if len(items) == 0 {
		return nil
	}
	texts := own.take(len(items))
	for _, item := range items {
		if t := item.Scalar(); !t.IsZero() {
			texts = append(texts, t)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return texts
}

// At returns the place that a JSON Pointer (RFC 6901) leads to: the value there,
// or the deepest value above it that exists. The empty pointer is n itself.
func (n *Node) At(pointer string) Text {
	value, _ := n.find(pointer)
	return value
}

// KeyAt returns the place of the key that a JSON Pointer ends in, or what
// [Node.At] returns where there is no such key.
func (n *Node) KeyAt(pointer string) Text {
	_, key := n.find(pointer)
	return key
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

func (n *Node) find(pointer string) (value, key Text) {
	if n == nil {
		return Text{}, Text{}
	}
	value, key = n.Text, n.Text
	for pointer != "" {
		var next *Node
		token, rest, more := strings.Cut(pointer[1:], "/")
		if pointer = ""; more {
			pointer = "/" + rest
		}
		token = unescapePointer.Replace(token)
		key = n.Text
		if i, err := strconv.Atoi(token); n.Type == List && err == nil && i >= 0 && i < len(n.Items) {
			next = n.Items[i]
			key = next.Text
		}
		for i := range n.Pairs {
			if n.Pairs[i].Key.Value == token {
				next, key = n.Pairs[i].Value, n.Pairs[i].Key
				break
			}
		}
		if next == nil {
			return n.Text, n.Text
		}
		n, value = next, next.Text
	}
	return value, key
}

// JSON returns the value as encoding/json would decode it: nil, bool, float64,
// string, []any or map[string]any, of duplicate keys the first. Numbers that
// JSON has no form for, such as .inf, become their source text.
func (n *Node) JSON() any {
	if n == nil {
		return nil
	}
	switch n.Type {
	case Null:
		return nil
	case Bool:
		return strings.EqualFold(n.Text.Value, "true")
	case Int, Float:
		if f, ok := number(n.Text.Value); ok {
			return f
		}
		return n.Text.Value
	case List:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = item.JSON()
		}
		return items
	case Map:
		members := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			if _, ok := members[p.Key.Value]; !ok {
				members[p.Key.Value] = p.Value.JSON()
			}
		}
		return members
	}
	return n.Text.Value
}

func number(s string) (float64, bool) {
	if len(s) > 2 && (s[1] == 'x' || s[1] == 'o') {
		i, err := strconv.ParseUint(s, 0, 64)
		return float64(i), err == nil
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f-f == 0 // not Inf, not NaN
}

// typeOf types a scalar that stands without quotes.
func typeOf(s string) Type {
	if s == "" {
		return Null
	}
	switch c := s[0]; {
	case c == '~' || c == 'n' || c == 'N':
		if s == "~" || strings.EqualFold(s, "null") {
			return Null
		}
	case c == 't' || c == 'T' || c == 'f' || c == 'F':
		if strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
			return Bool
		}
	case c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.':
		return numberType(s)
	}
	return String
}

func numberType(s string) Type {
	if rest, ok := strings.CutPrefix(s, "0x"); ok && rest != "" && strings.Trim(rest, "0123456789abcdefABCDEF") == "" {
		return Int
	}
	if rest, ok := strings.CutPrefix(s, "0o"); ok && rest != "" && strings.Trim(rest, "01234567") == "" {
		return Int
	}
	switch s {
	case ".nan", ".NaN", ".NAN":
		return Float
	}
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	switch s {
	case ".inf", ".Inf", ".INF":
		return Float
	}
	whole := len(s) - len(strings.TrimLeft(s, "0123456789"))
	rest := s[whole:]
	if rest == "" && whole > 0 {
		return Int
	}
	digits := whole
	if strings.HasPrefix(rest, ".") {
		fraction := len(rest) - 1 - len(strings.TrimLeft(rest[1:], "0123456789"))
		digits += fraction
		rest = rest[1+fraction:]
	}
	if digits == 0 {
		return String
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		exponent := strings.TrimLeft(rest[1:], "+-")
		if len(rest)-1-len(exponent) > 1 || exponent == "" || strings.Trim(exponent, "0123456789") != "" {
			return String
		}
		rest = ""
	}
	if rest != "" {
		return String
	}
	return Float
}

// ReadYAML reads one YAML document. It returns what could be read, nil for an
// empty document, and the problems met. Anchors, aliases, merge keys, tags and
// further documents are refused: a file that people review must have one
// reading.
func ReadYAML(path string, text []byte) (*Node, []Problem) {
	s := newSource(path, string(text))
	r := yamlReader{source: s, start: s.first, end: len(s.text)}
	r.problems = encodingProblems(s)
	node := r.read()
	return node, r.problems
}

// A yamlReader reads the YAML between two offsets of a source.
type yamlReader struct {
	*source
	start, end int
	lineZero   int // index of the line at start
	problems   []Problem
	text       string // of [start,end), with what the parser would choke on blanked out
	mark       mark   // the last one that offset was asked for
}

// A mark is a line and column of the parser, and where they lead.
type mark struct{ line, column, offset int }

func (r *yamlReader) report(kind Kind, at Text, format string, args ...any) {
	r.problems = append(r.problems, Problem{Kind: kind, At: at, Message: fmt.Sprintf(format, args...)})
}

func (r *yamlReader) read() *Node {
	r.lineZero = r.lineOf(r.start)
	r.text = r.blankUnsafe(r.source.text[r.start:r.end])
	loader, err := yaml.NewLoader(strings.NewReader(r.text))
	if err != nil {
		r.report(InvalidYAML, r.at(r.start), "YAML cannot be read: %v", err)
		return nil
	}
	var document yaml.Node
	switch err := loader.Load(&document); {
	case err == io.EOF || err == nil && len(document.Content) == 0:
		return nil
	case err != nil:
		r.invalid(err)
		return nil
	}
	root := r.node(document.Content[0])
	r.second(loader, root)
	return root
}

// second reports a further document, whether it can be read or not.
func (r *yamlReader) second(loader *yaml.Loader, root *Node) {
	var document yaml.Node
	var load *yaml.LoadError
	if err := loader.Load(&document); !errors.As(err, &load) && (err != nil || len(document.Content) == 0) {
		return
	}
	for i := r.lineOf(root.Text.End.Offset); i < r.count() && r.lines[i] < r.end; i++ {
		if line := r.lineText(i); strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...") {
			r.report(UnsupportedYAML, r.wholeLine(i), "a second YAML document begins here and would be ignored; remove it")
			return
		}
	}
}

// blankUnsafe replaces characters that the parser refuses, or counts as line
// ends that no editor shows, by as many blanks, and reports the first of each
// kind. Every offset stays as it was.
func (r *yamlReader) blankUnsafe(text string) string {
	if !hasUnsafe(text) {
		return text
	}
	b := []byte(text)
	reported := map[Kind]bool{}
	blank := func(kind Kind, i, size int, format string, args ...any) {
		for k := range size {
			b[i+k] = ' '
		}
		if !reported[kind] {
			reported[kind] = true
			r.report(kind, r.slice(r.start+i, r.start+i+size), format, args...)
		}
	}
	indent := true
	var tabs tabRule
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == '\n':
			indent = true
			i += size
			continue
		case c == '\t' && indent && !tabs.allowed(text, i):
			blank(TabIndent, i, size, "tab in the indentation; YAML allows only spaces there")
		case c == utf8.RuneError && size == 1:
			for k := range size {
				b[i+k] = '_' // means nothing to YAML
			}
		case c == '\u0085' || c == '\u2028' || c == '\u2029':
			blank(UnsafeCharacter, i, size, "%U is a line end to YAML and invisible to readers; remove it", c)
		case c == '\r' && !strings.HasPrefix(text[i+1:], "\n"):
			blank(UnsafeCharacter, i, size, "carriage return without a line feed, which is a line end to YAML and to few readers; remove it")
		case c < ' ' && c != '\t' && c != '\r' || c >= 0x7f && c < 0xa0 || c == bomRune || c == 0xfffe || c == 0xffff:
			blank(UnsafeCharacter, i, size, "control character %U; remove it", c)
		}
		if c != ' ' && c != '\t' {
			indent = false
		}
		i += size
	}
	return string(b)
}

// A tabRule knows where a tab at the start of a line is part of a value: in a
// block scalar, after the spaces that indent it.
type tabRule struct {
	line   int // offset up to which lines were looked at
	indent int // of the line that announces the block scalar
	block  bool
}

// allowed reports whether the tab at an offset of the text is part of a value.
// It must be asked in file order.
func (t *tabRule) allowed(text string, offset int) bool {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	for t.line < start {
		line, _, _ := strings.Cut(text[t.line:], "\n")
		t.line += len(line) + 1
		if isBlank(line) || t.block && indentOf(line) > t.indent {
			continue
		}
		t.indent, t.block = indentOf(line), announcesBlock(line)
	}
	return t.block && indentOf(text[start:offset]) > t.indent
}

// TabIndents returns the offsets of the tabs in the indentation of a YAML text
// that are no part of a value: those that [TabIndent] is about.
func TabIndents(text string) []int {
	var offsets []int
	var tabs tabRule
	indent := true
	for i := range len(text) {
		if text[i] == '\t' && indent && !tabs.allowed(text, i) {
			offsets = append(offsets, i)
		}
		indent = text[i] == '\n' || indent && (text[i] == ' ' || text[i] == '\t')
	}
	return offsets
}

// announcesBlock reports whether a line ends in the indicator of a block scalar.
func announcesBlock(line string) bool {
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
	}
	line = strings.TrimRight(strings.TrimRight(line, " \t\r"), "+-123456789")
	return strings.HasSuffix(line, " |") || strings.HasSuffix(line, " >")
}

const bomRune = '\ufeff'

// hasUnsafe is a quick look whether blankUnsafe has anything to do. A tab is
// reason enough to look closer.
func hasUnsafe(text string) bool {
	ascii := true
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' && c != '\n' && c != '\r', c == 0x7f, c == '\r' && !strings.HasPrefix(text[i+1:], "\n"):
			return true
		case c >= 0x80:
			ascii = false
			if c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0 { // C1 controls
				return true
			}
		}
	}
	return !ascii && (!utf8.ValidString(text) || strings.ContainsAny(text, "\u2028\u2029\ufeff\ufffe\uffff"))
}

// at returns the place of one offset, without a value.
func (s *source) at(offset int) Text {
	p := s.pos(offset)
	return Text{Pos: p, End: p}
}

// offset turns a line and column of the parser, both from 1 and columns in code
// points, into an offset.
func (r *yamlReader) offset(line, column int) int {
	if line < 1 {
		return r.start
	}
	i := r.lineZero + line - 1
	if i >= len(r.lines) {
		return r.end
	}
	m := mark{line, 1, max(r.lines[i], r.start)}
	if r.mark.line == line && r.mark.column <= column {
		m = r.mark
	}
	for ; m.column < column && m.offset < r.end; m.column++ {
		_, size := utf8.DecodeRuneInString(r.text[m.offset-r.start:])
		m.offset += size
	}
	r.mark = m
	return min(m.offset, r.end)
}

func (r *yamlReader) place(n *yaml.Node) int { return r.offset(n.Line, n.Column) }

// node turns a parsed node into ours.
func (r *yamlReader) node(y *yaml.Node) *Node {
	start := r.properties(y)
	switch y.Kind {
	case yaml.AliasNode:
		at := r.slice(start, min(start+1+len(y.Value), r.end))
		r.report(UnsupportedYAML, at, "alias %q; write the value out", "*"+y.Value)
		return &Node{Type: Null, Text: at}
	case yaml.SequenceNode:
		n := &Node{Type: List, Text: r.at(start), Items: make([]*Node, len(y.Content))}
		for i, item := range y.Content {
			n.Items[i] = r.node(item)
			n.Text = spanning(n.Text, n.Items[i].Text, n.Items[i].Text)
		}
		if y.Style&yaml.FlowStyle != 0 {
			n.Text.End = r.pos(r.flowEnd(n.Text.End.Offset, start))
		}
		return n
	case yaml.MappingNode:
		n := &Node{Type: Map, Text: r.at(start), Pairs: make([]Pair, 0, len(y.Content)/2)}
		for i := 0; i+1 < len(y.Content); i += 2 {
			p := r.pair(y.Content[i], y.Content[i+1])
			n.Pairs = append(n.Pairs, p)
			n.Text = spanning(n.Text, p.Key, p.Value.Text)
		}
		if y.Style&yaml.FlowStyle != 0 {
			n.Text.End = r.pos(r.flowEnd(n.Text.End.Offset, start))
		}
		r.duplicates(y, n.Pairs)
		return n
	}
	return r.scalar(y, start)
}

// spanning returns the place of a collection that ends where last ends. An
// anchor in front of a mapping may be that of a first key which is nothing, and
// then the key stands before what [yamlReader.properties] took for the start.
func spanning(collection, first, last Text) Text {
	if first.Pos.Offset < collection.Pos.Offset {
		collection.Pos = first.Pos
	}
	collection.End = last.End
	return collection
}

// properties reports the anchor and the tag of a node, and returns where the node
// itself begins: the parser gives the place of the first of them.
func (r *yamlReader) properties(y *yaml.Node) int {
	start := r.place(y)
	if y.Kind == yaml.AliasNode {
		return start
	}
	end, value := start, start
	tag := ""
	for value < r.end && (r.char(value) == '&' || r.char(value) == '!') {
		if r.char(value) == '&' {
			end = min(value+1+len(y.Anchor), r.end)
		} else {
			end = r.tagEnd(value)
			tag = r.source.text[value:end]
		}
		value = r.skipBlank(end)
	}
	if y.Anchor != "" {
		r.report(UnsupportedYAML, r.slice(start, end), "anchor %q; write the value out where it is used", "&"+y.Anchor)
	}
	// A lone "!" leaves no trace in a parsed node. In front of a mapping without
	// braces it may be that of the first key.
	if y.Style&yaml.TaggedStyle != 0 || tag == "!" && (y.Kind == yaml.ScalarNode || y.Style&yaml.FlowStyle != 0) {
		r.report(UnsupportedYAML, r.slice(start, end), "explicit tag %q; remove it", cmp.Or(y.Tag, tag))
	}
	if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0 {
		return end // nothing, which stands nowhere else
	}
	return value
}

// tagEnd returns the offset just past the tag at an offset.
func (r *yamlReader) tagEnd(offset int) int {
	stop := " \t\r\n,[]{}"
	if strings.HasPrefix(r.text[offset-r.start:], "!<") {
		stop = "> \t\r\n"
	}
	n := strings.IndexAny(r.text[offset-r.start:], stop)
	switch {
	case n < 0:
		return r.end
	case r.char(offset+n) == '>':
		n++
	}
	return offset + n
}

// char returns the character at an offset as the parser saw it.
func (r *yamlReader) char(offset int) byte { return r.text[offset-r.start] }

// skipBlank returns the offset of the first character from offset on that is
// neither white space nor in a comment.
func (r *yamlReader) skipBlank(offset int) int {
	for ; offset < r.end; offset++ {
		switch c := r.char(offset); {
		case c == '#' && offset > r.start && isSpace(r.char(offset-1)):
			offset = r.lineEnd(offset) - 1
		case !isSpace(c):
			return offset
		}
	}
	return r.end
}

func (r *yamlReader) pair(key, value *yaml.Node) Pair {
	k := r.node(key)
	switch {
	case key.Kind != yaml.ScalarNode:
		r.report(UnsupportedYAML, k.Text, "a key that is %s; put it in quotes", k.Type.Phrase())
	case key.Tag == "!!merge" && key.Style == 0:
		r.report(UnsupportedYAML, k.Text, "merge key \"<<\"; write the values out")
	case k.Type != String:
		r.report(UnsupportedYAML, k.Text, "key %q is read as %s, not as text; put it in quotes", k.Text.Value, k.Type)
	}
	return Pair{Key: k.Text, Value: r.node(value)}
}

func (r *yamlReader) duplicates(y *yaml.Node, pairs []Pair) {
	if len(pairs) < 2 {
		return
	}
	first := make(map[string]int, len(pairs))
	for i := range pairs {
		if y.Content[2*i].Kind != yaml.ScalarNode {
			continue
		}
		key := pairs[i].Key
		j, ok := first[key.Value]
		if !ok {
			first[key.Value] = i
			continue
		}
		r.problems = append(r.problems, Problem{
			Kind:    DuplicateKey,
			At:      key,
			Message: fmt.Sprintf("key %q is already on line %d; readers disagree which one counts, so keep one", key.Value, pairs[j].Key.Pos.Line),
			Related: []Related{{Pos: pairs[j].Key.Pos, End: pairs[j].Key.End, Message: "the first " + strconv.Quote(key.Value)}},
		})
	}
}

func (r *yamlReader) scalar(y *yaml.Node, start int) *Node {
	end := r.scalarEnd(y, start)
	n := &Node{Type: String, Text: Text{Value: y.Value, Pos: r.pos(start), End: r.pos(end)}}
	if y.Style&^yaml.TaggedStyle != 0 {
		return n
	}
	n.Type = typeOf(y.Value)
	if n.Text.End.Line > n.Text.Pos.Line {
		for i := n.Text.Pos.Line; i < n.Text.End.Line; i++ {
			line := strings.TrimLeft(r.lineText(i), " ")
			if strings.HasPrefix(line, "- ") {
				r.report(FoldedItems, r.wholeLine(i), "this list item is read as part of the value %q above it; indent all items of a list alike", cut(y.Value, 40))
				break
			}
		}
	}
	return n
}

// scalarEnd finds where the source of a scalar ends: the parser gives only its
// start.
func (r *yamlReader) scalarEnd(y *yaml.Node, start int) int {
	src := r.text
	i := start - r.start
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		for i++; i < len(src) && src[i] != '"'; i++ {
			if src[i] == '\\' {
				i++
			}
		}
		return r.start + min(i+1, len(src))
	case y.Style&yaml.SingleQuotedStyle != 0:
		for i++; i < len(src); i++ {
			if src[i] != '\'' {
				continue
			}
			if i+1 < len(src) && src[i+1] == '\'' {
				i++
				continue
			}
			break
		}
		return r.start + min(i+1, len(src))
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return r.blockEnd(start)
	}
	if strings.HasPrefix(src[i:], y.Value) {
		return start + len(y.Value)
	}
	// A plain scalar over several lines: the same characters but for white space.
	for _, c := range y.Value {
		if c == ' ' || c == '\t' || c == '\n' {
			continue
		}
		for i < len(src) && isSpace(src[i]) {
			i++
		}
		if !strings.HasPrefix(src[i:], string(c)) {
			break
		}
		i += utf8.RuneLen(c)
	}
	return r.start + i
}

// blockEnd returns the end of a block scalar whose indicator stands at start:
// the last line that is indented deeper than the line of the indicator.
func (r *yamlReader) blockEnd(start int) int {
	first := r.lineOf(start)
	indent := indentOf(r.lineText(first))
	_, end := r.line(first)
	for i := first + 1; i < len(r.lines) && r.lines[i] < r.end; i++ {
		text := r.lineText(i)
		if isBlank(text) {
			continue
		}
		if indentOf(text) <= indent {
			break
		}
		_, end = r.line(i)
	}
	return min(end, r.end)
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func (r *yamlReader) lineEnd(offset int) int {
	_, end := r.line(r.lineOf(offset))
	return min(end, r.end)
}

// flowEnd returns the offset just past the bracket that closes the flow
// collection at start, whose last item ends at the offset from. A mapping of one
// pair may stand in a flow list without brackets.
func (r *yamlReader) flowEnd(from, start int) int {
	if start == r.end || r.char(start) != '[' && r.char(start) != '{' {
		return from
	}
	i := r.skipBlank(max(from, start+1))
	for i < r.end && strings.IndexByte(",:?", r.char(i)) >= 0 {
		i = r.skipBlank(i + 1)
	}
	return min(i+1, r.end)
}

// invalid reports a parse error in our words, at the place a person has to
// mend.
func (r *yamlReader) invalid(err error) {
	for _, p := range r.problems {
		if p.Kind == TabIndent || p.Kind == UnsafeCharacter {
			return // the cause is reported already
		}
	}
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		r.report(InvalidYAML, r.at(r.start), "YAML cannot be read: %v", err)
		return
	}
	mark := load.Mark
	context := load.ContextMsg
	escape := isEscape(load)
	if strings.Contains(context, "quoted scalar") && !escape || strings.Contains(context, "simple key") || strings.Contains(context, "flow") {
		mark = load.ContextMark
	}
	at := r.offset(mark.Line, mark.Column)
	for at > r.start && (at == r.end || isSpace(r.source.text[at])) {
		at-- // an error at the end of a line or the text is about what stands before
	}
	if escape {
		at = max(r.start, strings.LastIndexByte(r.source.text[:at+1], '\\'))
	}
	r.report(InvalidYAML, r.toLineEnd(at), "%s", explain(load, r.source.text[at:r.end]))
}

func (r *yamlReader) toLineEnd(at int) Text { return r.trimmed(at, max(at, r.lineEnd(at))) }

// isEscape reports whether an error is about an escape in double quotes.
func isEscape(e *yaml.LoadError) bool {
	return strings.Contains(e.Message, "escape") || strings.Contains(e.Message, "hexadecimal")
}

// explain says what to do about an error of the YAML parser; rest is the text
// from the place of the error on.
func explain(e *yaml.LoadError, rest string) string {
	first, _ := utf8.DecodeRuneInString(rest)
	switch m := e.Message; {
	case strings.Contains(m, "exceeded max depth"):
		return "values are nested thousands of levels deep here; take levels out"
	case isEscape(e):
		return `a backslash in double quotes begins an escape, and this is none; write \\ for a backslash, or use single quotes`
	case strings.Contains(m, "cannot start any token"), strings.Contains(m, "alphabetic or numeric"), strings.Contains(m, "found unexpected directive"):
		return fmt.Sprintf("a value cannot begin with %q; put it in quotes", first)
	case strings.Contains(m, "mapping values are not allowed"):
		return "\": \" inside a value that stands without quotes, or wrong indentation; put the value in quotes"
	case strings.Contains(e.ContextMsg, "quoted scalar"):
		return "this quote is never closed, or the value holds a quote that is not escaped"
	case strings.Contains(m, "could not find expected ':'"):
		return "this line is no \"key: value\"; indent it if it continues the value above"
	case strings.Contains(e.ContextMsg, "flow") && first != '[' && first != '{':
		return "a value is missing here, or a bracket before it is never closed"
	case strings.Contains(e.ContextMsg, "flow"):
		return fmt.Sprintf("this %q is never closed, or an item is not followed by a comma", first)
	case strings.Contains(m, "did not find expected key"):
		return "this line does not fit the mapping it stands in; check quotes and indentation here and on the line above"
	case strings.Contains(m, "block sequence"), strings.Contains(m, "'-' indicator"):
		return "this line does not fit the list above it; indent all items of a list alike"
	case strings.Contains(m, "<document start>"):
		return "this line does not fit what stands above it; indent all keys alike"
	case strings.Contains(m, "unknown anchor"):
		return "alias of an anchor that does not exist; put a value that begins with \"*\" in quotes"
	}
	return "invalid YAML: " + e.Message
}

// cut shortens s to about n code points for a message.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
