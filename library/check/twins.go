package check

import (
	"strings"
	"unicode"

	"promptlib/library"
)

// twins are names of files that are one file where the file system makes no
// difference between them: Windows and macOS make none of case and of blanks and
// dots at an end, macOS none of invisible characters, and of a letter with an accent
// and the same in two characters. There, what nobody is asked of would take the
// place of what was approved.
type twins map[string]*namesakes // by what the names have in common

type namesakes struct {
	some  [2]string // two of the names, or one
	ruled string    // one that the policy is about; "" for none
}

func (c *Change) findTwins() twins {
	t := twins{}
	for _, name := range c.Names {
		ruled := c.ruled(name)
		for _, key := range twinKeys(name, hasMarks(name)) {
			n := t[key]
			if n == nil {
				n = &namesakes{}
				t[key] = n
			}
			switch {
			case n.some[0] == "":
				n.some[0] = name
			case n.some[1] == "" && n.some[0] != name:
				n.some[1] = name
			}
			if ruled && n.ruled == "" {
				n.ruled = name
			}
		}
	}
	return t
}

// of returns another name of a file, one of the two being of a file that the policy
// is about; "" for none.
func (t twins) of(path string, ruled bool) string {
	for _, key := range twinKeys(path, !hasMarks(path)) {
		n := t[key]
		switch {
		case n == nil:
		case !ruled && n.ruled != "":
			return n.ruled
		case ruled && n.some[0] != path:
			return n.some[0]
		case ruled && n.some[1] != "":
			return n.some[1]
		}
	}
	return ""
}

// ruled reports whether the policy is about a file, or a decision depends on it.
func (c *Change) ruled(path string) bool {
	return c.governs(path) || strings.HasPrefix(path, library.SettingsDir+"/") || c.Policy.Protects(path, c.shown(path)) != ""
}

// twinKeys returns what is the same for all names of one file: the name without
// case and what is overlooked, and without accents. By the latter, only names with
// and without marks of their own are compared.
func twinKeys(path string, marks bool) []string {
	parts := strings.Split(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r)) // of both cases, since some letters have three
	}, path), "/")
	for i, part := range parts {
		parts[i] = strings.TrimRight(part, ". ")
	}
	folded := strings.Join(parts, "/")
	var bare []rune
	for _, r := range folded {
		switch {
		case unicode.Is(unicode.Mn, r):
			if len(bare) > 0 {
				bare[len(bare)-1] = '?'
			}
		case r >= 0x80 && unicode.IsLetter(r):
			bare = append(bare, '?')
		default:
			bare = append(bare, r)
		}
	}
	kind := "\x00plain\x00"
	if marks {
		kind = "\x00marked\x00"
	}
	return []string{folded, kind + string(bare)}
}

func hasMarks(path string) bool {
	return strings.ContainsFunc(path, func(r rune) bool { return unicode.Is(unicode.Mn, r) })
}

// settingsTwin reports whether a path leads through a folder that is the settings
// folder under another name.
func settingsTwin(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part != library.SettingsDir && twinKeys(part, false)[0] == library.SettingsDir {
			return true
		}
	}
	return false
}
