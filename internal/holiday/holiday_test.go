package holiday

import (
	"sync"
	"testing"
	"time"

	"ippo"
)

// The days of 2026 as the Cabinet Office publishes them, with their two awkward ones: 6 May, because
// 3 May is a Sunday, and 22 September, because it lies between two holidays.
func TestJapan2026(t *testing.T) {
	want := map[string]bool{
		"01-01": true, "01-12": true, "02-11": true, "02-23": true, "03-20": true, "04-29": true,
		"05-03": true, "05-04": true, "05-05": true, "05-06": true, "07-20": true, "08-11": true,
		"09-21": true, "09-22": true, "09-23": true, "10-12": true, "11-03": true, "11-23": true,
	}
	holiday := Japan()
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, ippo.Tokyo); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if got := holiday(day); got != want[day.Format("01-02")] {
			t.Errorf("%s: %v", day.Format("2006-01-02"), got)
		}
	}
}

// New Year's Day begins in Tokyo while it is still the old year in Greenwich.
func TestJapanIsInTokyo(t *testing.T) {
	holiday := Japan()
	for at, want := range map[string]bool{
		"2025-12-31T14:59:59Z": false,
		"2025-12-31T15:00:00Z": true,
		"2026-01-01T14:59:59Z": true,
		"2026-01-01T15:00:00Z": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := holiday(moment); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
}

// The library behind it does not bear two callers at once, who may ask about different years.
func TestManyAskAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for year := 2024; year < 2032; year++ {
		wg.Go(func() {
			japan := Japan()
			for range 200 {
				if !japan(time.Date(year, 11, 3, 12, 0, 0, 0, ippo.Tokyo)) || japan(time.Date(year, 12, 3, 12, 0, 0, 0, ippo.Tokyo)) {
					t.Errorf("%d: 文化の日 or an ordinary day is wrong", year)
				}
			}
		})
	}
	wg.Wait()
}
