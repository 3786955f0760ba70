package main

import (
	"context"
	"strings"

	"promptlib/library/check"
	"promptlib/library/policy"
)

// readOwners reads the file of code owners that forges look for first, as it would
// land.
func (s *snapshot) readOwners(ctx context.Context, c *check.Change) error {
	for _, name := range policy.OwnersPaths {
		e, ok := s.head[name]
		if !ok {
			continue
		}
		if !strings.HasPrefix(e.Mode, "100") {
			return nil
		}
		texts, err := s.Read(ctx, []string{e.ID})
		if err != nil {
			return err
		}
		c.Owners = &check.File{Path: s.inLibrary(name), Head: &check.Blob{Mode: e.Mode, Text: texts[e.ID]}}
		return nil
	}
	return nil
}
