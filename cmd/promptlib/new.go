package main

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/policy"
)

//go:embed templates/*.md
var templates embed.FS

// templateDialects are the dialects that there is a template of.
var templateDialects = []string{"A", "B"}

type newOptions struct {
	path    string
	dialect string
	title   string
	now     string
}

func newNew(a *app) *cobra.Command {
	o := &newOptions{}
	cmd := &cobra.Command{
		Use:   "new PATH --dialect A|B",
		Short: "Write a new prompt file to fill in",
		Long: `new writes a prompt file with the sections of its dialect and the governance keys
that the policy of the library requires, and makes the folders above it. What is
left to write is marked TODO, YYYY-MM-DD or [Describe …]; promptlib lint names
what must not stay.

Dialect A has an XML-tagged body and is given its input as JSON; dialect B has
Markdown headings and [variables]. docs/prompt-files.md describes both.`,
		Example: `  promptlib new prompts/operations/handover.md --dialect B
  promptlib new prompts/legal/clause-check.md --dialect A --title "Check of a clause"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("promptlib new --help shows an example", "new takes the path of one new file, not %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.path = args[0]
			return runNew(a, o)
		},
	}
	cmd.Flags().StringVar(&o.dialect, "dialect", "", "how the file is written: A, B (required)")
	cmd.Flags().StringVar(&o.title, "title", "", "title of the prompt (default from the name of the file)")
	cmd.Flags().StringVar(&o.now, "now", "", "the date to write, as YYYY-MM-DD (default today)")
	complete(cmd, "dialect", templateDialects, func(s string) string { return s })
	return cmd
}

func runNew(a *app, o *newOptions) error {
	if o.dialect == "" {
		return usage("write --dialect B for Markdown headings, --dialect A for XML tags", "new needs a --dialect")
	}
	if err := oneOf("dialect", o.dialect, templateDialects); err != nil {
		return err
	}
	now, err := date(o.now)
	if err != nil {
		return err
	}
	if err := newPath(o.path); err != nil {
		return err
	}
	title := o.title
	if title == "" {
		title = titleOf(o.path)
	}
	if title != strings.TrimSpace(title) || title == "" || report.Escape(title) != title || !utf8.ValidString(title) {
		return usage("", "--title is one line of text, not %q", o.title)
	}
	text, err := newPrompt(o, title, now)
	if err != nil {
		return err
	}
	if err := createFile(o.path, text); err != nil {
		return err
	}
	a.note("%s is written; fill it in, and let promptlib lint check it", library.CleanPath(o.path))
	return nil
}

// newPath refuses a path that no prompt can have.
func newPath(path string) error {
	name := filepath.Base(path)
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch {
	case !library.IsPromptFile(name):
		return usage("write "+library.CleanPath(path)+".md", "%s is no name of a prompt file: it must end in .md, .prompt or .prompty", path)
	case stem == "" || slices.Contains([]string{"readme", "changelog", "contributing", "license", "index"}, stem):
		return usage("choose a name that says what the prompt does", "%s is no name of a prompt", name)
	case report.Escape(path) != path || !utf8.ValidString(path):
		return usage("", "%q has characters that no path should have", path)
	}
	return nil
}

// titleOf makes a title of the name of a file.
func titleOf(path string) string {
	words := strings.FieldsFunc(library.Stem(library.CleanPath(path)), func(c rune) bool { return c == '-' || c == '_' || unicode.IsSpace(c) })
	title := strings.Join(words, " ")
	first, size := utf8.DecodeRuneInString(title)
	return string(unicode.ToUpper(first)) + title[size:]
}

// newPrompt fills in the template of a dialect.
func newPrompt(o *newOptions, title string, now time.Time) ([]byte, error) {
	pol, path := policy.Default(), library.CleanPath(o.path)
	if root := library.FindRoot(filepath.Dir(o.path)); root != "" {
		var err error
		if pol, err = policy.Load(root); err != nil {
			return nil, fault("correct the policy first", "%w", err)
		}
		path = library.Relative(root, path)
	} else if !filepath.IsLocal(path) {
		path = filepath.Base(path) // no library says what it is relative to
	}
	name := "templates/" + strings.ToLower(o.dialect) + ".md"
	t, err := template.New(filepath.Base(name)).Delims("<%", "%>").ParseFS(templates, name)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = t.Execute(&b, struct {
		Title, Heading, Path, Date string
		Governance                 []newKey
	}{quote(title), title, quote(strings.TrimSuffix(path, filepath.Ext(path))), now.Format(time.DateOnly), newGovernance(pol, path)})
	return []byte(b.String()), err
}

// quote writes text as a YAML scalar, in quotes where it needs them.
func quote(s string) string {
	plain := !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(" -_./", c)
	})
	node, problems := library.ReadYAML("", []byte(s))
	if plain && problems == nil && node != nil && node.Type == library.String && node.Text.Value == s {
		return s
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // text always has a form in JSON
	return strings.TrimSpace(b.String())
}

// A newKey is a governance key with what a new prompt says of it.
type newKey struct{ Key, Value string }

// newGovernance returns the keys that the policy requires of a file. A level is
// left to the author: the lowest would be rash, and the highest asks for
// approvals that nobody may need.
func newGovernance(pol *policy.Policy, path string) []newKey {
	if !pol.Effective(&library.Prompt{Path: path}, "").Governed {
		return nil
	}
	var keys []newKey
	for _, f := range policy.Fields {
		roles := f.Key == "approval_roles" && slices.Contains(pol.Required, "approval_required")
		if slices.Contains(pol.Required, f.Key) || roles {
			keys = append(keys, newKey{f.Key, newValue(pol, f)})
		}
	}
	return keys
}

func newValue(pol *policy.Policy, f policy.Field) string {
	switch f.Type {
	case policy.Status:
		return quote(pol.Vocabulary[f.Key].Words[0])
	case policy.Flag:
		return "true"
	case policy.Set:
		return "[TODO]"
	case policy.Date:
		return "YYYY-MM-DD"
	case policy.Duration:
		if d := pol.Retention.Default; d != nil {
			return d.String()
		}
	}
	return "TODO"
}

// createFile writes a file that does not exist yet.
func createFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fault("", "%w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return usage("choose another path; new never overwrites a file", "%s exists", library.CleanPath(path))
	}
	if err != nil {
		return fault("", "%w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fault("", "%s: %w", library.CleanPath(path), err)
	}
	return nil
}
