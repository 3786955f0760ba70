package evals

import "promptlib/library"

// FailedCode is the code of a score that did not pass.
var FailedCode = library.Code{
	ID: "EVL101", Name: "eval-failed", Severity: library.Error,
	Doc: library.Doc{
		Summary: "reply of a model does not pass a score",
		Why:     "The prompt's own example promises a reply that the model did not give.",
		Fix:     "Improve the prompt, correct the example or its contract, or choose another model.",
	},
}

// InputCode is the code of an example that does not fill in its prompt.
var InputCode = library.Code{
	ID: "EVL102", Name: "eval-input", Severity: library.Error,
	Doc: library.Doc{
		Summary: "example does not fill in the prompt",
		Why:     "A prompt with a placeholder left in it is not what its author meant to send, so the case is not run.",
		Fix:     "Give every variable a value in the input of the example, and remove lines that name no variable.",
	},
}

// Codes lists the codes of this package.
var Codes = []library.Code{FailedCode, InputCode}
