package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// names joins the names of the values of a flag.
func names[T any](values []T, name func(T) string) string {
	return strings.Join(nameList(values, name), ", ")
}

func nameList[T any](values []T, name func(T) string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = name(v)
	}
	return list
}

// find returns the value that a flag names.
func find[T any](flag, wanted string, values []T, name func(T) string) (T, error) {
	for _, v := range values {
		if name(v) == wanted {
			return v, nil
		}
	}
	var zero T
	return zero, oneOf(flag, wanted, nameList(values, name))
}

// complete lets the shell complete the value of a flag.
func complete[T any](cmd *cobra.Command, flag string, values []T, name func(T) string) {
	list := nameList(values, name)
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return list, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist
	}
}

// count names a number of things.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// have is count with the verb that goes with it.
func have(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " has"
	}
	return count(n, noun) + " have"
}
