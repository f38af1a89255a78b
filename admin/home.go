package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

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
	Intakes    []homeIntake // files that wait for the reader

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

// homeReads is how many parts of the home page are read at once: they have little to do with one another, and leave
// connections to other pages.
const homeReads = 2

// home shows the day's numbers and what waits for somebody.
func (p *Panel) home(c *gin.Context) error {
	page := homePage{
		frame: p.frame(c), Today: ippo.DateWords(p.Now()), MailOff: p.MailOff,
	}
	reading, ctx := errgroup.WithContext(c.Request.Context())
	reading.SetLimit(homeReads)
	for _, part := range []struct {
		shown bool
		read  func(context.Context, *homePage) error
	}{
		{true, p.homeNumbers},
		{true, p.homeForecast},
		{page.May("editor") && page.Settings.Has(ippo.ModuleMatching), p.homeMatches},
		{page.May("editor") && page.Settings.Has(ippo.ModuleAmbassadors), p.homeAmbassadors},
		{page.May("editor") && page.Settings.Has(ippo.ModuleConsultations), p.homeConsultations},
		{true, p.homeBroadcasts},
		{page.Settings.Has(ippo.ModuleReports), p.homeAims},
		{page.Settings.Has(ippo.ModuleCampaigns), p.homeCampaigns},
		{page.May("editor"), p.homeIntakes},
		{true, p.homeExceptions},
		{page.May("admin"), p.homeTokens},
	} {
		if part.shown {
			reading.Go(func() error { return part.read(ctx, &page) })
		}
	}
	if err := reading.Wait(); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "home.html", page)
}

// homeNumbers reads the day's numbers, and the requests at the desk that they count.
func (p *Panel) homeNumbers(ctx context.Context, page *homePage) (err error) {
	if page.Stats, err = p.Store.Stats(ctx, page.Waiting); err != nil {
		return err
	}
	if page.May("editor") && page.Stats.RequestsNew > 0 {
		page.Requests, err = p.Store.DeskRequests(ctx, store.DeskRequestFilter{State: ippo.RequestNew, Limit: maxAttention})
	}
	return err
}

func (p *Panel) homeForecast(ctx context.Context, page *homePage) (err error) {
	if page.Month, err = p.month(ctx); err != nil {
		return err
	}
	page.Friends, err = p.friends(ctx)
	return err
}

// homeBroadcasts reads what goes out and what wants to be looked at of it.
func (p *Panel) homeBroadcasts(ctx context.Context, page *homePage) (err error) {
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
	page.StuckNotices, page.StuckReason, err = p.Store.StuckNotices(ctx)
	return err
}

func (p *Panel) homeExceptions(ctx context.Context, page *homePage) error {
	lately, err := p.Store.Exceptions(ctx, p.Now().AddDate(0, 0, -exceptionDays), maxAttention)
	for _, e := range lately {
		page.Exceptions = append(page.Exceptions, newAuditRow(page.Settings, e))
	}
	return err
}

// homeIntake is a file that waits for the reader.
type homeIntake struct {
	ippo.Intake
	List string
}

func (p *Panel) homeIntakes(ctx context.Context, page *homePage) error {
	waiting, err := p.Store.WaitingIntakes(ctx, page.Me)
	for _, i := range waiting {
		l, ok := intakeListOf(i.Kind, page.Settings.Labels)
		if ok && page.Settings.Has(moduleOf("/"+string(i.Kind))) {
			page.Intakes = append(page.Intakes, homeIntake{i, l.List})
		}
	}
	return err
}

func (p *Panel) homeTokens(ctx context.Context, page *homePage) (err error) {
	page.Tokens, err = p.tokensToMind(ctx)
	return err
}

func (p *Panel) homeCampaigns(ctx context.Context, page *homePage) error {
	var err error
	page.Campaigns, err = p.Store.CampaignsOn(ctx, p.Now().In(ippo.Tokyo).Format(time.DateOnly), maxAttention)
	return err
}

func (p *Panel) homeAmbassadors(ctx context.Context, page *homePage) error {
	due, total, err := p.Store.AmbassadorPage(ctx, store.AmbassadorFilter{Due: true}, store.Page{Limit: maxAttention})
	if err != nil {
		return err
	}
	page.DueAmbassadors = total
	page.Ambassadors, err = p.ambassadorRows(ctx, due.Items)
	return err
}

// homeMatches reads those whose group does not answer.
func (p *Panel) homeMatches(ctx context.Context, page *homePage) error {
	late, _, err := p.Store.MatchPage(ctx, store.MatchFilter{Late: true}, store.Page{Limit: maxAttention})
	page.Late = late.Items
	return err
}

func (p *Panel) homeConsultations(ctx context.Context, page *homePage) error {
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

// homeAims reads how far ambassadors and call-outs have come towards what the indicators aim at.
func (p *Panel) homeAims(ctx context.Context, page *homePage) error {
	followed, err := p.Store.IndicatorsOf(ctx, "ambassadors", "call-outs")
	now := ippo.FiscalYearOf(p.Now())
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
		page.Aims = append(page.Aims, one)
	}
	return err
}
