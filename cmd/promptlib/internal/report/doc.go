// Package report writes what the commands have found, for people and for
// programs.
//
// Everything that people read goes through a [Printer], which lets no control
// character of a prompt or a reply reach a terminal; everything that programs
// read goes through [WriteJSON], which escapes the same characters as JSON
// does. [LintFormats] and [EvalFormats] list the formats, one file each. The
// same findings give the same bytes.
package report
