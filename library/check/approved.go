package check

import (
	"fmt"
	"slices"
	"strings"

	"promptlib/library/policy"
)

// Approved returns a function that says of a prompt, by its path in the library and
// its text, which approvals it lacks that the policy asks for the text as it is; ""
// for none. Of the change it takes the policy, the people, the legacy files, the
// statements and the time. The function may be called by several goroutines.
//
// Without a history nobody knows who wrote a prompt: an approval of its author
// counts here, and the check of a change is what refuses it. Waivers do not count.
// Reviews lie on a forge, so that where the policy accepts nothing else no approval
// is asked for: that the text has landed through the check is then all there is.
func Approved(c Change) func(path string, text []byte) string {
	c.Request = nil
	opinions := c.evidence()
	return func(path string, text []byte) string {
		if !slices.Contains(c.Policy.Evidence, policy.EvidenceSigned) {
			return ""
		}
		b := &Blob{Mode: "100644", Text: text}
		f := c.newFile(File{Path: path, Base: b, Head: b}) // it has landed: a legacy file stays one
		f.decide(opinions)
		return f.unapproved()
	}
}

// unapproved says what a file lacks to be approved, once that was decided; "" for
// nothing.
func (f *file) unapproved() string {
	if len(f.undecided) > 0 {
		return f.undecided[0].Message
	}
	for _, d := range f.findings {
		if d.Code == overruled.ID {
			return d.Message
		}
	}
	missing := f.result.Missing()
	if len(missing) == 0 {
		return ""
	}
	message := lacks(missing, len(f.result.Slots))
	var refused []string
	for _, r := range f.result.Refused {
		refused = append(refused, fmt.Sprintf("%s: %s", r.Evidence, r.Reason))
	}
	if refused != nil {
		message += " (" + strings.Join(refused, "; ") + ")"
	}
	return message
}
