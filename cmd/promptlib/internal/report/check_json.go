package report

import (
	"io"

	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

var checkJSON = CheckFormat{
	Name: "json",
	Doc:  "one JSON object; its schema is check.schema.json",
	Write: func(w io.Writer, c Check, _ bool) error {
		return WriteJSON(w, newCheckJSON(c), "  ")
	},
}

// The parts of a verdict as JSON has them. Lists are never null; text that there
// is none of is empty, but a waiver, which is null.
type (
	checkVerdictJSON struct {
		Version   int              `json:"version"`
		Verdict   string           `json:"verdict"`
		Base      string           `json:"base"`
		Head      string           `json:"head"`
		Forge     string           `json:"forge"`
		Bootstrap bool             `json:"bootstrap"`
		Summary   checkSummaryJSON `json:"summary"`
		Files     []checkFileJSON  `json:"files"`
		Findings  []diagnosticJSON `json:"findings"`
		Undecided []checkDoubtJSON `json:"undecided"`
		Notes     []string         `json:"notes"`
	}
	checkSummaryJSON struct {
		Evaluated int `json:"evaluated"`
		Exempt    int `json:"exempt"`
		Skipped   int `json:"skipped"`
		Evidence  int `json:"evidence"`
		Waived    int `json:"waived"`
		Errors    int `json:"errors"`
		Warnings  int `json:"warnings"`
		Infos     int `json:"infos"`
	}
	checkFileJSON struct {
		Path      string             `json:"path"`
		Change    string             `json:"change"`
		Protected bool               `json:"protected"`
		Digest    string             `json:"digest"`
		Need      checkNeedJSON      `json:"need"`
		Slots     []checkSlotJSON    `json:"slots"`
		Authors   []string           `json:"authors"`
		Refused   []checkRefusedJSON `json:"refused"`
		Waiver    *checkWaiverJSON   `json:"waiver"`
		Next      string             `json:"next"`
	}
	checkNeedJSON struct {
		People  int               `json:"people"`
		Reasons []string          `json:"reasons"`
		Roles   []checkDemandJSON `json:"roles"`
	}
	checkDemandJSON struct {
		Role    string   `json:"role"`
		Count   int      `json:"count"`
		Reasons []string `json:"reasons"`
	}
	checkSlotJSON struct {
		Role     string   `json:"role"`
		Reasons  []string `json:"reasons"`
		By       string   `json:"by"`
		Evidence string   `json:"evidence"`
		Could    []string `json:"could"`
	}
	checkRefusedJSON struct {
		Code     string `json:"code"`
		By       string `json:"by"`
		Evidence string `json:"evidence"`
		Reason   string `json:"reason"`
	}
	checkWaiverJSON struct {
		By       string `json:"by"`
		Reason   string `json:"reason"`
		Ticket   string `json:"ticket"`
		Expires  string `json:"expires"`
		Evidence string `json:"evidence"`
	}
	checkDoubtJSON struct {
		Path    string `json:"path"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
		Hint    string `json:"hint"`
	}
)

func newCheckJSON(c Check) checkVerdictJSON {
	l := c.lint()
	out := checkVerdictJSON{
		Version: 1, Verdict: c.Word(), Base: c.Base, Head: c.Head, Forge: c.Forge, Bootstrap: c.Bootstrap,
		Summary: checkSummaryJSON{
			Evaluated: c.Evaluated, Exempt: c.Exempt, Skipped: c.Skipped, Evidence: c.Evidence, Waived: c.Waived,
			Errors: l.Count(library.Error), Warnings: l.Count(library.Warning), Infos: l.Count(library.Info),
		},
		Files: []checkFileJSON{}, Findings: []diagnosticJSON{}, Undecided: []checkDoubtJSON{}, Notes: list(c.notes()),
	}
	for i := range c.Files {
		out.Files = append(out.Files, c.fileJSON(&c.Files[i]))
	}
	for _, d := range c.Findings {
		out.Findings = append(out.Findings, l.diagnosticJSON(d))
	}
	for _, d := range c.Undecided {
		out.Undecided = append(out.Undecided, checkDoubtJSON{d.Pos.Path, d.Pos.Line, d.Pos.Column, d.Message, d.Hint})
	}
	return out
}

func (c Check) fileJSON(r *check.Result) checkFileJSON {
	f := checkFileJSON{
		Path: r.Path, Change: r.Change, Protected: r.Protected, Digest: r.Digest, Need: newCheckNeedJSON(r.Need),
		Slots: []checkSlotJSON{}, Authors: list(r.Authors), Refused: []checkRefusedJSON{}, Next: c.next(r),
	}
	for _, s := range r.Slots {
		f.Slots = append(f.Slots, checkSlotJSON{s.Role, list(s.Reasons), s.By, s.Evidence, list(s.Could)})
	}
	for _, x := range r.Refused {
		f.Refused = append(f.Refused, checkRefusedJSON(x))
	}
	if r.Waiver != nil {
		w := checkWaiverJSON(*r.Waiver)
		f.Waiver = &w
	}
	return f
}

func newCheckNeedJSON(n policy.Need) checkNeedJSON {
	need := checkNeedJSON{People: n.People, Reasons: list(n.Reasons), Roles: []checkDemandJSON{}}
	for _, d := range n.Roles {
		need.Roles = append(need.Roles, checkDemandJSON{d.Role, d.Count, list(d.Reasons)})
	}
	return need
}

// list is a list that JSON has as one, be it empty.
func list(words []string) []string { return append([]string{}, words...) }
