package admin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

// calendarPage shows what has gone out and what is to go out, by week or by month.
type calendarPage struct {
	frame
	calendar
	Title         string
	ByWeek        bool
	Before, After string // the weeks or months beside it, as a query
	Other         string // the same days by month or by week
	Now           string // this week or month
}

// calendar is some weeks, each from Sunday to Saturday as calendars in Japan have them.
type calendar struct {
	Weeks [][]calendarDay
	Busy  bool // something goes out in them
}

type calendarDay struct {
	time.Time
	Today, Outside  bool // Outside: of another month
	Holiday, DayOff bool // DayOff: of the center's own
	Items           []ippo.Outgoing
}

// Words says the day: 3月3日（火）.
func (d calendarDay) Words() string {
	return d.Format("1月2日") + "（" + ippo.WeekdayName(d.Weekday()) + "）"
}

// Rest reports whether the day is a Sunday, a public holiday or a day off.
func (d calendarDay) Rest() bool { return d.Holiday || d.DayOff || d.Weekday() == time.Sunday }

// weekBegins is the Sunday on or before a day.
func weekBegins(day time.Time) time.Time { return day.AddDate(0, 0, -int(day.Weekday())) }

// calendar gathers n weeks from a Sunday; month is the one that is looked at, zero for weeks alone.
func (p *Panel) calendar(ctx context.Context, sunday time.Time, n int, month time.Time) (calendar, error) {
	var c calendar
	all, err := p.Store.Outgoing(ctx, sunday, sunday.AddDate(0, 0, 7*n))
	if err != nil {
		return c, err
	}
	c.Busy = len(all) > 0
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return c, err
	}
	today := ippo.Day(p.Now())
	for w := range n {
		var week []calendarDay
		for d := range 7 {
			day := calendarDay{Time: sunday.AddDate(0, 0, 7*w+d)}
			day.Today, day.Holiday, day.DayOff = day.Equal(today), p.Holidays(day.Time), settings.DayOff(day.Time)
			day.Outside = !month.IsZero() && day.Month() != month.Month()
			for next := day.AddDate(0, 0, 1); len(all) > 0 && all[0].At.Before(next); all = all[1:] {
				day.Items = append(day.Items, all[0])
			}
			week = append(week, day)
		}
		c.Weeks = append(c.Weeks, week)
	}
	return c, nil
}

// calendarYears bounds the calendar: how far before and after today it can be turned.
const calendarYears = 10

func (p *Panel) showCalendar(c *gin.Context) error {
	ctx := c.Request.Context()
	page := calendarPage{frame: p.frame(c), ByWeek: c.Query("week") != ""}
	today := ippo.Day(p.Now())
	asked := func(name, layout string) time.Time {
		day, err := time.ParseInLocation(layout, c.Query(name), ippo.Tokyo)
		if err != nil || day.Before(today.AddDate(-calendarYears, 0, 0)) || day.After(today.AddDate(calendarYears, 0, 0)) {
			return today
		}
		return day
	}
	var err error
	if page.ByWeek {
		const layout = "2006-01-02"
		sunday := weekBegins(asked("week", layout))
		page.Title = ippo.DateWords(sunday) + "からの1週間"
		page.Before, page.After = "?week="+sunday.AddDate(0, 0, -7).Format(layout), "?week="+sunday.AddDate(0, 0, 7).Format(layout)
		page.Other, page.Now = "?month="+sunday.Format("2006-01"), "?week="+today.Format(layout)
		page.calendar, err = p.calendar(ctx, sunday, 1, time.Time{})
	} else {
		const layout = "2006-01"
		day := asked("month", layout)
		first := day.AddDate(0, 0, 1-day.Day())
		after := first.AddDate(0, 1, 0)
		sunday := weekBegins(first)
		page.Title = first.Format("2006年1月")
		page.Before, page.After = "?month="+first.AddDate(0, -1, 0).Format(layout), "?month="+after.Format(layout)
		page.Other, page.Now = "?week="+day.Format("2006-01-02"), "?month="+today.Format(layout)
		weeks := 4
		for sunday.AddDate(0, 0, 7*weeks).Before(after) {
			weeks++
		}
		page.calendar, err = p.calendar(ctx, sunday, weeks, first)
	}
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "calendar.html", page)
}

// outgoingPath is where staff see what goes out.
func outgoingPath(o ippo.Outgoing) string {
	switch {
	case o.Broadcast != 0:
		return href("broadcasts/%d", o.Broadcast)
	case o.Source.ID != 0:
		return sourcePath(o.Source)
	case o.Event != 0:
		return href("events/%d", o.Event)
	}
	return "/admin/broadcasts/digest"
}

// outgoingNote says what something is and how it stands, where that is not plain: a broadcast that is
// approved needs no word.
func outgoingNote(o ippo.Outgoing) string {
	switch {
	case o.Status != "" && o.Status != ippo.BroadcastApproved:
		return o.Status.Words()
	case o.Kind == ippo.OutgoingReminder:
		return "案内"
	case o.Kind == ippo.OutgoingSeries:
		return "くり返し"
	case o.Kind == ippo.OutgoingDigest:
		return "自動"
	case o.Kind == ippo.OutgoingEvent:
		return fmt.Sprintf("申込者%d人へ", o.People)
	}
	return ""
}
