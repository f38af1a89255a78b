package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type homePage struct {
	frame
	Today          string
	Stats          ippo.Stats
	Month          month
	Friends        friends
	Aims           []aim // ambassadors and call-outs, as indicators aim at them
	MailOff        bool
	Firings        []ippo.Firing       // reminders that wait for a decision
	Missed         time.Time           // a digest that waits for a decision; zero: none
	Week           calendar            // what goes out this week
	Attention      []*ippo.Broadcast   // broadcasts that wait for somebody
	Undecided      []*ippo.Broadcast   // sent, and LINE cannot tell whether to everybody
	Requests       []ippo.DeskRequest  // that nobody has taken, words of danger first; editors only
	Campaigns      []ippo.Campaign     // that run today
	Asked          []ippo.Consultation // that wait for the staff; editors only
	Ambassadors    []ambassadorRow     // with whom something is to be done; editors only
	DueAmbassadors int                 // all of these
	Unread         int                 // of those that the reader looks after
	Late           []ippo.Match        // whose group does not answer; editors only

	StuckNotices int    // single messages that wait for what staff must put right
	StuckReason  string // what that is

	Exceptions []auditRow // what lately passed a rule, with the reason, for all to see

	NextDigest time.Time

	Tokens []tokenRow // that end soon or have nobody to answer for them; administrators only
}

// attention are the states of broadcasts that want to be looked at.
var attention = []ippo.BroadcastStatus{
	ippo.BroadcastSubmitted, ippo.BroadcastHeld, ippo.BroadcastPaused, ippo.BroadcastSending, ippo.BroadcastApproved,
}

// maxAttention is how many of each are named; the lists have the rest.
const maxAttention = 8

// exceptionDays is for how long the home page names what passed a rule.
const exceptionDays = 7

// home shows the day's numbers and what waits for somebody.
func (p *Panel) home(c *gin.Context) error {
	ctx := c.Request.Context()
	page := homePage{
		frame: p.frame(c), Today: ippo.DateWords(p.Now()), MailOff: p.MailOff,
	}
	var err error
	if page.Stats, err = p.Store.Stats(ctx); err != nil {
		return err
	}
	if page.Month, err = p.month(ctx); err != nil {
		return err
	}
	if page.Friends, err = p.friends(ctx); err != nil {
		return err
	}
	if page.Settings.Has(ippo.ModuleReports) {
		if page.Aims, err = p.aims(ctx); err != nil {
			return err
		}
	}
	if page.Firings, err = p.Store.WaitingFirings(ctx); err != nil {
		return err
	}
	if page.Missed, err = p.Store.WaitingDigest(ctx); err != nil {
		return err
	}
	if page.NextDigest, err = p.Store.NextDigest(ctx); err != nil {
		return err
	}
	if page.Attention, err = p.Store.Broadcasts(ctx, store.BroadcastFilter{Statuses: attention, Limit: maxAttention}); err != nil {
		return err
	}
	if page.Week, err = p.calendar(ctx, weekBegins(ippo.Day(p.Now())), 1, time.Time{}); err != nil {
		return err
	}
	if page.Undecided, err = p.Store.Undecided(ctx, maxAttention); err != nil {
		return err
	}
	if page.StuckNotices, page.StuckReason, err = p.Store.StuckNotices(ctx); err != nil {
		return err
	}
	lately, err := p.Store.Exceptions(ctx, p.Now().AddDate(0, 0, -exceptionDays), maxAttention)
	if err != nil {
		return err
	}
	for _, e := range lately {
		page.Exceptions = append(page.Exceptions, newAuditRow(page.Settings, e))
	}
	if page.May("editor") && page.Stats.RequestsNew > 0 {
		if page.Requests, err = p.Store.DeskRequests(ctx, store.DeskRequestFilter{State: ippo.RequestNew, Limit: maxAttention}); err != nil {
			return err
		}
	}
	if page.May("editor") {
		if err := p.homeOfModules(ctx, &page); err != nil {
			return err
		}
	}
	if page.May("admin") {
		if page.Tokens, err = p.tokensToMind(ctx); err != nil {
			return err
		}
	}
	if page.Settings.Has(ippo.ModuleCampaigns) {
		all, err := p.Store.Campaigns(ctx)
		if err != nil {
			return err
		}
		today := p.Now().In(ippo.Tokyo).Format("2006-01-02")
		for _, one := range all {
			if one.StartsOn <= today && today <= one.EndsOn && len(page.Campaigns) < maxAttention {
				page.Campaigns = append(page.Campaigns, one)
			}
		}
	}
	return p.render(c, http.StatusOK, "home.html", page)
}

// homeOfModules adds what waits for an editor in the modules that are on.
func (p *Panel) homeOfModules(ctx context.Context, page *homePage) (err error) {
	if page.Settings.Has(ippo.ModuleAmbassadors) {
		due, total, err := p.Store.AmbassadorPage(ctx, store.AmbassadorFilter{Due: true}, store.Page{Limit: maxAttention})
		if err != nil {
			return err
		}
		page.DueAmbassadors = total
		if page.Ambassadors, err = p.ambassadorRows(ctx, due.Items); err != nil {
			return err
		}
	}
	if page.Settings.Has(ippo.ModuleMatching) {
		if page.Late, err = p.lateMatches(ctx); err != nil {
			return err
		}
	}
	if !page.Settings.Has(ippo.ModuleConsultations) {
		return nil
	}
	asked, _, err := p.Store.ConsultationPage(ctx, store.ConsultationFilter{Waiting: true}, store.Page{Limit: maxAttention})
	if err != nil {
		return err
	}
	page.Asked = asked.Items
	page.Unread, err = p.Store.UnreadConsultations(ctx, page.Me.ID)
	return err
}

// aim is a figure of Ippo's that an indicator has a target for.
type aim struct {
	Indicator     ippo.IndicatorID
	Name          string
	Value, Target string // with their units
	Year          ippo.FiscalYear
	Rate          string // 達成率; "" for none
	Percent       int    // for the bar, 0 to 100
}

// aims are how far ambassadors and call-outs have come towards what the indicators aim at.
func (p *Panel) aims(ctx context.Context) ([]aim, error) {
	followed, err := p.Store.IndicatorsOf(ctx, "ambassadors", "call-outs")
	if err != nil {
		return nil, err
	}
	now := ippo.FiscalYearOf(p.Now())
	var aims []aim
	for _, i := range followed {
		year, target := i.Target(now)
		value := i.Values[now].Value
		if target == "" || value == "" {
			continue
		}
		one := aim{Indicator: i.ID, Name: i.Title(), Value: value, Target: target, Year: year, Rate: i.Rate(now)}
		if rate, ok := ippo.ParseAmount(one.Rate); ok {
			percent, _ := rate.Number.Float64()
			one.Percent = max(0, min(100, int(percent)))
		}
		aims = append(aims, one)
	}
	return aims, nil
}
