package policy

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// OwnersPaths are where forges look for the file of code owners, from the top of
// the repository. The first that exists counts.
var OwnersPaths = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}

// The lines between which the owners by the policy stand.
const (
	ownersBegin = "# promptlib codeowners: begin"
	ownersEnd   = "# promptlib codeowners: end"
	ownersNote  = "# Written by promptlib codeowners. It asks for reviews; what decides is promptlib check."
)

// Owners returns the marked block of a file of code owners: a line for each path
// that rules with a path, and protect, name, with the accounts of those who hold
// the roles that they ask for. Prefix is the folder of the library in the
// repository, with a slash at its end, "" for its top. File is the path of the file
// in the repository: one in .gitlab has accounts of GitLab, others of GitHub.
//
// Such a file can say less than a policy. It knows nothing of the front matter, so
// that a rule asks for reviews whatever its other conditions are. Nobody is asked
// for the role "*", bots and people without an account are left out, and so are
// paths that then have nobody: a line without owners would take away those of an
// earlier line. Of the lines that match a file only the last counts. So a line comes
// after those that hold for all of its files, and has their owners too. A glob
// that such files cannot express is written as one that matches more.
func Owners(p *Policy, people *People, prefix, file string) string {
	var lines []ownersLine
	for _, rule := range p.Rules {
		for _, c := range rule.When {
			if c.Key == "path" {
				lines = append(lines, ownersOf(people, file, escapeGlob(prefix)+c.Value, rule.Approve)...)
			}
		}
	}
	for _, glob := range p.Protect.Paths {
		if top, ok := strings.CutPrefix(glob, "/"); ok {
			glob = top
		} else {
			glob = escapeGlob(prefix) + glob
		}
		lines = append(lines, ownersOf(people, file, glob, p.Protect.Approve)...)
	}
	var b strings.Builder
	b.WriteString(ownersBegin + "\n" + ownersNote + "\n")
	for _, l := range arrange(lines) {
		if len(l.owners) > 0 {
			b.WriteString(l.pattern + " " + strings.Join(l.owners, " ") + "\n")
		}
	}
	b.WriteString(ownersEnd + "\n")
	return b.String()
}

// An ownersLine is a line of a file of code owners.
type ownersLine struct {
	glob    string // of the policy, from the top of the repository
	pattern string
	owners  []string // as @LOGIN, sorted
}

// ownersOf returns the lines of a glob, of which braces make several.
func ownersOf(people *People, file, glob string, approve []Approval) []ownersLine {
	var owners []string
	for _, person := range people.List {
		login := person.GitHub.Login
		if strings.HasPrefix(file, ".gitlab/") {
			login = person.GitLab.Login
		}
		asked := slices.ContainsFunc(approve, func(a Approval) bool { return a.Role != "*" && person.Holds(a.Role) })
		if asked && !person.Bot && ownersLogin.MatchString(login) {
			owners = append(owners, "@"+login)
		}
	}
	slices.Sort(owners)
	var lines []ownersLine
	for _, g := range expand(glob) {
		lines = append(lines, ownersLine{g, ownersPattern(g), owners})
	}
	return lines
}

// ownersLogin is a name of an account of GitHub or GitLab.
var ownersLogin = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// arrange joins the lines of one pattern, and puts each after those that hold for
// all of its files.
func arrange(lines []ownersLine) []ownersLine {
	byPattern := map[string]ownersLine{}
	for _, l := range lines {
		l.owners = slices.Concat(byPattern[l.pattern].owners, l.owners)
		byPattern[l.pattern] = l
	}
	each := slices.SortedFunc(maps.Values(byPattern), func(a, b ownersLine) int { return strings.Compare(a.pattern, b.pattern) })
	above := map[string]int{} // by pattern: how many lines hold for all of its files
	list := make([]ownersLine, len(each))
	for i, l := range each {
		list[i] = l
		for _, m := range each {
			if covers, _ := doublestar.Match(m.glob, l.glob); covers && m.pattern != l.pattern {
				above[l.pattern]++
				list[i].owners = slices.Concat(list[i].owners, m.owners)
			}
		}
		slices.Sort(list[i].owners)
		list[i].owners = slices.Compact(list[i].owners)
	}
	slices.SortFunc(list, func(a, b ownersLine) int {
		return cmp.Or(above[a.pattern]-above[b.pattern], strings.Compare(a.pattern, b.pattern))
	})
	return list
}

// ownersPattern writes a glob without braces as a pattern that GitHub and GitLab
// read alike. They have no classes of characters and no escapes, and differ in what
// "**" at the end means; a folder is the same for both.
func ownersPattern(glob string) string {
	parts := slices.CompactFunc(strings.Split(glob, "/"), func(a, b string) bool { return a == "**" && b == "**" })
	glob = strings.Join(parts, "/")
	if glob == "**" || glob == "**/*" {
		return "*"
	}
	if folder, ok := strings.CutSuffix(glob, "/**/*"); ok {
		glob = folder + "/"
	} else if folder, ok := strings.CutSuffix(glob, "/**"); ok {
		glob = folder + "/"
	}
	var b strings.Builder
	b.WriteByte('/')
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '[':
			b.WriteByte('?')
			i = classEnd(glob, i)
		case c == '\\' && i+1 < len(glob):
			i++
			b.WriteByte(plainByte(glob[i]))
		case c == '*':
			b.WriteByte(c)
		default:
			b.WriteByte(plainByte(c))
		}
	}
	return b.String()
}

// plainByte is a byte that means itself in a file of code owners, or one that
// matches any.
func plainByte(c byte) byte {
	if c <= ' ' || c == 0x7f || strings.IndexByte("#*?[]!\\{}", c) >= 0 {
		return '?'
	}
	return c
}

// classEnd returns the index of the bracket that ends a class of characters.
func classEnd(glob string, from int) int {
	i := from + 1
	for i < len(glob) && (glob[i] == '^' || glob[i] == '!') {
		i++
	}
	for i++; i < len(glob) && glob[i] != ']'; i++ { // the first is a character of it
		if glob[i] == '\\' {
			i++
		}
	}
	return min(i, len(glob)-1)
}

// escapeGlob writes a path so that it matches itself alone.
func escapeGlob(path string) string { return globSpecial.ReplaceAllString(path, `\$0`) }

var globSpecial = regexp.MustCompile(`[\\*?\[\]{}]`)

// maxExpanded is how many globs the braces of one may stand for.
const maxExpanded = 64

// expand writes out the alternatives in the braces of a glob. Of one that has too
// many it returns the folder that the braces stand in.
func expand(glob string) []string {
	done, open := []string{}, []string{glob}
	for len(open) > 0 {
		g := open[len(open)-1]
		open = open[:len(open)-1]
		from, to, alternatives := braces(g)
		if alternatives == nil {
			done = append(done, g)
			continue
		}
		for _, a := range alternatives {
			open = append(open, g[:from]+a+g[to:])
		}
		if len(done)+len(open) > maxExpanded {
			from, _, _ := braces(glob)
			return []string{glob[:strings.LastIndexByte(glob[:from], '/')+1] + "**"}
		}
	}
	slices.Sort(done)
	return slices.Compact(done)
}

// braces returns where the first braces of a glob stand, and the alternatives in
// them; nil for none.
func braces(glob string) (from, to int, alternatives []string) {
	depth, start := 0, 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case c == '[' && depth == 0:
			i = classEnd(glob, i)
		case c == '{':
			if depth++; depth == 1 {
				from, start = i, i+1
			}
		case c == ',' && depth == 1:
			alternatives = append(alternatives, glob[start:i])
			start = i + 1
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				return from, i + 1, append(alternatives, glob[start:i])
			}
		}
	}
	return 0, 0, nil
}

// OwnersBlock returns the marked block of a file of code owners, with "\n" at the
// ends of its lines, and the line that it begins on, from 1; "" and 0 where there is
// none. A block that is not closed, or a second one, is an error.
func OwnersBlock(text string) (block string, line int, err error) {
	from, to, line, err := findOwners(text)
	if err != nil || line == 0 {
		return "", 0, err
	}
	return strings.ReplaceAll(text[from:to], "\r\n", "\n"), line, nil
}

// SetOwnersBlock returns a file of code owners with the marked block replaced, or
// with the block at its end where it has none. Everything else stays as it is, and
// the block gets the line ends of the file.
func SetOwnersBlock(text, block string) (string, error) {
	from, to, line, err := findOwners(text)
	if err != nil {
		return "", err
	}
	if strings.Contains(text, "\r\n") {
		block = strings.ReplaceAll(block, "\n", "\r\n")
	}
	switch {
	case line > 0:
		return text[:from] + block + text[to:], nil
	case text == "" || strings.HasSuffix(text, "\n"):
		return text + block, nil
	case strings.Contains(text, "\r\n"):
		return text + "\r\n" + block, nil
	}
	return text + "\n" + block, nil
}

// findOwners returns where the marked block stands, in bytes, and the line that it
// begins on, from 1; 0 for none.
func findOwners(text string) (from, to, line int, err error) {
	at, open := 0, false
	n := 0
	for l := range strings.Lines(text) {
		n++
		switch content := strings.TrimSpace(l); {
		case content == ownersBegin && line > 0:
			return 0, 0, 0, fmt.Errorf("line %d: the block of promptlib begins a second time, after line %d; keep one", n, line)
		case content == ownersBegin:
			from, line, open = at, n, true
		case content == ownersEnd && !open:
			return 0, 0, 0, fmt.Errorf("line %d: the block of promptlib ends and has not begun; remove the line, or write %q above it", n, ownersBegin)
		case content == ownersEnd:
			to, open = at+len(l), false
		}
		at += len(l)
	}
	if open {
		return 0, 0, 0, fmt.Errorf("line %d: the block of promptlib is not closed; write %q below it", line, ownersEnd)
	}
	return from, to, line, nil
}
