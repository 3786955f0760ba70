package lint

import "promptlib/library"

var sectionTagUnclosed = &Rule{
	Code: library.Code{
		ID: "STR007", Name: "section-tag-unclosed", Severity: library.Error,
		Doc: library.Doc{
			Summary: "section tag is never closed",
			Why:     "The section runs on into the next one, and a model gets instructions as examples or the other way round.",
			Fix:     "Add the closing tag.",
		},
	},
	Kind: library.SectionTagOpen,
}
