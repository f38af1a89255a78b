package jobs

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// event lists an event that begins at a moment and lasts two hours, and signs followers 1 to n up, or has them
// wait.
func (c *center) event(starts time.Time, capacity, n int) ippo.Event {
	c.t.Helper()
	e, err := c.store.CreateEvent(c.t.Context(), 0, ippo.Event{
		Slug: "cafe", Title: "多文化交流カフェ", Summary: "お茶", Place: "会館", StartsAt: starts, EndsAt: starts.Add(2 * time.Hour), Capacity: capacity,
		Status: ippo.ContentPublished, SignUp: ippo.SignUp{Open: true},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for i := range n {
		c.tx(func(_ context.Context, t *store.Tx) error {
			_, _, err := t.Reserve(c.t.Context(), ippo.Reservation{Event: e.ID, Follower: ippo.FollowerID(i + 1), Party: 1}, true)
			return err
		})
	}
	return e
}

// cancels takes back the sign-up of a follower, whose number it has.
func (c *center) cancels(n int) {
	c.t.Helper()
	c.tx(func(_ context.Context, t *store.Tx) error {
		_, err := t.CancelReservation(c.t.Context(), ippo.FollowerID(n), ippo.ReservationID(n))
		return err
	})
}

func (c *center) changes(change func(*ippo.Event)) {
	c.t.Helper()
	e, err := c.store.EventBySlug(c.t.Context(), "cafe")
	if err != nil {
		c.t.Fatal(err)
	}
	change(&e)
	if err := c.store.UpdateEvent(c.t.Context(), 0, e); err != nil {
		c.t.Fatal(err)
	}
}

// goes moves the clock and does what is due then, twice: whoever asks again changes nothing.
func (c *center) goes(t time.Time) {
	c.t.Helper()
	c.at(t)
	for range 2 {
		if _, err := c.TendEvents(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
		c.sendNotices()
	}
}

var (
	first = "お申し込みのイベントのご案内です"
	soon  = "もうすぐイベントです"
)

func day(d, hour, minute int) time.Time { return time.Date(2026, 3, d, hour, minute, 0, 0, ippo.Tokyo) }

// The day before and two hours before, once each, and not to who gave their place back.
func TestEventReminders(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.at(day(10, 12, 0))
	c.event(day(14, 14, 0), 0, 2)
	c.goes(day(10, 12, 0))
	c.goes(day(13, 13, 59))
	c.received(first, 0, 0)
	c.goes(day(13, 14, 0))
	c.received(first, 1, 1)
	c.cancels(2)
	c.goes(day(14, 11, 59))
	c.received(soon, 0, 0)
	c.goes(day(14, 12, 0))
	c.goes(day(14, 14, 0))
	c.received(first, 1, 1)
	c.received(soon, 1, 0)
}

// Staff see in their calendar what those who signed up were told and will be, each time once, if they see the event.
func TestEventRemindersInTheCalendar(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.at(day(10, 12, 0))
	e := c.event(day(14, 14, 0), 0, 3)
	c.goes(day(10, 12, 0))
	shows := func(ctx context.Context, want ...string) {
		t.Helper()
		all, err := c.store.Outgoing(ctx, day(13, 0, 0), day(14, 12, 1))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range all {
			if o.Kind == ippo.OutgoingEvent && o.Event == e.ID && o.Title == e.Title {
				got = append(got, fmt.Sprintf("%s: %d", o.At.In(ippo.Tokyo).Format("2日15時"), o.People))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	shows(t.Context(), "13日14時: 3", "14日12時: 3")
	c.goes(day(13, 14, 0))
	c.cancels(2)
	shows(t.Context(), "13日14時: 3", "14日12時: 2")
	shows(store.Within(t.Context(), ippo.Remit{}))
	c.changes(func(e *ippo.Event) { e.CalledOff = true })
	shows(t.Context(), "13日14時: 3")
	c.decide(func(s *ippo.Settings) { s.Modules = nil })
	shows(t.Context())
}

// What would come in the quiet hours comes the evening before, and two on one evening are one.
func TestEventRemindersKeepQuiet(t *testing.T) {
	for name, x := range map[string]struct {
		starts      time.Time
		first, soon time.Time
	}{
		"in the morning": {day(14, 9, 0), day(13, 9, 0), day(13, 19, 59)},
		"at night":       {day(14, 21, 30), day(13, 19, 59), day(14, 19, 30)},
		"before dawn":    {day(14, 5, 0), day(12, 19, 59), day(13, 19, 59)},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t, 1, options{})
			c.at(day(10, 12, 0))
			c.event(x.starts, 0, 1)
			c.goes(day(10, 12, 0))
			c.goes(x.first.Add(-time.Minute))
			c.received(first, 0)
			c.goes(x.first)
			c.received(first, 1)
			c.goes(x.soon.Add(-time.Minute))
			c.received(soon, 0)
			c.goes(x.soon)
			c.received(soon, 1)
		})
	}
	t.Run("on a day off", func(t *testing.T) {
		c := newCenter(t, 1, options{})
		c.at(day(10, 12, 0))
		c.decide(func(s *ippo.Settings) { s.QuietDaysOff = true })
		c.event(day(15, 10, 0), 0, 1) // Sunday
		c.goes(day(10, 12, 0))
		c.goes(day(13, 19, 59)) // Friday
		c.goes(day(15, 10, 0))
		c.received(first, 0)
		c.received(soon, 1)
	})
}

// The event is moved: those who signed up are told, once, and reminded of the new day only. It is called off:
// they are told, and not reminded.
func TestEventIsMovedAndCalledOff(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.at(day(10, 12, 0))
	c.event(day(14, 14, 0), 1, 2) // one waits
	c.goes(day(10, 12, 0))
	c.changes(func(e *ippo.Event) { e.Summary = "お茶とお菓子" })
	c.goes(day(11, 12, 0))
	c.received("予定が変わりました", 0, 0, 0)
	c.changes(func(e *ippo.Event) { e.StartsAt, e.EndsAt = e.StartsAt.AddDate(0, 0, 7), e.EndsAt.AddDate(0, 0, 7) })
	c.goes(day(11, 21, 0)) // quiet
	c.received("予定が変わりました", 0, 0, 0)
	c.changes(func(e *ippo.Event) { e.Place = "公民館" }) // once more, before anybody was told
	c.goes(day(12, 8, 0))
	c.received("予定が変わりました", 1, 1, 0)
	c.received("公民館", 1, 1, 0)
	c.goes(day(14, 12, 0))
	c.received(soon, 0, 0, 0)
	c.goes(day(20, 14, 0))
	c.received(first, 1, 0, 0)
	c.changes(func(e *ippo.Event) { e.CalledOff = true })
	c.goes(day(20, 15, 0))
	c.goes(day(21, 14, 0))
	c.received("イベントは中止になりました", 1, 1, 0)
	c.received(soon, 0, 0, 0)
	c.goes(day(21, 18, 0))
	c.received("いかがでしたか", 0, 0, 0)
}

// A place becomes free in the night: the first in line is told in the morning, and the next one when they do not
// confirm.
func TestWaitingListIsTold(t *testing.T) {
	c := newCenter(t, 4, options{})
	c.at(day(10, 12, 0))
	c.event(day(21, 14, 0), 1, 4)
	c.goes(day(10, 12, 0))
	c.at(day(10, 22, 0))
	c.cancels(1)
	c.goes(day(10, 22, 0))
	c.received("席が空きました", 0, 0, 0, 0)
	c.goes(day(11, 8, 0))
	c.received("席が空きました", 0, 1, 0, 0)
	if next, err := c.TendEvents(t.Context()); err != nil || !next.Equal(day(12, 8, 0)) {
		t.Errorf("looks again at %v, %v", next, err)
	}
	c.goes(day(12, 8, 0))
	c.received("席が空きました", 0, 1, 1, 0)
	c.tx(func(_ context.Context, tx *store.Tx) error {
		_, err := tx.ConfirmReservation(t.Context(), 3, 3)
		return err
	})
	c.goes(day(13, 9, 0))
	c.received("席が空きました", 0, 1, 1, 0)
	c.goes(day(20, 14, 0))
	c.received(first, 0, 0, 1, 0)
}

// Those who were there are asked how it was, once; where nobody was ticked, all who had signed up.
func TestEventFeedback(t *testing.T) {
	for _, ticked := range []bool{false, true} {
		t.Run(fmt.Sprint("ticked: ", ticked), func(t *testing.T) {
			c := newCenter(t, 2, options{})
			c.at(day(10, 12, 0))
			e := c.event(day(14, 14, 0), 0, 2)
			c.goes(day(14, 14, 30))
			want := 1
			if ticked {
				want = 0
				c.tx(func(_ context.Context, tx *store.Tx) error {
					_, _, err := tx.Attend(t.Context(), e.Code, 1)
					return err
				})
			}
			c.goes(day(14, 16, 59))
			c.received("いかがでしたか", 0, 0)
			c.goes(day(14, 17, 0))
			c.goes(day(15, 17, 0))
			c.received("いかがでしたか", 1, want)
		})
	}
}

// After a restore nobody is told twice, and who signed up is reminded all the same.
func TestEventsAfterARestore(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.at(day(10, 12, 0))
	c.event(day(14, 14, 0), 1, 3)
	c.goes(day(10, 12, 0))
	c.cancels(1)
	if err := c.store.HoldEverything(t.Context(), "復元しました"); err != nil {
		t.Fatal(err)
	}
	c.goes(day(12, 12, 0))
	c.received("席が空きました", 0, 0, 0)
	if _, err := c.store.HandReservation(t.Context(), 0, 2, "place", 0); err != nil {
		t.Fatal(err)
	}
	c.goes(day(12, 13, 0))
	if err := c.store.HoldEverything(t.Context(), "もう一度"); err != nil {
		t.Fatal(err)
	}
	c.goes(day(12, 14, 0))
	c.goes(day(13, 14, 0))
	c.received(first, 0, 1, 0)
}

// A thousand people who signed up are planned for in one go.
func BenchmarkTendEvents(b *testing.B) {
	for range b.N {
		b.StopTimer()
		c := newCenter(b, 1000, options{})
		c.at(day(10, 12, 0))
		c.event(day(14, 14, 0), 0, 1000)
		b.StartTimer()
		if _, err := c.TendEvents(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
