package check

import (
	"cmp"
	"strings"

	"promptlib/library"
)

var versionNotBumped = check{
	Code: library.Code{
		ID: "APR109", Name: "version-not-bumped", Severity: library.Error,
		Doc: library.Doc{
			Summary: "text changes and its version does not rise",
			Why:     "Records of runs and approvals name a prompt by its version. Two texts of one version cannot be told apart later.",
			Fix:     "Raise version: numbers joined by dots, of which 1.10 is higher than 1.9.",
		},
	},
	file: versionNotBumpedFile,
}

func versionNotBumpedFile(f *file) {
	if f.head.governance == nil || f.base.governance == nil || f.base.digest == f.digest {
		return
	}
	version := f.head.prompt.Version
	at := version
	if at.IsZero() {
		at = f.start()
	}
	now, ok := parseVersion(version.Value)
	if !ok {
		f.report(at, "version %q is not numbers joined by dots, such as 1.2, so it cannot be higher than the one before", version.Value)
		return
	}
	for _, before := range append([]*library.Prompt{f.base.prompt}, f.forks()...) {
		if old, ok := parseVersion(before.Version.Value); ok && compareVersions(now, old) <= 0 {
			f.report(at, "the text changes and version %s is not higher than %s", version.Value, before.Version.Value)
			return
		}
	}
}

// forks returns the prompt as it was where head and base parted.
func (f *file) forks() []*library.Prompt {
	var list []*library.Prompt
	for _, b := range f.Forks {
		if s := f.change.side(f.Path, b); s.prompt != nil {
			list = append(list, s.prompt)
		}
	}
	return list
}

// parseVersion reads numbers that are joined by dots, as they are spelt: 1.10 is
// not 1.1. The numbers may be of any size and have no zeros in front.
func parseVersion(s string) (numbers []string, ok bool) {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return nil, false
		}
		numbers = append(numbers, strings.TrimLeft(part, "0"))
	}
	return numbers, true
}

// compareVersions compares number by number; a number that is missing is 0.
func compareVersions(a, b []string) int {
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return 0
}
