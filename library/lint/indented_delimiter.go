package lint

import "promptlib/library"

var indentedDelimiter = &Rule{
	Code: library.Code{
		ID: "FM013", Name: "indented-delimiter", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "indented --- inside the front matter",
			Why:     "Several front-matter readers trim lines and end the header there, so the keys below are lost.",
			Fix:     "Use another rule, such as ***, inside the block.",
		},
	},
	Kind: library.HeaderIndented,
}
