package library

import "slices"

// A Dialect is a way to write a prompt file. Each is a value of its own file.
type Dialect struct {
	Name string
	Doc  string // one sentence for people who choose one

	detect func(*document) bool
	read   func(*document, *Prompt)
}

// Dialects lists the dialects in the order in which they are tried; the last
// takes every file.
var Dialects = []*Dialect{
	dialectA,
	dialectB,
	dialectPlain,
}

// A document is a file whose front matter and block structure are read and whose
// dialect is not known yet.
type document struct {
	*source
	front *FrontMatter
	body  int // offset
	first int // line at which the body begins
	md    *markdown
}

// findSections adds to found the sections of a document whose normalised heading
// is one of names, without those that lie in one of them.
func findSections(found []*Section, sections []Section, names []string) []*Section {
	end := 0
	for i := range sections {
		sec := &sections[i]
		if sec.Heading.Pos.Offset >= end && slices.Contains(names, sec.Normal()) {
			found = append(found, sec)
			end = sec.Body.End.Offset
		}
	}
	return found
}
