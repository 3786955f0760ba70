package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/catalogue"
	"promptlib/library/policy"
)

var listFormats = []string{"text", "json"}

type listOptions struct {
	paths  []string
	format string
	where  []string
	sort   string
}

func newList(a *app) *cobra.Command {
	o := &listOptions{}
	cmd := &cobra.Command{
		Use:   "list [PATH…]",
		Short: "List and search prompt files by their metadata",
		Long: `list prints every .md, .prompt and .prompty file below each PATH: as a table, or
with --format json as JSON Lines, one object a prompt, with everything that was
read of it. The exit status is 1 if a file could not be read.

--where keeps the prompts for which a condition holds, all of them if it is given
several times:

  KEY=VALUE     the key has this value and no other; without VALUE, none at all
  KEY!=VALUE    the reverse, so it holds for prompts without the key too
  KEY>=VALUE    levels in the order of the policy, periods, versions, numbers, dates
  KEY has WORD  the list holds the word

KEY is a governance key, of which the value that counts is compared: what
promptlib show prints, in which a missing level is the highest. Or it is one of
` + names(catalogue.Facts, func(f catalogue.Fact) string { return f.Key }) + `.
Or it is any key of the front matter, with dots for nested ones. README,
CHANGELOG, CONTRIBUTING, LICENSE and index files meet no condition.`,
		Example: `  promptlib list prompts
  promptlib list --where 'risk_level>=high' --where 'governance_tags has audit-required' prompts
  promptlib list --where 'owner=' --sort -risk_level,title prompts
  promptlib list --format json prompts | jq -r 'select(.examples == []) | .path'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			return runList(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "how to print the prompts: text, json")
	cmd.Flags().StringArrayVar(&o.where, "where", nil, "list only prompts for which this holds, as "+catalogue.Operators+"; repeatable")
	cmd.Flags().StringVar(&o.sort, "sort", "", "keys to sort by, separated by commas, each with - before it for descending (default path)")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	completeKeys(cmd)
	return cmd
}

// completeKeys lets the shell complete the keys that every library has.
func completeKeys(cmd *cobra.Command) {
	keys := append(nameList(policy.Fields, func(f policy.Field) string { return f.Key }), nameList(catalogue.Facts, func(f catalogue.Fact) string { return f.Key })...)
	complete(cmd, "sort", keys, func(key string) string { return key })
	conditions := nameList(keys, func(key string) string { return key + "=" })
	err := cmd.RegisterFlagCompletionFunc("where", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return conditions, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	if err != nil {
		panic(err) // the flag does not exist
	}
}

// A search looks for prompts in some libraries.
type search struct {
	policies map[string]*policy.Policy // by root
	query    *catalogue.Query
	files    []library.File
	unread   int
}

// A listed prompt is what is kept of it until all are read.
type listed struct {
	file  library.File
	row   []string
	ranks []catalogue.Rank
}

func runList(ctx context.Context, a *app, o *listOptions) error {
	if err := oneOf("format", o.format, listFormats); err != nil {
		return err
	}
	s, err := newSearch(o)
	if err != nil {
		return err
	}
	var found []listed
	var writeErr error
	// Lines of JSON go out at once, unless a later prompt may come before them or
	// may still show that the query is wrong: then those that are found are read
	// again at the end, since all together are too much to keep.
	stream := o.format == "json" && s.query.Certain() && !s.query.Sorted()
	matches := 0
	for f, p := range library.Each(s.files, library.Read) {
		if err := stopped(ctx); err != nil {
			return err
		}
		listing, ranks, ok := s.match(a, f, p)
		if !ok {
			continue
		}
		matches++
		if stream {
			if writeErr = report.WriteListingJSON(a.stdout, listing); writeErr != nil {
				break
			}
			continue
		}
		kept := listed{file: f, ranks: ranks}
		if o.format == "text" {
			kept.row = report.TableRow(listing)
		}
		found = append(found, kept)
	}
	if err := s.query.Unknown(); err != nil {
		return usage("promptlib list --format json prints every key of the front matter as metadata", "%w", err)
	}
	if matches == 0 {
		a.noMatch(s)
	}
	slices.SortStableFunc(found, func(x, y listed) int { return s.query.Compare(x.ranks, y.ranks) })
	if writeErr == nil && o.format == "json" {
		writeErr = s.writeJSON(a, found)
	} else if writeErr == nil {
		writeErr = writeTable(a, found)
	}
	if writeErr != nil {
		return fault("", "writing the list: %w", writeErr)
	}
	if s.unread > 0 {
		return &exitError{status: exitFindings}
	}
	return nil
}

// newSearch reads what is looked for, and finds the files to look at.
func newSearch(o *listOptions) (*search, error) {
	query, err := catalogue.NewQuery(o.where, o.sort)
	if err != nil {
		return nil, usage("promptlib list --help shows examples", "%w", err)
	}
	lib, err := open(o.paths)
	if err != nil {
		return nil, err
	}
	policies, err := loadPolicies(lib)
	if err != nil {
		return nil, err
	}
	for _, root := range lib.Roots {
		if err := query.Check(policies[root]); err != nil {
			return nil, usage("promptlib list --help shows what keys and operators there are", "--where: %w", err)
		}
	}
	if len(lib.Files) == 0 {
		return nil, nothingToCheck(0, 0)
	}
	s := &search{policies: policies, query: query, files: lib.Files}
	if len(o.where) > 0 {
		s.files, _ = split(lib.Files)
	}
	return s, nil
}

// match notes a file that cannot be read, and reports whether a prompt is one of
// those that are looked for.
func (s *search) match(a *app, f library.File, p *library.Prompt) (report.Listing, []catalogue.Rank, bool) {
	if problem := unreadable(p); problem != nil {
		s.unread++
		a.note("error: %s: %s", p.Path, problem.Message)
	}
	pol := s.policies[f.Root]
	listing := report.Listing{Prompt: p, Governance: pol.Effective(p, f.Root)}
	ranks, ok := s.query.Match(catalogue.Item{Prompt: p, Governance: listing.Governance, Policy: pol})
	return listing, ranks, ok
}

// noMatch says that no prompt was found, and why that may be.
func (a *app) noMatch(s *search) {
	a.note("none of %s fulfils every --where", count(len(s.files), "prompt file"))
	for _, hint := range s.query.Hints() {
		a.note("hint: %s", hint)
	}
}

// writeJSON reads what was found once more and writes it in its order.
func (s *search) writeJSON(a *app, found []listed) error {
	files := make([]library.File, len(found))
	for i, l := range found {
		files[i] = l.file
	}
	for f, p := range library.Each(files, library.Read) {
		if err := report.WriteListingJSON(a.stdout, report.Listing{Prompt: p, Governance: s.policies[f.Root].Effective(p, f.Root)}); err != nil {
			return err
		}
	}
	return nil
}

func writeTable(a *app, found []listed) error {
	if len(found) == 0 {
		return nil
	}
	rows := [][]string{report.TableHead}
	for _, l := range found {
		rows = append(rows, l.row)
	}
	return report.WriteTable(a.stdout, rows, a.colored(a.stdout), terminalWidth(a.stdout))
}

// unreadable returns why nothing of a file could be read, or nil.
func unreadable(p *library.Prompt) *library.Problem {
	kinds := []library.Kind{library.Unreadable, library.TooLarge, library.Binary, library.SymlinkOutside}
	for i := range p.Problems {
		if slices.Contains(kinds, p.Problems[i].Kind) {
			return &p.Problems[i]
		}
	}
	return nil
}

// loadPolicies reads the policy of each library that files belong to.
func loadPolicies(lib *library.Library) (map[string]*policy.Policy, error) {
	policies := map[string]*policy.Policy{}
	for _, root := range lib.Roots {
		pol, err := policy.Load(root)
		if err != nil {
			return nil, fault("correct the policy first", "%w", err)
		}
		policies[root] = pol
	}
	return policies, nil
}
