package store

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"ippo"
	"ippo/internal/secret"
)

// A backup is taken while others write, holds what was acknowledged before it, and opens as a
// database of its own.
func TestBackupWhileWriting(t *testing.T) {
	s := newStore(t)
	if _, err := s.CreateTag(t.Context(), 0, ippo.Tag{Slug: "before", Name: "前"}); err != nil {
		t.Fatal(err)
	}
	writing, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		n := 0
		for ; writing.Err() == nil; n++ {
			if err := s.MailStaff(context.Background(), "件名", "本文"); err != nil {
				t.Error(err)
			}
		}
		done <- n
	}()
	dir := t.TempDir()
	copied := filepath.Join(dir, File)
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	stop()
	if n := <-done; n == 0 {
		t.Error("nothing was written meanwhile")
	}
	if err := CheckBackup(t.Context(), copied); err != nil {
		t.Error(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "other.key"))
	if err != nil {
		t.Fatal(err)
	}
	restored, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	if tags, err := restored.Tags(t.Context()); err != nil || len(tags) != 1 || tags[0].Slug != "before" {
		t.Errorf("the copy holds %v, %v", tags, err)
	}
	if err := s.Backup(t.Context(), copied); err == nil {
		t.Error("an older backup was overwritten")
	}
}

// Nobody else on the machine can read the database, its journal or a copy of it.
func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	s := newStore(t)
	if err := s.MailStaff(t.Context(), "件名", "本文"); err != nil {
		t.Fatal(err)
	}
	var path string
	if err := s.ro.QueryRow("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		t.Fatal(err)
	}
	copied := path + ".copy"
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal", copied} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(file), info.Mode(), err)
		}
	}
}

// What is not a backup of ours is refused before anything is replaced.
func TestCheckBackupRefuses(t *testing.T) {
	for name, content := range map[string]string{
		"empty.db": "", "text.db": "this is not a database, but long enough to look at twice",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CheckBackup(t.Context(), path); err == nil {
			t.Errorf("%s passed", name)
		}
	}
	if err := CheckBackup(t.Context(), filepath.Join(t.TempDir(), "missing.db")); err == nil {
		t.Error("a missing file passed")
	}
}

// After a restore nothing leaves by itself until an administrator lets it.
func TestHoldEverything(t *testing.T) {
	s := newStore(t)
	author, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: "作", Email: "a@example.jp", Role: ippo.Editor}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	approver, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: "承", Email: "b@example.jp", Role: ippo.Approver}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return time.Date(2026, 3, 31, 1, 0, 0, 0, time.UTC) }
	b := &ippo.Broadcast{Title: "断水", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"断水します"}`)}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
	if err := s.CreateBroadcast(t.Context(), author.ID, b); err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveBroadcast(t.Context(), approver.ID, b.ID, Approval{Hash: b.Hash()}); err != nil {
		t.Fatal(err)
	}
	if err := s.HoldEverything(t.Context(), "復元しました"); err != nil {
		t.Fatal(err)
	}
	if due, err := s.BroadcastsToDeliver(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("%d broadcasts would leave (%v)", len(due), err)
	}
	if err := s.ReleaseBroadcast(t.Context(), approver.ID, b.ID, "確かめました"); err != nil {
		t.Errorf("release: %v", err)
	}
}
