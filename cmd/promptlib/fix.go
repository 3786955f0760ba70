package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/aymanbagabas/go-udiff"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/lint"
)

// A fixing is what promptlib lint does about fixes: it writes them, or shows them
// as a diff. A nil fixing does nothing.
type fixing struct {
	unsafe bool // fixes that are not safe too
	diff   bool // show and do not write
	done   report.Fixed
	failed int // files that could not be written
}

// fixing returns what the flags ask for.
func (o *lintOptions) fixing() *fixing {
	if !o.fix && !o.fixUnsafe && !o.diff {
		return nil
	}
	return &fixing{unsafe: o.fixUnsafe, diff: o.diff}
}

// A checked is what is known of a prompt, and what its fixes would make of it if
// there are any.
type checked struct {
	findings []*library.Diagnostic
	facts    lint.Facts
	source   string
	fixed    *lint.Fixed
}

// check lints a prompt, makes its fixes in memory and releases it.
func (x *fixing) check(l *lint.Linter, p *library.Prompt) (c checked) {
	c.findings, c.facts = l.Prompt(p)
	if len(c.findings) == 0 { // what is left are the facts, which are copies
		p.Discard()
		return c
	}
	defer p.Release()
	if x == nil {
		return c
	}
	for _, d := range c.findings {
		if d.Fix != nil && (d.Fix.Safe || x.unsafe) {
			fixed := l.Fix(p, x.unsafe)
			c.source, c.fixed = p.Source, &fixed
			break
		}
	}
	return c
}

// finish writes or shows the fixes of a file, and makes c what then is true of
// it.
func (x *fixing) finish(a *app, l *lint.Linter, f library.File, c *checked) error {
	if x == nil || c.fixed == nil {
		return nil
	}
	fixed := c.fixed
	c.fixed = nil
	for _, r := range fixed.Refused {
		a.note("warning: %s: %s %s is not fixed: the fix %s", r.Finding.Pos, r.Finding.Code, r.Finding.Name, r.Reason)
	}
	if len(fixed.Made) == 0 {
		return nil
	}
	if !x.diff {
		if err := rewriteFile(f.Path, c.source, fixed.Text); err != nil {
			x.failed++
			a.fail(err, "")
			c.findings, c.facts = l.Prompt(library.Read(f))
			return nil
		}
		c.findings, c.facts = fixed.Findings, fixed.Facts
	}
	x.done.Findings += len(fixed.Made)
	x.done.Files++
	if x.diff {
		return a.showDiff(f.Path, c.source, fixed.Text)
	}
	return nil
}

// showDiff writes a unified diff to standard output: byte for byte for a program,
// and for a terminal with what it would obey escaped.
func (a *app) showDiff(path, before, after string) error {
	label := report.Escape(path)
	diff := udiff.Unified(label, label, before, after)
	var err error
	if isTerminal(a.stdout) {
		p := report.NewPrinter(a.stdout, false)
		p.Block("", diff)
		err = p.Flush()
	} else {
		_, err = io.WriteString(a.stdout, diff)
	}
	if err != nil {
		return fault("", "writing the diff: %w", err)
	}
	return nil
}

// err ends a run that could not write all its fixes.
func (x *fixing) err() error {
	if x == nil || x.failed == 0 {
		return nil
	}
	return fault("run promptlib lint --fix again", "%d of the files with fixes could not be written", x.failed)
}

// rewriteFile writes a new text in the place of a file that still has the old
// one: to a file beside it, which then takes its name, so that nobody ever reads
// half of it. The permissions stay; symbolic links are not followed.
func rewriteFile(path, before, after string) error {
	fail := func(err error) error {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return fmt.Errorf("%s: the fixes were not written: %w", path, err)
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return fail(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return fail(errors.New("it is a symbolic link; name the file it leads to"))
	case !info.Mode().IsRegular():
		return fail(errors.New("it is no regular file"))
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) // a file that must not be written is not replaced either
	if err != nil {
		return fail(err)
	}
	now, err := io.ReadAll(file)
	file.Close()
	switch {
	case err != nil:
		return fail(err)
	case string(now) != before:
		return fail(errors.New("it has changed since it was read"))
	}
	if err := replaceFile(path, after); err != nil {
		return fail(err)
	}
	return nil
}
