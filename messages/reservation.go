package messages

import (
	"fmt"
	"strings"

	"ippo"
)

// AskSignUp asks whether to sign up for an event: the second of two taps. Where several may come together,
// that tap says how many; where the event asks for a name, page leads to the form for it.
func AskSignUp(w Words, e ippo.Event, page string) ippo.Message {
	title, note, step, one, many := w.Say("reserve.ask"), "", "book", "reserve.button", "reserve.party.button"
	if e.Full() {
		title, note, step, one, many = w.Say("reserve.full"), w.Say("reserve.full.ask"), "wait", "reserve.wait.button", "reserve.wait.party"
	}
	var buttons []Choice
	switch {
	case page != "":
		note = strings.TrimSpace(note + " " + w.Say("reserve.form.note"))
		buttons = append(buttons, Choice{Label: w.Say("reserve.form.see"), Page: page})
	case e.SignUp.MaxParty == 1:
		buttons = append(buttons, Choice{Label: w.Say(one), Data: "1/reserve/" + step + "/" + e.Slug + ".1"})
	default:
		note = strings.TrimSpace(note + " " + w.Say("reserve.ask.party"))
		for n := 1; n <= e.SignUp.MaxParty; n++ {
			buttons = append(buttons, Choice{Label: w.Say(many, Vars{"N": n}), Data: fmt.Sprintf("1/reserve/%s/%s.%d", step, e.Slug, n)})
		}
	}
	return Summary(title, eventFacts(w, e), note, buttons)
}

func eventFacts(w Words, e ippo.Event) []Fact {
	e, _ = e.In(w.Language)
	return []Fact{{w.Say("reserve.event"), e.Title}, {w.Say("card.when"), w.When(e)}, {w.Say("card.place"), e.Place}}
}

// Reservation shows somebody's sign-up with what they can do about it, under a heading that is a key of the
// catalogue.
func Reservation(w Words, heading string, b ippo.Booking, base string) ippo.Message {
	return Summary(w.Say(heading), reservationFacts(w, b), reservationNote(w, b), reservationButtons(w, b, base))
}

// Reservations shows several sign-ups, each with what can be done about it.
func Reservations(w Words, all []ippo.Booking, base string) ippo.Message {
	bubbles := make([]bubble, len(all))
	alt := make([]string, len(all))
	for i, b := range all {
		b.Event, _ = b.Event.In(w.Language)
		rows := []any{listed(i, len(all), b.Event.Title)}
		for _, f := range reservationFacts(w, b)[1:] {
			rows = append(rows, row(f.Name, f.Value))
		}
		buttons := reservationButtons(w, b, base)
		bubbles[i] = bubble{Type: "bubble", Size: "kilo", Body: vertical("sm", append(rows, small(reservationNote(w, b)))...)}
		if len(buttons) > 0 {
			footer := make([]any, len(buttons))
			for n, c := range buttons {
				footer[n] = choiceButton(c, n == 0)
			}
			bubbles[i].Footer = vertical("sm", footer...)
		}
		alt[i] = b.Event.Title + "　" + w.When(b.Event) + "　" + reservationState(w, b)
	}
	return cards(strings.Join(alt, "\n"), bubbles)
}

func reservationState(w Words, b ippo.Booking) string {
	if b.Event.CalledOff {
		return w.Say("reserve.state.off")
	}
	return w.Say("reserve.state." + string(b.Reservation.State))
}

func reservationFacts(w Words, b ippo.Booking) []Fact {
	facts := eventFacts(w, b.Event)
	if b.Event.SignUp.MaxParty > 1 || b.Reservation.Party > 1 {
		facts = append(facts, Fact{w.Say("reserve.party"), w.Say("reserve.party.n", Vars{"N": b.Reservation.Party})})
	}
	facts = append(facts, Fact{w.Say("reserve.state"), reservationState(w, b)})
	if by := b.Reservation.ConfirmBy; !by.IsZero() {
		facts = append(facts, Fact{w.Say("reserve.by"), w.Moment(by)})
	}
	return facts
}

func reservationNote(w Words, b ippo.Booking) string {
	if b.Event.CalledOff || !b.Reservation.State.Open() {
		return ""
	}
	return w.Say("reserve.note." + string(b.Reservation.State))
}

func reservationButtons(w Words, b ippo.Booking, base string) []Choice {
	if b.Event.CalledOff || !b.Reservation.State.Open() || !b.Reservation.AttendedAt.IsZero() {
		return nil
	}
	tap := func(label, step string) Choice {
		return Choice{Label: w.Say(label), Data: fmt.Sprintf("1/reserve/%s/%d", step, b.Reservation.ID)}
	}
	if b.Reservation.State == ippo.ReservationOffered {
		return []Choice{tap("reserve.confirm.button", "confirm"), tap("reserve.decline.button", "cancel")}
	}
	var buttons []Choice
	if b.Reservation.State == ippo.Reserved {
		buttons = append(buttons, Choice{Label: w.Say("reserve.calendar.see"), Page: EventCalendar(base, b.Event.Slug)})
	}
	if b.Event.SignUp.MaxParty > 1 {
		buttons = append(buttons, tap("reserve.resize.open", "resize"))
	}
	return append(buttons, tap("reserve.cancel", "cancel"))
}

// EventNotice tells somebody who signed up for an event what they did not tap for: that a place is kept for them,
// that the event was moved or called off, that it is near (which says how near), or asks how it was. It is the
// message of a notice of that kind.
func EventNotice(w Words, kind ippo.NoticeKind, which ippo.EventReminder, b ippo.Booking, base string) ippo.Message {
	switch {
	case kind == ippo.NoticeWaitingList:
		return Reservation(w, "reserve.offer", b, base)
	case kind == ippo.NoticeEventFeedback:
		return askFeedback(w, b)
	case kind == ippo.NoticeEventReminder:
		return Reservation(w, "reserve.remind."+string(which), b, base)
	case b.Event.CalledOff:
		return Summary(w.Say("reserve.off"), eventFacts(w, b.Event), w.Say("reserve.off.note"), nil)
	}
	return Reservation(w, "reserve.changed", b, base)
}

// askFeedback asks who was there how it was. Each answer is one tap.
func askFeedback(w Words, b ippo.Booking) ippo.Message {
	buttons := make([]Choice, len(ippo.Feedbacks))
	for i, f := range ippo.Feedbacks {
		buttons[i] = Choice{Label: w.Say("feedback." + string(f)), Data: fmt.Sprintf("1/reserve/felt/%d.%s", b.Reservation.ID, f)}
	}
	b.Event, _ = b.Event.In(w.Language)
	return Summary(w.Say("feedback.ask", Vars{"Event": b.Event.Title}), nil, w.Say("feedback.note"), buttons)
}
