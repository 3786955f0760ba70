package evals

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"promptlib/library"
)

// CacheDir is the folder of replies that may be used again, below the root of a
// library. Like [RunsDir] it is never meant to be committed.
var CacheDir = filepath.Join(library.SettingsDir, "local", "cache")

// A Cache keeps replies from run to run, a file each, by the identity of the call
// and the address of the endpoint: two servers may have models of one name. It is
// safe for use by several goroutines and processes.
type Cache struct {
	dir *os.Root
}

// OpenCache opens the cache of the library at root, and makes it where there is
// none.
func OpenCache(root string) (*Cache, error) {
	dir, err := openLocal(root, CacheDir)
	if err != nil {
		return nil, err
	}
	return &Cache{dir}, nil
}

// Close closes the cache.
func (c *Cache) Close() error { return c.dir.Close() }

// name is the file of the reply to a case.
func (c *Cache) name(m Model, k *Case) string {
	sum := sha256.Sum256([]byte(m.Identity(k) + " " + m.Endpoint))
	text := hex.EncodeToString(sum[:])
	return text[:2] + "/" + text[2:] + ".json"
}

// Get returns the reply of a model to a case; nil for none.
func (c *Cache) Get(m Model, k *Case) *Reply {
	text, err := c.dir.ReadFile(c.name(m, k))
	if err != nil {
		return nil
	}
	r := &Reply{}
	if json.Unmarshal(text, r) != nil {
		return nil // a torn file; it is written again
	}
	return r
}

// Put keeps the reply of a model to a case.
func (c *Cache) Put(m Model, k *Case, r Reply) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	name := c.name(m, k)
	if err := c.dir.Mkdir(filepath.Dir(name), 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	// Written beside and renamed, so that nobody reads half of it. Two processes
	// that write the same reply write the same file.
	if err := c.dir.WriteFile(name+".new", text, 0o600); err != nil {
		return err
	}
	return c.dir.Rename(name+".new", name)
}
