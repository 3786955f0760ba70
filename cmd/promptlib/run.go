package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
)

// The exit statuses of every command.
const (
	exitClean    = 0
	exitFindings = 1 // findings at or above --fail-on, or failed cases
	exitUsage    = 2 // wrong flags or arguments
	exitFault    = 3 // could not run or decide
)

// An exitError ends a command with a status. Err is nil where the report has
// said it all. Hint is the next step.
type exitError struct {
	status int
	err    error
	hint   string
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func usage(hint, format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...), hint}
}

func fault(hint, format string, args ...any) error {
	return &exitError{exitFault, fmt.Errorf(format, args...), hint}
}

// An app is what commands share: where they read and write.
type app struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	color  string // auto, always or never
}

// run is the program: it runs one command line and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	// What is live at any time is a few prompts, so the collector would run for
	// every few files. Four times the heap is still little.
	debug.SetGCPercent(400)
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	defer func() {
		if r := recover(); r != nil {
			a.fail(fmt.Errorf("internal fault: %v", r), "please report this with the command line and the file that causes it")
			if os.Getenv("PROMPTLIB_DEBUG") != "" {
				a.fail(errors.New(string(debug.Stack())), "")
			}
			status = exitFault
		}
	}()
	// The first signal asks for an end, the second is not caught. Only when that
	// holds does a command hear of the first: it may then ask for the second.
	asked, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, end := context.WithCancelCause(context.Background())
	defer end(nil)
	context.AfterFunc(asked, func() {
		stop()
		end(context.Cause(asked))
	})
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if help, ok := root.OutOrStdout().(*checkedWriter); ok && err == nil && help.err != nil {
		err = fault("", "writing to the standard output: %w", help.err)
	}
	var exit *exitError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &exit):
		if exit.err != nil {
			a.fail(exit.err, exit.hint)
		}
		return exit.status
	}
	a.fail(err, "")
	return exitFault
}

// A checkedWriter keeps the first error of what cobra writes, which forgets it:
// help, completions and the version.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// stopped is an error once a signal has asked the program to end.
func stopped(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fault("", "stopped before the end; nothing is reported")
}

// fail writes an error, each of its lines on a line of its own, and a hint.
func (a *app) fail(err error, hint string) {
	p := report.NewPrinter(a.stderr, false)
	for line := range strings.SplitSeq(err.Error(), "\n") {
		p.Printf("promptlib: error: %s\n", line)
	}
	if hint != "" {
		p.Printf("promptlib: hint: %s\n", hint)
	}
	p.Flush()
}

// note writes a line to standard error.
func (a *app) note(format string, args ...any) {
	p := report.NewPrinter(a.stderr, false)
	p.Printf("promptlib: "+format+"\n", args...)
	p.Flush()
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "promptlib",
		Short: "Lint prompt files and run their examples through models",
		Long: `promptlib reads libraries of prompt files kept in git: it lints their front
matter, governance, structure, variables and examples, it decides whether a change
may land, by who has approved it, and it runs each prompt's own examples through a
model and scores the replies.

Exit status: 0 clean, 1 findings or failed cases, 2 wrong flags or arguments,
3 could not run or decide.`,
		Example: `  promptlib lint prompts
  promptlib check --base origin/main
  promptlib eval --model reference prompts
  promptlib list --format json prompts`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("promptlib {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		hint := cmd.CommandPath() + " --help lists the flags"
		if strings.Contains(err.Error(), "missing unit in duration") {
			hint = "write the unit too, as in 5s or 2m"
		}
		return usage(hint, "%w", err)
	})
	root.PersistentFlags().StringVar(&a.color, "color", "auto", "colours: auto, always or never; NO_COLOR is respected")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		switch a.color {
		case "auto", "always", "never":
			return nil
		}
		return usage("", "--color is auto, always or never, not %q", a.color)
	}
	root.AddCommand(newLint(a), newCheck(a), newApprove(a), newWaive(a), newEval(a), newReport(a), newScore(a), newList(a), newShow(a), newRender(a),
		newRules(a), newConfig(a), newInit(a), newPolicy(a), newCodeowners(a), newExplain(a), newNew(a), newSchema(a))
	addHelp(root)
	root.SetOut(&checkedWriter{w: a.stdout}) // completion keeps the writer that it finds
	addCompletion(root)
	return root
}

// release is the version that is being worked on or was released last.
const release = "0.1.0-dev"

// version returns the version of the program and the commit it was built from,
// which only a build inside a clone knows.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release + " (commit unknown)"
	}
	commit, dirty := "unknown", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = ", modified"
			}
		}
	}
	return fmt.Sprintf("%s (commit %s%s, %s)", release, commit, dirty, info.GoVersion)
}

// colored reports whether text on a writer should have colours.
func (a *app) colored(w io.Writer) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	return os.Getenv("FORCE_COLOR") != "" || isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is the number of columns of a terminal, or 0 for anything else.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// oneOf checks the value of a flag that is one of some words.
func oneOf(flag, value string, words []string) error {
	for _, w := range words {
		if w == value {
			return nil
		}
	}
	hint := ""
	if near := library.Nearest(value, slices.Values(words)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return usage(hint, "--%s is one of %s, not %q", flag, strings.Join(words, ", "), value)
}
