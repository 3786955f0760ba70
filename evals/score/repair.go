package score

import (
	"regexp"
	"strings"

	"github.com/kaptinlin/jsonrepair"

	"promptlib/evals"
	"promptlib/schema"
)

// maxRepaired is the size in bytes up to which repair is tried: the library takes
// time that grows with the square of it.
const maxRepaired = 16 << 10

// maxSearched is the size of an answer in which something to repair is looked for.
const maxSearched = 128 << 10

// almostJSON matches what begins as an object or array does, in JSON or in what
// is taken for it: with straight, curly or no quotes, or a comment.
var almostJSON = regexp.MustCompile(`^(\{\s*(["'“”‘’]|//|/\*|[A-Za-z_]\w*\s*:)|\[\s*([\[{"'“”‘’]|//|/\*))`)

// repair mends an answer from which no JSON could be got, or its first JSON code
// block. What it cannot mend into an object or array that says something, and
// what is too long, stays as it was.
func repair(answer string, x Extraction) Extraction {
	if len(answer) > maxSearched {
		return x
	}
	if blocks := jsonBlocks(answer); blocks != nil {
		answer = blocks[0]
	}
	for {
		begin := strings.IndexAny(answer, "{[")
		if begin < 0 {
			return x
		}
		answer = answer[begin:]
		if almostJSON.MatchString(answer) {
			break
		}
		answer = answer[1:]
	}
	// The whole rest comes first: it may have been broken off after a bracket that
	// closes something else. Prose at its end is refused.
	for _, text := range []string{answer, answer[:strings.LastIndexAny(answer, "{[}]")+1]} {
		if len(text) > maxRepaired {
			continue
		}
		value, syntax := schema.DecodeJSON(repaired(text))
		if syntax == nil && !trivial(value) {
			return Extraction{How: evals.Repaired, Value: value, Err: x.Err}
		}
	}
	return x
}

// repaired returns what the library makes of a text; "" where it gives up, or
// breaks down.
func repaired(text string) (mended string) {
	defer func() {
		if recover() != nil {
			mended = ""
		}
	}()
	mended, err := jsonrepair.Repair(text)
	if err != nil {
		return ""
	}
	return mended
}
