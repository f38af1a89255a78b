package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a copy of the database as it is at one moment into a new file, while everything
// goes on. The copy is a complete database of its own; what is personal in it stays sealed.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("backup to %s: %w", path, fs.ErrExist)
	}
	if err := backupInto(ctx, s.ro, path); err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return syncFile(path)
}

// syncFile waits until a file and its place in its folder are on disk.
func syncFile(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = f.Sync()
		f.Close()
		if err != nil && name == path { // not every system can sync a folder
			return fmt.Errorf("sync %s: %w", name, err)
		}
	}
	return nil
}

// CheckBackup reports whether a file is a sound database of ours, which it leaves as it is.
func CheckBackup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("check backup: %w", err)
	}
	if err := checkDatabase(ctx, path); err != nil {
		return fmt.Errorf("check backup %s: %w", path, err)
	}
	return nil
}

// CheckKeys returns secret.ErrSealed when personal data is kept that the store's keys do not open.
func (s *Store) CheckKeys(ctx context.Context) error {
	for _, sealed := range []struct{ column, query string }{
		{"followers.display_name", "SELECT display_name FROM followers WHERE display_name IS NOT NULL ORDER BY id DESC LIMIT 1"},
		{"ambassadors.person", "SELECT person FROM ambassadors ORDER BY id DESC LIMIT 1"},
	} {
		var value []byte
		switch err := s.ro.QueryRowContext(ctx, sealed.query).Scan(&value); {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return fmt.Errorf("check keys: %w", err)
		}
		if _, err := s.box.Open(value, sealed.column); err != nil {
			return fmt.Errorf("check keys: %w", err)
		}
	}
	return nil
}
