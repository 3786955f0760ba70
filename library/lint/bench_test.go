package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"promptlib/library"
	"promptlib/library/policy"
)

// BenchmarkRules measures what the rules cost on a clean file of about 7 kB. The
// files are generated and parsed beforehand, and few enough to stay in the caches
// of the processor, as the file that was just parsed does.
func BenchmarkRules(b *testing.B) {
	tool := filepath.Join("..", "..", "..", "shared", "tools", "gencorpus")
	if _, err := os.Stat(tool); err != nil {
		b.Skip("skipped: ../shared is absent, which has the generator of libraries")
	}
	dir := b.TempDir()
	generate := exec.Command("go", "run", ".", "-out", dir, "-n", "20", "-errors", "0")
	generate.Dir = tool
	generate.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := generate.CombinedOutput(); err != nil {
		b.Fatalf("generating a library: %v\n%s", err, out)
	}
	lib, err := library.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	var prompts []*library.Prompt
	for _, f := range lib.Files {
		prompts = append(prompts, library.Read(f))
	}
	linter := &Linter{Policy: policy.Default(), Root: lib.Roots[0], Index: lib.Index, Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if findings, _ := linter.Prompt(prompts[i%len(prompts)]); len(findings) > 0 {
			b.Fatalf("a finding in a clean file: %s", findings[0])
		}
	}
}
