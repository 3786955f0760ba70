package library

import (
	"math/bits"
	"strings"
)

// A heading is an ATX or setext heading at the top level of a document.
type heading struct {
	line  int // of the text
	last  int // last line of the heading: the underline of a setext heading
	level int
	text  Text

	normal string // of text, as NormalHeading makes it
}

// A fence is a fenced code block.
type fence struct {
	open   int    // line of the opening fence
	close  int    // line of the closing fence, or the last line of a list item that ends the block; count() of the source where there is neither
	fenced bool   // a fence closes the block
	info   string // info string of the opening fence
}

// A markdown is the block structure of a part of a file, as far as prompts need
// it: headings, code fences and which lines are code.
type markdown struct {
	headings []heading
	fences   []fence
	code     []bool // by line: inside a code fence, the fences included
	stray    int    // line of a fence that opens nothing and is text; -1 for none
	suspect  bool   // a fence inside a block looks like the end of the block
	problems []Problem
}

// readMarkdown reads the lines from first to the end of s as CommonMark (0.31,
// https://spec.commonmark.org), without raw HTML blocks other than comments:
// the tags of prompts are not HTML, and code fences inside them count.
//
// An info string on a closing fence makes it no closing fence, and the block
// runs on. Most often it runs on to the end of the file: then the text is read
// again with any fence closing the block. If that ends inside a block too, and a
// rule, a heading or nothing follows the last opener, that opener is a stray and
// is read as text. Where another fence happens to close the block, a fence with
// an info string closes it if a blank line and then a rule, a heading, a bold
// label or nothing follows, and if that leaves no block open.
func readMarkdown(s *source, first int) *markdown {
	m := scanMarkdown(s, first, strict, -1)
	open := m.unclosed(s)
	switch {
	case open < 0 && !m.suspect:
		return m
	case open < 0:
		again := scanMarkdown(s, first, guessing, -1)
		if again.unclosed(s) >= 0 {
			return m
		}
		m = again
	default:
		m = scanMarkdown(s, first, toggling, -1)
		if open = m.unclosed(s); open >= 0 && opensNothing(s, open) {
			m = scanMarkdown(s, first, toggling, open)
		}
	}
	for _, f := range m.fences {
		if f.fenced {
			if _, _, info := fenceLine(strings.TrimLeft(s.lineText(f.close), " \t")); info != "" {
				m.problems = append(m.problems, fenceInfo(s, f, info))
			}
		}
	}
	if m.stray >= 0 {
		m.problems = append(m.problems, problem(FenceStray, s.wholeLine(m.stray), "stray code fence: it opens a block over the rest of the file; remove it, or the one above that is too many"))
	}
	if open = m.unclosed(s); open >= 0 {
		m.problems = append(m.problems, problem(FenceUnclosed, s.wholeLine(open), "this code fence is never closed; close it with a fence of its own"))
	}
	return m
}

// fenceInfo reports the fence with an info string that ends a block, or that
// begins one inside of it by the looks of the lines around it.
func fenceInfo(s *source, f fence, info string) Problem {
	at := s.wholeLine(f.close)
	if !beginsBlockAt(s.text, at.Pos.Offset, at.End.Offset) {
		return problem(FenceInfo, at, "closing code fence with the info string %q; a renderer takes it for text and swallows what follows, so remove it", info)
	}
	p := problem(FenceInfo, at, "code fence with the info string %q inside the code block of line %d begins no block; close that block above, or give it a longer fence", info, f.open+1)
	open := s.wholeLine(f.open)
	p.Related = []Related{{Pos: open.Pos, End: open.End, Message: "the block that is open"}}
	return p
}

// beginsBlockAt reports whether the fence that stands from start to end of a text
// looks as if it began a block: text follows at once, and what stands above is a
// blank line, a heading, a bold label or a colon.
func beginsBlockAt(text string, start, end int) bool {
	above := strings.TrimRight(text[:start], " \t")
	above = strings.TrimSuffix(strings.TrimSuffix(above, "\n"), "\r")
	above = strings.TrimSpace(above[strings.LastIndexByte(above, '\n')+1:])
	_, below, _ := strings.Cut(text[end:], "\n")
	below, _, _ = strings.Cut(below, "\n")
	below = strings.TrimSpace(below)
	if char, _, _ := fenceLine(below); char != 0 || below == "" || below[0] == '#' || below == delimiter || listMarker(below, false) > 0 {
		return false
	}
	return above == "" || above[0] == '#' || strings.HasPrefix(above, "**") || strings.HasSuffix(above, ":")
}

// unclosed returns the line of the fence that is open at the end, or -1.
func (m *markdown) unclosed(s *source) int {
	if n := len(m.fences); n > 0 && m.fences[n-1].close == s.count() {
		return m.fences[n-1].open
	}
	return -1
}

// opensNothing reports whether the next line that is not blank after a fence is
// a rule, a heading or the end of the file.
func opensNothing(s *source, line int) bool {
	for i := line + 1; i < s.count(); i++ {
		text := s.lineText(i)
		if isBlank(text) {
			continue
		}
		_, _, heading := atxHeading(text)
		return heading || strings.TrimSpace(text) == delimiter
	}
	return true
}

// endsSection reports whether a blank line follows a fence, and then what ends a
// section: no block of code begins like that.
func endsSection(s *source, line int) bool {
	if line+1 < s.count() && !isBlank(s.lineText(line+1)) {
		return false
	}
	return opensNothing(s, line) || labelFollows(s, line)
}

// labelFollows reports whether the next line that is not blank after a fence is
// a bold label such as **Output:**.
func labelFollows(s *source, line int) bool {
	for i := line + 1; i < s.count(); i++ {
		if text := strings.TrimSpace(s.lineText(i)); text != "" {
			label := strings.TrimSuffix(text, ":")
			return len(label) > 4 && strings.HasPrefix(label, "**") && strings.Index(label[2:], "**") == len(label)-4
		}
	}
	return false
}

// A fenceMode says which lines close a code block.
type fenceMode int

const (
	strict   fenceMode = iota // a fence without info string, as in CommonMark
	toggling                  // any fence of the same character, at least as long
	guessing                  // as strict, and such a fence that endsSection
)

// A scanner reads lines into a markdown.
type scanner struct {
	*source
	*markdown
	mode fenceMode

	items     []int // content columns of the open list items
	empty     bool  // the last of items has no content yet
	paragraph int   // line where the open paragraph began; -1 for none
	quoted    bool  // a paragraph of a block quote is open
	inQuote   bool  // a code fence of a block quote is open
	comment   bool  // inside an HTML comment

	inFence bool
	char    byte
	length  int
	column  int // of the list item that holds the fence or comment
}

func scanMarkdown(s *source, first int, mode fenceMode, stray int) *markdown {
	m := s.room.markdown
	if m == nil {
		m = new(markdown)
	}
	*m = markdown{code: s.own.code.take(s.count())[:s.count()], stray: stray, headings: s.room.headings, fences: s.room.fences}
	s.room.markdown, s.room.headings, s.room.fences = nil, nil, nil // the text may be scanned again while m is in use
	var items [8]int
	sc := scanner{source: s, markdown: m, mode: mode, paragraph: -1, items: items[:0]}
	for i := sc.plain(first); i < s.count(); i = sc.plain(i + 1) {
		if !sc.bullet(i) {
			sc.scan(i)
		}
	}
	return m
}

// scan handles a line that is neither plain nor a bullet.
func (sc *scanner) scan(i int) {
	start, end := sc.line(i)
	text := sc.text[start:end]
	column, at := indentation(text, 0, 0)
	blank := at == len(text)
	if sc.inFence {
		if blank || column >= sc.column || sc.mode == toggling {
			sc.fenced(i, text[at:], column)
			return
		}
		// The list item that holds the block ends, and the block with it.
		sc.inFence = false
		sc.fences[len(sc.fences)-1].close = i - 1
	}
	if sc.comment {
		if blank || column >= sc.column {
			sc.comment = !strings.Contains(text, "-->")
			return
		}
		sc.comment = false
	}
	if !blank {
		sc.block(i, text, column, at)
		return
	}
	sc.paragraph, sc.quoted, sc.inQuote = -1, false, false
	if sc.empty { // an item may begin with one blank line, not with two
		sc.items = sc.items[:len(sc.items)-1]
		sc.empty = false
	}
}

// plain handles the lines from i on that are blank or of a paragraph and begin
// with what begins nothing else, or are of a code block, outside of lists. It
// returns the first that is none. Most lines of a prompt are plain.
func (sc *scanner) plain(i int) int {
	if len(sc.items) > 0 || sc.quoted || sc.comment {
		return i
	}
	text, lines := sc.text, sc.lines
	if sc.inFence {
		for ; sc.column == 0 && i < len(lines); i++ {
			at := pastSpaces(text, lines[i])
			if at == len(text) || text[at] == sc.char || text[at] == '\t' {
				break
			}
			sc.code[i] = true
		}
		return i
	}
	for ; i < len(lines); i++ {
		at := pastSpaces(text, lines[i])
		if at == len(text) {
			break
		}
		if text[at] == '\n' {
			sc.paragraph, sc.inQuote = -1, false
			continue
		}
		if beginsBlock[text[at]] {
			break
		}
		if sc.paragraph < 0 {
			if at-lines[i] > 3 {
				break // indented code
			}
			sc.paragraph = i
		}
		sc.inQuote = false
	}
	return i
}

// bullet handles an item of a list as most are, and reports whether it did: a
// bullet, a space, and what begins with what begins nothing else. That such a line
// is no underline, no rule and no lazy one needs no look at the rest of it.
func (sc *scanner) bullet(i int) bool {
	from := sc.lines[i]
	at := pastSpaces(sc.text, from)
	if at+2 >= len(sc.text) || sc.inFence || sc.quoted || sc.comment {
		return false
	}
	if c := sc.text[at]; c != '-' && c != '*' && c != '+' || sc.text[at+1] != ' ' || beginsBlock[sc.text[at+2]] {
		return false
	}
	column, n, base := at-from, len(sc.items), 0
	for n > 0 && column < sc.items[n-1] {
		n--
	}
	if n > 0 {
		base = sc.items[n-1]
	}
	if column-base > 3 || n == maxItems {
		return false
	}
	sc.items = append(sc.items[:n], column+len("- "))
	sc.empty, sc.inQuote, sc.paragraph = false, false, i
	return true
}

// pastSpaces returns the offset of the first byte from at on that is no space.
// The lines of JSON begin with many.
func pastSpaces(text string, at int) int {
	for ; at+8 <= len(text); at += 8 {
		if other := eight(text[at:]) ^ 0x2020202020202020; other != 0 {
			return at + bits.TrailingZeros64(other)/8
		}
	}
	for at < len(text) && text[at] == ' ' {
		at++
	}
	return at
}

// beginsBlock are the characters that a line may begin with that is more than
// text: white space, and those of headings, rules, fences, lists, quotes and
// comments.
var beginsBlock = characters(" \t\r\n#=-_*+~`<>0123456789")

// fenced handles a line inside a code block.
func (sc *scanner) fenced(i int, rest string, column int) {
	sc.code[i] = true
	if column-sc.column > 3 && sc.mode == strict {
		return
	}
	char, length, info := fenceLine(rest)
	if char != sc.char || length < sc.length {
		return
	}
	closes := info == "" || sc.mode == toggling
	if !closes && endsSection(sc.source, i) {
		sc.suspect = true
		closes = sc.mode == guessing
	}
	if closes {
		sc.inFence = false
		block := &sc.fences[len(sc.fences)-1]
		block.close, block.fenced = i, true
	}
}

// maxItems is how deep list items are followed into each other. Deeper ones are
// text: each marker of a line costs a look at the rest of it.
const maxItems = 100

// block handles a line outside of any code block, from its first character that
// is not white space, at offset at and column column, on.
func (sc *scanner) block(i int, text string, column, at int) {
	sc.empty = false
	if sc.continues(text[at:], column) {
		return
	}
	for {
		base := sc.base()
		rest := text[at:]
		if column-base > 3 {
			sc.inQuote = false
			return // indented code, or the next line of a paragraph
		}
		if !beginsBlock[rest[0]] {
			break
		}
		if sc.leaf(i, rest, base) {
			return
		}
		width := listMarker(rest, sc.paragraph >= 0)
		if width == 0 || len(sc.items) == maxItems {
			break
		}
		sc.paragraph, sc.inQuote = -1, false
		next, offset := indentation(text, at+width, column+width)
		sc.empty = offset == len(text)
		content := next
		if sc.empty || next-column-width > 4 {
			content = column + width + 1 // an empty item, or one that begins with indented code
		}
		sc.items = append(sc.items, content)
		if sc.empty {
			return
		}
		column, at = next, offset
	}
	if text[at] == '>' {
		sc.quote(text[at:])
		return
	}
	sc.inQuote = false
	if sc.paragraph < 0 {
		sc.paragraph = i
	}
}

// base is the content column of the innermost open list item.
func (sc *scanner) base() int {
	if n := len(sc.items); n > 0 {
		return sc.items[n-1]
	}
	return 0
}

// continues closes the list items and the block quote that a line is not in. If
// it continues a paragraph of theirs all the same, which CommonMark calls lazy,
// they stay open and the line needs no closer look.
func (sc *scanner) continues(rest string, column int) bool {
	items := sc.items
	for column < sc.base() {
		sc.items = sc.items[:len(sc.items)-1]
	}
	left := sc.quoted || len(sc.items) < len(items)
	if (sc.quoted || left && sc.paragraph >= 0) && (column-sc.base() > 3 || !startsBlock(rest)) {
		sc.items = items
		return true
	}
	if left {
		sc.paragraph, sc.quoted, sc.inQuote = -1, false, false
	}
	return false
}

// leaf handles a line that is a block of its own, if it is one.
func (sc *scanner) leaf(i int, rest string, base int) bool {
	switch rest[0] {
	case '`', '~':
		char, length, info := fenceLine(rest)
		if char == 0 || i == sc.stray {
			return false
		}
		sc.inFence, sc.char, sc.length, sc.column = true, char, length, base
		sc.fences = append(sc.fences, fence{open: i, close: sc.count(), info: info})
		sc.code[i] = true
	case '#', '=':
		if !sc.heading(i, rest) {
			return false
		}
	case '-', '*', '_':
		if !(sc.paragraph >= 0 && sc.heading(i, rest)) && !isRule(rest) {
			return false
		}
	case '<':
		if !strings.HasPrefix(rest, "<!--") {
			return false
		}
		sc.comment, sc.column = !strings.Contains(rest[2:], "-->"), base
	default:
		return false
	}
	sc.paragraph, sc.inQuote = -1, false
	return true
}

// quote handles a line of a block quote. Its blocks are its own; what matters is
// whether the next line may continue a paragraph of it.
func (sc *scanner) quote(rest string) {
	sc.paragraph = -1
	rest = strings.TrimLeft(rest, "> \t")
	for rest != "" {
		width := listMarker(rest, false)
		if width == 0 || isRule(rest) {
			break
		}
		rest = strings.TrimLeft(rest[width:], " \t")
	}
	if char, _, _ := fenceLine(rest); char != 0 {
		sc.inQuote = !sc.inQuote
		return
	}
	_, _, heading := atxHeading(rest)
	sc.quoted = !sc.inQuote && rest != "" && !heading && !isRule(rest)
}

// heading adds a heading, if the line is one or underlines one. Inside a list
// item a heading is read but is no section.
func (sc *scanner) heading(i int, rest string) bool {
	if rest[0] == '#' {
		level, text, ok := atxHeading(rest)
		if !ok || len(sc.items) > 0 {
			return ok
		}
		_, end := sc.line(i)
		start := end - len(rest) + level
		if text != "" {
			start += skipSpace(rest[level:])
		}
		sc.addHeading(i, i, level, sc.slice(start, start+len(text)))
		return true
	}
	if sc.paragraph < 0 || rest[0] != '=' && rest[0] != '-' {
		return false
	}
	level := 0
	switch underline := strings.TrimRight(rest, " \t"); {
	case strings.Trim(underline, "=") == "":
		level = 1
	case strings.Trim(underline, "-") == "":
		level = 2
	default:
		return false
	}
	first := sc.paragraph
	for first < i && isDefinition(sc.lineText(first)) {
		first++
	}
	if first == i {
		sc.paragraph = -1
		return false
	}
	start, _ := sc.line(first)
	_, end := sc.line(i - 1)
	sc.addHeading(first, i, level, sc.trimmed(start, end))
	return true
}

// isDefinition reports whether a line is a link reference definition, which is
// no text of the paragraph it stands in. Note: one that is spread over several
// lines is taken for text.
func isDefinition(line string) bool {
	line = strings.TrimSpace(line)
	label, rest, ok := strings.Cut(line, "]:")
	if !ok || !strings.HasPrefix(label, "[") || isBlank(label[1:]) || strings.ContainsAny(label[1:], "[]") {
		return false
	}
	target := strings.Fields(rest)
	if len(target) < 2 {
		return len(target) == 1
	}
	title := strings.TrimSpace(rest)[len(target[0]):]
	title = strings.TrimLeft(title, " \t")
	n := len(title)
	switch title[0] {
	case '"', '\'':
		return n > 1 && strings.IndexByte(title[1:], title[0]) == n-2
	case '(':
		return n > 1 && strings.IndexAny(title[1:], "()") == n-2 && title[n-1] == ')'
	}
	return false
}

func (sc *scanner) addHeading(line, last, level int, text Text) {
	if len(sc.items) == 0 {
		sc.headings = append(sc.headings, heading{line, last, level, text, NormalHeading(text.Value)})
	}
}

// indentation returns the column and offset of the first character at or after
// offset at that is no space or tab; column is the column of at.
func indentation(text string, at, column int) (int, int) {
	for ; at < len(text); at++ {
		switch text[at] {
		case ' ':
			column++
		case '\t':
			column += 4 - column%4
		default:
			return column, at
		}
	}
	return column, at
}

// fenceLine reads a line, without its indentation, as a code fence.
func fenceLine(rest string) (char byte, length int, info string) {
	if rest == "" || rest[0] != '`' && rest[0] != '~' {
		return 0, 0, ""
	}
	char = rest[0]
	for length < len(rest) && rest[length] == char {
		length++
	}
	info = strings.TrimSpace(rest[length:])
	if length < 3 || char == '`' && strings.IndexByte(info, '`') >= 0 {
		return 0, 0, ""
	}
	return char, length, info
}

// atxHeading reads a line, without its indentation, as a heading.
func atxHeading(rest string) (level int, text string, ok bool) {
	if rest == "" || rest[0] != '#' {
		return 0, "", false
	}
	for level < len(rest) && rest[level] == '#' {
		level++
	}
	if level == 0 || level > 6 || level < len(rest) && rest[level] != ' ' && rest[level] != '\t' {
		return 0, "", false
	}
	text = rest[level+skipSpace(rest[level:]):]
	for text != "" && (text[len(text)-1] == ' ' || text[len(text)-1] == '\t') {
		text = text[:len(text)-1]
	}
	if text == "" || text[len(text)-1] != '#' {
		return level, text, true
	}
	if closing := strings.TrimRight(text, "#"); closing == "" || closing != text && isSpace(closing[len(closing)-1]) {
		text = strings.TrimRight(closing, " \t")
	}
	return level, text, true
}

// isRule reports whether a line, without its indentation, is a thematic break.
func isRule(rest string) bool {
	if rest == "" || rest[0] != '-' && rest[0] != '*' && rest[0] != '_' {
		return false
	}
	n := 0
	for i := range len(rest) {
		switch rest[i] {
		case rest[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}

// listMarker returns the width of the list marker at the start of rest, or 0. A
// list that interrupts a paragraph must start with 1 and with text.
func listMarker(rest string, interrupts bool) int {
	width := 0
	switch c := rest[0]; {
	case c == '-' || c == '*' || c == '+':
		width = 1
	case c >= '0' && c <= '9':
		digits := 1
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits > 9 || digits == len(rest) || rest[digits] != '.' && rest[digits] != ')' || interrupts && rest[:digits] != "1" {
			return 0
		}
		width = digits + 1
	default:
		return 0
	}
	if width == len(rest) {
		if interrupts {
			return 0
		}
		return width
	}
	if rest[width] != ' ' && rest[width] != '\t' || interrupts && isBlank(rest[width:]) {
		return 0
	}
	return width
}

// startsBlock reports whether a line, without its indentation, begins a block
// that ends a paragraph of the list item or block quote before it.
func startsBlock(rest string) bool {
	switch rest[0] {
	case '`', '~':
		char, _, _ := fenceLine(rest)
		return char != 0
	case '#':
		_, _, heading := atxHeading(rest)
		return heading
	case '<':
		return strings.HasPrefix(rest, "<!--")
	}
	return rest[0] == '>' || isRule(rest) || listMarker(rest, false) > 0
}
