package store

import (
	"errors"
	"testing"
	"time"

	"ippo"
)

// What staff set the days of goes after those: what the desk is done with, who left, who blocked us. The panel
// is told how much it was.
func TestRetentionIsTheCentersOwn(t *testing.T) {
	s := newStore(t)
	ctx, now := t.Context(), s.Now()
	settings := ippo.DefaultSettings()
	settings.Office.Phone = "000-123-4567"
	settings.Keep = ippo.Keep{ippo.RetainDesk: 30, ippo.RetainAmbassadors: 90, ippo.RetainBlocked: 100}
	if err := s.SaveSettings(ctx, 0, settings); err != nil {
		t.Fatal(err)
	}
	first, serving := follow(t, s, 1), follow(t, s, 2)
	follow(t, s, 3)
	inTx(t, s, func(tx *Tx) error {
		for _, f := range []ippo.FollowerID{first, serving} {
			if _, err := tx.ApplyAmbassador(ctx, applicant(f)); err != nil {
				return err
			}
		}
		if _, err := tx.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestCallback, Follower: first, Body: "済んだ"}, ""); err != nil {
			return err
		}
		if _, err := tx.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestNewcomer, Follower: first, Body: "まだ"}, ""); err != nil {
			return err
		}
		for _, n := range []int{2, 3} {
			if err := tx.Block(ctx, line(n), now.Add(time.Minute)); err != nil {
				return err
			}
		}
		return tx.WithdrawAmbassador(ctx, first)
	})
	if err := s.UpdateDeskRequest(ctx, 0, 1, ippo.RequestDone, "電話した"); err != nil {
		t.Fatal(err)
	}
	night := func(days int) ippo.RetentionRun {
		t.Helper()
		s.Now = func() time.Time { return now.AddDate(0, 0, days) }
		if _, err := s.ForgetPassing(ctx, s.Now()); err != nil {
			t.Fatal(err)
		}
		run, err := s.RetentionRun(ctx)
		if err != nil || !run.At.Equal(s.Now()) {
			t.Fatalf("%+v, %v", run, err)
		}
		return run
	}
	if run := night(29); len(run.Removed) != 0 {
		t.Errorf("too early: %+v", run)
	}
	if run := night(31); len(run.Removed) != 1 || run.Removed[0] != (ippo.Removed{Words: "完了した受付の内容とメモ", Count: 1}) {
		t.Errorf("%+v", run)
	}
	list, err := s.DeskRequests(ctx, DeskRequestFilter{})
	if err != nil || len(list) != 2 || list[0].Body != "まだ" || list[1].Body != "" || list[1].Note != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if run := night(91); len(run.Removed) != 1 || run.Removed[0].Count != 1 {
		t.Errorf("%+v", run)
	}
	for id, want := range map[ippo.AmbassadorID]bool{1: false, 2: true} {
		if a, err := s.Ambassador(ctx, id); err != nil || (a.Contact != "") != want {
			t.Errorf("%+v, %v", a, err)
		}
	}
	night(101)
	waiting, err := s.Erasures(ctx)
	if err != nil || len(waiting) != 1 || waiting[0].Follower != 3 {
		t.Errorf("waiting %+v, %v", waiting, err)
	}

	settings.Keep = ippo.Keep{ippo.RetainNotices: 1, ippo.RetainDesk: 99999}
	var found ippo.Problems
	if err := s.SaveSettings(ctx, 0, settings); !errors.As(err, &found) || found.For("keep.notices") == "" || found.For("keep.desk") == "" {
		t.Errorf("bounds: %v", err)
	}
}

// What has done its work goes after a month; what has not, and what is younger, stays.
func TestForgetPassing(t *testing.T) {
	s := newStore(t)
	town(t, s, "kosodate", "fukushi", "")
	day := func(ago int) any { return stamp(s.Now().AddDate(0, 0, -ago)) }
	for _, row := range []struct {
		state string
		ago   int
	}{{"done", 31}, {"done", 29}, {"pending", 31}, {"replying", 31}} {
		exec(t, s, `INSERT INTO inbound_events (event_id, state, occurred_at, received_at) VALUES (?, ?, ?, ?)`,
			row.state+time.Duration(row.ago).String(), row.state, day(row.ago), day(row.ago))
	}
	for i := range 1200 {
		exec(t, s, `INSERT INTO unsent_messages (message_id, at) VALUES (?, ?)`, i, day(29+i%2*2))
	}
	for follower, ago := range map[ippo.FollowerID]int{1: 31, 2: 29} {
		exec(t, s, `INSERT INTO conversations (follower_id, name, step, answers, updated_at) VALUES (?, 'news', '', x'00', ?)`, follower, day(ago))
		exec(t, s, `INSERT INTO form_links (id, follower_id, purpose, expires_at) VALUES (?, ?, 'x', ?)`, follower, follower, day(ago))
	}
	for _, ago := range []int{91, 89, 0} { // 0: pending since long ago
		exec(t, s, `INSERT INTO notices (follower_id, kind, content, due_at, until_at, state, retry_key, answered_at, created_at)
			VALUES (1, 'card', x'', ?1, ?1, ?2, ?3, ?4, ?1)`, day(100), map[bool]string{true: "pending", false: "accepted"}[ago == 0], ago,
			map[bool]any{true: nil, false: day(ago)}[ago == 0])
	}
	got, err := s.ForgetPassing(t.Context(), s.Now())
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int64{"events": 1, "unsent messages": 600, "form links": 1, "conversations": 1, "notices": 1, "link codes": 0} {
		if got[what] != want {
			t.Errorf("forgot %d %s, want %d", got[what], what, want)
		}
	}
	if again, err := s.ForgetPassing(t.Context(), s.Now()); err != nil || len(again) != 0 {
		t.Errorf("forgot %v more, %v", again, err)
	}
}

// How many notices LINE took in a year is counted when it has ended, however short they are kept.
func TestForgottenNoticesAreStillCounted(t *testing.T) {
	s := newStore(t)
	follow(t, s, 1)
	year := ippo.FiscalYear(2025)
	sent := func(at time.Time, state string) {
		t.Helper()
		exec(t, s, `INSERT INTO notices (follower_id, kind, content, due_at, until_at, state, retry_key, answered_at, created_at)
			VALUES (1, 'card', x'', ?1, ?1, ?2, ?1 || ?2, ?1, ?1)`, stamp(at), state)
	}
	for _, at := range []time.Time{year.Begins(), year.Begins().Add(time.Hour), year.Ends().Add(-time.Second)} {
		sent(at, "accepted")
		sent(at, "failed")
	}
	sent(year.Begins().Add(-time.Second), "accepted")
	sent(year.Ends(), "accepted")
	for _, days := range []int{0, 50, 200} {
		if _, err := s.ForgetPassing(t.Context(), year.Ends().AddDate(0, 0, days)); err != nil {
			t.Fatal(err)
		}
		if text, err := countFigure(t.Context(), s.ro, "messages", year.Begins(), year.Ends()); err != nil || text != "3通" {
			t.Errorf("%d days after the year: %s, %v", days, text, err)
		}
	}
	if left, err := one(t.Context(), s.ro, scanInt, `SELECT count(*) FROM notices`); err != nil || left != 0 {
		t.Errorf("%d notices are left, %v", left, err)
	}
}
