package lint

import "promptlib/library"

var frontMatterYAML = &Rule{
	Code: library.Code{
		ID: "FM001", Name: "front-matter-yaml", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is not valid YAML",
			Why:     "No key of the front matter can be read, so governance counts as missing and the prompt as most restricted.",
			Fix:     "Mend the line the message points at; a value that begins with a special character or holds \": \" needs quotes.",
		},
	},
	Kind: library.InvalidYAML,
}
