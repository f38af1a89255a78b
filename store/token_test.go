package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"ippo"
	"ippo/internal/secret"
)

// token makes an API token that may do everything, for a month.
func token(t *testing.T, s *Store, owner ippo.StaffID, sum string) ippo.Staff {
	t.Helper()
	made, err := s.CreateToken(t.Context(), owner, ippo.Staff{Name: "連携", Scopes: ippo.AllScopes, Owner: owner, Expires: s.Now().AddDate(0, 1, 0)}, []byte(sum))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// A token is good until its day comes, somebody ends it, or nobody may answer for it any more.
func TestTokenIsGoodUntil(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	now := s.Now()
	s.Now = func() time.Time { return now }
	owner := staff(t, s, "owner@example.jp", ippo.Administrator)
	other := staff(t, s, "other@example.jp", ippo.Administrator)
	made := token(t, s, owner, "sha")
	good := func(want bool) {
		t.Helper()
		got, err := s.StaffByToken(ctx, []byte("sha"))
		if want && (err != nil || got.ID != made.ID || !got.Token || got.Role != ippo.Approver || got.Person() != owner && got.Person() != other) {
			t.Errorf("%+v, %v; want the token", got, err)
		}
		if !want && !errors.Is(err, ippo.ErrNotFound) {
			t.Errorf("%+v, %v; want nobody", got, err)
		}
	}
	good(true)

	was, err := s.StaffMember(ctx, owner)
	if err != nil {
		t.Fatal(err)
	}
	was.Role = ippo.Approver
	if err := s.UpdateStaff(ctx, other, was); err != nil {
		t.Fatal(err)
	}
	good(false)
	if minded, err := s.TokensToMind(ctx, now); err != nil || len(minded) != 1 {
		t.Errorf("to mind %+v, %v; want the token that lost its owner", minded, err)
	}
	wantProblem(t, s.TakeToken(ctx, owner, made.ID), "owner", "管理者にしてください")
	if err := s.TakeToken(ctx, other, made.ID); err != nil {
		t.Fatal(err)
	}
	good(true)

	now = made.Expires
	good(false)
	now = now.AddDate(0, 0, -1)
	good(true)
	if err := s.UpdateStaff(ctx, other, made); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("a token was changed as a person is: %v", err)
	}
	if err := s.EndToken(ctx, other, made.ID); err != nil {
		t.Fatal(err)
	}
	good(false)
	if err := s.EndToken(ctx, other, made.ID); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("ended twice: %v", err)
	}
	if alone, err := s.ApproveAlone(ctx); err != nil || alone {
		t.Errorf("alone: %v, %v", alone, err)
	}
}

func TestTokenIsRefused(t *testing.T) {
	s := newStore(t)
	owner := staff(t, s, "owner@example.jp", ippo.Administrator)
	editor := staff(t, s, "editor@example.jp", ippo.Editor)
	for name, c := range map[string]struct {
		change func(*ippo.Staff)
		field  string
		says   string
	}{
		"no scope":      {func(w *ippo.Staff) { w.Scopes = nil }, "scopes", "一つ以上"},
		"unknown scope": {func(w *ippo.Staff) { w.Scopes = ippo.Scopes{"everything"} }, "scopes", "「everything」はありません"},
		"no end":        {func(w *ippo.Staff) { w.Expires = time.Time{} }, "expires", "2年先まで"},
		"too long":      {func(w *ippo.Staff) { w.Expires = s.Now().AddDate(3, 0, 0) }, "expires", "2年先まで"},
		"an editor's":   {func(w *ippo.Staff) { w.Owner = editor }, "owner", "管理者にしてください"},
		"nobody's":      {func(w *ippo.Staff) { w.Owner = 0 }, "owner", "管理者にしてください"},
	} {
		who := ippo.Staff{Name: "連携", Scopes: ippo.AllScopes, Owner: owner, Expires: s.Now().AddDate(0, 1, 0)}
		c.change(&who)
		_, err := s.CreateToken(t.Context(), owner, who, []byte(name))
		t.Run(name, func(t *testing.T) { wantProblem(t, err, c.field, c.says) })
	}
}

// A token and whoever answers for it are one person for the rule of two, whichever of them writes, and so are
// two tokens of one person.
func TestTokenIsItsOwner(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	open := time.Date(2026, 3, 31, 10, 0, 0, 0, ippo.Tokyo)
	s.Now = func() time.Time { return open }
	owner := staff(t, s, "owner@example.jp", ippo.Administrator)
	other := staff(t, s, "other@example.jp", ippo.Administrator)
	first, second, foreign := token(t, s, owner, "first").ID, token(t, s, owner, "second").ID, token(t, s, other, "foreign").ID
	for n := range 2 {
		follow(t, s, n)
	}
	for _, c := range []struct {
		author, approver ippo.StaffID
		want             error
	}{
		{first, owner, ippo.ErrForbidden}, {owner, first, ippo.ErrForbidden}, {first, second, ippo.ErrForbidden},
		{first, first, ippo.ErrForbidden}, {first, foreign, nil}, {first, other, nil}, {other, first, nil},
	} {
		b := &ippo.Broadcast{Title: "断水", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"断水します"}`)}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
		if err := s.CreateBroadcast(ctx, c.author, b); err != nil {
			t.Fatal(err)
		}
		b, err := s.Broadcast(ctx, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SubmitBroadcast(ctx, c.author, b.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.ApproveBroadcast(ctx, c.approver, b.ID, Approval{Hash: b.Hash()}); !errors.Is(err, c.want) {
			t.Errorf("%d wrote and %d approved: %v, want %v", c.author, c.approver, err, c.want)
		}
		one, err := s.CreateSeries(ctx, c.author, ippo.Series{
			Title: "毎週", Messages: b.Messages, Audience: b.Audience, Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Wednesday}, At: 10 * 60},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Activate(ctx, c.approver, one.Recurring().Source, Approval{Hash: one.Recurring().Hash}); !errors.Is(err, c.want) {
			t.Errorf("%d wrote a series and %d approved: %v, want %v", c.author, c.approver, err, c.want)
		}
	}
}

// A token from before scopes does what it did, but that nobody answers for it and so it does not approve
// until somebody takes it over.
func TestMigrateTokens(t *testing.T) {
	dir := t.TempDir()
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 279); err != nil {
		t.Fatal(err)
	}
	for i, role := range ippo.Roles {
		if _, err := db.Exec(`INSERT INTO staff (name, role, token, created_at) VALUES ('前からの', ?, ?, '2026-01-01T00:00:00.000Z')`, role, []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
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
	for i, want := range []string{"read", "read content campaigns broadcasts", "read content campaigns broadcasts approve", "read content campaigns broadcasts approve"} {
		got, err := s.StaffByToken(t.Context(), []byte{byte(i)})
		if err != nil || got.Scopes.String() != want || got.Role != got.Scopes.Role() || !got.Expires.IsZero() {
			t.Errorf("the token of a %s: %+v, %v", ippo.Roles[i], got, err)
		}
	}
	who, err := s.StaffByToken(t.Context(), []byte{3})
	if err != nil {
		t.Fatal(err)
	}
	mayApprove := func() error {
		return s.Write(t.Context(), func(tx *Tx) error {
			_, _, err := tx.mayApprove(t.Context(), who.ID)
			return err
		})
	}
	if err := mayApprove(); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("a token that nobody answers for approves: %v", err)
	}
	if err := s.TakeToken(t.Context(), staff(t, s, "owner@example.jp", ippo.Administrator), who.ID); err != nil {
		t.Fatal(err)
	}
	if err := mayApprove(); err != nil {
		t.Errorf("taken over, and still: %v", err)
	}
}
