// Package catalogue finds prompts by what they hold and puts them in order.
//
// [NewQuery] reads conditions and an order as people write them. [Query.Check]
// holds them against the policy of each library, [Query.Match] is then called
// with one prompt after the other, in any order, and [Query.Unknown] says at the
// end which key no prompt had.
//
// A key is a governance key, of which the effective value counts, or one of
// [Facts], or else a key of the front matter; nested keys are joined by dots.
package catalogue
