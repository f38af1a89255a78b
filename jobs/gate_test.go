package jobs

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// decide changes the center's settings.
func (c *center) decide(change func(*ippo.Settings)) {
	c.t.Helper()
	s, err := c.store.Settings(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	s.Office.Phone = "000-111-2222"
	change(&s)
	if err := c.store.SaveSettings(c.t.Context(), c.approver, s); err != nil {
		c.t.Fatal(err)
	}
}

// What its author approved alone leaves ten minutes later, and a pause within them changes nothing.
func TestOwnApprovalWaits(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.decide(func(s *ippo.Settings) { s.OnePerson = "職員が一人のため" })
	b := &ippo.Broadcast{Title: "ひとり", Messages: []ippo.Message{text("ひとり")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
	if err := c.store.CreateBroadcast(t.Context(), c.approver, b); err != nil {
		t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash(), Confirmed: 2}); err != nil {
		t.Fatal(err)
	}
	next := c.run()
	c.received("ひとり", 0, 0)
	if want := tuesday.Add(10 * time.Minute); !next.Equal(want) {
		t.Errorf("next at %v, want %v", next, want)
	}
	if err := c.store.PauseBroadcast(t.Context(), c.approver, b.ID, "待って"); err != nil {
		t.Fatal(err)
	}
	c.wait(time.Minute)
	if err := c.store.ResumeBroadcast(t.Context(), c.approver, b.ID); err != nil {
		t.Fatal(err)
	}
	if next := c.run(); !next.Equal(tuesday.Add(10 * time.Minute)) {
		t.Errorf("after a pause, next at %v", next)
	}
	c.at(next)
	c.run()
	c.received("ひとり", 1, 1)
}

// What nobody approves within the hour is a draft again, and approving it a second late sends nothing.
func TestSubmissionLapses(t *testing.T) {
	c := newCenter(t, 1, options{})
	b := &ippo.Broadcast{Title: "いますぐ", Messages: []ippo.Message{text("いますぐ")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
	if err := c.store.CreateBroadcast(t.Context(), c.writer, b); err != nil {
		t.Fatal(err)
	}
	if err := c.store.SubmitBroadcast(t.Context(), c.writer, b.ID); err != nil {
		t.Fatal(err)
	}
	lapses := tuesday.Add(time.Hour)
	if next, err := c.LapseApprovals(t.Context()); err != nil || !next.Equal(lapses) {
		t.Errorf("looks again at %v, %v; want %v", next, err, lapses)
	}
	c.at(lapses)
	var p ippo.Problems
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); !errors.As(err, &p) || !strings.Contains(p.For("sendAt"), "13:00を過ぎた") {
		t.Errorf("a late approval: %v", err)
	}
	if next, err := c.LapseApprovals(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("then looks again at %v, %v", next, err)
	}
	if is := c.expect(b, ippo.BroadcastDraft, ippo.Tally{}); !strings.Contains(is.Reason, "13:00までに承認されなかった") {
		t.Errorf("the reason is %q", is.Reason)
	}
	if !c.mailed("承認されなかった配信") {
		t.Error("staff were not told")
	}
	c.run()
	c.received("いますぐ", 0)

	// Submitted again, it can be approved.
	if err := c.store.SubmitBroadcast(t.Context(), c.writer, b.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.received("いますぐ", 1)
}

// A time that has passed is approved no more, not even by a minute.
func TestPassedTimeIsNotApproved(t *testing.T) {
	c := newCenter(t, 1, options{})
	b := &ippo.Broadcast{Title: "三時", Messages: []ippo.Message{text("三時")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginAPI, SendAt: tuesday.Add(3 * time.Hour)}
	if err := c.store.CreateBroadcast(t.Context(), c.writer, b); err != nil {
		t.Fatal(err)
	}
	c.at(b.SendAt.Add(time.Minute))
	var p ippo.Problems
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); !errors.As(err, &p) || p.For("sendAt") == "" {
		t.Errorf("approved after its time: %v", err)
	}
	if err := c.store.SubmitBroadcast(t.Context(), c.writer, b.ID); !errors.As(err, &p) {
		t.Errorf("submitted after its time: %v", err)
	}
	c.run()
	c.received("三時", 0)
}
