package admin

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

type campaignList struct {
	frame
	pager
	Query string
	Items []ippo.Campaign
	Today string // 2006-01-02, to tell what is over
}

func (p *Panel) campaignList(c *gin.Context) error {
	all, err := p.Store.Campaigns(c.Request.Context())
	if err != nil {
		return err
	}
	page := campaignList{frame: p.frame(c), Query: query(c), Today: p.Now().In(ippo.Tokyo).Format(time.DateOnly)}
	all = search(all, page.Query, func(one ippo.Campaign) []string { return []string{one.Title, one.Story, one.Whom} })
	page.Items, page.pager = pageOf(c, all)
	return p.render(c, http.StatusOK, "campaign_list.html", page)
}

type campaignForm struct {
	frame
	Item     ippo.Campaign
	Audience audienceForm
	Schedule scheduleForm
	Aside    campaignAside
}

// Action is where the form goes.
func (f campaignForm) Action() string {
	if f.Item.ID == 0 {
		return href("campaigns")
	}
	return href("campaigns/%d", f.Item.ID)
}

// scheduleForm is a schedule as it is chosen in words.
type scheduleForm struct {
	ippo.Schedule
	Kinds, Weekdays, Nths, Holidays []option
	Problems                        ippo.Problems
}

// campaignAside is what the form comes to: the next times, and whom they reach.
type campaignAside struct {
	Words   string
	Dates   []string
	Reach   reach
	Preview preview
}

// maxUpcoming is how many coming times are shown before a schedule is saved.
const maxUpcoming = 5

var scheduleKinds = []struct {
	kind  ippo.ScheduleKind
	words string
}{
	{ippo.ScheduleWeekly, "毎週"}, {ippo.ScheduleMonthly, "毎月の決まった日"}, {ippo.ScheduleNthWeekday, "毎月の第何曜日"},
	{ippo.ScheduleMonthEnd, "毎月の末日"}, {ippo.ScheduleYearly, "毎年の決まった日"}, {ippo.ScheduleDaily, "毎日"},
	{ippo.ScheduleOnce, "1回だけ"}, {ippo.ScheduleBefore, "ある日の何日か前"},
}

var holidayRules = []struct {
	rule  ippo.OnHoliday
	words string
}{
	{ippo.HolidayKeep, "祝日も送る"}, {ippo.HolidaySkip, "祝日は送らない"}, {ippo.HolidayNext, "祝日は次の平日に送る"},
}

var nths = []struct {
	nth   int
	words string
}{{1, "第1"}, {2, "第2"}, {3, "第3"}, {4, "第4"}, {5, "第5"}, {ippo.LastOfMonth, "最後"}}

func newScheduleForm(s ippo.Schedule, problems ippo.Problems) scheduleForm {
	f := scheduleForm{Schedule: s, Problems: problems}
	for _, k := range scheduleKinds {
		f.Kinds = append(f.Kinds, option{string(k.kind), k.words, k.kind == s.Kind})
	}
	var days ippo.Weekdays
	for _, d := range s.Weekdays {
		days = days.With(d)
	}
	f.Weekdays = weekdayOptions(days)
	for _, n := range nths {
		f.Nths = append(f.Nths, option{strconv.Itoa(n.nth), n.words, n.nth == s.Nth})
	}
	for _, h := range holidayRules {
		f.Holidays = append(f.Holidays, option{string(h.rule), h.words, h.rule == s.Holidays})
	}
	return f
}

// formSchedule reads a schedule. Fields of another kind than the chosen one are left out.
func formSchedule(c *gin.Context, p *ippo.Problems) ippo.Schedule {
	s := ippo.Schedule{
		Kind: ippo.ScheduleKind(formText(c, "schedule.kind")), Holidays: ippo.OnHoliday(formText(c, "schedule.holidays")),
		From: formText(c, "schedule.from"), Until: formText(c, "schedule.until"),
	}
	var err error
	if s.At, err = ippo.ParseTimeOfDay(narrow(formText(c, "schedule.at"))); err != nil {
		p.Add("schedule.at", "時刻を「09:00」のように入力してください。")
	}
	switch s.Kind {
	case ippo.ScheduleWeekly, ippo.ScheduleNthWeekday:
		days := formWeekdays(c, "schedule.weekdays")
		for _, d := range week {
			if days.Has(d) {
				s.Weekdays = append(s.Weekdays, d)
			}
		}
		if s.Kind == ippo.ScheduleNthWeekday {
			s.Nth = formInt(c, "schedule.nth", "第何週か", p)
		}
	case ippo.ScheduleYearly:
		s.Month, s.Day = formInt(c, "schedule.month", "月", p), formInt(c, "schedule.day", "日", p)
	case ippo.ScheduleMonthly:
		s.Day = formInt(c, "schedule.day", "日", p)
	case ippo.ScheduleOnce:
		s.Date = formText(c, "schedule.date")
	case ippo.ScheduleBefore:
		s.Date, s.Days = formText(c, "schedule.date"), formInt(c, "schedule.days", "何日前か", p)
	}
	return s
}

// formCampaign reads the form over a campaign, whose ID and slug stay.
func formCampaign(c *gin.Context, item ippo.Campaign) (ippo.Campaign, ippo.Problems) {
	var found ippo.Problems
	item.Title = formText(c, "title")
	item.Story = formText(c, "story")
	item.Whom = formText(c, "whom")
	item.Phrase = formText(c, "phrase")
	item.URL = formText(c, "url")
	item.StartsOn = formText(c, "startsOn")
	item.EndsOn = formText(c, "endsOn")
	item.Aim = formInt(c, "aim", "目標の人数", &found)
	item.Reminder = formText(c, "reminder")
	item.Audience = formAudience(c)
	item.Schedule = formSchedule(c, &found)
	return item, found
}

func (p *Panel) campaignAside(ctx context.Context, s ippo.Settings, item ippo.Campaign) (campaignAside, error) {
	var side campaignAside
	if item.Schedule.Validate() == nil {
		side.Words = item.Schedule.Words()
		for _, t := range item.Upcoming(p.Now(), maxUpcoming, p.Holidays) {
			side.Dates = append(side.Dates, ippo.TimeWords(t))
		}
	}
	if item.Reminder != "" {
		side.Preview = newPreview(s.Office.Account, ippo.WithReduce(p.Reminder(item, s), 0), p.Now())
	} else {
		side.Preview = newPreview(s.Office.Account, nil, p.Now())
	}
	var err error
	side.Reach, err = p.reach(ctx, item.Audience, false)
	return side, err
}

func (p *Panel) campaignForm(c *gin.Context, item ippo.Campaign, some bool, found ippo.Problems, status int) error {
	ctx := c.Request.Context()
	page := campaignForm{frame: p.frame(c), Item: item, Schedule: newScheduleForm(item.Schedule, found)}
	page.Problems = found
	var err error
	if page.Audience, err = p.audienceForm(ctx, item.Audience, some, page.Settings.Labels.Ambassador, found); err != nil {
		return err
	}
	if page.Aside, err = p.campaignAside(ctx, page.Settings, item); err != nil {
		return err
	}
	return p.render(c, status, "campaign_edit.html", page)
}

func (p *Panel) newCampaign(c *gin.Context) error {
	today := p.Now().In(ippo.Tokyo)
	return p.campaignForm(c, ippo.Campaign{
		StartsOn: today.Format(time.DateOnly), EndsOn: today.AddDate(0, 3, 0).Format(time.DateOnly),
		Audience: ippo.Audience{Ambassadors: true},
		Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Monday}, At: 9 * 60},
	}, true, nil, http.StatusOK)
}

func (p *Panel) createCampaign(c *gin.Context) error {
	item, found := formCampaign(c, ippo.Campaign{Slug: newSlug("campaign", p.Now())})
	if c.PostForm("do") != "save" {
		return p.campaignForm(c, item, c.PostForm("to") == "some", nil, http.StatusOK)
	}
	if found == nil {
		made, err := p.Store.CreateCampaign(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, nil); err != nil {
			return err
		}
		if found == nil {
			return p.redirect(c, "保存しました。承認されると、予定の時刻に案内が送られます。", href("campaigns/%d", made.ID))
		}
	} else if more, err := mend(item.Validate(), nil); err == nil {
		found = append(found, more...)
	}
	item.ID = 0
	return p.campaignForm(c, item, c.PostForm("to") == "some", found, http.StatusUnprocessableEntity)
}

func (p *Panel) campaign(c *gin.Context) (ippo.Campaign, error) {
	id, err := pathID[ippo.CampaignID](c)
	if err != nil {
		return ippo.Campaign{}, err
	}
	return p.Store.Campaign(c.Request.Context(), id)
}

func (p *Panel) editCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.campaignForm(c, item, false, nil, http.StatusOK)
}

func (p *Panel) updateCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	item, found := formCampaign(c, item)
	if c.PostForm("do") != "save" {
		return p.campaignForm(c, item, c.PostForm("to") == "some", nil, http.StatusOK)
	}
	if found == nil {
		if found, err = mend(p.Store.UpdateCampaign(c.Request.Context(), p.me(c).ID, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.campaignForm(c, item, c.PostForm("to") == "some", found, http.StatusUnprocessableEntity)
	}
	return p.redirect(c, "保存しました。", href("campaigns/%d", item.ID))
}

// previewCampaign draws what stands beside the form while it is being filled in.
func (p *Panel) previewCampaign(c *gin.Context) error {
	item, _ := formCampaign(c, ippo.Campaign{})
	ctx := c.Request.Context()
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	side, err := p.campaignAside(ctx, settings, item)
	if err != nil {
		return err
	}
	return p.fragment(c, "campaign_edit.html", "aside", side)
}

type campaignPage struct {
	frame
	Item     ippo.Campaign
	To       string
	Author   string
	Approver string
	Mine     bool
	Alone    bool   // no colleague is needed
	Hash     string // stands for all that switching it on approves
	Aside    campaignAside
	Waiting  []ippo.Firing // its reminders that wait for a decision
}

// CanActivate reports whether the reader may switch the reminders on.
func (f campaignPage) CanActivate() bool {
	if f.Item.Active || !f.CanSend() {
		return false
	}
	return !f.Mine || f.Alone || f.Item.Held && f.Item.Approver != 0
}

// CanSend reports whether the reader may let something of the campaign leave.
func (f campaignPage) CanSend() bool {
	if f.Item.Held {
		return f.May("admin")
	}
	return f.May("approver")
}

func (p *Panel) showCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.campaignPage(c, item, nil)
}

func (p *Panel) campaignPage(c *gin.Context, item ippo.Campaign, found ippo.Problems) error {
	ctx := c.Request.Context()
	me := p.me(c)
	hash := item.Hash()
	page := campaignPage{frame: p.frame(c), Item: item, Mine: item.Author == me.ID, Hash: hex.EncodeToString(hash[:])}
	page.Problems = found
	say, err := p.audienceWords(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	page.To, page.Author, page.Approver = say(item.Audience), who(item.Author), who(item.Approver)
	if page.Alone, err = p.Store.ApproveAlone(ctx); err != nil {
		return err
	}
	if page.Aside, err = p.campaignAside(ctx, page.Settings, item); err != nil {
		return err
	}
	waiting, err := p.Store.WaitingFirings(ctx)
	if err != nil {
		return err
	}
	for _, f := range waiting {
		if f.Campaign == item.ID {
			page.Waiting = append(page.Waiting, f)
		}
	}
	return p.render(c, formStatus(found), "campaign_show.html", page)
}

// activateCampaign lets the reminders go out, as they were shown.
func (p *Panel) activateCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	if hash := item.Hash(); c.PostForm("hash") != hex.EncodeToString(hash[:]) {
		return ippo.ErrConflict
	}
	item.NextDue, _ = item.Due(p.Now(), p.Holidays) // none is told as a problem
	found, err := mend(p.Store.ActivateCampaign(c.Request.Context(), p.me(c).ID, item), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.campaignPage(c, item, found)
	}
	p.Wake()
	return p.redirect(c, "案内を始めます。次は"+ippo.TimeWords(item.NextDue)+"です。", href("campaigns/%d", item.ID))
}

func (p *Panel) pauseCampaign(c *gin.Context) error {
	id, err := pathID[ippo.CampaignID](c)
	if err != nil {
		return err
	}
	if err := p.Store.PauseCampaign(c.Request.Context(), p.me(c).ID, id); err != nil {
		return err
	}
	return p.redirect(c, "案内を止めました。もう一度始めるには、承認が必要です。", href("campaigns/%d", id))
}

func (p *Panel) askDeleteCampaign(c *gin.Context) error { return p.confirmCampaign(c, nil) }

func (p *Panel) confirmCampaign(c *gin.Context, found ippo.Problems) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: settings.Labels.Campaign + "の削除", Question: "「" + item.Title + "」を削除しますか。",
		Detail: "元に戻せません。案内を止めるだけなら、「案内を止める」を使ってください。", Button: "削除する", Back: href("campaigns/%d", item.ID),
	}, found)
}

func (p *Panel) deleteCampaign(c *gin.Context) error {
	id, err := pathID[ippo.CampaignID](c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteCampaign(c.Request.Context(), p.me(c).ID, id), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmCampaign(c, found)
	}
	return p.redirect(c, "削除しました。", href("campaigns"))
}

// decideFiring decides on a reminder that was not sent in time: it is sent now, or not at all. In the
// quiet hours "now" is when they end.
func (p *Panel) decideFiring(c *gin.Context) error {
	ctx := c.Request.Context()
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	ms, err := strconv.ParseInt(c.PostForm("due"), 10, 64)
	if err != nil {
		return ippo.ErrNotFound
	}
	due := time.UnixMilli(ms).UTC()
	by := p.me(c).ID
	if c.PostForm("do") == "drop" {
		if err := p.Store.DropFiring(ctx, by, item.ID, due); err != nil {
			return err
		}
		return p.redirect(c, "この回の案内は送りません。", href("campaigns/%d", item.ID))
	}
	if item.Approver == 0 {
		// What would be sent is not what somebody once approved.
		return p.campaignPage(c, item, ippo.Problems{{Message: "内容が変わり、承認されていません。先に案内を始めるか、送らないことを選んでください。"}})
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	b := &ippo.Broadcast{Title: item.Title, Messages: p.Reminder(item, settings)}
	if now := p.Now(); settings.Quiet(now, p.Holidays) {
		b.SendAt = settings.Open(now, p.Holidays)
	}
	err = p.Store.SendFiring(ctx, by, item, due, b)
	var found ippo.Problems
	switch {
	case errors.As(err, &found):
		return p.campaignPage(c, item, found)
	case err != nil:
		return err
	}
	p.Wake()
	if !b.SendAt.IsZero() {
		return p.redirect(c, "今は送れない時間のため、"+ippo.TimeWords(b.SendAt)+"に送ります。", href("broadcasts/%d", b.ID))
	}
	return p.redirect(c, "案内を送ります。", href("broadcasts/%d", b.ID))
}
