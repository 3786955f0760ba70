package evals

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"hash/fnv"
	"iter"
	"slices"
)

// A Plan adds up what a run is to do, before anything is sent. The zero Plan is
// of a run without cases.
type Plan struct {
	Cases    int      // to be run, of all models
	Skipped  int      // that have nothing to send
	Tokens   int      // of the requests, by estimate
	Cost     float64  // in US dollars, by estimate; of the models whose price is known
	Unpriced []string // the models whose price is not known, where that of others or a budget asks for it

	digest hash.Hash
}

// Add adds the case that is to be run next.
func (p *Plan) Add(m Model, c *Case) {
	if p.digest == nil {
		p.digest = sha256.New()
	}
	if c.Skip != "" {
		p.Skipped++
		p.digest.Write([]byte("skipped")) // it has a number in the run too
		return
	}
	p.Cases++
	p.digest.Write([]byte(m.Identity(c)))
	p.Tokens += c.Request.Tokens()
	switch {
	case m.Price != nil:
		p.Cost += m.Price.Of(c.Request.Tokens(), c.Request.replyTokens())
	case m.Endpoint != "" && !slices.Contains(p.Unpriced, m.Name):
		p.Unpriced = append(p.Unpriced, m.Name)
	}
}

// Digest returns the SHA-256, in hex, of the calls of the plan and the cases that
// are skipped, in order: runs with the same digest number their cases alike.
func (p *Plan) Digest() string {
	if p.digest == nil {
		p.digest = sha256.New()
	}
	return hex.EncodeToString(p.digest.Sum(nil))
}

// Repeated yields each case k times, with the number of the repeat; for a k of 0
// as often as its contract says.
func Repeated(cases iter.Seq[*Case], k int) iter.Seq[*Case] {
	return func(yield func(*Case) bool) {
		for c := range cases {
			times := k
			if k == 0 && c.Contract != nil {
				times = c.Contract.Repeat
			}
			for n := 1; n <= max(1, times); n++ {
				again := *c
				again.Repeat = n
				if !yield(&again) {
					return
				}
				if c.Skip != "" {
					break
				}
			}
		}
	}
}

// A Sample chooses some of the cases of a library, the same ones in every run.
// The zero Sample chooses all.
type Sample struct {
	most uint64 // the greatest rank of those that are chosen; 0 for all
}

// NewSample chooses n of the cases, or all where there are no more.
func NewSample(cases iter.Seq[*Case], n int) Sample {
	var ranks []uint64
	for c := range cases {
		if c.Skip == "" {
			ranks = append(ranks, rank(c))
		}
	}
	if n <= 0 || n >= len(ranks) {
		return Sample{}
	}
	slices.SortFunc(ranks, cmp.Compare[uint64])
	return Sample{ranks[n-1]}
}

// Has reports whether a case is chosen. Cases that cannot be run always are.
func (s Sample) Has(c *Case) bool { return s.most == 0 || c.Skip != "" || rank(c) <= s.most }

// rank is a number that has nothing to do with what a case is about.
func rank(c *Case) uint64 {
	h := fnv.New64a()
	h.Write([]byte(c.Prompt))
	h.Write([]byte{0})
	h.Write([]byte(c.Name))
	return h.Sum64() | 1
}
