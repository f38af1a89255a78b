package messages

import (
	"strconv"
	"strings"

	"ippo"
)

// EventCards shows events, each with the way to its page.
func EventCards(w Words, items []ippo.Event, base string) ippo.Message {
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
				row(w.Say("card.cost"), e.Cost)),
			Footer: vertical("sm", primary(open(w.Say("card.more"), w.Page(EventPage(base, e.Slug))))),
		}
		alt[i] = strconv.Itoa(i+1) + " " + e.Title + "　" + w.When(e) + "　" + e.Place
	}
	return cards(w.Say("card.events")+"\n"+strings.Join(alt, "\n"), bubbles)
}

// EventPage is the address of an event.
func EventPage(base, slug string) string { return base + "/r/events/" + slug }
