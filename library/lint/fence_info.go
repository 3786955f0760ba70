package lint

import (
	"strings"

	"promptlib/library"
)

var fenceInfo = &Rule{
	Code: library.Code{
		ID: "STR004", Name: "fence-info", Severity: library.Error,
		Doc: library.Doc{
			Summary: "closing code fence has an info string",
			Why:     "By the rules of Markdown it closes nothing: renderers show the rest of the file as code, and its sections are lost.",
			Fix:     "Remove the word after the closing fence.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Scope

~~~text
Sum up the commits.
~~~text

## Tips

Be short.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Scope

~~~text
Sum up the commits.
~~~

## Tips

Be short.
`,
		},
	},
	Kind: library.FenceInfo,
	Fix:  bareFence,
}

// bareFence removes the info string of a closing fence. That is safe where a
// blank line follows and then no prose: any other such fence may be one that
// opens a block inside of another.
func bareFence(p *library.Prompt, problem *library.Problem) *library.Fix {
	line := problem.At.Value
	fence := line[:len(line)-len(strings.TrimLeft(line, line[:1]))]
	edit := library.Edit{Start: problem.At.Pos.Offset + len(fence), End: problem.At.End.Offset}
	_, below, _ := strings.Cut(p.Source[edit.End:], "\n")
	first, rest, _ := strings.Cut(below, "\n")
	rest = strings.TrimSpace(rest)
	safe := strings.TrimSpace(first) == "" && (rest == "" || strings.IndexByte("#-*<", rest[0]) >= 0)
	return &library.Fix{Title: "write " + fence, Safe: safe, Edits: []library.Edit{edit}}
}
