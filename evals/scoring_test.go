package evals

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadContractOfScoring(t *testing.T) {
	n := func(i int) *int { return &i }
	tests := []struct {
		name string
		eval string
		want Contract
	}{
		{"fields of their own accord", "fields: {}\n", Contract{Fields: &Fields{Similarity: DefaultSimilarity}}},
		{"fields", "fields: {tolerance: 0.01, similarity: 0, keys: [sku, line]}\n", Contract{Fields: &Fields{Tolerance: 0.01, Keys: []string{"sku", "line"}}}},
		{"json", "json: embedded\n", Contract{JSON: Embedded}},
		{"similarity", "similarity: {min: 0.5}\n", Contract{Similarity: &Similarity{Min: 0.5}}},
		{"limits of sections", "sections: [{heading: Plan, min-words: 1e1, max-words: 200, min-bullets: 2, max-bullets: 5, table: [Change, Risk], code-block: sql}]\n",
			Contract{Sections: []Section{{Heading: "Plan", Limits: Limitations{MinWords: n(10), MaxWords: n(200), MinBullets: n(2), MaxBullets: n(5), Table: []string{"Change", "Risk"}, CodeBlock: "sql"}}}}},
		{"share of the cases", "thresholds: {pass_rate: 0.9}\n", Contract{Threshold: 0.9}},
		{"scores that are enough", "sections: [A]\nfields: {}\nthresholds: {sections: 0.5, fields: 0.8, pass_rate: 1}\n",
			Contract{Sections: []Section{{Heading: "A"}}, Fields: &Fields{Similarity: DefaultSimilarity}, Threshold: 1, Thresholds: map[string]float64{"sections": 0.5, "fields": 0.8}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readContract(t, map[string]string{"lib/p/x.md": contractFile(""), "lib/p/x.eval.yaml": test.eval})
			if err != nil {
				t.Fatal(err)
			}
			c.Node = nil
			if diff := cmp.Diff(*c, test.want, samePattern); diff != "" {
				t.Errorf("contract, got - want +:\n%s", diff)
			}
		})
	}
}

func TestContractIsEmptyOnlyWhereItAsksForNothing(t *testing.T) {
	for _, test := range []struct {
		contract Contract
		want     bool
	}{
		{Contract{}, true},
		{Contract{Threshold: 0.5, Derived: true}, true},
		{Contract{JSON: Strict}, false},
		{Contract{Fields: &Fields{}}, false},
		{Contract{Similarity: &Similarity{}}, false},
		{Contract{Checks: []Check{{Name: "contains"}}}, false},
	} {
		if got := test.contract.Empty(); got != test.want {
			t.Errorf("%+v: got empty %v, want %v", test.contract, got, test.want)
		}
	}
}

func TestReadContractReportsMistakesOfScoringAtTheirPlace(t *testing.T) {
	tests := []struct {
		name string
		eval string // from the third line of lib/p/x.md on
		want []string
	}{
		{"way to find JSON", "eval:\n  json: fence\n", []string{`lib/p/x.md:4:9: eval: key "json": expected one of "strict", "fenced", "embedded", "repaired", not "fence"`}},
		{"unknown key of fields", "eval:\n  fields: {tolerence: 1}\n", []string{`lib/p/x.md:4:12: eval: key "fields.tolerence" is not known here; did you mean "tolerance"?`}},
		{"tolerance", "eval:\n  fields: {tolerance: 2}\n", []string{`lib/p/x.md:4:23: eval: key "fields.tolerance"*`}},
		{"similarity without min", "eval:\n  similarity: {}\n", []string{`lib/p/x.md:4:15: eval: key "similarity.min" is missing`}},
		{"similarity that is a number", "eval:\n  similarity: 0.5\n", []string{`lib/p/x.md:4:15: eval: key "similarity"*`}},
		{"unknown check", "eval:\n  checks: [{max-latensy: 2s}]\n", []string{`lib/p/x.md:4:13: eval: key "checks.max-latensy" is not known here; did you mean "max-latency"?`}},
		{"latency without unit", "eval:\n  checks: [{max-latency: '2'}]\n", []string{`lib/p/x.md:4:26: eval: key "checks.max-latency": expected a time such as 500ms, 2s or 1.5m, not "2"`}},
		{"cost below nothing", "eval:\n  checks: [{max-cost: -1}]\n", []string{`lib/p/x.md:4:23: eval: key "checks.max-cost"*`}},
		{"unknown scorer", "eval:\n  thresholds: {section: 0.5}\n", []string{`lib/p/x.md:4:16: eval: key "thresholds.section" is not known here; did you mean "sections"?`}},
		{"threshold of 0", "eval:\n  thresholds: {pass_rate: 0}\n", []string{`lib/p/x.md:4:27: eval: key "thresholds.pass_rate"*`}},
		{"thresholds that hold nothing", "eval:\n  sections: [A]\n  thresholds: {sections: 0.5, fields: 0.5, schema: 1}\n", []string{
			`lib/p/x.md:5:31: eval: a threshold for fields holds nothing, since the contract declares no fields; declare it, or remove the threshold`,
			`lib/p/x.md:5:44: eval: a threshold for schema holds nothing, since the contract declares no schema; declare it, or remove the threshold`}},
		{"limits that no section can keep", "eval:\n  sections: [{heading: A, min-words: 5, max-words: 4}]\n", []string{
			`lib/p/x.md:4:38: eval: min-words is 5, more than max-words, which is 4; no section has both`}},
		{"unknown limit", "eval:\n  sections: [{heading: A, max-word: 4}]\n", []string{
			`lib/p/x.md:4:27: eval: key "sections.max-word" is not known here; did you mean "max-words"?`}},
		{"empty table", "eval:\n  sections: [{heading: A, table: []}]\n", []string{`lib/p/x.md:4:34: eval: key "sections.table"*`}},
		{"mistakes of several parts", "eval:\n  sections: [{heading: A, min-bullets: 2, max-bullets: 1}]\n  thresholds: {checks: 0.5}\n  parameters: {seed: 1e300}\n", []string{
			`lib/p/x.md:4:40: eval: min-bullets is 2, more than max-bullets, which is 1; no section has both`,
			`lib/p/x.md:5:16: eval: a threshold for checks holds nothing, since the contract declares no checks; declare it, or remove the threshold`,
			`lib/p/x.md:6:22: eval: 1e300 is too large a number`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readContract(t, map[string]string{"lib/p/x.md": contractFile(test.eval)})
			if err == nil {
				t.Fatalf("got %+v, want an error", c)
			}
			checkErrors(t, err, test.want)
		})
	}
}

func TestRepliesArePriced(t *testing.T) {
	usage := Usage{PromptTokens: 1000, CompletionTokens: 1000}
	tests := []struct {
		name  string
		model Model
		reply Reply
		want  Reply
	}{
		{"by the price", Model{Endpoint: "x", Price: &Price{Input: 1, Output: 2}}, Reply{Usage: usage}, Reply{Usage: Usage{1000, 1000, 0.003}}},
		{"by what the server says", Model{Endpoint: "x", Price: &Price{Input: 1, Output: 2}}, Reply{Usage: Usage{1000, 1000, 0.5}}, Reply{Usage: Usage{1000, 1000, 0.5}}},
		{"for nothing", Model{Endpoint: "x", Price: &Price{}}, Reply{Usage: usage}, Reply{Usage: usage}},
		{"not known", Model{Endpoint: "x"}, Reply{Usage: usage}, Reply{Usage: usage, Unpriced: true}},
		{"on this machine", Model{}, Reply{Usage: usage}, Reply{Usage: usage}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.model.Priced(test.reply), test.want); diff != "" {
				t.Errorf("got - want +:\n%s", diff)
			}
		})
	}
}
