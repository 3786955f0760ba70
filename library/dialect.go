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

// findSections returns the sections of a document whose normalised heading is
// one of names.
func findSections(sections []Section, names ...string) []Section {
	var found []Section
	for i := range sections {
		if slices.Contains(names, sections[i].Normal()) {
			found = append(found, sections[i])
		}
	}
	return found
}
