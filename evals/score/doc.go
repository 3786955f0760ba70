// Package score says how good a reply is.
//
// Every scorer is a value of its own file, and [Scorers] lists them all. [All]
// runs those that a contract calls for over one reply; they share the reading
// of the reply in an [Input]. Every score has a value from 0 to 1 and, unless it passes,
// reasons that name a place in the reply and the example it was held against.
// Calling models and counting cases is for package evals.
package score
