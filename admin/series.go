package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

type seriesList struct {
	frame
	pager
	Query string
	Items []seriesRow
}

type seriesRow struct {
	ippo.Series
	To string
}

func (p *Panel) seriesList(c *gin.Context) error {
	ctx := c.Request.Context()
	all, err := p.Store.AllSeries(ctx)
	if err != nil {
		return err
	}
	page := seriesList{frame: p.frame(c), Query: query(c)}
	say, err := p.audienceWords(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	all = search(all, page.Query, func(one ippo.Series) []string { return []string{one.Title} })
	all, page.pager = pageOf(c, all)
	for _, one := range all {
		page.Items = append(page.Items, seriesRow{one, say(one.Audience)})
	}
	return p.render(c, http.StatusOK, "series_list.html", page)
}

func (p *Panel) series(c *gin.Context) (ippo.Series, error) {
	id, err := pathID[ippo.SeriesID](c)
	if err != nil {
		return ippo.Series{}, err
	}
	return p.Store.Series(c.Request.Context(), id)
}

// newSchedule is what a schedule begins with.
func newSchedule() ippo.Schedule {
	return ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Monday}, At: 9 * 60}
}

// editSeries shows a series in the form of broadcasts, which is theirs too.
func (p *Panel) editSeries(c *gin.Context) error {
	one, err := p.series(c)
	if err != nil {
		return err
	}
	return p.begin(c, composeSeries(one))
}

func (p *Panel) updateSeries(c *gin.Context) error {
	one, err := p.series(c)
	if err != nil {
		return err
	}
	return p.saveComposed(c, composeSeries(one))
}

// composeSeries is a series while it is being written.
func composeSeries(one ippo.Series) *composing {
	return &composing{
		series: &one, was: one.Said(), repeat: true, schedule: one.Schedule,
		broadcast: ippo.Broadcast{Title: one.Title, Messages: one.Messages, Renditions: one.Renditions, Counted: one.Counted, Audience: one.Audience},
	}
}

// saveSeries keeps what was written as a series, a new one or the one it was.
func (p *Panel) saveSeries(ctx context.Context, by ippo.StaffID, w *composing) (ippo.SeriesID, error) {
	one := ippo.Series{}
	if w.series != nil {
		one = *w.series
	}
	one.Title, one.Counted = w.broadcast.Title, w.broadcast.Counted
	one.Messages, one.Renditions, one.Originals = w.broadcast.Messages, w.broadcast.Renditions, w.broadcast.Originals
	one.Audience, one.Schedule = w.broadcast.Audience, w.schedule
	if w.series != nil {
		return one.ID, p.Store.UpdateSeries(ctx, by, one)
	}
	one, err := p.Store.CreateSeries(ctx, by, one)
	return one.ID, err
}

type seriesPage struct {
	frame
	Item      ippo.Series
	Recurring recurringView
	Upcoming  upcoming
	Look      look
	Checked   checked
	Test      testSend
}

func (p *Panel) showSeries(c *gin.Context) error {
	one, err := p.series(c)
	if err != nil {
		return err
	}
	return p.seriesPage(c, one, typedRecurring{}, nil)
}

func (p *Panel) seriesPage(c *gin.Context, one ippo.Series, typed typedRecurring, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := seriesPage{frame: p.frame(c), Item: one, Upcoming: p.upcoming(one.Schedule)}
	page.Problems = found
	b := one.Recurring().Broadcast(one.Messages)
	b.Originals = one.Originals
	var err error
	if page.Look, err = p.look(ctx, page.Settings.Office.Account, p.withReduce(b), c.Query("as")); err != nil {
		return err
	}
	if page.Checked, err = p.check(ctx, page.Settings, b, true); err != nil {
		return err
	}
	if page.May("editor") {
		page.Checked.Edit = href("series/%d/edit", one.ID)
	}
	if page.Test, err = p.testSend(ctx, page.Me, href("series/%d", one.ID), page.Look); err != nil {
		return err
	}
	reaches, err := p.reach(ctx, one.Audience, one.Audience.Unseen)
	if err != nil {
		return err
	}
	if page.Recurring, err = p.recurringView(ctx, page.frame, one.Recurring(), reaches, typed); err != nil {
		return err
	}
	return p.render(c, typed.status(found), "series_show.html", page)
}

func (p *Panel) askDeleteSeries(c *gin.Context) error { return p.confirmSeries(c, nil) }

func (p *Panel) confirmSeries(c *gin.Context, found ippo.Problems) error {
	one, err := p.series(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "くり返し配信の削除", Question: "「" + one.Title + "」を削除しますか。",
		Detail: undoWords + "送るのをやめるだけなら、「配信を止める」を使ってください。", Button: "削除する", Back: href("series/%d", one.ID),
	}, found)
}

func (p *Panel) deleteSeries(c *gin.Context) error {
	id, err := pathID[ippo.SeriesID](c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteSeries(c.Request.Context(), p.me(c).ID, id), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmSeries(c, found)
	}
	return p.redirectDeleted(c, "削除しました。", href("series"))
}
