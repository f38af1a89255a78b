package ippo

import "time"

// Tokyo is where residents live. "Today", "9時" and "月末" are worked out here, whatever the zone
// of the machine; Japan has had no summer time since 1951, so a fixed zone is exact and needs no
// zone database in a bare container.
var Tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

// Clock tells the time. The demo's clock can be moved, and tests choose awkward moments.
type Clock func() time.Time

// Day returns midnight, in Tokyo, of the day on which t falls there.
func Day(t time.Time) time.Time {
	y, m, d := t.In(Tokyo).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Tokyo)
}

// At returns the moment on t's day in Tokyo at which the clock shows c.
func (c TimeOfDay) At(t time.Time) time.Time {
	return Day(t).Add(time.Duration(c) * time.Minute)
}

// TimeOfDay is a time on the clock in minutes since midnight, such as 8:00 for the end of the
// quiet hours.
type TimeOfDay int

// ParseTimeOfDay reads "HH:MM". 24:00 is refused: it belongs to the next day.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, Problems{{Message: "時刻は「09:00」のように入力してください。"}}
	}
	return TimeOfDay(t.Hour()*60 + t.Minute()), nil
}

// String returns "HH:MM", the form that HTML's time inputs read.
func (c TimeOfDay) String() string {
	return time.Date(0, 1, 1, 0, int(c), 0, 0, time.UTC).Format("15:04")
}

// MarshalText and UnmarshalText let a TimeOfDay be kept as "HH:MM".
func (c TimeOfDay) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *TimeOfDay) UnmarshalText(b []byte) (err error) {
	*c, err = ParseTimeOfDay(string(b))
	return err
}

var weekdayNames = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// WeekdayName returns the one-letter Japanese name of a day of the week.
func WeekdayName(d time.Weekday) string { return weekdayNames[d] }

// DateWords returns t's day as staff and residents say it: 2026年3月6日（金）.
func DateWords(t time.Time) string {
	t = t.In(Tokyo)
	return t.Format("2006年1月2日") + "（" + WeekdayName(t.Weekday()) + "）"
}

// TimeWords returns t as staff and residents say it: 2026年3月6日（金）15:00.
func TimeWords(t time.Time) string {
	return DateWords(t) + t.In(Tokyo).Format("15:04")
}

// Holidays tells whether the day on which t falls in Tokyo is a public holiday (国民の祝日・休日).
type Holidays func(t time.Time) bool
