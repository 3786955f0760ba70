package lint

import (
	"hash/maphash"
	"strings"

	"promptlib/library"
)

var bodyDuplicate = &Rule{
	Code: library.Code{
		ID: "LNK005", Name: "body-duplicate", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "several prompts have the same text",
			Why:     "A copy is found beside the original and corrected without it; the two drift apart.",
			Fix:     "Keep one of the files. The front matter, blank lines and spaces at the ends of lines are not compared, nor are texts of less than 100 characters. A run over a part of the files does not look for copies.",
			Bad: `-- prompts/summary.md --
---
title: Summary
---
Sum up the text in five lines. Keep the names of people, places and works
as they are written, and leave out what the author quotes from others.
-- prompts/short.md --
---
title: Short text
---
Sum up the text in five lines. Keep the names of people, places and works
as they are written, and leave out what the author quotes from others.
`,
			Good: `-- prompts/summary.md --
---
title: Summary
---
Sum up the text in five lines. Keep the names of people, places and works
as they are written, and leave out what the author quotes from others.
`,
		},
	},
	Library: func(p *LibraryPass) {
		if p.Partial {
			return
		}
		same := map[uint64][]string{}
		for _, f := range p.Facts {
			if f.Body != 0 {
				same[f.Body] = append(same[f.Body], f.Path)
			}
		}
		for _, f := range p.Facts {
			paths := same[f.Body]
			if len(paths) < 2 {
				continue
			}
			other := paths[0]
			if other == f.Path {
				other = paths[1]
			}
			d := p.Reportf(fileStart(f.Path), "the text is the same as that of %s%s", other, more(len(paths)-2))
			d.Related = append(d.Related, related(fileStart(other), "the same text"))
			d.AnchorTo("the same text") // the other file may be renamed
		}
	},
}

// shortestBody is the number of bytes below which a body is not compared: many
// files say that they are yet to be written.
const shortestBody = 100

var bodySeed = maphash.MakeSeed()

// bodyHash returns a hash of a body, 0 for one that is too short. It is that of
// this process alone. Spaced is false where it has no space to take off.
func bodyHash(body string, spaced bool) uint64 {
	body = strings.TrimSpace(body)
	if spaced {
		body = withoutSpace(body)
	}
	if len(body) < shortestBody {
		return 0
	}
	return maphash.String(bodySeed, body)
}

// withoutSpace takes white space off the ends of lines, and all but one of
// several blank lines.
func withoutSpace(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	blank := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\n")
		if line != "" || !blank {
			b.WriteString(line)
			b.WriteByte('\n')
		}
		blank = line == ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
