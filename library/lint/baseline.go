package lint

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"promptlib/library"
)

// BaselineFile is the name of the baseline in the settings folder of a library.
const BaselineFile = "lint-baseline.jsonl"

// A Baseline is the findings that a library lives with until somebody mends
// them, sorted, each once. It knows a finding again by its rule, its file and
// its anchor, wherever in the file it has moved to.
type Baseline []BaselineEntry

// A BaselineEntry stands for one finding.
type BaselineEntry struct {
	File    string `json:"file"`              // relative to the root of the library, with slashes
	Rule    string `json:"rule"`              // code
	Name    string `json:"name"`              // of the rule, for people
	Anchor  string `json:"anchor"`            // of the finding
	Ordinal int    `json:"ordinal,omitempty"` // among the findings of that file with the same rule and anchor, from 2; 0 for the first
}

func (e BaselineEntry) compare(f BaselineEntry) int {
	return cmp.Or(
		strings.Compare(e.File, f.File),
		strings.Compare(e.Rule, f.Rule),
		strings.Compare(e.Anchor, f.Anchor),
		cmp.Compare(e.Ordinal, f.Ordinal),
	)
}

// Has reports whether an entry is in the baseline.
func (b Baseline) Has(e BaselineEntry) bool {
	_, found := slices.BinarySearchFunc(b, e, BaselineEntry.compare)
	return found
}

// Add returns the baseline with some entries more.
func (b Baseline) Add(more Baseline) Baseline {
	all := append(slices.Clone(b), more...)
	slices.SortFunc(all, BaselineEntry.compare)
	return slices.CompactFunc(all, func(e, f BaselineEntry) bool { return e.compare(f) == 0 })
}

// Drop returns the baseline without some entries.
func (b Baseline) Drop(gone Baseline) Baseline {
	return slices.DeleteFunc(slices.Clone(b), gone.Has)
}

// Sift parts the findings of a library, which are sorted and complete for each
// file in them. Fresh are those that the baseline does not hold; known are its
// entries for all others, and added those that the fresh ones would have. Root
// is that of the library.
func (b Baseline) Sift(root string, findings []*library.Diagnostic) (fresh []*library.Diagnostic, known, added Baseline) {
	count := map[BaselineEntry]int{}
	for _, d := range findings {
		e := BaselineEntry{File: validPath(library.Relative(root, d.Pos.Path)), Rule: d.Code, Name: d.Name, Anchor: d.Anchor}
		count[e]++
		if n := count[e]; n > 1 {
			e.Ordinal = n
		}
		if b.Has(e) {
			known = append(known, e)
		} else {
			fresh = append(fresh, d)
			added = append(added, e)
		}
	}
	return fresh, Baseline(nil).Add(known), Baseline(nil).Add(added)
}

// validPath returns a path as JSON can hold it.
func validPath(path string) string { return strings.ToValidUTF8(path, "\ufffd") }

// maxBaselineErrors is how many lines of a broken baseline are named.
const maxBaselineErrors = 5

// ReadBaseline reads a baseline: one entry a line, in any order, and the same
// entry any number of times, as merging with git's union driver leaves it. Path
// names the file in errors, of which there is one for each line that is none.
func ReadBaseline(path string, text []byte) (Baseline, error) {
	var b Baseline
	var errs []error
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e, err := readEntry(line)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d:1: %w", path, n, err))
			continue
		}
		b = append(b, e)
	}
	if more := len(errs) - maxBaselineErrors; more > 0 {
		errs = append(errs[:maxBaselineErrors], fmt.Errorf("%s: %d more lines are no entries", path, more))
	}
	return Baseline(nil).Add(b), errors.Join(errs...)
}

var (
	codeForm   = regexp.MustCompile(`^[A-Z]+[0-9]{3}$`)
	anchorForm = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

func readEntry(line string) (e BaselineEntry, err error) {
	for _, marker := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if strings.HasPrefix(line, marker) {
			return e, fmt.Errorf("unresolved merge conflict; keep the lines of both sides and remove the markers")
		}
	}
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, fmt.Errorf("line is no entry of a baseline: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return e, errors.New("line is no entry of a baseline: it goes on after the JSON object")
	}
	switch {
	case e.File == "" || path.IsAbs(e.File) || path.Clean(e.File) != e.File || strings.HasPrefix(e.File+"/", "../"):
		return e, fmt.Errorf("file %q is no path relative to the root of the library", e.File)
	case !codeForm.MatchString(e.Rule):
		return e, fmt.Errorf("rule %q is no code, such as %q", e.Rule, "STR002")
	case !anchorForm.MatchString(e.Anchor):
		return e, fmt.Errorf("anchor %q is not 16 hexadecimal digits", e.Anchor)
	case e.Ordinal == 1 || e.Ordinal < 0:
		return e, fmt.Errorf("ordinal %d is not 2 or more; leave it out for the first", e.Ordinal)
	}
	return e, nil
}
