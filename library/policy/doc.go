// Package policy gives the governance keys of prompts their meaning.
//
// A [Policy] says which values are allowed, which spellings mean the same, what
// a file must declare and who must approve it. [Load] reads the policy of a
// library, [Default] is the one of a library that has none. [Policy.Effective]
// turns what a prompt declares into the values that count: of several
// spellings that disagree the most restrictive, and of a missing one the most
// restrictive there is, so that no gap or conflict ever loosens anything.
//
// What is wrong with the declarations is for library/lint to say.
package policy
