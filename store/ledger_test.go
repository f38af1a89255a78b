package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
)

// sent is a broadcast to 600 people in two requests: LINE accepted one, the other is unknown, and
// one person was left out of each.
func sent(t *testing.T, s *Store) *ippo.Broadcast {
	t.Helper()
	noon(s)
	town(t, s, make([]string, 600)...)
	b := approved(t, s)
	if err := s.StartBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	pending, err := s.PendingRequests(t.Context(), b.ID, 0, 10)
	if err != nil || len(pending) != 2 {
		t.Fatalf("%d requests, %v", len(pending), err)
	}
	for i, o := range []Outcome{
		{State: ippo.DeliveryAccepted, RequestID: "r1"},
		{State: ippo.DeliveryUnknown, RequestID: "r2", Reason: "返事がありませんでした"},
	} {
		r := &pending[i]
		left := []Exception{{r.Members[3], ippo.DeliverySkipped, "ブロックされました"}}
		if err := s.BeginRequest(t.Context(), r, left, []byte("body")); err != nil {
			t.Fatal(err)
		}
		if err := s.EndRequest(t.Context(), r, o); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.FinishBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	return b
}

func findings(t *testing.T, s *Store) []string {
	t.Helper()
	found, err := s.CheckLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for _, f := range found {
		messages = append(messages, f.Message)
	}
	return messages
}

func sabotage(t *testing.T, s *Store, query string, args ...any) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.exec(t.Context(), query, args...) }); err != nil {
		t.Fatal(err)
	}
}

// A sound ledger gives no finding, and whatever is put wrong in it behind our back gives one.
func TestCheckLedgerFinds(t *testing.T) {
	for want, query := range map[string]string{
		"":             `SELECT 1`,
		"宛先の一覧が壊れています": `UPDATE delivery_requests SET members = x'ff' WHERE id = 1`,
		"宛先は499人のはずが、500人です":        `UPDATE delivery_requests SET size = 499 WHERE id = 1`,
		"承認のときは600人でしたが、台帳では100人です": `DELETE FROM delivery_requests WHERE id = 1`,
		"宛先にいない人の記録があります":           `INSERT INTO delivery_exceptions VALUES (1, 599, 'skipped', '')`,
		"同じ人が2回、宛先に入っています":          `UPDATE delivery_requests SET members = (SELECT members FROM delivery_requests WHERE id = 1), size = 500 WHERE id = 2`,
		"再試行の鍵の形が正しくありません":          `UPDATE delivery_requests SET retry_key = 'k' WHERE id = 1`,
		"LINEに送った内容の記録がありません":       `UPDATE delivery_requests SET body_sha256 = NULL WHERE id = 2`,
		"終わった時刻の記録が、状態と合いません":       `UPDATE delivery_requests SET answered_at = NULL WHERE id = 1`,
		"終わったのに、次に送る時刻があります":        `UPDATE delivery_requests SET next_attempt_at = '2026-04-01T00:00:00.000Z' WHERE id = 1`,
		"受付番号か、送った時刻の記録がありません":      `UPDATE delivery_requests SET line_request_id = '' WHERE id = 1`,
		"対象外なのに、LINEに送っています":        `UPDATE delivery_requests SET state = 'skipped' WHERE id = 1`,
		"不明なのに、LINEに送った記録がありません":    `UPDATE delivery_requests SET first_called_at = NULL WHERE id = 2`,
		"職員が決めた記録があります":             `UPDATE delivery_requests SET settled_by = 1 WHERE id = 1`,
		"まだ送る予定です":                  `UPDATE delivery_requests SET state = 'pending', answered_at = NULL WHERE id = 2`,
		"配信が始まる前に、LINEに送っています":      `UPDATE broadcasts SET started_at = NULL`,
		"承認されていないのに、宛先が決まっています":     `UPDATE broadcasts SET status = 'draft'`,
	} {
		t.Run(want, func(t *testing.T) {
			s := newStore(t)
			sent(t, s)
			sabotage(t, s, query)
			found := findings(t, s)
			if want == "" && len(found) > 0 || want != "" && !slices.ContainsFunc(found, func(m string) bool { return strings.Contains(m, want) }) {
				t.Errorf("findings %q, want %q", found, want)
			}
		})
	}
}

// Notices are held to the rules of requests.
func TestCheckLedgerFindsInNotices(t *testing.T) {
	for want, query := range map[string]string{
		"": `SELECT 1`,
		"再試行の鍵の形が正しくありません":       `UPDATE notices SET retry_key = 'k' WHERE id = 1`,
		"再試行の鍵が、ほかの要求と同じです":      `UPDATE notices SET retry_key = (SELECT retry_key FROM delivery_requests) WHERE id = 1`,
		"LINEに送った内容の記録がありません":    `UPDATE notices SET body_sha256 = NULL WHERE id = 1`,
		"受付番号か、送った時刻の記録がありません":   `UPDATE notices SET line_request_id = '' WHERE id = 1`,
		"対象外なのに、LINEに送っています":     `UPDATE notices SET state = 'skipped' WHERE id = 1`,
		"終わったのに、次に送る時刻があります":     `UPDATE notices SET next_attempt_at = due_at WHERE id = 1`,
		"これから送るのに、次に送る時刻がありません":  `UPDATE notices SET next_attempt_at = NULL WHERE id = 2`,
		"本文の有無が、状態と合いません":        `UPDATE notices SET messages = NULL WHERE id = 2`,
		"不明なのに、LINEに送った記録がありません": `UPDATE notices SET state = 'unknown', answered_at = due_at, next_attempt_at = NULL, messages = NULL WHERE id = 2`,
	} {
		t.Run(want, func(t *testing.T) {
			s := newStore(t)
			noon(s)
			town(t, s, "")
			approved(t, s)
			for _, kind := range []ippo.NoticeKind{ippo.NoticeCard, ippo.NoticeFollowUp} {
				if err := s.AddNotice(t.Context(), ippo.Notice{Follower: 1, Kind: kind, Messages: draft().Messages}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.DecideNotices(t.Context(), []NoticeDecision{{Notice: &ippo.Notice{ID: 1}, Sum: []byte("sum"), Next: s.Now()}}); err != nil {
				t.Fatal(err)
			}
			if err := s.EndNotice(t.Context(), 1, Outcome{State: ippo.DeliveryAccepted, RequestID: "r"}); err != nil {
				t.Fatal(err)
			}
			sabotage(t, s, query)
			found := findings(t, s)
			if want == "" && len(found) > 0 || want != "" && !slices.ContainsFunc(found, func(m string) bool { return strings.Contains(m, want) }) {
				t.Errorf("findings %q, want %q", found, want)
			}
		})
	}
}

func TestUnknownCountsAsSent(t *testing.T) {
	s := newStore(t)
	b := sent(t, s)
	groups, err := s.Unknowns(t.Context(), b.ID)
	if err != nil || len(groups) != 1 {
		t.Fatalf("%+v, %v", groups, err)
	}
	shown := groups[0]
	if shown.People != 99 || shown.Requests != 1 || shown.SettledBy != "" || !shown.First.Equal(s.Now()) {
		t.Errorf("shown %+v", shown)
	}
	stale := shown
	stale.Requests++
	if err := s.SettleUnknown(t.Context(), 2, b.ID, stale); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("a group that has changed: %v", err)
	}
	if err := s.SettleUnknown(t.Context(), 2, b.ID, shown); err != nil {
		t.Fatal(err)
	}
	if err := s.SendUnknownAgain(t.Context(), 2, b.ID, shown, "届いていないと聞いたため"); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("sending again what counts as sent: %v", err)
	}
	if groups, err := s.Unknowns(t.Context(), b.ID); err != nil || len(groups) != 1 || groups[0].SettledBy != "承認" {
		t.Errorf("afterwards %+v, %v", groups, err)
	}
	if n := tallied(t, s, b.ID); n != (ippo.Tally{Recipients: 600, Accepted: 499, Skipped: 2, Unknown: 99}) {
		t.Errorf("the ledger says %+v", n)
	}
	if found := findings(t, s); found != nil {
		t.Errorf("findings %q", found)
	}
	if is, err := s.Broadcast(t.Context(), b.ID); err != nil || is.Status != ippo.BroadcastSent {
		t.Errorf("it is %s, %v", is.Status, err)
	}
}

func TestUnknownSentAgain(t *testing.T) {
	s := newStore(t)
	b := sent(t, s)
	groups, err := s.Unknowns(t.Context(), b.ID)
	if err != nil || len(groups) != 1 {
		t.Fatalf("%+v, %v", groups, err)
	}
	var old ippo.DeliveryRequest
	if old.RetryKey, err = one(t.Context(), s.ro, scanText, "SELECT retry_key FROM delivery_requests WHERE id = 2"); err != nil {
		t.Fatal(err)
	}
	if err := s.SendUnknownAgain(t.Context(), 2, b.ID, groups[0], "届いていないと聞いたため"); err != nil {
		t.Fatal(err)
	}
	if err := s.SendUnknownAgain(t.Context(), 2, b.ID, groups[0], "届いていないと聞いたため"); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("the same button twice: %v", err)
	}
	pending, err := s.PendingRequests(t.Context(), b.ID, 0, 10)
	if err != nil || len(pending) != 1 || pending[0].RetryKey == old.RetryKey || !pending[0].FirstCalledAt.IsZero() {
		t.Fatalf("to be sent: %+v, %v", pending, err)
	}
	if n := tallied(t, s, b.ID); n != (ippo.Tally{Recipients: 600, Accepted: 499, Skipped: 2, Pending: 99}) {
		t.Errorf("the ledger says %+v", n)
	}
	// What LINE was asked before stays to be told.
	asked, err := s.Asked(t.Context(), b.ID, 1, 10)
	if err != nil || len(asked) != 1 || !asked[0].First.IsZero() || asked[0].RequestID != "" || len(asked[0].Earlier) != 1 {
		t.Fatalf("asked %+v, %v", asked, err)
	}
	if e := asked[0].Earlier[0]; e.RetryKey != old.RetryKey || e.People != 99 || e.RequestID != "r2" || e.First.IsZero() || e.Answered.IsZero() || e.Reason != "返事がありませんでした" {
		t.Errorf("earlier %+v", e)
	}
	if n, err := s.CountAsked(t.Context(), b.ID); err != nil || n != 2 {
		t.Errorf("%d requests that LINE was asked, %v", n, err)
	}
	// An answer to the call of then says nothing of the one to come.
	old.ID = 2
	if err := s.EndRequest(t.Context(), &old, Outcome{State: ippo.DeliveryAccepted, RequestID: "late"}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("a late answer: %v", err)
	}
	if found := findings(t, s); found != nil {
		t.Errorf("findings %q", found)
	}
	log, err := s.AuditLog(t.Context(), AuditFilter{Limit: 1})
	if err != nil || log[0].Action != "broadcast.repeat" || log[0].Staff != 2 || log[0].Detail != "99人（1件）: 返事がありませんでした。理由: 届いていないと聞いたため" {
		t.Errorf("log %+v, %v", log, err)
	}
}

// The pace is that of the last seconds, and none while nothing is sent.
func TestPace(t *testing.T) {
	s := newStore(t)
	noon(s)
	began := s.Now()
	wait := func(d time.Duration) { s.Now = func() time.Time { return began.Add(d) } }
	town(t, s, make([]string, 1500)...)
	b := approved(t, s)
	want := func(when string, perSecond float64, left time.Duration) {
		t.Helper()
		is, err := s.Broadcast(t.Context(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Pace(t.Context(), is, tallied(t, s, b.ID).Pending); err != nil || got != (ippo.Pace{PerSecond: perSecond, Left: left}) {
			t.Errorf("%s: %+v, %v; want %v a second, %v left", when, got, err, perSecond, left)
		}
	}
	want("approved", 0, 0)
	if err := s.StartBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	want("just begun", 0, 0)
	pending, err := s.PendingRequests(t.Context(), b.ID, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range pending[:2] {
		wait(time.Duration(i+1) * 2 * time.Second)
		if err := s.BeginRequest(t.Context(), &pending[i], nil, []byte("body")); err != nil {
			t.Fatal(err)
		}
		if err := s.EndRequest(t.Context(), &pending[i], Outcome{State: ippo.DeliveryAccepted, RequestID: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	want("1,000 in 4 seconds", 250, 2*time.Second)
	wait(13 * time.Second)
	want("500 in the last 10 seconds", 50, 10*time.Second)
	wait(time.Minute)
	want("LINE has stopped answering", 0, 0)
	if err := s.PauseBroadcast(t.Context(), 1, b.ID, ""); err != nil {
		t.Fatal(err)
	}
	want("paused", 0, 0)
}
