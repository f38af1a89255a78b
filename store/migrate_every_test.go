//go:build !race

package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"ippo/internal/secret"
)

// Whatever version a center comes from, opening its database brings the tables up to date and loses
// nothing.
func TestMigrateFromEveryVersion(t *testing.T) {
	growing := bareDatabase(t, t.TempDir())
	versions, err := newMigrator(growing)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range versions.ListSources() {
		if _, err := versions.UpTo(t.Context(), source.Version); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint("from ", source.Version), func(t *testing.T) {
			dir := t.TempDir()
			if _, err := growing.Exec("VACUUM INTO ?", filepath.Join(dir, File)); err != nil {
				t.Fatal(err)
			}
			db := bareDatabase(t, dir)
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
			if old, err := newMigrator(db); err != nil {
				t.Error(err)
			} else if left, err := old.HasPending(t.Context()); err != nil || left {
				t.Errorf("migrations left: %v, %v", left, err)
			}
		})
	}
}
