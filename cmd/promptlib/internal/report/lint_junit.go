package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"promptlib/library"
)

var lintJUnit = LintFormat{
	Name: "junit",
	Doc:  "JUnit XML, a test case a file; errors and warnings make it fail",
	Write: func(w io.Writer, l Lint, _ bool) error {
		found := map[string][]*library.Diagnostic{}
		paths := slices.Clone(l.Paths)
		for _, d := range l.Diagnostics {
			if found[d.Pos.Path] == nil {
				paths = append(paths, d.Pos.Path)
			}
			found[d.Pos.Path] = append(found[d.Pos.Path], d)
		}
		slices.Sort(paths)
		suite := junit.Testsuite{Name: "promptlib lint", Time: "0"}
		for _, path := range slices.Compact(paths) {
			suite.AddTestcase(l.testcase(path, found[path]))
		}
		var all junit.Testsuites
		all.AddSuite(suite)
		if _, err := io.WriteString(w, xml.Header); err != nil {
			return err
		}
		e := xml.NewEncoder(w)
		e.Indent("", "  ")
		if err := e.Encode(all); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	},
}

// testcase is the result of a file. Infos do not make it fail: a clean library
// has some.
func (l Lint) testcase(path string, findings []*library.Diagnostic) junit.Testcase {
	c := junit.Testcase{Name: xmlText(l.path(path)), Classname: "promptlib.lint"}
	if len(findings) == 0 {
		return c
	}
	counts := Lint{Diagnostics: findings}
	var b strings.Builder
	for _, d := range findings {
		place := d.Pos
		place.Path = l.path(path)
		fmt.Fprintf(&b, "%s: %s: %s [%s %s]\n", xmlText(place.String()), d.Severity, xmlText(d.Message), d.Code, d.Name)
	}
	errors, warnings := counts.Count(library.Error), counts.Count(library.Warning)
	if errors+warnings == 0 {
		c.SystemOut = &junit.Output{Data: b.String()}
		return c
	}
	c.Failure = &junit.Result{
		Message: fmt.Sprintf("%s, %s, %d info", count(errors, "error"), count(warnings, "warning"), len(findings)-errors-warnings),
		Type:    slices.MaxFunc(findings, func(a, b *library.Diagnostic) int { return int(a.Severity) - int(b.Severity) }).Severity.String(),
		Data:    b.String(),
	}
	return c
}

// xmlText makes text safe, without the two characters of Unicode that are none
// in XML and that Escape leaves.
func xmlText(s string) string { return xmlEscapes.Replace(Escape(s)) }

var xmlEscapes = strings.NewReplacer("\ufffe", `\ufffe`, "\uffff", `\uffff`)
