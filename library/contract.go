package library

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"promptlib/schema"
)

const sidecarExtension = ".eval.yaml"

// SidecarName returns the path of the file beside a prompt that may hold its
// contract.
func SidecarName(prompt string) string {
	return strings.TrimSuffix(prompt, path.Ext(prompt)) + sidecarExtension
}

// ReadSidecar reads the file beside a prompt that may hold its contract; nil
// where there is none. Root is the folder of the library, beyond which nothing is
// read. The error joins one line for each mistake.
func ReadSidecar(prompt, root string) (*Node, error) {
	name := SidecarName(prompt)
	text, err := ReadWithin(root, Relative(root, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	node, problems := ReadYAML(name, text)
	var errs []error
	for _, p := range problems {
		errs = append(errs, fmt.Errorf("%s: %s", p.At.Pos, p.Message))
	}
	if errs == nil && node == nil {
		errs = append(errs, fmt.Errorf("%s: the file is empty; it declares schema, sections, checks or parameters", name))
	}
	return node, errors.Join(errs...)
}

// ReadSchema compiles the schema of a contract, which stands there or in a file of
// the library that it names, relative to the prompt.
func ReadSchema(n *Node, file, root string) (*schema.Schema, error) {
	dir := path.Dir(Relative(root, file))
	load := func(name string) ([]byte, error) {
		text, err := ReadWithin(root, name)
		if err != nil {
			return nil, fmt.Errorf("schema %w", err)
		}
		return text, nil
	}
	if n.Type == Map {
		text, err := json.Marshal(n.JSON())
		if err != nil {
			return nil, err
		}
		return schema.Compile(path.Join(dir, "inline.schema.json"), text, load)
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
