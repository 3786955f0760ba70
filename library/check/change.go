package check

import (
	"strings"
	"time"

	"promptlib/library"
	"promptlib/library/policy"
)

// A Change is all that a decision follows from. Everything but the heads of the
// files, and the evidence in them, comes from the tip of the base.
type Change struct {
	Policy     *policy.Policy
	People     *policy.People
	Ungoverned policy.Ungoverned
	Files      []File                // that differ between the tip of the base and the head, by path
	Moved      []Commit              // of the head and not of the base that touch files which are gone; a file that is new may be one of them under another name, so that who wrote those is an author of it
	Standing   []File                // that do not differ, and have landed on a waiver
	Statements []Statement           // that lie in the base or the head
	Names      []string              // of all files that would be there, in the library; from the top of the repository outside of it
	Request    *PullRequest          // on a forge; nil for none
	Lint       []*library.Diagnostic // of the heads of the changed files
	Owners     *File                 // the file of code owners that forges look for first, by policy.OwnersPaths; of it the head is looked at. nil where the head has none
	Prefix     string                // of the library in the repository, with a slash at its end; "" for the top
	Bootstrap  bool                  // the base has no policy, and this change is to bring the first
	Now        time.Time

	signers map[string]*policy.Person // of commits, by id, of those that were looked at; nil for no memory
	twins   twins                     // of Names; nil for no look at them
	moved   *authors                  // who wrote Moved; nil before that was looked at
}

// A File is one file of a change, by its path in the library. A file outside of
// the library has a path that begins with "/", from the top of the repository.
type File struct {
	Path       string
	Base       *Blob    // at the tip of the base; nil where it is not there
	Forks      []*Blob  // at the commits where head and base parted, as far as it was there and otherwise than in Base
	Head       *Blob    // as it would land; nil where it is removed
	Commits    []Commit // of the head and not of the base that touch the file
	AsProposed bool     // at the head of Request the file is as it would land
}

// A Blob is what a tree of git has at a path.
type Blob struct {
	Mode string // as git writes it, such as 100644
	Text []byte
}

// regular reports whether a blob is a file, and no symbolic link or submodule.
func (b *Blob) regular() bool { return strings.HasPrefix(b.Mode, "100") }

// A Commit is what git says of the authorship of a commit.
type Commit struct {
	ID                 string
	Author, Committer  string   // e-mail addresses
	CoAuthors          []string // e-mail addresses of the trailers Co-authored-by
	Payload, Signature []byte   // what an SSH signature signs, and it; nil for none
}

// A Statement is a file of evidence and its signature, as they lie in the library.
type Statement struct {
	Path      string // in the library
	Text      []byte // in-toto JSON
	Signature []byte // SSHSIG in its armoured form; nil where it is missing
	Landed    bool   // it lies in the base
}

// An Account is one of a forge.
type Account struct {
	Login string
	ID    int64
	Bot   bool
}

// A PullRequest is what a forge says of the change: who proposed it, and what was
// said of it.
type PullRequest struct {
	Forge   string // "github" or "gitlab"
	Name    string // as people write it, such as "acme/prompts#12"
	Opener  Account
	Authors []Account // the opener, and who pushed to its branch
	Pushers bool      // Authors has everybody who pushed to the branch
	Pushes  []Push    // as far as they are told of
	Head    string    // the commit that the forge takes for its head
	Pushed  time.Time // when that commit arrived; zero where the forge does not say
	Reviews []Review  // all there are, in any order
}

// A Push is a change of the branch of a pull request by somebody.
type Push struct {
	By            Account
	Before, After string // object ids of commits; zeros for no branch
	Evidence      bool   // it brought statements and their signatures and nothing else, as git tells
}

// courier reports whether an account has pushed nothing but evidence: whoever
// brings the own approval to the branch has written nothing of what it is about.
func (r *PullRequest) courier(a Account) bool {
	if !r.Pushers || a.ID == 0 || a.ID == r.Opener.ID || r.Opener.ID == 0 {
		return false
	}
	pushes := 0
	for _, p := range r.Pushes {
		if p.By.ID == a.ID {
			if !p.Evidence {
				return false
			}
			pushes++
		}
	}
	return pushes > 0
}

// An Opinion is what a review or a statement says of a change.
type Opinion string

// The opinions.
const (
	Approve Opinion = "approve"
	Reject  Opinion = "reject"
	Revoke  Opinion = "revoke"  // takes back what was said before; a review that was dismissed
	Comment Opinion = "comment" // no opinion
)

// A Review is an opinion on a forge.
type Review struct {
	ID      int64 // grows with time
	URL     string
	By      Account
	Opinion Opinion
	Text    string
	Edited  bool // after it was given, or the forge does not say that it was not
	At      time.Time
	Commit  string // that was looked at; "" where the forge does not say
}

// IsPrompt reports whether a file is a prompt, be it governed or not.
func (c *Change) IsPrompt(path string) bool {
	return c.governs(path) || library.IsPromptFile(path) && !library.IsProse(path[strings.LastIndexByte(path, '/')+1:]) &&
		!strings.HasPrefix(path, "/") && !strings.HasPrefix(path, library.SettingsDir+"/")
}

// Concerns reports whether the text of a file is needed for a decision.
func (c *Change) Concerns(path string) bool {
	return c.IsPrompt(path) || c.protects(File{Path: path, Base: &Blob{}}) || strings.HasPrefix(path, library.SettingsDir+"/")
}

// Subjects returns the names and digests by which statements may be about the files
// of a change.
func (c *Change) Subjects() map[string]bool {
	subjects := map[string]bool{}
	for _, f := range c.Files {
		if d := c.unread(f); d.governed || d.protected {
			subjects[d.name], subjects[d.digest] = true, true
		}
	}
	return subjects
}

// Waived returns the names by which waivers call files.
func (c *Change) Waived() []string {
	var list []string
	for _, s := range c.Statements {
		if a, err := ParseStatement(s.Text); err == nil && a.PredicateType == WaiverPredicate {
			for _, sub := range a.Subject {
				list = append(list, sub.Name)
			}
		}
	}
	return list
}
