package evals

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tallied adds up outcomes, each given as its prompt, name and status.
func tallied(threshold float64, outcomes ...[3]string) *Tally {
	t := &Tally{}
	for _, o := range outcomes {
		out := &Outcome{Prompt: o[0], Name: o[1], Model: "m", Status: Status(o[2]), Contract: "declared", Threshold: threshold, Tries: 1, Cost: 0.5}
		if out.Status == Errored {
			out.Err = &Error{Class: Timeout}
		}
		t.Add(out)
	}
	return t
}

func TestTallyCountsRepeats(t *testing.T) {
	for _, tt := range []struct {
		name     string
		outcomes [][3]string
		want     Repeats
	}{
		{"none", nil, Repeats{}},
		{"always", [][3]string{{"a", "1", "passed"}, {"a", "1", "passed"}}, Repeats{Cases: 1, Any: 1, All: 1}},
		{"never", [][3]string{{"a", "1", "failed"}, {"a", "1", "failed"}}, Repeats{Cases: 1}},
		{"flaky, failed last", [][3]string{{"a", "1", "passed"}, {"a", "1", "failed"}, {"a", "1", "failed"}}, Repeats{Cases: 1, Any: 1, Flaky: 1}},
		{"flaky, passed last", [][3]string{{"a", "1", "failed"}, {"a", "1", "passed"}, {"a", "1", "passed"}}, Repeats{Cases: 1, Any: 1, Flaky: 1}},
		{"two cases", [][3]string{{"a", "1", "passed"}, {"a", "1", "failed"}, {"a", "2", "passed"}, {"a", "2", "passed"}}, Repeats{Cases: 2, Any: 2, All: 1, Flaky: 1}},
		{"an error is no verdict", [][3]string{{"a", "1", "passed"}, {"a", "1", "errored"}, {"a", "1", "passed"}}, Repeats{Cases: 1, Any: 1, All: 1}},
		{"nothing scored", [][3]string{{"a", "1", "errored"}, {"a", "2", "unscored"}, {"a", "3", "skipped"}}, Repeats{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Repeats{}
			if g := tallied(1, tt.outcomes...).Group("a", "m"); g != nil {
				got = g.Repeats
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTallyHoldsGroupsAgainstTheirThreshold(t *testing.T) {
	outcomes := [][3]string{{"a", "1", "passed"}, {"a", "2", "passed"}, {"a", "3", "failed"}}
	for threshold, want := range map[float64]bool{1: false, 0.67: false, 2.0 / 3: true, 0.5: true} {
		g := tallied(threshold, outcomes...).Group("a", "m")
		if got := g.Passes(); got != want {
			t.Errorf("2 of 3 with the threshold %v pass: %t, want %t", threshold, got, want)
		}
	}
	g := tallied(1, outcomes...).Group("a", "m")
	if rate, ok := g.PassRate(); rate != 2.0/3 || !ok {
		t.Errorf("the pass rate is %v, %t", rate, ok)
	}
	if rate, ok := (Summary{Errored: 3}).PassRate(); rate != 0 || ok {
		t.Errorf("the pass rate of errors is %v, %t", rate, ok)
	}
}

func TestTallyPutsTheWorstFirst(t *testing.T) {
	tally := &Tally{}
	for _, o := range []Outcome{
		{Prompt: "good", Status: Passed, Threshold: 1},
		{Prompt: "skipped", Status: Skipped, Threshold: 1},
		{Prompt: "error", Status: Errored, Threshold: 1, Err: &Error{Class: Server}},
		{Prompt: "lenient", Name: "1", Status: Failed, Threshold: 0.1}, {Prompt: "lenient", Name: "2", Status: Failed, Threshold: 0.1}, {Prompt: "lenient", Name: "3", Status: Passed, Threshold: 0.1},
		{Prompt: "one", Status: Failed, Threshold: 1},
		{Prompt: "two", Name: "1", Status: Failed, Threshold: 1}, {Prompt: "two", Name: "2", Status: Failed, Threshold: 1},
	} {
		tally.Add(&o)
	}
	var got []string
	for _, g := range tally.Worst() {
		got = append(got, g.Prompt)
	}
	if diff := cmp.Diff([]string{"two", "one", "lenient", "error", "good"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := tally.Failing(); got != 2 {
		t.Errorf("%d groups do not pass, want 2", got)
	}
	if got := tally.Total(); got != 9 {
		t.Errorf("%d cases, want 9", got)
	}
	if diff := cmp.Diff(map[Class]int{Server: 1}, tally.Errors); diff != "" {
		t.Errorf("errors (-want +got)\n%s", diff)
	}
}
