package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/evals"
	"promptlib/library"
)

func newSchemaInfer(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "infer PROMPT",
		Short: "Propose a contract from the examples of a prompt",
		Long: `infer writes a contract that all examples of a prompt fulfil, to be edited and kept
as NAME.eval.yaml beside NAME.md: for outputs in JSON a schema of what all of them
have, else the headings and bold labels that all of them share. It knows only what
the examples show: say what else a reply must be.`,
		Example: `  promptlib schema infer prompts/operations/incident-summary.md > prompts/operations/incident-summary.eval.yaml`,
		Args:    onePath, ValidArgsFunction: completePromptFiles,
		RunE: func(_ *cobra.Command, args []string) error { return runSchemaInfer(a, args[0]) },
	}
}

func runSchemaInfer(a *app, path string) error {
	p, root, err := readOne(path)
	if err != nil {
		return err
	}
	proposal, err := evals.Propose(p)
	if err != nil {
		return fault("give each example an expected output of the same kind, or write the contract by hand: docs/evals.md describes it", "%w", err)
	}
	if declared, err := evals.ReadContract(p, root); (declared != nil || err != nil) && !emptied(evals.SidecarName(path)) {
		a.note("%s declares a contract already; only one counts", p.Path)
	}
	if err := writeProposal(a.stdout, p, proposal); err != nil {
		return fault("", "writing the contract: %w", err)
	}
	return nil
}

// emptied reports whether a file is there and empty, as a shell makes the one that
// the contract is to go to before it runs the command.
func emptied(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0
}

// writeProposal writes a contract as YAML.
func writeProposal(w io.Writer, p *library.Prompt, proposal *evals.Proposal) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Inferred from %s of %s.\n", count(proposal.Examples, "example"), yamlWord(p.Path))
	fmt.Fprintf(&b, "# Edit it, and keep it as %s.\n", yamlWord(evals.SidecarName(p.Path)))
	if proposal.Schema != nil {
		b.WriteString("schema:\n")
		writeYAML(&b, "  ", proposal.Schema)
	} else {
		b.WriteString("sections:\n")
		for _, s := range proposal.Sections {
			b.WriteString("  - " + yamlWord(s) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// schemaKeys is the order in which people write the keywords of a schema.
var schemaKeys = []string{"type", "required", "properties", "items", "anyOf"}

// writeYAML writes a schema, a line for each keyword.
func writeYAML(b *strings.Builder, indent string, schema map[string]any) {
	if len(schema) == 0 {
		b.WriteString(indent + "description: anything\n") // an empty schema asks for nothing, and a contract has none
	}
	for _, key := range schemaKeys {
		switch value := schema[key].(type) {
		case nil:
		case map[string]any:
			if key == "items" {
				writeNamed(b, indent, key, value)
				continue
			}
			b.WriteString(indent + key + ":\n")
			for _, name := range slices.Sorted(maps.Keys(value)) {
				writeNamed(b, indent+"  ", yamlWord(name), value[name].(map[string]any))
			}
		case []any:
			if key != "anyOf" {
				b.WriteString(indent + key + ": " + yamlFlow(value) + "\n")
				continue
			}
			b.WriteString(indent + key + ":\n")
			for _, shape := range value {
				var item strings.Builder
				writeYAML(&item, indent+"    ", shape.(map[string]any))
				b.WriteString(indent + "  - " + strings.TrimPrefix(item.String(), indent+"    "))
			}
		default:
			b.WriteString(indent + key + ": " + yamlFlow(value) + "\n")
		}
	}
}

// writeNamed writes a schema under a key, on one line if it only names a type.
func writeNamed(b *strings.Builder, indent, key string, schema map[string]any) {
	b.WriteString(indent + key + ":")
	switch kind, ok := schema["type"]; {
	case len(schema) == 0:
		b.WriteString(" {}\n")
	case ok && len(schema) == 1:
		b.WriteString(" {type: " + yamlFlow(kind) + "}\n")
	default:
		b.WriteString("\n")
		writeYAML(b, indent+"  ", schema)
	}
}

// yamlFlow writes a word or a list of words.
func yamlFlow(value any) string {
	list, ok := value.([]any)
	if !ok {
		return yamlWord(value.(string))
	}
	words := make([]string, len(list))
	for i, item := range list {
		words[i] = yamlWord(item.(string))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

var plainYAML = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)

// yamlWord writes a text so that YAML reads it as that text: in quotes but for
// plain words.
func yamlWord(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return strconv.Quote(s)
	}
	if plainYAML.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}
