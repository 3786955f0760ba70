package evals

import (
	"errors"
	"strings"
	"testing"

	"promptlib/library"
)

// FuzzReadContract: a contract is read, or refused with mistakes that stand in
// the file.
func FuzzReadContract(f *testing.F) {
	for _, text := range []string{
		"sections: [Summary, {heading: Risks, aliases: [Dangers]}]\n",
		"schema: {type: object, required: [a], properties: {a: {$ref: '#/$defs/x'}}, $defs: {x: {type: string}}}\n",
		"checks: [{contains: a}, {max_words: 100}, {matches: '^a+$'}]\nparameters: {temperature: 0.5, seed: 7}\n",
		"schema: other.json\n",
		"repeat: 3\ncases: [{name: a, input: {b: 1}, expected: x, checks: [{contains: x}]}, {name: b, variables: {c: null}}]\ndataset: [r.csv, ../s.jsonl]\n",
		"json: embedded\nfields: {tolerance: 0.1, similarity: 0.5, keys: [sku]}\nsimilarity: {min: 0.5}\nthresholds: {pass_rate: 0.5, fields: 0.5}\n",
		"sections: [{heading: A, min-words: 5, max-words: 1e1, min-bullets: 2, max-bullets: 1, table: [a, b], code-block: sql}]\nchecks: [{max-latency: 1.5s}, {max-cost: 0.01}, {regex: '('}]\n",
	} {
		f.Add(text)
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		header := "---\ntitle: A\neval:\n"
		for _, p := range []*library.Prompt{
			library.Parse(root+"/a.md", header+indent(text)+"---\nText.\n"),
			library.Parse(root+"/a.md", "---\neval: "+text+"\n---\nText.\n"),
		} {
			c, err := ReadContract(p, root)
			if c != nil && err != nil {
				t.Errorf("a contract and %v", err)
			}
			for _, m := range mistakesOf(err) {
				if m.Message == "" || m.At.Pos.Line < 1 || m.At.Pos.Offset > m.At.End.Offset || m.At.End.Offset > len(p.Source) {
					t.Errorf("%q at %+v, which is not in the file", m.Message, m.At)
				}
			}
		}
	})
}

func indent(text string) string {
	out := ""
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		out += "  " + line + "\n"
	}
	return out
}

// mistakesOf returns the mistakes in an error, joined or not.
func mistakesOf(err error) (list []*Mistake) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, mistakesOf(e)...)
		}
		return list
	}
	var m *Mistake
	if errors.As(err, &m) {
		list = append(list, m)
	}
	return list
}
