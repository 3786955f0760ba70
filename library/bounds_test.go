package library

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostile are texts of about a size that lure a reader into looking at the rest
// of the file again and again.
var hostile = map[string]func(size int) string{
	"placeholders on one line":        func(n int) string { return "<purpose>\n" + fill("{{a}}", n) + "\n</purpose>\n" },
	"open braces":                     func(n int) string { return "<purpose>\n" + fill("{{", n) + "\n</purpose>\n" },
	"open brackets":                   func(n int) string { return "## Prompt\n\n" + fill("[", n) },
	"documented names on one line":    func(n int) string { return "## Prompt\n\nx\n\n## Variables\n\n- " + fill("[a_b]", n) },
	"bindings":                        func(n int) string { return exampleB + fill("[a]: b\n", n) },
	"a binding over many lines":       func(n int) string { return exampleB + "[a]: b\n" + fill("c\n", n) },
	"lines that bind nothing":         func(n int) string { return exampleB + fill("a b\n", n) },
	"members of an input":             func(n int) string { return "<examples>\nInput:\n{" + members(n) + "}\nOutput: x\n</examples>\n" },
	"inputs without an end":           func(n int) string { return "<examples>\n" + fill("Input:\n{\n", n) + "</examples>\n" },
	"outputs without an Example line": func(n int) string { return "<examples>\n" + fill("Output:\n{\n}\n", n) + "</examples>\n" },
	"pairs of JSON":                   func(n int) string { return "<examples>\n" + fill("Input:\nx\nOutput:\n{\n}\n", n) + "</examples>\n" },
	"pairs of code blocks": func(n int) string {
		return "<examples>\n" + fill("Input:\n```\n```\nOutput:\n```\n```\n", n) + "</examples>\n"
	},
	"invalid JSON": func(n int) string {
		return "<examples>\n" + fill("Example 2:\nInput:\n{\nx\nOutput:\n{\nx\n", n) + "}\n</examples>\n"
	},
	"Example lines":                   func(n int) string { return "<examples>\n" + fill("Example 1:\n\n\n", n) + "</examples>\n" },
	"elements":                        func(n int) string { return "<notes>\n</notes>\n" + fill("<a>\n</a>\n", n) },
	"elements in elements":            func(n int) string { return "<notes>\n" + fill("<a>\n", n/2) + fill("</a>\n", n/2) + "</notes>\n" },
	"opening tags":                    func(n int) string { return "<notes>\n</notes>\n" + fill("<a>\n", n) },
	"opening tags of sections":        func(n int) string { return fill("<notes>\n", n) },
	"closing tags":                    func(n int) string { return "<notes>\n" + fill("</a>\n", n) },
	"quoted conflicts":                func(n int) string { return "merge conflict\n```\n" + fill("<<<<<<<\n=======\n>>>>>>>\n", n) + "```\n" },
	"starts of conflicts":             func(n int) string { return fill("<<<<<<<\n", n) },
	"headings in the front matter":    func(n int) string { return "---\na: b\n" + fill("# x\n\n", n) + "b: c\n---\nx\n" },
	"unclosed front matter":           func(n int) string { return "---\n" + fill("a:\n\n", n) },
	"list markers on one line":        func(n int) string { return fill("- ", n) + "a\n" },
	"lists in lists":                  func(n int) string { return fill("- - - - - - - - - - a\n", n) },
	"lazy lines":                      func(n int) string { return fill("- ", 200) + "a\n" + fill("b\n", n) },
	"block quotes":                    func(n int) string { return fill("> > > - a\n", n) },
	"headings":                        func(n int) string { return fill("# a\n## b\n", n) },
	"underlined headings":             func(n int) string { return fill("a\n=\n", n) },
	"a paragraph of definitions":      func(n int) string { return fill("[a]: b\n", n) + "---\n" },
	"comments":                        func(n int) string { return fill("<!--\n", n) },
	"code fences":                     func(n int) string { return fill("```\n", n) + "```\n" },
	"code fences with an info string": func(n int) string { return fill("```x\n", n) },
	"related prompts":                 func(n int) string { return "## Prompt\n\nx\n\n## Related\n\n" + fill("- `a`\n", n) },
	"CR LF":                           func(n int) string { return fill("# a\r\n", n) },
	"bytes that are not UTF-8":        func(n int) string { return "# a\n" + fill("\x80", n) },
	"links on one line":               func(n int) string { return fill("[a](b)", n) },
	"open links on one line":          func(n int) string { return fill("[a](", n) },
	"links and code on one line":      func(n int) string { return fill("`[a](b)", n) },
	"links":                           func(n int) string { return fill("``[a](b.md)`\n", n) },
	"long lines of non-ASCII":         func(n int) string { return "<purpose>\n" + fill("é{{a}}", n) + "\n</purpose>\n" },
}

const exampleB = "## Prompt\n\nx [a_b]\n\n## Example Usage\n\n**Input:**\n\n"

func fill(s string, size int) string { return strings.Repeat(s, size/len(s)) }

func members(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "\"k%d\": 1,\n", i)
	}
	return strings.TrimSuffix(b.String(), ",\n")
}

// hostileYAML are settings of the same nature.
var hostileYAML = map[string]func(size int) string{
	"a flow list on one line":    func(n int) string { return "a: [" + fill("1,", n) + "]" },
	"a flow list":                func(n int) string { return "a: [" + fill("1,\n", n) + "]" },
	"a flow list of lists":       func(n int) string { return "a: [" + fill("[1],", n) + "]" },
	"a flow list with comments":  func(n int) string { return "a: [" + fill("1, # ]\n", n) + "]" },
	"quotes on one line":         func(n int) string { return "a: [" + fill("\"é\",", n) + "]" },
	"keys":                       func(n int) string { return members(n) },
	"one key":                    func(n int) string { return fill("a: b\n", n) },
	"block scalars":              func(n int) string { return fill("- |\n  b\n", n) },
	"tabs":                       func(n int) string { return "a: |\n" + fill("  \tb\n", n) },
	"aliases":                    func(n int) string { return "a: &a [x]\nb: [" + fill("*a,", n) + "]" },
	"documents":                  func(n int) string { return fill("a\n---\n", n) },
	"plain text over many lines": func(n int) string { return "a: b\n" + fill("  - b\n", n) },
}

// TestTimeGrowsWithSize: four times the text must not take much more than four
// times as long. Reading that looks at the rest of the file for each line takes
// sixteen times as long, whenever it is measured.
func TestTimeGrowsWithSize(t *testing.T) {
	check := func(name string, text func(size int) string, read func(string)) {
		t.Run(name, func(t *testing.T) {
			const size = 32 << 10
			var short, long time.Duration
			for range 5 {
				short, long = fastest(text(size), read), fastest(text(4*size), read)
				if long < 20*time.Millisecond || long < 9*short {
					return
				}
			}
			t.Errorf("%v for %d KiB, %v for four times as much", short, size>>10, long)
		})
	}
	for name, text := range hostile {
		check(name, text, func(text string) { Parse("x.md", text) })
	}
	for name, text := range hostileYAML {
		check("YAML: "+name, text, func(text string) { ReadYAML("x.yaml", []byte(text)) })
	}
	check("an outline of labels", func(n int) string { return fill("# a\n", n/2) + fill("**b:** c\n", n/2) }, func(text string) { Outline(text) })
	check("an outline of labels before headings", func(n int) string { return fill("**b:** c\n", n/2) + fill("# a\n", n/2) }, func(text string) { Outline(text) })
}

// fastest is the shortest of three times that reading a text takes, in processor
// time of this thread: others may keep the machine busy.
func fastest(text string, read func(string)) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := time.Hour
	for range 3 {
		start := threadTime()
		read(text)
		best = min(best, threadTime()-start)
	}
	return best
}

// threadTime is the processor time that the thread has used so far.
func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD of Linux, which package syscall does not name
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
