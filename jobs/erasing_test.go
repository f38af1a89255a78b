package jobs

import (
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

// Who asked to be forgotten gets nothing any more, is erased once LINE has answered, and is counted.
func TestEraseWaitsForWhatIsUnderWay(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.notice(ippo.NoticeCard, "会員証です")
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.After, Drop: true, Times: 1})
	next := c.sendNotices() // LINE has it, and we do not know
	if err := c.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AskErasure(t.Context(), 1, 0, "") }); err != nil {
		t.Fatal(err)
	}
	erase := func(left int) {
		t.Helper()
		if _, err := c.Erase(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waiting, err := c.store.Erasures(t.Context()); err != nil || len(waiting) != left {
			t.Fatalf("waiting: %+v, %v; want %d", waiting, err, left)
		}
	}
	c.wait(ippo.EraseGrace - time.Second)
	erase(1) // it can be called off still
	c.wait(time.Second)
	erase(1)
	c.at(next.Add(ippo.EraseGrace))
	c.sendNotices()
	erase(0)
	c.received("会員証です", 1)
	if f, err := c.store.Follower(t.Context(), 1); err != nil || f.DisplayName != "" || f.Status != ippo.FollowerErased {
		t.Errorf("%+v, %v", f, err)
	}
	b := c.approved("お知らせ")
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
}

// A broadcast that was approved before does not go to them, and what LINE never answers holds an erasure
// up for a day.
func TestEraseAfterADay(t *testing.T) {
	c := newCenter(t, 2, options{})
	b := c.approved("お知らせ")
	c.notice(ippo.NoticeCard, "会員証です", func(n *ippo.Notice) { n.Until = tuesday.Add(48 * time.Hour) })
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.Before, Status: 500, Times: 1})
	c.sendNotices()
	if err := c.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AskErasure(t.Context(), 1, 0, "") }); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 1, Skipped: 1})
	for _, step := range []struct {
		wait time.Duration
		left int
	}{{0, 1}, {ippo.EraseWithin - time.Minute, 1}, {time.Minute, 0}} {
		c.wait(step.wait)
		if _, err := c.Erase(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waiting, err := c.store.Erasures(t.Context()); err != nil || len(waiting) != step.left {
			t.Errorf("after %v more: %+v, %v", step.wait, waiting, err)
		}
	}
	c.sendNotices()
	c.received("会員証です", 0)
	if found, err := c.store.CheckLedger(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("ledger: %+v, %v", found, err)
	}
}
