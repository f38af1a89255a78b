package store

import (
	"testing"
	"time"

	"ippo"
)

// What leaves on the month's last evening counts, what leaves the next morning does not; the month
// turns in Japan, nine hours before it does elsewhere.
func TestForecast(t *testing.T) {
	s := newStore(t)
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, ippo.Tokyo)
	s.Now = func() time.Time { return now }
	town(t, s, "", "kosodate", "", "stopped")
	want := func(want ippo.Forecast) {
		t.Helper()
		want.Month = time.Date(2026, 3, 1, 0, 0, 0, 0, ippo.Tokyo)
		if got, err := s.Forecast(t.Context()); err != nil || got != want {
			t.Errorf("forecast %+v, %v\nwant %+v", got, err, want)
		}
	}
	want(ippo.Forecast{})
	for _, at := range []time.Time{{}, time.Date(2026, 3, 31, 19, 59, 0, 0, ippo.Tokyo), time.Date(2026, 4, 1, 8, 30, 0, 0, ippo.Tokyo)} {
		b := draft()
		b.SendAt, b.OnCall = at, "当番"
		if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
			t.Fatal(err)
		}
		if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: b.Hash()}); err != nil {
			t.Fatal(err)
		}
	}
	want(ippo.Forecast{Scheduled: 6})
	for _, topic := range []string{"kosodate", "fukushi"} {
		b := draft()
		b.Audience, b.OnCall = ippo.Audience{Topics: []string{topic}}, "当番"
		if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
			t.Fatal(err)
		}
		if err := s.SubmitBroadcast(t.Context(), 1, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	callOut(t, s) // daily at noon, for three people: the 29th, 30th and 31st
	want(ippo.Forecast{Scheduled: 6, Submitted: 1, Campaigns: 9})
	if err := s.PauseBroadcast(t.Context(), 1, 1, "止めた"); err != nil {
		t.Fatal(err)
	}
	if err := s.CancelBroadcast(t.Context(), 1, 2); err != nil {
		t.Fatal(err)
	}
	want(ippo.Forecast{Scheduled: 3, Submitted: 1, Campaigns: 9})

	// A reminder of this month counts until it has left, one of the next does not.
	for day := 31; day <= 32; day++ {
		if err := s.AddNotice(t.Context(), ippo.Notice{Follower: 1, Kind: ippo.NoticeEventReminder,
			Messages: draft().Messages, Due: time.Date(2026, 3, day, 18, 0, 0, 0, ippo.Tokyo)}); err != nil {
			t.Fatal(err)
		}
	}
	want(ippo.Forecast{Scheduled: 3, Submitted: 1, Campaigns: 9, Notices: 1})
	before, err := s.Stats(t.Context(), Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndNotice(t.Context(), 1, Outcome{State: ippo.DeliveryAccepted, RequestID: "r"}); err != nil {
		t.Fatal(err)
	}
	want(ippo.Forecast{Scheduled: 3, Submitted: 1, Campaigns: 9})
	if after, err := s.Stats(t.Context(), Waiting{}); err != nil || after.SentMonth != before.SentMonth+1 {
		t.Errorf("sent this month: %d, then %d, %v", before.SentMonth, after.SentMonth, err)
	}
}
