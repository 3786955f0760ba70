package lint

import (
	"strings"

	"promptlib/library"
)

var toolMarkup = &Rule{
	Code: library.Code{
		ID: "STR012", Name: "tool-markup", Severity: library.Error,
		Doc: library.Doc{
			Summary: "markup of an editing tool leaked into the text",
			Why:     "It is sent to the model, which takes it for the end of its input or for a call of a tool.",
			Fix:     "Remove the line. Tags that are opened and closed, and those in code blocks, are taken for part of the prompt.",
			Bad:     "---\ntitle: Release notes\nversion: \"1.0\"\n---\n## Prompt\n\nSum up the commits.\n</content>\n</invoke>\n",
			Good:    "---\ntitle: Release notes\nversion: \"1.0\"\n---\n## Prompt\n\nSum up the commits.\n",
		},
	},
	Prompt: func(p *Pass) {
		body := p.Prompt.Body
		var leak library.Text // the lines that are not reported yet
		for i := 0; i < len(body.Value); {
			n := strings.IndexByte(body.Value[i:], '<')
			if n < 0 {
				break
			}
			i += n
			start := strings.LastIndexByte(body.Value[:i], '\n') + 1
			end := len(body.Value)
			if n := strings.IndexByte(body.Value[i:], '\n'); n >= 0 {
				end = i + n
			}
			if strings.TrimLeft(body.Value[start:i], " \t") == "" && leaked(body.Value, i, end) {
				line := body.Sub(i, i+len(strings.TrimRight(body.Value[i:end], " \t\r")))
				switch {
				case p.Prompt.InCode(line.Pos.Line) || p.tagProblem(line.Pos.Line):
				case !leak.IsZero() && line.Pos.Line == leak.End.Line+1:
					leak.End = line.End
				default:
					p.reportLeak(leak)
					leak = line
				}
			}
			i = end
		}
		p.reportLeak(leak)
	},
}

// reportLeak reports lines of markup, of which leak has the value of the first.
func (p *Pass) reportLeak(leak library.Text) {
	if leak.IsZero() {
		return
	}
	d := p.Reportf(leak, "%q is markup of a tool and goes to the model; remove it", leak.Value)
	source, start, end := p.Prompt.Source, leak.Pos.Offset, leak.End.Offset
	for start > 0 && source[start-1] != '\n' {
		start--
	}
	if n := strings.IndexByte(source[end:], '\n'); n >= 0 {
		end += n + 1
	} else {
		end = len(source)
	}
	d.Fix = &library.Fix{Title: "remove the markup", Edits: []library.Edit{{Start: start, End: end}}}
}

// tagProblem reports whether the tag on a line is reported as unpaired.
func (p *Pass) tagProblem(line int) bool {
	for _, q := range p.Prompt.Problems {
		if q.Kind == library.SectionTagUnpaired && q.At.Pos.Line == line {
			return !p.off("STR008")
		}
	}
	return false
}

// toolTags are the names of the tags in which tools wrap what they write.
var toolTags = map[string]bool{
	"invoke": true, "function_calls": true, "function_results": true, "function_result": true, "parameter": true,
	"rewritten_file": true, "content": true, "file_content": true, "file_contents": true, "new_content": true, "write_to_file": true, "replace_in_file": true,
	"tool_call": true, "tool_calls": true, "tool_use": true, "tool_result": true, "tool_response": true,
}

// leaked reports whether the line of text from i to end is nothing but tags of
// tools, of which the other half does not stand where it belongs.
func leaked(text string, i, end int) bool {
	for rest := strings.TrimRight(text[i:end], " \t\r"); rest != ""; {
		close := strings.IndexByte(rest, '>')
		if close < 2 || rest[0] != '<' {
			return false
		}
		name, closing := strings.CutPrefix(rest[1:close], "/")
		name, _, _ = strings.Cut(name, " ")
		name = name[strings.IndexByte(name, ':')+1:] // with or without a namespace
		if !toolTags[name] || closing && opens(text[:i], name) || !closing && strings.Contains(text[i:], "/"+name+">") {
			return false
		}
		rest = strings.TrimLeft(rest[close+1:], " \t")
	}
	return true
}

// opens reports whether a tag of some name is opened in a text.
func opens(text, name string) bool {
	return strings.Contains(text, "<"+name+">") || strings.Contains(text, "<"+name+" ")
}
