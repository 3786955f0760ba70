package evals

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/schema"
)

// A Contract is what a reply must be. The zero Contract asks for nothing.
type Contract struct {
	Derived    bool          // from the expected output, not declared
	Node       *library.Node // the declaration; nil for a derived one
	Schema     *schema.Schema
	Sections   []Section
	Checks     []Check
	Parameters Parameters

	JSON       Found              // the least strict way in which JSON may be found; "" for [Fenced]
	Fields     *Fields            // nil where the reply is not compared field by field
	Similarity *Similarity        // nil where the reply need not be like the expected output
	Thresholds map[string]float64 // by scorer, the value from which on it passes; 1 where there is none

	// Threshold is the share of the cases of the prompt that must pass, above 0
	// and up to 1; 0 is 1.
	Threshold float64

	// Repeat is how often each case of the prompt is run where the run does not say;
	// 0 is 1.
	Repeat int

	// Extra and Datasets are cases beside the examples.
	Extra    []Extra
	Datasets []Dataset
}

// A Section is a heading or bold label that a reply must have. Headings are
// compared as [library.NormalHeading] does.
type Section struct {
	Heading string
	Aliases []string
	Limits  Limitations
}

// A Check is a property of the text of a reply. Name is a key of the checks of
// the contract schema, Want its value.
type Check struct {
	Name    string
	Want    string
	Pattern *regexp.Regexp // of a regex, compiled once for all replies; nil for other checks
}

// Empty reports whether there is nothing to hold a reply against.
func (c *Contract) Empty() bool {
	return c.Schema == nil && len(c.Sections) == 0 && len(c.Checks) == 0 && c.JSON == "" && c.Fields == nil && c.Similarity == nil
}

func (c *Contract) threshold() float64 {
	if c.Threshold == 0 {
		return 1
	}
	return c.Threshold
}

// SidecarName returns the path of the file beside a prompt that may hold its
// contract.
func SidecarName(prompt string) string {
	return strings.TrimSuffix(prompt, path.Ext(prompt)) + ".eval.yaml"
}

// A Mistake is what is wrong with a contract, at its place.
type Mistake struct {
	At      library.Text
	Message string
	Schema  bool // the contract is right, and the JSON Schema in it is not
}

// Error returns the mistake on one line, with its place.
func (m *Mistake) Error() string { return fmt.Sprintf("%s: eval: %s", m.At.Pos, m.Message) }

func mistake(at library.Text, format string, args ...any) *Mistake {
	return &Mistake{At: at, Message: fmt.Sprintf(format, args...)}
}

// ReadContract returns the contract that a prompt declares, in its front matter
// or in the file beside it; nil for none. Root is the folder of the library,
// beyond which nothing is read. The error joins a [Mistake] for each thing that
// is wrong, or says why a file cannot be read.
func ReadContract(p *library.Prompt, root string) (*Contract, error) {
	node := p.Front.Root.Get("eval")
	beside, err := readSidecar(p.Path, root)
	switch {
	case err != nil:
		return nil, err
	case node != nil && beside != nil:
		return nil, mistake(node.Text, "contract is declared here and in %s; keep one", SidecarName(p.Path))
	case beside != nil:
		node = beside
	case node == nil:
		return nil, lost(p.Front)
	}
	var errs []error
	for _, key := range duplicates(p.Front.Root, node) {
		errs = append(errs, mistake(key, "key %q stands here twice; keep one", key.Value))
	}
	for _, problem := range library.SchemaProblems(node, schema.Get("contract")) {
		if problem.Pointer == "" {
			problem.Message = strings.Replace(problem.Message, "the file", "the contract", 1)
		}
		if problem.Pointer == "/eval" && beside != nil {
			problem.Message += "; the file is the contract itself: write the keys below it at the margin"
		}
		errs = append(errs, mistake(problem.At, "%s", problem.Message))
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	c, err := newContract(node, p.Path, root)
	if err = errors.Join(err, c.readCases(node, p, root)); err != nil {
		return nil, err
	}
	return c, nil
}

// readSidecar reads the file beside a prompt that may hold its contract; nil
// where there is none.
func readSidecar(prompt, root string) (*library.Node, error) {
	name := SidecarName(prompt)
	text, err := library.ReadWithin(root, library.Relative(root, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	node, problems := library.ReadYAML(name, text)
	var errs []error
	for _, p := range problems {
		errs = append(errs, mistake(p.At, "%s", p.Message))
	}
	if errs == nil && node == nil {
		errs = append(errs, mistake(start(name), "the file is empty; write what a reply must be, as in schema, sections or checks"))
	}
	return node, errors.Join(errs...)
}

// lost is an error if a front matter that cannot be read seems to declare a
// contract: without it the prompt would be held against less than it asks for.
func lost(front library.FrontMatter) error {
	at := strings.Index("\n"+front.Place.Value, "\neval:")
	if front.Root != nil || at < 0 {
		return nil
	}
	return mistake(front.Place.Sub(at, at), "the front matter cannot be read, and the contract with it; promptlib lint says why")
}

// duplicates lists the keys that a contract has twice, and eval itself if the
// front matter has it twice: what such a contract asks for depends on the reader.
func duplicates(front, contract *library.Node) []library.Text {
	var list []library.Text
	var find func(n *library.Node)
	find = func(n *library.Node) {
		seen := map[string]bool{}
		for _, pair := range n.Members() {
			if seen[pair.Key.Value] {
				list = append(list, pair.Key)
			}
			seen[pair.Key.Value] = true
			find(pair.Value)
		}
		for _, item := range n.Elements() {
			find(item)
		}
	}
	declared := false
	for _, pair := range front.Members() {
		if pair.Key.Value == "eval" && declared {
			list = append(list, pair.Key)
		}
		declared = declared || pair.Key.Value == "eval"
	}
	find(contract)
	return list
}

func newContract(n *library.Node, file, root string) (*Contract, error) {
	c := &Contract{Node: n}
	var err error
	if s := n.Get("schema"); s != nil {
		if c.Schema, err = readSchema(s, file, root); err != nil {
			return nil, schemaError(n, file, root, err)
		}
	}
	for _, item := range n.Get("sections").Elements() {
		section := Section{Heading: item.Scalar().Value}
		if item.Type == library.Map {
			section.Heading = item.Get("heading").Text.Value
			for _, alias := range item.Get("aliases").Scalars() {
				section.Aliases = append(section.Aliases, alias.Value)
			}
			var wrong error
			section.Limits, wrong = readLimitations(item)
			err = errors.Join(err, wrong)
		}
		c.Sections = append(c.Sections, section)
	}
	err = errors.Join(err, c.readScoring(n))
	var wrong error
	c.Parameters, wrong = readParameters(n.Get("parameters"))
	if err = errors.Join(err, wrong); err != nil {
		return nil, err
	}
	return c, nil
}

func readParameters(n *library.Node) (Parameters, error) {
	p := Parameters{Temperature: float(n.Get("temperature")), TopP: float(n.Get("top_p"))}
	var tooMany, tooLarge error
	p.MaxTokens, tooMany = whole(n.Get("max_tokens"))
	p.Seed, tooLarge = whole(n.Get("seed"))
	return p, errors.Join(tooMany, tooLarge)
}

func float(n *library.Node) *float64 {
	if n == nil {
		return nil
	}
	v, _ := n.JSON().(float64)
	return &v
}

// whole returns a number that the schema takes for a whole one, which may be
// written as 1e3 or 0x10.
func whole(n *library.Node) (*int, error) {
	if n == nil {
		return nil, nil
	}
	if v, err := strconv.Atoi(n.Text.Value); err == nil {
		return &v, nil
	}
	f, _ := n.JSON().(float64)
	if math.Abs(f) > 1<<53 {
		return nil, mistake(n.Text, "%s is too large a number", n.Text.Value)
	}
	v := int(f)
	return &v, nil
}

// readSchema compiles a schema that stands in the contract or in a file that it
// names, relative to the prompt.
func readSchema(n *library.Node, file, root string) (*schema.Schema, error) {
	dir := path.Dir(library.Relative(root, file))
	load := func(name string) ([]byte, error) {
		text, err := library.ReadWithin(root, name)
		if err != nil {
			return nil, fmt.Errorf("schema %w", err)
		}
		return text, nil
	}
	if n.Type == library.Map {
		text, err := json.Marshal(n.JSON())
		if err != nil {
			return nil, err
		}
		return schema.Compile(path.Join(dir, inlineSchema), text, load)
	}
	if name := n.Text.Value; path.IsAbs(name) || strings.Contains(name, "://") {
		return nil, fmt.Errorf("schema %s: schemas are read from the library only; write a path relative to the prompt", name)
	}
	name := path.Join(dir, n.Text.Value)
	text, err := load(name)
	if err != nil {
		return nil, err
	}
	return schema.Compile(name, text, load)
}

// inlineSchema is the name that a schema in a contract has for references in it.
const inlineSchema = "inline.schema.json"

// schemaError says what is wrong with the schema of a contract: a [Mistake] for
// each thing, in the front matter or file where it stands.
func schemaError(contract *library.Node, prompt, root string, err error) error {
	n := contract.Get("schema")
	whole := func(format string, args ...any) error {
		m := mistake(n.Text, format, args...)
		m.Schema = true
		return m
	}
	var wrong *schema.CompileError
	if !errors.As(err, &wrong) {
		return whole("%v", err)
	}
	if n.Type == library.Map && wrong.Document == path.Join(path.Dir(library.Relative(root, prompt)), inlineSchema) {
		if len(wrong.Violations) == 0 {
			return whole("schema: %s", strings.ReplaceAll(wrong.Message, wrong.Document, ""))
		}
		return placed(contract, "/schema", wrong.Violations)
	}
	text, readErr := library.ReadWithin(root, wrong.Document)
	if readErr != nil {
		return whole("%v", err)
	}
	file := library.CleanPath(path.Join(root, wrong.Document))
	if wrong.Syntax != nil {
		all := start(file)
		all.Value = string(text)
		m := mistake(all.Sub(wrong.Syntax.Offset, wrong.Syntax.Offset), "schema is not valid JSON: %s", wrong.Syntax.Message)
		m.Schema = true
		return m
	}
	node, problems := library.ReadYAML(file, text) // nearly all JSON is YAML, which has places
	if len(wrong.Violations) == 0 || node == nil || problems != nil {
		return whole("%v", err)
	}
	return placed(node, "", wrong.Violations)
}

// placed returns a mistake for each violation of what schemas may hold, whose
// pointers lead from a part of a node on.
func placed(node *library.Node, part string, violations []schema.Violation) error {
	violations = slices.Clone(violations)
	for i := range violations {
		violations[i].Pointer = part + violations[i].Pointer
	}
	var errs []error
	for _, p := range library.PlaceViolations(node, violations) {
		m := mistake(p.At, "%s", p.Message)
		m.Schema = true
		errs = append(errs, m)
	}
	return errors.Join(errs...)
}

// Strays returns the members of the schema that are no keywords and so ask for
// nothing: those that are most likely misspelt keywords, with which no reply
// should be judged, and the others.
func (c *Contract) Strays() (misspelt, others []*Mistake) {
	if c == nil || c.Schema == nil || c.Node == nil {
		return nil, nil
	}
	node := c.Node.Get("schema")
	keywords := schema.Keywords()
	for _, s := range c.Schema.Strays() {
		at, where := node.Text, ""
		switch {
		case s.Address != "":
			where = fmt.Sprintf(" at %q of %s", s.Pointer, s.Address)
		case node.Type == library.Map:
			at = node.KeyAt(s.Pointer)
		default:
			where = fmt.Sprintf(" at %q", s.Pointer)
		}
		if near := library.Nearest(s.Name, slices.Values(keywords)); near != "" {
			misspelt = append(misspelt, mistake(at, "schema: %q%s is no keyword of JSON Schema; did you mean %q?", s.Name, where, near))
		} else {
			others = append(others, mistake(at, "schema: %q%s is no keyword of JSON Schema and asks for nothing; remove it, or begin its name with \"x-\"", s.Name, where))
		}
	}
	return misspelt, others
}

// Check returns an error that joins the members of the schema that are no
// keywords, the misspelt ones first: with what asks for nothing no reply should be
// judged.
func (c *Contract) Check() error {
	misspelt, others := c.Strays()
	var errs []error
	for _, m := range slices.Concat(misspelt, others) {
		errs = append(errs, m)
	}
	return errors.Join(errs...)
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
		cut := library.Elision(e.Output.Value)
		if cut < 0 {
			cut = len(e.Output.Value)
		}
		seen := map[string]bool{}
		// Note: the outline is of the whole text. One of the part before the cut
		// would misread a code block that the cut leaves open.
		for _, s := range library.Outline(e.Output.Value) {
			body := &s.Body
			body.Value = body.Value[:min(len(body.Value), max(0, cut-body.Pos.Offset))]
			if name := library.NormalHeading(s.Heading.Value); name != "" && !seen[name] && !s.Empty() {
				seen[name] = true
				c.Sections = append(c.Sections, Section{Heading: s.Heading.Value})
			}
		}
	}
	return c
}
