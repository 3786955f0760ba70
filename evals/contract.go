package evals

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

// A Contract is what a reply must be. The zero Contract asks for nothing.
type Contract struct {
	Derived    bool // from the expected output, not declared
	Schema     *schema.Schema
	Sections   []Section
	Checks     []Check
	Parameters Parameters
}

// A Section is a heading or bold label that a reply must have. Headings are
// compared as [library.NormalHeading] does.
type Section struct {
	Heading string
	Aliases []string
}

// A Check is a property of the text of a reply. Name is a key of the checks of
// the contract schema, Want its value.
type Check struct {
	Name string
	Want string
}

// Empty reports whether there is nothing to hold a reply against.
func (c *Contract) Empty() bool { return c.Schema == nil && c.Sections == nil && c.Checks == nil }

// SidecarName returns the path of the file beside a prompt that may hold its
// contract.
func SidecarName(prompt string) string {
	return strings.TrimSuffix(prompt, path.Ext(prompt)) + ".eval.yaml"
}

// ReadContract returns the contract that a prompt declares, in its front matter
// or in the file beside it; nil for none. Root is the folder of the library,
// beyond which no schema is read. The error joins one line for each mistake.
func ReadContract(p *library.Prompt, root string) (*Contract, error) {
	node := p.Front.Root.Get("eval")
	sidecar := SidecarName(p.Path)
	text, err := library.ReadFile(sidecar)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case node != nil:
		return nil, fmt.Errorf("%s: contract is declared here and in %s; keep one", node.Text.Pos, sidecar)
	default:
		if node, err = library.ReadSettings(sidecar, text, "contract"); err != nil {
			return nil, err
		}
	}
	if node == nil {
		return nil, nil
	}
	var errs []error
	for _, problem := range library.SchemaProblems(node, schema.Get("contract")) {
		errs = append(errs, fmt.Errorf("%s: eval: %s", problem.At.Pos, problem.Message))
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return newContract(node, p.Path, root)
}

func newContract(n *library.Node, file, root string) (*Contract, error) {
	c := &Contract{}
	var err error
	if s := n.Get("schema"); s != nil {
		if c.Schema, err = readSchema(s, file, root); err != nil {
			return nil, fmt.Errorf("%s: eval: %w", s.Text.Pos, err)
		}
	}
	for _, item := range n.Get("sections").Elements() {
		section := Section{Heading: item.Scalar().Value}
		if item.Type == library.Map {
			section.Heading = item.Get("heading").Text.Value
			for _, alias := range item.Get("aliases").Scalars() {
				section.Aliases = append(section.Aliases, alias.Value)
			}
		}
		c.Sections = append(c.Sections, section)
	}
	for _, item := range n.Get("checks").Elements() {
		for _, pair := range item.Pairs {
			c.Checks = append(c.Checks, Check{Name: pair.Key.Value, Want: pair.Value.Text.Value})
		}
	}
	c.Parameters = Parameters{
		Temperature: float(n.Get("parameters").Get("temperature")),
		TopP:        float(n.Get("parameters").Get("top_p")),
		MaxTokens:   integer(n.Get("parameters").Get("max_tokens")),
		Seed:        integer(n.Get("parameters").Get("seed")),
	}
	return c, nil
}

func float(n *library.Node) *float64 {
	if n == nil {
		return nil
	}
	v, _ := n.JSON().(float64)
	return &v
}

func integer(n *library.Node) *int {
	if n == nil {
		return nil
	}
	v, _ := strconv.Atoi(n.Text.Value)
	return &v
}

// readSchema compiles a schema that stands in the contract or in a file that it
// names, relative to the prompt.
func readSchema(n *library.Node, file, root string) (*schema.Schema, error) {
	dir := path.Dir(relative(root, file))
	load := func(name string) ([]byte, error) {
		f, err := os.OpenInRoot(root, filepath.FromSlash(name))
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		f.Close()
		return library.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	}
	if n.Type == library.Map {
		text, err := json.Marshal(n.JSON())
		if err != nil {
			return nil, err
		}
		return schema.Compile(path.Join(dir, "inline.schema.json"), text, load)
	}
	name := path.Join(dir, n.Text.Value)
	text, err := load(name)
	if err != nil {
		return nil, err
	}
	return schema.Compile(name, text, load)
}

func relative(root, file string) string {
	rel, err := filepath.Rel(root, filepath.FromSlash(file))
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// Derive returns the contract that an expected output implies: for JSON a schema
// of its own shape, for Markdown its headings and bold labels, up to where it
// was cut short. Anything else implies nothing.
func Derive(e library.Example) *Contract {
	c := &Contract{Derived: true}
	switch e.Kind {
	case library.JSON:
		value, err := schema.DecodeJSON(e.Output.Value)
		if err != nil {
			return c
		}
		text, _ := json.Marshal(schema.Infer(value))
		c.Schema, _ = schema.Compile("derived.schema.json", text, nil)
	case library.Markdown:
		text := e.Output.Value
		if cut := library.Elision(text); cut >= 0 {
			text = text[:cut]
		}
		seen := map[string]bool{}
		for _, s := range library.Outline(text) {
			if name := library.NormalHeading(s.Heading.Value); name != "" && !seen[name] && !s.Empty() {
				seen[name] = true
				c.Sections = append(c.Sections, Section{Heading: s.Heading.Value})
			}
		}
	}
	return c
}
