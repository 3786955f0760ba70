package main

import "github.com/spf13/cobra"

func newEval(a *app) *cobra.Command   { return &cobra.Command{Use: "eval"} }
func newList(a *app) *cobra.Command   { return &cobra.Command{Use: "list"} }
func newShow(a *app) *cobra.Command   { return &cobra.Command{Use: "show"} }
func newRender(a *app) *cobra.Command { return &cobra.Command{Use: "render"} }
func newRules(a *app) *cobra.Command  { return &cobra.Command{Use: "rules"} }
