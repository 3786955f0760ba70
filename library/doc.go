// Package library reads prompt files: text files with YAML front matter and a
// body of instructions, variables and examples.
//
// [Open] finds the files of a library, [Read] (or [Parse], from memory) turns
// one of them into a [Prompt], and [Each] does that for many files at a time in
// a fixed order. Reading never fails on content: a Prompt holds what could be
// read, and a [Problem] for each thing that could not. Every string that a
// message may point at is a [Text], which knows its place in the file.
//
// A file is read in one of the [Dialects], chosen by what its body looks like.
// What the governance keys of a file mean is left to library/policy, what is
// wrong with a prompt to library/lint, and how it is run to evals. They share
// [Diagnostic], the form of every message, and [ReadYAML], the positioned YAML
// reader that policies, configurations and contracts are read with.
package library
