package store

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ippo"
)

// callOut makes an active campaign whose reminder is due now, for everyone.
func callOut(t *testing.T, s *Store) ippo.Recurring {
	t.Helper()
	answered(t, s)
	c, err := s.CreateCampaign(t.Context(), 1, ippo.Campaign{
		Slug: "okaeri", Title: "帰っておいでよ", Reminders: []string{"声をかけてみませんか。"},
		StartsOn: "2026-03-01", EndsOn: "2026-12-31",
		Audience: ippo.Audience{All: true},
		Schedule: ippo.Schedule{Kind: ippo.ScheduleDaily, At: 12 * 60},
	})
	if err != nil {
		t.Fatal(err)
	}
	now := s.Now
	s.Now = func() time.Time { return now().Add(-time.Minute) }
	if _, err := s.Activate(t.Context(), 2, c.Recurring().Source, Approval{Hash: c.Hash()}); err != nil {
		t.Fatal(err)
	}
	s.Now = now
	due, err := s.Due(t.Context(), s.Now())
	if err != nil || len(due) != 1 {
		t.Fatalf("due: %v, %v", due, err)
	}
	return due[0]
}

// However many processes believe that a reminder is due, it fires once.
func TestEachDueTimeFiresOnce(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "", "", "")
	c := callOut(t, s)
	next := c.NextDue.AddDate(0, 0, 1)
	var fired atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch err := s.Fire(t.Context(), c, c.Broadcast(draft().Messages)); {
			case err == nil:
				fired.Add(1)
			case !errors.Is(err, ippo.ErrConflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if fired.Load() != 1 {
		t.Fatalf("fired %d times", fired.Load())
	}
	list, err := s.BroadcastsToDeliver(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d broadcasts, %v", len(list), err)
	}
	if b := list[0]; b.Author != 1 || b.Approver != 2 || b.Campaign != ippo.CampaignID(c.Source.ID) || b.Origin != ippo.OriginCampaign || tallied(t, s, b.ID).Pending != 3 {
		t.Errorf("the reminder's broadcast: %+v", b)
	}
	if due, _ := s.Due(t.Context(), s.Now()); len(due) != 0 {
		t.Error("still due after firing")
	}
	if due, _ := s.Due(t.Context(), next); len(due) != 1 || !due[0].NextDue.Equal(next) {
		t.Errorf("the next: %v", due)
	}
}

// A reminder missed while the program was down waits for a person, who decides once.
func TestMissedReminderWaitsForStaff(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "")
	c := callOut(t, s)
	if err := s.MissFiring(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	waiting, err := s.WaitingFirings(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Title != c.Title {
		t.Fatalf("waiting: %+v, %v", waiting, err)
	}
	if mails, _ := s.DueMails(t.Context(), s.Now(), 10); len(mails) == 0 {
		t.Error("staff were not told")
	}
	if err := s.SendFiring(t.Context(), 2, c, c.NextDue, c.Broadcast(draft().Messages), "遅れても役に立ちます"); err != nil {
		t.Fatal(err)
	}
	if err := s.DropFiring(t.Context(), 2, c.Source, c.NextDue); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	if list, _ := s.BroadcastsToDeliver(t.Context()); len(list) != 1 {
		t.Errorf("%d broadcasts", len(list))
	}
}
