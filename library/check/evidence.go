package check

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"promptlib/library/policy"
)

// An opinion is what one person says of some files, in a statement or a review.
type opinion struct {
	by       *policy.Person // nil for nobody of people.yaml
	who      string         // who says so, as far as it is known
	flaw     string         // why it is not certain that by says so; "" for certain
	role     string         // in which it is given; "" for any that the person holds
	says     Opinion
	at       time.Time
	order    int64     // of opinions of one time
	evidence string    // the path of the statement or the address of the review
	subjects []subject // that it is about
	commit   string    // of a review without subjects: the commit it is about
	forge    bool
	raw      []byte // of a statement: its text and signature
	landed   bool   // it is a statement that lies in the base
	void     string // why its approval is none, as that of an edited review; "" where it may be one
	ignored  string // why the policy does not accept it at all; "" where it does

	waives  bool // it is a waiver
	expires time.Time
	reason  string
	ticket  string
}

// A subject is what an opinion is bound to: a digest of 64 digits, or the first 32
// or more of them in a review; a name, which a review may leave out; and in a
// review perhaps a role.
type subject struct{ name, digest, role string }

// strictness orders what is said at one time: the worst counts.
var strictness = map[Opinion]int{Revoke: 1, Reject: 2}

// evidence reads all statements and reviews that the policy accepts, in an order
// that does not depend on theirs.
func (c *Change) evidence() []*opinion {
	var list []*opinion
	for _, s := range c.Statements {
		o := c.readStatement(s)
		if !slices.Contains(c.Policy.Evidence, policy.EvidenceSigned) { // which a waiver does not mind
			o.ignored = "the policy accepts no signed statements"
		}
		list = append(list, o)
	}
	if c.Request != nil {
		for _, r := range c.Request.Reviews {
			o := c.readReview(r)
			if !slices.Contains(c.Policy.Evidence, policy.EvidenceForge) {
				o.ignored = "the policy accepts no reviews of a forge"
			}
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *opinion) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order), cmp.Compare(strictness[a.says], strictness[b.says]), strings.Compare(a.evidence, b.evidence), bytes.Compare(a.raw, b.raw))
	})
	return list
}

// on returns the subject of an opinion that is what a file becomes, if it has one.
// A review without any digest is about the commit that was looked at.
func (o *opinion) on(f *file) (subject, bool) {
	if len(o.subjects) == 0 {
		return subject{}, f.looseReview(o)
	}
	for _, s := range o.subjects {
		if strings.HasPrefix(f.digest, s.digest) && (s.name == f.name || o.forge && f.isNamed(s.name)) {
			return s, true
		}
	}
	return subject{}, false
}

// names reports whether an opinion is about a file, be it about another text of
// it. A review may be about any, and a statement that cannot be read about what it
// has the digest of.
func (o *opinion) names(f *file) bool {
	return o.forge || len(o.subjects) == 0 && bytes.Contains(o.raw, []byte(f.digest)) || slices.ContainsFunc(o.subjects, func(s subject) bool { return s.name == f.name })
}

// latest returns of each person what counts of all that was said of a file, in
// order: the last no, or every approval since. On a forge a no takes back all
// before it, whatever they were about, and an approval the no; of statements only
// those about one text belong together.
//
// Note: an approval never replaces another. Who approves one file in a review and
// the next file in a second one means both, and nobody's approval may be lost by
// one more.
func latest(opinions []*opinion, f *file) []*opinion {
	type voice struct {
		name  string
		forge bool
	}
	said := map[voice][]*opinion{}
	for _, o := range opinions {
		if _, on := o.on(f); o.by == nil || o.says == Comment || o.waives || o.void != "" && o.says == Approve || !o.forge && !on {
			continue
		}
		v := voice{o.by.Name, o.forge}
		if before := said[v]; o.says != Approve || len(before) > 0 && before[0].says != Approve {
			said[v] = nil
		}
		said[v] = append(said[v], o)
	}
	return slices.DeleteFunc(slices.Clone(opinions), func(o *opinion) bool {
		return o.by == nil || !slices.Contains(said[voice{o.by.Name, o.forge}], o)
	})
}

// roleOn returns the role in which an opinion of a file is given; "" for any that
// the person holds.
func (o *opinion) roleOn(f *file) string {
	if s, _ := o.on(f); s.role != "" {
		return s.role
	}
	return o.role
}

// name returns who has given an opinion, as far as it is known.
func (o *opinion) name() string {
	if o.by != nil {
		return o.by.Name
	}
	return o.who
}
