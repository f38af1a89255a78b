package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ippo"
)

// writes what a follower says in their room.
func consult(t *testing.T, s *Store, who ippo.FollowerID, text string) ippo.Consultation {
	t.Helper()
	inTx(t, s, func(tx *Tx) error { return tx.WriteConsultation(t.Context(), who, "", text, "自動の返事") })
	c, err := s.LatestConsultation(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func colleague(t *testing.T, s *Store, name string, role ippo.Role) ippo.StaffID {
	t.Helper()
	who, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: name, Email: name + "@example.jp", Role: role}, "$argon2id$")
	if err != nil {
		t.Fatal(err)
	}
	return who.ID
}

func answer(t *testing.T, s *Store, by ippo.StaffID, r Reply) error {
	t.Helper()
	return s.Write(t.Context(), func(tx *Tx) error {
		_, _, err := tx.AnswerConsultation(t.Context(), by, r)
		return err
	})
}

func mails(t *testing.T, s *Store) int {
	t.Helper()
	all, err := s.DueMails(t.Context(), s.Now(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if strings.Contains(m.Subject+m.Body, "秘密") {
			t.Errorf("the mail says %q", m.Body)
		}
	}
	return len(all)
}

// From the first word to the end and on: whose turn it is, who looks after it, what is unread.
func TestConsultationLife(t *testing.T) {
	s := newStore(t)
	who, saki, taro := follow(t, s, 1), colleague(t, s, "saki", ippo.Editor), colleague(t, s, "taro", ippo.Editor)
	c := consult(t, s, who, "秘密の悩み")
	if c.State != ippo.ConsultationNew || !c.Unread || c.Version != 1 || mails(t, s) != 1 {
		t.Fatalf("%+v, %d mails", c, mails(t, s))
	}
	consult(t, s, who, "秘密の悩み") // the button pressed twice
	if entries, _ := s.ConsultationEntries(t.Context(), c.ID); len(entries) != 2 || entries[1].Author != ippo.EntryAutomatic {
		t.Errorf("%+v", entries)
	}
	c = consult(t, s, who, "秘密のつづき")
	if c.Version != 2 || mails(t, s) != 1 {
		t.Errorf("%+v, %d mails: the first is unread still", c, mails(t, s))
	}
	if err := s.ReadConsultation(t.Context(), taro, c); err != nil {
		t.Fatal(err)
	}
	if w, err := s.Waiting(t.Context()); err != nil || w.Consultations != 1 {
		t.Errorf("%+v, %v: it is read, and nobody has answered", w, err)
	}
	if err := answer(t, s, saki, Reply{To: c.ID, Version: 2, Text: "お返事"}); err != nil {
		t.Fatal(err)
	}
	c, _ = s.Consultation(t.Context(), c.ID)
	if c.State != ippo.ConsultationWaiting || c.Staff != saki || !c.Told || c.AnsweredAt.IsZero() {
		t.Errorf("%+v", c)
	}
	// Both had version 2 before them: the slower one changes nothing.
	if err := answer(t, s, taro, Reply{To: c.ID, Version: 2, Text: "別のお返事"}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("answered over a colleague's answer: %v", err)
	}
	if entries, _ := s.ConsultationEntries(t.Context(), c.ID); len(entries) != 4 {
		t.Errorf("%d entries", len(entries))
	}
	if err := s.SawAnswers(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	c = consult(t, s, who, "ありがとう")
	if c.State != ippo.ConsultationWorking || !c.Unread || c.Told || mails(t, s) != 2 {
		t.Errorf("%+v, %d mails", c, mails(t, s))
	}
	// A colleague's glance leaves it unread for who looks after it.
	if err := s.ReadConsultation(t.Context(), taro, c); err != nil {
		t.Fatal(err)
	}
	if n, err := s.UnreadConsultations(t.Context(), saki); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
	if err := s.HandOverConsultation(t.Context(), saki, c.ID, c.Version, taro, "金曜に電話の約束"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.UnreadConsultations(t.Context(), taro); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
	c, _ = s.Consultation(t.Context(), c.ID)
	if err := answer(t, s, taro, Reply{To: c.ID, Version: c.Version, Text: "またどうぞ", Done: true}); err != nil {
		t.Fatal(err)
	}
	next := consult(t, s, who, "別の相談")
	if next.ID == c.ID || next.State != ippo.ConsultationNew {
		t.Errorf("%+v", next)
	}
	// The old one cannot go on beside the new one, and says so with words.
	var problems ippo.Problems
	if err := s.SettleConsultation(t.Context(), taro, c.ID, c.Version+1, "", ippo.ConsultationWorking); !errors.As(err, &problems) {
		t.Errorf("two open at a time: %v", err)
	}
}

func TestHandOverGoesToWhoMayRead(t *testing.T) {
	s := newStore(t)
	who, saki, viewer := follow(t, s, 1), colleague(t, s, "saki", ippo.Editor), colleague(t, s, "viewer", ippo.Viewer)
	c := consult(t, s, who, "悩み")
	for _, to := range []ippo.StaffID{viewer, 0, 99} {
		var problems ippo.Problems
		if err := s.HandOverConsultation(t.Context(), saki, c.ID, c.Version, to, "お願いします"); !errors.As(err, &problems) || problems.For("to") == "" {
			t.Errorf("to %d: %v", to, err)
		}
	}
}

// A room is bounded, and so is a text.
func TestRoomIsBounded(t *testing.T) {
	s := newStore(t)
	who := follow(t, s, 1)
	c := consult(t, s, who, "悩み")
	exec(t, s, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
		INSERT INTO consultation_entries (consultation_id, author, text, at) SELECT ?, 'note', x'00', ? FROM n`, c.ID, stamp(s.Now()))
	write := func(text string) error {
		return s.Write(t.Context(), func(tx *Tx) error { return tx.WriteConsultation(t.Context(), who, "", text, "") })
	}
	if err := write("もう一つ"); !errors.Is(err, ippo.ErrConflict) {
		t.Error(err)
	}
	var problems ippo.Problems
	for _, text := range []string{"", "  \n", strings.Repeat("長", ippo.MaxConsultationText+1)} {
		if err := write(text); !errors.As(err, &problems) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// What has ended is gone after the years that the center has set, and what is open stays.
func TestConsultationsAreForgotten(t *testing.T) {
	s := newStore(t)
	now := s.Now()
	ended, open := follow(t, s, 1), follow(t, s, 2)
	saki := colleague(t, s, "saki", ippo.Editor)
	c := consult(t, s, ended, "終わる相談")
	if err := answer(t, s, saki, Reply{To: c.ID, Version: c.Version, Text: "お返事", Done: true}); err != nil {
		t.Fatal(err)
	}
	consult(t, s, open, "続く相談")
	forget := func(at time.Time) int64 {
		t.Helper()
		got, err := s.ForgetPassing(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		return got["consultations"]
	}
	if n := forget(now.AddDate(3, 0, -1)); n != 0 {
		t.Errorf("forgot %d too early", n)
	}
	if n := forget(now.AddDate(3, 0, 1)); n != 1 {
		t.Errorf("forgot %d, want 1", n)
	}
	if _, err := s.Consultation(t.Context(), c.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Error(err)
	}
	if left, err := one(t.Context(), s.ro, scanInt, "SELECT count(DISTINCT consultation_id) FROM consultation_entries"); err != nil || left != 1 {
		t.Errorf("entries of %d consultations, %v", left, err)
	}
}

// Nothing of what is said stands in the database's files in clear.
func TestConsultationsAreSealed(t *testing.T) {
	s, dir := newStore(t), ""
	who, saki := follow(t, s, 1), colleague(t, s, "saki", ippo.Editor)
	const marker = "MARKER-7f3a"
	c := consult(t, s, who, marker)
	if err := answer(t, s, saki, Reply{To: c.ID, Version: c.Version, Text: marker}); err != nil {
		t.Fatal(err)
	}
	if err := s.NoteConsultation(t.Context(), saki, c.ID, marker); err != nil {
		t.Fatal(err)
	}
	_, err := s.EnterConsultation(t.Context(), saki, ippo.Consultation{
		Way: ippo.ByVisitingDay, State: ippo.ConsultationDone, MadeAt: s.Now(), Caller: ippo.Caller{Name: marker, Contact: marker, Place: marker},
	}, marker, marker)
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = one(t.Context(), s.ro, scanText, `SELECT file FROM pragma_database_list WHERE name = 'main'`); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(dir + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(marker)) {
			t.Errorf("%s holds it in clear", name)
		}
	}
}
