package score

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"promptlib/evals"
	"promptlib/library"
)

var checksScorer = &Scorer{
	Name:    "checks",
	Doc:     "the reply has the properties that the contract lists, of its text, time and cost: the share of checks that pass",
	Applies: func(in *Input) bool { return len(in.Contract.Checks) > 0 },
	Score: func(in *Input) evals.Score {
		s := evals.Score{}
		for _, c := range in.Contract.Checks {
			if complaint := check(c, in); complaint != "" {
				s.Reasons = append(s.Reasons, in.reason("", complaint))
			}
		}
		total := len(in.Contract.Checks)
		s.Value = float64(total-len(s.Reasons)) / float64(total)
		s.Pass = len(s.Reasons) == 0
		return s
	},
}

// check returns what is wrong with a reply by one check; "" if nothing is.
func check(c evals.Check, in *Input) string {
	text := in.Answer
	trimmed := strings.TrimSpace(text)
	ok, complaint := true, ""
	switch c.Name {
	case "contains":
		ok, complaint = strings.Contains(text, c.Want), "does not contain %q"
	case "not-contains":
		ok, complaint = !strings.Contains(text, c.Want), "contains %q"
	case "equals":
		ok, complaint = trimmed == strings.TrimSpace(c.Want), "is not equal to %q"
	case "starts-with":
		ok, complaint = strings.HasPrefix(trimmed, c.Want), "does not start with %q"
	case "ends-with":
		ok, complaint = strings.HasSuffix(trimmed, c.Want), "does not end with %q"
	case "regex":
		ok, complaint = c.Pattern != nil && c.Pattern.MatchString(text), "does not match %q"
	case "code-block":
		ok, complaint = hasCodeBlock(text, c.Want), "has no code block in %q"
	case "min-words", "max-words":
		want, _ := strconv.Atoi(c.Want)
		words := len(strings.Fields(text))
		if c.Name == "min-words" && words < want || c.Name == "max-words" && words > want {
			return fmt.Sprintf("the reply has %d words, %s %d", words, map[string]string{"min-words": "fewer than", "max-words": "more than"}[c.Name], want)
		}
	case "max-latency":
		want, err := time.ParseDuration(c.Want)
		if took := time.Duration(in.Reply.Millis) * time.Millisecond; err != nil || took > want {
			return fmt.Sprintf("the reply took %s, more than %s", took, c.Want)
		}
	case "max-cost":
		want, err := strconv.ParseFloat(c.Want, 64)
		if in.Reply.Unpriced {
			return "what the reply cost is not known; give the price of the model in .promptlib/config.yaml"
		}
		if cost := in.Reply.Usage.Cost; err != nil || cost > want {
			return fmt.Sprintf("the reply cost $%.4g, more than $%s", cost, c.Want)
		}
	default:
		return fmt.Sprintf("there is no check %q", c.Name)
	}
	if ok {
		return ""
	}
	return "the reply " + fmt.Sprintf(complaint, c.Want)
}

func hasCodeBlock(text, language string) bool {
	for _, b := range library.CodeBlocks(text) {
		if strings.EqualFold(b.Info, language) {
			return true
		}
	}
	return false
}
