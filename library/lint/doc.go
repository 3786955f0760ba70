// Package lint finds what is wrong with prompts.
//
// Every rule is a value of its own file, and [Rules] lists them all. A [Linter]
// holds what rules may ask about: the policy, the names of all files, the date.
// [Linter.Prompt] runs the rules of one prompt and returns its findings with the
// [Facts] that outlive it; when all prompts are done, [Linter.Library] runs the
// rules that compare prompts, over those facts. [Linter.Fix] makes the fixes that
// the findings of one prompt carry, and takes back those that do harm.
//
// A rule reports at the narrowest place and chooses no severity above its own;
// it prints nothing, and opens no file but the contract beside a prompt and the
// JSON Schema it names, which evals reads. Finding and reading the prompt files
// is for package library, showing the findings for the program.
package lint
