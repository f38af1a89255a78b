package ippo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Schedule says in words that staff choose when something happens again and again (毎週月曜 9:00).
// The zero Schedule never happens.
type Schedule struct {
	Kind     ScheduleKind   `json:"kind"`
	At       TimeOfDay      `json:"at"`
	Weekdays []time.Weekday `json:"weekdays,omitempty"` // weekly, nth-weekday
	Nth      int            `json:"nth,omitempty"`      // nth-weekday: 1–5, or LastOfMonth; a month without a fifth is passed over
	Month    int            `json:"month,omitempty"`    // yearly: 1–12
	Day      int            `json:"day,omitempty"`      // monthly, yearly: 1–31; a month or year without that day is passed over
	Date     string         `json:"date,omitempty"`     // once: 2006-01-02
	Days     int            `json:"days,omitempty"`     // before: how many days before
	Event    EventID        `json:"event,omitempty"`    // before: this event's day …
	Campaign CampaignID     `json:"campaign,omitempty"` // … or this campaign's first
	From     string         `json:"from,omitempty"`     // first day, 2006-01-02; "" for no bound
	Until    string         `json:"until,omitempty"`    // last day
	Holidays OnHoliday      `json:"holidays,omitempty"`

	anchor anchor // before: what it counts back from
}

// anchor is the event or campaign that a schedule counts back from, as it is now. It is no part of the
// schedule that is kept: when the event moves, so do the days before it.
type anchor struct {
	title string
	day   time.Time // zero while it is not on: a draft, retired or deleted
}

// Anchored returns the schedule with the title and the day of what it counts back from; day is zero when
// that is not on. Schedules that package store returns are anchored.
func (s Schedule) Anchored(title string, day time.Time) Schedule {
	s.anchor = anchor{title, day}
	return s
}

// ScheduleKind is how a schedule repeats. Stored: add, never rename.
type ScheduleKind string

const (
	ScheduleOnce       ScheduleKind = "once"
	ScheduleDaily      ScheduleKind = "daily"
	ScheduleWeekly     ScheduleKind = "weekly"
	ScheduleMonthly    ScheduleKind = "monthly"
	ScheduleNthWeekday ScheduleKind = "nth-weekday" // 第2火曜
	ScheduleMonthEnd   ScheduleKind = "month-end"
	ScheduleYearly     ScheduleKind = "yearly"
	ScheduleBefore     ScheduleKind = "before" // n days before an event, or before a campaign begins
)

// LastOfMonth is the Nth of the month's last Tuesday, whether it is the fourth or the fifth.
const LastOfMonth = -1

// OnHoliday says what happens to a day that is a public holiday. Stored: add, never rename.
type OnHoliday string

const (
	HolidayKeep OnHoliday = ""     // as on any day
	HolidaySkip OnHoliday = "skip" // not at all
	HolidayNext OnHoliday = "next" // on the next day that is neither holiday nor weekend
)

// lookAhead bounds the search for a schedule's next time: 29 February is at most eight years off.
const lookAhead = 8*366 + 31

// Next returns the first time after t at which the schedule is due; ok is false when there is none.
func (s Schedule) Next(t time.Time, holiday Holidays) (due time.Time, ok bool) {
	until, bounded := parseDay(s.Until)
	// A day moved off a holiday can land on today, so the search begins before today. It can also
	// land behind days that come after it, so the search goes on to the day that was found.
	for day, n := Day(t).AddDate(0, 0, -15), 0; n < lookAhead; day, n = day.AddDate(0, 0, 1), n+1 {
		if bounded && day.After(until) || ok && day.After(due) {
			return due, ok
		}
		if !s.falls(day) {
			continue
		}
		on := day
		if holiday(day) {
			switch s.Holidays {
			case HolidaySkip:
				continue
			case HolidayNext:
				for holiday(on) || on.Weekday() == time.Saturday || on.Weekday() == time.Sunday {
					on = on.AddDate(0, 0, 1)
				}
			}
		}
		if at := s.At.At(on); at.After(t) && (!ok || at.Before(due)) {
			due, ok = at, true
		}
	}
	return due, ok
}

// Upcoming returns at most n times after t.
func (s Schedule) Upcoming(t time.Time, n int, holiday Holidays) []time.Time {
	var due []time.Time
	for len(due) < n {
		next, ok := s.Next(t, holiday)
		if !ok {
			break
		}
		due, t = append(due, next), next
	}
	return due
}

// falls reports whether the schedule names this day, holidays aside.
func (s Schedule) falls(day time.Time) bool {
	if from, ok := parseDay(s.From); ok && day.Before(from) {
		return false
	}
	switch s.Kind {
	case ScheduleOnce:
		date, ok := parseDay(s.Date)
		return ok && day.Equal(date)
	case ScheduleBefore:
		return !s.anchor.day.IsZero() && day.Equal(s.anchor.day.AddDate(0, 0, -s.Days))
	case ScheduleDaily:
		return true
	case ScheduleWeekly:
		return slices.Contains(s.Weekdays, day.Weekday())
	case ScheduleNthWeekday:
		if !slices.Contains(s.Weekdays, day.Weekday()) {
			return false
		}
		if s.Nth == LastOfMonth {
			return day.AddDate(0, 0, 7).Month() != day.Month()
		}
		return (day.Day()+6)/7 == s.Nth
	case ScheduleYearly:
		return int(day.Month()) == s.Month && day.Day() == s.Day
	case ScheduleMonthly:
		return day.Day() == s.Day
	case ScheduleMonthEnd:
		return day.AddDate(0, 0, 1).Day() == 1
	}
	return false
}

// Words says the schedule as staff read it.
func (s Schedule) Words() string {
	var when string
	switch s.Kind {
	case ScheduleOnce:
		when = dayWords(s.Date)
	case ScheduleDaily:
		when = "毎日"
	case ScheduleWeekly:
		when = "毎週" + s.weekdayWords()
	case ScheduleNthWeekday:
		nth := "最後の"
		if s.Nth != LastOfMonth {
			nth = fmt.Sprintf("第%d", s.Nth)
		}
		when = "毎月" + nth + s.weekdayWords()
	case ScheduleYearly:
		when = fmt.Sprintf("毎年%d月%d日", s.Month, s.Day)
	case ScheduleMonthly:
		when = fmt.Sprintf("毎月%d日", s.Day)
	case ScheduleMonthEnd:
		when = "毎月の末日"
	case ScheduleBefore:
		when = s.anchorWords()
	default:
		return "予定なし"
	}
	words := when + " " + s.At.String()
	switch s.Holidays {
	case HolidaySkip:
		words += "（祝日は休み）"
	case HolidayNext:
		words += "（祝日は次の平日）"
	}
	switch {
	case s.From != "" && s.Until != "":
		words += "、" + dayWords(s.From) + "から" + dayWords(s.Until) + "まで"
	case s.From != "":
		words += "、" + dayWords(s.From) + "から"
	case s.Until != "":
		words += "、" + dayWords(s.Until) + "まで"
	}
	return words
}

func (s Schedule) anchorWords() string {
	of := "「" + s.anchor.title + "」"
	if s.anchor.title == "" {
		of = "（見つからないイベント）"
	}
	if s.Campaign != 0 {
		of += "が始まる日"
	}
	if s.Days == 0 {
		return of + "の当日"
	}
	return fmt.Sprintf("%sの%d日前", of, s.Days)
}

func (s Schedule) weekdayWords() string {
	names := make([]string, len(s.Weekdays))
	for i, w := range s.Weekdays {
		names[i] = WeekdayName(w)
	}
	return strings.Join(names, "・") + "曜"
}

func dayWords(day string) string {
	if d, ok := parseDay(day); ok {
		return DateWords(d)
	}
	return day
}

// Validate reports every problem staff can mend.
func (s Schedule) Validate() error {
	var p Problems
	switch s.Kind {
	case ScheduleDaily, ScheduleMonthEnd:
	case ScheduleOnce:
		checkDay(&p, "schedule.date", s.Date)
	case ScheduleBefore:
		if (s.Event == 0) == (s.Campaign == 0) {
			p.Add("schedule.of", "何の何日前かを選んでください。")
		}
		if s.Days < 0 || s.Days > 365 {
			p.Add("schedule.days", "何日前かは0から365までで入力してください。")
		}
	case ScheduleWeekly:
		s.checkWeekdays(&p)
	case ScheduleNthWeekday:
		s.checkWeekdays(&p)
		if s.Nth != LastOfMonth && (s.Nth < 1 || s.Nth > 5) {
			p.Add("schedule.nth", "第何週かを選んでください。")
		}
	case ScheduleYearly:
		// 2000 had a 29 February.
		if d := time.Date(2000, time.Month(s.Month), s.Day, 0, 0, 0, 0, time.UTC); s.Month < 1 || int(d.Month()) != s.Month || d.Day() != s.Day {
			p.Add("schedule.day", "月と日を、ある日付になるように入力してください。")
		}
	case ScheduleMonthly:
		if s.Day < 1 || s.Day > 31 {
			p.Add("schedule.day", "日は1から31までで入力してください。")
		}
	default:
		p.Add("schedule.kind", "くり返し方を選んでください。")
	}
	if s.At < 0 || s.At >= 24*60 {
		p.Add("schedule.at", "時刻を入力してください。")
	}
	for _, bound := range []struct{ field, day string }{{"schedule.from", s.From}, {"schedule.until", s.Until}} {
		if bound.day != "" {
			checkDay(&p, bound.field, bound.day)
		}
	}
	if s.From != "" && s.Until != "" && s.From > s.Until {
		p.Add("schedule.until", "終わりの日は始めの日より後にしてください。")
	}
	if s.Holidays != HolidayKeep && s.Holidays != HolidaySkip && s.Holidays != HolidayNext {
		p.Add("schedule.holidays", "祝日の扱いを選んでください。")
	}
	return p.Err()
}

func (s Schedule) checkWeekdays(p *Problems) {
	if len(s.Weekdays) == 0 {
		p.Add("schedule.weekdays", "曜日を選んでください。")
	}
	for _, w := range s.Weekdays {
		if w < time.Sunday || w > time.Saturday {
			p.Add("schedule.weekdays", "曜日が正しくありません。")
		}
	}
}

func parseDay(s string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, s, Tokyo)
	return t, err == nil
}

func checkDay(p *Problems, field, s string) {
	if _, ok := parseDay(s); !ok {
		p.Add(field, "日付を「2026-04-01」のように入力してください。")
	}
}
