// Command mutate shows that each check of the pre-merge decision is needed by a
// test: it breaks the code in one place after the other and runs the tests of the
// decision over each. A mutant that no test notices survives, and is printed.
//
// All mutants are compiled at once: each place asks whether it is the one that is
// to go wrong, by a number in the environment. So a mutant costs one run of the
// tests and no build, and the tree is not touched.
//
// A survivor that changes nothing stands in accepted.txt with the reason. Exit
// status: 0 for no other, 1 for some, or for an entry that is none any more.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// packages are mutated, each with the files that it is about, all for none. The
// tests of a package and of those after it are run over its mutants.
var packages = []struct {
	dir   string
	files []string
}{
	{"library/policy", []string{"need.go", "digest.go", "matching.go", "people.go", "ungoverned.go"}},
	{"library/check", nil},
}

// variable has the number of the mutant in a run of tests.
const variable = "PROMPTLIB_MUTANT"

// The files that a mutant is embedded by: each mutated package gets these functions.
const support = `package %s

import (
	"os"
	"strconv"
)

var activeMutant = func() int { n, _ := strconv.Atoi(os.Getenv(%q)); return n }()

func isMutant(n int) bool { return n == activeMutant }

func mutantOf[T any](n int, other, own T) T {
	if isMutant(n) {
		return other
	}
	return own
}

func mutantZero[T any](n int, own T) T {
	var zero T
	return mutantOf(n, zero, own)
}

func mutantDrop[T any](first int, list []T) []T {
	if i := activeMutant - first; i >= 0 && i < len(list) {
		return append(append([]T{}, list[:i]...), list[i+1:]...)
	}
	return list
}
`

//go:embed accepted.txt
var acceptedText string

// accepted reads the list of survivors that change nothing: a reason in lines that
// begin with #, and below it the mutants.
func accepted(text string) map[string]bool {
	list := map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list[line] = false
		}
	}
	return list
}

func main() {
	only := flag.String("only", "", "mutants whose name has a match of this regular expression")
	verbose := flag.Bool("v", false, "print every mutant")
	flag.Parse()
	if err := run(regexp.MustCompile(*only), *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(only *regexp.Regexp, verbose bool) error {
	start := time.Now()
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	mutants, err := build(dir)
	if err != nil {
		return err
	}
	if out, ok := test(dir, 0, 0); !ok {
		return fmt.Errorf("the tests fail without any mutant:\n%s", out)
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !only.MatchString(m.name) })
	survived := runAll(dir, mutants, verbose)
	list := accepted(acceptedText)
	failed := 0
	for _, m := range survived {
		if _, known := list[m.name]; known {
			list[m.name] = true
			continue
		}
		failed++
		fmt.Printf("survived %s:%d: %s\n", m.file, m.line, m.name)
	}
	if only.String() == "" {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			if !list[name] {
				failed++
				fmt.Printf("accepted.txt: no such survivor: %s\n", name)
			}
		}
	}
	fmt.Printf("%d mutants, %d killed, %d survived, of them %d accepted; %s\n",
		len(mutants), len(mutants)-len(survived), len(survived), len(survived)-count(survived, list), time.Since(start).Round(time.Second))
	if failed > 0 {
		return errors.New("the tests miss something, or accepted.txt is out of date")
	}
	return nil
}

// count returns how many survivors are not accepted.
func count(survived []mutant, list map[string]bool) int {
	n := 0
	for _, m := range survived {
		if !list[m.name] {
			n++
		}
	}
	return n
}

// build writes the mutated files and compiles the tests over them, below dir.
func build(dir string) ([]mutant, error) {
	overlay := map[string]string{}
	var all []mutant
	for i, p := range packages {
		names, err := filepath.Glob(filepath.Join(p.dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			base := filepath.Base(name)
			if strings.HasSuffix(name, "_test.go") || p.files != nil && !slices.Contains(p.files, base) {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			text, mutants, err := mutate(filepath.ToSlash(name), source, len(all)+1, i)
			if err != nil {
				return nil, err
			}
			all = append(all, mutants...)
			if err := replace(overlay, dir, name, text); err != nil {
				return nil, err
			}
		}
		text := fmt.Sprintf(support, filepath.Base(p.dir), variable)
		if err := replace(overlay, dir, filepath.Join(p.dir, "mutants.go"), []byte(text)); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	for i, p := range packages {
		out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", file, "-o", binary(dir, i), "./"+p.dir).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("the mutants of %s do not compile: %w\n%s", p.dir, err, out)
		}
	}
	return all, nil
}

func replace(overlay map[string]string, dir, name string, text []byte) error {
	real, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	overlay[real] = filepath.Join(dir, strconv.Itoa(len(overlay))+".go")
	return os.WriteFile(overlay[real], text, 0o600)
}

func binary(dir string, pkg int) string { return filepath.Join(dir, strconv.Itoa(pkg)+".test") }

// test runs the tests of a package and those after it over a mutant, 0 for none.
// Whatever ends a run but success is a failure of it: a mutant may loop, or eat
// memory, of both of which it gets little.
func test(dir string, number, pkg int) (out string, ok bool) {
	for i := pkg; i < len(packages); i++ {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		cmd := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 4000000; exec "$@"`, "sh",
			binary(dir, i), "-test.short", "-test.failfast", "-test.timeout=90s", "-rapid.checks=5", "-rapid.seed=1", "-rapid.nofailfile", "-rapid.shrinktime=1ms")
		cmd.Dir = packages[i].dir
		cmd.Env = append(os.Environ(), variable+"="+strconv.Itoa(number))
		var text bytes.Buffer
		cmd.Stdout, cmd.Stderr = &text, &text
		err := cmd.Run()
		cancel()
		if err != nil {
			return text.String(), false
		}
	}
	return "", true
}

// runAll runs the tests over all mutants, as many at a time as there are
// processors, and returns those that survive, in their order.
func runAll(dir string, mutants []mutant, verbose bool) []mutant {
	alive := make([]bool, len(mutants))
	next := make(chan int)
	var group sync.WaitGroup
	for range runtime.NumCPU() {
		group.Go(func() {
			for i := range next {
				_, alive[i] = test(dir, mutants[i].number, mutants[i].pkg)
				if verbose {
					fmt.Printf("%s %s\n", map[bool]string{true: "survived", false: "killed  "}[alive[i]], mutants[i].name)
				}
			}
		})
	}
	for i := range mutants {
		next <- i
	}
	close(next)
	group.Wait()
	var list []mutant
	for i, m := range mutants {
		if alive[i] {
			list = append(list, m)
		}
	}
	return list
}
