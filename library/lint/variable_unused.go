package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var variableUnused = &Rule{
	Code: library.Code{
		ID: "VAR002", Name: "variable-unused", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "variable is documented and not used",
			Why:     "Whoever fills in the prompt looks for a value that never reaches the model; often the placeholder was renamed or lost. A prompt of dialect A that has no placeholders takes its variables from the input, and is not looked at.",
			Fix:     "Put the variable into the prompt where its value belongs, or delete its description.",
			Bad: `---
title: Summary
---
## Description
Sums up a text.
## Prompt
Sum up [source_text] in five lines.
## Variables
- [source_text]: what to sum up
- [line_count]: how long the summary is
`,
			Good: `---
title: Summary
---
## Description
Sums up a text.
## Prompt
Sum up [source_text] in [line_count] lines.
## Variables
- [source_text]: what to sum up
- [line_count]: how long the summary is
`,
		},
	},
	about: unused,
	Prompt: func(p *Pass) {
		if !p.fillsIn() || p.guessed() {
			return
		}
		var twins map[string]int
		looked := 0
		for _, v := range p.Prompt.Variables {
			if !v.Used.IsZero() || !p.isPlaceholder(v.Documented) || isSeries(v.Name) {
				continue
			}
			if looked++; looked > mostFindings {
				return
			}
			if p.mentions(v.Name) {
				continue
			}
			if twins == nil {
				twins = spellings(p.Prompt.Variables)
			}
			if twins[folded(v.Name)] == 1 {
				p.Reportf(v.Documented, "variable %q is documented but not used", v.Name)
			}
		}
	},
}

// fillsIn reports whether the values of variables go into the text of a prompt,
// rather than being its input as they stand.
func (p *Pass) fillsIn() bool {
	if p.Prompt.Dialect == "B" {
		return !p.Prompt.Template.IsZero()
	}
	for range p.Prompt.Template.Variables() {
		return true
	}
	return false
}

// guessed reports whether code fences are broken, so that where sections and
// examples begin and end is only likely.
func (p *Pass) guessed() bool {
	return slices.ContainsFunc(p.Prompt.Problems, func(q library.Problem) bool {
		return q.Kind == library.FenceInfo || q.Kind == library.FenceStray || q.Kind == library.FenceUnclosed
	})
}

// isPlaceholder reports whether a variable is documented as one that is filled
// in: in dialect B plain words of a list may be anything.
func (p *Pass) isPlaceholder(documented library.Text) bool {
	at := documented.Pos.Offset
	return p.Prompt.Dialect != "B" || at > 0 && strings.IndexByte("[{", p.Prompt.Source[at-1]) >= 0
}

// isSeries reports whether a name stands for several, as in "doc_n_title" and
// "Step 1-4".
func isSeries(name string) bool {
	words := strings.FieldsFunc(name, func(c rune) bool { return c == '_' || c == '-' || c == ' ' })
	for i, w := range words {
		if w == "X" || w == "x" || w == "N" || w == "n" || strings.HasSuffix(w, "...") || i > 0 && isNumber(w) && isNumber(words[i-1]) {
			return true
		}
	}
	return false
}

func isNumber(word string) bool { return strings.Trim(word, "0123456789") == "" }

// mentions reports whether a name stands in something like a placeholder outside
// of the variables and the examples: "<name>" and "$name" are not filled in, but
// they may well be used.
func (p *Pass) mentions(name string) bool {
	source := p.Prompt.Source
	described, _ := p.Prompt.Section("variables")
	at := p.Prompt.Body.Pos.Offset
	for range 10 * mostFindings {
		i := strings.Index(source[at:], name)
		if i < 0 {
			return false
		}
		at += i
		inVariables := described.Body.Pos.Offset <= at && at < described.Body.End.Offset
		if at > 0 && strings.IndexByte("<{[$%:_", source[at-1]) >= 0 && !inVariables && !p.inExample(at) {
			return true
		}
		at += len(name)
	}
	return true
}
