package democity

import (
	"time"

	"ippo"
)

// calendar counts dates from the moment at which the town is filled.
type calendar struct{ now time.Time }

// ago is h o'clock, n days before today. Day 0 may be before the center opened today, so it is the
// last hour instead.
func (c calendar) ago(n, h int) time.Time {
	t := ippo.Day(c.now).AddDate(0, 0, -n).Add(time.Duration(h) * time.Hour)
	if t.After(c.now) {
		return c.now.Add(-time.Hour)
	}
	return t
}

// next is the first such day of the week that is at least n days ahead, at h:m.
func (c calendar) next(w time.Weekday, n, h, m int) time.Time {
	day := ippo.Day(c.now).AddDate(0, 0, n)
	for day.Weekday() != w {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)
}

// words is a date as it stands in a text: 3月8日（日）.
func words(t time.Time) string {
	t = t.In(ippo.Tokyo)
	return t.Format("1月2日") + "（" + ippo.WeekdayName(t.Weekday()) + "）"
}

// date is a day as campaigns keep it.
func date(t time.Time) string { return t.In(ippo.Tokyo).Format(time.DateOnly) }
