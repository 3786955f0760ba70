package report

import "io"

// A PolicyReport is how the tests of a policy came out. It is what
// policy-report.schema.json describes.
type PolicyReport struct {
	Version  int             `json:"version"`
	Cases    int             `json:"cases"`
	Failed   int             `json:"failed"`   // cases
	Rules    int             `json:"rules"`    // of the policy
	Governed int             `json:"governed"` // files of the library
	Findings []PolicyFinding `json:"findings"`
}

// A PolicyFinding is what is wrong with a policy. Kind is difference for a case
// that it does not fulfil, dead for a rule that nothing matches, and unheld for
// approvals that nobody can give. At is path:line:col, or a path.
type PolicyFinding struct {
	Kind    string `json:"kind"`
	At      string `json:"at"`
	Message string `json:"message"`
}

// WritePolicyReportJSON writes how the tests of a policy came out as JSON.
func WritePolicyReportJSON(w io.Writer, r PolicyReport) error { return WriteJSON(w, r, "  ") }

// WritePolicyReport writes how the tests of a policy came out, for people.
func WritePolicyReport(w io.Writer, r PolicyReport, color bool) error {
	p := NewPrinter(w, color)
	for _, f := range r.Findings {
		p.Printf("%s: %v: %s\n", f.At, p.paint(red, "error"), f.Message)
	}
	if len(r.Findings) > 0 {
		p.Printf("\n")
	}
	p.Printf("cases: %d, failed: %d, rules: %d, governed files: %d\n", r.Cases, r.Failed, r.Rules, r.Governed)
	return p.Flush()
}
