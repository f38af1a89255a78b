// Package storetest opens databases for tests. A new database goes through every migration, which takes
// longer than most tests do; so one is made in each process, and copied.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"ippo/internal/secret"
	"ippo/store"
)

// Open opens the database in the folder dir; where there is none, an empty one is put there first. It is
// the caller's to close.
func Open(tb testing.TB, dir string, keys *secret.Keyring) *store.Store {
	tb.Helper()
	if err := prepare(dir); err != nil {
		tb.Fatal(err)
	}
	s, err := store.Open(tb.Context(), dir, keys)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func prepare(dir string) error {
	path := filepath.Join(dir, store.File)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	db, err := empty()
	if err != nil {
		return err
	}
	return os.WriteFile(path, db, 0o600)
}

// empty returns the file of a database in which nothing has been written, whatever its keys.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "ippo-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		return nil, err
	}
	s, err := store.Open(context.Background(), dir, keys)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, store.File))
})
