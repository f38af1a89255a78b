package jobs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

// notice plans a notice to follower 1.
func (c *center) notice(kind ippo.NoticeKind, words string, change ...func(*ippo.Notice)) {
	c.t.Helper()
	n := ippo.Notice{Follower: 1, Kind: kind, Messages: []ippo.Message{text(words)}}
	for _, change := range change {
		change(&n)
	}
	if err := c.store.AddNotice(c.t.Context(), n); err != nil {
		c.t.Fatal(err)
	}
}

// sendNotices sends what is due and returns when it looks again.
func (c *center) sendNotices() time.Time {
	c.t.Helper()
	next, err := c.SendNotices(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	c.soundLedger(c.t.Errorf)
	return next
}

// became checks the state and the reason of each notice, the oldest first.
func (c *center) became(want ...string) {
	c.t.Helper()
	list, err := c.store.Notices(c.t.Context(), store.NoticeFilter{Limit: 1000})
	if err != nil {
		c.t.Fatal(err)
	}
	if len(list) != len(want) {
		c.t.Fatalf("%d notices, want %d", len(list), len(want))
	}
	for i, w := range want {
		n := list[len(list)-1-i]
		if got := strings.TrimSpace(string(n.State) + " " + n.Reason); got != w {
			c.t.Errorf("notice %d: %q, want %q", i+1, got, w)
		}
	}
}

// LINE took the notice and its answer was lost: under the same key nobody gets it twice.
func TestNoticeOnceWhateverIsLost(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.notice(ippo.NoticeCard, "会員証です")
	for _, fault := range []linesim.Fault{
		{When: linesim.Before, Status: 500}, {When: linesim.After, Drop: true}, {When: linesim.After, Status: 500}, {When: linesim.Before, Status: 429},
	} {
		fault.Endpoint, fault.Times = linesim.Push, 1
		c.platform.Inject(fault)
		next := c.sendNotices()
		if again := c.sendNotices(); !again.Equal(next) { // not before its time
			t.Errorf("looks again at %v, then at %v", next, again)
		}
		c.at(next)
	}
	if next := c.sendNotices(); !next.IsZero() {
		t.Errorf("looks again at %v", next)
	}
	c.received("会員証です", 1)
	c.became("accepted")
	if calls := c.platform.Calls()[linesim.Push]; calls != 5 {
		t.Errorf("%d calls", calls)
	}
}

// A key that has grown too old, or whose age nobody knows any more, is not used again.
func TestNoticeGivenUp(t *testing.T) {
	for want, moved := range map[string]time.Duration{
		"unknown " + reasonUnknown: 24 * time.Hour, "unknown " + reasonClock: -time.Hour,
	} {
		c := newCenter(t, 1, options{})
		c.notice(ippo.NoticeCard, "会員証です", func(n *ippo.Notice) { n.Until = tuesday.Add(48 * time.Hour) })
		c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.Before, Status: 500, Times: 1})
		c.sendNotices()
		c.wait(moved)
		if moved < 0 { // it is not due by such a clock; what is due decides
			c.sql("UPDATE notices SET next_attempt_at = ?", "2026-03-01T00:00:00.000Z")
		}
		c.sendNotices()
		c.became(want)
		c.received("会員証です", 0)
	}
}

// In the quiet hours a notice waits until the morning, but for one that answers what the person is doing.
// One that is pointless by then is dropped, and says why.
func TestNoticeWaitsOutTheQuiet(t *testing.T) {
	c := newCenter(t, 1, options{})
	night := time.Date(2026, 3, 31, 23, 59, 30, 0, ippo.Tokyo)
	morning := time.Date(2026, 4, 1, 8, 0, 0, 0, ippo.Tokyo)
	c.at(night)
	c.notice(ippo.NoticeCard, "会員証")
	c.notice(ippo.NoticeEventReminder, "あすのイベント")
	c.notice(ippo.NoticeEventReminder, "早朝のイベント", func(n *ippo.Notice) { n.Until = morning.Add(-2 * time.Hour) })
	next := c.sendNotices()
	c.became("accepted", "pending "+reasonQuiet, "pending "+reasonQuiet)
	if want := morning.Add(-2 * time.Hour); !next.Equal(want) {
		t.Errorf("looks again at %v, want %v", next, want)
	}
	c.at(next)
	if next = c.sendNotices(); !next.Equal(morning) {
		t.Errorf("looks again at %v, want %v", next, morning)
	}
	c.became("accepted", "pending "+reasonQuiet, "skipped 送る期限を過ぎました（夜間や休みの日は送らないため）")
	c.at(next)
	c.sendNotices()
	c.received("会員証", 1)
	c.received("あすのイベント", 1)
	c.received("早朝のイベント", 0)
}

// A prompt notice that could not leave at once is like any other.
func TestPromptNoticeThatIsLateWaits(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.at(time.Date(2026, 3, 31, 23, 59, 30, 0, ippo.Tokyo))
	c.notice(ippo.NoticeCard, "会員証")
	c.wait(ippo.PromptTime)
	c.sendNotices()
	c.became("pending " + reasonQuiet)
}

// Nobody gets more than three messages within an hour, broadcasts and notices together, in either order.
func TestNoticesAndBroadcastsShareTheHour(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.approved("いち")
	c.run()
	c.wait(10 * time.Minute)
	for _, words := range []string{"に", "さん", "よん", "ご"} {
		c.notice(ippo.NoticeGroupAnswer, words)
	}
	next := c.sendNotices()
	c.became("accepted", "accepted", "pending "+reasonOften, "pending "+reasonOften)
	if want := tuesday.Add(time.Hour); !next.Equal(want) {
		t.Errorf("looks again at %v, want %v: when the broadcast is an hour old", next, want)
	}
	late := c.approved("ろく")
	c.run()
	if is := c.expect(late, ippo.BroadcastHeld, ippo.Tally{Pending: 2}); !strings.Contains(is.Reason, "3通を超えて届く人が1人います") {
		t.Errorf("the reason is %q", is.Reason)
	}
	c.at(next)
	c.sendNotices()
	c.became("accepted", "accepted", "accepted", "pending "+reasonOften)
	c.wait(time.Hour)
	c.sendNotices()
	c.received("ご", 1)
}

// Notices that are about to leave count too, before LINE has been asked about any.
func TestBreakerCountsNoticesOnTheirWay(t *testing.T) {
	c := newCenter(t, 1, options{})
	for _, words := range []string{"いち", "に", "さん"} {
		c.notice(ippo.NoticeGroupAnswer, words)
	}
	b := c.approved("よん")
	c.run()
	c.expect(b, ippo.BroadcastHeld, ippo.Tally{Pending: 1})
}

// The same words do not come twice within a day, by whichever path.
func TestNoticeKnowsTheSameContent(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.notice(ippo.NoticeGroupAnswer, "どうぞ")
	c.notice(ippo.NoticeGroupAnswer, "どうぞ")
	c.notice(ippo.NoticeGroupAnswer, "どうぞ", func(n *ippo.Notice) { n.Follower = 2 })
	c.sendNotices()
	c.became("accepted", "skipped "+reasonSame, "accepted")
	b := c.approved("どうぞ")
	c.run()
	c.expect(b, ippo.BroadcastHeld, ippo.Tally{Pending: 2})

	c.wait(2 * time.Hour)
	c.approved("断水です")
	c.run()
	c.notice(ippo.NoticeGroupAnswer, "断水です")
	c.sendNotices()
	c.became("accepted", "skipped "+reasonSame, "accepted", "skipped "+reasonSame)
	c.wait(24 * time.Hour)
	c.notice(ippo.NoticeGroupAnswer, "断水です")
	c.sendNotices()
	c.received("断水です", 2, 1)
}

// Whoever stopped broadcasts still gets what they asked for; who blocked or left gets nothing.
func TestNoticeToWhoStopped(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.sql("UPDATE followers SET stopped = 1 WHERE id = 1")
	c.sql("UPDATE followers SET status = 'blocked' WHERE id = 2")
	c.sql("UPDATE followers SET status = 'erased' WHERE id = 3")
	c.notice(ippo.NoticeEventReminder, "あすのイベント")
	c.notice(ippo.NoticeFollowUp, "その後いかがですか")
	for id := ippo.FollowerID(2); id <= 3; id++ {
		c.notice(ippo.NoticeEventReminder, "あすのイベント", func(n *ippo.Notice) { n.Follower = id })
	}
	c.sendNotices()
	c.became("accepted", "skipped "+reasonOptOut, "skipped "+reasonBlocked, "skipped "+reasonErased)
	c.received("あすのイベント", 1, 0, 0)
	c.received("その後", 0, 0, 0)
}

// When the month's messages are spent, notices wait, staff are told once, and what fits goes. What LINE
// refuses for it, because others used the last ones meanwhile, is as if it had not been asked.
func TestNoticesWaitForTheMonth(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.platform.SetQuota(10)
	c.platform.SetUsed(9)
	for _, words := range []string{"いち", "に", "さん"} {
		c.notice(ippo.NoticeGroupAnswer, words)
	}
	next := c.sendNotices()
	c.became("accepted", "pending "+reasonNoQuota, "pending "+reasonNoQuota)
	if n, reason, err := c.store.StuckNotices(t.Context()); err != nil || n != 2 || reason != reasonNoQuota {
		t.Errorf("%d stuck for %q, %v", n, reason, err)
	}
	for range 3 {
		c.at(next)
		c.platform.Inject(linesim.Fault{Endpoint: linesim.Quota, When: linesim.Before, Status: 500, Times: 1}) // LINE does not say, and refuses
		next = c.sendNotices()
	}
	c.became("accepted", "pending "+reasonNoQuota, "pending "+reasonNoQuota)
	mails, err := c.store.DueMails(t.Context(), c.clock(), 100)
	if err != nil || len(mails) != 1 || !strings.Contains(mails[0].Body, "/admin/notices") {
		t.Errorf("mails %+v, %v", mails, err)
	}
	c.platform.SetQuota(1000)
	c.at(next)
	c.sendNotices()
	c.became("accepted", "accepted", "accepted")
	if n, _, err := c.store.StuckNotices(t.Context()); err != nil || n != 0 {
		t.Errorf("%d stuck, %v", n, err)
	}
}

// One planned twice is one; a cancelled one does not leave, and can be planned anew.
func TestNoticePlannedOnceAndCancelled(t *testing.T) {
	c := newCenter(t, 1, options{})
	keyed := func(key string) func(*ippo.Notice) {
		return func(n *ippo.Notice) { n.Key, n.Due = key, tuesday.Add(time.Hour) }
	}
	for _, key := range []string{"event-reminder:12:1:day", "event-reminder:12:1:day", "event-reminder:12:1:hours", "event-reminder:123:1:day"} {
		c.notice(ippo.NoticeEventReminder, "イベント"+key, keyed(key))
	}
	c.became("pending", "pending", "pending")
	if next := c.sendNotices(); !next.Equal(tuesday.Add(time.Hour)) {
		t.Errorf("looks again at %v", next)
	}
	if err := c.store.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.CancelNotice(t.Context(), "event-reminder:12:1"); err != nil { // no such key
			return err
		}
		return tx.CancelNotices(t.Context(), "event-reminder:12:")
	}); err != nil {
		t.Fatal(err)
	}
	c.notice(ippo.NoticeEventReminder, "やはり来ます", keyed("event-reminder:12:1:day"))
	c.at(tuesday.Add(time.Hour))
	c.sendNotices()
	c.became("skipped 取り消し", "skipped 取り消し", "accepted", "accepted")
	c.received("やはり来ます", 1)
}

// What LINE refuses is not tried for ever.
func TestNoticeRefused(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.sql("UPDATE followers SET line_user_id = ? WHERE id = 1", userID(99)) // whom LINE does not know
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.Before, Status: 400, Times: 1})
	c.notice(ippo.NoticeCard, "会員証")
	c.sendNotices()
	list, err := c.store.Notices(t.Context(), store.NoticeFilter{State: ippo.DeliveryFailed, Kind: ippo.NoticeCard, Limit: 10})
	if err != nil || len(list) != 1 || list[0].Reason == "" {
		t.Errorf("%+v, %v", list, err)
	}
}

// A wrong access token loses nothing.
func TestNoticesWaitForTheToken(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.Before, Status: 401, Times: 1})
	c.notice(ippo.NoticeCard, "会員証")
	next := c.sendNotices()
	c.became("pending " + reasonNoToken)
	c.at(next)
	c.sendNotices()
	c.received("会員証", 1)
}

// BenchmarkNotices10k plans 10,000 follow-ups that are due at once, and sends them by way of a simulated
// LINE that answers at once and without rates.
func BenchmarkNotices10k(b *testing.B) {
	const people = 10_000
	c := newCenter(b, people, options{sim: linesim.Options{DiscardMessages: true}})
	var planning time.Duration
	for round := 0; b.Loop(); round++ {
		all := make([]ippo.Notice, people)
		for i := range all {
			all[i] = ippo.Notice{
				Follower: ippo.FollowerID(i + 1), Kind: ippo.NoticeFollowUp, Key: fmt.Sprintf("follow-up:%d:%d", i, round),
				Messages: []ippo.Message{text(fmt.Sprintf("その後いかがですか（%d回目）", round))},
			}
		}
		start := time.Now()
		if err := c.store.AddNotice(b.Context(), all...); err != nil {
			b.Fatal(err)
		}
		planning += time.Since(start)
		c.sendNotices()
		c.wait(2 * time.Hour)
		if round%4 == 3 {
			c.at(tuesday.AddDate(0, 0, round))
		}
	}
	if n := c.platform.Calls()[linesim.Push]; int(n) != people*b.N {
		b.Errorf("%d sent, want %d", n, people*b.N)
	}
	b.ReportMetric(planning.Seconds()/float64(b.N), "planning-s/op")
}
