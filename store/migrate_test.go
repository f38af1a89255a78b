package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"ippo/internal/secret"
)

// Whatever version a center comes from, opening its database brings the tables up to date and loses
// nothing.
func TestMigrateFromEveryVersion(t *testing.T) {
	all, err := newMigrator(bareDatabase(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range all.ListSources() {
		t.Run(fmt.Sprint("from ", source.Version), func(t *testing.T) {
			dir := t.TempDir()
			db := bareDatabase(t, dir)
			old, err := newMigrator(db)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := old.UpTo(t.Context(), source.Version); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`INSERT INTO followers (line_user_id, status, followed_at) VALUES (?, 'active', '2026-01-01T00:00:00.000Z')`,
				fmt.Sprintf("U%032x", 1)); err != nil {
				t.Fatal(err)
			}
			keys, err := secret.Load(filepath.Join(dir, "secret.key"))
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), dir, keys)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if f, err := s.FollowerByLineID(t.Context(), fmt.Sprintf("U%032x", 1)); err != nil || f.ID == 0 {
				t.Errorf("the follower from before: %+v, %v", f, err)
			}
			if broken, err := collect(t.Context(), s.ro, scanText, `SELECT "table" FROM pragma_foreign_key_check`); err != nil || len(broken) > 0 {
				t.Errorf("references that lead nowhere in %v, %v", broken, err)
			}
			if left, err := old.HasPending(t.Context()); err != nil || left {
				t.Errorf("migrations left: %v, %v", left, err)
			}
		})
	}
}

// bareDatabase is the database file of a folder, without any tables of ours.
func bareDatabase(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
