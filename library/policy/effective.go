package policy

import (
	"reflect"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library"
)

// A From says where an effective value comes from.
type From string

// The origins of an effective value.
const (
	Declared From = "declared" // the canonical key
	Alias    From = "alias"    // another spelling of the key
	Conflict From = "conflict" // declarations that disagree: the most restrictive
	Missing  From = "missing"  // no usable declaration: the most restrictive there is
)

// A Declaration is a governance key as a file states it.
type Declaration struct {
	Key   library.Text // as spelt, nested keys with dots
	Value *library.Node
}

// A Value is the effective value of a governance key.
type Value struct {
	Field        Field
	From         From
	Words        []string // canonical; one for all types but Set; none where nothing can be assumed
	Declarations []Declaration
}

// Word returns the only word of a value that is no set; "" for none.
func (v Value) Word() string {
	if len(v.Words) == 0 {
		return ""
	}
	return v.Words[0]
}

// Has reports whether a set holds a word.
func (v Value) Has(word string) bool { return slices.Contains(v.Words, word) }

// Any returns the value as it appears in JSON: a bool for a Flag, a list for a
// Set, text for the others, and nil for no value.
func (v Value) Any() any {
	switch {
	case v.Field.Type == Set:
		return append([]string{}, v.Words...)
	case len(v.Words) == 0:
		return nil
	case v.Field.Type == Flag:
		return v.Words[0] == "true"
	}
	return v.Words[0]
}

// Governance is the effective governance of one prompt.
type Governance struct {
	Values   []Value // one for each of Fields, in that order
	Governed bool    // the file is one of those that the policy is about
	Declared bool    // the prompt declares some value
	path     string  // of the file in the library

	declarations []Declaration // of all values, in their order
}

// Get returns the value of a canonical key.
func (g *Governance) Get(key string) Value {
	if i := fieldIndex(key); i >= 0 {
		return g.Values[i]
	}
	return Value{}
}

// Effective turns what a prompt declares into what counts. Root is the folder
// of the library, which conditions on paths are relative to. Declarations of a
// front matter that can be read in more than one way are listed but do not
// count.
func (p *Policy) Effective(prompt *library.Prompt, root string) *Governance {
	g := new(Governance)
	p.Settle(g, prompt, root)
	return g
}

// Settle is [Policy.Effective] in the memory of a Governance that nobody uses any
// more, for what goes through thousands of prompts.
func (p *Policy) Settle(g *Governance, prompt *library.Prompt, root string) {
	found := make([]declared, 0, 16)
	for i, pairs := 0, prompt.Front.Root.Members(); i < len(pairs); i++ {
		found = p.declared(found, pairs[i].Key.Value, &pairs[i])
		if pairs[i].Value.Type == library.Map {
			for k, inner := 0, pairs[i].Value.Pairs; k < len(inner); k++ {
				found = p.declared(found, pairs[i].Key.Value+"."+inner[k].Key.Value, &inner[k])
			}
		}
	}
	if g.Values == nil {
		g.Values = make([]Value, len(Fields))
	}
	g.path = library.Relative(root, prompt.Path)
	g.Governed, g.Declared = p.Governs(g.path), len(found) > 0
	if !g.Declared { // as in many a library
		for i := range Fields {
			g.Values[i] = Value{Field: Fields[i], From: Missing, Words: p.mostRestrictive(Fields[i])}
		}
		return
	}
	list := slices.Grow(g.declarations[:0], len(found))
	g.declarations = list
	for i := range Fields {
		g.Values[i] = Value{Field: Fields[i]}
		from := len(list)
		for k := range found {
			if found[k].field == i {
				list = append(list, found[k].Declaration)
			}
		}
		if from < len(list) {
			g.Values[i].Declarations = list[from:len(list):len(list)]
		}
		p.effective(&g.Values[i], prompt.Front.Sound)
	}
	p.raise(g)
}

// A declared is a declaration of the field with an index.
type declared struct {
	field int
	Declaration
}

// declared adds what a pair of a front matter declares, if its key, which is
// given with dots where it is nested, is a governance key.
//
// Note: this is what [library.Prompt.Entries] yields, at a small part of the cost:
// most keys are no governance keys, and need not be copied.
func (p *Policy) declared(found []declared, key string, pair *library.Pair) []declared {
	i := fieldIndex(key)
	if i < 0 {
		if i = fieldIndex(p.aliasOf(key)); i < 0 {
			return found
		}
	}
	d := declared{i, Declaration(*pair)}
	d.Key.Value = key
	return append(found, d)
}

// Governs reports whether the policy is about a file of the library, by its path
// in it.
func (p *Policy) Governs(file string) bool {
	for _, pattern := range p.Prompts {
		if ok, _ := doublestar.Match(pattern, file); ok {
			return true
		}
	}
	return p.Prompts == nil
}

// GovernsFile reports whether the policy is about a file of the library, by its
// path in it: as [Policy.Governs] says, but never the settings, no README and the
// like unless the policy names the very file, and where it has no globs no files
// but prompts.
func (p *Policy) GovernsFile(file string) bool {
	if strings.HasPrefix(file, library.SettingsDir+"/") {
		return false
	}
	name := file[strings.LastIndexByte(file, '/')+1:]
	switch {
	case library.IsProse(name):
		return slices.Contains(p.Prompts, file)
	case p.Prompts == nil:
		return library.IsPromptFile(name)
	}
	return p.Governs(file)
}

// Protects returns the first glob of [Protect] that a file matches, "" for none. A
// file has a path in the library, and one from the top of the repository, which
// globs with a slash at their beginning are about; "" where that is not known.
func (p *Policy) Protects(file, fromTop string) string {
	for _, glob := range p.Protect.Paths {
		pattern, path := glob, file
		if rest, top := strings.CutPrefix(glob, "/"); top {
			pattern, path = rest, fromTop
		}
		if ok, _ := doublestar.Match(pattern, path); ok && path != "" {
			return glob
		}
	}
	return ""
}

// effective combines what the declarations of a value say. Beside a declaration
// that can be used, one that cannot counts as a missing value does: a misspelt
// "restricted" is not outvoted by a "public".
func (p *Policy) effective(v *Value, sound bool) {
	f := v.Field
	v.From, v.Words = Missing, p.mostRestrictive(f)
	from, conflict := Missing, false
	var said []string
	silent := true // nothing was said yet
	for i := range v.Declarations {
		d := &v.Declarations[i]
		words, ok := p.read(f, d.Value)
		switch {
		case !ok && v.Words == nil:
			continue // says nothing, and nothing can be assumed
		case !ok:
			words = v.Words
		case d.Key.Value == f.Key:
			from = Declared
		case from == Missing:
			from = Alias
		}
		switch {
		case silent:
			said, silent = words, false
		case !same(f, words, said):
			conflict = true
			said = p.stricter(f, said, words)
		}
	}
	if from == Missing || !sound {
		return
	}
	v.From, v.Words = from, said
	if conflict {
		v.From = Conflict
	}
}

// Agree reports whether two declarations of a field say the same, in whatever
// spelling.
func (p *Policy) Agree(f Field, a, b Declaration) bool {
	x, ok := p.read(f, a.Value)
	y, also := p.read(f, b.Value)
	if ok && also {
		return same(f, x, y)
	}
	return ok == also && reflect.DeepEqual(a.Value.JSON(), b.Value.JSON())
}

// same reports whether two readings of a field are one value.
func same(f Field, a, b []string) bool {
	switch f.Type {
	case Set:
		return len(a) == len(b) && !slices.ContainsFunc(a, func(word string) bool { return !slices.Contains(b, word) })
	case Duration:
		x, _ := ParseSpan(a[0])
		y, _ := ParseSpan(b[0])
		return x.Compare(y) == 0
	}
	return slices.Equal(a, b)
}

// read returns the canonical words of one declaration; not ok where it says
// nothing that can be used.
func (p *Policy) read(f Field, n *library.Node) (words []string, ok bool) {
	switch f.Type {
	case Flag:
		flag, ok := ReadFlag(n)
		if flag {
			return yes, ok
		}
		return no, ok
	case Set:
		if n == nil || n.Type == library.Map {
			return nil, false
		}
		if n.Type != library.List {
			return p.add(nil, f, n), true
		}
		for _, item := range n.Items {
			words = p.add(words, f, item)
		}
		return words, true
	}
	text := n.Scalar().Value
	if text == "" {
		return nil, false
	}
	switch f.Type {
	case Level, Status:
		word, match := p.Canonical(f.Key, text)
		return []string{word}, match != Unknown
	case Duration:
		if _, ok := ParseSpan(text); ok {
			return []string{text}, true
		}
		iso, ok := RepairSpan(text)
		return []string{iso}, ok
	case Date:
		_, ok := ParseDate(text)
		return []string{text}, ok
	}
	return []string{text}, true
}

// add adds the canonical word that a scalar is for a field, once.
func (p *Policy) add(words []string, f Field, n *library.Node) []string {
	if n.Type >= library.List || n.Type == library.Null || f.Key == "approval_roles" && IsNone(n.Text.Value) {
		return words // no role is called None
	}
	word, _ := p.Canonical(f.Key, n.Text.Value)
	if word == "" || slices.Contains(words, word) {
		return words
	}
	return append(words, word)
}

// The words of flags; nothing changes the words of a value.
var yes, no = []string{"true"}, []string{"false"}

// IsNone reports whether a word stands for the absence of a value where a name
// is expected.
func IsNone(word string) bool {
	return strings.EqualFold(word, "none") || strings.EqualFold(word, "null") || strings.EqualFold(word, "n/a")
}

// mostRestrictive is what a missing value counts as.
func (p *Policy) mostRestrictive(f Field) []string {
	switch f.Type {
	case Level:
		words := p.Vocabulary[f.Key].Words
		return words[len(words)-1:]
	case Status:
		return p.Vocabulary[f.Key].Words[:1]
	case Flag:
		return yes
	case Duration:
		if d := p.Retention.Default; d != nil {
			return []string{d.String()}
		}
	}
	return nil
}

// stricter combines two readings that disagree.
func (p *Policy) stricter(f Field, a, b []string) []string {
	first := true // a counts
	switch f.Type {
	case Level:
		first = p.Rank(f.Key, a[0]) >= p.Rank(f.Key, b[0])
	case Status:
		first = p.Rank(f.Key, a[0]) <= p.Rank(f.Key, b[0])
	case Flag:
		first = a[0] == "true"
	case Set:
		all := slices.Clone(a)
		for _, word := range b {
			if !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
		return all
	case Duration:
		x, _ := ParseSpan(a[0])
		y, _ := ParseSpan(b[0])
		first = x.Compare(y) >= 0
	case Date:
		first = a[0] <= b[0]
	}
	if first {
		return a
	}
	return b
}

// raise lifts the class and risk of a prompt to what its tags imply.
func (p *Policy) raise(g *Governance) {
	for _, name := range g.Get("governance_tags").Words {
		tag, _ := p.Tag(name)
		for i := range g.Values {
			v := &g.Values[i]
			if floor := tag.Implies.Level(v.Field.Key); floor != "" && p.Rank(v.Field.Key, v.Word()) < p.Rank(v.Field.Key, floor) {
				v.Words, v.From = []string{floor}, Conflict
			}
		}
	}
}

// Demands returns the approvals that the policy asks for: by its rules and by
// the tags of the prompt, in that order; none for a file it is not about.
func (p *Policy) Demands(g *Governance) []Approval {
	if !g.Governed {
		return nil
	}
	var demands []Approval
	for _, rule := range p.Rules {
		if p.matches(rule, g) {
			demands = append(demands, rule.Approve...)
		}
	}
	for _, name := range g.Get("governance_tags").Words {
		tag, _ := p.Tag(name)
		demands = append(demands, tag.Approvals()...)
	}
	return demands
}

// Approvals are what a tag asks for itself.
func (t Tag) Approvals() []Approval {
	var list []Approval
	reason := "tag " + t.Name
	for _, role := range t.Implies.Roles {
		list = append(list, Approval{Role: role, Count: 1, Reason: reason})
	}
	if t.Implies.Count > 0 {
		list = append(list, Approval{Role: "*", Count: t.Implies.Count, Reason: reason})
	}
	return list
}

func (p *Policy) matches(rule Rule, g *Governance) bool {
	for _, c := range rule.When {
		if !p.holds(c, g) {
			return false
		}
	}
	return true
}

// Unmet returns the conditions of a rule that a prompt does not meet; none where
// the rule applies to it.
func (p *Policy) Unmet(rule Rule, g *Governance) []Condition {
	var list []Condition
	for _, c := range rule.When {
		if !p.holds(c, g) {
			list = append(list, c)
		}
	}
	return list
}

// holds reports whether a prompt meets a condition.
func (p *Policy) holds(c Condition, g *Governance) bool {
	if c.Key == "path" {
		ok, _ := doublestar.Match(c.Value, g.path)
		return ok
	}
	return p.meets(c, g.Get(c.Key)) || p.implied(c, g)
}

// meets reports whether a value meets a condition: the value that counts, or any
// that the prompt declares. To declare a second value never takes a file out of
// reach of a rule.
func (p *Policy) meets(c Condition, v Value) bool {
	if p.met(c, v.Words) {
		return true
	}
	if v.From != Conflict {
		return false
	}
	for i := range v.Declarations {
		if words, ok := p.read(v.Field, v.Declarations[i].Value); ok && p.met(c, words) {
			return true
		}
	}
	return false
}

// implied reports whether a tag of a prompt implies a level that meets a
// condition. To add a tag that implies a higher one does not take a file out of
// reach of a rule.
func (p *Policy) implied(c Condition, g *Governance) bool {
	return g.Get(c.Key).From == Conflict && slices.ContainsFunc(g.Get("governance_tags").Words, func(name string) bool {
		tag, _ := p.Tag(name)
		floor := tag.Implies.Level(c.Key)
		return floor != "" && p.met(c, []string{floor})
	})
}

func (p *Policy) met(c Condition, words []string) bool {
	if !c.AtLeast {
		return slices.Contains(words, c.Value)
	}
	return len(words) > 0 && p.Rank(c.Key, words[0]) >= p.Rank(c.Key, c.Value)
}

// HighRisk reports whether a prompt is of the upper levels of risk, where forged
// authorship and reviews of no certain text are not put up with: "high" and above,
// or the upper half where the vocabulary has no such word.
func (p *Policy) HighRisk(g *Governance) bool {
	first := p.Rank("risk_level", "high")
	if first < 0 {
		first = len(p.Vocabulary["risk_level"].Words) / 2
	}
	return p.Rank("risk_level", g.Get("risk_level").Word()) >= first
}
