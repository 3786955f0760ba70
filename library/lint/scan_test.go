package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/library/policy"
)

// scanning are the rules that look through all of a file.
var scanning = []*Rule{invisibleCharacters, controlCharacters, secretExposed, personalData, injectionPhrase}

// passOver returns a pass of a rule over a text, which is also that of an
// example, and the findings it will have.
func passOver(rule *Rule, text string) (*Pass, *[]*library.Diagnostic) {
	body := library.Text{Value: text, Pos: library.Pos{Path: "a.md", Line: 1, Column: 1}, End: library.Pos{Offset: len(text)}}
	prompt := &library.Prompt{Path: "a.md", Source: text, Body: body, Examples: []library.Example{{Input: body}}}
	findings := new([]*library.Diagnostic)
	return &Pass{Linter: &Linter{Policy: policy.Default(), Root: "."}, Prompt: prompt, rule: rule, findings: findings, seen: lookAt(prompt)}, findings
}

func TestUnusual(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			s := strings.Repeat("a\n z~", 4)
			s = s[:at] + string([]byte{byte(c)}) + s[at:]
			want := at
			if c >= ' ' && c < 0x7f || c == '\n' {
				want = len(s)
			}
			if got := unusual(s, 0); got != want {
				t.Errorf("byte %#x at %d: got %d, want %d", c, at, got, want)
			}
			if got := unusual(s, at+1); got != len(s) {
				t.Errorf("byte %#x before the beginning: got %d, want %d", c, got, len(s))
			}
		}
	}
}

// TestUnusualBytesSideBySide: no byte hides the one after it.
func TestUnusualBytesSideBySide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.SampledFrom([]byte("a\n\n\v\t\x00\x1f\x7f\x80\xff ~")), 0, 40).Draw(t, "bytes"))
		want := strings.IndexFunc(s, func(c rune) bool { return c != '\n' && (c < ' ' || c >= 0x7f) })
		if want < 0 {
			want = len(s)
		}
		if got := unusual(s, 0); got != want {
			t.Errorf("in %q: got %d, want %d", s, got, want)
		}
	})
}

// TestCursor: a place that was counted on from the last one is that of a count
// from the start.
func TestCursor(t *testing.T) {
	const source = "\ufeff# T\r\n\r\né日😀b\n\nlast"
	pass, _ := passOver(secretExposed, source)
	at := pass.cursor()
	for from := 3; from < len(source); from++ {
		if !utf8.RuneStart(source[from]) {
			continue
		}
		_, size := utf8.DecodeRuneInString(source[from:])
		got := at.text(from, from+size)
		before := source[3:from]
		line := strings.Count(before, "\n") + 1
		column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
		if got.Pos.Line != line || got.Pos.Column != column || got.Pos.Offset != from || got.End.Offset != from+size || got.Value != source[from:from+size] {
			t.Errorf("offset %d: got %+v, want line %d, column %d", from, got, line, column)
		}
	}
}

// TestHostileTextCostsNoMore: a text that is all beginnings of what is looked
// for takes a fraction of a second. Were the cost quadratic, it would be minutes.
func TestHostileTextCostsNoMore(t *testing.T) {
	for _, unit := range []string{
		"-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "eyJhbGciOi.", "-eyJhbGciOi", "SG.", "-sk-ant-a", "sk-ant- ", "aws_secret_access_key=", "hooks.slack.com/services/",
		"\u200b", "\u200ba\n", "\u202e", "\x1b", "\x1b\n", "\r", "a\u200e", "1234 ", "1234-", "12345678", "AA00", "GB00 ", "🏴", "ignore all ",
		"instruction ", "ignore all the instruction", "日本",
	} {
		text := strings.Repeat(unit, 500_000/len(unit))
		for _, rule := range scanning {
			pass, _ := passOver(rule, text)
			start := time.Now()
			rule.Prompt(pass)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s takes %v for %d bytes of %q", rule.Name, took, len(text), unit)
			}
		}
	}
}

// TestInvisibleCharactersAreRemoved: the fixes leave nothing that the rule would
// report again.
func TestInvisibleCharactersAreRemoved(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtures, invisibleCharacters.Name, "*.md"))
	if err != nil || files == nil {
		t.Fatal("there are no fixtures", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pass, findings := passOver(invisibleCharacters, string(text))
		invisibleCharacters.Prompt(pass)
		var fixes []*library.Fix
		for _, d := range *findings {
			fixes = append(fixes, d.Fix)
		}
		mended, made := library.Apply(string(text), fixes)
		pass, findings = passOver(invisibleCharacters, mended)
		if invisibleCharacters.Prompt(pass); len(*findings) > 0 || len(made) != len(fixes) {
			t.Errorf("%s: after %d of %d fixes there are findings: %v", file, len(made), len(fixes), *findings)
		}
	}
}

// BenchmarkScanning measures what each rule costs on clean text, by 7 kB, which
// is the size of a usual prompt.
func BenchmarkScanning(b *testing.B) {
	files, err := filepath.Glob("../../prompts/*/*.md")
	if err != nil || files == nil {
		b.Fatal("there are no prompts", err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		all.Write(text)
	}
	text := all.String()
	measure := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(text))*7000, "µs/7kB")
		})
	}
	for _, rule := range scanning {
		pass, findings := passOver(rule, text)
		measure(rule.Name, func() {
			rule.Prompt(pass)
		})
		if len(*findings) > 0 {
			b.Errorf("%s: %d findings in clean text", rule.Name, len(*findings))
		}
	}
	measure("the look that they share", func() { lookAt(&library.Prompt{Source: text}) })
	measure("one byte", func() { strings.IndexByte(text, 0) })
	measure("twelve literals", func() {
		for _, literal := range []string{"AKIA", "ghp_", "gho_", "sk-ant-", "sk-proj-", "xoxb-", "xoxp-", "AIza", "sk_live_", "glpat-", "eyJhb", "-----BEGIN"} {
			_ = strings.Contains(text, literal)
		}
	})
}
