package messages

import (
	"strconv"
	"strings"
	"time"

	"ippo"
)

// EventCards shows events as they stand at now, each with the way to its page and, where people can sign up,
// the way to do that.
func EventCards(w Words, items []ippo.Event, base string, now time.Time) ippo.Message {
	bubbles := make([]bubble, len(items))
	alt := make([]string, len(items))
	for i, e := range items {
		e, reading := e.In(w.Language)
		capacity := ""
		if e.Capacity > 0 {
			capacity = w.Say("card.capacity.people", Vars{"N": e.Capacity})
		}
		bubbles[i] = bubble{
			Type: "bubble", Size: "kilo",
			Body: vertical("sm",
				listed(i, len(items), e.Title),
				plain(e.Summary),
				small(w.Caveat(reading, "title", "summary", "place", "cost")),
				rule(),
				row(w.Say("card.when"), w.When(e)),
				row(w.Say("card.place"), e.Place),
				row(w.Say("card.capacity"), capacity),
				row(w.Say("card.cost"), e.Cost),
				row(w.Say("card.signup"), signUp(w, e, now))),
			Footer: eventFooter(w, e, base, now),
		}
		alt[i] = strconv.Itoa(i+1) + " " + e.Title + "　" + w.When(e) + "　" + e.Place
	}
	return cards(w.Say("card.events")+"\n"+strings.Join(alt, "\n"), bubbles)
}

// signUp says until when people can sign up, or that the event is full; "" where they cannot.
func signUp(w Words, e ippo.Event, now time.Time) string {
	switch {
	case !e.TakesSignUps(now):
		return ""
	case e.Full():
		return w.Say("card.signup.full")
	}
	return w.Say("card.signup.until", Vars{"At": w.Moment(e.SignsUpUntil())})
}

func eventFooter(w Words, e ippo.Event, base string, now time.Time) *box {
	more := open(w.Say("card.more"), w.Page(EventPage(base, e.Slug)))
	if !e.TakesSignUps(now) {
		return vertical("sm", primary(more))
	}
	return vertical("sm", primary(tap(w.Say("reserve.button"), "1/reserve/join/"+e.Slug)), secondary(more))
}

// EventPage is the address of an event.
func EventPage(base, slug string) string { return base + "/r/events/" + slug }

// EventCalendar is the address of an event's calendar file.
func EventCalendar(base, slug string) string { return EventPage(base, slug) + "/calendar.ics" }
