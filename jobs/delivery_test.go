package jobs

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
)

func TestEveryoneOnce(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.sql(`UPDATE followers SET status = 'blocked' WHERE id = 3`)
	b := c.approved("花火大会")
	if next := c.run(); !next.IsZero() {
		t.Errorf("more to do at %v", next)
	}
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
	c.received("花火大会", 1, 1, 0)
	c.run()
	c.received("花火大会", 1, 1, 0)
	asked, err := c.store.Asked(t.Context(), b.ID, 0, 10)
	if err != nil || len(asked) != 1 || asked[0].RequestID == "" || asked[0].People != 2 {
		t.Errorf("LINE was asked %+v, %v", asked, err)
	}
}

// LINE accepted the request but its answer was lost. Nobody may get the notice twice, and it counts
// as accepted.
func TestLostAnswer(t *testing.T) {
	faults := map[string]linesim.Fault{
		"502 after accepting":   {When: linesim.After, Status: http.StatusBadGateway},
		"cut after accepting":   {When: linesim.After, Drop: true},
		"hangs after accepting": {When: linesim.After, Hang: true},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t, 2, options{line: line.Config{Timeout: 200 * time.Millisecond}})
			fault.Endpoint, fault.Times = linesim.Multicast, 1
			c.platform.Inject(fault)
			b := c.approved("断水のお知らせ")
			next := c.run()
			c.expect(b, ippo.BroadcastSending, ippo.Tally{Pending: 2})
			if wait := next.Sub(c.clock()); wait <= 0 || wait > time.Second {
				t.Errorf("next attempt in %v", wait)
			}
			c.run() // too early
			if n := c.platform.Calls()[linesim.Multicast]; n != 1 {
				t.Errorf("%d calls before the next attempt is due, want 1", n)
			}
			c.at(next)
			c.run()
			c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
			c.received("断水のお知らせ", 1, 1)
		})
	}
}

// LINE refused for a while: the same request goes again, later and later.
func TestTriesAgain(t *testing.T) {
	faults := map[string]linesim.Fault{
		"500":      {Status: http.StatusInternalServerError},
		"too fast": {Status: http.StatusTooManyRequests},
		"cut":      {Drop: true},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			var keys []string
			c := newCenter(t, 2, options{})
			fault.Endpoint, fault.Times = linesim.Multicast, 4
			c.platform.Inject(fault)
			c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, When: linesim.After, Times: 0, Match: func(r *http.Request) bool {
				keys = append(keys, r.Header.Get("X-Line-Retry-Key"))
				return false
			}})
			b := c.approved("お知らせ")
			c.runAll()
			c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
			c.received("お知らせ", 1, 1)
			for _, k := range keys {
				if k != keys[0] {
					t.Errorf("retry keys %q differ", keys)
				}
			}
			if len(keys) != 5 {
				t.Errorf("%d calls, want 5", len(keys))
			}
		})
	}
}

// After 24 hours the key would send again, so staff decide.
func TestUnknownAfterADay(t *testing.T) {
	c := newCenter(t, 2, options{})
	remove := c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, When: linesim.After, Status: 500})
	b := c.approved("お知らせ", emergency)
	c.run()
	remove()
	c.wait(24 * time.Hour)
	c.runAll()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Unknown: 2})
	c.received("お知らせ", 1, 1)
	if !c.mailed("2人は失敗または不明") {
		t.Error("staff were not told")
	}
}

// When the clock went back nobody knows how old a key is.
func TestUnknownWhenTheClockGoesBack(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, When: linesim.After, Status: 500, Times: 1})
	b := c.approved("お知らせ")
	c.run()
	c.wait(-time.Hour)
	c.run() // not only when the time comes again at which it was to be tried
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Unknown: 1})
	c.received("お知らせ", 1)
}

func TestQuotaDoesNotFit(t *testing.T) {
	c := newCenter(t, 3, options{sim: linesim.Options{Quota: 2}})
	b := c.approved("お知らせ")
	c.run()
	held := c.expect(b, ippo.BroadcastHeld, ippo.Tally{Pending: 3})
	if want := "送る前に保留しました。今月の残りは2通です。この配信には3通が要るため、送れません。送れるようにするには: 宛先を2人までにしぼる。"; held.Reason != want {
		t.Errorf("reason %q", held.Reason)
	}
	if n := c.platform.Calls()[linesim.Multicast]; n != 0 {
		t.Errorf("%d calls", n)
	}
	if !c.mailed("保留") {
		t.Error("staff were not told")
	}
	c.platform.SetQuota(3)
	if err := c.store.ReleaseBroadcast(t.Context(), c.approver, b.ID, "確かめました"); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 3})
}

// LINE does not tell what is left of the month: a broadcast waits a little for the answer, not for
// ever, since LINE serves nobody past the limit anyway.
func TestQuotaNotTold(t *testing.T) {
	t.Run("never", func(t *testing.T) {
		c := newCenter(t, 1, options{})
		c.platform.Inject(linesim.Fault{Endpoint: linesim.Quota, Status: http.StatusNotFound})
		b := c.approved("花火大会")
		c.run()
		c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
	})
	t.Run("for a while", func(t *testing.T) {
		c := newCenter(t, 1, options{})
		c.platform.Inject(linesim.Fault{Endpoint: linesim.Quota, Status: http.StatusInternalServerError})
		b := c.approved("花火大会")
		next := c.run()
		c.expect(b, ippo.BroadcastApproved, ippo.Tally{Pending: 1})
		for range 20 {
			if next.IsZero() {
				break
			}
			c.at(next)
			next = c.run()
		}
		c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
	})
}

// The month's messages were spent elsewhere after the broadcast had begun: it stops, nobody has
// failed, and next month the rest can go.
func TestQuotaSpentOnTheWay(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Status: 429, Message: "You have reached your monthly limit.", Times: 1})
	b := c.approved("お知らせ")
	c.run()
	paused := c.expect(b, ippo.BroadcastPaused, ippo.Tally{Pending: 2})
	if paused.Reason != reasonQuotaSpent || !c.mailed(reasonQuotaSpent) {
		t.Errorf("reason %q", paused.Reason)
	}
	c.run()
	if n := c.platform.Calls()[linesim.Multicast]; n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	c.at(time.Date(2026, 4, 2, 9, 0, 0, 0, ippo.Tokyo))
	if err := c.store.ResumeBroadcast(t.Context(), c.approver, b.ID); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
	c.received("お知らせ", 1, 1)
}

func TestTokenRefused(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Status: 401, Times: 1})
	b := c.approved("お知らせ")
	c.run()
	paused := c.expect(b, ippo.BroadcastPaused, ippo.Tally{Pending: 2})
	if paused.Reason != reasonToken {
		t.Errorf("reason %q", paused.Reason)
	}
	if err := c.store.ResumeBroadcast(t.Context(), c.approver, b.ID); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
	c.received("お知らせ", 1, 1)
}

// LINE serves nobody when it does not know one of the recipients: that one has failed, the others
// get it under a new key.
func TestRefusedRecipient(t *testing.T) {
	c := newCenter(t, 4, options{sim: linesim.Options{RefuseUnknownRecipients: true}})
	stranger := "U" + "ffffffffffffffffffffffffffffffff"
	c.sql(`UPDATE followers SET line_user_id = ? WHERE id = 2`, stranger)
	b := c.approved("お知らせ")
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 3, Failed: 1})
	c.received("お知らせ", 1, 0, 1, 1)
	reasons, err := c.store.Reasons(t.Context(), b.ID)
	if err != nil || len(reasons) != 1 || reasons[0].Reason != reasonRecipient || reasons[0].Count != 1 {
		t.Errorf("reasons %+v, %v", reasons, err)
	}
}

// LINE accepted the request, its answer was lost, and then LINE refused the very same one: a new key
// would send it to the others twice, so staff decide.
func TestRefusedAfterLostAnswer(t *testing.T) {
	for name, message := range map[string]string{
		"recipient": "The property, to[0], in the request body is invalid (line: -, column: -)",
		"message":   "The request body has 1 error(s)",
	} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t, 3, options{})
			c.platform.FailNext(http.StatusInternalServerError)
			b := c.approved("お知らせ")
			next := c.run()
			c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Status: 400, Message: message, Times: 1})
			c.at(next)
			c.runAll()
			is, err := c.store.Broadcast(t.Context(), b.ID)
			if err != nil {
				t.Fatal(err)
			}
			c.expect(b, is.Status, ippo.Tally{Unknown: 3})
			if !is.Status.Finished() {
				t.Errorf("it is %s", is.Status)
			}
			c.received("お知らせ", 1, 1, 1)
		})
	}
}

// What LINE refuses for good is not tried on everyone else.
func TestRefusedMessage(t *testing.T) {
	c := newCenter(t, 2, options{parallel: 1})
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Status: 400, Message: "The request body has 1 error(s)"})
	b := c.approved("お知らせ")
	c.run()
	failed := c.expect(b, ippo.BroadcastFailed, ippo.Tally{Failed: 2})
	if failed.Reason == "" || !c.mailed("失敗") {
		t.Errorf("reason %q", failed.Reason)
	}
	c.run()
	if n := c.platform.Calls()[linesim.Multicast]; n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// A pause lets at most what is under way go out, a cancel ends it, and what LINE answers afterwards
// is still recorded.
func TestPauseResumeCancel(t *testing.T) {
	c := newCenter(t, 5*ippo.MaxRecipients, options{parallel: 1})
	ctx := t.Context()
	b := c.approved("お知らせ")
	var calls atomic.Int32
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Match: func(*http.Request) bool {
		switch calls.Add(1) {
		case 2:
			if err := c.store.PauseBroadcast(ctx, c.writer, b.ID, "様子を見ます"); err != nil {
				t.Error(err)
			}
		case 3:
			if err := c.store.CancelBroadcast(ctx, c.writer, b.ID); err != nil {
				t.Error(err)
			}
		}
		return false
	}})
	c.run()
	c.expect(b, ippo.BroadcastPaused, ippo.Tally{Accepted: 1000, Pending: 1500})
	if err := c.store.ResumeBroadcast(ctx, c.writer, b.ID); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.expect(b, ippo.BroadcastCancelled, ippo.Tally{Accepted: 1500, Skipped: 1000})
	if n := calls.Load(); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

// A large broadcast does not starve a small one, and an emergency goes before both.
func TestTurnsAndEmergencies(t *testing.T) {
	c := newCenter(t, 8*ippo.MaxRecipients, options{parallel: 1})
	large := c.approved("大きなお知らせ")
	small := c.approved("小さなお知らせ", func(b *ippo.Broadcast) { b.Audience = ippo.Audience{Ambassadors: true} })
	c.sql(`INSERT INTO delivery_requests (broadcast_id, retry_key, members, size, state) VALUES (?, '123e4567-e89b-12d3-a456-426614174000', ?, 1, 'pending')`,
		small.ID, ippo.PackMembers([]ippo.FollowerID{1}))
	var order []ippo.BroadcastID
	var urgent *ippo.Broadcast
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Match: func(r *http.Request) bool {
		var id ippo.BroadcastID
		err := c.database().QueryRow(`SELECT broadcast_id FROM delivery_requests WHERE retry_key = ?`, r.Header.Get("X-Line-Retry-Key")).Scan(&id)
		if err != nil {
			t.Error(err)
		}
		order = append(order, id)
		if len(order) == 4 {
			urgent = c.approved("避難してください", emergency)
			c.Wake()
		}
		return false
	}})
	c.run()
	if len(order) != 17 {
		t.Fatalf("%d calls, want 17", len(order))
	}
	if order[0] != small.ID && order[1] != small.ID {
		t.Errorf("the small broadcast waited: %v", order)
	}
	// One more may have been chosen before the emergency was approved.
	if last := slices.Index(order[5:], large.ID); last < 7 || slices.Contains(order[13:], urgent.ID) {
		t.Errorf("the emergency waited: %v", order)
	}
	c.expect(large, ippo.BroadcastSent, ippo.Tally{Accepted: 4000})
	c.expect(small, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
	c.expect(urgent, ippo.BroadcastSent, ippo.Tally{Accepted: 4000})
}

func TestQuietHours(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.at(time.Date(2026, 3, 31, 19, 59, 0, 0, ippo.Tokyo))
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, Status: 500, Times: 1})
	begun := c.approved("夕方のお知らせ")
	c.run()
	late := c.approved("夜のお知らせ")
	c.wait(2 * time.Minute)
	urgent := c.approved("避難してください", emergency)
	next := c.run()
	c.expect(urgent, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
	held := c.expect(late, ippo.BroadcastHeld, ippo.Tally{Pending: 1})
	if want := "20:00から08:00までは送信しないため、保留しました。2026年4月1日（水）08:00から再開できます。"; held.Reason != want {
		t.Errorf("reason %q", held.Reason)
	}
	// What had begun waits for the morning, also to be tried again.
	c.expect(begun, ippo.BroadcastSending, ippo.Tally{Pending: 1})
	if want := time.Date(2026, 4, 1, 8, 0, 0, 0, ippo.Tokyo); !next.Equal(want) {
		t.Errorf("next at %v, want %v", next, want)
	}
	c.at(next)
	c.run()
	c.expect(begun, ippo.BroadcastSent, ippo.Tally{Accepted: 1})
	c.received("夕方のお知らせ", 1)
	c.received("夜のお知らせ", 0)
}

func TestScheduledAndLate(t *testing.T) {
	c := newCenter(t, 1, options{})
	three := time.Date(2026, 3, 31, 15, 0, 0, 0, ippo.Tokyo)
	at := func(b *ippo.Broadcast) { b.SendAt = three }
	onTime, late := c.approved("三時に", at), ippo.Broadcast{}
	if next := c.run(); !next.Equal(three) {
		t.Errorf("next at %v, want %v", next, three)
	}
	c.expect(onTime, ippo.BroadcastApproved, ippo.Tally{Pending: 1})
	c.at(three)
	late = *c.approved("三時のはずが", at)
	c.sql(`UPDATE broadcasts SET status = 'paused' WHERE id = ?`, late.ID)
	c.run()
	c.expect(onTime, ippo.BroadcastSent, ippo.Tally{Accepted: 1})

	// The program was down for 31 minutes.
	c.sql(`UPDATE broadcasts SET status = 'approved' WHERE id = ?`, late.ID)
	c.wait(31 * time.Minute)
	c.run()
	c.expect(&late, ippo.BroadcastHeld, ippo.Tally{Pending: 1})
	c.received("三時のはずが", 0)
}

// Who blocked the account before the first call is left out; who did so between a lost answer and
// the next attempt is not, since the request must not change.
func TestBlockedMeanwhile(t *testing.T) {
	c := newCenter(t, 3, options{})
	b := c.approved("お知らせ")
	c.sql(`UPDATE followers SET status = 'blocked' WHERE id = 1`)
	c.platform.FailNext(http.StatusInternalServerError)
	next := c.run()
	c.sql(`UPDATE followers SET status = 'blocked' WHERE id = 2`)
	c.at(next)
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2, Skipped: 1})
	c.received("お知らせ", 0, 1, 1)
}

func TestNobodyLeft(t *testing.T) {
	c := newCenter(t, 1, options{})
	b := c.approved("お知らせ")
	c.sql(`UPDATE followers SET status = 'blocked'`)
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Skipped: 1})
	if n := c.platform.Calls()[linesim.Multicast]; n != 0 {
		t.Errorf("%d calls", n)
	}
}

// LINE is down: the circuit opens after a few calls instead of trying everyone in vain, and when
// LINE is back everything goes out once.
func TestLINEDown(t *testing.T) {
	var now atomic.Int64
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	c := newCenter(t, 20*ippo.MaxRecipients, options{parallel: 4, line: line.Config{CircuitFailures: 5, CircuitCooldown: 10 * time.Second, Now: clock}})
	remove := c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, When: linesim.After, Status: 503})
	b := c.approved("お知らせ")
	next := c.run()
	if n := c.platform.Calls()[linesim.Multicast]; n < 5 || n > 8 {
		t.Errorf("%d calls while LINE is down, want about 5", n)
	}
	if next.IsZero() {
		t.Error("nobody looks again")
	}
	remove()
	now.Add(11)
	c.wait(11 * time.Second)
	c.runAll()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 10_000})
	c.received("お知らせ", 1, 1, 1)
}

// Run delivers what is approved while it runs, and ends when it is told to.
func TestRunAndDrain(t *testing.T) {
	c := newCenter(t, 2, options{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	b := c.approved("お知らせ")
	c.Wake()
	if err := c.platform.WaitFor(t.Context(), func() bool { return len(c.platform.SentTo(userID(2))) == 1 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	is, err := c.store.Broadcast(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	tally, err := c.store.Tally(t.Context(), b.ID)
	if err != nil || tally.Accepted != 2 {
		t.Errorf("%s %+v, %v: what LINE accepted was not recorded", is.Status, tally, err)
	}
}

func TestBackoff(t *testing.T) {
	for attempts, longest := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 3: 8 * time.Second, 9: 5 * time.Minute, 1 << 40: 5 * time.Minute} {
		for range 100 {
			if got := backoff(time.Second, attempts); got > longest || got <= longest/2-1 {
				t.Fatalf("after %d attempts: %v, want between half of and all of %v", attempts, got, longest)
			}
		}
	}
}
