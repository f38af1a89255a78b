package ippo

import (
	"testing"
	"time"
)

func TestWrittenDates(t *testing.T) {
	near := time.Date(2026, 11, 26, 18, 0, 0, 0, Tokyo) // a Thursday
	for text, want := range map[string]struct {
		day    string // "": there is no such day
		agrees bool
	}{
		"12月6日（日）に集まります":    {"2026-12-06", true},
		"12月6日（月）":          {"2026-12-06", false},
		"１２月６日(日)":          {"2026-12-06", true},
		"12月6日 日曜日":         {"2026-12-06", true},
		"12月6日（土・祝）":        {"2026-12-06", false},
		"12/6(日) 10時":       {"2026-12-06", true},
		"2027/12/6（日）":      {"2027-12-06", false},
		"2027年12月6日（月）":     {"2027-12-06", true},
		"令和9年1月10日（日）":      {"2027-01-10", true},
		"令和元年5月1日（水）":       {"2019-05-01", true},
		"1月10日（日）":          {"2027-01-10", true}, // the next one is nearer than the last
		"9月1日から":            {"2026-09-01", true},
		"2月30日（月）":          {"", true},
		"2月29日（日）":          {"", true}, // none near: 2028
		"2028年2月29日（火）":     {"2028-02-29", true},
		"13月1日":             {"", true},
		"11月26日、月末まで":       {"2026-11-26", true},
		"11月26日 水に親しむ会":     {"2026-11-26", true},
		"きょう（11月26日（木））です。": {"2026-11-26", true},
	} {
		found := WrittenDates(text, near)
		if len(found) != 1 {
			t.Errorf("%q: %v", text, found)
			continue
		}
		day := ""
		if !found[0].Day.IsZero() {
			day = found[0].Day.Format("2006-01-02")
		}
		if day != want.day || found[0].Agrees() != want.agrees {
			t.Errorf("%q: %q, agrees %v; want %q, %v", text, day, found[0].Agrees(), want.day, want.agrees)
		}
	}
	for _, text := range []string{"", "3/4の方", "1/2カップ", "10時から12時", "月曜と日曜", "24/7"} {
		if found := WrittenDates(text, near); len(found) > 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
	// What follows a date has its month, or the next.
	for text, want := range map[string]string{
		"12月1日（火）から3日（木）まで":   "2026-12-03",
		"12月1日（火）、3日（金）":      "2026-12-03 wrong",
		"12月28日（月）〜3日（日）":     "2027-01-03",
		"12月28日（月）〜3日（月）":     "2026-12-03 wrong",
		"11月28日（土）〜31日（火）":    "",
		"令和9年2月27日(土)・２８日(日)": "2027-02-28",
	} {
		found := WrittenDates(text, near)
		if len(found) != 2 || !found[1].Bare {
			t.Errorf("%q: %v", text, found)
			continue
		}
		got := ""
		if day := found[1].Day; !day.IsZero() {
			got = day.Format("2006-01-02")
		}
		if !found[1].Agrees() {
			got += " wrong"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if found := WrittenDates("3日（木）に会いましょう", near); len(found) != 0 {
		t.Errorf("of no month: %v", found)
	}
	if found := WrittenDates("5月3日（月）と5月4日（火・祝）と5/5(水)", near); len(found) != 3 || found[1].Text != "5月4日（火・祝）" || !found[2].Agrees() {
		t.Errorf("three dates: %v", found)
	}
}

func TestRightDayOfTheWeek(t *testing.T) {
	near := time.Date(2026, 11, 26, 18, 0, 0, 0, Tokyo)
	for text, want := range map[string]string{
		"12月6日（月）":      "12月6日（日）",
		"12月6日（土・祝）":    "12月6日（日・祝）",
		"12月6日 月曜日":     "12月6日 日曜日",
		"2027/12/6（日）":  "2027/12/6（月）",
		"令和8年12月6日(水曜)": "令和8年12月6日(日曜)",
		"12月6日":         "12月6日",
		"2月30日（月）":      "2月30日（月）",
		"日曜の12月6日（月曜日）": "12月6日（日曜日）",
	} {
		if found := WrittenDates(text, near); len(found) != 1 || found[0].Right() != want {
			t.Errorf("%q: %+v, want %q", text, found, want)
		}
	}
}
