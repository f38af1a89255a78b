package ippo

import (
	"strings"
	"testing"
	"time"
)

// What a schedule says is read again, and so is what staff are used to write.
func TestReadSchedule(t *testing.T) {
	monday := []time.Weekday{time.Monday}
	for words, want := range map[string]Schedule{
		"毎日 09:00":            {Kind: ScheduleDaily, At: 540},
		"毎週月・木曜 09:30":        {Kind: ScheduleWeekly, At: 570, Weekdays: []time.Weekday{time.Monday, time.Thursday}},
		"毎月第2火曜 10:00（祝日は休み）": {Kind: ScheduleNthWeekday, At: 600, Nth: 2, Weekdays: []time.Weekday{time.Tuesday}, Holidays: HolidaySkip},
		"毎月最後の月曜 10:00":       {Kind: ScheduleNthWeekday, At: 600, Nth: LastOfMonth, Weekdays: monday},
		"毎年12月3日 10:00（祝日は次の平日）、2026年4月1日（水）から":   {Kind: ScheduleYearly, At: 600, Month: 12, Day: 3, Holidays: HolidayNext, From: "2026-04-01"},
		"毎月1日 10:00、2026年4月1日（水）から2026年5月1日（金）まで": {Kind: ScheduleMonthly, At: 600, Day: 1, From: "2026-04-01", Until: "2026-05-01"},
		"毎月の末日 18:00、2026年5月1日（金）まで":              {Kind: ScheduleMonthEnd, At: 1080, Until: "2026-05-01"},
		"2026年4月1日（水） 10:00":                      {Kind: ScheduleOnce, At: 600, Date: "2026-04-01"},
	} {
		got, err := ReadSchedule(words)
		if err != nil || got.Words() != want.Words() || want.Words() != words {
			t.Errorf("%s is read as %+v, %v", words, got, err)
		}
	}
	for words, want := range map[string]string{
		"毎週月曜日　９：００": "毎週月曜 09:00", "毎月末日 9:00": "毎月の末日 09:00", " 2026/4/1 9:00 ": "2026年4月1日（水） 09:00", "毎週月・月曜9:00": "毎週月曜 09:00",
	} {
		if got, err := ReadSchedule(words); err != nil || got.Words() != want {
			t.Errorf("%s is read as %s, %v", words, got.Words(), err)
		}
	}
	for words, why := range map[string]string{
		"": "のように", "毎週 9:00": "のように", "毎週月曜": "のように", "「春まつり」の3日前 10:00": "画面で", "毎週月曜 25:00": "時刻", "毎月32日 9:00": "31まで", "毎月第6火曜 9:00": "第何週",
		"2026年2月30日 9:00": "という日付はありません", "2026年4月1日（木） 9:00": "水曜日です", "毎年2月30日 9:00": "ある日付", "毎日 9:00、2026/5/1から2026/4/1まで": "より後",
	} {
		if got, err := ReadSchedule(words); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q is read as %+v, %v", words, got, err)
		}
	}
}
