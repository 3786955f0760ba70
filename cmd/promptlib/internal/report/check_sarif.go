package report

import (
	"io"
)

var checkSARIF = CheckFormat{
	Name: "sarif",
	Doc:  "SARIF 2.1.0, for code scanning and editors; paths are from the top of the repository",
	Write: func(w io.Writer, c Check, _ bool) error {
		log := newSARIF(c.lint())
		run := &log.Runs[0]
		run.Bases[sarifBase] = sarifArtifact{Description: &sarifMessage{Text: "the top of the repository"}}
		run.Invocations[0].Successful = len(c.Undecided) == 0
		for _, d := range c.banners() {
			text := d.Message
			if d.Pos.Path != "" {
				text = d.Pos.String() + ": " + text
			}
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{sarifLevels[d.Severity], sarifMessage{Text: text}})
		}
		for _, note := range c.notes() {
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{"note", sarifMessage{Text: note}})
		}
		return WriteJSON(w, log, "  ")
	},
}
