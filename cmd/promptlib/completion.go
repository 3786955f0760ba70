package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/library"
)

// addCompletion adds the command that cobra writes completion scripts with, and
// lets it refuse a shell that it does not know: it would print its help and end
// as if all were well.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Use = "completion SHELL"
		cmd.Short = "Write the completion script of a shell"
		cmd.Long = `completion writes a script that lets a shell complete commands, flags, formats,
rules and paths. The help of each shell says where the script belongs.`
		cmd.Example = `  source <(promptlib completion bash)
  promptlib completion zsh > "${fpath[1]}/_promptlib"
  promptlib completion fish > ~/.config/fish/completions/promptlib.fish`
		cmd.Args = noCommand
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		for _, shell := range cmd.Commands() {
			shell.Args = noArguments
		}
	}
}

// addHelp replaces the command help of cobra, which ends as if all were well
// where there is no such command.
func addHelp(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: "  promptlib help lint",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			of, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var list []string
			for _, sub := range of.Commands() {
				if sub.IsAvailableCommand() {
					list = append(list, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				if of == nil || len(rest) == 0 {
					of, rest = cmd.Root(), args
				}
				return noCommand(of, rest)
			}
			of.InitDefaultHelpFlag()
			of.InitDefaultVersionFlag()
			return of.Help()
		},
	})
}

// noCommand refuses what stands in the place of a command and is none.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := cmd.CommandPath() + " --help lists the commands"
	near := library.Nearest(args[0], func(yield func(string) bool) {
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() && !yield(sub.Name()) {
				return
			}
		}
	})
	if near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	_, path, _ := strings.Cut(cmd.CommandPath()+" "+args[0], " ")
	return usage(hint, "there is no command %q", path)
}

// completePromptFiles completes the one PATH of a command with prompt files.
func completePromptFiles(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"md", "prompt", "prompty"}, cobra.ShellCompDirectiveFilterFileExt
}
