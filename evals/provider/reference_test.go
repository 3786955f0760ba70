package provider

import (
	"context"
	"errors"
	"testing"

	"promptlib/evals"
	"promptlib/library"
)

func TestReferenceAnswersWithTheExpectedOutput(t *testing.T) {
	m, err := Open("reference", Options{})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := m.Call(context.Background(), &evals.Case{Expected: library.Text{Value: " a\n"}})
	if want := (evals.Reply{Text: " a\n", FinishReason: "stop"}); reply != want || err != nil {
		t.Errorf("got %+v and %v, want %+v", reply, err, want)
	}
	if _, err := m.Call(context.Background(), &evals.Case{}); !errors.Is(err, evals.ErrNoAnswer) {
		t.Errorf("without output: got %v, want no answer", err)
	}
}
