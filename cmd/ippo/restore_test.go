package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// A copy of before somebody was forgotten is put in place: they are forgotten again, by what the present
// database knows. Where there is none any more, whoever restores is told so.
func TestRestoreErasesAgain(t *testing.T) {
	ctx := t.Context()
	d := dataSettings{Folder: t.TempDir()}
	backup := filepath.Join(t.TempDir(), "backup.db")
	const user = "U000000000000000000000000000000ff"
	var who ippo.FollowerID
	at := func(do func(*store.Store) error) {
		t.Helper()
		st, _, err := d.open(ctx)
		if err == nil {
			err = do(st)
			if closed := st.Close(); err == nil {
				err = closed
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	named := func(name string) {
		t.Helper()
		at(func(st *store.Store) error {
			if f, err := st.Follower(ctx, who); err != nil || f.DisplayName != name {
				t.Errorf("%+v, %v; want %q", f, err, name)
			}
			return nil
		})
	}
	at(func(st *store.Store) error {
		err := st.Write(ctx, func(tx *store.Tx) (err error) {
			who, err = tx.Follow(ctx, user, "まぼろし", ippo.Japanese, tx.Now())
			return err
		})
		if err != nil {
			return err
		}
		if err := st.Backup(ctx, backup); err != nil {
			return err
		}
		if err := st.Write(ctx, func(tx *store.Tx) error { return tx.AskErasure(ctx, who, 0, "") }); err != nil {
			return err
		}
		return erase(ctx, st)
	})
	named("")
	done, err := d.restore(ctx, backup, time.Now())
	if err != nil || done.erased != 1 || done.unread || done.kept == "" {
		t.Fatalf("%+v, %v", done, err)
	}
	named("")

	if err := os.Remove(filepath.Join(d.Folder, store.File)); err != nil {
		t.Fatal(err)
	}
	done, err = d.restore(ctx, backup, time.Now().Add(time.Second))
	if err != nil || done.erased != 0 || !done.unread {
		t.Fatalf("%+v, %v", done, err)
	}
	named("まぼろし")
}

// erase erases who waits for it.
func erase(ctx context.Context, st *store.Store) error {
	waiting, err := st.Erasures(ctx)
	for _, e := range waiting {
		if _, err := st.Erase(ctx, e); err != nil {
			return err
		}
	}
	return err
}
