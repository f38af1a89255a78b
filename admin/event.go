package admin

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
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
		status: func(e ippo.Event) ippo.ContentStatus { return e.Status },
		slug:   func(e *ippo.Event) *string { return &e.Slug },
		columns: func(topics []ippo.Topic, areas []ippo.Area) []contentColumn[ippo.Event] {
			return []contentColumn[ippo.Event]{
				textColumn("題名", func(e *ippo.Event) *string { return &e.Title }),
				textColumn("概要", func(e *ippo.Event) *string { return &e.Summary }),
				textColumn("くわしい内容", func(e *ippo.Event) *string { return &e.Body }),
				timeColumn("始まり", func(e *ippo.Event) *time.Time { return &e.StartsAt }),
				timeColumn("終わり", func(e *ippo.Event) *time.Time { return &e.EndsAt }),
				textColumn("場所", func(e *ippo.Event) *string { return &e.Place }),
				numberColumn("定員", func(e *ippo.Event) *int { return &e.Capacity }),
				textColumn("費用", func(e *ippo.Event) *string { return &e.Cost }),
				textColumn("申込方法", func(e *ippo.Event) *string { return &e.Contact }),
				writtenColumn("席が決まった人", func(e ippo.Event) string { return strconv.Itoa(e.Places.Taken) }),
				writtenColumn("キャンセル待ち", func(e ippo.Event) string { return strconv.Itoa(e.Places.Waiting) }),
				writtenColumn("出席", func(e ippo.Event) string { return strconv.Itoa(e.Places.Attended) }),
				choiceColumn("分野", topics, func(e *ippo.Event) *ippo.Choice { return &e.Topics }),
				choiceColumn("地域", areas, func(e *ippo.Event) *ippo.Choice { return &e.Areas }),
				textColumn("リンク", func(e *ippo.Event) *string { return &e.URL }),
			}
		},
		check: p.checkEventRow,
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

// checkEventRow leaves to the event's own page what people who signed up have to be told: it asks first.
func (p *Panel) checkEventRow(ctx context.Context, was, e ippo.Event) error {
	remit := store.RemitOf(ctx)
	if !remit.Holds(e.Topics, e.Areas) || was.ID != 0 && !remit.Holds(was.Topics, was.Areas) {
		return errNotTheirs
	}
	if err := e.Validate(); err != nil {
		return err
	}
	if was.ID != 0 && e.TellsOf(was, p.Now()) {
		byLine, byStaff, err := p.Store.Told(ctx, e.ID)
		if err != nil {
			return err
		}
		if byLine+byStaff > 0 {
			return ippo.Problems{{Message: "申し込んだ人に知らせる変更です。日時と場所は、イベントの画面で変えてください。"}}
		}
	}
	return nil
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
