// Package check decides whether a change to a prompt library may land.
//
// [Decide] is the decision, and pure: what it says follows from a [Change] alone,
// which holds the changed files as they were and as they become, the policy and
// the people of the base, the evidence of approvals, and the time. What a change
// needs is what the policy of the base asks for each file as it was, together with
// what it asks for the file as it becomes: metadata that is taken away makes the
// next change cheaper, never this one. [Codes] lists what a [Verdict] may report.
//
// How the files come out of git, and reviews from a forge, is for the program; what
// is wrong with the text of a prompt, for library/lint.
package check
