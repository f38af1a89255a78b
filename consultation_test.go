package ippo

import (
	"testing"
	"time"
)

// Who writes outside the opening hours is told when somebody reads it, weekends and holidays known.
func TestNextStaffed(t *testing.T) {
	s := DefaultSettings() // weekdays 9:00 to 17:00
	holiday := func(t time.Time) bool { return t.In(Tokyo).Format("01-02") == "05-04" }
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04:05", text, Tokyo)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for now, want := range map[string]string{
		"2026-03-31 08:59:59": "2026-03-31 09:00:00",
		"2026-03-31 09:00:00": "2026-03-31 09:00:00",
		"2026-03-31 16:59:59": "2026-03-31 16:59:59",
		"2026-03-31 17:00:00": "2026-04-01 09:00:00",
		"2026-03-31 23:59:30": "2026-04-01 09:00:00",
		"2026-05-01 18:00:00": "2026-05-05 09:00:00", // a weekend, and a holiday
	} {
		if got := s.NextStaffed(at(now), holiday); !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
	if got := s.NextStaffed(at("2026-03-31 18:00:00"), func(time.Time) bool { return true }); !got.IsZero() {
		t.Errorf("an office that never opens opens at %s", got)
	}
}
