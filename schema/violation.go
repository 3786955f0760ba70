package schema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A Violation is one way in which a value breaks a schema.
type Violation struct {
	Pointer string   // JSON Pointer to the value; for a member that is missing, to where it would be
	Keyword string   // the schema keyword that failed, as in "required"; "false" for the schema that allows nothing
	Message string   // lower case, without the pointer
	Known   []string // for a member that is not known: the members that are, sorted
}

// Missing reports whether the value at Pointer does not exist.
func (v Violation) Missing() bool {
	return v.Keyword == "required" || v.Keyword == "dependentRequired"
}

// violations lists what a failed validation of a value says, sorted and each
// once.
func (s *Schema) violations(e *jsonschema.ValidationError, value any) []Violation {
	list := s.flatten(e, value, nil)
	slices.SortFunc(list, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Keyword, b.Keyword), strings.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(list, func(a, b Violation) bool {
		return a.Pointer == b.Pointer && a.Keyword == b.Keyword && a.Message == b.Message
	})
}

// flatten turns the tree of causes into a list of places.
//
// Note: the last part of a keyword location may be the name of a property, such
// as "required", so what an error is shows in its message first. The names in a
// message are not to be had: the validator quotes them in a way that cannot be
// undone. Nor does it tell a member without name from the object that holds it.
func (s *Schema) flatten(e *jsonschema.ValidationError, value any, list []Violation) []Violation {
	keyword, at := path.Base(e.KeywordLocation), pointer(e.InstanceLocation)
	one := func(keyword, message string) []Violation {
		return append(list, Violation{Pointer: at, Keyword: keyword, Message: message})
	}
	switch {
	case isChoice(e):
		if branch := onlyCandidate(e); branch != nil {
			return s.flatten(branch, value, list)
		}
		return one(keyword, s.noBranch(e))
	case strings.HasPrefix(e.Message, "valid must be "): // of contains; the causes are items that need not match
		return one(keyword, s.explain(keyword, e))
	case len(e.Causes) > 0:
		for _, cause := range e.Causes {
			list = s.flatten(cause, value, list)
		}
		return list
	case e.Message == "not allowed" && keyword == "unevaluatedProperties":
		return append(list, Violation{Pointer: at, Keyword: keyword, Message: "is not known here", Known: s.known(e)})
	case e.Message == "not allowed":
		return one("false", "is not allowed")
	case strings.HasPrefix(e.Message, "valid against schemas at indexes "):
		return one(keyword, "matches more than one of the forms that exclude each other")
	case strings.HasPrefix(e.Message, "property '"): // that another one asks for
		keyword = "dependentRequired"
	}
	found := s.members(keyword, e, value)
	if keyword == "uniqueItems" {
		var i, j int
		_, _ = fmt.Sscanf(e.Message, "items at index %d and %d", &i, &j)
		found = []Violation{{Pointer: "/" + strconv.Itoa(j), Message: fmt.Sprintf("is the same as item %d", i+1)}}
	}
	if found == nil {
		return one(keyword, s.explain(keyword, e))
	}
	for _, v := range found {
		v.Pointer, v.Keyword = at+v.Pointer, keyword
		list = append(list, v)
	}
	return list
}

// members lists the members of an object that are missing or not known, with
// pointers from the object on; nil if that is not what a keyword is about.
func (s *Schema) members(keyword string, e *jsonschema.ValidationError, value any) (list []Violation) {
	object, _ := find(value, e.InstanceLocation).(map[string]any)
	beside := s.beside(e)
	switch keyword {
	case "required":
		names, _ := beside["required"].([]any)
		for _, name := range names {
			name, _ := name.(string)
			if _, ok := object[name]; !ok {
				list = append(list, Violation{Pointer: "/" + escape(name), Message: "is missing"})
			}
		}
	case "additionalProperties":
		known := s.known(e)
		patterns, _ := beside["patternProperties"].(map[string]any)
		for name := range object {
			if !slices.Contains(known, name) && !matchesAny(name, patterns) {
				list = append(list, Violation{Pointer: "/" + escape(name), Message: "is not known here", Known: known})
			}
		}
	case "dependentRequired": // the location ends in the other member and an index
		location := e.AbsoluteKeywordLocation
		parent := location[:strings.LastIndexByte(location, '/')]
		names, _ := s.lookup(parent).([]any)
		if i, err := strconv.Atoi(location[len(parent)+1:]); err == nil && i < len(names) {
			name, _ := names[i].(string)
			other := unescape.Replace(pointer(path.Base(parent)))
			list = append(list, Violation{Pointer: "/" + escape(name), Message: fmt.Sprintf("is missing, and %q asks for it", other)})
		}
	}
	return list
}

func matchesAny(name string, patterns map[string]any) bool {
	for pattern := range patterns {
		if ok, _ := regexp.MatchString(pattern, name); ok {
			return true
		}
	}
	return false
}

// explain says what a value ought to be, from the schema where the message of
// the validator is vague.
func (s *Schema) explain(keyword string, e *jsonschema.ValidationError) string {
	beside := s.beside(e)
	switch keyword {
	case "pattern":
		if described, ok := beside["description"].(string); ok {
			return "expected " + described
		}
		if pattern, ok := beside["pattern"].(string); ok {
			return "expected a match of " + strconv.Quote(pattern)
		}
	case "const":
		if want, ok := beside["const"]; ok {
			return "expected " + literal(want)
		}
	case "enum":
		if wants, ok := beside["enum"].([]any); ok {
			words := make([]string, len(wants))
			for i, want := range wants {
				words[i] = literal(want)
			}
			if len(words) == 1 {
				return "expected " + words[0]
			}
			return "expected one of " + strings.Join(words, ", ")
		}
	}
	limit := beside[keyword]
	if words, ok := empty[keyword]; ok && limit == 1.0 {
		return words
	}
	if words, ok := limits[keyword]; ok && limit != nil {
		return fmt.Sprintf(words, literal(limit))
	}
	return rephrase(keyword, e.Message)
}

func literal(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

// formats says in words what the customary formats are.
var formats = map[string]string{
	"date":      "a date of the form YYYY-MM-DD",
	"date-time": "a time of the form YYYY-MM-DDThh:mm:ssZ",
	"duration":  `an ISO 8601 duration, such as "P5Y"`,
	"email":     "an e-mail address",
	"regex":     "a regular expression",
	"uri":       "a URI",
}

// beside returns the schema that a failed keyword stands in; nil where that is
// not known.
func (s *Schema) beside(e *jsonschema.ValidationError) map[string]any {
	location := e.AbsoluteKeywordLocation
	schema, _ := s.lookup(location[:max(0, strings.LastIndexByte(location, '/'))]).(map[string]any)
	return schema
}

// lookup returns what stands at an absolute location of a schema; nil where that
// is not known.
func (s *Schema) lookup(location string) any {
	address, fragment, _ := strings.Cut(location, "#")
	return find(s.documents[address], fragment)
}

// find returns what a location of the validator leads to, or nil.
func find(value any, location string) any {
	if location == "" {
		return value
	}
	for token := range strings.SplitSeq(location[1:], "/") {
		token = unescape.Replace(pointer(token))
		switch v := value.(type) {
		case map[string]any:
			value = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// known lists the members that stand beside an additionalProperties keyword.
func (s *Schema) known(e *jsonschema.ValidationError) []string {
	properties, _ := s.beside(e)["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func isChoice(e *jsonschema.ValidationError) bool {
	return e.Message == "anyOf failed" || e.Message == "oneOf failed"
}

// onlyCandidate returns the one branch of an anyOf or oneOf that the value was
// meant for: the only one that allows its type and words or, where several do,
// the only one of those that lacks no member.
func onlyCandidate(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	branches := e.Causes
	for _, keywords := range [][]string{{"type", "const", "enum"}, {"required"}} {
		var left []*jsonschema.ValidationError
		for _, branch := range branches {
			if !failsAtOnce(branch, e.InstanceLocation, keywords) {
				left = append(left, branch)
			}
		}
		if len(left) == 1 {
			return left[0]
		}
		if len(left) > 0 {
			branches = left
		}
	}
	return nil
}

// failsAtOnce reports whether a branch fails by one of some keywords at the
// value itself.
func failsAtOnce(e *jsonschema.ValidationError, at string, keywords []string) bool {
	fails := func(cause *jsonschema.ValidationError) bool { return failsAtOnce(cause, at, keywords) }
	switch {
	case len(e.Causes) == 0:
		return e.InstanceLocation == at && slices.Contains(keywords, path.Base(e.KeywordLocation))
	case isChoice(e):
		return !slices.ContainsFunc(e.Causes, func(cause *jsonschema.ValidationError) bool { return !fails(cause) })
	}
	return slices.ContainsFunc(e.Causes, fails)
}

// noBranch says why a value is none of several forms: because of its type or
// its word, if that is wrong for all of them.
func (s *Schema) noBranch(e *jsonschema.ValidationError) string {
	var wants []string
	got := ""
	for _, branch := range e.Causes {
		for len(branch.Causes) == 1 && !isChoice(branch) { // a reference
			branch = branch.Causes[0]
		}
		if !failsAtOnce(branch, e.InstanceLocation, []string{"type", "const", "enum"}) || len(branch.Causes) > 0 {
			return "matches none of the allowed forms"
		}
		want, is, ok := typeFailure(branch.Message)
		if ok {
			got = "is " + is + ", "
		} else {
			want = strings.TrimPrefix(s.explain(path.Base(branch.KeywordLocation), branch), "expected ")
		}
		if !slices.Contains(wants, want) {
			wants = append(wants, want)
		}
	}
	return got + "expected " + strings.Join(wants, " or ")
}

// typeFailure reads "expected string, but got number" in the words of this
// project, with articles.
func typeFailure(message string) (want, got string, ok bool) {
	rest, ok := strings.CutPrefix(message, "expected ")
	if !ok {
		return "", "", false
	}
	want, got, ok = strings.Cut(rest, ", but got ")
	wants := strings.Split(want, " or ")
	for i := range wants {
		wants[i] = typeWord(wants[i])
	}
	return strings.Join(wants, " or "), typeWord(got), ok
}

// typeWord returns the name of a JSON type as messages use it.
func typeWord(name string) string {
	switch name {
	case "null":
		return "null"
	case "string":
		return "text"
	case "object":
		return "a mapping"
	case "array":
		return "a list"
	case "integer":
		return "an integer"
	}
	return "a " + name
}

// pointer turns a location of the validator, which is percent-encoded, into a
// JSON Pointer.
func pointer(location string) string {
	if p, err := url.PathUnescape(location); err == nil {
		return p
	}
	return location
}

func escape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// limits says in words what the limit of a keyword asks for.
var limits = map[string]string{
	"minLength":        "is shorter than %s characters",
	"maxLength":        "is longer than %s characters",
	"minItems":         "is a list of fewer than %s items",
	"maxItems":         "is a list of more than %s items",
	"minProperties":    "is a mapping of fewer than %s keys",
	"maxProperties":    "is a mapping of more than %s keys",
	"minContains":      "is a list with fewer than %s of the items asked for",
	"maxContains":      "is a list with more than %s of the items allowed",
	"minimum":          "expected at least %s",
	"maximum":          "expected at most %s",
	"exclusiveMinimum": "expected more than %s",
	"exclusiveMaximum": "expected less than %s",
	"multipleOf":       "expected a multiple of %s",
}

// empty says so where a limit of one is broken.
var empty = map[string]string{"minLength": "is empty", "minItems": "is an empty list", "minProperties": "is an empty mapping"}

// rephrase says what the validator says in the words of this project.
func rephrase(keyword, message string) string {
	switch keyword {
	case "type":
		if want, got, ok := typeFailure(message); ok {
			return "is " + got + ", expected " + want
		}
	case "const", "enum":
		return strings.Replace(message, "value must be", "expected", 1)
	case "format":
		if _, name, ok := strings.Cut(message, " is not valid "); ok {
			name = strings.Trim(name, "'")
			if words := formats[name]; words != "" {
				return "expected " + words
			}
			return "expected a valid " + name
		}
	case "not":
		return "is ruled out here"
	case "minContains":
		return "is a list without any of the items asked for"
	}
	return message
}
