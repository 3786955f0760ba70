package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// A Listing is one prompt with its effective governance.
type Listing struct {
	Prompt     *library.Prompt
	Governance *policy.Governance
}

// WriteListingJSON writes a prompt as one line of JSON; its schema is
// prompt.schema.json.
func WriteListingJSON(w io.Writer, l Listing) error { return WriteJSON(w, newListingJSON(l), "") }

type listingJSON struct {
	Path        string         `json:"path"`
	Dialect     string         `json:"dialect"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Tags        []string       `json:"tags"`
	Version     string         `json:"version"`
	Category    string         `json:"category"`
	Metadata    rawNode        `json:"metadata"`
	Governance  governanceJSON `json:"governance"`
	Sections    []sectionJSON  `json:"sections"`
	Variables   []variableJSON `json:"variables"`
	Examples    []exampleJSON  `json:"examples"`
	Related     []string       `json:"related"`
	Body        string         `json:"body"`
	Problems    []problemJSON  `json:"problems"`
}

type sectionJSON struct {
	Heading string `json:"heading"`
	Level   int    `json:"level"`
	Line    int    `json:"line"`
}

type variableJSON struct {
	Name       string `json:"name"`
	Line       int    `json:"line"`
	Documented bool   `json:"documented"`
	Used       bool   `json:"used"`
}

type exampleJSON struct {
	Name       string             `json:"name"`
	Line       int                `json:"line"`
	Input      string             `json:"input"`
	Output     string             `json:"output"`
	OutputKind library.OutputKind `json:"output_kind"`
}

type problemJSON struct {
	Kind    library.Kind `json:"kind"`
	Line    int          `json:"line"`
	Column  int          `json:"column"`
	Message string       `json:"message"`
}

func newListingJSON(l Listing) listingJSON {
	p := l.Prompt
	j := listingJSON{
		Path: p.Path, Dialect: p.Dialect, Title: p.Title.Value, Description: p.Description.Value, Tags: values(p.Tags),
		Version: p.Version.Value, Category: p.Category.Value, Metadata: rawNode{p.Front.Root}, Governance: governanceJSON{l.Governance},
		Sections: []sectionJSON{}, Variables: []variableJSON{}, Examples: []exampleJSON{}, Related: values(p.Related), Body: p.Body.Value, Problems: []problemJSON{},
	}
	for _, s := range p.Sections {
		j.Sections = append(j.Sections, sectionJSON{s.Heading.Value, s.Level, s.Heading.Pos.Line})
	}
	for _, v := range p.Variables {
		at := v.Documented
		if at.IsZero() {
			at = v.Used
		}
		j.Variables = append(j.Variables, variableJSON{v.Name, at.Pos.Line, !v.Documented.IsZero(), !v.Used.IsZero()})
	}
	for _, e := range p.Examples {
		j.Examples = append(j.Examples, exampleJSON{e.Name, e.Marker.Pos.Line, e.Input.Value, e.Output.Value, e.Kind})
	}
	for _, q := range p.Problems {
		j.Problems = append(j.Problems, problemJSON{q.Kind, q.At.Pos.Line, q.At.Pos.Column, q.Message})
	}
	return j
}

func values(texts []library.Text) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = t.Value
	}
	return list
}

// A rawNode writes a YAML mapping as a JSON object in the order of the file.
// Numbers keep the digits that were written; of duplicate keys the first counts.
type rawNode struct{ *library.Node }

func (n rawNode) MarshalJSON() ([]byte, error) {
	if n.Node == nil {
		return []byte("{}"), nil
	}
	switch n.Type {
	case library.List:
		items := make([]rawNode, len(n.Items))
		for i, item := range n.Items {
			items[i] = rawNode{item}
		}
		return json.Marshal(items)
	case library.Map:
		var b bytes.Buffer
		b.WriteByte('{')
		seen := map[string]bool{}
		for _, pair := range n.Pairs {
			if seen[pair.Key.Value] {
				continue
			}
			if len(seen) > 0 {
				b.WriteByte(',')
			}
			seen[pair.Key.Value] = true
			key, _ := json.Marshal(pair.Key.Value)
			value, err := rawNode{pair.Value}.MarshalJSON()
			if err != nil {
				return nil, err
			}
			b.Write(key)
			b.WriteByte(':')
			b.Write(value)
		}
		b.WriteByte('}')
		return b.Bytes(), nil
	case library.Int, library.Float:
		if text := []byte(n.Text.Value); json.Valid(text) {
			return text, nil
		}
		return json.Marshal(n.Text.Value)
	}
	return json.Marshal(n.JSON())
}

// A governanceJSON writes the effective governance as an object with a member
// for each key.
type governanceJSON struct{ *policy.Governance }

func (g governanceJSON) MarshalJSON() ([]byte, error) {
	type declaration struct {
		Key   string  `json:"key"`
		Value rawNode `json:"value"`
		Line  int     `json:"line"`
	}
	type value struct {
		Value    any           `json:"value"`
		From     policy.From   `json:"from"`
		Declared []declaration `json:"declared"`
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, v := range g.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		out := value{Value: v.Any(), From: v.From, Declared: []declaration{}}
		for _, d := range v.Declarations {
			out.Declared = append(out.Declared, declaration{d.Key.Value, rawNode{d.Value}, d.Key.Pos.Line})
		}
		text, err := json.Marshal(out)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", v.Field.Key, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// TableHead names the columns of [TableRow].
var TableHead = []string{"PATH", "DIALECT", "VERSION", "STATUS", "RISK", "CLASS", "EXAMPLES", "TITLE"}

// TableRow returns a prompt as a row of a table, which shares no memory with it.
func TableRow(l Listing) []string {
	return []string{
		l.Prompt.Path, l.Prompt.Dialect, dash(l.Prompt.Version.Value), declaredWord(l.Governance, "review_status"), declaredWord(l.Governance, "risk_level"),
		declaredWord(l.Governance, "data_classification"), strconv.Itoa(len(l.Prompt.Examples)), dash(l.Prompt.Title.Value),
	}
}

// WriteTable writes rows as a table, the first as the heads of its columns. Where
// width is not 0, lines are no wider: the columns that say least are left out,
// then long cells are cut.
func WriteTable(w io.Writer, rows [][]string, color bool, width int) error {
	p := NewPrinter(w, color)
	for _, head := range []string{"DIALECT", "VERSION", "EXAMPLES"} {
		if width == 0 || readableWidth(rows) <= width {
			break
		}
		rows = without(rows, head)
	}
	p.tableWithin(width, rows)
	return p.Flush()
}

// readableWidth is how wide a table is if nothing but its longest cells are cut,
// and those to what still tells them apart.
func readableWidth(rows [][]string) int {
	total := 0
	for i := range rows[0] {
		widest := 0
		for _, row := range rows {
			widest = max(widest, columns(row[i]))
		}
		total += min(widest, 24) + 2
	}
	return total - 2
}

// without leaves out the column with a head.
func without(rows [][]string, head string) [][]string {
	i := slices.Index(rows[0], head)
	if i < 0 {
		return rows
	}
	less := make([][]string, len(rows))
	for n, row := range rows {
		less[n] = slices.Delete(slices.Clone(row), i, i+1)
	}
	return less
}

// declaredWord is an effective value, or a dash where nothing is declared.
func declaredWord(g *policy.Governance, key string) string {
	v := g.Get(key)
	if v.From == policy.Missing {
		return "-"
	}
	return dash(v.Word())
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Clone(s)
}

// WritePrompt writes one prompt in full, for people.
func WritePrompt(w io.Writer, l Listing, color bool) error {
	p := NewPrinter(w, color)
	q := l.Prompt
	head := func(text string) { p.Printf("\n%v\n", p.paint(bold, text)) }
	p.Printf("%v\n", p.paint(bold, dash(q.Title.Value)))
	for _, row := range [][2]string{
		{"path", q.Path}, {"dialect", q.Dialect}, {"version", q.Version.Value}, {"category", q.Category.Value},
		{"tags", strings.Join(values(q.Tags), ", ")}, {"description", q.Description.Value}, {"related", strings.Join(values(q.Related), ", ")},
	} {
		if row[1] != "" {
			p.Printf("  %-12s %s\n", row[0], row[1])
		}
	}
	head("governance")
	for _, v := range l.Governance.Values {
		from := ""
		if v.From != policy.Declared {
			from = " (" + string(v.From) + ")"
		}
		p.Printf("  %-20s %s%s\n", v.Field.Key, dash(strings.Join(v.Words, ", ")), from)
		for _, d := range v.Declarations {
			if v.From == policy.Conflict || v.From == policy.Alias {
				p.Printf("  %-20s   line %d: %s\n", "", d.Key.Pos.Line, d.Key.Value)
			}
		}
	}
	head("sections")
	for _, s := range q.Sections {
		p.Printf("  %4d  %s%s\n", s.Heading.Pos.Line, strings.Repeat("  ", s.Level-1), s.Heading.Value)
	}
	if len(q.Variables) > 0 {
		head("variables")
		for _, v := range q.Variables {
			state := "documented and used"
			switch {
			case v.Used.IsZero():
				state = "documented, not used"
			case v.Documented.IsZero():
				state = "used, not documented"
			}
			p.Printf("  %s: %s\n", v.Name, state)
		}
	}
	if len(q.Examples) > 0 {
		head("examples")
		for _, e := range q.Examples {
			p.Printf("  %4d  %d. %s: output %s\n", e.Marker.Pos.Line, e.Number, e.Name, string(e.Kind))
		}
	}
	if len(q.Problems) > 0 {
		head("problems")
		for _, x := range q.Problems {
			p.Printf("  %s: %s\n", x.At.Pos, x.Message)
		}
	}
	return p.Flush()
}
