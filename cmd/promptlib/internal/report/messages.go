package report

import (
	"bufio"
	"io"
	"strings"

	"promptlib/evals"
	"promptlib/library"
)

// WriteMessages writes messages as they are sent: a single one alone, several
// each below a line with its role. On a terminal control characters are
// escaped; anywhere else the bytes are exact.
func WriteMessages(w io.Writer, messages []evals.Message, terminal bool) error {
	b := bufio.NewWriter(w)
	for i, m := range messages {
		if i > 0 {
			b.WriteByte('\n')
		}
		if len(messages) > 1 {
			b.WriteString("=== " + m.Role + " ===\n")
		}
		content := m.Content
		if terminal {
			lines := strings.Split(content, "\n")
			for k, line := range lines {
				lines[k] = escape(line, true)
			}
			content = strings.Join(lines, "\n")
		}
		b.WriteString(content)
		if !strings.HasSuffix(content, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.Flush()
}

// Diagnostics writes the first lines of some findings.
func (p *Printer) Diagnostics(list []*library.Diagnostic) {
	for _, d := range list {
		p.diagnostic(d)
		for _, r := range d.Related {
			p.Printf("  %s: note: %s\n", r.Pos, r.Message)
		}
	}
}
