package lint

import (
	"fmt"
	"strings"
	"time"

	"promptlib/library"
)

// ignoreUnused runs after all other rules, when it is known what was accepted.
// What concerns the library as a whole is reported by [LibraryPass.unused].
var ignoreUnused = &Rule{
	Code: library.Code{
		ID: "LNT002", Name: "ignore-unused", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "entry that accepts findings accepts none, or has ended",
			Why:     "An entry that is left behind hides the next finding of its rule, which nobody has looked at.",
			Fix:     "Remove the entry. Where it has ended, mend what it hid, or give it a later day.",
			Config:  "Entries under ignore in .promptlib/config.yaml are judged too, when all files that they are about are checked.",
			Bad:     "---\ntitle: Note\nversion: \"1\"\nlint: {ignore: [{rule: STR002, reason: to be written}]}\n---\n## Description\n\nSums up.\n\n## Prompt\n\nSum up.\n",
			Good:    "---\ntitle: Note\nversion: \"1\"\n---\n## Description\n\nSums up.\n\n## Prompt\n\nSum up.\n",
		},
	},
	Prompt: func(p *Pass) {
		// Rules that compare prompts have not run yet.
		needed := func(s *suppression) bool { return s.used || s.rule.Library != nil && holds(s.until, p.Now) }
		for i := range p.suppressions {
			s := &p.suppressions[i]
			if needed(s) {
				continue
			}
			message := unusedMessage(s.rule)
			if !holds(s.until, p.Now) {
				message = endedMessage(s.rule, s.until)
			}
			p.Reportf(s.at, "%s", message).Fix = removal(p.suppressions, s, needed)
		}
	},
}

func unusedMessage(rule *Rule) string {
	return fmt.Sprintf("there is no finding of %s %s to ignore; remove the entry", rule.ID, rule.Name)
}

func endedMessage(rule *Rule, until time.Time) string {
	return fmt.Sprintf("findings of %s %s were ignored until %s; mend them and remove the entry", rule.ID, rule.Name, until.Format(time.DateOnly))
}

// removal returns how to remove an entry; where no entry is needed any more, how
// to remove them all.
func removal(list []suppression, s *suppression, needed func(*suppression) bool) *library.Fix {
	for i := range list {
		if needed(&list[i]) || s.all == nil {
			return s.alone
		}
	}
	return s.all
}

// removeItem returns the fix that removes an item of a list from the front matter;
// nil where it is the only one, or where its bytes cannot be told for certain.
func removeItem(p *library.Prompt, pair library.Pair, items []*library.Node, i int) *library.Fix {
	at := items[i].Text
	edit, ok := library.Edit{Start: at.Pos.Offset, End: at.End.Offset}, len(items) > 1
	flow := strings.HasPrefix(p.Source[pair.Value.Get("ignore").Text.Pos.Offset:], "[")
	switch {
	case !flow:
		edit, ok = wholeLines(p.Source, edit, "-")
		ok = ok && len(items) > 1
	case i+1 < len(items):
		edit.End = items[i+1].Text.Pos.Offset
	case i > 0:
		edit.Start = items[i-1].Text.End.Offset
	}
	if !ok {
		return nil
	}
	return &library.Fix{Title: "remove the entry", Safe: true, Edits: []library.Edit{edit}}
}

// removeKey returns the fix that removes a key from the front matter with its
// value; nil where it is the only one, or where its bytes cannot be told for
// certain.
func removeKey(p *library.Prompt, pair library.Pair) *library.Fix {
	root := p.Front.Root
	edit, ok := wholeLines(p.Source, library.Edit{Start: pair.Key.Pos.Offset, End: pair.Value.Text.End.Offset}, "")
	if !ok || len(root.Pairs) == 1 || strings.HasPrefix(p.Source[root.Text.Pos.Offset:], "{") {
		return nil
	}
	return &library.Fix{Title: "remove the key", Safe: true, Edits: []library.Edit{edit}}
}

// wholeLines widens an edit to the lines it touches. It is not ok where other
// text than lead stands before it or other text than a comment behind it.
func wholeLines(source string, e library.Edit, lead string) (library.Edit, bool) {
	before := strings.LastIndexByte(source[:e.Start], '\n') + 1
	rest, _, closed := strings.Cut(source[e.End:], "\n")
	if strings.TrimSpace(source[before:e.Start]) != lead || !closed {
		return e, false
	}
	tail := strings.TrimSpace(rest)
	if tail != "" && (tail[0] != '#' || rest[0] == '#') {
		return e, false
	}
	return library.Edit{Start: before, End: e.End + len(rest) + 1}, true
}
