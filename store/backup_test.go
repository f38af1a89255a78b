package store

import (
	"context"
	"errors"
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
	noon(s)
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
	c, err := s.CreateCampaign(t.Context(), author.ID, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	activate := func(by ippo.StaffID) error {
		_, err := s.Activate(t.Context(), by, c.Recurring().Source, Approval{Hash: c.Hash(), Reason: "写しを確かめました"})
		return err
	}
	if err := activate(approver.ID); err != nil {
		t.Fatal(err)
	}
	resident := follow(t, s, 1)
	if err := s.Write(t.Context(), func(tx *Tx) error {
		return tx.AddNotice(t.Context(), ippo.Notice{Follower: resident, Kind: ippo.NoticeCard, Messages: b.Messages})
	}); err != nil {
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
	if due, err := s.DueNotices(t.Context(), s.Now().Add(24*time.Hour), 10); err != nil || len(due) != 0 {
		t.Errorf("%d notices would leave (%v)", len(due), err)
	}
	if due, err := s.Due(t.Context(), s.Now().AddDate(0, 1, 0)); err != nil || len(due) != 0 {
		t.Errorf("%d reminders would leave (%v)", len(due), err)
	}
	admin := staff(t, s, "c@example.jp", ippo.Administrator)
	if err := activate(approver.ID); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("an approver starts a held campaign: %v", err)
	}
	if err := activate(admin); err != nil {
		t.Errorf("an administrator starts a held campaign: %v", err)
	}
	if c, err := s.Campaign(t.Context(), c.ID); err != nil || !c.Active || c.Held || c.Approver != approver.ID {
		t.Errorf("once started: %+v, %v", c, err)
	}
}

// A reminder that waited for a decision in the copy may have been sent since: an administrator decides.
func TestHeldReminder(t *testing.T) {
	s := newStore(t)
	noon(s)
	answered(t, s)
	author, approver := staff(t, s, "a@example.jp", ippo.Administrator), staff(t, s, "b@example.jp", ippo.Approver)
	c, err := s.CreateCampaign(t.Context(), author, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	if c.NextDue, err = s.Activate(t.Context(), approver, c.Recurring().Source, Approval{Hash: c.Hash()}); err != nil {
		t.Fatal(err)
	}
	c.Active, c.Approver = true, approver
	if err := s.MissFiring(t.Context(), c.Recurring()); err != nil {
		t.Fatal(err)
	}
	if err := s.Deactivate(t.Context(), author, c.Recurring().Source); err != nil {
		t.Fatal(err)
	}
	if err := s.HoldEverything(t.Context(), "復元しました"); err != nil {
		t.Fatal(err)
	}
	late := func() *ippo.Broadcast {
		return c.Recurring().Broadcast([]ippo.Message{ippo.Message(`{"type":"text","text":"声をかけませんか"}`)})
	}
	if err := s.SendFiring(t.Context(), approver, c.Recurring(), c.NextDue, late(), "写しを確かめました"); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("an approver sends it: %v", err)
	}
	if err := s.SendFiring(t.Context(), author, c.Recurring(), c.NextDue, late(), "写しを確かめました"); err != nil {
		t.Errorf("an administrator sends it: %v", err)
	}
}
