package ippo

import "testing"

func TestQuietHours(t *testing.T) {
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
		if got := s.Open(now); !got.Equal(open) {
			t.Errorf("Open(%s) = %s, want %s", c.now, got.In(Tokyo), c.open)
		}
		if s.Quiet(now) != (c.now != c.open) {
			t.Errorf("Quiet(%s) = %v", c.now, s.Quiet(now))
		}
	}
}

func TestDefaultSettingsNeedOnlyTheTelephone(t *testing.T) {
	s := DefaultSettings()
	s.Office.Phone = "000-000-0000"
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}
