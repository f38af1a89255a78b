package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ippo"
)

// gathering is a store with a clock that can be moved, and an event that people sign up for.
type gathering struct {
	*Store
	t     *testing.T
	now   time.Time
	event ippo.EventID
}

func newGathering(t *testing.T, change func(*ippo.Event)) *gathering {
	t.Helper()
	s := newStore(t)
	g := &gathering{Store: s, t: t, now: time.Date(2026, 3, 1, 10, 0, 0, 0, ippo.Tokyo)}
	s.Now = func() time.Time { return g.now }
	e := ippo.Event{
		Slug: "cafe", Title: "多文化交流カフェ", Summary: "お茶を飲みながら", Place: "市民センター", Capacity: 2, Status: ippo.ContentPublished,
		StartsAt: time.Date(2026, 3, 21, 13, 30, 0, 0, ippo.Tokyo), EndsAt: time.Date(2026, 3, 21, 15, 30, 0, 0, ippo.Tokyo),
		SignUp: ippo.SignUp{Open: true, MaxParty: 1},
	}
	if change != nil {
		change(&e)
	}
	e, err := s.CreateEvent(t.Context(), 0, e)
	if err != nil {
		t.Fatal(err)
	}
	g.event = e.ID
	return g
}

func (g *gathering) of() ippo.Event {
	g.t.Helper()
	e, err := g.Event(g.t.Context(), g.event)
	if err != nil {
		g.t.Fatal(err)
	}
	return e
}

func (g *gathering) change(change func(*ippo.Event)) error {
	g.t.Helper()
	e := g.of()
	change(&e)
	return g.UpdateEvent(g.t.Context(), 0, e)
}

// reserve signs a follower up, waiting if they must.
func (g *gathering) reserve(f ippo.FollowerID, party int) (r ippo.Reservation, err error) {
	err = g.Write(g.t.Context(), func(t *Tx) error {
		r, _, err = t.Reserve(g.t.Context(), ippo.Reservation{Event: g.event, Follower: f, Party: party}, true)
		return err
	})
	return r, err
}

func (g *gathering) must(f ippo.FollowerID, want ippo.ReservationState) ippo.Reservation {
	g.t.Helper()
	r, err := g.reserve(f, 1)
	if err != nil || r.State != want {
		g.t.Fatalf("follower %d: %s, %v; want %s", f, r.State, err, want)
	}
	return r
}

func (g *gathering) cancel(r ippo.Reservation) error {
	return g.Write(g.t.Context(), func(t *Tx) error {
		_, err := t.CancelReservation(g.t.Context(), r.Follower, r.ID)
		return err
	})
}

func (g *gathering) confirm(r ippo.Reservation) error {
	return g.Write(g.t.Context(), func(t *Tx) error {
		_, err := t.ConfirmReservation(g.t.Context(), r.Follower, r.ID)
		return err
	})
}

func (g *gathering) is(r ippo.Reservation, want ippo.ReservationState) ippo.Reservation {
	g.t.Helper()
	now, err := g.Reservation(g.t.Context(), r.ID)
	if err != nil || now.State != want {
		g.t.Errorf("reservation %d is %s, %v; want %s", r.ID, now.State, err, want)
	}
	return now
}

func (g *gathering) tick() {
	g.t.Helper()
	if _, err := g.LapseReservations(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

// Two hundred people tap at once, for thirty places: thirty have one, the rest waits in some order, and
// nobody twice.
func TestTwoHundredAtOnceForThirtyPlaces(t *testing.T) {
	g := newGathering(t, func(e *ippo.Event) { e.Capacity = 30 })
	const people = 200
	var who [people]ippo.FollowerID
	for i := range who {
		who[i] = follow(t, g.Store, i+1)
	}
	states := make(chan ippo.ReservationState, 2*people)
	var taps sync.WaitGroup
	for _, f := range who {
		for range 2 { // a finger that slips
			taps.Go(func() {
				r, err := g.reserve(f, 1)
				if err != nil {
					t.Error(err)
				}
				states <- r.State
			})
		}
	}
	taps.Wait()
	close(states)
	told := map[ippo.ReservationState]int{}
	for s := range states {
		told[s]++
	}
	all, err := g.Reservations(t.Context(), g.event)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[ippo.ReservationState]int{}
	for _, r := range all {
		kept[r.State]++
	}
	if len(all) != people || kept[ippo.Reserved] != 30 || kept[ippo.ReservationWaiting] != 170 {
		t.Errorf("%d reservations: %v", len(all), kept)
	}
	if told[ippo.Reserved] != 60 || told[ippo.ReservationWaiting] != 340 {
		t.Errorf("told %v", told)
	}
	if e := g.of(); e.Places != (ippo.Places{Taken: 30, Waiting: 170}) || e.Has(1) {
		t.Errorf("places %+v", e.Places)
	}
}

func TestWaitingListMovesUpByItself(t *testing.T) {
	g := newGathering(t, nil)
	var all []ippo.Reservation
	for i := range 5 {
		want := ippo.Reserved
		if i >= 2 {
			want = ippo.ReservationWaiting
		}
		all = append(all, g.must(follow(t, g.Store, i+1), want))
	}
	if err := g.cancel(all[0]); err != nil {
		t.Fatal(err)
	}
	if third := g.is(all[2], ippo.ReservationOffered); !third.ConfirmBy.Equal(g.now.Add(24 * time.Hour)) {
		t.Errorf("kept until %v", third.ConfirmBy)
	}
	g.is(all[3], ippo.ReservationWaiting)
	if err := g.confirm(all[3]); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("who was not asked confirms: %v", err)
	}
	// Not in time: it passes to the next.
	g.now = g.now.Add(24 * time.Hour)
	if err := g.confirm(all[2]); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("confirmed too late: %v", err)
	}
	g.tick()
	g.is(all[2], ippo.ReservationLapsed)
	g.is(all[3], ippo.ReservationOffered)
	for range 2 { // twice is once
		if err := g.confirm(all[3]); err != nil {
			t.Fatal(err)
		}
	}
	g.is(all[3], ippo.Reserved)
	g.is(all[4], ippo.ReservationWaiting)
	// Who lapsed may come again, at the end.
	again := g.must(all[2].Follower, ippo.ReservationWaiting)
	if again.ID < all[4].ID {
		t.Error("came again before others")
	}
	if err := g.change(func(e *ippo.Event) { e.Capacity = 4 }); err != nil {
		t.Fatal(err)
	}
	g.is(all[4], ippo.ReservationOffered)
	g.is(again, ippo.ReservationOffered)
	wantProblem(t, g.change(func(e *ippo.Event) { e.Capacity = 3 }), "capacity", "4人以上")
}

// A place that becomes free in the evening is offered in the morning, and before an event that is soon not
// for long.
func TestConfirmBy(t *testing.T) {
	e := ippo.Event{StartsAt: time.Date(2026, 3, 21, 13, 30, 0, 0, ippo.Tokyo), SignUp: ippo.SignUp{ConfirmHours: 24}}
	settings := ippo.DefaultSettings()
	holiday := func(time.Time) bool { return false }
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, ippo.Tokyo) }
	for _, c := range []struct{ now, by time.Time }{
		{at(10, 12, 0), at(11, 12, 0)},
		{at(10, 22, 0), at(12, 8, 0)},   // told at 8:00; the next morning at 8:00 is not quiet
		{at(20, 9, 30), at(21, 8, 0)},   // half of 28 hours ends in the night, which ends at 8:00
		{at(21, 9, 30), at(21, 11, 30)}, // half of four hours
		{at(21, 2, 0), at(21, 10, 45)},  // told at 8:00
	} {
		by, ok := e.ConfirmBy(c.now, settings, holiday)
		if !ok || !by.Equal(c.by) {
			t.Errorf("at %s: until %s, %v; want %s", ippo.TimeWords(c.now), ippo.TimeWords(by), ok, ippo.TimeWords(c.by))
		}
	}
	for _, now := range []time.Time{at(21, 12, 45), at(21, 13, 30), at(22, 9, 0)} {
		if by, ok := e.ConfirmBy(now, settings, holiday); ok {
			t.Errorf("at %s somebody is asked until %s", ippo.TimeWords(now), ippo.TimeWords(by))
		}
	}
}

// The waiting list lives random lives: residents, staff and the clock do whatever they can think of. A model
// says what comes of each; and some things must never be.
func TestWaitingListLivesRandomLives(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { randomGathering(t, seed) })
	}
}

// modelled is a reservation as the model has it.
type modelled struct {
	id    ippo.ReservationID
	who   ippo.FollowerID // 0: entered by staff
	state ippo.ReservationState
	party int
	by    time.Time
}

func randomGathering(t *testing.T, seed uint64) {
	dice, ctx := rand.New(rand.NewPCG(seed, 11)), t.Context()
	party := 1 + int(seed%3)
	g := newGathering(t, func(e *ippo.Event) { e.Capacity, e.SignUp.MaxParty, e.SignUp.ConfirmHours = 4, party, 12 })
	const people = 9
	status := map[ippo.FollowerID]ippo.FollowerStatus{}
	var who []ippo.FollowerID
	for i := range people {
		who = append(who, follow(t, g.Store, i+1))
		status[who[i]] = ippo.FollowerActive
	}
	var list []*modelled
	open := func(m *modelled) bool { return m.state.Open() }
	taken := func() (n int) {
		for _, m := range list {
			if m.state == ippo.Reserved || m.state == ippo.ReservationOffered {
				n += m.party
			}
		}
		return n
	}
	room := func(n int) bool { e := g.of(); return e.Capacity == 0 || taken()+n <= e.Capacity }
	moveUp := func() {
		e := g.of()
		settings, _ := g.Settings(ctx)
		by, ok := e.ConfirmBy(g.now, settings, g.Holidays)
		if !ok || e.CalledOff {
			return
		}
		for _, m := range list {
			if m.state == ippo.ReservationWaiting && room(m.party) && (m.who == 0 || status[m.who] == ippo.FollowerActive) {
				if m.state, m.by = ippo.ReservationOffered, by; m.who == 0 {
					m.by = time.Time{}
				}
			}
		}
	}
	own := func(f ippo.FollowerID) *modelled {
		for _, m := range list {
			if m.who == f && open(m) {
				return m
			}
		}
		return nil
	}
	some := func() *modelled {
		if len(list) == 0 {
			return nil
		}
		return list[dice.IntN(len(list))]
	}
	admits := func(err error, may bool, what string) bool {
		t.Helper()
		var p ippo.Problems
		refused := errors.Is(err, ippo.ErrConflict) || errors.Is(err, ippo.ErrFull) || errors.Is(err, ippo.ErrNotFound) || errors.As(err, &p)
		if may != (err == nil) || err != nil && !refused {
			t.Fatalf("%s: %v; the model says %v", what, err, may)
		}
		return may
	}
	for range 120 {
		e := g.of()
		over := !g.now.Before(e.StartsAt)
		what := ""
		switch dice.IntN(14) {
		case 0, 1, 2, 3:
			f, n := who[dice.IntN(people)], 1+dice.IntN(party)
			what = fmt.Sprintf("%d signs up with %d", f, n)
			if status[f] != ippo.FollowerActive {
				continue
			}
			had := own(f)
			r, err := g.reserve(f, n)
			if admits(err, had != nil || e.TakesSignUps(g.now), what) && had == nil {
				m := &modelled{id: r.ID, who: f, state: ippo.ReservationWaiting, party: n}
				if room(n) {
					m.state = ippo.Reserved
				}
				list = append(list, m)
			}
		case 4, 5:
			m := some()
			if m == nil || m.who == 0 {
				continue
			}
			what = fmt.Sprintf("%d cancels %d", m.who, m.id)
			if admits(g.cancel(ippo.Reservation{ID: m.id, Follower: m.who}), open(m) && g.now.Before(e.EndsAt), what) {
				m.state, m.by = ippo.ReservationCancelled, time.Time{}
				moveUp()
			}
		case 6, 7:
			m := some()
			if m == nil || m.who == 0 {
				continue
			}
			what = fmt.Sprintf("%d confirms %d", m.who, m.id)
			may := m.state == ippo.Reserved || m.state == ippo.ReservationOffered && g.now.Before(m.by) && !e.CalledOff
			if admits(g.confirm(ippo.Reservation{ID: m.id, Follower: m.who}), may, what) {
				m.state, m.by = ippo.Reserved, time.Time{}
			}
		case 8:
			m := some()
			if m == nil || m.who == 0 {
				continue
			}
			n := 1 + dice.IntN(party)
			what = fmt.Sprintf("%d comes with %d", m.who, n)
			err := g.Write(ctx, func(t *Tx) error {
				_, err := t.ResizeReservation(ctx, m.who, m.id, n)
				return err
			})
			may := open(m) && !e.CalledOff && !over && (m.state == ippo.ReservationWaiting || room(n-m.party))
			if admits(err, may, what) {
				m.party = n
				moveUp()
			}
		case 9:
			n := 1 + dice.IntN(8)
			what = fmt.Sprintf("room for %d", n)
			if admits(g.change(func(e *ippo.Event) { e.Capacity = n }), taken() <= n, what) {
				moveUp()
			}
		case 10:
			switch dice.IntN(3) {
			case 0:
				what = "moved"
				hours := time.Duration(dice.IntN(72)-24) * time.Hour
				admits(g.change(func(e *ippo.Event) { e.StartsAt, e.EndsAt = e.StartsAt.Add(hours), e.EndsAt.Add(hours) }), true, what)
			case 1:
				what = "called off, or not"
				admits(g.change(func(e *ippo.Event) { e.CalledOff = !e.CalledOff }), true, what)
			case 2:
				f := who[dice.IntN(people)]
				what = fmt.Sprintf("%d blocks, or comes back", f)
				lineID := line(slices.Index(who, f) + 1)
				switch status[f] {
				case ippo.FollowerActive:
					status[f] = ippo.FollowerBlocked
					inTx(t, g.Store, func(tx *Tx) error { return tx.Block(ctx, lineID, g.now) })
				case ippo.FollowerBlocked:
					status[f] = ippo.FollowerActive
					inTx(t, g.Store, func(tx *Tx) error { _, err := tx.Follow(ctx, lineID, "住民", ippo.Japanese, g.now); return err })
					g.tick()
				}
			}
			moveUp()
		case 11:
			n := 1 + dice.IntN(party)
			what = fmt.Sprintf("staff enter %d", n)
			r, err := g.EnterReservation(ctx, 0, ippo.Reservation{
				Event: g.event, Way: ippo.ReservedByPhone, Party: n, Attendee: ippo.Attendee{Name: "山田花子", Contact: "090-1111-2222"},
			})
			if admits(err, !e.CalledOff && g.now.Before(e.EndsAt), what) {
				m := &modelled{id: r.ID, state: ippo.ReservationWaiting, party: n}
				if room(n) {
					m.state = ippo.Reserved
				}
				list = append(list, m)
			}
		case 12:
			m := some()
			if m == nil {
				continue
			}
			do := []string{"cancel", "place"}[dice.IntN(2)]
			what = fmt.Sprintf("staff %s %d", do, m.id)
			_, err := g.HandReservation(ctx, 0, m.id, do, 0)
			if do == "cancel" {
				if admits(err, open(m), what) {
					m.state, m.by = ippo.ReservationCancelled, time.Time{}
					moveUp()
				}
			} else if admits(err, m.state == ippo.ReservationOffered || m.state == ippo.ReservationWaiting && room(m.party), what) {
				m.state, m.by = ippo.Reserved, time.Time{}
			}
		case 13:
			f := who[dice.IntN(people)]
			if dice.IntN(8) > 0 || status[f] == ippo.FollowerErased {
				continue
			}
			what = fmt.Sprintf("%d is forgotten", f)
			status[f] = ippo.FollowerErased
			inTx(t, g.Store, func(tx *Tx) error { return tx.AskErasure(ctx, f, 0, "") })
			if done, err := g.Erase(ctx, ippo.Erasure{Follower: f, AskedAt: g.now}); err != nil || !done {
				t.Fatal(done, err)
			}
			for _, m := range slices.Clone(list) {
				switch {
				case m.who != f:
				case open(m) && !g.now.Before(e.EndsAt):
					m.who = 0 // it is over: the count of it stays
				default:
					list = slices.DeleteFunc(list, func(o *modelled) bool { return o == m })
					moveUp()
				}
			}
		}
		// The clock goes on, and looks at what it has to.
		g.now = g.now.Add(time.Duration(dice.IntN(14)) * time.Hour / 2)
		g.tick()
		for _, m := range list {
			if m.state == ippo.ReservationOffered && !m.by.IsZero() && !g.now.Before(m.by) {
				m.state, m.by = ippo.ReservationLapsed, time.Time{}
			}
		}
		moveUp()
		g.compare(what, list, status)
		if t.Failed() {
			return
		}
	}
}

// compare holds what is kept against the model, and against what must never be.
func (g *gathering) compare(what string, list []*modelled, status map[ippo.FollowerID]ippo.FollowerStatus) {
	g.t.Helper()
	kept, err := g.Reservations(g.t.Context(), g.event)
	if err != nil {
		g.t.Fatal(err)
	}
	byID := map[ippo.ReservationID]ippo.Reservation{}
	for _, r := range kept {
		byID[r.ID] = r
	}
	if len(kept) != len(list) {
		g.t.Errorf("after %q: %d reservations, want %d", what, len(kept), len(list))
	}
	for _, m := range list {
		r := byID[m.id]
		if r.State != m.state || r.Party != m.party || r.Follower != m.who || !r.ConfirmBy.Equal(m.by) {
			g.t.Errorf("after %q: reservation %d is %s of %d by %d until %v; want %+v", what, m.id, r.State, r.Party, r.Follower, r.ConfirmBy, *m)
		}
	}
	e := g.of()
	left, limited := e.Left()
	if limited && e.Places.Taken > e.Capacity {
		g.t.Errorf("after %q: %d people for %d places", what, e.Places.Taken, e.Capacity)
	}
	settings, _ := g.Settings(g.t.Context())
	_, soon := e.ConfirmBy(g.now, settings, g.Holidays)
	for _, r := range kept {
		if r.State == ippo.ReservationWaiting && left >= r.Party && soon && !e.CalledOff && (r.Follower == 0 || status[r.Follower] == ippo.FollowerActive) {
			g.t.Errorf("after %q: %d places are free, and %d waits unasked with %d", what, left, r.ID, r.Party)
		}
	}
}

// What staff enter stands in the same list, sealed; who waits without LINE is for staff to ask.
func TestStaffEnterReservations(t *testing.T) {
	g := newGathering(t, func(e *ippo.Event) { e.Capacity = 1 })
	first := g.must(follow(t, g.Store, 1), ippo.Reserved)
	yamada := ippo.Reservation{Event: g.event, Way: ippo.ReservedByPhone, Party: 1, Attendee: ippo.Attendee{Name: "山田まぼろし", Contact: "090-5555-0199"}}
	r, err := g.EnterReservation(t.Context(), 0, yamada)
	if err != nil || r.State != ippo.ReservationWaiting {
		t.Fatal(r.State, err)
	}
	_, err = g.EnterReservation(t.Context(), 0, ippo.Reservation{Event: g.event, Party: 9})
	wantProblem(t, err, "name", "お名前")
	wantProblem(t, err, "way", "どのように")
	wantProblem(t, err, "party", "人数は1から")
	if err := g.cancel(first); err != nil {
		t.Fatal(err)
	}
	if r := g.is(r, ippo.ReservationOffered); !r.ConfirmBy.IsZero() || r.Attendee != yamada.Attendee {
		t.Errorf("asked by staff: %+v", r)
	}
	mails, err := one(t.Context(), g.ro, scanInt, `SELECT count(*) FROM mails WHERE body LIKE '%/reservations%' AND body NOT LIKE '%まぼろし%'`)
	if err != nil || mails != 1 {
		t.Errorf("%d mails, %v", mails, err)
	}
	g.now = g.now.AddDate(0, 0, 3)
	g.tick()
	g.is(r, ippo.ReservationOffered)
	if _, err := g.HandReservation(t.Context(), 0, r.ID, "place", 0); err != nil {
		t.Fatal(err)
	}
	again, err := g.EnterReservation(t.Context(), 0, yamada)
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.HandReservation(t.Context(), 0, again.ID, "place", 0)
	wantProblem(t, err, "party", "席が足りません")
	sealed, err := collect(t.Context(), g.ro, scanBytes, `SELECT attendee FROM reservations WHERE attendee IS NOT NULL`)
	if err != nil || len(sealed) != 2 || strings.Contains(string(sealed[0]), "まぼろし") {
		t.Errorf("kept in clear: %q, %v", sealed, err)
	}
}

func TestForAmbassadorsOnly(t *testing.T) {
	g := newGathering(t, func(e *ippo.Event) { e.ForAmbassadors = true })
	other, hanako := follow(t, g.Store, 1), follow(t, g.Store, 2)
	inTx(t, g.Store, func(tx *Tx) error {
		_, err := tx.ApplyAmbassador(t.Context(), ippo.Ambassador{Follower: hanako, Name: "花子", Kana: "はなこ", Contact: "090-1111-2222", AgeBand: "30s"})
		return err
	})
	if _, err := g.reserve(other, 1); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("who is no ambassador signs up: %v", err)
	}
	g.must(hanako, ippo.Reserved)
	g.now = g.of().StartsAt
	attend := func(f ippo.FollowerID) error {
		return g.Write(t.Context(), func(tx *Tx) error {
			_, _, err := tx.Attend(t.Context(), g.of().Code, f)
			return err
		})
	}
	if err := attend(other); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("who is no ambassador attends: %v", err)
	}
	if err := attend(hanako); err != nil {
		t.Error(err)
	}
}

// The code is good on the day only, and counts each person once, however they had signed up.
func TestAttendance(t *testing.T) {
	g := newGathering(t, nil)
	var all []ippo.Reservation
	for i := range 4 {
		r, err := g.reserve(follow(t, g.Store, i+1), 1)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := g.cancel(all[0]); err != nil { // the third is asked
		t.Fatal(err)
	}
	walker := follow(t, g.Store, 9)
	attend := func(f ippo.FollowerID) (r ippo.Reservation, err error) {
		err = g.Write(t.Context(), func(tx *Tx) error {
			r, _, err = tx.Attend(t.Context(), g.of().Code, f)
			return err
		})
		return r, err
	}
	day := ippo.Day(g.of().StartsAt)
	for _, wrong := range []time.Time{day.Add(-time.Second), day.AddDate(0, 0, 1)} {
		g.now = wrong
		if _, err := attend(walker); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("attended on %v: %v", wrong, err)
		}
	}
	g.now = day
	for range 2 {
		for f, want := range map[ippo.FollowerID]ippo.ReservationState{
			all[1].Follower: ippo.Reserved, all[2].Follower: ippo.Reserved, all[3].Follower: ippo.ReservationWalkIn, walker: ippo.ReservationWalkIn,
		} {
			if r, err := attend(f); err != nil || r.State != want || !r.AttendedAt.Equal(day) {
				t.Errorf("follower %d: %s, %v; want %s", f, r.State, err, want)
			}
		}
	}
	if p := g.of().Places; p != (ippo.Places{Taken: 2, Attended: 4}) {
		t.Errorf("places %+v", p)
	}
	if err := g.cancel(all[1]); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("who came cancels: %v", err)
	}
	for id, want := range map[ippo.ReservationID]ippo.ReservationState{all[1].ID: ippo.Reserved, all[3].ID: ippo.ReservationCancelled} {
		if r, err := g.HandReservation(t.Context(), 0, id, "absent", 0); err != nil || r.State != want {
			t.Errorf("not there: %s, %v; want %s", r.State, err, want)
		}
	}
	if p := g.of().Places; p.Attended != 2 {
		t.Errorf("places %+v", p)
	}
	err := g.Write(t.Context(), func(tx *Tx) error {
		if err := tx.AnswerEvent(t.Context(), walker, all[1].ID, "good"); !errors.Is(err, ippo.ErrNotFound) {
			t.Errorf("another's answer: %v", err)
		}
		if err := tx.AnswerEvent(t.Context(), all[1].Follower, all[1].ID, "poor"); err != nil {
			return err
		}
		return tx.AnswerEvent(t.Context(), all[1].Follower, all[1].ID, "good")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := g.Feedbacks(t.Context(), g.event); err != nil || len(got) != 1 || got["good"] != 1 {
		t.Errorf("feedback %v, %v", got, err)
	}
}

// An event that people signed up for is called off, not deleted; and how it is kept goes after its time.
func TestReservationsAreKept(t *testing.T) {
	g := newGathering(t, func(e *ippo.Event) { e.SignUp.AsksName = true })
	f := follow(t, g.Store, 1)
	if _, err := g.reserve(f, 1); err == nil {
		t.Error("signed up without the name that is asked for")
	}
	inTx(t, g.Store, func(tx *Tx) error {
		_, _, err := tx.Reserve(t.Context(), ippo.Reservation{Event: g.event, Follower: f, Party: 1, Attendee: ippo.Attendee{Name: "花子", Contact: "090-1111-2222"}}, false)
		return err
	})
	wantProblem(t, g.DeleteEvent(t.Context(), 0, g.event), "", "中止")
	if d, err := g.PersonalData(t.Context(), f); err != nil || len(d.Reservations) != 1 || d.Reservations[0].Attendee.Name != "花子" {
		t.Errorf("own data %+v, %v", d.Reservations, err)
	}
	after := g.of().EndsAt.AddDate(0, 0, 181)
	g.now = after
	if gone, err := g.ForgetPassing(t.Context(), after); err != nil || gone["reservations"] != 1 {
		t.Errorf("forgotten %v, %v", gone, err)
	}
	all, err := g.Reservations(t.Context(), g.event)
	if err != nil || len(all) != 1 || all[0].Follower != 0 || all[0].Attendee.Name != "" || all[0].State != ippo.Reserved {
		t.Errorf("left %+v, %v", all, err)
	}
}
