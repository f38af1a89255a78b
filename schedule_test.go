package ippo

import (
	"slices"
	"testing"
	"time"
)

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, Tokyo)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// holidays are the public holidays of these tests.
func holidays(days ...string) Holidays {
	return func(t time.Time) bool { return slices.Contains(days, Day(t).Format(time.DateOnly)) }
}

func TestScheduleNext(t *testing.T) {
	golden := holidays("2026-04-29", "2026-05-04", "2026-05-05", "2026-05-06")
	at9 := TimeOfDay(9 * 60)
	for _, c := range []struct {
		name     string
		schedule Schedule
		after    string
		want     []string
	}{
		{"every Monday", Schedule{Kind: ScheduleWeekly, At: at9, Weekdays: []time.Weekday{time.Monday}},
			"2026-03-30 09:00", []string{"2026-04-06 09:00", "2026-04-13 09:00"}},
		{"Monday, a minute before", Schedule{Kind: ScheduleWeekly, At: at9, Weekdays: []time.Weekday{time.Monday}},
			"2026-03-30 08:59", []string{"2026-03-30 09:00"}},
		{"several days", Schedule{Kind: ScheduleWeekly, At: at9, Weekdays: []time.Weekday{time.Tuesday, time.Friday}},
			"2026-03-31 23:59", []string{"2026-04-03 09:00", "2026-04-07 09:00"}},
		{"the 31st", Schedule{Kind: ScheduleMonthly, At: at9, Day: 31},
			"2026-01-31 09:00", []string{"2026-03-31 09:00", "2026-05-31 09:00"}},
		{"month's end in and out of a leap year", Schedule{Kind: ScheduleMonthEnd, At: at9},
			"2028-01-31 10:00", []string{"2028-02-29 09:00", "2028-03-31 09:00"}},
		{"once", Schedule{Kind: ScheduleOnce, At: at9, Date: "2026-04-01"},
			"2026-03-31 23:59", []string{"2026-04-01 09:00"}},
		{"once, over", Schedule{Kind: ScheduleOnce, At: at9, Date: "2026-04-01"}, "2026-04-01 09:00", nil},
		{"days before an event, over a month's end", Schedule{Kind: ScheduleBefore, At: at9, Event: 1, Days: 3}.Anchored("春のつどい", moment(t, "2026-03-02 00:00")),
			"2026-02-01 00:00", []string{"2026-02-27 09:00"}},
		{"days before an event that is not on", Schedule{Kind: ScheduleBefore, At: at9, Event: 1, Days: 3}.Anchored("春のつどい", time.Time{}),
			"2026-02-01 00:00", nil},
		{"skipping holidays", Schedule{Kind: ScheduleDaily, At: at9, Holidays: HolidaySkip},
			"2026-05-03 10:00", []string{"2026-05-07 09:00"}},
		{"moved off a holiday, over the weekend's end", Schedule{Kind: ScheduleMonthly, At: at9, Day: 4, Holidays: HolidayNext},
			"2026-05-04 09:30", []string{"2026-05-07 09:00", "2026-06-04 09:00"}},
		{"within its bounds", Schedule{Kind: ScheduleDaily, At: at9, From: "2026-04-10", Until: "2026-04-11"},
			"2026-04-01 00:00", []string{"2026-04-10 09:00", "2026-04-11 09:00"}},
		{"the second Tuesday", Schedule{Kind: ScheduleNthWeekday, At: at9, Nth: 2, Weekdays: []time.Weekday{time.Tuesday}},
			"2026-09-08 09:00", []string{"2026-10-13 09:00", "2026-11-10 09:00"}},
		{"the first Monday and Thursday", Schedule{Kind: ScheduleNthWeekday, At: at9, Nth: 1, Weekdays: []time.Weekday{time.Monday, time.Thursday}},
			"2026-06-01 09:00", []string{"2026-06-04 09:00", "2026-07-02 09:00", "2026-07-06 09:00"}},
		{"the fifth Friday, which few months have", Schedule{Kind: ScheduleNthWeekday, At: at9, Nth: 5, Weekdays: []time.Weekday{time.Friday}},
			"2026-01-30 09:00", []string{"2026-05-29 09:00", "2026-07-31 09:00"}},
		{"the last Friday, fourth or fifth", Schedule{Kind: ScheduleNthWeekday, At: at9, Nth: LastOfMonth, Weekdays: []time.Weekday{time.Friday}},
			"2026-04-20 00:00", []string{"2026-04-24 09:00", "2026-05-29 09:00", "2026-06-26 09:00"}},
		{"every year", Schedule{Kind: ScheduleYearly, At: at9, Month: 9, Day: 1},
			"2026-09-01 09:00", []string{"2027-09-01 09:00", "2028-09-01 09:00"}},
		{"every leap day, over 2100", Schedule{Kind: ScheduleYearly, At: at9, Month: 2, Day: 29},
			"2092-03-01 00:00", []string{"2096-02-29 09:00", "2104-02-29 09:00"}},
		{"moved behind a day of its own", Schedule{Kind: ScheduleWeekly, At: at9, Weekdays: []time.Weekday{time.Wednesday, time.Saturday, time.Tuesday}, Holidays: HolidayNext},
			"2026-04-28 09:00", []string{"2026-04-30 09:00", "2026-05-02 09:00", "2026-05-07 09:00"}},
		{"never", Schedule{}, "2026-04-01 00:00", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, due := range c.schedule.Upcoming(moment(t, c.after), max(len(c.want), 1), golden) {
				got = append(got, due.Format("2006-01-02 15:04"))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("after %s: %v, want %v", c.after, got, c.want)
			}
		})
	}
}

// Whatever is asked of a schedule, the next time is later and, asked again, stays the same.
func TestScheduleNextIsSteady(t *testing.T) {
	s := Schedule{Kind: ScheduleMonthly, Day: 3, At: 0, Holidays: HolidayNext}
	golden := holidays("2026-05-03", "2026-05-04", "2026-05-05", "2026-05-06")
	for now := moment(t, "2026-04-25 00:00"); now.Before(moment(t, "2026-06-10 00:00")); now = now.Add(7 * time.Hour) {
		due, ok := s.Next(now, golden)
		if !ok || !due.After(now) {
			t.Fatalf("Next(%s) = %s, %v", now, due, ok)
		}
		if again, _ := s.Next(due.Add(-time.Minute), golden); !again.Equal(due) {
			t.Errorf("Next just before %s = %s", due, again)
		}
	}
}

func TestScheduleWords(t *testing.T) {
	for _, c := range []struct {
		schedule Schedule
		want     string
	}{
		{Schedule{Kind: ScheduleWeekly, At: 540, Weekdays: []time.Weekday{time.Monday}}, "毎週月曜 09:00"},
		{Schedule{Kind: ScheduleMonthly, At: 600, Day: 1, Holidays: HolidayNext}, "毎月1日 10:00（祝日は次の平日）"},
		{Schedule{Kind: ScheduleMonthEnd, At: 600}, "毎月の末日 10:00"},
		{Schedule{Kind: ScheduleNthWeekday, At: 600, Nth: 2, Weekdays: []time.Weekday{time.Tuesday}}, "毎月第2火曜 10:00"},
		{Schedule{Kind: ScheduleNthWeekday, At: 600, Nth: LastOfMonth, Weekdays: []time.Weekday{time.Friday}, Holidays: HolidaySkip},
			"毎月最後の金曜 10:00（祝日は休み）"},
		{Schedule{Kind: ScheduleYearly, At: 600, Month: 9, Day: 1}, "毎年9月1日 10:00"},
		{Schedule{Kind: ScheduleDaily, At: 600, From: "2026-04-01", Until: "2026-04-07"},
			"毎日 10:00、2026年4月1日（水）から2026年4月7日（火）まで"},
		{Schedule{Kind: ScheduleBefore, At: 600, Event: 1, Days: 3}.Anchored("春のつどい", time.Time{}), "「春のつどい」の3日前 10:00"},
		{Schedule{Kind: ScheduleBefore, At: 600, Event: 1}.Anchored("春のつどい", time.Time{}), "「春のつどい」の当日 10:00"},
		{Schedule{Kind: ScheduleBefore, At: 600, Campaign: 2, Days: 7}.Anchored("帰っておいでよ", time.Time{}), "「帰っておいでよ」が始まる日の7日前 10:00"},
	} {
		if got := c.schedule.Words(); got != c.want {
			t.Errorf("Words() = %q, want %q", got, c.want)
		}
	}
}

func TestCampaignPeriod(t *testing.T) {
	c := Campaign{StartsOn: "2026-04-06", EndsOn: "2027-01-31"}
	if got, want := c.Period(), "2026年4月6日（月）〜2027年1月31日（日）"; got != want {
		t.Errorf("Period() = %q, want %q", got, want)
	}
}

// A campaign's reminders keep to its period, whatever its schedule says.
func TestCampaignDueKeepsToItsPeriod(t *testing.T) {
	c := Campaign{StartsOn: "2026-04-06", EndsOn: "2026-04-13",
		Schedule: Schedule{Kind: ScheduleWeekly, At: 540, Weekdays: []time.Weekday{time.Monday}, Until: "2026-12-31"}}
	var got []string
	for now, ok := moment(t, "2026-03-01 00:00"), true; ok; {
		if now, ok = c.Recurring().Schedule.Next(now, holidays()); ok {
			got = append(got, now.Format("01-02"))
		}
	}
	if !slices.Equal(got, []string{"04-06", "04-13"}) {
		t.Errorf("due on %v", got)
	}
}

func TestScheduleValidateNamesTheField(t *testing.T) {
	for field, s := range map[string]Schedule{
		"schedule.nth":      {Kind: ScheduleNthWeekday, Weekdays: []time.Weekday{time.Monday}, Nth: 6},
		"schedule.weekdays": {Kind: ScheduleNthWeekday, Nth: 2},
		"schedule.day":      {Kind: ScheduleYearly, Month: 4, Day: 31},
		"schedule.of":       {Kind: ScheduleBefore, Days: 3},
		"schedule.until":    {Kind: ScheduleDaily, From: "2026-04-02", Until: "2026-04-01"},
	} {
		problems, _ := s.Validate().(Problems)
		if len(problems) != 1 || problems[0].Field != field {
			t.Errorf("%+v: %v, want one problem with %s", s, problems, field)
		}
	}
	if err := (Schedule{Kind: ScheduleYearly, Month: 2, Day: 29}).Validate(); err != nil {
		t.Errorf("every leap day: %v", err)
	}
}
