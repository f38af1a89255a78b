package admin

import (
	"context"
	"fmt"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
)

type eventPage struct {
	frame
	Item          ippo.Event
	Topics, Areas []option
	States        []option
	Starts, Ends  string
	Translations  []translationForm
	Until         string // when sign-up ends
}

func (p *Panel) events() longShelf[ippo.Event] {
	return longShelf[ippo.Event]{
		kind: ippo.ContentEvent, hint: "題名や場所のことば",
		state: func(e *ippo.Event, to ippo.ContentStatus) { e.Status = to },
		said:  statusWords, moves: publishing, at: "starts", first: "-starts",
		columns: intake.Events,
		shelf: shelf[ippo.Event]{
			panel: p, section: "events", word: "イベント", instead: "見えなくするだけなら、状態を「公開終了」にしてください。",
			one:    func(ctx context.Context, id int64) (ippo.Event, error) { return p.Store.Event(ctx, ippo.EventID(id)) },
			create: p.Store.CreateEvent,
			update: p.Store.UpdateEvent,
			delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
				return p.Store.DeleteEvent(ctx, by, ippo.EventID(id))
			},
			id:   func(e ippo.Event) int64 { return int64(e.ID) },
			name: func(e ippo.Event) string { return e.Title },
			blank: func() ippo.Event {
				return ippo.Event{Status: ippo.ContentDraft, SignUp: ippo.SignUp{MaxParty: 1, ConfirmHours: ippo.DefaultConfirmHours}}
			},
			named: func(e ippo.Event) ippo.Event { e.Slug = newSlug("event", p.Now()); return e },
			read:  p.readEvent,
			ask:   p.askEvent,
			page: func(f frame, e ippo.Event, topics []ippo.Topic, areas []ippo.Area) any {
				return eventPage{
					frame: f, Item: e, Starts: inputMoment(e.StartsAt), Ends: inputMoment(e.EndsAt), Until: inputMoment(e.SignUp.Until),
					Topics: choices(topics, e.Topics), Areas: choices(areas, e.Areas), States: statuses(ippo.ContentStatuses, e.Status),
					Translations: p.translationForms(e.Translations, e.Texts(), f.Problems),
				}
			},
		},
	}
}

func (p *Panel) readEvent(c *gin.Context, e ippo.Event, topics []ippo.Topic, areas []ippo.Area) (ippo.Event, ippo.Problems) {
	var found ippo.Problems
	e.Title = formText(c, "title")
	e.Summary = formText(c, "summary")
	e.Body = formText(c, "body")
	e.Place = formText(c, "place")
	e.Cost = formText(c, "cost")
	e.Contact = formText(c, "contact")
	e.URL = formText(c, "url")
	e.Status = ippo.ContentStatus(formText(c, "status"))
	e.Capacity = formInt(c, "capacity", "定員", &found)
	e.StartsAt = formTime(c, "startsAt", "始まる日時", &found)
	e.EndsAt = formTime(c, "endsAt", "終わる日時", &found)
	e.Translations = p.formTranslations(c, e.Translations, e.Texts())
	e.SignUp = ippo.SignUp{
		Open: formOn(c, "signUp"), Until: formTime(c, "signUpUntil", "申込の締切", &found), AsksName: formOn(c, "asksName"),
		MaxParty: formInt(c, "maxParty", "一度に申し込める人数", &found), ConfirmHours: formInt(c, "confirmHours", "席をとっておく時間", &found),
	}
	e.ForAmbassadors, e.CalledOff = formOn(c, "forAmbassadors"), formOn(c, "calledOff")
	e.Topics, e.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return e, found
}

// askEvent says how many people are told before an event that they signed up for is moved or called off.
func (p *Panel) askEvent(c *gin.Context, was, e ippo.Event) (string, error) {
	if !e.TellsOf(was, p.Now()) {
		return "", nil
	}
	byLine, byStaff, err := p.Store.Told(c.Request.Context(), e.ID)
	if err != nil || byLine+byStaff == 0 {
		return "", err
	}
	what := "日時か場所が変わる"
	switch {
	case e.CalledOff:
		what = "中止になる"
	case was.CalledOff:
		what = "中止をやめて行う"
	}
	question := fmt.Sprintf("%sことを、申し込んだ%s人にLINEで知らせます。", what, ippo.Comma(int64(byLine)))
	if byStaff > 0 {
		question += fmt.Sprintf("ほかに、LINEでは届かない人が%s人います。電話などで伝えてください。", ippo.Comma(int64(byStaff)))
	}
	return question, nil
}
