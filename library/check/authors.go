package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"promptlib/library/policy"
)

// authors are those who wrote a change to a file, and can therefore not approve
// it. All of them count: whoever wrote a commit, committed it, is named in it, has
// signed it, opened the pull request or pushed to its branch.
type authors struct {
	people   []string // names, sorted
	others   []string // addresses and logins of nobody in people.yaml, sorted
	verified bool     // nobody else can have written it
}

// authorsOf finds the authors of a change to a file.
//
// Note: an e-mail address in a commit is what its author says it is. It can make
// somebody an author too many, and hide one. Only the signatures of commits and
// the accounts that pushed them tell for certain.
func (c *Change) authorsOf(f File) authors {
	a := c.wrote(f.Commits)
	if f.Base == nil && len(c.Moved) > 0 {
		if c.moved == nil { // once: whole folders move
			moved := c.wrote(c.Moved)
			c.moved = &moved
		}
		a.verified = (a.verified || len(f.Commits) == 0) && c.moved.verified
		a.people, a.others = append(a.people, c.moved.people...), append(a.others, c.moved.others...)
	}
	if c.Request != nil {
		certain := c.Request.Pushers && len(c.Request.Authors) > 0
		for _, account := range c.Request.Authors {
			if c.Request.courier(account) {
				continue
			}
			a.add(c.People.ByAccount(c.Request.Forge, account.ID), account.Login)
			certain = certain && account.ID != 0 // it was not deleted since
		}
		a.verified = a.verified || certain
	}
	a.sort()
	return a
}

// wrote finds who wrote some commits.
func (c *Change) wrote(commits []Commit) authors {
	a := authors{verified: len(commits) > 0}
	for _, commit := range commits {
		for _, email := range append([]string{commit.Author, commit.Committer}, commit.CoAuthors...) {
			a.add(c.byAddress(email), email)
		}
		signer := c.signerOf(commit)
		if signer == nil {
			a.verified = false
			continue
		}
		a.add(signer, "")
	}
	a.sort()
	return a
}

// sort leaves each name once.
func (a *authors) sort() {
	slices.Sort(a.people)
	slices.Sort(a.others)
	a.people, a.others = slices.Compact(a.people), slices.Compact(a.others)
}

func (a *authors) add(person *policy.Person, other string) {
	switch {
	case person != nil:
		a.people = append(a.people, person.Name)
	case other != "" && other != webCommitter:
		a.others = append(a.others, strings.ToLower(other))
	}
}

// webCommitter commits what is merged or edited on the pages of GitHub; the author
// is somebody.
const webCommitter = "noreply@github.com"

// noReply is the address under which GitHub hides that of an account.
var noReply = regexp.MustCompile(`^(\d{1,18})\+[^@]*@users\.noreply\.github\.com$`)

func (c *Change) byAddress(email string) *policy.Person {
	if m := noReply.FindStringSubmatch(strings.ToLower(email)); m != nil {
		id, _ := strconv.ParseInt(m[1], 10, 64)
		if p := c.People.ByAccount("github", id); p != nil {
			return p
		}
	}
	return c.People.ByEmail(email)
}

// signerOf returns whose key of people.yaml has signed a commit; nil for nobody's.
// Whether the key is still good does not matter: it is only about who it was.
func (c *Change) signerOf(commit Commit) *policy.Person {
	if person, known := c.signers[commit.ID]; known {
		return person
	}
	person := c.readSigner(commit)
	if c.signers != nil {
		c.signers[commit.ID] = person
	}
	return person
}

func (c *Change) readSigner(commit Commit) *policy.Person {
	public, err := VerifySignature(commit.Payload, commit.Signature, "git")
	if err != nil {
		return nil
	}
	person, _ := c.People.ByKey(public)
	return person
}
