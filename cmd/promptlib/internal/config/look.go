package config

import (
	"path"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// A Survey is what a library without settings looks like.
type Survey struct {
	Prompts  int      // files that are no README and the like
	Prose    int      // those that are
	Bare     int      // prompts without front matter in no dialect
	Dialects []Count  // in the order of library.Dialects
	Globs    []string // that stand for the prompts, bare ones left out
	Foreign  []string // globs of what package managers keep
	Keys     []KeyUse // in the order of policy.Fields
	Sections []Count  // headings of level 2 in dialect B, most frequent first
}

// A Count is how many prompts have something.
type Count struct {
	Name    string
	Prompts int
}

// A KeyUse is how a governance key is used. Known are the values that the
// built-in policy has, in its spelling; Unknown are the others, as written. Both
// are sorted, the most frequent first, and empty for a key without vocabulary.
type KeyUse struct {
	Key            string
	Prompts        int
	Known, Unknown []Count
}

// Look reads the prompts of a library. Root is its folder.
func Look(root string, files []library.File) *Survey {
	s := &Survey{}
	l := looker{policy: policy.Default(), dialects: map[string]int{}, folders: map[string]map[string]bool{}, sections: map[string]int{}}
	for _, f := range policy.Fields {
		l.keys = append(l.keys, keyCounts{known: map[string]int{}, unknown: map[string]int{}, field: f})
	}
	foreign := map[string]bool{}
	for f, seen := range library.Each(files, l.read) {
		name := library.Relative(root, f.Path)
		if glob := foreignGlob(name); glob != "" {
			foreign[glob] = true
			continue
		}
		if f.Prose {
			s.Prose++
			continue
		}
		s.Prompts++
		if seen.bare {
			s.Bare++
		} else {
			l.add(name, seen)
		}
	}
	for _, d := range library.Dialects {
		s.Dialects = append(s.Dialects, Count{d.Name, l.dialects[d.Name]})
	}
	s.Globs = l.globs()
	for glob := range foreign {
		s.Foreign = append(s.Foreign, glob)
	}
	slices.Sort(s.Foreign)
	for _, k := range l.keys {
		s.Keys = append(s.Keys, KeyUse{k.field.Key, k.prompts, sorted(k.known), sorted(k.unknown)})
	}
	s.Sections = sorted(l.sections)
	return s
}

// foreignFolders are the folders in which package managers keep the files of
// others.
var foreignFolders = []string{"node_modules", "vendor", "third_party", ".venv", "venv", "site-packages"}

func foreignGlob(name string) string {
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(foreignFolders, folder) {
			return "**/" + folder + "/**"
		}
	}
	return ""
}

// A looker counts what prompts have.
type looker struct {
	policy   *policy.Policy
	dialects map[string]int
	folders  map[string]map[string]bool // extensions by the first folder of the path, "" for none
	keys     []keyCounts
	sections map[string]int
}

type keyCounts struct {
	field          policy.Field
	prompts        int
	known, unknown map[string]int
}

// A glimpse is what is kept of one prompt.
type glimpse struct {
	bare     bool
	dialect  string
	values   map[string][]string // by governance key
	sections []string
}

func (l *looker) read(f library.File) glimpse {
	p := library.Read(f)
	g := glimpse{bare: p.Dialect == "plain" && !p.Front.Found, dialect: p.Dialect, values: map[string][]string{}}
	for e := range p.Entries() {
		key := l.policy.CanonicalKey(e.Key.Value)
		if key == "" || !p.Front.Sound {
			continue
		}
		values := g.values[key]
		for _, t := range e.Value.Scalars() {
			values = append(values, strings.Clone(t.Value))
		}
		g.values[key] = append([]string{}, values...)
	}
	for _, s := range p.Sections {
		if p.Dialect == "B" && s.Level == 2 {
			g.sections = append(g.sections, strings.Clone(s.Normal()))
		}
	}
	return g
}

func (l *looker) add(name string, g glimpse) {
	l.dialects[g.dialect]++
	folder, _, ok := strings.Cut(name, "/")
	if !ok {
		folder = ""
	}
	if l.folders[folder] == nil {
		l.folders[folder] = map[string]bool{}
	}
	l.folders[folder][path.Ext(name)] = true
	for i := range l.keys {
		k := &l.keys[i]
		values, ok := g.values[k.field.Key]
		if !ok {
			continue
		}
		k.prompts++
		if l.policy.Vocabulary[k.field.Key].Words == nil {
			continue
		}
		known, unknown := map[string]bool{}, map[string]bool{}
		for _, v := range values {
			if word, match := l.policy.Canonical(k.field.Key, v); match != policy.Unknown {
				known[word] = true
			} else {
				unknown[v] = true
			}
		}
		tally(k.known, known)
		tally(k.unknown, unknown)
	}
	sections := map[string]bool{}
	for _, s := range g.sections {
		sections[s] = s != ""
	}
	tally(l.sections, sections)
}

// tally counts what one prompt has.
func tally(counts map[string]int, has map[string]bool) {
	for name, ok := range has {
		if ok {
			counts[name]++
		}
	}
}

// maxFolders is how many folders are named one by one.
const maxFolders = 8

// globs returns globs for the folders that have prompts.
func (l *looker) globs() []string {
	folders := map[string]map[string]bool{}
	for folder, extensions := range l.folders {
		if strings.ToValidUTF8(folder, "") != folder || len(l.folders) > maxFolders {
			folder = "**" // a name that cannot be written down, or too many of them
		}
		if folders[folder] == nil {
			folders[folder] = map[string]bool{}
		}
		for e := range extensions {
			folders[folder][e] = true
		}
	}
	var globs []string
	for folder, extensions := range folders {
		for e := range extensions {
			switch {
			case folder == "":
				globs = append(globs, "*"+escapeGlob(e))
			case folder == "**":
				globs = append(globs, "**/*"+escapeGlob(e))
			default:
				globs = append(globs, escapeGlob(folder)+"/**/*"+escapeGlob(e))
			}
		}
	}
	slices.Sort(globs)
	return globs
}

// escapeGlob returns a glob that stands for one name alone.
func escapeGlob(name string) string {
	var b strings.Builder
	for _, c := range name {
		if strings.ContainsRune(`\*?[]{}`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func sorted(counts map[string]int) []Count {
	var list []Count
	for name, n := range counts {
		list = append(list, Count{name, n})
	}
	slices.SortFunc(list, func(a, b Count) int {
		if a.Prompts != b.Prompts {
			return b.Prompts - a.Prompts
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}
