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
	if err := backupInto(ctx, s.ro.DB, path); err != nil {
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

// CheckDatabase says, in words for whoever runs the program, what is wrong with the file itself, its
// tables' version and the links between its rows.
func (s *Store) CheckDatabase(ctx context.Context) (faults []string, err error) {
	damage, err := collect(ctx, s.ro, scanText, "PRAGMA quick_check(20)")
	if err != nil {
		return nil, fmt.Errorf("check database: %w", err)
	}
	for _, d := range damage {
		if d != "ok" {
			faults = append(faults, "ファイルが壊れています（"+d+"）")
		}
	}
	links, err := collect(ctx, s.ro, scanText, `SELECT "table" || ' → ' || parent FROM pragma_foreign_key_check GROUP BY "table", parent`)
	if err != nil {
		return nil, fmt.Errorf("check database: %w", err)
	}
	for _, l := range links {
		faults = append(faults, "つながりの切れた記録があります（"+l+"）")
	}
	switch is, want, err := schemaVersions(ctx, s.ro.DB); {
	case err != nil:
		return nil, fmt.Errorf("check database: %w", err)
	case is < want:
		faults = append(faults, fmt.Sprintf("形が古いままです（%d、このippoは%d）。ippo serve を始めると新しくなります", is, want))
	case is > want:
		faults = append(faults, fmt.Sprintf("このippoより新しい形です（%d、このippoは%d）。新しいippoを使ってください", is, want))
	}
	return faults, nil
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
