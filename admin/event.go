package admin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

type eventList struct {
	frame
	pager
	Query string
	Items []ippo.Event
	Total int
}

func (p *Panel) eventList(c *gin.Context) error {
	all, err := p.Store.Events(c.Request.Context())
	if err != nil {
		return err
	}
	page := eventList{frame: p.frame(c), Query: query(c)}
	all = search(all, page.Query, func(e ippo.Event) []string { return []string{e.Title, e.Summary, e.Body, e.Place} })
	page.Total = len(all)
	page.Items, page.pager = pageOf(c, all)
	return p.render(c, http.StatusOK, "event_list.html", page)
}

type eventPage struct {
	frame
	Item          ippo.Event
	Topics, Areas []option
	States        []option
	Starts, Ends  string
}

func (p *Panel) eventPage(c *gin.Context, item ippo.Event, found ippo.Problems) error {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	page := eventPage{
		frame: p.frame(c), Item: item, Starts: inputMoment(item.StartsAt), Ends: inputMoment(item.EndsAt),
		Topics: choices(topics, item.Topics), Areas: choices(areas, item.Areas),
		States: statuses(ippo.ContentStatuses, item.Status),
	}
	page.Problems = found
	return p.render(c, formStatus(found), "event_edit.html", page)
}

// eventForm reads the form over an item, whose ID and slug stay.
func (p *Panel) eventForm(c *gin.Context, item ippo.Event) (ippo.Event, ippo.Problems, error) {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return item, nil, err
	}
	var found ippo.Problems
	item.Title = formText(c, "title")
	item.Summary = formText(c, "summary")
	item.Body = formText(c, "body")
	item.Place = formText(c, "place")
	item.Cost = formText(c, "cost")
	item.Contact = formText(c, "contact")
	item.URL = formText(c, "url")
	item.Status = ippo.ContentStatus(formText(c, "status"))
	item.Capacity = formInt(c, "capacity", "定員", &found)
	item.StartsAt = formTime(c, "startsAt", "始まる日時", &found)
	item.EndsAt = formTime(c, "endsAt", "終わる日時", &found)
	item.Topics, item.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return item, found, nil
}

func (p *Panel) newEvent(c *gin.Context) error {
	return p.eventPage(c, ippo.Event{Status: ippo.ContentDraft}, nil)
}

func (p *Panel) createEvent(c *gin.Context) error {
	item, found, err := p.eventForm(c, ippo.Event{Slug: newSlug("event", p.Now())})
	if err != nil {
		return err
	}
	if found == nil {
		item, err = p.Store.CreateEvent(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, found); err != nil {
			return err
		}
	}
	if found != nil {
		item.ID = 0
		return p.eventPage(c, item, found)
	}
	return p.redirect(c, "イベントを保存しました。", href("events/%d", item.ID))
}

func (p *Panel) event(c *gin.Context) (ippo.Event, error) {
	id, err := pathID[ippo.EventID](c)
	if err != nil {
		return ippo.Event{}, err
	}
	return p.Store.Event(c.Request.Context(), id)
}

func (p *Panel) editEvent(c *gin.Context) error {
	item, err := p.event(c)
	if err != nil {
		return err
	}
	return p.eventPage(c, item, nil)
}

func (p *Panel) updateEvent(c *gin.Context) error {
	item, err := p.event(c)
	if err != nil {
		return err
	}
	item, found, err := p.eventForm(c, item)
	if err != nil {
		return err
	}
	if found == nil {
		if found, err = mend(p.Store.UpdateEvent(c.Request.Context(), p.me(c).ID, item), found); err != nil {
			return err
		}
	}
	if found != nil {
		return p.eventPage(c, item, found)
	}
	return p.redirect(c, "イベントを保存しました。", href("events/%d", item.ID))
}

func (p *Panel) askDeleteEvent(c *gin.Context) error { return p.confirmEvent(c, nil) }

func (p *Panel) confirmEvent(c *gin.Context, found ippo.Problems) error {
	item, err := p.event(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "イベントの削除", Question: "「" + item.Title + "」を削除しますか。",
		Detail: "元に戻せません。見えなくするだけなら、状態を「公開終了」にしてください。",
		Button: "削除する", Back: href("events/%d", item.ID),
	}, found)
}

func (p *Panel) deleteEvent(c *gin.Context) error {
	item, err := p.event(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteEvent(c.Request.Context(), p.me(c).ID, item.ID), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmEvent(c, found)
	}
	return p.redirect(c, "イベントを削除しました。", href("events"))
}
