package score

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"promptlib/evals"
	"promptlib/schema"
)

var fieldsScorer = &Scorer{
	Name:    "fields",
	Doc:     "the JSON of the reply is that of the expected output, field by field: F1, of the share of its fields that are right and of the expected ones that are found",
	Applies: func(in *Input) bool { return in.Fields != nil },
	Score: func(in *Input) evals.Score {
		if !in.readable() {
			return evals.Score{Follows: true, Reasons: []evals.Reason{in.reason("", "there is no JSON to compare with the expected output")}}
		}
		c := &comparison{in: in, fields: in.Contract.Fields, texts: map[string]*grams{}}
		root := &field{place: in.Contract.Schema.Place()}
		c.compare(root, "", in.Fields, in.JSON.Value)
		s := evals.Score{Value: c.total.f1(), Reasons: c.reasons}
		s.Pass = len(s.Reasons) == 0
		s.Parts = append(s.Parts, evals.Part{Name: "precision", Value: c.total.precision()}, evals.Part{Name: "recall", Value: c.total.recall()})
		s.Parts = root.parts("", s.Parts)
		return s
	},
}

// structured returns the object or array that an expected output is, else nil.
func structured(expected string) any {
	x := Extract(expected)
	if x.How == evals.Strict || x.How == evals.Fenced {
		switch x.Value.(type) {
		case map[string]any, []any:
			return x.Value
		}
	}
	return nil
}

// A comparison is that of one reply with one expected output.
//
// What is counted are leaves: texts, numbers, booleans, nulls, and empty objects
// and arrays.
type comparison struct {
	in      *Input
	fields  *evals.Fields
	texts   map[string]*grams // that were looked at, since items of arrays are compared each with each
	total   counts
	reasons []evals.Reason
}

// counts of leaves.
type counts struct{ right, expected, actual int }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func (c counts) precision() float64 { return share(c.right, c.actual) }
func (c counts) recall() float64    { return share(c.right, c.expected) }

// f1 is the harmonic mean of precision and recall.
func (c counts) f1() float64 { return share(2*c.right, c.expected+c.actual) }

// A field is a path in the expected output, that of all items of an array being
// one. What a reply has elsewhere is counted in the total alone.
type field struct {
	place   schema.Place
	members map[string]*field
	items   *field
	counts
}

func (f *field) member(name string) *field {
	if f.members == nil {
		f.members = map[string]*field{}
	}
	if f.members[name] == nil {
		f.members[name] = &field{place: f.place.Member(name)}
	}
	return f.members[name]
}

func (f *field) item() *field {
	if f.items == nil {
		f.items = &field{place: f.place.Item()}
	}
	return f.items
}

// maxFieldParts bounds the parts of a score.
const maxFieldParts = 300

// parts adds the F1 of the paths from a field on, in lexical order; also their
// precision and recall where these differ.
func (f *field) parts(path string, list []evals.Part) []evals.Part {
	if f.expected > 0 && len(list) < maxFieldParts {
		list = append(list, evals.Part{Name: path, Value: f.f1()})
		if f.precision() != f.recall() {
			list = append(list, evals.Part{Name: path + " precision", Value: f.precision()}, evals.Part{Name: path + " recall", Value: f.recall()})
		}
	}
	if f.items != nil {
		list = f.items.parts(path+"/*", list)
	}
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		list = f.members[name].parts(path+"/"+escapePointer.Replace(name), list)
	}
	return list
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

func (c *comparison) say(pointer, format string, args ...any) {
	c.reasons = append(c.reasons, c.in.reason(pointer, fmt.Sprintf(format, args...)))
}

// compare compares an expected value with what stands at a pointer in the reply.
func (c *comparison) compare(f *field, at string, expected, actual any) {
	switch e := expected.(type) {
	case map[string]any:
		if a, ok := actual.(map[string]any); ok && len(e) > 0 {
			c.members(f, at, e, a)
			return
		}
	case []any:
		if a, ok := actual.([]any); ok && len(e) > 0 {
			c.items(f, at, e, a)
			return
		}
	}
	c.expect(f, expected)
	c.find(f, actual)
	if c.same(f, expected, actual) {
		f.right++
		c.total.right++
		return
	}
	c.say(at, "%s", c.complaint(f, expected, actual))
}

func (c *comparison) members(f *field, at string, expected, actual map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		below := at + "/" + escapePointer.Replace(name)
		if value, ok := actual[name]; ok {
			c.compare(f.member(name), below, expected[name], value)
			continue
		}
		c.expect(f.member(name), expected[name])
		c.say(below, "is missing, expected %s", short(expected[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(actual)) {
		if _, ok := expected[name]; !ok {
			c.find(nil, actual[name])
			c.say(at+"/"+escapePointer.Replace(name), "is not expected, and is %s", short(actual[name]))
		}
	}
}

func (c *comparison) items(f *field, at string, expected, actual []any) {
	taken := make([]bool, len(actual))
	for i, j := range c.align(f.item(), expected, actual) {
		if j >= 0 {
			taken[j] = true
			c.compare(f.item(), at+"/"+strconv.Itoa(j), expected[i], actual[j])
			continue
		}
		c.expect(f.item(), expected[i])
		c.say(at, "lacks item %d of the expected output, %s", i+1, short(expected[i]))
	}
	for j, value := range actual {
		if !taken[j] {
			c.find(f.item(), value)
			c.say(at+"/"+strconv.Itoa(j), "is not expected, and is %s", short(value))
		}
	}
}

// expect counts the leaves of an expected value.
func (c *comparison) expect(f *field, value any) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) > 0 {
			for name, member := range v {
				c.expect(f.member(name), member)
			}
			return
		}
	case []any:
		if len(v) > 0 {
			for _, item := range v {
				c.expect(f.item(), item)
			}
			return
		}
	}
	f.expected++
	c.total.expected++
}

// find counts the leaves of a value of the reply; f is nil where none is expected.
func (c *comparison) find(f *field, value any) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) > 0 {
			for name, member := range v {
				var below *field
				if f != nil {
					below = f.members[name]
				}
				c.find(below, member)
			}
			return
		}
	case []any:
		if len(v) > 0 {
			for _, item := range v {
				var below *field
				if f != nil {
					below = f.items
				}
				c.find(below, item)
			}
			return
		}
	}
	if f != nil {
		f.actual++
	}
	c.total.actual++
}

// complaint says how a value differs from the one that was expected.
func (c *comparison) complaint(f *field, expected, actual any) string {
	if actual == nil {
		return "is null, expected " + short(expected)
	}
	e, isText := expected.(string)
	if a, ok := actual.(string); ok && isText && c.free(f, e) {
		return fmt.Sprintf("is %s, expected something like %s: their likeness is %.3f, less than %g", short(actual), short(expected), c.grams(e).like(c.grams(a)), c.fields.Similarity)
	}
	return fmt.Sprintf("is %s, expected %s", short(actual), short(expected))
}

// short writes a value in at most some sixty characters, large ones by their size.
func short(value any) string {
	if sizeOf(value) > maxShown {
		switch v := value.(type) {
		case map[string]any:
			return fmt.Sprintf("an object of %d members", len(v))
		case []any:
			return fmt.Sprintf("an array of %d items", len(v))
		}
	}
	const most = 60
	if text, ok := value.(string); ok {
		if cut := firstRunes(text, most); len(string(cut)) < len(text) {
			return strconv.Quote(string(cut) + "…")
		}
		return strconv.Quote(text)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value)
	text := strings.TrimSuffix(b.String(), "\n")
	if cut := string(firstRunes(text, most)); len(cut) < len(text) {
		return cut + "…"
	}
	return text
}

// maxShown is the size up to which objects and arrays are written out.
const maxShown = 8
