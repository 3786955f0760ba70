package main

import (
	"fmt"
	"io"
	"time"
)

// A progress shows on a terminal how far a run is. Anywhere else it is silent.
type progress struct {
	w     io.Writer
	total int
	count int
	shown time.Time
}

func newProgress(w io.Writer, total int) *progress {
	p := &progress{total: total}
	if isTerminal(w) {
		p.w = w
	}
	return p
}

func (p *progress) step() {
	p.count++
	if p.w != nil && time.Since(p.shown) > 100*time.Millisecond {
		p.shown = time.Now()
		fmt.Fprintf(p.w, "\r%d of %d cases", p.count, p.total)
	}
}

func (p *progress) done() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
