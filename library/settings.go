package library

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promptlib/schema"
)

// ReadSettings reads a YAML file of settings and holds it against an embedded
// schema. The error joins one line for each thing that is wrong, each with its
// place. Nothing of a file with an error may be used.
func ReadSettings(path string, text []byte, schemaName string) (*Node, error) {
	node, problems := ReadYAML(path, text)
	var errs []error
	for _, p := range problems {
		errs = append(errs, fmt.Errorf("%s: %s", p.At.Pos, p.Message))
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	if node == nil {
		return nil, fmt.Errorf("%s: the file is empty; it needs at least %q", path, "version: 1")
	}
	for _, p := range SchemaProblems(node, schema.Get(schemaName)) {
		errs = append(errs, fmt.Errorf("%s: %s", p.At.Pos, p.Message))
	}
	return node, errors.Join(errs...)
}

// A SchemaProblem is a violation of a schema by a YAML value, at its place.
type SchemaProblem struct {
	schema.Violation
	At      Text
	Message string // with the name of the key, and the nearest known key for one that is not known
}

// SchemaProblems holds a YAML value against a schema and returns the violations
// in file order. A member that is missing is reported at the value it is
// missing from.
func SchemaProblems(node *Node, s *schema.Schema) []SchemaProblem {
	if node.fits(s.Table()) {
		return nil
	}
	return PlaceViolations(node, s.Validate(node.JSON()))
}

// PlaceViolations returns the violations of a schema by a YAML value, which have
// been found already, as [SchemaProblems] does.
func PlaceViolations(node *Node, violations []schema.Violation) []SchemaProblem {
	problems := make([]SchemaProblem, 0, len(violations))
	for _, v := range violations {
		p := SchemaProblem{Violation: v, At: node.At(v.Pointer)}
		name := pointerName(v.Pointer)
		switch {
		case v.Known != nil || v.Keyword == "additionalProperties":
			p.At = node.KeyAt(v.Pointer)
			p.Message = name + " is not known here"
			if near := Nearest(p.At.Value, slices.Values(v.Known)); near != "" {
				p.Message += fmt.Sprintf("; did you mean %q?", near)
			}
		case v.Missing():
			p.Message = name + " is missing"
		case strings.HasPrefix(v.Message, "expected ") && p.At.Value != "":
			p.Message = fmt.Sprintf("%s: %s, not %q", name, v.Message, cut(p.At.Value, 60))
		case strings.HasPrefix(v.Message, "is "):
			p.Message = name + " " + v.Message
		default:
			p.Message = name + ": " + v.Message
		}
		problems = append(problems, p)
	}
	slices.SortStableFunc(problems, func(a, b SchemaProblem) int { return a.At.Pos.Offset - b.At.Pos.Offset })
	return problems
}

// fits reports whether a table knows for certain that a value is valid.
func (n *Node) fits(t *schema.Table) bool {
	if n == nil {
		return false
	}
	switch n.Type {
	case String:
		return t.Text(n.Text.Value)
	case Map:
		if !t.Object(func(name string) bool { return n.Get(name) != nil }) {
			return false
		}
		for i := range n.Pairs {
			if !n.Pairs[i].Value.fits(t.Member(n.Pairs[i].Key.Value)) {
				return false
			}
		}
		return true
	case List:
		return t.Array(len(n.Items)) && n.itemsFit(t)
	case Null, Bool:
		return t.Scalar(n.Type.String())
	}
	return false // a number, of which JSON may have another idea
}

func (n *Node) itemsFit(t *schema.Table) bool {
	for i, item := range n.Items {
		if !item.fits(t.Item()) || t.Unique() && item.Type != String && len(n.Items) > 1 {
			return false
		}
		for _, other := range n.Items[:i] {
			if t.Unique() && other.Text.Value == item.Text.Value {
				return false
			}
		}
	}
	return true
}

// pointerName says in words what a JSON Pointer leads to.
func pointerName(pointer string) string {
	if pointer == "" {
		return "the file"
	}
	var keys []string
	item := ""
	for token := range strings.SplitSeq(pointer[1:], "/") {
		if i, err := strconv.Atoi(token); err == nil && len(keys) > 0 {
			item = fmt.Sprintf("item %d of ", i+1)
			continue
		}
		keys = append(keys, unescapePointer.Replace(token))
		item = ""
	}
	if item == "" {
		item = "key "
	}
	return item + strconv.Quote(strings.Join(keys, "."))
}
