package admin

import (
	"context"

	"github.com/gin-gonic/gin"

	"ippo"
)

type eventPage struct {
	frame
	Item          ippo.Event
	Topics, Areas []option
	States        []option
	Starts, Ends  string
	Translations  []translationForm
}

func (p *Panel) events() shelf[ippo.Event] {
	return shelf[ippo.Event]{
		panel: p, section: "events", word: "イベント", instead: "見えなくするだけなら、状態を「公開終了」にしてください。",
		all:    p.Store.Events,
		one:    func(ctx context.Context, id int64) (ippo.Event, error) { return p.Store.Event(ctx, ippo.EventID(id)) },
		create: p.Store.CreateEvent,
		update: p.Store.UpdateEvent,
		delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
			return p.Store.DeleteEvent(ctx, by, ippo.EventID(id))
		},
		id:    func(e ippo.Event) int64 { return int64(e.ID) },
		name:  func(e ippo.Event) string { return e.Title },
		texts: func(e ippo.Event) []string { return []string{e.Title, e.Summary, e.Body, e.Place} },
		blank: func() ippo.Event { return ippo.Event{Status: ippo.ContentDraft} },
		named: func(e ippo.Event) ippo.Event { e.Slug = newSlug("event", p.Now()); return e },
		read:  p.readEvent,
		page: func(f frame, e ippo.Event, topics []ippo.Topic, areas []ippo.Area) any {
			return eventPage{
				frame: f, Item: e, Starts: inputMoment(e.StartsAt), Ends: inputMoment(e.EndsAt),
				Topics: choices(topics, e.Topics), Areas: choices(areas, e.Areas), States: statuses(ippo.ContentStatuses, e.Status),
				Translations: p.translationForms(e.Translations, e.Texts(), f.Problems),
			}
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
	e.Topics, e.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return e, found
}
