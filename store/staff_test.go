package store

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"ippo"
)

// staff adds a person and returns their ID.
func staff(t testing.TB, s *Store, email string, role ippo.Role) ippo.StaffID {
	t.Helper()
	who, err := s.CreateStaff(t.Context(), 0, ippo.Staff{Name: email, Email: email, Role: role}, "hash of "+email)
	if err != nil {
		t.Fatal(err)
	}
	return who.ID
}

func TestStaffSignIn(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	id := staff(t, s, "Sato@example.jp", ippo.Administrator)
	who, hash, err := s.StaffByEmail(ctx, "SATO@example.jp")
	if err != nil || who.ID != id || hash != "hash of Sato@example.jp" || who.Token {
		t.Errorf("by email: %+v %q %v", who, hash, err)
	}
	_, err = s.CreateStaff(ctx, 0, ippo.Staff{Name: "別人", Email: "sato@example.jp", Role: ippo.Viewer}, "x")
	wantProblem(t, err, "email", "すでに登録")
	if _, _, err := s.StaffByEmail(ctx, "nobody@example.jp"); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}

	who.Role = ippo.Editor
	wantProblem(t, s.UpdateStaff(ctx, id, who), "role", "管理者が一人も")
	if still, err := s.StaffMember(ctx, id); err != nil || still.Role != ippo.Administrator {
		t.Errorf("the last administrator is now %+v, %v", still, err)
	}
}

// A person who is disabled, or whose password changed, is signed out everywhere at once.
func TestSessionsEnd(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	staff(t, s, "admin@example.jp", ippo.Administrator)
	id := staff(t, s, "editor@example.jp", ippo.Editor)
	sessions := s.Sessions()
	open := func(token string, values map[string]any, expiry time.Time) {
		t.Helper()
		data, err := scs.GobCodec{}.Encode(expiry, values)
		if err != nil {
			t.Fatal(err)
		}
		if err := sessions.CommitCtx(ctx, token, data, expiry); err != nil {
			t.Fatal(err)
		}
	}
	alive := func(token string) bool {
		t.Helper()
		_, ok, err := sessions.FindCtx(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	now := time.Now() // the wall clock's: that of the store may be a demo's
	later := now.Add(time.Hour)
	s.Now = func() time.Time { return now.AddDate(0, 2, 0) }
	open("nobody", nil, later)
	open("theirs", map[string]any{SessionStaff: int64(id)}, later)
	open("old", nil, now)
	if !alive("nobody") || !alive("theirs") || alive("old") || alive("unknown") {
		t.Error("wrong sessions are alive")
	}
	var stored []byte
	if err := s.ro.QueryRow(`SELECT group_concat(token) FROM sessions`).Scan(&stored); err != nil || bytes.Contains(stored, []byte("theirs")) {
		t.Errorf("the token is kept in clear: %v", err)
	}
	if n, err := s.ForgetSessions(ctx, now); err != nil || n != 1 {
		t.Errorf("forgot %d sessions, %v; want 1", n, err)
	}
	if err := s.SetPassword(ctx, id, id, "new hash"); err != nil {
		t.Fatal(err)
	}
	if alive("theirs") || !alive("nobody") {
		t.Error("a new password ended the wrong sessions")
	}
	open("theirs", map[string]any{SessionStaff: int64(id)}, later)
	if err := s.UpdateStaff(ctx, 0, ippo.Staff{ID: id, Name: "編集", Email: "editor@example.jp", Role: ippo.Editor, Disabled: true}); err != nil {
		t.Fatal(err)
	}
	if alive("theirs") {
		t.Error("a disabled person is still signed in")
	}
	if err := sessions.DeleteCtx(ctx, "nobody"); err != nil || alive("nobody") {
		t.Errorf("signing out: %v", err)
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	now := s.Now()
	s.Now = func() time.Time { return now }
	for i, want := range []time.Duration{0, 0, 0, 0, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		if err := s.LoginFailed(ctx, 0, "mail:sato@example.jp", "net:192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		until, err := s.LoginDelay(ctx, "mail:someone@example.jp", "net:192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		if want == 0 && !until.IsZero() || want > 0 && !until.Equal(now.Add(want)) {
			t.Errorf("after %d failures until %v, want %v", i+1, until.Sub(now), want)
		}
	}
	if until, err := s.LoginDelay(ctx, "mail:someone@example.jp"); err != nil || !until.IsZero() {
		t.Errorf("somebody else waits until %v, %v", until, err)
	}
	now = now.Add(25 * time.Hour)
	if err := s.LoginFailed(ctx, 0, "net:192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if until, err := s.LoginDelay(ctx, "net:192.0.2.1"); err != nil || !until.IsZero() {
		t.Errorf("a day later: until %v, %v", until, err)
	}
	if n, err := s.ForgetLoginFailures(ctx, now); err != nil || n != 1 {
		t.Errorf("forgot %d, %v; want 1", n, err)
	}
	if err := s.LoginSucceeded(ctx, 0, "net:192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM login_failures`); err != nil || n != 0 {
		t.Errorf("%d failures left, %v", n, err)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	id := staff(t, s, "a@example.jp", ippo.Editor)
	other := staff(t, s, "b@example.jp", ippo.Editor)
	if _, first, err := s.Reserve(ctx, id, "key", []byte("request")); err != nil || !first {
		t.Fatalf("first %v, %v", first, err)
	}
	// The first one is still at work, or died: nobody may do it again.
	if a, first, err := s.Reserve(ctx, id, "key", []byte("request")); err != nil || first || a.Status != 0 {
		t.Errorf("while at work: %+v %v %v", a, first, err)
	}
	if err := s.Answered(ctx, id, "key", Answer{201, []byte(`{"id":1}`)}); err != nil {
		t.Fatal(err)
	}
	if a, first, err := s.Reserve(ctx, id, "key", []byte("request")); err != nil || first || a.Status != 201 || string(a.Body) != `{"id":1}` {
		t.Errorf("again: %+v %v %v", a, first, err)
	}
	if _, _, err := s.Reserve(ctx, id, "key", []byte("another")); !errors.Is(err, ErrKeyReused) {
		t.Errorf("another request: %v", err)
	}
	if _, first, err := s.Reserve(ctx, other, "key", []byte("another")); err != nil || !first {
		t.Errorf("somebody else's key: %v %v", first, err)
	}
	if err := s.Release(ctx, other, "key"); err != nil {
		t.Fatal(err)
	}
	if _, first, err := s.Reserve(ctx, other, "key", []byte("a third")); err != nil || !first {
		t.Errorf("released key: %v %v", first, err)
	}
	if n, err := s.ForgetAnswers(ctx, s.Now()); err != nil || n != 0 {
		t.Errorf("forgot %d at once, %v", n, err)
	}
	if n, err := s.ForgetAnswers(ctx, s.Now().Add(49*time.Hour)); err != nil || n != 2 {
		t.Errorf("forgot %d, %v; want 2", n, err)
	}
}
