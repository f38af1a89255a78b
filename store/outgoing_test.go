package store

import (
	"slices"
	"testing"
	"time"

	"ippo"
)

// The calendar shows what has a time, each at that time, and nothing that will not leave.
func TestOutgoing(t *testing.T) {
	s := newStore(t)
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, ippo.Tokyo) // a Sunday
	s.Now = func() time.Time { return now }
	town(t, s, "", "")
	exec(t, s, "UPDATE followers SET digest = 1 WHERE id = 2")
	callOut(t, s) // daily at noon, the first today
	make := func(title string, at time.Time, approve bool) ippo.BroadcastID {
		t.Helper()
		b := draft()
		b.Title, b.SendAt, b.OnCall = title, at, "当番"
		if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
			t.Fatal(err)
		}
		if approve {
			if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: b.Hash()}); err != nil {
				t.Fatal(err)
			}
		}
		return b.ID
	}
	tomorrow := time.Date(2026, 3, 30, 9, 30, 0, 0, ippo.Tokyo)
	make("予約", tomorrow, true)
	make("下書き", tomorrow.Add(time.Hour), false)
	make("時刻のない下書き", time.Time{}, false)
	make("今すぐ", time.Time{}, true)
	make("あさって", tomorrow.AddDate(0, 0, 1), true)
	if err := s.CancelBroadcast(t.Context(), 1, make("取り消し", tomorrow, true)); err != nil {
		t.Fatal(err)
	}

	titles := func(from time.Time, days int) []string {
		t.Helper()
		all, err := s.Outgoing(t.Context(), from, from.AddDate(0, 0, days))
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for i, o := range all {
			if o.At.Before(from) || !o.At.Before(from.AddDate(0, 0, days)) || i > 0 && o.At.Before(all[i-1].At) {
				t.Errorf("%q at %s is out of place", o.Title, o.At)
			}
			titles = append(titles, o.Title)
		}
		return titles
	}
	today := ippo.Day(now)
	want := []string{"今すぐ", "帰っておいでよ", "予約", "下書き", "帰っておいでよ"}
	if got := titles(today, 2); !slices.Equal(got, want) {
		t.Errorf("two days: %v, want %v", got, want)
	}
	if got := titles(today.AddDate(0, 0, -7), 7); got != nil {
		t.Errorf("before anything was made: %v", got)
	}
	// Who chose the digest gets it every Friday at four.
	friday := time.Date(2026, 4, 10, 0, 0, 0, 0, ippo.Tokyo)
	if got, want := titles(friday, 1), []string{"帰っておいでよ", "週1回のまとめ"}; !slices.Equal(got, want) {
		t.Errorf("on a Friday: %v, want %v", got, want)
	}
	if got := titles(friday.AddDate(2, 0, 0), 7); !slices.Equal(got, []string{"週1回のまとめ"}) {
		t.Errorf("after the campaign: %v", got)
	}
}
