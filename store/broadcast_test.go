package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
)

// town fills a store with two topics, two areas, members of staff and followers; it returns the
// staff: two who approve and one who writes.
func town(t testing.TB, s *Store, followers ...string) (writer, approver, other ippo.StaffID) {
	t.Helper()
	err := s.Write(t.Context(), func(t *Tx) error {
		for _, q := range []string{
			`INSERT INTO topics (number, slug, name) VALUES (0, 'kosodate', '子育て'), (1, 'fukushi', '福祉')`,
			`INSERT INTO areas (number, slug, name) VALUES (0, 'chuo', '中央'), (1, 'sakae', '栄')`,
			`INSERT INTO staff (id, name, email, role, password, created_at) VALUES
				(1, '作成', 'w@example.jp', 'editor', 'x', '2026-01-01T00:00:00.000Z'),
				(2, '承認', 'a@example.jp', 'approver', 'x', '2026-01-01T00:00:00.000Z'),
				(3, '管理', 'b@example.jp', 'admin', 'x', '2026-01-01T00:00:00.000Z')`,
		} {
			if _, err := t.tx.Exec(q); err != nil {
				return err
			}
		}
		for i, f := range followers {
			var topics, areas ippo.Choice
			status, stopped := "active", 0
			for _, word := range strings.Fields(f) {
				switch word {
				case "kosodate":
					topics = topics.With(0)
				case "fukushi":
					topics = topics.With(1)
				case "all-topics":
					topics = ippo.Everything
				case "chuo":
					areas = areas.With(0)
				case "sakae":
					areas = areas.With(1)
				case "blocked":
					status = "blocked"
				case "stopped":
					stopped = 1
				}
			}
			if _, err := t.tx.Exec(`INSERT INTO followers (id, line_user_id, status, topics, areas, stopped, followed_at)
				VALUES (?, ?, ?, ?, ?, ?, '2026-01-01T00:00:00.000Z')`,
				i+1, fmt.Sprintf("U%032x", i+1), status, int64(topics), int64(areas), stopped); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return 1, 2, 3
}

func noon(s *Store) {
	s.Now = func() time.Time { return time.Date(2026, 3, 31, 12, 0, 0, 0, ippo.Tokyo) }
}

func draft() *ippo.Broadcast {
	return &ippo.Broadcast{
		Title:    "断水のお知らせ",
		Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"断水します。"}`)},
		Audience: ippo.Audience{All: true},
		Origin:   ippo.OriginPanel,
	}
}

// answered has the office name who answers the telephone outside opening hours.
func answered(t testing.TB, s *Store) {
	t.Helper()
	settings := ippo.DefaultSettings()
	settings.Modules = ippo.Modules()
	settings.Office.Phone, settings.OnCall = "000-111-2222", "当番"
	if err := s.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
}

// approved makes, and has a colleague approve, a broadcast to everyone.
func approved(t testing.TB, s *Store) *ippo.Broadcast {
	t.Helper()
	b := draft()
	if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: b.Hash()}); err != nil {
		t.Fatal(err)
	}
	return b
}

func tallied(t testing.TB, s *Store, id ippo.BroadcastID) ippo.Tally {
	t.Helper()
	n, err := s.Tally(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if sum := n.Accepted + n.Failed + n.Skipped + n.Unknown + n.Pending; sum != n.Recipients {
		t.Fatalf("the ledger's states sum to %d of %d", sum, n.Recipients)
	}
	return n
}

func TestAudienceFollowsTheRules(t *testing.T) {
	s := newStore(t)
	town(t, s,
		"kosodate chuo",    // 1
		"kosodate sakae",   // 2
		"fukushi chuo",     // 3
		"kosodate",         // 4: skipped the areas, so all of them
		"sakae",            // 5: skipped the topics, so all of them
		"",                 // 6: おまかせ
		"all-topics sakae", // 7
		"kosodate chuo blocked",
		"kosodate chuo stopped",
	)
	for _, c := range []struct {
		rule     string
		want     []ippo.FollowerID
		unguided int
	}{
		{`{"all":true}`, []ippo.FollowerID{1, 2, 3, 4, 5, 6, 7}, 1},
		{`{"topics":["kosodate"]}`, []ippo.FollowerID{1, 2, 4, 5, 7}, 0},
		{`{"topics":["kosodate"],"areas":["sakae"]}`, []ippo.FollowerID{2, 4, 5, 7}, 0},
		{`{"topics":["kosodate","fukushi"],"areas":["chuo"]}`, []ippo.FollowerID{1, 3, 4}, 0},
		{`{"areas":["sakae"]}`, []ippo.FollowerID{2, 4, 5, 7}, 0},
	} {
		a, err := ippo.ParseAudience([]byte(c.rule))
		if err != nil {
			t.Fatalf("%s: %v", c.rule, err)
		}
		got, err := s.audienceMembers(t.Context(), a, false)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s holds %v, %v; want %v", c.rule, got, err, c.want)
		}
		n, err := s.AudienceCount(t.Context(), a)
		if err != nil || n.Count != len(c.want) || n.Unguided != c.unguided {
			t.Errorf("%s counts %+v, %v; want %d and %d", c.rule, n, err, len(c.want), c.unguided)
		}
	}
	// The same people by where they came from, what they read, how long they have been friends, and without some.
	exec(t, s, "INSERT INTO entries (id, slug, name, newcomer) VALUES (1, 'madoguchi', '窓口', 0), (2, 'poster', 'ポスター', 0)")
	exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (1, 'koza', '講座'), (70, 'kaicho', '会長')")
	exec(t, s, "INSERT INTO follower_tags (tag_id, follower_id) VALUES (1, 2), (70, 3)")
	exec(t, s, "UPDATE followers SET entry_id = 1 WHERE id IN (1, 2)")
	exec(t, s, "UPDATE followers SET entry_id = 2 WHERE id = 3")
	exec(t, s, "UPDATE followers SET language = 'ja-x-easy' WHERE id IN (2, 5)")
	exec(t, s, "UPDATE followers SET followed_at = ? WHERE id IN (4, 6)", stamp(s.Now().AddDate(0, 0, -3)))
	for rule, want := range map[string][]ippo.FollowerID{
		`{"entries":["madoguchi"]}`:                           {1, 2},
		`{"entries":["madoguchi","poster"],"areas":["chuo"]}`: {1, 3},
		`{"languages":["ja-x-easy"]}`:                         {2, 5},
		`{"languages":["en","ja"],"topics":["kosodate"]}`:     {1, 4, 7},
		`{"within":7}`:                       {4, 6},
		`{"within":2}`:                       nil,
		`{"all":true,"except":{"within":7}}`: {1, 2, 3, 5, 7},
		`{"all":true,"except":{"entries":["madoguchi"]}}`:                        {3, 4, 5, 6, 7}, // who came by none stays
		`{"all":true,"except":{"topics":["kosodate"]}}`:                          {3, 5, 6, 7},    // who left it to us stays
		`{"all":true,"except":{"areas":["sakae"],"tags":["koza","kaicho"]}}`:     {1, 4, 6},
		`{"topics":["kosodate","fukushi"],"except":{"tags":["koza"]}}`:           {1, 3, 4, 5, 7},
		`{"topics":["kosodate"],"areas":["sakae"],"except":{"within":7}}`:        {2, 5, 7},
		`{"tags":["kaicho"],"except":{"ambassadors":true,"entries":["poster"]}}`: nil,
	} {
		a, err := ippo.ParseAudience([]byte(rule))
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		got, err := s.audienceMembers(t.Context(), a, false)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s holds %v, %v; want %v", rule, got, err, want)
		}
		if n, err := s.AudienceCount(t.Context(), a); err != nil || n.Count != len(want) {
			t.Errorf("%s counts %+v, %v; want %d", rule, n, err, len(want))
		}
	}
	// 8 blocked the account, 9 stopped broadcasts; both chose 子育て and 中央.
	for rule, want := range map[string]ippo.LeftOut{
		`{"all":true}`: {Blocked: 1, Stopped: 1},
		`{"topics":["fukushi"],"areas":["sakae"]}`:        {},
		`{"all":true,"except":{"within":7}}`:              {Blocked: 1, Stopped: 1, Excepted: 2},
		`{"areas":["chuo"],"except":{"tags":["kaicho"]}}`: {Blocked: 1, Stopped: 1, Excepted: 1},
	} {
		a, err := ippo.ParseAudience([]byte(rule))
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		if got, err := s.LeftOut(t.Context(), a, false); err != nil || got != want {
			t.Errorf("%s leaves out %+v, %v; want %+v", rule, got, err, want)
		}
		sample, err := s.AudienceSample(t.Context(), a, false, 2)
		members, membersErr := s.audienceMembers(t.Context(), a, false)
		if err != nil || membersErr != nil || len(sample) != min(2, len(members)) || len(sample) > 0 && sample[0].ID != members[len(members)-1] {
			t.Errorf("%s: sample %+v of %v, %v, %v", rule, sample, members, err, membersErr)
		}
	}
	if got, err := s.LeftOut(t.Context(), ippo.Audience{All: true}, true); err != nil || got != (ippo.LeftOut{Blocked: 1}) {
		t.Errorf("an emergency leaves out %+v, %v", got, err)
	}
	for field, a := range map[string]ippo.Audience{
		"audience.entries":        {Entries: []string{"nowhere"}},
		"audience.except.tags":    {All: true, Except: &ippo.Except{Tags: []string{"nowhere"}}},
		"audience.except.topics":  {All: true, Except: &ippo.Except{Topics: []string{"nowhere"}}},
		"audience.except.entries": {All: true, Except: &ippo.Except{Entries: []string{"koza"}}},
	} {
		var p ippo.Problems
		if _, err := s.AudienceCount(t.Context(), a); !errors.As(err, &p) || p.For(field) == "" {
			t.Errorf("%+v: %v; want a problem with %s", a, err, field)
		}
	}
	_, err := s.AudienceCount(t.Context(), ippo.Audience{Topics: []string{"kosodate", "nothing"}})
	var p ippo.Problems
	if !errors.As(err, &p) || p.For("audience.topics") == "" {
		t.Errorf("an unknown topic: %v", err)
	}
}

// Who stopped all but emergencies was promised these: they are counted, frozen and sent to, also when
// they stopped after the approval.
func TestEmergencyReachesWhoStopped(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "kosodate", "kosodate stopped", "stopped", "kosodate blocked stopped")
	rule := ippo.Audience{Topics: []string{"kosodate"}}
	for emergency, want := range map[string]int{"": 0, "大雨": 2} {
		b := draft()
		b.Audience, b.Emergency = rule, emergency
		if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
			t.Fatal(err)
		}
		if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: b.Hash()}); err != nil {
			t.Fatal(err)
		}
		exec(t, s, "UPDATE followers SET stopped = 1 WHERE id = 1")
		requests, err := s.PendingRequests(t.Context(), b.ID, 0, 10)
		if err != nil || len(requests) != 1 {
			t.Fatalf("%d requests, %v", len(requests), err)
		}
		to, err := s.RecipientsOf(t.Context(), b, &requests[0])
		if err != nil || len(to.Followers) != want {
			t.Errorf("emergency %q goes to %v, %v; want %d", emergency, to.Followers, err, want)
		}
		exec(t, s, "UPDATE followers SET stopped = 0 WHERE id = 1")
	}
	if n, err := s.EmergencyCount(t.Context(), rule); err != nil || n.Count != 2 {
		t.Errorf("an emergency counts %+v, %v", n, err)
	}
}

func TestNobodyApprovesTheirOwn(t *testing.T) {
	s := newStore(t)
	noon(s)
	_, approver, other := town(t, s, "", "", "")
	b := draft()
	if err := s.CreateBroadcast(t.Context(), approver, b); err != nil {
		t.Fatal(err)
	}
	own := s.ApproveBroadcast(t.Context(), approver, b.ID, Approval{Hash: b.Hash(), Confirmed: 3})
	if !errors.Is(own, ippo.ErrForbidden) {
		t.Fatalf("the author's own approval: %v", own)
	}
	if n := tallied(t, s, b.ID); n.Recipients != 0 {
		t.Errorf("a refused approval planned %d recipients", n.Recipients)
	}
	// When the only other approver has left, the number of recipients must be typed in.
	if err := s.Write(t.Context(), func(t *Tx) error {
		return t.exec(context.Background(), "UPDATE staff SET disabled = 1 WHERE id = ?", other)
	}); err != nil {
		t.Fatal(err)
	}
	var p ippo.Problems
	if err := s.ApproveBroadcast(t.Context(), approver, b.ID, Approval{Hash: b.Hash(), Confirmed: 2}); !errors.As(err, &p) {
		t.Errorf("a wrong number: %v", err)
	}
	if err := s.ApproveBroadcast(t.Context(), approver, b.ID, Approval{Hash: b.Hash(), Confirmed: 3}); err != nil {
		t.Errorf("the right number: %v", err)
	}
}

// Whoever changes a colleague's draft has written it: they do not approve it, and the colleague may.
func TestTheLastWriterDoesNotApprove(t *testing.T) {
	s := newStore(t)
	noon(s)
	_, approver, other := town(t, s, "", "")
	b := draft()
	if err := s.CreateBroadcast(t.Context(), other, b); err != nil {
		t.Fatal(err)
	}
	b.Messages = []ippo.Message{ippo.Message(`{"type":"text","text":"ほんとうは断水しません。"}`)}
	if err := s.UpdateBroadcast(t.Context(), approver, b); err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveBroadcast(t.Context(), approver, b.ID, Approval{Hash: b.Hash(), Confirmed: 2}); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("the last writer's approval: %v", err)
	}
	if err := s.ApproveBroadcast(t.Context(), other, b.ID, Approval{Hash: b.Hash()}); err != nil {
		t.Errorf("the first writer's approval: %v", err)
	}
}

func TestAnyChangeVoidsTheApproval(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "")
	b := draft()
	if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
		t.Fatal(err)
	}
	if err := s.SubmitBroadcast(t.Context(), 1, b.ID); err != nil {
		t.Fatal(err)
	}
	seen := b.Hash()
	edited := *b
	edited.Messages = []ippo.Message{ippo.Message(`{"type":"text","text":"断水しません。"}`)}
	if err := s.UpdateBroadcast(t.Context(), 1, &edited); err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: seen}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("approval of what was seen before the edit: %v", err)
	}
	// Two people edited the same draft: the second is told, nothing is overwritten.
	late := *b
	late.Title = "ほかの題名"
	if err := s.UpdateBroadcast(t.Context(), 2, &late); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("an edit of a version that is gone: %v", err)
	}
	if got, _ := s.Broadcast(t.Context(), b.ID); got.Status != ippo.BroadcastDraft || got.Title != b.Title {
		t.Errorf("after the edits: %s %q", got.Status, got.Title)
	}
	if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: edited.Hash()}); err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: edited.Hash()}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("a second approval: %v", err)
	}
	// While it waits for its time an edit takes the approval back, and the recipients with it.
	edited.Messages = []ippo.Message{ippo.Message(`{"type":"text","text":"やはり断水します。"}`)}
	if err := s.UpdateBroadcast(t.Context(), 1, &edited); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Broadcast(t.Context(), b.ID); got.Status != ippo.BroadcastDraft || got.Approver != 0 || !got.ApprovedAt.IsZero() {
		t.Errorf("after the edit of an approved one: %+v", got)
	}
	if n := tallied(t, s, b.ID); n.Recipients != 0 {
		t.Errorf("the ledger still holds %+v", n)
	}
	if err := s.ApproveBroadcast(t.Context(), 2, b.ID, Approval{Hash: edited.Hash()}); err != nil {
		t.Fatal(err)
	}
	if err := s.StartBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateBroadcast(t.Context(), 1, &edited); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("an edit of one that is being sent: %v", err)
	}
}

func TestQuietHoursAreOfferedNotTaken(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "")
	b := draft()
	b.SendAt = time.Date(2026, 3, 31, 20, 0, 0, 0, ippo.Tokyo)
	var p ippo.Problems
	if err := s.CreateBroadcast(t.Context(), 1, b); !errors.As(err, &p) || !strings.Contains(p.For("sendAt"), "4月1日（水）08:00") {
		t.Errorf("20:00: %v", err)
	}
	b.Emergency, b.OnCall = "断水", "当番"
	if err := s.CreateBroadcast(t.Context(), 1, b); err != nil {
		t.Errorf("an emergency at 20:00: %v", err)
	}
}

// Whoever blocks between approval and the first call is left out; afterwards the members stay.
func TestMembershipShrinksUntilTheFirstCall(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "", "", "", "")
	b := approved(t, s)
	block := func(id int) {
		t.Helper()
		if err := s.Write(t.Context(), func(t *Tx) error {
			return t.exec(context.Background(), "UPDATE followers SET status = 'blocked' WHERE id = ?", id)
		}); err != nil {
			t.Fatal(err)
		}
	}
	block(2)
	if err := s.StartBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	pending, err := s.PendingRequests(t.Context(), b.ID, 0, 10)
	if err != nil || len(pending) != 1 {
		t.Fatalf("pending: %v, %v", pending, err)
	}
	to, err := s.RecipientsOf(t.Context(), b, &pending[0])
	if err != nil || !slices.Equal(to.Followers, []ippo.FollowerID{1, 3, 4}) || len(to.Left) != 1 {
		t.Fatalf("before the first call: %+v, %v", to, err)
	}
	if err := s.BeginRequest(t.Context(), &pending[0], to.Left, []byte("hash")); err != nil {
		t.Fatal(err)
	}
	block(3)
	pending, _ = s.PendingRequests(t.Context(), b.ID, 0, 10)
	to, err = s.RecipientsOf(t.Context(), b, &pending[0])
	if err != nil || !slices.Equal(to.Followers, []ippo.FollowerID{1, 3, 4}) || len(to.Left) != 0 {
		t.Fatalf("after the first call: %+v, %v", to, err)
	}
	// LINE refuses one of them: that person has failed, the rest get a new key.
	key := pending[0].RetryKey
	if err := s.ReplanRequest(t.Context(), &pending[0], []Exception{{Follower: 4, State: ippo.DeliveryFailed, Reason: "LINEにない宛先"}}); err != nil {
		t.Fatal(err)
	}
	pending, _ = s.PendingRequests(t.Context(), b.ID, 0, 10)
	if pending[0].RetryKey == key || !pending[0].FirstCalledAt.IsZero() {
		t.Error("the re-planned request kept its key or its first call")
	}
	if err := s.EndRequest(t.Context(), &pending[0], Outcome{State: ippo.DeliveryAccepted, RequestID: "r1"}); err != nil {
		t.Fatal(err)
	}
	if n := tallied(t, s, b.ID); n != (ippo.Tally{Recipients: 4, Accepted: 2, Failed: 1, Skipped: 1}) {
		t.Errorf("tally = %+v", n)
	}
	if err := s.FinishBroadcast(t.Context(), b.ID); err != nil {
		t.Error(err)
	}
}

func TestCancelWhileLineHasNotAnswered(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, make([]string, 1200)...)
	b := approved(t, s)
	if err := s.StartBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	pending, _ := s.PendingRequests(t.Context(), b.ID, 0, 10)
	if len(pending) != 3 {
		t.Fatalf("%d requests, want 3", len(pending))
	}
	if err := s.BeginRequest(t.Context(), &pending[0], nil, []byte("h")); err != nil {
		t.Fatal(err)
	}
	if err := s.CancelBroadcast(t.Context(), 1, b.ID); err != nil {
		t.Fatal(err)
	}
	if n := tallied(t, s, b.ID); n.Unknown != 500 || n.Skipped != 700 {
		t.Errorf("after cancelling: %+v", n)
	}
	if err := s.BeginRequest(t.Context(), &pending[1], nil, []byte("h")); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("a call after cancelling: %v", err)
	}
	if err := s.EndRequest(t.Context(), &pending[0], Outcome{State: ippo.DeliveryAccepted, RequestID: "r1"}); err != nil {
		t.Error(err)
	}
	if n := tallied(t, s, b.ID); n.Accepted != 500 || n.Unknown != 0 {
		t.Errorf("after the late answer: %+v", n)
	}
	for name, again := range map[string]error{
		"resume": s.ResumeBroadcast(t.Context(), 1, b.ID),
		"pause":  s.PauseBroadcast(t.Context(), 1, b.ID, ""),
		"cancel": s.CancelBroadcast(t.Context(), 1, b.ID),
	} {
		if !errors.Is(again, ippo.ErrConflict) {
			t.Errorf("%s after cancelling: %v", name, again)
		}
	}
}

// audiences of 300,000 to count and to freeze.
func audiences(b *testing.B, measure func(b *testing.B, s *Store, a ippo.Audience)) {
	for name, a := range map[string]ippo.Audience{
		"everyone":        {All: true},
		"two conditions":  {Topics: []string{"kosodate"}, Areas: []string{"chuo"}},
		"four conditions": {Topics: []string{"kosodate"}, Areas: []string{"chuo"}, Tags: []string{"all"}, Ambassadors: true},
		"topic, area, not the newest": {Topics: []string{"kosodate"}, Areas: []string{"chuo"}, Languages: []ippo.Language{ippo.Japanese},
			Except: &ippo.Except{Within: 7}},
	} {
		b.Run(name, func(b *testing.B) {
			s := newStore(b)
			noon(s)
			crowd(b, s, 300_000)
			exec(b, s, `UPDATE followers SET topics = 1 + id % 2 * 2, areas = 1 + id % 4 * 2`) // all of them chose these and others
			exec(b, s, `INSERT INTO tags (id, slug, name) VALUES (1, 'all', '')`)
			exec(b, s, `INSERT INTO follower_tags (tag_id, follower_id) SELECT 1, id FROM followers`)
			exec(b, s, `INSERT INTO ambassadors (follower_id, status, person, age_band, applied_at, consented_at, updated_at)
				SELECT id, 'appointed', x'', '', '', '', '' FROM followers`)
			measure(b, s, a)
		})
	}
}

func BenchmarkAudienceCount300k(b *testing.B) {
	audiences(b, func(b *testing.B, s *Store, a ippo.Audience) {
		if _, err := s.AudienceCount(b.Context(), a); err != nil { // which reads what everybody chose
			b.Fatal(err)
		}
		for b.Loop() {
			if n, err := s.AudienceCount(b.Context(), a); err != nil || n.Count != 300_000 {
				b.Fatal(n, err)
			}
		}
	})
}

// BenchmarkApprove300k freezes 300,000 recipients: it finds them and writes the ledger.
func BenchmarkApprove300k(b *testing.B) {
	audiences(b, func(b *testing.B, s *Store, a ippo.Audience) {
		for b.Loop() {
			notice := draft()
			notice.Audience = a
			if err := s.CreateBroadcast(b.Context(), 1, notice); err != nil {
				b.Fatal(err)
			}
			if err := s.ApproveBroadcast(b.Context(), 2, notice.ID, Approval{Hash: notice.Hash()}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// crowd adds n followers of varied choices to the town.
func crowd(t testing.TB, s *Store, n int) {
	t.Helper()
	town(t, s)
	err := s.Write(t.Context(), func(t *Tx) error {
		return t.exec(context.Background(), `
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO followers (id, line_user_id, status, topics, areas, followed_at)
			SELECT i, printf('U%032x', i), 'active', i % 4, i % 3, '2026-01-01T00:00:00.000Z' FROM n`, n)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What leaves while the office is closed names who answers the telephone: asked when its time is chosen,
// or when it is submitted or approved to leave at once. The name is part of what is approved.
func TestWhoAnswersTheTelephone(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "")
	closed := func(day time.Time) bool { return day.Day() == 2 }
	s.Holidays = closed
	asked := func(what string, err error) {
		t.Helper()
		var p ippo.Problems
		if !errors.As(err, &p) || !strings.Contains(p.For("onCall"), "電話を受ける人") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, at := range map[string]time.Time{
		"in the evening": time.Date(2026, 3, 31, 19, 0, 0, 0, ippo.Tokyo),
		"on a Saturday":  time.Date(2026, 4, 4, 12, 0, 0, 0, ippo.Tokyo),
		"on a holiday":   time.Date(2026, 4, 2, 12, 0, 0, 0, ippo.Tokyo),
	} {
		b := draft()
		b.SendAt = at
		asked(what, s.CreateBroadcast(ctx, 1, b))
		b.OnCall = "当番の田中"
		if err := s.CreateBroadcast(ctx, 1, b); err != nil {
			t.Errorf("%s, with a name: %v", what, err)
		}
		if is, err := s.Broadcast(ctx, b.ID); err != nil || is.OnCall != "当番の田中" || is.Hash() != b.Hash() {
			t.Errorf("kept as %+v, %v", is, err)
		}
		seen := b.Hash()
		if b.OnCall = "別の人"; b.Hash() == seen {
			t.Error("another name does not void the approval")
		}
		b.OnCall = ""
		asked(what+", edited", s.UpdateBroadcast(ctx, 1, b))
	}

	now := draft()
	if err := s.CreateBroadcast(ctx, 1, now); err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2026, 3, 31, 17, 0, 0, 0, ippo.Tokyo)
	s.Now = func() time.Time { return evening }
	asked("submitted at closing time", s.SubmitBroadcast(ctx, 1, now.ID))
	asked("approved at closing time", s.ApproveBroadcast(ctx, 2, now.ID, Approval{Hash: now.Hash()}))
	s.Now = func() time.Time { return evening.Add(-time.Millisecond) }
	if err := s.SubmitBroadcast(ctx, 1, now.ID); err != nil {
		t.Errorf("submitted before closing time: %v", err)
	}

	// Approved alone, it leaves ten minutes later: it is that time that counts.
	if err := s.Write(ctx, func(t *Tx) error { return t.exec(ctx, "UPDATE staff SET disabled = 1 WHERE id IN (1, 2)") }); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, "INSERT INTO followers (line_user_id, status, followed_at) VALUES ('U2', 'active', ''), ('U3', 'active', '')")
	}); err != nil {
		t.Fatal(err)
	}
	own := draft()
	if err := s.CreateBroadcast(ctx, 3, own); err != nil {
		t.Fatal(err)
	}
	asked("approved alone", s.ApproveBroadcast(ctx, 3, own.ID, Approval{Hash: own.Hash(), Confirmed: 3}))
	s.Now = func() time.Time { return evening.Add(-ippo.OwnDelay - time.Minute) }
	if err := s.ApproveBroadcast(ctx, 3, own.ID, Approval{Hash: own.Hash(), Confirmed: 3}); err != nil {
		t.Errorf("approved alone in time: %v", err)
	}
}

// BenchmarkFirstCount300k reads what everybody chose, as a process does when it counts for the first time.
func BenchmarkFirstCount300k(b *testing.B) {
	s := newStore(b)
	crowd(b, s, 300_000)
	for b.Loop() {
		s.census = census{}
		if n, err := s.CountFollowers(b.Context(), FollowerFilter{}); err != nil || n != 300_000 {
			b.Fatal(n, err)
		}
	}
}
