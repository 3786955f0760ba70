package report

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// fingerprints returns a text for each finding that no other finding has and
// that stays when lines move: equal findings of one file are numbered in their
// order.
func (l Lint) fingerprints() []string {
	list := make([]string, len(l.Diagnostics))
	seen := map[string]int{}
	for i, d := range l.Diagnostics {
		sum := sha256.Sum256([]byte(d.Code + "\x00" + l.path(d.Pos.Path) + "\x00" + d.Anchor))
		key := hex.EncodeToString(sum[:16])
		seen[key]++
		list[i] = key + ":" + strconv.Itoa(seen[key])
	}
	return list
}
