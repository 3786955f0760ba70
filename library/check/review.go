package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// digestLine is a line of a review that binds it to the text of one file. Fewer
// than 32 digits, or 128 bits, could be met by two texts that somebody prepares.
var digestLine = regexp.MustCompile("(?m)^[ \t`]*promptlib-digest:[ \t]*([0-9a-f]{32,64})(?:[ \t]+(.*?))?[ \t`]*\r?$")

// asRole is the end of such a line, which says in what role the review is given.
var asRole = regexp.MustCompile(`(?:^|[ \t])as ([A-Za-z][A-Za-z0-9-]{0,63})$`)

// isNamed reports whether a line of a review that names a file means this one. A
// line may leave the name out; with it, it is not good for a copy of the text.
func (f *file) isNamed(name string) bool {
	return name == "" || slices.ContainsFunc([]string{f.shown, f.Path, f.name}, func(own string) bool {
		return strings.TrimSpace(strings.Map(plain, own)) == name
	})
}

// DigestLine returns the line that binds a review to the text of a file. Role may
// be "" for whatever the reviewer holds.
func DigestLine(digest, path, role string) string {
	line := "promptlib-digest: " + digest
	if path != "" {
		line += " " + strings.Map(plain, path)
	}
	if role != "" {
		line += " as " + role
	}
	return line
}

// plain keeps a path on its line.
func plain(c rune) rune {
	if c < ' ' || c == 0x7f || c == 0x2028 || c == 0x2029 || c == 0x85 {
		return '?'
	}
	return c
}

// readReview takes a review for what the forge says of it.
func (c *Change) readReview(r Review) *opinion {
	o := &opinion{
		who: r.By.Login, says: r.Opinion, at: r.At, order: r.ID, commit: r.Commit, forge: true,
		evidence: r.URL, by: c.People.ByAccount(c.Request.Forge, r.By.ID),
	}
	if o.evidence == "" {
		o.evidence = fmt.Sprintf("%s, review %d", c.Request.Name, r.ID)
	}
	switch {
	case o.by == nil:
		o.flaw = fmt.Sprintf("the account %q (id %d) is nobody's in the people.yaml of the base", r.By.Login, r.By.ID)
	case r.By.Bot && !o.by.Bot:
		o.flaw = fmt.Sprintf("the account %q is one of a bot", r.By.Login)
	case r.Edited:
		o.void = "the review was edited after it was given"
	}
	for _, m := range digestLine.FindAllStringSubmatch(r.Text, -1) {
		s := subject{digest: m[1], name: m[2]}
		if role := asRole.FindStringSubmatch(m[2]); role != nil {
			s.name, s.role = strings.TrimSuffix(m[2], role[0]), role[1]
		}
		s.name = strings.TrimSpace(s.name)
		o.subjects = append(o.subjects, s)
	}
	return o
}

// looseReview reports whether a review that names no digest is about what a file
// becomes: of a file of no high risk, and if it looked at the commit that the
// forge takes for the head, after that had arrived.
func (f *file) looseReview(o *opinion) bool {
	r := f.change.Request
	return !f.highRisk && f.AsProposed && o.commit != "" && o.commit == r.Head && !r.Pushed.IsZero() && o.at.After(r.Pushed)
}
