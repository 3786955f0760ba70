package library

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// outline writes a node as lines: the place and type of every key and value.
func outline(n *Node) []string {
	var list []string
	var walk func(n *Node, indent string)
	walk = func(n *Node, indent string) {
		if n == nil {
			list = append(list, indent+"nothing")
			return
		}
		list = append(list, indent+n.Type.String()+" "+place(n.Text))
		for _, item := range n.Items {
			walk(item, indent+"  ")
		}
		for _, p := range n.Pairs {
			list = append(list, indent+"  "+place(p.Key)+":")
			walk(p.Value, indent+"    ")
		}
	}
	walk(n, "")
	return list
}

func TestScalarTypes(t *testing.T) {
	types := map[Type][]string{
		Null:  {"", "~", "null", "Null", "NULL", "nUlL"},
		Bool:  {"true", "True", "TRUE", "false", "False", "fAlse"},
		Int:   {"0", "7", "-7", "+1", "014", "0o17", "0x1F", "0xff", "12345678901234567890"},
		Float: {"1.10", "1.", ".5", "-.5", "+0.5", "1e3", "1E3", "1.5e-3", "2e+10", ".inf", "-.INF", "+.Inf", ".nan", ".NaN"},
		String: {
			"yes", "no", "on", "Off", "y", "2025-11-17", "1.2.3", "1_000", "0b1", "0o8", "0xg", "0x", "0o", "-", "+", ".", "-.", "+.e1", "1e", "1e+", "1e+-1", "1ex",
			"-+1", "+-1", "--1", "-0x1", "-.nan", ".infinity", "nulls", "truth", "n", "5-years", "12:30", "1,5", "~x", "e3", "t", "None",
		},
	}
	for want, values := range types {
		for _, value := range values {
			t.Run(fmt.Sprintf("%s is %s", value, want), func(t *testing.T) {
				if got := typeOf(value); got != want {
					t.Errorf("typeOf(%q) = %s, want %s", value, got, want)
				}
				if value == "" || strings.HasPrefix(value, "- ") {
					return
				}
				node, problems := ReadYAML("x.yaml", []byte("key: "+value+"\n"))
				if value == "-" { // a list without an item
					return
				}
				if len(problems) > 0 {
					t.Fatalf("problems: %v", problems)
				}
				if n := node.Get("key"); n.Type != want || n.Text.Value != value {
					t.Errorf("got %s %q, want %s %q as it was written", n.Type, n.Text.Value, want, value)
				}
				for _, quote := range []string{"'", `"`} {
					node, _ := ReadYAML("x.yaml", []byte("key: "+quote+value+quote))
					if n := node.Get("key"); n.Type != String || n.Text.Value != value {
						t.Errorf("in quotes %s: got %s %q, want text", quote, n.Type, n.Text.Value)
					}
				}
			})
		}
	}
}

func TestJSONOfScalars(t *testing.T) {
	tests := []struct {
		yaml string
		want any
	}{
		{"a: ~", nil},
		{"a: True", true},
		{"a: FALSE", false},
		{"a: 1.10", 1.1},
		{"a: 014", 14.0},
		{"a: 0o17", 15.0},
		{"a: 0x1F", 31.0},
		{"a: 1e3", 1000.0},
		{"a: +1", 1.0},
		{"a: .inf", ".inf"},
		{"a: -.inf", "-.inf"},
		{"a: .nan", ".nan"},
		{"a: 1e999", "1e999"},
		{"a: 0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF"},
		{"a: 2025-11-17", "2025-11-17"},
		{"a: yes", "yes"},
		{`a: "12"`, "12"},
	}
	for _, test := range tests {
		t.Run(test.yaml, func(t *testing.T) {
			node, problems := ReadYAML("x.yaml", []byte(test.yaml))
			if problems != nil {
				t.Fatal(problems)
			}
			want := map[string]any{"a": test.want}
			if diff := cmp.Diff(want, node.JSON()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestJSONOfCollections(t *testing.T) {
	node, _ := ReadYAML("x.yaml", []byte("a: [1, {b: c}, []]\nd: {}\na: second\n"))
	want := map[string]any{"a": []any{1.0, map[string]any{"b": "c"}, []any{}}, "d": map[string]any{}}
	if diff := cmp.Diff(want, node.JSON()); diff != "" {
		t.Errorf("of duplicate keys the first counts: -want +got\n%s", diff)
	}
	var none *Node
	if got := none.JSON(); got != nil {
		t.Errorf("JSON of a missing value = %v, want nil", got)
	}
}

func TestYAMLPlaces(t *testing.T) {
	tests := []struct {
		name string
		yaml string
		want []string
	}{
		{"nothing", "", []string{"nothing"}},
		{"comments alone", "# one\n\n# two\n", []string{"nothing"}},
		{"a scalar", "x", []string{`text 1:1-1:2 "x"`}},
		{"null values", "a:\nb: # c\n", []string{
			`mapping 1:1-2:3 ""`, `  1:1-1:2 "a":`, `    null 1:3-1:3 ""`, `  2:1-2:2 "b":`, `    null 2:3-2:3 ""`,
		}},
		{"quotes", `a: "x\n\"y\"" # c` + "\nb: 'it''s'\n\"c\": ''\n", []string{
			`mapping 1:1-3:8 ""`,
			`  1:1-1:2 "a":`, `    text 1:4-1:14 "x\n\"y\""`,
			`  2:1-2:2 "b":`, `    text 2:4-2:11 "it's"`,
			`  3:1-3:4 "c":`, `    text 3:6-3:8 ""`,
		}},
		{"plain text over lines", "a: one\ttwo\n  three\tfour\n\n  five # c\nb: 1\n", []string{
			`mapping 1:1-5:5 ""`,
			`  1:1-1:2 "a":`, `    text 1:4-4:7 "one\ttwo three\tfour\nfive"`,
			`  5:1-5:2 "b":`, `    integer 5:4-5:5 "1"`,
		}},
		{"quotes over lines", "a: 'x\n\n  y'\nb: \"x\\\n  y\"\n", []string{
			`mapping 1:1-5:5 ""`,
			`  1:1-1:2 "a":`, `    text 1:4-3:5 "x\ny"`,
			`  4:1-4:2 "b":`, `    text 4:4-5:5 "xy"`,
		}},
		{"block scalars", "a: |\n  x\n\n  y\n\nb: >-\n  z\n  z\nc: |+\n  w\n\nd: |2\n   v\n", []string{
			`mapping 1:1-13:5 ""`,
			`  1:1-1:2 "a":`, `    text 1:4-4:4 "x\n\ny\n"`,
			`  6:1-6:2 "b":`, `    text 6:4-8:4 "z z"`,
			`  9:1-9:2 "c":`, `    text 9:4-10:4 "w\n\n"`,
			`  12:1-12:2 "d":`, `    text 12:4-13:5 " v\n"`,
		}},
		{"a block scalar in a list", "- |\n  x\n- y\n", []string{
			`list 1:1-3:4 ""`, `  text 1:3-2:4 "x\n"`, `  text 3:3-3:4 "y"`,
		}},
		{"flow collections", "a: [x, \"y]\", {b: c}, ]\nd: {}\ne: []\nf: {g: , h}\n", []string{
			`mapping 1:1-4:12 ""`,
			`  1:1-1:2 "a":`, `    list 1:4-1:23 ""`, `      text 1:5-1:6 "x"`, `      text 1:8-1:12 "y]"`,
			`      mapping 1:14-1:20 ""`, `        1:15-1:16 "b":`, `          text 1:18-1:19 "c"`,
			`  2:1-2:2 "d":`, `    mapping 2:4-2:6 ""`,
			`  3:1-3:2 "e":`, `    list 3:4-3:6 ""`,
			`  4:1-4:2 "f":`, `    mapping 4:4-4:12 ""`,
			`      4:5-4:6 "g":`, `        null 4:8-4:8 ""`, `      4:10-4:11 "h":`, `        null 4:11-4:11 ""`,
		}},
		{"brackets in comments", "a: [x, # ]\n  y # ]\n ]\nb: {c: d # }\n }\n", []string{
			`mapping 1:1-5:3 ""`,
			`  1:1-1:2 "a":`, `    list 1:4-3:3 ""`, `      text 1:5-1:6 "x"`, `      text 2:3-2:4 "y"`,
			`  4:1-4:2 "b":`, `    mapping 4:4-5:3 ""`, `      4:5-4:6 "c":`, `        text 4:8-4:9 "d"`,
		}},
		{"a pair in a flow list", "a: [b: c, {d: e}]\n", []string{
			`mapping 1:1-1:18 ""`,
			`  1:1-1:2 "a":`, `    list 1:4-1:18 ""`,
			`      mapping 1:5-1:9 ""`, `        1:5-1:6 "b":`, `          text 1:8-1:9 "c"`,
			`      mapping 1:11-1:17 ""`, `        1:12-1:13 "d":`, `          text 1:15-1:16 "e"`,
		}},
		{"columns are code points", "é: ü # x\n\"ß\": [日本, 😀x]\n", []string{
			`mapping 1:1-2:14 ""`,
			`  1:1-1:2 "é":`, `    text 1:4-1:5 "ü"`,
			`  2:1-2:4 "ß":`, `    list 2:6-2:14 ""`, `      text 2:7-2:9 "日本"`, `      text 2:11-2:13 "😀x"`,
		}},
		{"nested lists and mappings", "a:\n  - b: c\n    d: e\n  -\n    f: g\n", []string{
			`mapping 1:1-5:9 ""`,
			`  1:1-1:2 "a":`, `    list 2:3-5:9 ""`,
			`      mapping 2:5-3:9 ""`, `        2:5-2:6 "b":`, `          text 2:8-2:9 "c"`, `        3:5-3:6 "d":`, `          text 3:8-3:9 "e"`,
			`      mapping 5:5-5:9 ""`, `        5:5-5:6 "f":`, `          text 5:8-5:9 "g"`,
		}},
		{"a number sign inside text", "a: x#y\nb: x #y\n", []string{
			`mapping 1:1-2:5 ""`, `  1:1-1:2 "a":`, `    text 1:4-1:7 "x#y"`, `  2:1-2:2 "b":`, `    text 2:4-2:5 "x"`,
		}},
		{"tabs after a key and in a block scalar", "a:\tx\nb: |\n  if:\n  \ty\n", []string{
			`mapping 1:1-4:5 ""`,
			`  1:1-1:2 "a":`, `    text 1:4-1:5 "x"`,
			`  2:1-2:2 "b":`, `    text 2:4-4:5 "if:\n\ty\n"`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, eol := range []string{"\n", "\r\n"} {
				text := strings.ReplaceAll(test.yaml, "\n", eol)
				node, problems := ReadYAML("x.yaml", []byte(text))
				if problems != nil {
					t.Fatalf("line ends %q: %v", eol, problems)
				}
				if diff := cmp.Diff(test.want, outline(node)); diff != "" {
					t.Errorf("line ends %q: -want +got\n%s", eol, diff)
				}
				checkNode(t, text, node)
			}
		})
	}
}

// checkNode holds every place of a node against the file.
func checkNode(t fataler, text string, n *Node) {
	t.Helper()
	if n == nil {
		return
	}
	checkPlace(t, text, n.Text, "value")
	for _, item := range n.Items {
		checkNode(t, text, item)
	}
	for _, p := range n.Pairs {
		checkPlace(t, text, p.Key, "key")
		checkNode(t, text, p.Value)
	}
}

func TestYAMLPlacesInAFile(t *testing.T) {
	// Places are those of the file, also where it begins with something else.
	text := bom + "\n---\r\ntitle: ä\r\n---\r\n"
	p := Parse("x.md", text)
	if got, want := place(p.Title), `3:8-3:9 "ä"`; got != want {
		t.Errorf("title at %s, want %s", got, want)
	}
	if got, want := p.Title.Pos.Offset, strings.Index(text, "ä"); got != want {
		t.Errorf("offset %d, want %d", got, want)
	}
	if got, want := p.Title.Pos.String(), "x.md:3:8"; got != want {
		t.Errorf("place %q, want %q", got, want)
	}
}

func TestYAMLProblems(t *testing.T) {
	tests := []struct {
		name string
		yaml string
		want []string // kind and place
		says string   // in the message of the first problem
	}{
		{"anchor", "a: &x 1\n", []string{"unsupported-yaml 1:4-1:6"}, `anchor "&x"`},
		{"alias", "a: &x 1\nb: *x\n", []string{"unsupported-yaml 1:4-1:6", "unsupported-yaml 2:4-2:6"}, `anchor "&x"`},
		{"merge key", "a: &x {b: c}\n<<: *x\n", []string{"unsupported-yaml 1:4-1:6", "unsupported-yaml 2:1-2:3", "unsupported-yaml 2:5-2:7"}, "anchor"},
		{"tag", "a: !!str 2\n", []string{"unsupported-yaml 1:4-1:9"}, `explicit tag "!!str"; remove it`},
		{"local tag", "a: !secret x\n", []string{"unsupported-yaml 1:4-1:11"}, `explicit tag "!secret"`},
		{"verbatim tag", "a: !<tag:x> y\n", []string{"unsupported-yaml 1:4-1:12"}, `explicit tag "tag:x"`},
		{"tags in a flow list", "a: [!x b, !<y> c, !]\n", []string{"unsupported-yaml 1:5-1:7", "unsupported-yaml 1:11-1:15", "unsupported-yaml 1:19-1:20"}, `explicit tag "!x"`},
		{"tag at the end", "a: !!str", []string{"unsupported-yaml 1:4-1:9"}, `explicit tag "!!str"`},
		{"anchor of a key that is nothing", "&x : a\n", []string{"unsupported-yaml 1:1-1:3", "unsupported-yaml 1:3-1:3"}, `anchor "&x"`},
		{"tag of a list", "a: !!seq [x]\n", []string{"unsupported-yaml 1:4-1:9"}, `explicit tag "!!seq"`},
		{"tag without a name", "a: ! 12\nb: ! [x]\nc: !\n", []string{"unsupported-yaml 1:4-1:5", "unsupported-yaml 2:4-2:5", "unsupported-yaml 3:4-3:5"}, `explicit tag "!"`},
		{"tag of a key", "- !!str a: b\n", []string{"unsupported-yaml 1:3-1:8"}, `explicit tag "!!str"`},
		{"second document", "a: 1\n---\nb: 2\n", []string{"unsupported-yaml 2:1-2:4"}, "a second YAML document begins here"},
		{"second document that does not parse", "a: 1\n...\nb: [\n", []string{"unsupported-yaml 2:1-2:4"}, "a second YAML document begins here"},
		{"document end", "a: 1\n...\n# c\n", nil, ""},
		{"integer as a key", "1: a\n", []string{"unsupported-yaml 1:1-1:2"}, `key "1" is read as integer, not as text; put it in quotes`},
		{"boolean as a key", "true: a\n", []string{"unsupported-yaml 1:1-1:5"}, `key "true" is read as boolean`},
		{"null as a key", ": a\n", []string{"unsupported-yaml 1:1-1:1"}, `key "" is read as null`},
		{"list as a key", "[a, b]: c\n", []string{"unsupported-yaml 1:1-1:7"}, "a key that is a list"},
		{"placeholder as a key", "{{name}}: x\n", []string{"unsupported-yaml 1:2-1:8", "unsupported-yaml 1:1-1:9"}, "a key that is a mapping"},
		{"several lists as keys", "[a]: b\n[c]: d\n", []string{"unsupported-yaml 1:1-1:4", "unsupported-yaml 2:1-2:4"}, "a key that is a list"},
		{"placeholder as a value", "a: {{name}}\n", []string{"unsupported-yaml 1:5-1:11"}, "a key that is a mapping"},
		{"text as a key in quotes", "\"1\": a\n'true': b\n", nil, ""},
		{"duplicate key", "a: b\nc: d\n\"a\": e\n", []string{"duplicate-key 3:1-3:4"}, `key "a" is already on line 1; readers disagree which one counts, so keep one`},
		{"duplicate key inside", "b: {x: 1, x: 2}\n", []string{"duplicate-key 1:11-1:12"}, `key "x" is already on line 1`},
		{"tab as indentation", "a:\n\tb: 1\n\tc: 2\n", []string{"tab-indent 2:1-2:2"}, "tab in the indentation"},
		{"tab after spaces", "a:\n  \tb: 1\n", []string{"tab-indent 2:3-2:4"}, "tab in the indentation"},
		{"tab that continues a text", "a: x\n\ty\n", []string{"tab-indent 2:1-2:2"}, "tab in the indentation"},
		{"tab instead of the indentation of a block scalar", "a: |\n\tx\n", []string{"tab-indent 2:1-2:2"}, "tab in the indentation"},
		{"tab after a block scalar", "a: |\n  x\nb:\n  \tc: d\n", []string{"tab-indent 4:3-4:4"}, "tab in the indentation"},
		{"tab inside a block scalar", "a: |  # c\n  x:\n  \ty\n\n  \tz\nb: >-\n  \tw\n", nil, ""},
		{"NUL", "a: x\x00y\n", []string{"unsafe-character 1:5-1:6"}, "control character U+0000; remove it"},
		{"escape character", "a: \x1b[31m\n", []string{"unsafe-character 1:4-1:5"}, "control character U+001B"},
		{"delete character", "a: x\x7f\n", []string{"unsafe-character 1:5-1:6"}, "control character U+007F"},
		{"next line", "a: x\u0085\n", []string{"unsafe-character 1:5-1:6"}, "U+0085 is a line end to YAML and invisible to readers"},
		{"line separator", "a: x\u2028b: y\n", []string{"unsafe-character 1:5-1:6"}, "U+2028 is a line end to YAML"},
		{"paragraph separator", "a: x\u2029b: y\n", []string{"unsafe-character 1:5-1:6"}, "U+2029 is a line end to YAML"},
		{"C1 control character", "a: x\u009by\n", []string{"unsafe-character 1:5-1:6"}, "control character U+009B"},
		{"byte order mark inside", "a: x\ufeffy\n", []string{"unsafe-character 1:5-1:6"}, "control character U+FEFF"},
		{"no character", "a: x\uffffy\n", []string{"unsafe-character 1:5-1:6"}, "control character U+FFFF"},
		{"carriage return alone", "a: x\rb: y\n", []string{"unsafe-character 1:5-1:6"}, "carriage return without a line feed"},
		{"carriage return at the end", "a: x\r", []string{"unsafe-character 1:5-1:6"}, "carriage return without a line feed"},
		{"one problem for many characters", "a: \x01\x02\nb: \x03\n", []string{"unsafe-character 1:4-1:5"}, "U+0001"},
		{"byte that is not UTF-8", "a: b\nc: x\xe9y\n", []string{"not-utf8 2:5-2:6"}, "byte 0xE9 is not UTF-8"},
		{"byte order mark at the start", bom + "a: b\n", []string{"byte-order-mark 1:1-1:1"}, "byte order mark before the text"},
		{"folded list items", "a:\n  - b\n   - c\n   - d\n", []string{"folded-items 3:4-3:7"}, `this list item is read as part of the value "b - c - d" above it`},
		{"list items folded into a value", "a: x\n - \"b\"\n", []string{"folded-items 2:2-2:7"}, `read as part of the value "x - \"b\""`},
		{"dashes in a text over lines", "a: x\n  -y\n  --\n", nil, ""},

		{"bad start of a value", "a: @x\n", []string{"invalid-yaml 1:4-1:6"}, `a value cannot begin with '@'; put it in quotes`},
		{"backquote", "a: `x`\n", []string{"invalid-yaml 1:4-1:7"}, "a value cannot begin with '`'"},
		{"per cent", "a: %x\n", []string{"invalid-yaml 1:4-1:6"}, `a value cannot begin with '%'`},
		{"lone asterisk", "a: *\n", []string{"invalid-yaml 1:4-1:5"}, `a value cannot begin with '*'`},
		{"glob", "globs: **/*\n", []string{"invalid-yaml 1:8-1:12"}, `put a value that begins with "*" in quotes`},
		{"colon in a value", "title: Reflection: a study\n", []string{"invalid-yaml 1:18-1:27"}, `": " inside a value that stands without quotes`},
		{"key indented below a value", "a: 1\n  b: 2\n", []string{"invalid-yaml 2:4-2:7"}, "wrong indentation"},
		{"key indented less", "  a: 1\n b: 2\n", []string{"invalid-yaml 2:2-2:6"}, "indent all keys alike"},
		{"double quote not closed", "a: \"x\nb: 1\n", []string{"invalid-yaml 1:4-1:6"}, "this quote is never closed"},
		{"single quote not closed", "a: b\nc: 'x\n", []string{"invalid-yaml 2:4-2:6"}, "this quote is never closed"},
		{"quotes inside quotes", `a: "the "why" behind"` + "\n", []string{"invalid-yaml 1:10-1:22"}, "check quotes"},
		{"unknown escape", `a: "C:\path"` + "\n", []string{"invalid-yaml 1:7-1:13"}, `a backslash in double quotes begins an escape, and this is none`},
		{"escape without digits", `a: "\xZZ"` + "\n", []string{"invalid-yaml 1:5-1:10"}, "a backslash in double quotes"},
		{"escape of half a character", `a: "x \ud83d"` + "\n", []string{"invalid-yaml 1:7-1:14"}, "a backslash in double quotes"},
		{"list not closed", "a: [x, y\nb: 1\n", []string{"invalid-yaml 1:4-1:9"}, "this '[' is never closed"},
		{"mapping not closed", "a: {x: y\nb: 1\n", []string{"invalid-yaml 1:4-1:9"}, "this '{' is never closed"},
		{"list opened at the end", "a:\n  b: [\n\n", []string{"invalid-yaml 2:6-2:7"}, "this '[' is never closed"},
		{"list that ends in a comma", "a: [x,\n", []string{"invalid-yaml 1:6-1:7"}, "a value is missing here, or a bracket before it is never closed"},
		{"two commas", "a: [x, , y]\n", []string{"invalid-yaml 1:8-1:12"}, "a value is missing here"},
		{"mapping without a comma", "a: {x: 1 y: 2}\n", []string{"invalid-yaml 1:4-1:15"}, "an item is not followed by a comma"},
		{"text among keys", "a: 1\nb\nc: 2\n", []string{"invalid-yaml 2:1-2:2"}, `this line is no "key: value"`},
		{"item among keys", "a: b\n- c\n", []string{"invalid-yaml 2:1-2:4"}, "this line does not fit the mapping it stands in"},
		{"item indented less", "a:\n    - b\n  - c\n", []string{"invalid-yaml 3:3-3:6"}, "this line does not fit the mapping it stands in"},
		{"key among items", "- a\nb: c\n", []string{"invalid-yaml 2:1-2:5"}, "this line does not fit the list above it"},
		{"item after a key", "a: - b\n", []string{"invalid-yaml 1:4-1:7"}, "this line does not fit the list above it"},
		{"text after a list", "a: [x] y\n", []string{"invalid-yaml 1:8-1:9"}, "check quotes and indentation"},
		{"bad block header", "a: |x\n  b\n", []string{"invalid-yaml 1:5-1:6"}, "invalid YAML: "},
		{"unknown alias", "a: *x\n", []string{"invalid-yaml 1:4-1:6"}, "alias of an anchor that does not exist"},
		{"after non-ASCII text", "é: \"ü\" x\n", []string{"invalid-yaml 1:8-1:9"}, "check quotes"},
		{"only the cause of an error", "a:\n\tb: [\n", []string{"tab-indent 2:1-2:2"}, "tab in the indentation"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			node, problems := ReadYAML("x.yaml", []byte(test.yaml))
			if diff := cmp.Diff(test.want, kinds(problems)); diff != "" {
				t.Errorf("-want +got\n%s\n%v", diff, problems)
			}
			if len(problems) > 0 && !strings.Contains(problems[0].Message, test.says) {
				t.Errorf("message %q does not say %q", problems[0].Message, test.says)
			}
			checkNode(t, test.yaml, node)
			for _, p := range problems {
				checkPlace(t, test.yaml, p.At, string(p.Kind))
				if p.At.Pos.Path != "x.yaml" {
					t.Errorf("problem in %q, want x.yaml", p.At.Pos.Path)
				}
			}
		})
	}
}

func TestDuplicateKeyPointsToTheFirst(t *testing.T) {
	_, problems := ReadYAML("x.yaml", []byte("a: b\nc: d\n\"a\": e\n"))
	if len(problems) != 1 || len(problems[0].Related) != 1 {
		t.Fatalf("got %v, want one problem with one related place", problems)
	}
	r := problems[0].Related[0]
	want := Related{Pos: Pos{"x.yaml", 1, 1, 0}, End: Pos{"x.yaml", 1, 2, 1}, Message: `the first "a"`}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestUnsafeCharactersAreReadAsBlanks(t *testing.T) {
	node, _ := ReadYAML("x.yaml", []byte("a: x\x00y\nb: p\u2028q\nc: \xff\n"))
	want := map[string]any{"a": "x y", "b": "p   q", "c": "_"}
	if diff := cmp.Diff(want, node.JSON()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPlacesByPointer(t *testing.T) {
	node, _ := ReadYAML("x.yaml", []byte("a:\n  b: [x, {c: d}]\n\"e/f\": 1\n\"g~h\": 2\n\"\": {\"\": 3}\n\"0\": 4\n"))
	tests := []struct{ pointer, value, key string }{
		{"", `1:1-6:7 ""`, `1:1-6:7 ""`},
		{"/a/b/0", `2:7-2:8 "x"`, `2:7-2:8 "x"`},
		{"/a/b/1/c", `2:14-2:15 "d"`, `2:11-2:12 "c"`},
		{"/a/b", `2:6-2:17 ""`, `2:3-2:4 "b"`},
		{"/e~1f", `3:8-3:9 "1"`, `3:1-3:6 "e/f"`},
		{"/g~0h", `4:8-4:9 "2"`, `4:1-4:6 "g~h"`},
		{"/", `5:5-5:12 ""`, `5:1-5:3 ""`},
		{"//", `5:10-5:11 "3"`, `5:6-5:8 ""`},
		{"/0", `6:6-6:7 "4"`, `6:1-6:4 "0"`},
		{"/a/b/2", `2:6-2:17 ""`, `2:6-2:17 ""`},
		{"/a/b/-1", `2:6-2:17 ""`, `2:6-2:17 ""`},
		{"/a/b/x", `2:6-2:17 ""`, `2:6-2:17 ""`},
		{"/a/missing/deeper", `2:3-2:17 ""`, `2:3-2:17 ""`},
		{"/e~1f/deeper", `3:8-3:9 "1"`, `3:8-3:9 "1"`},
	}
	for _, test := range tests {
		t.Run(test.pointer, func(t *testing.T) {
			if got := place(node.At(test.pointer)); got != test.value {
				t.Errorf("At: %s, want %s", got, test.value)
			}
			if got := place(node.KeyAt(test.pointer)); got != test.key {
				t.Errorf("KeyAt: %s, want %s", got, test.key)
			}
		})
	}
}

func TestMissingNode(t *testing.T) {
	var n *Node
	if n.Get("a") != nil || n.Members() != nil || n.Elements() != nil || n.Scalars() != nil {
		t.Error("a missing value has members")
	}
	if !n.Scalar().IsZero() || !n.At("/a").IsZero() || !n.KeyAt("/a").IsZero() {
		t.Error("a missing value has a place")
	}
}

func TestScalars(t *testing.T) {
	node, _ := ReadYAML("x.yaml", []byte("a: [x, ~, [y], 1, {b: c}]\nb: z\nc:\nd: {e: f}\n"))
	tests := map[string][]string{
		"a": {`1:5-1:6 "x"`, `1:16-1:17 "1"`},
		"b": {`2:4-2:5 "z"`},
		"c": nil, "d": nil, "missing": nil,
	}
	for key, want := range tests {
		t.Run(key, func(t *testing.T) {
			if diff := cmp.Diff(want, places(node.Get(key).Scalars())); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if got := len(node.Get("a").Elements()); got != 5 {
		t.Errorf("%d elements, want 5", got)
	}
	if got := len(node.Get("d").Members()); got != 1 {
		t.Errorf("%d members, want 1", got)
	}
}

func TestDeepNestingEndsInOneProblem(t *testing.T) {
	tests := map[string]string{
		"lists":          "a: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
		"open lists":     "a: " + strings.Repeat("[", 20000),
		"mappings":       "a: " + strings.Repeat("{a: ", 20000) + strings.Repeat("}", 20000),
		"block lists":    strings.Repeat("- ", 20000) + "a",
		"block mappings": strings.Repeat("? ", 20000) + "a",
	}
	for name, yaml := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := ReadYAML("x.yaml", []byte(yaml))
			if len(problems) != 1 || problems[0].Kind != InvalidYAML {
				t.Fatalf("got %d problems, want one of the kind %s", len(problems), InvalidYAML)
			}
			if len(problems[0].Message) > 200 {
				t.Errorf("message of %d bytes", len(problems[0].Message))
			}
		})
	}
}

func TestAliasBombIsNotExpanded(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 30 {
		fmt.Fprintf(&b, "a%d: &a%d [", i+1, i+1)
		b.WriteString(strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", ") + "]\n")
	}
	node, problems := ReadYAML("x.yaml", []byte(b.String()))
	if got, want := len(problems), 31+30*9; got != want {
		t.Errorf("%d problems, want %d: each anchor and each alias", got, want)
	}
	if got := node.Get("a30").Elements(); len(got) != 9 || got[0].Type != Null {
		t.Errorf("an alias has been followed")
	}
}

func TestMessagesQuoteLittle(t *testing.T) {
	long := strings.Repeat("word ", 30)
	_, problems := ReadYAML("x.yaml", []byte("a: "+long+"\n  - b\n"))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, `"`+long[:40]+`…"`) {
		t.Errorf("got %v, want the first 40 characters", problems)
	}
}

// TestRenderedMappingComesBack writes mappings of random keys and values in all
// the styles of YAML and reads them back.
func TestRenderedMappingComesBack(t *testing.T) {
	word := rapid.StringMatching(`[a-zé日]([a-z0-9éß日_ -]{0,8}[a-z0-9é日])?`)
	inner := rapid.SliceOfN(word, 1, 3)
	rapid.Check(t, func(t *rapid.T) {
		eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "eol")
		var b strings.Builder
		line := 1
		var want []string
		end := ""
		put := func(text string) {
			b.WriteString(text + eol)
			line += 1
		}
		keys := rapid.SliceOfNDistinct(word, 1, 6, rapid.ID).Draw(t, "keys")
		for _, key := range keys {
			if rapid.Bool().Draw(t, "comment") {
				put("# a comment: [")
			}
			key = "k" + key // never null or a boolean
			shown := rapid.SampledFrom([]string{"%s", `"%s"`, `'%s'`}).Draw(t, "quotes of the key")
			shown = fmt.Sprintf(shown, key)
			width := len([]rune(shown))
			column := width + 3
			want = append(want, fmt.Sprintf("  %d:1-%d:%d %q:", line, line, width+1, key))
			value := "v" + word.Draw(t, "value")
			size := len([]rune(value))
			switch rapid.SampledFrom([]string{"plain", "double", "single", "number", "flow", "list", "literal", "null"}).Draw(t, "style") {
			case "plain":
				end = fmt.Sprintf("%d:%d", line, column+size)
				want = append(want, fmt.Sprintf("    text %d:%d-%s %q", line, column, end, value))
				put(shown + ": " + value + " # end")
			case "double":
				end = fmt.Sprintf("%d:%d", line, column+size+6)
				want = append(want, fmt.Sprintf("    text %d:%d-%s %q", line, column, end, "\""+value+"\n"))
				put(shown + `: "\"` + value + `\n"`)
			case "single":
				end = fmt.Sprintf("%d:%d", line, column+size+4)
				want = append(want, fmt.Sprintf("    text %d:%d-%s %q", line, column, end, "'"+value))
				put(shown + ": '''" + value + "'")
			case "number":
				end = fmt.Sprintf("%d:%d", line, column+4)
				want = append(want, fmt.Sprintf("    number %d:%d-%s %q", line, column, end, "1.10"))
				put(shown + ": 1.10")
			case "null":
				end = fmt.Sprintf("%d:%d", line, column-1)
				want = append(want, fmt.Sprintf("    null %s-%s %q", end, end, ""))
				put(shown + ":")
			case "flow":
				items := inner.Draw(t, "items")
				at := column + 1
				var list []string
				for _, item := range items {
					item = "i" + item
					n := len([]rune(item))
					list = append(list, fmt.Sprintf("      text %d:%d-%d:%d %q", line, at, line, at+n, item))
					at += n + 2
				}
				end = fmt.Sprintf("%d:%d", line, at-1)
				want = append(want, fmt.Sprintf("    list %d:%d-%s %q", line, column, end, ""))
				want = append(want, list...)
				put(shown + ": [i" + strings.Join(items, ", i") + "]")
			case "list":
				items := inner.Draw(t, "items")
				put(shown + ":")
				start := line
				var list []string
				for _, item := range items {
					item = "i" + item
					end = fmt.Sprintf("%d:%d", line, 5+len([]rune(item)))
					list = append(list, fmt.Sprintf("      text %d:5-%s %q", line, end, item))
					put("  - " + item)
				}
				want = append(want, fmt.Sprintf("    list %d:3-%s %q", start, end, ""))
				want = append(want, list...)
			case "literal":
				lines := inner.Draw(t, "lines")
				end = fmt.Sprintf("%d:%d", line+len(lines), 3+len([]rune(lines[len(lines)-1])))
				want = append(want, fmt.Sprintf("    text %d:%d-%s %q", line, column, end, strings.Join(lines, "\n")+"\n"))
				put(shown + ": |")
				for _, l := range lines {
					put("  " + l)
				}
			}
		}
		node, problems := ReadYAML("x.yaml", []byte(b.String()))
		if problems != nil {
			t.Fatalf("%v\n%s", problems, b.String())
		}
		first := strings.Split(strings.TrimSpace(want[0]), "-")[0]
		want = append([]string{fmt.Sprintf("mapping %s-%s %q", first, end, "")}, want...)
		if diff := cmp.Diff(want, outline(node)); diff != "" {
			t.Fatalf("-want +got\n%s\n%s", diff, b.String())
		}
	})
}

func TestTabIndents(t *testing.T) {
	text := "a:\n\t- b\n \t\t- c\td\ne: |\n  f\n  \tg\n\th: i\n"
	if diff := cmp.Diff(TabIndents(text), []int{3, 9, 10, 31}); diff != "" {
		t.Errorf("offsets (-got +want):\n%s", diff)
	}
}
