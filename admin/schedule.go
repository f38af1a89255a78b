package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

// scheduleForm is a schedule as it is chosen in words.
type scheduleForm struct {
	ippo.Schedule
	Kinds, Weekdays, Nths, Holidays []option
	Of                              []cardChoices // what it can count back from
	FromHint, UntilHint             string        // what it means to leave a bound empty
	Problems                        ippo.Problems
}

// upcoming is a schedule in words, with its next times; no words: it is not whole yet.
type upcoming struct {
	Words string
	Dates []string
}

// maxUpcoming is how many coming times are shown before a schedule is saved.
const maxUpcoming = 5

func (p *Panel) upcoming(s ippo.Schedule) (u upcoming) {
	if s.Validate() == nil {
		u.Words = s.Words()
		for _, t := range s.Upcoming(p.Now(), maxUpcoming, p.Holidays) {
			u.Dates = append(u.Dates, ippo.TimeWords(t))
		}
	}
	return u
}

var scheduleKinds = []struct {
	kind  ippo.ScheduleKind
	words string
}{
	{ippo.ScheduleWeekly, "毎週"}, {ippo.ScheduleMonthly, "毎月の決まった日"}, {ippo.ScheduleNthWeekday, "毎月の第何曜日"},
	{ippo.ScheduleMonthEnd, "毎月の末日"}, {ippo.ScheduleYearly, "毎年の決まった日"}, {ippo.ScheduleDaily, "毎日"},
	{ippo.ScheduleOnce, "1回だけ"}, {ippo.ScheduleBefore, "イベントなどの何日か前"},
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

func (p *Panel) scheduleForm(ctx context.Context, s ippo.Schedule, problems ippo.Problems) (scheduleForm, error) {
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
	var err error
	f.Of, err = p.anchors(ctx, s)
	return f, err
}

// anchors lists what a schedule can count back from: what is still to come, and what it counts back from
// already.
func (p *Panel) anchors(ctx context.Context, s ippo.Schedule) ([]cardChoices, error) {
	now := p.Now()
	events, err := p.Store.ComingEvents(ctx, now, 0)
	if err != nil {
		return nil, err
	}
	if s.Event != 0 && !slices.ContainsFunc(events, func(e ippo.Event) bool { return e.ID == s.Event }) {
		switch e, err := p.Store.Event(ctx, s.Event); {
		case err == nil:
			events = slices.Insert(events, 0, e)
		case !errors.Is(err, ippo.ErrNotFound):
			return nil, err
		}
	}
	today := ippo.Day(now).Format(time.DateOnly)
	campaigns, err := p.Store.CampaignsAfter(ctx, today)
	if err != nil {
		return nil, err
	}
	if s.Campaign != 0 && !slices.ContainsFunc(campaigns, func(c ippo.Campaign) bool { return c.ID == s.Campaign }) {
		switch c, err := p.Store.Campaign(ctx, s.Campaign); {
		case err == nil:
			campaigns = append(campaigns, c)
		case !errors.Is(err, ippo.ErrNotFound):
			return nil, err
		}
	}
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	lists := []cardChoices{{Words: "イベント"}, {Words: "始まる日"}}
	for _, e := range events { // the soonest first
		if e.ID == s.Event || settings.Has(ippo.ModuleEvents) && e.StartsAt.After(now) {
			lists[0].Options = append(lists[0].Options, option{fmt.Sprintf("event:%d", e.ID), e.Title + "（" + ippo.DateWords(e.StartsAt) + "）", e.ID == s.Event})
		}
	}
	for _, c := range slices.Backward(campaigns) {
		if c.ID == s.Campaign || settings.Has(ippo.ModuleCampaigns) && c.StartsOn > today {
			lists[1].Options = append(lists[1].Options, option{fmt.Sprintf("campaign:%d", c.ID), c.Title + "（" + c.Period() + "）", c.ID == s.Campaign})
		}
	}
	return lists, nil
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
		kind, id, _ := strings.Cut(formText(c, "schedule.of"), ":")
		n, _ := strconv.ParseInt(id, 10, 64) // one that is no number names nothing, as Validate finds
		switch kind {
		case "event":
			s.Event = ippo.EventID(n)
		case "campaign":
			s.Campaign = ippo.CampaignID(n)
		}
		s.Days = formInt(c, "schedule.days", "何日前か", p)
	}
	return s
}
