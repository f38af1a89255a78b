package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"ippo/internal/secret"
	"ippo/store"
)

// Names in the data folder, beside store.File.
const (
	keyFile  = "secret.key"
	lockFile = "ippo.lock"

	catalogFolder = "catalog" // a center's own languages
)

// open opens the database in the data folder, making folder and key on first use. Commands use it
// beside a running serve.
func (d dataSettings) open(ctx context.Context) (*store.Store, *secret.Keyring, error) {
	if err := os.MkdirAll(d.Folder, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make data folder: %w", err)
	}
	keys, err := d.keys()
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(ctx, d.Folder, keys)
	if err != nil {
		return nil, nil, err
	}
	switch err := st.CheckKeys(ctx); {
	case errors.Is(err, secret.ErrSealed):
		return nil, nil, errors.Join(wrongKeys(d.Folder), st.Close())
	case err != nil:
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, keys, nil
}

// keys returns the keys of the setting, or those in the folder. A database whose key is gone is
// never given a new one: what it holds could not be read again, and the loss would show too late.
func (d dataSettings) keys() (*secret.Keyring, error) {
	if d.Keys != nil {
		return d.Keys, nil
	}
	path := filepath.Join(d.Folder, keyFile)
	if d.hasDatabase() && !exists(path) {
		return nil, keysMissing(d.Folder)
	}
	keys, err := secret.Load(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return keys, nil
}

// lock takes the data folder for one process. The kernel frees it however the process ends.
func (d dataSettings) lock() (unlock func() error, err error) {
	if err := os.MkdirAll(d.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	path := filepath.Join(d.Folder, lockFile)
	l := flock.New(path, flock.SetPermissions(0o600))
	switch got, err := l.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock data folder: %w", err)
	case !got:
		return nil, fmt.Errorf("%w: %s", errRunning, path)
	}
	return l.Close, nil
}

func (d dataSettings) hasDatabase() bool { return exists(filepath.Join(d.Folder, store.File)) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
