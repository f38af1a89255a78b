package jobs

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// reminding makes a campaign that reminds everyone by that schedule, and switches it on.
func (c *center) reminding(s ippo.Schedule) ippo.Campaign {
	c.t.Helper()
	c.decide(func(s *ippo.Settings) { s.OnCall = "当番" })
	campaign, err := c.store.CreateCampaign(c.t.Context(), c.writer, ippo.Campaign{
		Slug: "okaeri", Title: "帰っておいでよ", Reminders: []string{"声をかけてみませんか。"},
		StartsOn: "2026-03-01", EndsOn: "2026-12-31",
		Audience: ippo.Audience{All: true}, Schedule: s,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.activate(campaign.Recurring())
	return campaign
}

func (c *center) activate(r ippo.Recurring) {
	c.t.Helper()
	if _, err := c.store.Activate(c.t.Context(), c.approver, r.Source, store.Approval{Hash: r.Hash}); err != nil {
		c.t.Fatal(err)
	}
}

// fireAll looks for reminders that are due and delivers them.
func (c *center) fireAll() {
	c.t.Helper()
	if _, err := c.Fire(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.run()
}

func mondays(at ippo.TimeOfDay) ippo.Schedule {
	return ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Monday}, At: at}
}

var monday = time.Date(2026, 4, 6, 9, 0, 0, 0, ippo.Tokyo)

func TestReminderFiresOnce(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.reminding(mondays(9 * 60))
	c.fireAll()
	c.received("声をかけて", 0, 0)
	c.at(monday.Add(-time.Second))
	c.fireAll()
	c.received("声をかけて", 0, 0)

	// Two processes by mistake, and every minute for a while.
	c.at(monday)
	other := New(Config{Store: c.store, Line: c.line, Now: c.clock, Holidays: c.holidays, Reminders: c.reminders})
	var wg sync.WaitGroup
	for range 5 {
		for _, r := range []*Runner{c.Runner, other} {
			wg.Go(func() {
				if _, err := r.Fire(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	for range 5 {
		c.fireAll()
		c.wait(time.Minute)
	}
	c.received("声をかけて", 1, 1)
	c.at(monday.AddDate(0, 0, 7))
	c.fireAll()
	c.received("声をかけて", 2, 2)
}

// The program was down. A reminder missed by less than half an hour is sent, an older one waits for
// staff, and so does each that was missed before it.
func TestReminderMissed(t *testing.T) {
	c := newCenter(t, 1, options{})
	campaign := c.reminding(mondays(9 * 60))
	c.at(monday.AddDate(0, 0, 14).Add(29 * time.Minute))
	c.fireAll()
	c.received("声をかけて", 1)
	waiting, err := c.store.WaitingFirings(t.Context())
	if err != nil || len(waiting) != 2 || !waiting[0].DueAt.Equal(monday) || !waiting[1].DueAt.Equal(monday.AddDate(0, 0, 7)) {
		t.Fatalf("waiting %+v, %v", waiting, err)
	}
	if !c.mailed("帰っておいでよ") {
		t.Error("staff were not told")
	}
	c.fireAll()
	c.received("声をかけて", 1)

	// Staff send one of them and drop the other.
	campaign, err = c.store.Campaign(t.Context(), campaign.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := campaign.Recurring()
	if err := c.store.SendFiring(t.Context(), c.approver, r, waiting[1].DueAt, r.Broadcast([]ippo.Message{text("おそくなりました")}), "遅れても役に立ちます"); err != nil {
		t.Fatal(err)
	}
	if err := c.store.DropFiring(t.Context(), c.approver, r.Source, waiting[0].DueAt); err != nil {
		t.Fatal(err)
	}
	if err := c.store.DropFiring(t.Context(), c.approver, r.Source, waiting[1].DueAt); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("dropped what was sent: %v", err)
	}
	c.fireAll()
	c.received("おそくなりました", 1)
}

// A reminder whose hour staff chose before they moved the quiet hours goes out in the morning.
func TestReminderInQuietHours(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.decide(func(s *ippo.Settings) { s.QuietFrom = 22 * 60 })
	c.reminding(mondays(21 * 60))
	c.decide(func(s *ippo.Settings) { s.QuietFrom = 20 * 60 })
	c.at(monday.Add(12 * time.Hour))
	if _, err := c.Fire(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := c.run()
	c.received("声をかけて", 0)
	if want := time.Date(2026, 4, 7, 8, 0, 0, 0, ippo.Tokyo); !next.Equal(want) {
		t.Errorf("next at %v, want %v", next, want)
	}
	c.at(next)
	c.run()
	c.received("声をかけて", 1)
}

// 6 May 2026 is a substitute holiday, a Wednesday.
func TestReminderOnHoliday(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.reminding(ippo.Schedule{Kind: ippo.ScheduleOnce, Date: "2026-05-06", At: 9 * 60, Holidays: ippo.HolidayNext})
	c.at(time.Date(2026, 5, 6, 9, 0, 0, 0, ippo.Tokyo))
	c.fireAll()
	c.received("声をかけて", 0)
	c.at(time.Date(2026, 5, 7, 9, 0, 0, 0, ippo.Tokyo))
	c.fireAll()
	c.received("声をかけて", 1)
}

// A reminder on a holiday names who answers the telephone, whom the office has set; one in opening hours
// names nobody. Without anybody it is not begun; once begun it fires all the same.
func TestReminderNamesWhoAnswers(t *testing.T) {
	c := newCenter(t, 1, options{})
	campaign := c.reminding(ippo.Schedule{Kind: ippo.ScheduleDaily, At: 9 * 60})
	named := func(day time.Time) string {
		t.Helper()
		c.at(day)
		c.fireAll()
		list, err := c.store.Broadcasts(t.Context(), store.BroadcastFilter{Limit: 1})
		if err != nil || !list[0].StartedAt.Equal(day) {
			t.Fatalf("on %v: %+v, %v", day, list[0], err)
		}
		return list[0].OnCall
	}
	friday := time.Date(2026, 4, 3, 9, 0, 0, 0, ippo.Tokyo)
	for day := friday.AddDate(0, 0, -2); day.Before(friday); day = day.AddDate(0, 0, 1) {
		named(day)
	}
	if got := named(friday); got != "" {
		t.Errorf("on a Friday %q answers", got)
	}
	if got := named(friday.AddDate(0, 0, 1)); got != "当番" {
		t.Errorf("on a Saturday %q answers", got)
	}
	c.decide(func(s *ippo.Settings) { s.OnCall = "" })
	if got := named(friday.AddDate(0, 0, 2)); got != "" {
		t.Errorf("on a Sunday %q answers", got)
	}

	if err := c.store.Deactivate(t.Context(), c.writer, campaign.Recurring().Source); err != nil {
		t.Fatal(err)
	}
	var p ippo.Problems
	if _, err := c.store.Activate(t.Context(), c.approver, campaign.Recurring().Source, store.Approval{Hash: campaign.Hash()}); !errors.As(err, &p) || !strings.Contains(p.For("schedule"), "4月11日（土）09:00は窓口の時間の外です") {
		t.Errorf("begun without anybody: %v", err)
	}
}

// repeating makes a series to everyone by that schedule, and switches it on.
func (c *center) repeating(s ippo.Schedule) ippo.Recurring {
	c.t.Helper()
	c.decide(func(s *ippo.Settings) { s.OnCall = "当番" })
	one, err := c.store.CreateSeries(c.t.Context(), c.writer, ippo.Series{
		Title: "週末の居場所", Messages: []ippo.Message{text("今日も開いています。")}, Audience: ippo.Audience{All: true}, Schedule: s,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.activate(one.Recurring())
	return one.Recurring()
}

func daily(at ippo.TimeOfDay) ippo.Schedule { return ippo.Schedule{Kind: ippo.ScheduleDaily, At: at} }

// A series says the same every day. That is no mistake; the same in a broadcast by hand is one.
func TestSeriesRepeatsItselfFromDayToDay(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.repeating(daily(15 * 60))
	for day := range 3 {
		// A little late on the first day, so that the second comes within 24 hours.
		c.at(time.Date(2026, 3, 31+day, 15, 0, 0, 0, ippo.Tokyo))
		if day == 0 {
			c.wait(20 * time.Minute)
		}
		c.fireAll()
		c.received("今日も開いて", day+1, day+1)
	}
	c.wait(time.Hour)
	b := c.approved("今日も開いています。")
	c.run()
	c.stands(b, ippo.BroadcastHeld)
	c.received("今日も開いて", 3, 3)
}

// A second process was started on the same database by mistake, with everything of its own.
func TestSeriesInTwoProcesses(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.repeating(daily(15 * 60))
	second := openStore(t, c.dir)
	second.Now, second.Holidays = c.clock, c.store.Holidays
	defer second.Close()
	other := New(Config{Store: second, Line: c.line, Now: c.clock, Holidays: c.holidays, Reminders: c.reminders})
	for day := range 3 {
		c.at(time.Date(2026, 3, 31+day, 15, 0, 0, 0, ippo.Tokyo))
		var wg sync.WaitGroup
		for _, r := range []*Runner{c.Runner, other, c.Runner, other} {
			wg.Go(func() {
				if _, err := r.Fire(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	made, err := c.store.Broadcasts(t.Context(), store.BroadcastFilter{})
	if err != nil || len(made) != 3 {
		t.Errorf("%d broadcasts of three due times, %v", len(made), err)
	}
}

// The clock jumped three days ahead: nothing that was missed leaves by itself. Somebody sets it right:
// nothing that was dealt with comes again, not even when the series is stopped and started anew.
func TestSeriesWhenTheClockJumps(t *testing.T) {
	c := newCenter(t, 1, options{})
	r := c.repeating(daily(15 * 60))
	c.at(time.Date(2026, 3, 31, 15, 0, 0, 0, ippo.Tokyo))
	c.fireAll()
	c.received("今日も開いて", 1)

	c.at(time.Date(2026, 4, 3, 17, 0, 0, 0, ippo.Tokyo))
	c.fireAll()
	c.received("今日も開いて", 1)
	waiting, err := c.store.WaitingFirings(t.Context())
	if err != nil || len(waiting) != 3 || waiting[0].Source != r.Source || !c.mailed("週末の居場所") {
		t.Errorf("waiting %+v, %v", waiting, err)
	}

	for _, back := range []time.Time{
		time.Date(2026, 3, 31, 14, 59, 0, 0, ippo.Tokyo), time.Date(2026, 3, 31, 15, 0, 0, 0, ippo.Tokyo), time.Date(2026, 4, 1, 15, 0, 0, 0, ippo.Tokyo),
	} {
		c.at(back)
		c.fireAll()
		if err := c.store.Deactivate(t.Context(), c.writer, r.Source); err != nil {
			t.Fatal(err)
		}
		c.activate(r)
		for range 3 {
			c.fireAll()
			c.wait(time.Minute)
		}
	}
	c.received("今日も開いて", 1)
	c.at(time.Date(2026, 4, 4, 15, 0, 0, 0, ippo.Tokyo))
	c.fireAll()
	c.received("今日も開いて", 2)
	if firings, err := c.store.Firings(t.Context(), r.Source, 10); err != nil || len(firings) != 5 {
		t.Errorf("%d due times, %v; there were five days", len(firings), err)
	}
}

// What a series needs has gone since it was approved: it waits for staff, and the next is tried anew.
func TestSeriesThatCannotBeSent(t *testing.T) {
	c := newCenter(t, 1, options{})
	r := c.repeating(daily(15 * 60))
	c.sql(`UPDATE series SET audience = '{"topics":["gone"]}'`)
	c.at(time.Date(2026, 3, 31, 15, 0, 0, 0, ippo.Tokyo))
	c.fireAll()
	if firings, err := c.store.Firings(t.Context(), r.Source, 10); err != nil || len(firings) != 1 || firings[0].State != ippo.FiringWaiting {
		t.Errorf("firings %+v, %v", firings, err)
	}
	if is, err := c.store.Recurring(t.Context(), r.Source); err != nil || !is.NextDue.Equal(time.Date(2026, 4, 1, 15, 0, 0, 0, ippo.Tokyo)) {
		t.Errorf("the next %v, %v", is.NextDue, err)
	}
}
