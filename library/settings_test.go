package library

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/schema"
)

func TestReadSettings(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // the error; "" for none
	}{
		{"valid", "version: 1\n", ""},
		{"empty", "# nothing\n", `p.yaml: the file is empty; it needs at least "version: 1"`},
		{"not YAML", "version: @\n", "p.yaml:1:10: a value cannot begin with '@'; put it in quotes"},
		{"not UTF-8", "version: 1 # \xe9\n", "p.yaml:1:14: byte 0xE9 is not UTF-8; save the file as UTF-8"},
		{"two problems", "version: 1\nversion: &x 1\n", "p.yaml:2:10: anchor \"&x\"; write the value out where it is used\np.yaml:2:1: key \"version\" is already on line 1; readers disagree which one counts, so keep one"},
		{"unknown key", "version: 1\nversoin: 2\n", `p.yaml:2:1: key "versoin" is not known here; did you mean "version"?`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			node, err := ReadSettings("p.yaml", []byte(test.text), "policy")
			got := ""
			if err != nil {
				got = err.Error()
			} else if node.Get("version").Scalar().Value != "1" {
				t.Error("no value has been read")
			}
			if got != test.want {
				t.Errorf("error %q\nwant  %q", got, test.want)
			}
		})
	}
}

func TestSchemaProblems(t *testing.T) {
	s, err := schema.Compile("x.schema.json", []byte(`{
		"type": "object",
		"required": ["name"],
		"properties": {
			"name": {"type": "string"},
			"size": {"type": "integer", "minimum": 3},
			"kind": {"enum": ["small", "large"]},
			"tags": {"type": "array", "items": {"type": "string"}},
			"inner": {"type": "object", "required": ["a/b"], "properties": {"a/b": {}}, "additionalProperties": false}
		}
	}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		yaml string
		want []string // place and the start of the message
	}{
		{"valid", "name: a\nsize: 3\nkind: small\ntags: [b]\n", nil},
		{"not a mapping", "- a\n", []string{"1:1 the file "}},
		{"missing", "size: 4\n", []string{`1:1 key "name" is missing`}},
		{"wrong type", "size: big\nname: 1.10\n", []string{`1:7 key "size" `, `2:7 key "name" `}},
		{"wrong value", "name: a\nkind: medium\nsize: 2\n", []string{`2:7 key "kind": expected `, `3:7 key "size": expected `}},
		{"of a list", "name: a\ntags: [b, 2, c, 3]\n", []string{`2:11 item 2 of "tags" `, `2:17 item 4 of "tags" `}},
		{"below a key", "name: a\ninner:\n  c: 1\n", []string{`3:3 key "inner.a/b" is missing`, `3:3 key "inner.c" is not known here`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			node, problems := ReadYAML("x.yaml", []byte(test.yaml))
			if problems != nil {
				t.Fatal(problems)
			}
			var got []string
			for _, p := range SchemaProblems(node, s) {
				line, _, _ := strings.Cut(place(p.At), "-")
				got = append(got, line+" "+p.Message)
			}
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], test.want[i]) || strings.HasSuffix(test.want[i], "expected ") != strings.Contains(got[i], ", not ") {
					t.Errorf("-want +got\n%s", cmp.Diff(test.want[i], got[i]))
				}
			}
		})
	}
}
