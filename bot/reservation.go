package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// reserveTalk is signing up for events, in two taps, and all that comes after it. What each tap brings about
// is certain only in the transaction, so the reply is made there.
func reserveTalk() *talk {
	return &talk{
		name:   talkReserve,
		module: ippo.ModuleEvents,
		words: []string{
			"申し込み", "申込", "もうしこみ", "申しこみ", "申し込みの確認", "申し込みを見る", "予約", "よやく", "予約の確認", "イベントの申し込み",
			"my sign-ups", "sign-ups", "signups", "my reservations", "reservations",
		},
		begin: showReservations,
		taps: map[string]func(*turn, string) error{
			"join":    askSignUp,
			"book":    func(t *turn, value string) error { return t.reserve(value, false) },
			"wait":    func(t *turn, value string) error { return t.reserve(value, true) },
			"confirm": confirmPlace,
			"resize":  askResize,
			"party":   resize,
			"cancel":  askCancel,
			"drop":    dropReservation,
			"keep":    keepReservation,
			"felt":    answerFeedback,
		},
	}
}

// showReservations shows what the follower has signed up for.
func showReservations(t *turn) error {
	own, err := t.bot.store.OwnReservations(t.ctx, t.follower.ID, t.now)
	if err != nil {
		return err
	}
	if len(own) == 0 {
		t.say("reserve.none")
	} else {
		t.say("reserve.mine")
		t.send(messages.Reservations(t.w, own[:min(len(own), ippo.MaxBubbles)], t.bot.base))
	}
	t.closing(t.tap("events.open", talkEvents, "start", ""))
	return nil
}

// signUpEvent is the event that a button is about, if people can sign up for it; ok is false when the reply says
// why not.
func (t *turn) signUpEvent(slug string) (e ippo.Event, ok bool, err error) {
	e, err = t.bot.store.EventBySlug(t.ctx, slug)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && e.Status != ippo.ContentPublished {
		t.say("gone")
		return e, false, t.showEvents(1)
	}
	if err != nil {
		return e, false, err
	}
	_, member, err := t.ambassador()
	switch {
	case err != nil:
		return e, false, err
	case e.ForAmbassadors && !member:
		t.say("reserve.ambassadors", t.labels())
	case !e.TakesSignUps(t.now):
		t.say("reserve.closed")
	default:
		return e, true, nil
	}
	t.closing(t.tap("events.open", talkEvents, "start", ""))
	return e, false, nil
}

// askSignUp is the first tap: it asks for the second, or leads to the form where the event asks for a name.
func askSignUp(t *turn, slug string) error {
	e, ok, err := t.signUpEvent(slug)
	if err != nil || !ok {
		return err
	}
	switch own, err := t.bot.store.OwnReservation(t.ctx, e.ID, t.follower.ID); {
	case err == nil:
		return t.showReservation("reserve.already", ippo.Booking{Event: e, Reservation: own})
	case !errors.Is(err, ippo.ErrNotFound):
		return err
	}
	form := ""
	if e.SignUp.AsksName {
		form = t.formLink(purposeSignUp, signUpContext{e.ID})
	}
	t.send(messages.AskSignUp(t.w, e, form))
	t.closing(t.tap("events.open", talkEvents, "start", ""))
	return nil
}

// showReservation replies with a sign-up as it is now.
func (t *turn) showReservation(heading string, b ippo.Booking) error {
	t.send(messages.Reservation(t.w, heading, b, t.bot.base))
	t.closing(t.tap("events.open", talkEvents, "start", ""))
	return nil
}

// reserve is the second tap. value is the event and how many come.
func (t *turn) reserve(value string, wait bool) error {
	slug, number, _ := strings.Cut(value, ".")
	party, err := strconv.Atoi(number)
	if err != nil {
		return t.oldButton()
	}
	e, ok, err := t.signUpEvent(slug)
	if err != nil || !ok {
		return err
	}
	if e.SignUp.AsksName {
		return askSignUp(t, slug) // staff ask for it since
	}
	t.wake = true
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		r, made, err := tx.Reserve(ctx, ippo.Reservation{Event: e.ID, Follower: t.follower.ID, Party: party}, wait)
		switch {
		case errors.Is(err, ippo.ErrFull):
			e.Places.Taken = e.Capacity // since it was read
			t.send(messages.AskSignUp(t.w, e, ""))
			t.closing(t.tap("events.open", talkEvents, "start", ""))
			return nil
		case errors.Is(err, ippo.ErrConflict), errors.Is(err, ippo.ErrForbidden):
			t.say("reserve.closed")
			t.closing(t.tap("events.open", talkEvents, "start", ""))
			return nil
		case err != nil:
			return err
		}
		heading := "reserve.done"
		switch {
		case !made:
			heading = "reserve.already"
		case r.State == ippo.ReservationWaiting:
			heading = "reserve.waiting"
		}
		return t.showReservation(heading, ippo.Booking{Event: e, Reservation: r})
	})
	return nil
}

// ownBooking is the follower's sign-up that a button is about. Of another's, or of one that is gone, the button
// is an old one, and so the reply says; the sign-up is zero then.
func (t *turn) ownBooking(value string) (b ippo.Booking, err error) {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return b, t.oldButton()
	}
	b.Reservation, err = t.bot.store.Reservation(t.ctx, ippo.ReservationID(id))
	if errors.Is(err, ippo.ErrNotFound) || err == nil && b.Reservation.Follower != t.follower.ID {
		return ippo.Booking{}, t.oldButton()
	}
	if err == nil {
		b.Event, err = t.bot.store.Event(t.ctx, b.Reservation.Event)
	}
	return b, err
}

// change does something to the follower's own sign-up and answers with done; overtaken is what is said where it
// is too late for it.
func (t *turn) change(value, overtaken string, do func(context.Context, *store.Tx, ippo.Booking) (ippo.Reservation, error), done func(ippo.Booking) error) error {
	b, err := t.ownBooking(value)
	if err != nil || b.Reservation.ID == 0 {
		return err
	}
	t.wake = true
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		r, err := do(ctx, tx, b)
		switch {
		case errors.Is(err, ippo.ErrFull):
			t.say("reserve.resize.full")
		case errors.Is(err, ippo.ErrConflict):
			t.say(overtaken)
		case err != nil:
			return err
		default:
			b.Reservation = r
			return done(b)
		}
		t.closing(t.tap("reserve.open", talkReserve, "start", ""))
		return nil
	})
	return nil
}

// confirmPlace takes the place that is kept for who is first on the waiting list.
func confirmPlace(t *turn, value string) error {
	return t.change(value, "reserve.late", func(ctx context.Context, tx *store.Tx, b ippo.Booking) (ippo.Reservation, error) {
		return tx.ConfirmReservation(ctx, t.follower.ID, b.Reservation.ID)
	}, func(b ippo.Booking) error { return t.showReservation("reserve.confirmed", b) })
}

// askResize asks how many come. The tap that answers changes it.
func askResize(t *turn, value string) error {
	b, err := t.ownBooking(value)
	if err != nil || b.Reservation.ID == 0 {
		return err
	}
	if !b.Reservation.State.Open() {
		t.say("reserve.over")
		t.closing(t.tap("reserve.open", talkReserve, "start", ""))
		return nil
	}
	t.say("reserve.resize.ask")
	var choices []messages.Choice
	for n := 1; n <= b.Event.SignUp.MaxParty; n++ {
		choices = append(choices, messages.Choice{
			Label: t.w.Say("reserve.party.n", messages.Vars{"N": n}), Data: tapped{talkReserve, "party", fmt.Sprintf("%d.%d", b.Reservation.ID, n)}.data(),
		})
	}
	t.offer(append(choices, t.tap("menu.open", talkMenu, "start", ""))...)
	return nil
}

func resize(t *turn, value string) error {
	id, number, _ := strings.Cut(value, ".")
	party, err := strconv.Atoi(number)
	if err != nil {
		return t.oldButton()
	}
	return t.change(id, "reserve.over", func(ctx context.Context, tx *store.Tx, b ippo.Booking) (ippo.Reservation, error) {
		return tx.ResizeReservation(ctx, t.follower.ID, b.Reservation.ID, party)
	}, func(b ippo.Booking) error { return t.showReservation("reserve.resize.done", b) })
}

// named is what a text mentions of an event, in the follower's language.
func (t *turn) named(e ippo.Event) messages.Vars {
	e, _ = e.In(t.w.Language)
	return messages.Vars{"Event": e.Title}
}

// askCancel asks once more: a place that is given back goes to somebody else.
func askCancel(t *turn, value string) error {
	b, err := t.ownBooking(value)
	if err != nil || b.Reservation.ID == 0 {
		return err
	}
	if !b.Reservation.State.Open() {
		t.say("reserve.over")
		t.closing(t.tap("reserve.open", talkReserve, "start", ""))
		return nil
	}
	t.say("reserve.cancel.ask", t.named(b.Event))
	t.offer(t.tap("reserve.cancel", talkReserve, "drop", value), t.tap("reserve.cancel.no", talkReserve, "keep", value))
	return nil
}

func dropReservation(t *turn, value string) error {
	return t.change(value, "reserve.over", func(ctx context.Context, tx *store.Tx, b ippo.Booking) (ippo.Reservation, error) {
		return tx.CancelReservation(ctx, t.follower.ID, b.Reservation.ID)
	}, func(b ippo.Booking) error {
		t.say("reserve.cancelled", t.named(b.Event))
		t.closing(t.tap("events.open", talkEvents, "start", ""))
		return nil
	})
}

func keepReservation(t *turn, _ string) error {
	t.say("reserve.kept")
	t.closing(t.tap("reserve.open", talkReserve, "start", ""))
	return nil
}

// answerFeedback takes a tap under 「いかがでしたか」.
func answerFeedback(t *turn, value string) error {
	id, said, _ := strings.Cut(value, ".")
	answer := ippo.Feedback(said)
	if !answer.Known() {
		return t.oldButton()
	}
	b, err := t.ownBooking(id)
	if err != nil || b.Reservation.ID == 0 {
		return err
	}
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		return tx.AnswerEvent(ctx, t.follower.ID, b.Reservation.ID, answer)
	})
	t.say("feedback.thanks")
	t.closing(t.tap("events.open", talkEvents, "start", ""))
	return nil
}

// attend notes that who scanned an event's code is there.
func (t *turn) attend(code string) error {
	t.effect(func(ctx context.Context, tx *store.Tx) error {
		r, e, err := tx.Attend(ctx, code, t.follower.ID)
		vars := t.named(e)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			t.say("attend.unknown")
		case errors.Is(err, ippo.ErrConflict):
			t.say("attend.day", vars)
		case errors.Is(err, ippo.ErrForbidden):
			t.say("reserve.ambassadors", t.labels())
		case err != nil:
			return err
		case r.State == ippo.ReservationWalkIn:
			t.say("attend.walkin", vars)
		default:
			t.say("attend.thanks", vars)
		}
		t.closing()
		return nil
	})
	return nil
}

// signUpContext is which event a form is for.
type signUpContext struct {
	Event ippo.EventID `json:"event"`
}

type signUpFormPage struct {
	frame
	Form     ippo.Attendee
	Party    int
	Parties  []int
	Problems ippo.Problems
	Event    ippo.Event
	When     string
	Action   string
	Closed   bool
}

// signUpPage gathers what the form shows.
func (b *Bot) signUpPage(c *gin.Context, l store.FormLink) (signUpFormPage, error) {
	var about signUpContext
	if err := json.Unmarshal(l.Context, &about); err != nil {
		return signUpFormPage{}, fmt.Errorf("read what the form is about: %w", err)
	}
	e, err := b.store.Event(c.Request.Context(), about.Event)
	if err != nil {
		return signUpFormPage{}, err
	}
	f, err := b.frame(c, "signup.title")
	if err != nil {
		return signUpFormPage{}, err
	}
	e, _ = e.In(f.W.Language)
	page := signUpFormPage{frame: f, Event: e, When: f.W.When(e), Party: 1, Action: c.Request.URL.Path, Closed: !e.TakesSignUps(b.now())}
	for n := 1; n <= e.SignUp.MaxParty; n++ {
		page.Parties = append(page.Parties, n)
	}
	return page, nil
}

func (b *Bot) showSignUpForm(c *gin.Context, l store.FormLink) error {
	page, err := b.signUpPage(c, l)
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "form_signup", page)
}

// takeSignUpForm signs somebody up with the name and the contact that the event asks for. Whoever sends the form
// of an event that has become full since is shown so first: they wait only if they were told.
func (b *Bot) takeSignUpForm(c *gin.Context, l store.FormLink) error {
	page, err := b.signUpPage(c, l)
	if err != nil {
		return err
	}
	page.Form = ippo.Attendee{Name: field(c, "name"), Contact: field(c, "contact")}
	page.Party, _ = strconv.Atoi(field(c, "party")) // what is none is refused
	page.Party = min(max(page.Party, 1), page.Event.SignUp.MaxParty)
	wait := field(c, "wait") != ""
	err = b.store.Write(c.Request.Context(), func(t *store.Tx) error {
		if err := page.Form.Validate(); err != nil {
			return err
		}
		if err := t.SpendFormLink(c.Request.Context(), l.ID); err != nil {
			return err
		}
		_, _, err := t.Reserve(c.Request.Context(), ippo.Reservation{Event: page.Event.ID, Follower: l.Follower, Party: page.Party, Attendee: page.Form}, wait)
		return err
	})
	switch {
	case errors.As(err, &page.Problems):
		page.Problems = page.mend("visit.problem.", page.Problems)
	case errors.Is(err, ippo.ErrFull):
		page.Event.Places.Taken = page.Event.Capacity
	case errors.Is(err, ippo.ErrConflict), errors.Is(err, ippo.ErrForbidden):
		if l, err := b.store.FormLink(c.Request.Context(), l.ID); err == nil && !l.SpentAt.IsZero() {
			return b.to(c, "/done") // a second tap on 送信 was slower
		}
		page.Closed = true
	case err != nil:
		return err
	default:
		b.told()
		return b.to(c, "/done")
	}
	return b.render(c, http.StatusUnprocessableEntity, "form_signup", page)
}

// signedUp is the key of what the page after the form says it brought about.
func (b *Bot) signedUp(c *gin.Context, follower ippo.FollowerID) (string, error) {
	r, err := b.store.LatestReservation(c.Request.Context(), follower)
	if err != nil {
		return "", err
	}
	if r.State == ippo.Reserved || r.State == ippo.ReservationWaiting {
		return "signup.done." + string(r.State), nil
	}
	return "signup.done.over", nil
}
