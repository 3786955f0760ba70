package main

import (
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"promptlib/library"
	"promptlib/library/lint"
)

// shared is the folder of seeds, public libraries and tools that tests measure
// against. It is no part of the project.
var shared = filepath.Join("..", "..", "..", "shared")

// corpus writes a library of n clean files, from the shared generator.
func corpus(tb testing.TB, n int, args ...string) string {
	tb.Helper()
	tool := filepath.Join(shared, "tools", "gencorpus")
	if _, err := os.Stat(tool); err != nil {
		tb.Skip("skipped: ../shared is absent, which has the generator of libraries")
	}
	bin := filepath.Join(tb.TempDir(), "gencorpus")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Dir = tool
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("building the generator: %v\n%s", err, out)
	}
	dir := filepath.Join(tb.TempDir(), "corpus")
	args = append([]string{"-out", dir, "-n", strconv.Itoa(n)}, args...)
	if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
		tb.Fatalf("generating a library: %v\n%s", err, out)
	}
	return dir
}

// cpu is the processor time that the process and those it has run, such as git,
// have used so far.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var sum int64
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			tb.Fatal(err)
		}
		sum += u.Utime.Nano() + u.Stime.Nano()
	}
	return time.Duration(sum)
}

// walkAndRead is the floor that commands are measured against: it walks a
// library and reads every file, with a goroutine and one buffer for each core.
func walkAndRead(tb testing.TB, dir string) {
	tb.Helper()
	paths := make(chan string, 64)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			buffer := make([]byte, 64<<10)
			for path := range paths {
				f, err := os.Open(path)
				if err != nil {
					tb.Error(err)
					continue
				}
				for err == nil {
					_, err = f.Read(buffer)
				}
				f.Close()
			}
		})
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths <- path
		}
		return err
	})
	close(paths)
	group.Wait()
	if err != nil {
		tb.Fatal(err)
	}
}

// ratio runs a floor and a subject in turns, in this process, and returns how
// many times the processor time of the floor the subject takes: of each the least
// of all turns, since whatever else the machine does can only add to it. In a turn
// the floor runs so many times that it takes about as long as the subject: the
// shorter of two would meet a quiet moment more often. Each begins with an empty
// heap, as a program does.
func ratio(b *testing.B, times int, floor, subject func()) float64 {
	debug.SetGCPercent(400) // as run does
	floors := func() {
		for range times {
			floor()
		}
	}
	took := func(do func()) time.Duration {
		runtime.GC()
		start := cpu(b)
		do()
		return cpu(b) - start
	}
	floors()
	subject()
	f, s := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for b.Loop() {
		f = min(f, took(floors))
		s = min(s, took(subject))
	}
	return float64(times) * float64(s) / float64(f)
}

// What loading and linting may cost at most, as a multiple of walking and
// reading.
const (
	maxLoadRatio = 5
	maxLintRatio = 5
)

func BenchmarkLoad(b *testing.B) {
	dir := corpus(b, 10000, "-errors", "0")
	r := ratio(b, 4, func() { walkAndRead(b, dir) }, func() {
		lib, err := library.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range library.Each(lib.Files, library.Read) {
			if len(p.Problems) > 0 {
				b.Fatalf("%s: %s", p.Path, p.Problems[0].Message)
			}
		}
	})
	b.ReportMetric(r, "x-floor")
	if r > maxLoadRatio {
		b.Errorf("loading costs %.1f times walking and reading, at most %d are allowed", r, maxLoadRatio)
	}
}

func BenchmarkLint(b *testing.B) {
	dir := corpus(b, 10000, "-errors", "0")
	r := ratio(b, 4, func() { walkAndRead(b, dir) }, func() {
		var out, errs strings.Builder
		if status := run([]string{"lint", dir}, nil, &out, &errs); status != exitClean {
			b.Fatalf("lint ends with %d: %s%s", status, out.String(), errs.String())
		}
	})
	b.ReportMetric(r, "x-floor")
	if r > maxLintRatio {
		b.Errorf("linting costs %.1f times walking and reading, at most %d are allowed", r, maxLintRatio)
	}
}

// maxSinceRatio is the most that linting a few changed files of a library may
// cost, as a multiple of walking and reading all of them.
const maxSinceRatio = 3

// BenchmarkLintSince lints 50 changed files of 10,000, git's time included.
func BenchmarkLintSince(b *testing.B) {
	dir := corpus(b, 10000, "-errors", "0")
	commitAll(b, dir)
	lib, err := library.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 50 {
		appendTo(b, lib.Files[i*len(lib.Files)/50].Path, "\n")
	}
	b.Chdir(dir)
	r := ratio(b, 2, func() { walkAndRead(b, ".") }, func() {
		var out, errs strings.Builder
		if status := run([]string{"lint", "--since", "HEAD"}, nil, &out, &errs); status != exitClean || !strings.HasPrefix(out.String(), "50 files checked") {
			b.Fatalf("lint ends with %d: %s%s", status, out.String(), errs.String())
		}
	})
	b.ReportMetric(r, "x-floor")
	if r > maxSinceRatio {
		b.Errorf("linting 50 changed files of 10,000 costs %.1f times walking and reading all, at most %d are allowed", r, maxSinceRatio)
	}
}

// commitAll makes a repository of a folder, whose data stands beside it.
func commitAll(tb testing.TB, dir string) {
	tb.Helper()
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main", "--separate-git-dir=" + dir + ".git"}, {"add", "--all"}, {"-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=all"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
}

func appendTo(tb testing.TB, path, text string) {
	tb.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkLintGrowth compares a library with one of twice the size: the time
// must not grow faster than the files.
func BenchmarkLintGrowth(b *testing.B) {
	small, large := corpus(b, 4000, "-errors", "0"), corpus(b, 8000, "-errors", "0")
	lintAll := func(dir string) func() {
		return func() {
			if status := run([]string{"lint", dir}, nil, io.Discard, io.Discard); status != exitClean {
				b.Fatal("the library is not clean")
			}
		}
	}
	r := ratio(b, 2, lintAll(small), lintAll(large))
	b.ReportMetric(r, "x-half")
	if r > 2.2 {
		b.Errorf("twice the files cost %.2f times the time", r)
	}
}

// TestLintKeepsFewFacts weighs what a run over a library holds when all files
// are read: their names, and the facts for the rules that compare prompts.
func TestLintKeepsFewFacts(t *testing.T) {
	const files, most = 2000, 2 << 10
	dir := corpus(t, files, "-errors", "0")
	before := live()
	lib, err := library.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	linters, err := newLinters(lib, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var facts []lint.Facts
	for _, f := range library.Each(lib.Files, func(f library.File) lint.Facts {
		_, facts := linters[f.Root].Prompt(library.Read(f))
		return facts
	}) {
		facts = append(facts, f)
	}
	kept := int(live()-before) / files
	runtime.KeepAlive(lib)
	runtime.KeepAlive(facts)
	t.Logf("%d bytes a file", kept)
	if kept > most {
		t.Errorf("a run keeps %d bytes a file, at most %d are allowed", kept, most)
	}
}

// live is the size of what the garbage collector cannot free.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkEvalReference measures what a case costs without a network: the reference
// model answers at once.
func BenchmarkEvalReference(b *testing.B) {
	dir := corpus(b, 1000, "-errors", "0")
	b.Chdir(b.TempDir())
	for b.Loop() {
		var out, errs strings.Builder
		if status := run([]string{"eval", "--model", "reference", dir}, nil, &out, &errs); status != exitClean {
			b.Fatalf("eval ends with %d: %s", status, errs.String())
		}
	}
	perCase := float64(b.Elapsed().Microseconds()) / float64(b.N) / 1500
	b.ReportMetric(perCase, "µs/case")
}
