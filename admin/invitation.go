package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// invitedWeeks is how far back the chart goes: half a year.
const invitedWeeks = 26

type invitedPage struct {
	frame
	Invited invited
	Total   int // by all invitations, ever
	Items   []ippo.Ambassador
}

// invited is how many people became friends by invitations, week by week.
type invited struct {
	Chart weekChart
	Weeks []ippo.InvitedWeek // the latest first, those with anybody
	Sum   int                // of the weeks shown
}

// invitedBy gathers the weeks of one ambassador, or of all of them.
func (p *Panel) invitedBy(ctx context.Context, id ippo.AmbassadorID) (v invited, err error) {
	weeks, err := p.Store.Invited(ctx, id, ippo.Monday(p.Now()).AddDate(0, 0, -7*(invitedWeeks-1)))
	if err != nil {
		return v, err
	}
	bars := make([]weekBar, len(weeks))
	for i, w := range weeks {
		bars[i] = weekBar{Monday: w.Monday, Up: w.People, Words: weekWords(w.Monday) + " " + ippo.Comma(int64(w.People)) + "人"}
	}
	v.Chart = newWeekChart("招待で友だちになった人の、週ごとの人数", bars)
	for _, w := range slices.Backward(weeks) {
		if v.Sum += w.People; w.People > 0 {
			v.Weeks = append(v.Weeks, w)
		}
	}
	return v, nil
}

// invitedList shows the friends brought by all ambassadors over time, and how many by each.
func (p *Panel) invitedList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := invitedPage{frame: p.frame(c)}
	var err error
	if page.Invited, err = p.invitedBy(ctx, 0); err != nil {
		return err
	}
	if page.Items, err = p.Store.Ambassadors(ctx, store.AmbassadorFilter{Invited: true}); err != nil {
		return err
	}
	for _, a := range page.Items {
		page.Total += a.Invited
	}
	slices.SortStableFunc(page.Items, func(a, b ippo.Ambassador) int { return b.Invited - a.Invited })
	return p.render(c, http.StatusOK, "invited.html", page)
}

// shortDay writes a day for a narrow place: 3/31.
func shortDay(t time.Time) string { return t.In(ippo.Tokyo).Format("1/2") }
