package ippo

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestDaysOffAsStaffWriteThem(t *testing.T) {
	for line, want := range map[string]string{
		"12/29〜1/3 年末年始": "12/29〜1/3 年末年始", "１２／２９～１／３　年末年始": "12/29〜1/3 年末年始", "2026-08-13": "2026/8/13", "2026/8/13〜2026/8/15 お盆": "2026/8/13〜8/15 お盆",
		"2026/12/29~2027/1/3": "2026/12/29〜1/3", "2/29": "2/29", " 6/1 ": "6/1",
		"第３月曜": "第3月曜日", "毎月第3月曜日　館内整理日": "第3月曜日 館内整理日", "第1・3火": "第1・第3火曜日", "第２、第４日曜": "第2・第4日曜日", "最終金曜日": "最終金曜日",
	} {
		d, err := ParseDayOff(line)
		if err != nil || d.String() != want {
			t.Errorf("%q: %q, %v; want %q", line, d, err, want)
			continue
		}
		if again, err := ParseDayOff(d.String()); err != nil || again != d {
			t.Errorf("%q comes back as %q, %v", d, again, err)
		}
	}
	for _, line := range []string{"", "年末年始", "13/1", "2/30", "2026/2/29", "4/1〜6/1", "2026/8/13〜2025/8/15", "2026/8/13〜2028/8/15", "8/13〜8/15〜8/16", "8/13お盆", "第6月曜", "第3", "月曜日", "第3月曜館内整理日", "第3月曜・火曜"} {
		if d, err := ParseDayOff(line); err == nil {
			t.Errorf("%q is taken for %q", line, d)
		}
	}
}

// The turn of a year, and a year that it is not.
func TestDaysOffHold(t *testing.T) {
	var s Settings
	if err := json.Unmarshal([]byte(`{"daysOff":["12/29〜1/3 年末年始","2026/8/13〜8/15","2026/12/24〜1/2"]}`), &s); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string][3]bool{
		"2026-12-28": {false, false, true}, "2026-12-29": {true, false, true}, "2027-01-02": {true, false, true}, "2027-01-03": {true, false, false}, "2027-01-04": {},
		"2026-01-02": {true, false, false}, "2026-08-12": {}, "2026-08-13": {false, true, false}, "2027-08-13": {}, "2027-12-24": {},
	} {
		at := moment(t, day+" 12:00")
		for i, d := range s.DaysOff {
			if d.Has(at) != want[i] {
				t.Errorf("%s on %s: %v", d, day, !want[i])
			}
		}
	}
}

// The third Monday of a month is from its 15th to its 21st; the last one is its fourth or its fifth.
func TestDaysOffOfEveryMonth(t *testing.T) {
	for line, want := range map[string]string{"第3月曜": "2026-06-15 2026-07-20", "第1・第5月曜": "2026-06-01 2026-06-29 2026-07-06", "最終月曜": "2026-06-29 2026-07-27", "第5木曜": "2026-07-30"} {
		d, err := ParseDayOff(line)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for day := moment(t, "2026-06-01 00:00"); day.Month() < time.August; day = day.AddDate(0, 0, 1) {
			if d.Has(day) != d.Has(day.Add(23*time.Hour)) {
				t.Errorf("%s: %s is half a day off", line, day)
			}
			if d.Has(day) {
				got = append(got, day.Format(time.DateOnly))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", line, got, want)
		}
	}
}

// On its own days off the office is closed, and with weekends kept free nothing is sent.
func TestSettingsKnowDaysOff(t *testing.T) {
	none := func(time.Time) bool { return false }
	s := DefaultSettings()
	off, err := ParseDayOff("12/29〜1/5 年末年始")
	if err != nil {
		t.Fatal(err)
	}
	s.DaysOff = []DayOff{off}
	tuesday := moment(t, "2026-12-29 10:00")
	if s.Staffed(tuesday, none) || !s.NextStaffed(tuesday, none).Equal(moment(t, "2027-01-06 09:00")) {
		t.Errorf("staffed %v, next %v", s.Staffed(tuesday, none), s.NextStaffed(tuesday, none))
	}
	if s.Quiet(tuesday, none) {
		t.Error("quiet, although days off are not kept free")
	}
	s.QuietDaysOff = true
	if !s.Quiet(tuesday, none) || !s.Open(tuesday, none).Equal(moment(t, "2027-01-06 08:00")) {
		t.Errorf("open %v", s.Open(tuesday, none))
	}
	if !s.Before(moment(t, "2027-01-06 07:00"), none).Equal(moment(t, "2026-12-28 19:59")) {
		t.Errorf("before: %v", s.Before(moment(t, "2027-01-06 07:00"), none))
	}
	s.Office.Phone = "000-000-0000"
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}
