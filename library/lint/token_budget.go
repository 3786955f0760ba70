package lint

import (
	"unicode/utf8"

	"promptlib/library"
)

var tokenBudget = &Rule{
	Code: library.Code{
		ID: "TXT001", Name: "token-budget", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "prompt is larger than the budget of the library",
			Why:     "What a prompt takes of the context is paid with every request and leaves less room for the input and the reply.",
			Fix:     "Shorten the prompt, or raise the budget. The number is an estimate: a token for every four characters of ASCII text and one for every other character, which is a rule of thumb for English; code and numbers take more.",
			Config:  "max_tokens in .promptlib/config.yaml is the budget of a prompt; without it the rule says nothing.",

			Bad: `-- .promptlib/config.yaml --
version: 1
max_tokens: 10
-- prompts/example.md --
---
title: Release notes
version: "1.0"
---
Sum up the commits since the last release by the parts they change.
`,
			Good: `-- .promptlib/config.yaml --
version: 1
max_tokens: 10
-- prompts/example.md --
---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		limit := p.Config.MaxTokens
		if limit <= 0 || len(p.Prompt.Source) <= limit { // a token has at least one byte
			return
		}
		if n := estimate(p.Prompt); n > limit {
			p.Reportf(p.start(), "prompt has about %d tokens by estimate; the budget of the library is %d", n, limit)
		}
	},
}

// estimate returns about how many tokens a prompt sends, or the whole body where
// it sends none: the placeholders of its variables count, their values do not.
//
// The rule of thumb of four characters a token is that of the tokenizers of
// OpenAI for English text ("What are tokens and how to count them", OpenAI Help
// Center). Other tokenizers and other text differ: code and numbers take more.
// Letters beyond ASCII are counted whole, which is about right for Chinese and
// Japanese and too many for European languages.
func estimate(p *library.Prompt) int {
	if p.Template.IsZero() {
		return tokens(p.Body.Value)
	}
	n := 0
	for _, message := range [][]library.Part{p.Template.System, p.Template.User} {
		for _, part := range message {
			n += tokens(part.Literal)
		}
	}
	return n
}

// tokens returns the estimate for a text, rounded up.
func tokens(text string) int {
	runes := utf8.RuneCountInString(text)
	wide := 0
	if runes < len(text) {
		for _, c := range text {
			if c >= utf8.RuneSelf {
				wide++
			}
		}
	}
	return (runes-wide+3)/4 + wide
}
