// Package evals runs the examples of prompts through models, as tests.
//
// [Cases] turns the examples of a prompt into cases: each with the [Request]
// that would be sent, the [Contract] that the reply must fulfil, declared or
// derived from the expected output, and what the example expects. [Run] sends
// the cases to a [Model], a few at a time, and yields their results in order;
// a failed call is a result. [Journal] keeps every reply of a run as JSON lines,
// from which reports and replays are made.
//
// Models are values of evals/provider and scorers values of evals/score; this
// package knows neither. Printing is for the program.
package evals
