package main

import (
	"io"
	"os"

	"promptlib/evals/provider"
	"promptlib/library/policy"
)

// maxEvent is the size in bytes of the largest event that is read. GitHub sends
// none over 25 MB.
const maxEvent = 32 << 20

// untrusted says why the job of a CI system that this is gives no key away; "" where
// it may, or where this is none.
func untrusted(trustedRef bool) string {
	return provider.Untrusted(os.Getenv, readEvent(os.Getenv("GITHUB_EVENT_PATH")), trustedRef)
}

// readEvent reads the file that says what has started a job; nil for one that
// cannot be read.
func readEvent(path string) []byte {
	info, err := os.Stat(path) // before it is opened: opening a pipe waits for somebody to write to it
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxEvent+1))
	if err != nil || len(text) > maxEvent {
		return nil
	}
	return text
}

// hasKey reports whether the environment has a key that would go to a provider: one
// that policies name, or without policies OpenAI's, where the host is ours to send
// it to. Only whether it is there is looked at.
func hasKey(name string, binding []*policy.Policy, ours bool) bool {
	if binding == nil {
		return ours && os.Getenv(keyEnv) != ""
	}
	for _, pol := range binding {
		if bound := pol.Provider(name); bound != nil && !bound.KeyEnv.IsZero() && os.Getenv(bound.KeyEnv.Value) != "" {
			return true
		}
	}
	return false
}
