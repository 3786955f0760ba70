package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableFitsTheTerminal(t *testing.T) {
	rows := func() [][]string {
		return [][]string{
			{"PATH", "N", "TITLE"},
			{"prompts/operations/incident-summary.md", "2", "Summary of an incident for customers"},
			{"a.md", "10", "短い題名、それでもとても長いので切られる"},
			{"b.md", "3", "e\u0301"},
		}
	}
	for _, test := range []struct {
		name  string
		width int
		want  string
	}{
		{"no terminal", 0, "" +
			"PATH                                    N   TITLE\n" +
			"prompts/operations/incident-summary.md  2   Summary of an incident for customers\n" +
			"a.md                                    10  短い題名、それでもとても長いので切られる\n" +
			"b.md                                    3   e\u0301\n"},
		{"wide enough", 84, "" +
			"PATH                                    N   TITLE\n" +
			"prompts/operations/incident-summary.md  2   Summary of an incident for customers\n" +
			"a.md                                    10  短い題名、それでもとても長いので切られる\n" +
			"b.md                                    3   e\u0301\n"},
		{"narrow", 40, "" +
			"PATH               N   TITLE\n" +
			"…ident-summary.md  2   Summary of an in…\n" +
			"a.md               10  短い題名、それで…\n" +
			"b.md               3   e\u0301\n"},
		{"too narrow for anything", 5, "" +
			"PATH      N   TITLE\n" +
			"…mary.md  2   Summary…\n" +
			"a.md      10  短い題…\n" +
			"b.md      3   e\u0301\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			if err := WriteTable(&out, rows(), false, test.width); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for line := range strings.Lines(out.String()) {
				if got := columns(strings.TrimSuffix(line, "\n")); test.width >= 30 && got > test.width {
					t.Errorf("%q takes %d columns of %d", line, got, test.width)
				}
			}
		})
	}
}

func TestTableLeavesOutColumns(t *testing.T) {
	for _, test := range []struct {
		width int
		want  string
	}{
		{120, "PATH DIALECT VERSION STATUS RISK CLASS EXAMPLES TITLE"},
		{76, "PATH VERSION STATUS RISK CLASS EXAMPLES TITLE"},
		{50, "PATH STATUS RISK CLASS TITLE"},
	} {
		var out strings.Builder
		rows := [][]string{TableHead, {"prompts/operations/incident-summary.md", "A", "1.0", "draft", "low", "public", "2", "Summary"}}
		if err := WriteTable(&out, rows, false, test.width); err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(out.String(), "\n")
		if diff := cmp.Diff(test.want, strings.Join(strings.Fields(head), " ")); diff != "" {
			t.Errorf("%d columns: -want +got\n%s", test.width, diff)
		}
		for line := range strings.Lines(out.String()) {
			if got := columns(strings.TrimSpace(line)); got > test.width {
				t.Errorf("%q takes %d columns of %d", line, got, test.width)
			}
		}
	}
}
