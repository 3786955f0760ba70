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

			Bad: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
</content>
</invoke>
`,
			Good: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	about: looseTags,
	Prompt: func(p *Pass) {
		tags := tagHalves{text: p.Prompt.Body.Value}
		var told map[int]bool
		var leak library.Text // the lines that are not reported yet
		rest := p.Prompt.Body
		for i := 0; i < len(rest.Value); {
			n := strings.IndexByte(rest.Value[i:], '<')
			if n < 0 {
				break
			}
			i += n
			start := strings.LastIndexByte(rest.Value[:i], '\n') + 1
			end := len(rest.Value)
			if n := strings.IndexByte(rest.Value[i:], '\n'); n >= 0 {
				end = i + n
			}
			text := strings.TrimRight(rest.Value[i:end], " \t\r")
			if strings.TrimLeft(rest.Value[start:i], " \t") != "" || !tags.leaked(text, len(tags.text)-len(rest.Value)+i) {
				i = end
				continue
			}
			if told == nil {
				told = p.unpairedTags()
			}
			line := from(rest, i)
			rest, i = line, len(text)
			line = library.Text{Value: text, Pos: line.Pos, End: line.At(len(text))}
			switch {
			case p.Prompt.InCode(line.Pos.Line) || told[line.Pos.Line]:
			case !leak.IsZero() && line.Pos.Line == leak.End.Line+1:
				leak.End = line.End
			default:
				p.reportLeak(leak)
				leak = line
			}
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

// unpairedTags are the lines with a tag that STR008 reports.
func (p *Pass) unpairedTags() map[int]bool {
	lines := map[int]bool{}
	if !p.off("STR008") {
		for _, q := range p.Prompt.Problems {
			if q.Kind == library.SectionTagUnpaired {
				lines[q.At.Pos.Line] = true
			}
		}
	}
	return lines
}

// tagHalves knows where the tags of a text are first opened and last closed.
type tagHalves struct {
	text   string
	opened map[string]int // offset of the first opening tag of a name, -1 for none
	closed map[string]int // offset of the last closing tag
}

// leaked reports whether a line that begins at some offset is nothing but tags of
// tools, of which the other half does not stand where it belongs.
func (h *tagHalves) leaked(line string, offset int) bool {
	for rest := line; rest != ""; {
		end := strings.IndexByte(rest, '>')
		if end < 2 || rest[0] != '<' {
			return false
		}
		name, closing := strings.CutPrefix(rest[1:end], "/")
		name, _, _ = strings.Cut(name, " ")
		bare := name[strings.IndexByte(name, ':')+1:] // without its namespace
		if !library.ToolTags[bare] {
			return false
		}
		h.find(name)
		if at := h.opened[name]; closing && at >= 0 && at < offset || !closing && h.closed[name] > offset {
			return false
		}
		rest = strings.TrimLeft(rest[end+1:], " \t")
	}
	return true
}

// find looks for the tags of a name, once.
func (h *tagHalves) find(name string) {
	if h.opened == nil {
		h.opened, h.closed = map[string]int{}, map[string]int{}
	}
	if _, ok := h.opened[name]; ok {
		return
	}
	h.closed[name] = strings.LastIndex(h.text, "</"+name+">")
	h.opened[name] = strings.Index(h.text, "<"+name+">")
	if at := strings.Index(h.text, "<"+name+" "); at >= 0 && (h.opened[name] < 0 || at < h.opened[name]) {
		h.opened[name] = at
	}
}
