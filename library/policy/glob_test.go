package policy

import (
	"strings"
	"testing"
)

// A glob is matched with every path of a repository, also that of a policy which is
// only proposed. Braces multiply what must be tried.
func TestGlobsWithManyReadings(t *testing.T) {
	for _, tt := range []struct {
		name, glob string
		want       string // in the error; "" for none
	}{
		{"braces in a row", strings.Repeat("{a*,?*}", 9), "more than 256 readings"},
		{"braces within braces", "{" + strings.Repeat("{a,b},", 256) + "c}", "more than 256 readings"},
		{"many alternatives", "{" + strings.Repeat("a,", 256) + "b}", "more than 256 readings"},
		{"as many as may be", strings.Repeat("{a*,?*}", 8), ""},
		{"one pair", "prompts/**/*.{md,txt,yaml}", ""},
		{"braces that are none", strings.Repeat(`\\{a,b\\}`, 40), ""},
		{"commas without braces", strings.Repeat("a,", 400), ""},
	} {
		for _, at := range []string{"prompts: [%]", "protect: {paths: [%], approve: [{role: \"*\"}]}", "rules: [{name: a, when: {path: %}, approve: [{role: \"*\"}]}]"} {
			text := "version: 1\n" + strings.Replace(at, "%", `"`+tt.glob+`"`, 1) + "\n"
			_, err := Read("policy.yaml", []byte(text))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%s in %s: %v, want an error of %q", tt.name, at, err, tt.want)
			}
		}
	}
}
