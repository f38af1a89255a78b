package store

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ippo"
)

// uploader is somebody who uploads files.
func uploader(t *testing.T, s *Store, mail string) ippo.StaffID {
	t.Helper()
	who, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Email: mail, Name: "作成者", Role: ippo.Editor}, "")
	if err != nil {
		t.Fatal(err)
	}
	return who.ID
}

// checked uploads a file and has it looked at.
func checked(t *testing.T, s *Store, by ippo.StaffID, kind ippo.IntakeKind) ippo.Intake {
	t.Helper()
	i, err := s.AddIntake(t.Context(), by, kind, "一覧.csv", strings.NewReader(strings.Repeat("x", 3*intakePart)))
	if err != nil {
		t.Fatal(err)
	}
	i.Rows, i.Done, i.Added = 1, 1, 1
	inTx(t, s, func(tx *Tx) error {
		if err := tx.NoteIntake(t.Context(), i, nil); err != nil {
			return err
		}
		return tx.EndIntake(t.Context(), i)
	})
	if i, err = s.Intake(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	return i
}

// dropped deletes what may go, and returns how many parts of files are left.
func dropped(t *testing.T, s *Store) int {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.DropIntakeFile(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	n, err := one(t.Context(), s.ro, scanInt, "SELECT count(*) FROM intake_parts")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A file that was looked at and never started goes when its owner uploads another to the same list, and no other file
// does. What is started has its space back when it is done.
func TestAnotherFileTakesThePlace(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	one, other := uploader(t, s, "a@example.jp"), uploader(t, s, "b@example.jp")
	first := checked(t, s, one, ippo.IntakeEntries)
	stay := []ippo.Intake{checked(t, s, one, ippo.IntakeNews), checked(t, s, other, ippo.IntakeEntries)}
	waiting := checked(t, s, one, ippo.IntakeEvents)
	if err := s.StartIntake(ctx, one, waiting, ""); err != nil {
		t.Fatal(err)
	}
	stay = append(stay, waiting, checked(t, s, one, ippo.IntakeEntries), checked(t, s, one, ippo.IntakeEvents))
	if n := dropped(t, s); n != 3*len(stay) {
		t.Errorf("%d parts are left, want those of %d files", n, len(stay))
	}
	if _, err := s.Intake(ctx, first.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("the first file is still there: %v", err)
	}
	for _, i := range stay {
		if file, err := io.ReadAll(s.IntakeFile(ctx, i.ID)); err != nil || len(file) != 3*intakePart {
			t.Errorf("intake %d has %d bytes, %v", i.ID, len(file), err)
		}
	}
	waiting.State = ippo.IntakeWaiting
	inTx(t, s, func(tx *Tx) error { return tx.EndIntake(ctx, waiting) })
	if n := dropped(t, s); n != 3*(len(stay)-1) {
		t.Errorf("%d parts are left after one was taken in", n)
	}
	if i, err := s.Intake(ctx, waiting.ID); err != nil || i.State != ippo.IntakeDone {
		t.Errorf("%+v, %v", i, err)
	}
}

// All files together have a bound, which is said; a file that did not fit leaves nothing behind.
func TestIntakesAreBounded(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	by := uploader(t, s, "a@example.jp")
	there := checked(t, s, by, ippo.IntakeNews)
	exec(t, s, "UPDATE intakes SET size = ? WHERE id = ?", ippo.MaxIntakes-2*intakePart, there.ID)
	var found ippo.Problems
	if _, err := s.AddIntake(ctx, by, ippo.IntakeEntries, "大.csv", strings.NewReader(strings.Repeat("x", 3*intakePart))); !errors.As(err, &found) || !strings.Contains(found[0].Message, "2GB") {
		t.Fatal(err)
	}
	if n := dropped(t, s); n != 3 {
		t.Errorf("%d parts are left, want those of the first file", n)
	}
	small, err := s.AddIntake(ctx, by, ippo.IntakeEntries, "小.csv", strings.NewReader(strings.Repeat("x", 2*intakePart)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddIntake(ctx, by, ippo.IntakeEvents, "空.csv", strings.NewReader("x")); !errors.As(err, &found) {
		t.Errorf("there is space left: %v", err)
	}
	exec(t, s, "UPDATE intakes SET state = 'checked' WHERE id = ?", small.ID)
	now := s.Now()
	if _, err := s.ForgetPassing(ctx, now.Add(ippo.IntakeKept+time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n := dropped(t, s); n != 0 {
		t.Errorf("%d parts are left after a week", n)
	}
	checked(t, s, by, ippo.IntakeEvents)
}

// What was stopped waits a month for somebody, and no longer.
func TestStoppedIntakesEnd(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	by := uploader(t, s, "a@example.jp")
	i := checked(t, s, by, ippo.IntakeNews)
	if err := s.StartIntake(ctx, by, i, ""); err != nil {
		t.Fatal(err)
	}
	exec(t, s, "UPDATE staff SET disabled = 1 WHERE id = ?", by)
	i.State = ippo.IntakeWaiting
	inTx(t, s, func(tx *Tx) error {
		if stopped, err := tx.StopIntake(ctx, i); !stopped || err != nil {
			t.Errorf("it goes on: %v", err)
		}
		return nil
	})
	for _, step := range []struct {
		after time.Duration
		state ippo.IntakeState
		parts int
	}{{ippo.StoppedIntakeKept - time.Minute, ippo.IntakeWaiting, 3}, {ippo.StoppedIntakeKept + time.Minute, ippo.IntakeDone, 0}} {
		if _, err := s.ForgetPassing(ctx, s.Now().Add(step.after)); err != nil {
			t.Fatal(err)
		}
		if is, err := s.Intake(ctx, i.ID); err != nil || is.State != step.state || dropped(t, s) != step.parts {
			t.Errorf("after %v: %+v, %v", step.after, is, err)
		}
	}
}
