package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/evals"
)

// A progress shows how far a run is: on a terminal one line that changes, anywhere
// else a line every ten seconds.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	total    int
	count    int
	cost     float64
	failures map[evals.Class]int
	warned   map[string]bool // by model: a warning was shown
	started  time.Time
	shown    time.Time
}

// How often progress is shown.
const (
	terminalPause = 100 * time.Millisecond
	plainPause    = 10 * time.Second
)

func newProgress(w io.Writer, plan *evals.Plan) *progress {
	now := time.Now()
	return &progress{w: w, terminal: isTerminal(w), total: plan.Cases, failures: map[evals.Class]int{}, warned: map[string]bool{}, started: now, shown: now}
}

// ended counts a case.
func (p *progress) ended(o *evals.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.Status != evals.Skipped {
		p.count++
	}
	p.cost += o.Cost
	if o.Warning != "" && !p.warned[o.Model] {
		p.warned[o.Model] = true
		p.say(fmt.Sprintf("warning: %s at %s with %s: %s", o.Name, o.At, o.Model, o.Warning))
	}
	p.show()
}

// failed counts a try without a reply.
func (p *progress) failed(e *evals.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures[e.Class]++
	p.show()
}

func (p *progress) show() {
	now := time.Now()
	pause := plainPause
	if p.terminal {
		pause = terminalPause
	}
	if now.Sub(p.shown) < pause {
		return
	}
	p.shown = now
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", p.line(now))
	} else {
		fmt.Fprintf(p.w, "promptlib: %s\n", p.line(now))
	}
}

// line says how far the run is.
func (p *progress) line(now time.Time) string {
	var b strings.Builder
	took := now.Sub(p.started)
	fmt.Fprintf(&b, "%d of %d cases", p.count, p.total)
	if p.count > 0 && took > 0 {
		fmt.Fprintf(&b, ", %.3g a second", float64(p.count)/took.Seconds())
	}
	for _, class := range evals.Classes {
		if n := p.failures[class]; n > 0 {
			fmt.Fprintf(&b, ", %d %s", n, class)
		}
	}
	if p.cost > 0 {
		fmt.Fprintf(&b, ", $%.4g", p.cost)
	}
	if p.count > 0 && p.count < p.total {
		left := time.Duration(float64(took) / float64(p.count) * float64(p.total-p.count))
		fmt.Fprintf(&b, ", %s left", left.Round(time.Second))
	}
	return b.String()
}

// note writes a line of its own.
func (p *progress) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say(text)
}

// say writes a line of its own.
func (p *progress) say(text string) {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	out := report.NewPrinter(p.w, false) // a name of a file may hold anything
	out.Printf("promptlib: %s\n", text)
	out.Flush()
}

func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
