// Package schema holds the JSON Schemas of every format that promptlib reads
// and writes, and validates against them and against schemas of users.
//
// [Get] returns an embedded schema by name, [Compile] makes one from a user's
// document, and [Schema.Validate] lists every violation in a stable order.
// [Infer] proposes a schema for a value. [ScanJSON], [DecodeJSON] and [Members]
// read JSON text and say where it breaks.
//
// The package knows nothing of files or lines: a [Violation] names its place by
// JSON Pointer (RFC 6901), and package library turns that into a line.
package schema
