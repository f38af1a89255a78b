package ippo

import (
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	none := func(time.Time) bool { return false }
	s := DefaultSettings()
	for _, c := range []struct {
		now, open string
	}{
		{"2026-03-31 19:59", "2026-03-31 19:59"},
		{"2026-03-31 20:00", "2026-04-01 08:00"},
		{"2026-03-31 23:59", "2026-04-01 08:00"},
		{"2026-04-01 00:00", "2026-04-01 08:00"},
		{"2026-04-01 07:59", "2026-04-01 08:00"},
		{"2026-04-01 08:00", "2026-04-01 08:00"},
	} {
		now, open := moment(t, c.now), moment(t, c.open)
		if got := s.Open(now, none); !got.Equal(open) {
			t.Errorf("Open(%s) = %s, want %s", c.now, got.In(Tokyo), c.open)
		}
		if s.Quiet(now, none) != (c.now != c.open) {
			t.Errorf("Quiet(%s) = %v", c.now, s.Quiet(now, none))
		}
	}
}

// 1 May 2026 is a Friday, 4 to 6 May are holidays.
func TestQuietDaysOff(t *testing.T) {
	golden := func(t time.Time) bool { return t.Month() == time.May && t.Day() >= 3 && t.Day() <= 6 }
	s := DefaultSettings()
	friday := moment(t, "2026-05-01 20:30")
	if got := s.Open(friday, golden); !got.Equal(moment(t, "2026-05-02 08:00")) {
		t.Errorf("by default it opens on Saturday, not %v", got)
	}
	s.QuietDaysOff = true
	if got := s.Open(friday, golden); !got.Equal(moment(t, "2026-05-07 08:00")) {
		t.Errorf("with days off it opens after the holidays, not %v", got)
	}
	if !s.Quiet(moment(t, "2026-05-02 12:00"), golden) || !s.Quiet(moment(t, "2026-05-06 12:00"), golden) || s.Quiet(moment(t, "2026-05-07 12:00"), golden) {
		t.Error("the days off are not kept")
	}
}

func TestDefaultSettingsNeedOnlyTheTelephone(t *testing.T) {
	s := DefaultSettings()
	s.Office.Phone = "000-000-0000"
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}

// What is due in the quiet goes the evening before: the last minute that is not quiet.
func TestBefore(t *testing.T) {
	golden := func(t time.Time) bool { return t.Month() == time.May && t.Day() >= 3 && t.Day() <= 6 }
	s := DefaultSettings()
	off := s
	off.QuietDaysOff = true
	lunch := s
	lunch.QuietFrom, lunch.QuietUntil = 12*60, 13*60
	for _, c := range []struct {
		settings  Settings
		due, want string
	}{
		{s, "2026-03-31 19:59", "2026-03-31 19:59"},
		{s, "2026-03-31 20:00", "2026-03-31 19:59"},
		{s, "2026-04-01 00:00", "2026-03-31 19:59"},
		{s, "2026-04-01 07:30", "2026-03-31 19:59"},
		{s, "2026-04-01 08:00", "2026-04-01 08:00"},
		{off, "2026-05-07 07:00", "2026-05-01 19:59"}, // past the holidays and the weekend
		{off, "2026-05-03 10:00", "2026-05-01 19:59"},
		{lunch, "2026-04-01 12:30", "2026-04-01 11:59"},
		{lunch, "2026-04-01 00:30", "2026-04-01 00:30"},
	} {
		if got := c.settings.Before(moment(t, c.due), golden); !got.Equal(moment(t, c.want)) {
			t.Errorf("Before(%s) = %s, want %s", c.due, got.In(Tokyo), c.want)
		}
	}
}
