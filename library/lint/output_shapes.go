package lint

import (
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

var outputShapes = &Rule{
	Code: library.Code{
		ID: "EX007", Name: "output-shapes", Severity: library.Info,
		Doc: library.Doc{
			Summary: "outputs of one prompt have different shapes",
			Why:     "Examples of JSON with other members, or of JSON and of text, teach the model that any shape will do, and no program can read them all.",
			Fix:     "Give all outputs the same members, or declare a schema that says what may be left out: a prompt that does is not looked at.",
			Config:  "A prompt whose contract has a schema is held against that by example-output-schema instead.",
			Bad: `---
title: Count words
---
<examples>
Example 1:
Input: to be or not
Output: {"words": 4}

Example 2:
Input: to be
Output: {"count": 2}
</examples>
`,
			Good: `---
title: Count words
---
<examples>
Example 1:
Input: to be or not
Output: {"words": 4}

Example 2:
Input: to be
Output: {"words": 2}
</examples>
`,
		},
	},
	about: exemplified,
	Prompt: func(p *Pass) {
		var first *library.Example
		var members []string
		looked := false // for a schema
		for i := range p.Prompt.Examples {
			e := &p.Prompt.Examples[i]
			if e.Kind == library.NoOutput || e.Kind == library.InvalidJSON {
				continue
			}
			if first == nil {
				first = e
				continue
			}
			if e.SharesShape(first) {
				continue
			}
			if members == nil && first.Kind == library.JSON {
				members = memberNames(first.Output.Value)
			}
			difference := differs(first, members, e)
			if difference == "" {
				continue
			}
			if contract, _ := p.contract(); !looked && contract != nil && contract.Schema != nil {
				return
			}
			looked = true
			d := p.Reportf(e.Output.Sub(0, lineEnd(e.Output.Value)), "output of example %d has another shape than that of example %d: %s", e.Number, first.Number, difference)
			d.AnchorTo(difference)
			d.Related = append(d.Related, related(first.Output.Sub(0, lineEnd(first.Output.Value)), "the output of example %d", first.Number))
		}
	},
}

// differs says how the output of an example differs from that of the first one,
// whose members are given; "" where it does not.
func differs(first *library.Example, members []string, e *library.Example) string {
	switch {
	case first.Kind != library.JSON && e.Kind != library.JSON:
		return ""
	case first.Kind != library.JSON:
		return "it is JSON"
	case e.Kind != library.JSON:
		return "it is no JSON"
	case trimmedStart(first.Output.Value) != trimmedStart(e.Output.Value):
		return "one is a list and the other is none"
	}
	names := memberNames(e.Output.Value)
	lacks, has := without(members, names), without(names, members)
	switch {
	case lacks != "" && has != "":
		return "it has " + has + " and lacks " + lacks
	case lacks != "":
		return "it lacks " + lacks
	case has != "":
		return "it has " + has
	}
	return ""
}

func trimmedStart(text string) string {
	text = strings.TrimSpace(text)
	return text[:min(1, len(text))]
}

// without names the first of the words that are not among others.
func without(words, others []string) string {
	var left []string
	for _, w := range words {
		if !slices.Contains(others, w) {
			left = append(left, strconv.Quote(w))
		}
	}
	named := left[:min(2, len(left))]
	if len(left) == 0 {
		return ""
	}
	return strings.Join(named, ", ") + more(len(left)-len(named))
}

// memberNames lists the names of the members of a JSON object, as they are
// written, but for the first few hundred; nil for another value. The text must be
// JSON.
func memberNames(text string) []string {
	names := make([]string, 0, 16)
	depth := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '"' {
			end := stringEnd(text, i+1)
			if depth == 1 && len(names) < 200 && strings.HasPrefix(strings.TrimLeft(text[min(end+1, len(text)):], " \t\r\n"), ":") {
				names = append(names, text[i+1:end])
			}
			i = end
			continue
		}
		if c < '[' {
			continue // as nearly all that stands outside of strings
		}
		switch c {
		case '{', '[':
			if depth++; depth == 1 && c == '[' {
				return nil
			}
		case '}', ']':
			depth--
		}
	}
	return names
}

// stringEnd returns the offset of the quote that closes a JSON string.
func stringEnd(text string, i int) int {
	for i < len(text) {
		n := strings.IndexByte(text[i:], '"')
		if n < 0 {
			break
		}
		i += n
		escapes := 0
		for text[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
		i++
	}
	return len(text)
}
