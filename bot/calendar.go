package bot

import (
	"net/http"
	"net/url"

	ics "github.com/arran4/golang-ical"
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// eventCalendar is an event as a file for calendars.
func (b *Bot) eventCalendar(c *gin.Context) error {
	e, err := b.store.EventBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if e.Status != ippo.ContentPublished {
		return ippo.ErrNotFound
	}
	c.Header("Content-Disposition", `attachment; filename="`+e.Slug+`.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", []byte(calendarOf(e, messages.EventPage(b.base, e.Slug))))
	return nil
}

// calendarOf writes the file. Its times are in UTC, which every calendar shows in its owner's own time. A
// calendar knows the event again by its UID, and takes the file with the higher sequence when it was moved
// or called off.
func calendarOf(e ippo.Event, page string) string {
	host := "ippo"
	if u, err := url.Parse(page); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	cal := ics.NewCalendarFor("Ippo")
	cal.SetMethod(ics.MethodPublish)
	one := cal.AddEvent(e.Slug + "@" + host)
	one.SetDtStampTime(e.UpdatedAt)
	one.SetModifiedAt(e.UpdatedAt)
	one.SetSequence(int(e.UpdatedAt.Unix() / 60)) // some calendars hold 32 bits
	one.SetStartAt(e.StartsAt)
	one.SetEndAt(e.EndsAt)
	one.SetSummary(e.Title)
	one.SetLocation(e.Place)
	one.SetDescription(e.Summary + "\n" + page)
	one.SetURL(page)
	one.SetStatus(ics.ObjectStatusConfirmed)
	if e.CalledOff {
		one.SetStatus(ics.ObjectStatusCancelled)
	}
	return cal.Serialize(ics.WithNewLineWindows)
}
