package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library"
)

// FileName is the name of the policy in the settings folder of a library.
const FileName = "policy.yaml"

// A Policy is what a library asks of its prompts. Values come from the file
// where it has them and from the built-in default where it has not.
type Policy struct {
	Path       string // of the file; empty for the built-in default
	Vocabulary map[string]Vocabulary
	Tags       []Tag
	Prompts    []string // globs of the files that are governed; none for all
	Required   []string // keys that every governed prompt must declare
	Rules      []Rule
	Retention  Retention
	Freshness  map[string]Span // by risk level: when the next review is due
	Providers  []Provider      // where requests may go; nil where the policy binds none, empty where nothing may be sent
	Protect    Protect
	Evidence   []string // the kinds of evidence that count: "forge" and "signed"
	Waivers    Waivers

	keyAliases   map[string]string
	aliasSizes   uint64            // a bit for each length of such an alias, modulo 64
	valueAliases map[string]string // by the alias in lower case
}

// A Vocabulary is the values that a key may take; for a Level or Status from the
// least to the most restrictive or advanced. Declared says that the library
// states it itself: what it lacks is then wrong, and not only unusual.
type Vocabulary struct {
	Words    []string
	Declared bool
}

// A Tag is a governance tag with what follows from it.
type Tag struct {
	Name       string
	Group      string // at most one tag of a group may stand in a file
	Deprecated string // what to use instead
	Implies    Implication
}

// An Implication is what a tag asks for. Class and Risk are the lowest level
// that goes with the tag.
type Implication struct {
	Class, Risk string
	Roles       []string
	Count       int // approvals, by whomever
}

// Level returns the lowest level of a key that goes with the tag; "" for any.
func (i Implication) Level(key string) string {
	switch key {
	case "data_classification":
		return i.Class
	case "risk_level":
		return i.Risk
	}
	return ""
}

// A Rule asks for approvals of every prompt that meets all its conditions.
type Rule struct {
	Name    string
	When    []Condition
	Approve []Approval
}

// A Condition is met by a key that has, or reaches, a value. The key "path"
// stands for the path of the file in the library, a glob.
type Condition struct {
	Key     string
	Value   string
	AtLeast bool
}

// An Approval is a number of people of a role that must approve; the role "*" is
// anybody's. Reason says what asks for it.
type Approval struct {
	Role   string
	Count  int
	Reason string
}

// Retention says how long what a prompt produces must be kept at the least.
type Retention struct {
	Default *Span           // nil for none
	Floors  map[string]Span // by regulatory scope
}

// Protect asks for approvals of changes to files that decide what is asked of
// others. The zero Protect protects nothing.
type Protect struct {
	Paths   []string // globs; one that begins with "/" begins at the top of the repository
	Approve []Approval
}

// Waivers says who may let a change pass for some hours without the approvals that
// it needs. Without a role, nobody may.
type Waivers struct {
	Role string
	Max  time.Duration // how long a waiver may hold
}

// MaxWaiver is the longest that a waiver holds, whatever the policy says.
const MaxWaiver = 72 * time.Hour

// Load reads the policy of the library at root, or returns the default where it
// has none. The error joins one line for each mistake in the file.
func Load(root string) (*Policy, error) {
	path := filepath.ToSlash(filepath.Join(root, library.SettingsDir, FileName))
	text, err := library.ReadWithin(root, library.SettingsDir+"/"+FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	if err != nil {
		return nil, err
	}
	return Read(path, text)
}

// Read reads a policy from memory. Path names it in messages.
func Read(path string, text []byte) (*Policy, error) {
	root, err := library.ReadSettings(path, text, "policy")
	if err != nil {
		return nil, err
	}
	p := Default()
	p.Path = path
	r := reader{policy: p}
	r.vocabulary(root.Get("vocabulary"))
	for _, pair := range root.Get("aliases").Get("keys").Members() {
		p.alias(pair.Key.Value, pair.Value.Text.Value)
	}
	for _, pair := range root.Get("aliases").Get("values").Members() {
		r.valueAlias(pair)
	}
	for _, pattern := range root.Get("prompts").Scalars() {
		r.glob(pattern)
		p.Prompts = append(p.Prompts, pattern.Value)
	}
	for _, key := range root.Get("required_keys").Scalars() {
		p.Required = append(p.Required, key.Value)
	}
	for _, rule := range root.Get("rules").Elements() {
		r.rule(rule)
	}
	for _, pair := range root.Get("freshness").Members() {
		r.word("risk_level", pair.Key)
		p.Freshness[pair.Key.Value] = r.span(pair.Value)
	}
	if d := root.Get("retention").Get("default"); d != nil {
		span := r.span(d)
		p.Retention.Default = &span
	}
	for _, pair := range root.Get("retention").Get("floors").Members() {
		r.word("regulatory_scope", pair.Key)
		p.Retention.Floors[pair.Key.Value] = r.span(pair.Value)
	}
	if providers := root.Get("providers"); providers != nil {
		p.Providers = []Provider{}
		for _, pair := range providers.Members() {
			r.provider(pair)
		}
	}
	r.protect(root.Get("protect"))
	if accept := root.Get("evidence").Get("accept").Scalars(); accept != nil {
		p.Evidence = nil
		for _, kind := range accept {
			p.Evidence = append(p.Evidence, kind.Value)
		}
	}
	r.waivers(root.Get("waivers"))
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// A reader turns the nodes of a policy file into a Policy and checks what the
// schema cannot: that words are words of the vocabulary.
type reader struct {
	policy   *Policy
	mistakes []mistake
}

type mistake struct {
	at      library.Pos
	message string
}

func (r *reader) fail(at library.Text, format string, args ...any) {
	r.mistakes = append(r.mistakes, mistake{at.Pos, fmt.Sprintf(format, args...)})
}

// err joins the mistakes in the order in which they stand in the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.mistakes, func(a, b mistake) int { return a.at.Offset - b.at.Offset })
	var errs []error
	for _, m := range r.mistakes {
		errs = append(errs, fmt.Errorf("%s: %s", m.at, m.message))
	}
	return errors.Join(errs...)
}

// word checks that a word is one of the vocabulary of a key.
func (r *reader) word(key string, word library.Text) {
	words := r.policy.Vocabulary[key].Words
	if slices.Contains(words, word.Value) {
		return
	}
	message := fmt.Sprintf("%q is not in the vocabulary of %s", word.Value, key)
	if near := library.Nearest(word.Value, slices.Values(words)); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	} else {
		message += "; expected " + strings.Join(words, ", ")
	}
	r.fail(word, "%s", message)
}

// role checks that a role is one of the library, if its policy lists them.
func (r *reader) role(role library.Text) {
	if role.Value != "*" && r.policy.Vocabulary["approval_roles"].Declared {
		r.word("approval_roles", role)
	}
}

func (r *reader) glob(pattern library.Text) {
	if !doublestar.ValidatePattern(pattern.Value) {
		r.fail(pattern, "%q is no glob", pattern.Value)
	}
	if readings(pattern.Value) > maxReadings {
		r.fail(pattern, "%q has more than %d readings by its braces; write several globs", pattern.Value, maxReadings)
	}
}

// maxReadings is how many globs without braces one with braces may stand for. They
// are all tried, for each path: ten pairs of braces in a row would take hours.
const maxReadings = 256

// readings returns for how many globs without braces one with braces stands at the
// most.
func readings(glob string) int {
	product := 1
	var open []int // alternatives of the braces that are open
	for i := 0; i < len(glob) && product <= maxReadings; i++ {
		switch last := len(open) - 1; {
		case glob[i] == '\\':
			i++
		case glob[i] == '{':
			open = append(open, 1)
		case glob[i] == ',' && last >= 0:
			open[last]++
		case glob[i] == '}' && last >= 0:
			product *= open[last]
			open = open[:last]
		}
	}
	return product
}

func (r *reader) span(n *library.Node) Span {
	span, ok := ParseSpan(n.Text.Value)
	if !ok {
		r.fail(n.Text, "%q is no period of whole days, such as %q", n.Text.Value, "P5Y")
	}
	return span
}

// valueAlias enters an alias, which must stand for a word of some vocabulary.
func (r *reader) valueAlias(alias library.Pair) {
	r.policy.valueAliases[strings.ToLower(alias.Key.Value)] = alias.Value.Text.Value
	var all []string
	for _, v := range r.policy.Vocabulary {
		all = append(all, v.Words...)
	}
	if slices.Contains(all, alias.Value.Text.Value) {
		return
	}
	hint := ""
	if near := library.Nearest(alias.Value.Text.Value, slices.Values(all)); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	r.fail(alias.Value.Text, "%q is not in any vocabulary%s", alias.Value.Text.Value, hint)
}

// The kinds of evidence of an approval.
const (
	EvidenceForge  = "forge"  // a review on the forge
	EvidenceSigned = "signed" // a statement with an SSH signature
)

func (r *reader) protect(n *library.Node) {
	for _, pattern := range n.Get("paths").Scalars() {
		r.glob(pattern)
		r.policy.Protect.Paths = append(r.policy.Protect.Paths, pattern.Value)
	}
	r.policy.Protect.Approve = r.approve(n.Get("approve"), "protect")
}

// hours is a number of whole days or hours, as an ISO 8601 duration.
var hours = regexp.MustCompile(`^P(?:(\d{1,2})D|T(\d{1,4})H)$`)

func (r *reader) waivers(n *library.Node) {
	if n == nil {
		return
	}
	r.role(n.Get("role").Scalar())
	r.policy.Waivers = Waivers{Role: n.Get("role").Text.Value, Max: MaxWaiver}
	limit := n.Get("max")
	if limit == nil {
		return
	}
	m := hours.FindStringSubmatch(limit.Text.Value)
	if m == nil {
		r.fail(limit.Text, "%q is no number of whole hours or days, such as %q", limit.Text.Value, "PT72H")
		return
	}
	days, _ := strconv.Atoi(m[1])
	number, _ := strconv.Atoi(m[2])
	r.policy.Waivers.Max = time.Duration(24*days+number) * time.Hour
	switch {
	case r.policy.Waivers.Max > MaxWaiver:
		r.fail(limit.Text, "a waiver holds for 72 hours at most, not %s", limit.Text.Value)
	case r.policy.Waivers.Max == 0:
		r.fail(limit.Text, "a waiver of no time lets nothing pass; leave out waivers if there shall be none")
	}
}

// count reads a number of approvals; the schema has seen that it is a small
// positive integer.
func count(n *library.Node) int {
	number, _ := n.JSON().(float64)
	return int(number)
}

func (r *reader) vocabulary(n *library.Node) {
	for _, pair := range n.Members() {
		if pair.Key.Value == "tags" {
			continue
		}
		var words []string
		for _, t := range pair.Value.Scalars() {
			words = append(words, t.Value)
		}
		r.policy.Vocabulary[pair.Key.Value] = Vocabulary{Words: words, Declared: true}
	}
	tags := n.Get("tags")
	if tags == nil {
		return
	}
	r.policy.Tags = nil
	for _, pair := range tags.Members() {
		tag := Tag{Name: pair.Key.Value, Group: pair.Value.Get("group").Scalar().Value, Deprecated: pair.Value.Get("deprecated").Scalar().Value}
		for _, implied := range pair.Value.Get("implies").Members() {
			switch implied.Key.Value {
			case "data_classification":
				r.word(implied.Key.Value, implied.Value.Text)
				tag.Implies.Class = implied.Value.Text.Value
			case "risk_level":
				r.word(implied.Key.Value, implied.Value.Text)
				tag.Implies.Risk = implied.Value.Text.Value
			case "roles":
				for _, role := range implied.Value.Scalars() {
					r.role(role)
					tag.Implies.Roles = append(tag.Implies.Roles, role.Value)
				}
			case "count":
				tag.Implies.Count = count(implied.Value)
			}
		}
		r.policy.Tags = append(r.policy.Tags, tag)
	}
	r.policy.Vocabulary["governance_tags"] = Vocabulary{Words: tagNames(r.policy.Tags), Declared: true}
}

func tagNames(tags []Tag) []string {
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.Name
	}
	return names
}

func (r *reader) rule(n *library.Node) {
	rule := Rule{Name: n.Get("name").Text.Value}
	if slices.ContainsFunc(r.policy.Rules, func(before Rule) bool { return before.Name == rule.Name }) {
		r.fail(n.Get("name").Text, "rule %q stands here twice; give each its own name", rule.Name)
	}
	for _, pair := range n.Get("when").Members() {
		c := Condition{Key: pair.Key.Value, Value: pair.Value.Text.Value}
		if field, ok := FieldOf(c.Key); ok && (field.Type == Level || field.Type == Status) {
			if value, ok := strings.CutPrefix(c.Value, ">="); ok {
				c.Value, c.AtLeast = strings.TrimSpace(value), true
			}
			word := pair.Value.Text
			word.Value = c.Value
			r.word(c.Key, word)
		} else if ok {
			r.word(c.Key, pair.Value.Text)
		} else {
			r.glob(pair.Value.Text)
		}
		rule.When = append(rule.When, c)
	}
	rule.Approve = r.approve(n.Get("approve"), "rule "+strconv.Quote(rule.Name))
	r.policy.Rules = append(r.policy.Rules, rule)
}

func (r *reader) approve(n *library.Node, reason string) []Approval {
	var list []Approval
	for _, a := range n.Elements() {
		approval := Approval{Role: a.Get("role").Text.Value, Count: 1, Reason: reason}
		r.role(a.Get("role").Scalar())
		if slices.ContainsFunc(list, func(before Approval) bool { return before.Role == approval.Role }) {
			r.fail(a.Get("role").Text, "role %q is asked for twice; write one entry with the count of both", approval.Role)
		}
		if n := a.Get("count"); n != nil {
			approval.Count = count(n)
		}
		list = append(list, approval)
	}
	return list
}

// KeyAliases returns every other spelling of the governance keys, sorted.
func (p *Policy) KeyAliases() []string {
	aliases := make([]string, 0, len(p.keyAliases))
	for alias := range p.keyAliases {
		aliases = append(aliases, alias)
	}
	slices.Sort(aliases)
	return aliases
}

// CanonicalKey returns the governance key that a key of a front matter stands
// for, itself or by an alias; "" for any other key.
func (p *Policy) CanonicalKey(key string) string {
	if fieldIndex(key) >= 0 {
		return key
	}
	return p.aliasOf(key)
}

// aliasOf returns the governance key that a key is another spelling of, or "".
func (p *Policy) aliasOf(key string) string {
	if p.aliasSizes&(1<<(len(key)%64)) == 0 {
		return "" // as for most keys, without a look into the map
	}
	return p.keyAliases[key]
}

// alias makes a key another spelling of a governance key.
func (p *Policy) alias(key, canonical string) {
	p.keyAliases[key] = canonical
	p.aliasSizes |= 1 << (len(key) % 64)
}

// Tag returns a tag of the vocabulary by its name, in any case.
func (p *Policy) Tag(name string) (Tag, bool) {
	canonical, _ := p.Canonical("governance_tags", name)
	i := slices.IndexFunc(p.Tags, func(t Tag) bool { return t.Name == canonical })
	if i < 0 {
		return Tag{}, false
	}
	return p.Tags[i], true
}
