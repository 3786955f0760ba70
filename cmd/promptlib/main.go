// Command promptlib lints prompt files kept in git and runs their examples
// through models. See README.md.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
