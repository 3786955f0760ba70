package library

var dialectPlain = &Dialect{
	Name: "plain",
	Doc:  "any other text: its front matter and headings are read, and it is not run",

	detect: func(*document) bool { return true },
	read: func(d *document, p *Prompt) {
		p.Sections = markdownSections(d.source, d.md)
	},
}
