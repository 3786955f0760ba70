// Package provider opens the models that cases are sent to.
//
// Every provider is a value of its own file, and [Providers] lists them all.
// [Open] takes what the user writes for --model, as in "openai/gpt-4o", and
// returns an [evals.Model]. Before that, [Route.Check] and [Ceiling] hold where
// requests go, and what they hold, against the policy of a library. What to send
// and what to make of the reply is for package evals.
package provider
