package jobs

import (
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
