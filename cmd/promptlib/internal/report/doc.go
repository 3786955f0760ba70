// Package report writes what the commands have found, for people and for
// programs.
//
// Everything that people read goes through a [Printer], which lets no control
// character of a prompt or a reply reach a terminal; JSON goes through
// [WriteJSON], which escapes the same characters as JSON does, and formats with
// escapes of their own go through [Escape] as well. [LintFormats],
// [CheckFormats] and [EvalFormats] list the formats, one file each. The same
// findings give the same bytes.
package report
