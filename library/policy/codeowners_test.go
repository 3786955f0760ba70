package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/hmarr/codeowners"
	"pgregory.net/rapid"
)

const ownersPeople = `version: 1
people:
  bob: {github: {login: bob, id: 1}, gitlab: {login: bob.b, id: 11}, roles: [Lead]}
  carol: {github: {login: carol, id: 2}, roles: [Lead, Pay]}
  dave: {gitlab: {login: dave, id: 13}, roles: [Pay, Owner]}
  eve: {github: {login: "eve\n* @mallory", id: 4}, roles: [Owner]}
  frank: {github: {login: frank, id: 5}, roles: [Owner]}
  mech: {type: bot, github: {login: mech, id: 6}, roles: [Lead, Owner, Pay]}
roles: {Lead: {}, Pay: {}, Owner: {}, Nobody: {}}
`

// aBlock is a block with some lines.
func aBlock(lines string) string {
	return ownersBegin + "\n" + ownersNote + "\n" + lines + ownersEnd + "\n"
}

func TestOwners(t *testing.T) {
	people, err := ReadPeople("people.yaml", []byte(ownersPeople))
	if err != nil {
		t.Fatal(err)
	}
	rule := func(name, path, approve string) string {
		return fmt.Sprintf("  - {name: %s, when: {path: %q}, approve: [%s]}\n", name, path, approve)
	}
	for _, tt := range []struct{ name, policy, prefix, file, want string }{
		{"nothing", "", "", "CODEOWNERS", ""},
		{"a rule without a path", "rules:\n  - {name: a, when: {risk_level: high}, approve: [{role: Lead}]}\n", "", "CODEOWNERS", ""},
		{"a rule and protect", "rules:\n" + rule("a", "pay/**", "{role: Pay}") + "protect: {paths: [\".promptlib/**\", \"/.github/**\"], approve: [{role: Owner}]}\n", "", "CODEOWNERS",
			"/.github/ @frank\n/.promptlib/ @frank\n/pay/ @carol\n"},
		{"a library in a folder", "rules:\n" + rule("a", "pay/**", "{role: Pay}") + "protect: {paths: [\".promptlib/**\", \"/.github/**\"], approve: [{role: Owner}]}\n", "my [lib]/", "CODEOWNERS",
			"/.github/ @frank\n/my??lib?/.promptlib/ @frank\n/my??lib?/pay/ @carol\n"},
		{"GitLab", "rules:\n" + rule("a", "pay/**", "{role: Pay}, {role: Lead}"), "", ".gitlab/CODEOWNERS", "/pay/ @bob.b @dave\n"},
		{"anybody, and a role that nobody has", "rules:\n" + rule("a", "a/**", "{role: \"*\", count: 2}") + rule("b", "b/**", "{role: Nobody}"), "", "CODEOWNERS", ""},
		{"one path of two rules", "rules:\n" + rule("a", "a/*.md", "{role: Lead}") + rule("b", "a/*.md", "{role: Pay}, {role: Owner}"), "", "CODEOWNERS", "/a/*.md @bob @carol @frank\n"},
		{"a line that hides another has its owners", "rules:\n" + rule("a", "a/b/**", "{role: Owner}") + rule("b", "**", "{role: Pay}") + rule("c", "a/**", "{role: Lead}"), "", "CODEOWNERS",
			"* @carol\n/a/ @bob @carol\n/a/b/ @bob @carol @frank\n"},
		{"the broad line comes first whatever it is called", "rules:\n" + rule("a", "a/-x/**", "{role: Owner}") + rule("b", "a/?x/**", "{role: Lead}"), "", "CODEOWNERS",
			"/a/?x/ @bob @carol\n/a/-x/ @bob @carol @frank\n"},
		{"braces, classes and escapes", "rules:\n" + rule("a", `{a,b/{c,d}}/[xy]\*.md`, "{role: Pay}"), "", "CODEOWNERS", "/a/??.md @carol\n/b/c/??.md @carol\n/b/d/??.md @carol\n"},
		{"spaces and a hash", "rules:\n" + rule("a", "a b/#c.md", "{role: Pay}"), "", "CODEOWNERS", "/a?b/?c.md @carol\n"},
		{"too many braces", "rules:\n" + rule("a", "a/"+strings.Repeat("{a,b}", 7)+"/c", "{role: Pay}"), "", "CODEOWNERS", "/a/ @carol\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Read("policy.yaml", []byte("version: 1\n"+tt.policy))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Owners(p, people, tt.prefix, tt.file), aBlock(tt.want)); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
}

// TestOwnersAsForgesReadThem: whoever a rule asks is an owner of every file that
// its path matches, by what another reader makes of the block.
func TestOwnersAsForgesReadThem(t *testing.T) {
	people, err := ReadPeople("people.yaml", []byte(ownersPeople))
	if err != nil {
		t.Fatal(err)
	}
	part := rapid.SampledFrom([]string{"a", "b", "x.md", "*", "**", "*.md", "?", "[ab]", "{a,b}", "{a,b/x.md}", "a b", `\*`, "a#b"})
	glob := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "parts"), "/")
	})
	roles := map[string][]string{"Lead": {"bob", "carol"}, "Pay": {"carol"}, "Owner": {"frank"}}
	rapid.Check(t, func(t *rapid.T) {
		p := &Policy{}
		for i, path := range rapid.SliceOfN(glob, 1, 4).Draw(t, "globs") {
			role := rapid.SampledFrom([]string{"Lead", "Pay", "Owner"}).Draw(t, "role")
			p.Rules = append(p.Rules, Rule{Name: fmt.Sprint(i), When: []Condition{{Key: "path", Value: path}}, Approve: []Approval{{Role: role, Count: 1}}})
		}
		block := Owners(p, people, "", "CODEOWNERS")
		rules, err := codeowners.ParseFile(strings.NewReader(block))
		if err != nil {
			t.Fatalf("%v\n%s", err, block)
		}
		file := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "x.md", "a b", "*", "a#b"}), 1, 4).Draw(t, "file"), "/")
		last, err := rules.Match(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rules {
			// Below a/** are files of a folder a, and never a file a, as doublestar has it.
			glob := strings.ReplaceAll(r.When[0].Value, "**", "**/*")
			if ok, _ := doublestar.Match(glob, file); !ok || overlaps(p, file) {
				continue
			}
			for _, login := range roles[r.Approve[0].Role] {
				if last == nil || !slices.ContainsFunc(last.Owners, func(o codeowners.Owner) bool { return o.Value == login }) {
					t.Errorf("%s matches %s, and %s is no owner\n%s", r.When[0].Value, file, login, block)
				}
			}
		}
	})
}

// overlaps reports whether several lines match a file of which none holds for all
// files of the other: then the last counts, and no order helps.
func overlaps(p *Policy, file string) bool {
	var globs []string
	for _, r := range p.Rules {
		for _, g := range expand(r.When[0].Value) {
			rules, err := codeowners.ParseFile(strings.NewReader(ownersPattern(g) + " @x\n"))
			if err != nil {
				return false
			}
			if m, err := rules.Match(file); err == nil && m != nil {
				globs = append(globs, g)
			}
		}
	}
	for _, a := range globs {
		for _, b := range globs {
			ab, _ := doublestar.Match(a, b)
			ba, _ := doublestar.Match(b, a)
			if !ab && !ba && ownersPattern(a) != ownersPattern(b) {
				return true
			}
		}
	}
	return false
}

func TestSetOwnersBlock(t *testing.T) {
	old, fresh := aBlock("/a/ @ada\n"), aBlock("/b/ @bob\n")
	for _, tt := range []struct{ name, text, want string }{
		{"no file", "", fresh},
		{"no block", "* @ada\n", "* @ada\n" + fresh},
		{"no line end", "* @ada", "* @ada\n" + fresh},
		{"in between", "# x\n* @ada\n" + old + "/c/ @c  # last \n\n", "# x\n* @ada\n" + fresh + "/c/ @c  # last \n\n"},
		{"the block alone", old, fresh},
		{"as it should be", "x\n" + fresh, "x\n" + fresh},
		{"no line end after the block", strings.TrimSuffix(old, "\n"), fresh},
		{"CR LF", strings.ReplaceAll("* @ada\n"+old+"z\n", "\n", "\r\n"), strings.ReplaceAll("* @ada\n"+fresh+"z\n", "\n", "\r\n")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := SetOwnersBlock(tt.text, fresh)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
			block, _, err := OwnersBlock(got)
			if err != nil || block != fresh {
				t.Errorf("the block is then %q, error %v", block, err)
			}
			if again, err := SetOwnersBlock(got, fresh); err != nil || again != got {
				t.Errorf("a second time it becomes %q, error %v", again, err)
			}
		})
	}
	for name, tt := range map[string]struct{ text, want string }{
		"twice":      {"x\n" + old + old, "line 6: the block of promptlib begins a second time, after line 2"},
		"not closed": {"x\n" + strings.TrimSuffix(old, ownersEnd+"\n"), "line 2: the block of promptlib is not closed"},
		"not begun":  {"x\n" + ownersEnd + "\n", "line 2: the block of promptlib ends and has not begun"},
		"nested":     {ownersBegin + "\n" + old, "line 2: the block of promptlib begins a second time"},
	} {
		if _, err := SetOwnersBlock(tt.text, fresh); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
}
