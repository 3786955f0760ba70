package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"promptlib/evals"
	"promptlib/library"
)

var evalJUnit = EvalFormat{
	Name:  "junit",
	Doc:   "JUnit XML, a suite for each prompt and model, a test for each case",
	Write: writeEvalJUnit,
}

// writeEvalJUnit writes one test after the other. Suites begin with their counts,
// which is why the run is read twice.
func writeEvalJUnit(w io.Writer, e *Eval, _ bool) error {
	suites, err := junitSuites(e)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	b.WriteString(xml.Header)
	x := &junitWriter{Encoder: xml.NewEncoder(b), eval: e}
	x.Indent("", "  ")
	var all junit.Testsuites
	for _, s := range suites {
		all.AddSuite(*s)
	}
	x.begin("testsuites", "name", "promptlib eval", "tests", all.Tests, "failures", all.Failures, "errors", all.Errors, "skipped", all.Skipped)
	n := -1
	var last *evals.Outcome
	for o, err := range e.Outcomes() {
		if err != nil {
			return err
		}
		if !sameGroup(last, o) {
			x.endSuite(last != nil)
			n++
			x.beginSuite(suites[n])
		}
		last = o
		x.testcase(o)
	}
	x.endSuite(last != nil)
	if !e.Ended {
		x.beginSuite(suites[n+1])
		x.put(junit.Testcase{Name: "the run has ended", Classname: "promptlib.eval", Error: &junit.Result{Message: evalNotes(e)[0], Type: "stopped"}})
		x.endSuite(true)
	}
	x.end("testsuites")
	if x.err == nil {
		x.err = x.Close()
	}
	if x.err != nil {
		return x.err
	}
	b.WriteString("\n")
	return b.Flush()
}

// sameGroup reports whether two cases that follow each other belong to one prompt
// and model.
func sameGroup(a, b *evals.Outcome) bool {
	return a != nil && a.Prompt == b.Prompt && a.Model == b.Model
}

// junitSuites counts the tests of each suite. A run that was stopped has one more,
// so that nobody takes it for a whole one.
func junitSuites(e *Eval) ([]*junit.Testsuite, error) {
	var suites []*junit.Testsuite
	var last *evals.Outcome
	for o, err := range e.Outcomes() {
		if err != nil {
			return nil, err
		}
		if !sameGroup(last, o) {
			path := xmlText(e.path(o.Prompt))
			suites = append(suites, &junit.Testsuite{Name: path + " with " + xmlText(o.Model), File: path})
		}
		last = o
		s := suites[len(suites)-1]
		s.Tests++
		switch o.Status {
		case evals.Failed:
			s.Failures++
		case evals.Errored:
			s.Errors++
		case evals.Unscored, evals.Skipped, evals.Planned:
			s.Skipped++
		}
	}
	if !e.Ended {
		suites = append(suites, &junit.Testsuite{Name: "the run", Tests: 1, Errors: 1})
	}
	return suites, nil
}

// A junitWriter keeps the first error of all.
type junitWriter struct {
	*xml.Encoder
	eval *Eval
	err  error
}

// begin opens an element with attributes, given as names and values.
func (x *junitWriter) begin(name string, attributes ...any) {
	start := xml.StartElement{Name: xml.Name{Local: name}}
	for i := 0; i < len(attributes); i += 2 {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: attributes[i].(string)}, Value: fmt.Sprint(attributes[i+1])})
	}
	x.token(start)
}

func (x *junitWriter) end(name string) { x.token(xml.EndElement{Name: xml.Name{Local: name}}) }

func (x *junitWriter) token(t xml.Token) {
	if x.err == nil {
		x.err = x.EncodeToken(t)
	}
}

func (x *junitWriter) beginSuite(s *junit.Testsuite) {
	x.begin("testsuite", "name", s.Name, "tests", s.Tests, "failures", s.Failures, "errors", s.Errors, "skipped", s.Skipped, "time", 0, "file", s.File)
}

func (x *junitWriter) endSuite(begun bool) {
	if begun {
		x.end("testsuite")
	}
}

func (x *junitWriter) put(c junit.Testcase) {
	if x.err == nil {
		x.err = x.EncodeElement(c, xml.StartElement{Name: xml.Name{Local: "testcase"}})
	}
}

// testcase writes the result of a case.
func (x *junitWriter) testcase(o *evals.Outcome) {
	c := junit.Testcase{
		Name: xmlText(repeatName(o)), Classname: xmlText(x.eval.path(o.Prompt)),
		Time: strconv.FormatFloat(float64(o.Millis)/1000, 'f', 3, 64),
	}
	switch o.Status {
	case evals.Failed:
		data, err := x.reasons(o)
		if x.err == nil {
			x.err = err
		}
		c.Failure = &junit.Result{Message: xmlText(why(o)), Type: xmlText(failedScorers(o)), Data: data}
	case evals.Errored:
		c.Error = &junit.Result{Message: xmlText(why(o)), Type: xmlText(string(o.Err.Class))}
		for _, p := range o.Problems {
			c.Error.Data += x.at(p.At) + xmlText(p.Message) + "\n"
		}
		if o.Problems == nil {
			c.Error.Data = x.at(place(o)) + xmlText(why(o)) + "\n"
		}
	case evals.Unscored, evals.Skipped, evals.Planned:
		c.Skipped = &junit.Result{Message: xmlText(strings.TrimSuffix(string(o.Status)+": "+why(o), ": "))}
	}
	x.put(c)
}

func (x *junitWriter) at(pos library.Pos) string {
	pos.Path = x.eval.path(pos.Path)
	return xmlText(pos.String()) + ": "
}

func failedScorers(o *evals.Outcome) string {
	var names []string
	for _, s := range failures(o) {
		names = append(names, s.Scorer)
	}
	return strings.Join(names, ", ")
}

// reasons has every reason of a failed case, each with its place, and the
// difference to the expected output.
func (x *junitWriter) reasons(o *evals.Outcome) (string, error) {
	var b strings.Builder
	for _, s := range failures(o) {
		for _, r := range s.Reasons {
			at := r.Pos
			if at.Path == "" {
				at = place(o)
			}
			b.WriteString(x.at(at) + xmlText(s.Scorer+" ("+fraction(s.Value)+"): "+reason(r)) + "\n")
		}
	}
	text, err := x.eval.difference(o, diffLines)
	for line := range strings.Lines(text) {
		b.WriteString(xmlText(strings.TrimRight(line, "\r\n")) + "\n")
	}
	return b.String(), err
}
