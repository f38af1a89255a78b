package democity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
	"ippo/store"
)

// bookedEvent is an event that people sign up for, and how many have.
type bookedEvent struct {
	ippo.SignUp
	forAmbassadors bool
	byLine         int
	byPhone        []ippo.Attendee
	parties        []int // of those by LINE, over and over; none: one each
	cancel         bool  // the first gives the place back at last
	came           bool  // it is over, and most came
}

// signUps are the events with sign-up: one that is nearly full, one with a waiting list whose first is asked,
// one for ambassadors, one that asks for a name and one that is over.
var signUps = map[string]bookedEvent{
	"yasashii-nihongo": {SignUp: ippo.SignUp{Open: true, MaxParty: 2}, byLine: 15, parties: []int{1, 2, 1}, byPhone: []ippo.Attendee{{Name: "浜口 のぶ", Contact: "0000-00-0411"}}},
	"hojokin-sodan": {SignUp: ippo.SignUp{Open: true}, byLine: 15, cancel: true, byPhone: []ippo.Attendee{
		{Name: "沢田 和夫", Contact: "0000-00-0412"}, {Name: "汐見 とよ", Contact: "0000-00-0413"},
	}},
	"ninmeishiki":   {SignUp: ippo.SignUp{Open: true, MaxParty: 2}, forAmbassadors: true, byLine: 6},
	"satoyama-walk": {SignUp: ippo.SignUp{Open: true, MaxParty: 4, AsksName: true}, byLine: 9, parties: []int{2, 1, 4}},
	"kaiwa-cafe":    {SignUp: ippo.SignUp{Open: true}, byLine: 14, came: true},
}

// walkers are the names that those gave who were asked for one.
var walkers = []string{"尾根 はじめ", "沢 みゆき", "林 ゆたか", "峰岸 さち", "山本 あゆむ", "草野 かおり", "木下 ひろし", "石井 なぎさ", "岩田 まこと"}

// reservations are made over the last weeks; the place that is given back is so now.
func (f *filling) reservations(ctx context.Context) error {
	for _, e := range events(f.c, f.codes) {
		how, ok := signUps[e.Slug]
		if !ok {
			continue
		}
		e, err := f.EventBySlug(ctx, e.Slug)
		if err != nil {
			return err
		}
		if err := f.reserve(ctx, e, how); err != nil {
			return fmt.Errorf("%s: %w", e.Slug, err)
		}
	}
	return nil
}

func (f *filling) reserve(ctx context.Context, e ippo.Event, how bookedEvent) error {
	begin := ippo.Day(f.c.now).AddDate(0, 0, -24)
	var first ippo.Reservation
	for i := range how.byLine {
		f.at(begin.AddDate(0, 0, i).Add(time.Duration(9+(i*5)%11) * time.Hour))
		r := ippo.Reservation{Event: e.ID, Follower: f.comer(how, i), Party: 1}
		if len(how.parties) > 0 {
			r.Party = how.parties[i%len(how.parties)]
		}
		if how.AsksName {
			r.Attendee = ippo.Attendee{Name: walkers[i%len(walkers)], Contact: fmt.Sprintf("0000-00-%04d", 420+i)}
		}
		err := f.Write(ctx, func(t *store.Tx) (err error) {
			r, _, err = t.Reserve(ctx, r, true)
			return err
		})
		if errors.Is(err, ippo.ErrForbidden) { // has left the ambassadors
			continue
		}
		if err != nil {
			return err
		}
		if i == 0 {
			first = r
		}
	}
	for _, who := range how.byPhone {
		if _, err := f.EnterReservation(ctx, f.editor, ippo.Reservation{Event: e.ID, Way: ippo.ReservedByPhone, Party: 1, Attendee: who}); err != nil {
			return err
		}
	}
	if how.came {
		return f.attendances(ctx, e)
	}
	if !how.cancel {
		return nil
	}
	f.at(f.c.now)
	return f.Write(ctx, func(t *store.Tx) error {
		_, err := t.CancelReservation(ctx, first.Follower, first.ID)
		return err
	})
}

// comer is the i-th who signs up for an event.
func (f *filling) comer(how bookedEvent, i int) ippo.FollowerID {
	if how.forAmbassadors {
		return f.serving[i%len(f.serving)]
	}
	return f.followers[f.reachable(len(cast)+200+i*3)]
}

// attendances are those of an event that is over: two stayed away, one came unannounced, and most said how it was.
func (f *filling) attendances(ctx context.Context, e ippo.Event) error {
	f.at(e.StartsAt.Add(5 * time.Minute))
	all, err := f.Reservations(ctx, e.ID)
	if err != nil {
		return err
	}
	return f.Write(ctx, func(t *store.Tx) error {
		for i, r := range append(all, ippo.Reservation{Follower: f.followers[f.reachable(len(cast)+260)]}) {
			if i < 2 {
				continue
			}
			came, _, err := t.Attend(ctx, e.Code, r.Follower)
			if err != nil {
				return err
			}
			if i%4 == 3 {
				continue
			}
			felt := ippo.Feedbacks[0]
			if i%5 == 4 {
				felt = ippo.Feedbacks[1]
			}
			if err := t.AnswerEvent(ctx, came.Follower, came.ID, felt); err != nil {
				return err
			}
		}
		return nil
	})
}
