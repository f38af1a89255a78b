package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

func line(n int) string { return fmt.Sprintf("U%032x", n) }

// follow makes a follower.
func follow(t *testing.T, s *Store, n int) ippo.FollowerID {
	t.Helper()
	var id ippo.FollowerID
	inTx(t, s, func(tx *Tx) (err error) {
		id, err = tx.Follow(t.Context(), line(n), fmt.Sprint("住民", n), ippo.Japanese, s.Now())
		return err
	})
	return id
}

func inTx(t *testing.T, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// LINE's events may come in any order: what is older than what is known changes nothing.
func TestFollowAndBlockOutOfOrder(t *testing.T) {
	s := newStore(t)
	now := s.Now()
	id := follow(t, s, 1)
	is := func(want ippo.FollowerStatus) {
		t.Helper()
		if f, err := s.Follower(t.Context(), id); err != nil || f.Status != want || (want == ippo.FollowerBlocked) == f.BlockedAt.IsZero() {
			t.Errorf("%s since %v, %v; want %s", f.Status, f.BlockedAt, err, want)
		}
	}
	block := func(at time.Time) { inTx(t, s, func(tx *Tx) error { return tx.Block(t.Context(), line(1), at) }) }
	back := func(at time.Time) {
		inTx(t, s, func(tx *Tx) error {
			_, err := tx.Follow(t.Context(), line(1), "", ippo.English, at)
			return err
		})
	}
	block(now.Add(-time.Hour)) // an old block, told late
	is(ippo.FollowerActive)
	block(now.Add(time.Hour))
	is(ippo.FollowerBlocked)
	back(now.Add(time.Minute)) // told late
	is(ippo.FollowerBlocked)
	back(now.Add(2 * time.Hour))
	is(ippo.FollowerActive)
	block(now.Add(3 * time.Hour))
	inTx(t, s, func(tx *Tx) error { return tx.Seen(t.Context(), id, now.Add(4*time.Hour)) }) // who writes has unblocked
	is(ippo.FollowerActive)
	if f, _ := s.Follower(t.Context(), id); f.DisplayName != "住民1" || f.Language != ippo.Japanese {
		t.Errorf("coming back changed %+v", f)
	}
}

// The block came first, the follow before it is told late: they stay blocked.
func TestBlockOfSomebodyUnknown(t *testing.T) {
	s := newStore(t)
	inTx(t, s, func(tx *Tx) error { return tx.Block(t.Context(), line(1), s.Now()) })
	inTx(t, s, func(tx *Tx) error {
		_, err := tx.Follow(t.Context(), line(1), "住民", ippo.Japanese, s.Now().Add(-time.Minute))
		return err
	})
	if f, err := s.FollowerByLineID(t.Context(), line(1)); err != nil || f.Status != ippo.FollowerBlocked {
		t.Errorf("%+v, %v", f, err)
	}
}

// A list of followers is read page by page, forwards and back, in each of its orders; what is counted beside it
// is how many it holds, also where there are more tags than marks.
func TestFollowerPages(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	began := time.Date(2026, 3, 31, 14, 59, 30, 0, time.UTC)
	s.Now = func() time.Time { return began }
	for n := range 7 {
		id := follow(t, s, n)
		inTx(t, s, func(tx *Tx) error {
			if n != 3 {
				if err := tx.Seen(ctx, id, began.Add(time.Duration(n*5%7)*time.Minute)); err != nil {
					return err
				}
			}
			return tx.SavePreferences(ctx, id, ippo.Preferences{Language: ippo.English, Topics: ippo.ChoiceOf(n), Areas: ippo.Everything})
		})
	}
	exec(t, s, `UPDATE followers SET seen_at = NULL WHERE display_name = (SELECT display_name FROM followers WHERE id = 4)`)
	names := func(people []ippo.Follower) (all []string) {
		for _, f := range people {
			all = append(all, strings.TrimPrefix(f.DisplayName, "住民"))
		}
		return all
	}
	for _, c := range []struct {
		page Page
		want string
	}{
		{Page{Desc: true}, "[6 5 4 3 2 1 0]"},
		{Page{Sort: "nonsense"}, "[0 1 2 3 4 5 6]"},
		{Page{Sort: "seen", Desc: true}, "[4 1 5 2 6 0 3]"},
	} {
		var forth, back []string
		page := c.page
		page.Limit = 3
		for {
			part, total, err := s.Followers(ctx, FollowerFilter{}, page)
			if err != nil || total != 7 {
				t.Fatal(total, err)
			}
			forth = append(forth, names(part.Items)...)
			if part.Later == "" {
				page.Before = part.Earlier
				back = names(part.Items)
				break
			}
			page.After = part.Later
		}
		for page.After = ""; page.Before != ""; {
			part, _, err := s.Followers(ctx, FollowerFilter{}, page)
			if err != nil {
				t.Fatal(err)
			}
			back = append(names(part.Items), back...)
			page.Before = part.Earlier
		}
		if fmt.Sprint(forth) != c.want || fmt.Sprint(back) != c.want {
			t.Errorf("%+v: forth %v, back %v; want %s", c.page, forth, back, c.want)
		}
	}
	// The same where many are left, which another plan finds.
	exec(t, s, `WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO followers (id, line_user_id, status, followed_at, blocked_at, seen_at)
		SELECT i, printf('U%032x', i), 'blocked', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', printf('2026-02-01T00:00:00.%03dZ', i % 7) FROM n`, 99+fewFollowers+1)
	for _, sort := range []string{"", "seen"} {
		page, seen := Page{Sort: sort, Limit: 1000}, 0
		for {
			part, total, err := s.Followers(ctx, FollowerFilter{Status: ippo.FollowerBlocked}, page)
			if err != nil || total != fewFollowers+1 {
				t.Fatal(total, err)
			}
			if seen += len(part.Items); part.Later == "" {
				break
			}
			page.After = part.Later
		}
		if seen != fewFollowers+1 {
			t.Errorf("sorted by %q, the pages hold %d", sort, seen)
		}
	}
	exec(t, s, "DELETE FROM followers WHERE id >= 100")
	for n := range 61 {
		exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (?, ?, ?)", n+1, fmt.Sprintf("t%d", n+1), "タグ")
	}
	exec(t, s, "INSERT INTO follower_tags (tag_id, follower_id) VALUES (60, 1), (60, 2), (61, 3)")
	for _, c := range []struct {
		want   int
		filter FollowerFilter
	}{
		{1, FollowerFilter{Topics: ippo.ChoiceOf(3)}},
		{2, FollowerFilter{Topics: ippo.ChoiceOf(3, 1), Areas: ippo.ChoiceOf(7)}},
		{0, FollowerFilter{Status: ippo.FollowerBlocked}},
		{7, FollowerFilter{Areas: ippo.ChoiceOf(1), Status: ippo.FollowerActive}},
		{2, FollowerFilter{Tag: "t60"}},
		{1, FollowerFilter{Tag: "t61"}},
		{0, FollowerFilter{Tag: "none"}},
		{0, FollowerFilter{Entry: "none"}},
	} {
		part, total, err := s.Followers(ctx, c.filter, Page{Limit: 10})
		if err != nil || len(part.Items) != c.want || total != c.want {
			t.Errorf("%+v: %d of %d, %v; want %d", c.filter, len(part.Items), total, err, c.want)
		}
	}
}

func TestEventsAreSettledOnce(t *testing.T) {
	s := newStore(t)
	event := ippo.InboundEvent{EventID: "E1", LineUserID: line(1), MessageID: "7", Payload: []byte("ひみつ"), OccurredAt: s.Now(), ReceivedAt: s.Now()}
	many := []ippo.InboundEvent{event, event}
	for i := range 2500 {
		many = append(many, ippo.InboundEvent{EventID: fmt.Sprint("M", i), Payload: []byte("x"), OccurredAt: s.Now(), ReceivedAt: s.Now()})
	}
	for range 2 {
		if err := s.AppendEvents(t.Context(), many); err != nil {
			t.Fatal(err)
		}
	}
	open, err := s.OpenEvents(t.Context(), 0, 10_000)
	if err != nil || len(open) != 2501 || string(open[0].Payload) != "ひみつ" || open[0].Reply != nil {
		t.Fatalf("%d, %v", len(open), err)
	}
	settle := func(reply []byte) error {
		return s.Write(t.Context(), func(tx *Tx) error { return tx.Settle(t.Context(), open[0].ID, reply) })
	}
	if err := settle([]byte("返事")); err != nil {
		t.Fatal(err)
	}
	if err := settle(nil); !errors.Is(err, ErrSettled) {
		t.Errorf("settled twice: %v", err)
	}
	again, err := s.OpenEvents(t.Context(), 0, 1)
	if err != nil || again[0].Payload != nil || string(again[0].Reply) != "返事" {
		t.Errorf("%+v, %v", again, err)
	}
	for range 2 {
		if err := s.ReplyDone(t.Context(), open[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := s.OpenEvents(t.Context(), 0, 10_000); err != nil || len(left) != 2500 {
		t.Errorf("%d left, %v", len(left), err)
	}
}

// An event that no key opens keeps nobody else waiting.
func TestDamagedEvent(t *testing.T) {
	s := newStore(t)
	for _, id := range []string{"E1", "E2"} {
		if err := s.AppendEvents(t.Context(), []ippo.InboundEvent{{EventID: id, Payload: []byte(id), OccurredAt: s.Now(), ReceivedAt: s.Now()}}); err != nil {
			t.Fatal(err)
		}
	}
	inTx(t, s, func(tx *Tx) error {
		return tx.exec(t.Context(), `UPDATE inbound_events SET payload = x'00010203' WHERE event_id = 'E1'`)
	})
	open, err := s.OpenEvents(t.Context(), 0, 10)
	if err != nil || len(open) != 2 || open[0].Payload != nil || string(open[1].Payload) != "E2" {
		t.Errorf("%+v, %v", open, err)
	}
}

func applicant(follower ippo.FollowerID) ippo.Ambassador {
	return ippo.Ambassador{Follower: follower, Name: "山田花子", Kana: "やまだはなこ", Contact: "090-1234-5678", AgeBand: "40s", Vision: "笑顔", Actions: []string{"flyer"}}
}

func TestAmbassadorPath(t *testing.T) {
	s := newStore(t)
	apply := func(follower ippo.FollowerID) (a ippo.Ambassador, err error) {
		err = s.Write(t.Context(), func(tx *Tx) error {
			a, err = tx.ApplyAmbassador(t.Context(), applicant(follower))
			return err
		})
		return a, err
	}
	who := follow(t, s, 1)
	first, err := apply(who)
	if err != nil || first.Number != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := apply(who); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("applied twice: %v", err)
	}
	if err := s.SetAmbassadorStatus(t.Context(), 0, first.ID, ippo.AmbassadorRetired); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("retired before the appointment: %v", err)
	}
	for _, next := range []ippo.AmbassadorStatus{ippo.AmbassadorContacted, ippo.AmbassadorAppointed} {
		if err := s.SetAmbassadorStatus(t.Context(), 0, first.ID, next); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.SetResting(t.Context(), 0, first.ID, true), s.SetAmbassadorNote(t.Context(), 0, first.ID, "折り返し待ち")); err != nil {
		t.Fatal(err)
	}
	show(t, s, first.ID)
	for query, want := range map[string]int{"花子": 1, "待ち": 1, "1234": 1, "太郎": 0, "": 1} {
		if list, err := s.Ambassadors(t.Context(), AmbassadorFilter{Query: query}); err != nil || len(list) != want {
			t.Errorf("%q: %d, %v", query, len(list), err)
		}
	}
	for range 2 {
		inTx(t, s, func(tx *Tx) error { return tx.WithdrawAmbassador(t.Context(), who) })
	}
	if a, err := s.Ambassador(t.Context(), first.ID); err != nil || a.Status != ippo.AmbassadorRetired {
		t.Errorf("%+v, %v", a, err)
	}
	again, err := apply(who)
	if err != nil || again.Number != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	if a, err := s.AmbassadorOf(t.Context(), who); err != nil || a.Status != ippo.AmbassadorApplied || a.Resting || a.VisionApproved || a.Name != "山田花子" {
		t.Errorf("%+v, %v", a, err)
	}
	if second, err := apply(follow(t, s, 2)); err != nil || second.Number != 2 {
		t.Errorf("%+v, %v", second, err)
	}
	bad := applicant(who)
	bad.Name = ""
	var problems ippo.Problems
	err = s.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.ApplyAmbassador(t.Context(), bad)
		return err
	})
	if !errors.As(err, &problems) || problems.For("name") == "" {
		t.Errorf("no name: %v", err)
	}
}

func TestDeskRequests(t *testing.T) {
	s := newStore(t)
	who := follow(t, s, 1)
	add := func(kind ippo.DeskRequestKind, body string) (id ippo.DeskRequestID) {
		inTx(t, s, func(tx *Tx) (err error) {
			id, err = tx.AddDeskRequest(t.Context(), ippo.DeskRequest{Kind: kind, Follower: who, Body: body}, "")
			return err
		})
		return id
	}
	add(ippo.RequestDanger, "助けて")
	call := add(ippo.RequestCallback, "090")
	add(ippo.RequestNewcomer, "地域：中央")
	if err := s.UpdateDeskRequest(t.Context(), 0, call, "finished", ""); err == nil {
		t.Error("a state of nobody's was taken")
	}
	if err := s.UpdateDeskRequest(t.Context(), 0, call, ippo.RequestDone, "電話した"); err != nil {
		t.Fatal(err)
	}
	list, err := s.DeskRequests(t.Context(), DeskRequestFilter{})
	if err != nil || len(list) != 3 || list[0].Kind != ippo.RequestDanger || list[1].Kind != ippo.RequestNewcomer || list[2].Note != "電話した" || list[2].DoneAt.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	inTx(t, s, func(tx *Tx) error {
		return tx.AnswerDeskRequest(t.Context(), ippo.DeskRequest{Kind: ippo.RequestNewcomer, Follower: who, Body: "連絡先：a@example.jp"})
	})
	open, err := s.OpenDeskRequest(t.Context(), who, ippo.RequestNewcomer, 0)
	if err != nil || open.Body != "地域：中央\n\n連絡先：a@example.jp" {
		t.Errorf("%+v, %v", open, err)
	}
	if err := s.UpdateDeskRequest(t.Context(), 0, 99, ippo.RequestDone, ""); !errors.Is(err, ippo.ErrNotFound) {
		t.Error(err)
	}
}

// Of two browsers that tap 開く at once, one gets the form.
func TestFormLinkIsOneBrowsers(t *testing.T) {
	s := newStore(t)
	link := FormLink{ID: 77, Follower: follow(t, s, 1), Purpose: "contact", Context: []byte("{}"), ExpiresAt: s.Now().Add(time.Hour)}
	inTx(t, s, func(tx *Tx) error { return tx.AddFormLink(t.Context(), link) })
	won := make(chan error)
	for n := range 8 {
		go func() { won <- s.BindFormLink(t.Context(), 77, fmt.Sprint("browser", n)) }()
	}
	bound := 0
	for range 8 {
		if err := <-won; err == nil {
			bound++
		} else if !errors.Is(err, ippo.ErrConflict) {
			t.Error(err)
		}
	}
	if bound != 1 {
		t.Errorf("%d browsers have it", bound)
	}
	inTx(t, s, func(tx *Tx) error { return tx.SpendFormLink(t.Context(), 77) })
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.SpendFormLink(t.Context(), 77) }); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("spent twice: %v", err)
	}
	if l, err := s.FormLink(t.Context(), 77); err != nil || l.Context != nil || l.SpentAt.IsZero() || !l.Bound() || l.BoundTo("browser9") {
		t.Errorf("%+v, %v", l, err)
	}
}
