package catalogue

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/library/policy"
)

// prompts are three prompts and a file without anything, by path.
var prompts = map[string]string{
	"a.md": "---\ntitle: Alpha\nversion: 1.10\ntags: [json, sql]\nowner: Ada\nrisk_level: high\nregulatory_scope: [GDPR, SOC-2]\nretention_period: P12M\nreviewed: 2025-03-01\n" +
		"approval_required: True\nmodel: {name: large, size: 70}\ncost: 3\ndate: 2025-01-31\n---\n## Prompt\n\nSum up [team_name].\n\n## Example\n\n**Input:**\n\n[team_name]: x\n\n**Output:**\n\ny\n",
	"b.md":     "---\ntitle: beta\nversion: \"1.9\"\ntopics: [sql]\nrisk_level: low\ngovernance: {risk_level: medium}\nregulatory_scope: GDPR\nretention_period: P5Y\nreviewStatus: in-review\ncost: 12\n---\n## Prompt\n\nX.\n",
	"c.md":     "---\ntitle: Gamma\nversion: 2.0-rc1\ncost: cheap\nretention_period: permanent\nmodel.name: small\napproval_required: false\n---\n<purpose>\nX.\n</purpose>\n",
	"none.txt": "Text.\n",
}

var order = []string{"a.md", "b.md", "c.md", "none.txt"}

func item(path string) Item {
	p := library.Parse(path, prompts[path])
	pol := policy.Default()
	return Item{Prompt: p, Governance: pol.Effective(p, ""), Policy: pol}
}

// find runs a query over all prompts.
func find(where []string, sort string) (found []string, q *Query, err error) {
	q, err = NewQuery(where, sort)
	if err != nil {
		return nil, nil, err
	}
	if err := q.Check(policy.Default()); err != nil {
		return nil, q, err
	}
	ranks := map[string][]Rank{}
	for _, path := range order {
		if r, ok := q.Match(item(path)); ok {
			found = append(found, path)
			ranks[path] = r
		}
	}
	if err := q.Unknown(); err != nil {
		return nil, q, err
	}
	slices.SortStableFunc(found, func(a, b string) int { return q.Compare(ranks[a], ranks[b]) })
	return found, q, nil
}

func TestWhere(t *testing.T) {
	for _, test := range []struct {
		where string // conditions, separated by " & "
		want  string
	}{
		{"", "a.md b.md c.md none.txt"},
		{"title=Alpha", "a.md"},
		{"title = Alpha", "a.md"},
		{"title!=Alpha", "b.md c.md none.txt"},
		{"title=", "none.txt"},
		{"title!=", "a.md b.md c.md"},
		{"dialect=B", "a.md b.md"},
		{"dialect=B & title!=beta", "a.md"},
		{"path=c.md", "c.md"},

		// The governance that counts: the strictest of two that disagree, and of
		// a level that is missing the highest.
		{"risk_level=medium", "b.md"},
		{"riskLevel=medium", "b.md"},
		{"risk_level=low", ""},
		{"risk_level=critical", "c.md none.txt"},
		{"risk_level>=high", "a.md c.md none.txt"},
		{"risk_level>=HIGH", "a.md c.md none.txt"},
		{"review_status=in-review", "b.md"},
		{"review_status>=in_review", "b.md"},
		{"owner=", "b.md c.md none.txt"},
		{"approval_required=true", "a.md b.md none.txt"},
		{"approval_required=True", "a.md b.md none.txt"},
		{"regulatory_scope has GDPR", "a.md b.md"},
		{"regulatory_scope has soc-2", "a.md"},
		{"regulatory_scope=GDPR", "b.md"},
		{"retention_period=P1Y", "a.md"},
		{"retention_period>=P2Y", "b.md c.md"},
		{"reviewed>=2025-01-01", "a.md"},
		{"reviewed>=2025-03-02", ""},

		{"tags has sql", "a.md b.md"},
		{"tags=sql", "b.md"},
		{"variables has team_name", "a.md"},
		{"examples=1", "a.md"},
		{"examples>=0", "a.md b.md c.md none.txt"},
		{"version>=1.9", "a.md b.md c.md"},
		{"version>=1.10", "a.md c.md"},
		{"version>=2", ""},
		{"version>=2-a", "c.md"},

		{"cost>=4", "b.md"},
		{"cost=3", "a.md"},
		{"cost has cheap", "c.md"},
		{"date>=2025-01-01", "a.md"},
		{"model.name=large", "a.md"},
		{"model.name!=large", "b.md c.md none.txt"},
		{"model.name=small", "c.md"},
		{"model.size>=70", "a.md"},
		{"model=", "a.md b.md c.md none.txt"},
	} {
		t.Run(test.where, func(t *testing.T) {
			var where []string
			if test.where != "" {
				where = strings.Split(test.where, " & ")
			}
			got, _, err := find(where, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhereThatCannotBe(t *testing.T) {
	for _, test := range []struct{ where, want string }{
		{"", `"" is no condition; write ` + Operators},
		{"title", `"title" is no condition; write ` + Operators},
		{"=x", `"=x" is no condition; write ` + Operators},
		{"risk_level>high", `"risk_level>high" has no operator that is known; write ` + Operators},
		{"risk_level<=high", `"risk_level<=high" has no operator that is known; write ` + Operators},
		{"risk_level==high", `"risk_level==high" has no operator that is known; write ` + Operators},
		{"risk_level is high", `"risk_level is high" has no operator that is known; write ` + Operators},
		{"tags hasnt x", `"tags hasnt x" has no operator that is known; write ` + Operators},
		{"tags has", `"tags" says nothing after "has"`},
		{"risk_level>=", `"risk_level" says nothing after ">="`},
		{"risk_level>=hgih", `"hgih" is not in the vocabulary of risk_level; did you mean "high"?`},
		{"riskLevel>=top", `"top" is not in the vocabulary of risk_level; expected low, medium, high, critical`},
		{"risk_level has high", "risk_level is no list; write risk_level=high"},
		{"title has Alpha", "title is no list; write title=Alpha"},
		{"title>=A", `title has no order, so ">=" cannot be asked of it`},
		{"regulatory_scope>=GDPR", `regulatory_scope has no order, so ">=" cannot be asked of it`},
		{"retention_period>=long", `"long" cannot be compared with retention_period`},
		{"examples>=many", `"many" is no number, so examples cannot be compared with it`},
		{"version>=new", `"new" is no number, so version cannot be compared with it`},
		{"cost>=NaN", `"NaN" is neither a number nor a date, so cost cannot be compared with it`},
		{"ownr=Ada", `no prompt has a key "ownr"; did you mean "owner"?`},
		{"csot!=3", `no prompt has a key "csot"; did you mean "cost"?`},
		{"qqq=3", `no prompt has a key "qqq"`},
	} {
		t.Run(test.where, func(t *testing.T) {
			_, _, err := find([]string{test.where}, "")
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestHints(t *testing.T) {
	for where, want := range map[string][]string{
		"risk_level=hgih":   {`no prompt has risk_level "hgih"; did you mean "high"?`},
		"tags has jsno":     {`no prompt has tags "jsno"; did you mean "json"?`},
		"title=Alpha":       nil,
		"title=Nothing":     nil,
		"title!=Alpah":      nil,
		"model.name=laarge": {`no prompt has model.name "laarge"; did you mean "large"?`},
	} {
		_, q, err := find([]string{where}, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, q.Hints()); diff != "" {
			t.Errorf("%s: -want +got\n%s", where, diff)
		}
	}
}

func TestSort(t *testing.T) {
	for _, test := range []struct{ sort, want string }{
		{"", "a.md b.md c.md none.txt"},
		{"-path", "none.txt c.md b.md a.md"},
		{"title", "a.md c.md b.md none.txt"},
		{"-title", "b.md c.md a.md none.txt"}, // what is missing stays last
		{"risk_level", "b.md a.md c.md none.txt"},
		{"-risk_level", "c.md none.txt a.md b.md"},
		{"-risk_level, -path", "none.txt c.md a.md b.md"},
		{"version", "b.md a.md c.md none.txt"},
		{"cost", "a.md b.md c.md none.txt"},
		{"-retention_period", "c.md b.md a.md none.txt"},
		{"-examples,title", "a.md c.md b.md none.txt"},
		{"dialect,-title", "c.md b.md a.md none.txt"},
	} {
		t.Run(test.sort, func(t *testing.T) {
			got, _, err := find(nil, test.sort)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for sort, want := range map[string]string{
		"title,,path": `"title,,path" names no key to sort by between its commas`,
		"-":           `"-" names no key to sort by between its commas`,
		"titel":       `no prompt has a key "titel"; did you mean "title"?`,
	} {
		if _, _, err := find(nil, sort); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", sort, err, want)
		}
	}
}

// TestRanksAreAnOrder compares any words of any key: an order that contradicts
// itself would make the list depend on the order of the files.
func TestRanksAreAnOrder(t *testing.T) {
	pol := policy.Default()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"version", "risk_level", "retention_period", "reviewed", "examples", "cost", "title"}).Draw(t, "key")
		draw := func(name string) Rank {
			word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
				"1.10", "1.9", "2-rc", "v3", "high", "low", "P1Y", "permanent", "2025-01-01", "12", "-0", "0", "1e3", "Inf", "NaN", "",
			})).Draw(t, name)
			r, ok := rank(pol, key, word)
			if !ok {
				return Rank{class: classText, text: word}
			}
			return r
		}
		a, b, c := draw("a"), draw("b"), draw("c")
		if a.compare(a) != 0 || a.compare(b) != -b.compare(a) {
			t.Fatalf("%v and %v", a, b)
		}
		if a.compare(b) <= 0 && b.compare(c) <= 0 && a.compare(c) > 0 {
			t.Fatalf("%v, %v and %v", a, b, c)
		}
	})
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"risk_level>=high", "tags has x", "a.b.c!=1", "=", "has", "version>=1.9", "x>=2025-01-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, where string) {
		if _, _, err := find([]string{where}, where); err != nil && err.Error() == "" {
			t.Error("an error says nothing")
		}
	})
}
