package forge

import (
	"regexp"
	"strings"
	"time"

	"promptlib/library/check"
)

// A push is a change of a branch by somebody.
type push struct {
	by            check.Account
	before, after string // commits; zeros, or "", for no branch
	at            time.Time
}

// A history follows the pushes to a branch back from its head to where the branch
// was made, newest first. Whoever pushed in between may have written of it.
type history struct {
	head    string
	authors []check.Account
	pushes  []check.Push
	pushed  time.Time // when the head arrived, the last time
	want    string    // what the next push has left behind
	found   bool      // the head
	gap     bool      // a push is not told of, or who it was
	done    bool      // the push that made the branch was reached
}

var noCommit = regexp.MustCompile(`^0*$`)

// add takes the next older push, and reports whether more are needed.
func (h *history) add(p push) (more bool) {
	if h.done {
		return false
	}
	h.pushes = append(h.pushes, check.Push{By: p.by, Before: p.before, After: p.after})
	switch {
	case !h.found && p.after != h.head:
		// It came after the head, or its branch is gone; who pushes now is an author too.
		if !noCommit.MatchString(p.after) {
			h.authors = append(h.authors, p.by)
		}
		return true
	case !h.found:
		h.found, h.pushed = true, p.at
	case p.after != h.want:
		h.gap = true
	}
	h.authors = append(h.authors, p.by)
	h.gap = h.gap || p.by.ID == 0
	h.want = p.before
	h.done = noCommit.MatchString(p.before)
	return !h.done
}

// complete reports whether the pushes explain the head: everybody who pushed is known.
func (h *history) complete() bool { return h.found && h.done && !h.gap }

// take takes over who pushed, and when the head arrived.
func (r *reading) take(h *history, branch string) {
	for _, a := range h.authors {
		r.author(a)
	}
	r.request.Pushers, r.request.Pushes = h.complete(), h.pushes
	if r.request.Pushed.IsZero() {
		r.request.Pushed = h.pushed
	}
	switch {
	case !h.found:
		r.note("no push to %q is told of that brought the commit %s, so others may have written it", branch, r.request.Head)
	case !r.request.Pushers:
		r.note("not all pushes to %q are told of with who made them, so others may have written it", branch)
	}
}

// commitID is the name of a commit, in SHA-1 or SHA-256.
var commitID = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// Names of repositories and projects, as they stand in addresses.
var (
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$`)
	projectNumber  = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
)

// fullName takes owner and name of a repository apart.
func fullName(name string) (owner, repo string, ok bool) {
	owner, repo, ok = strings.Cut(name, "/")
	return owner, repo, ok && repositoryName.MatchString(name) && !strings.Contains(repo, "/")
}
