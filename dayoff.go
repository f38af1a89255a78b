package ippo

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DayOff is a day, or a span of days, on which the center is closed of its own accord (休館日): every year, once, or on
// some of the Mondays of every month. Public holidays are known without.
type DayOff struct {
	weeks   uint8 // of every month, on which of its weekdays: bit 3 is the third, bit 0 the last; 0: it is a span of days
	weekday time.Weekday

	year        int // in which it is, and begins; 0: every year
	from, until int // months and days, such as 1229 and 103; until is earlier in a span over the turn of a year
	words       string
}

// Limits of days off. A row of them is shorter than longestRest.
const (
	maxDaysOff    = 60
	maxDayOffSpan = 40 // days
	longestRest   = 100
)

var dayOffForm = regexp.MustCompile(`^(?:(\d{4})[/-])?(\d{1,2})[/-](\d{1,2})(?:\s*[〜～~]\s*(?:(\d{4})[/-])?(\d{1,2})[/-](\d{1,2}))?(?:\s+(.{1,30}))?$`)

// Of every month: 第3月曜, 第1・第3火曜日, 最終金曜日.
var (
	monthlyForm = regexp.MustCompile(`^(?:毎月の?)?\s*(最終|第[1-5](?:[・、,]\s*第?[1-5])*)\s*([日月火水木金土])(?:曜日?)?(?:\s+(.{1,30}))?$`)
	whichWeek   = regexp.MustCompile(`[1-5]`)
)

// What it is written with.
const lastWord, nthWord, dayWord = "最終", "第%d", "曜日"

// monthlyDayOff reads a line that names a weekday of every month.
func monthlyDayOff(line string) (d DayOff, ok bool) {
	m := monthlyForm.FindStringSubmatch(line)
	if m == nil {
		return d, false
	}
	d = DayOff{weekday: time.Weekday(slices.Index(weekdayNames[:], m[2])), words: m[3]}
	if m[1] == lastWord {
		d.weeks = 1
	}
	for _, n := range whichWeek.FindAllString(m[1], -1) {
		d.weeks |= 1 << (n[0] - '0')
	}
	return d, true
}

// ParseDayOff reads a line such as 「12/29〜1/3 年末年始」, which is every year, 「2026/8/13」 or 「第3月曜日」. The error is
// Problems.
func ParseDayOff(line string) (DayOff, error) {
	wrong := func(why string) (DayOff, error) {
		return DayOff{}, Problems{{Field: "daysOff", Message: fmt.Sprintf("「%.40s」%s", line, why)}}
	}
	line = strings.TrimSpace(narrowDate(line))
	if d, ok := monthlyDayOff(line); ok {
		return d, nil
	}
	m := dayOffForm.FindStringSubmatch(line)
	if m == nil {
		return wrong("は読めません。「12/29〜1/3 年末年始」「2026/8/13」「第3月曜日」のように書いてください。")
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	d := DayOff{year: number(m[1]), words: m[7]}
	last := [3]int{number(m[4]), number(m[5]), number(m[6])}
	if m[5] == "" {
		last = [3]int{d.year, number(m[2]), number(m[3])}
	}
	d.from, d.until = 100*number(m[2])+number(m[3]), 100*last[1]+last[2]
	year := d.year
	if year == 0 {
		year = 2024 // every year has its days, the 29th of February too
	}
	from, until := time.Date(year, time.Month(d.from/100), d.from%100, 0, 0, 0, 0, Tokyo), time.Date(year, time.Month(d.until/100), d.until%100, 0, 0, 0, 0, Tokyo)
	if 100*int(from.Month())+from.Day() != d.from || 100*int(until.Month())+until.Day() != d.until {
		return wrong("に、ない日付があります。")
	}
	if d.until < d.from {
		until = until.AddDate(1, 0, 0)
	}
	switch {
	case m[4] != "" && last[0] != until.Year(), until.Before(from):
		return wrong("の終わりの日が、始まりの日と合いません。")
	case until.Sub(from) >= maxDayOffSpan*24*time.Hour:
		return wrong(fmt.Sprintf("は長すぎます。続けて休めるのは%d日までです。", maxDayOffSpan))
	}
	return d, nil
}

// narrowDate makes figures and slashes ASCII, and leaves the wave between two dates.
func narrowDate(s string) string {
	return strings.ReplaceAll(Narrow(strings.ReplaceAll(s, "～", "〜")), "　", " ")
}

// Has reports whether the day on which t falls in Tokyo is one of them.
func (d DayOff) Has(t time.Time) bool {
	t = t.In(Tokyo)
	year, month, day := t.Date()
	if d.weeks != 0 {
		last := t.AddDate(0, 0, 7).Month() != month
		return t.Weekday() == d.weekday && (d.weeks>>((day+6)/7)&1 == 1 || last && d.weeks&1 == 1)
	}
	is := 100*int(month) + day
	if d.until >= d.from {
		return is >= d.from && is <= d.until && (d.year == 0 || d.year == year)
	}
	return is >= d.from && (d.year == 0 || d.year == year) || is <= d.until && (d.year == 0 || d.year+1 == year)
}

// String returns the line that ParseDayOff reads.
func (d DayOff) String() string {
	var b strings.Builder
	if d.weeks != 0 {
		b.WriteString(d.whichWeeks() + weekdayNames[d.weekday] + dayWord)
	} else {
		b.WriteString(d.days())
	}
	if d.words != "" {
		b.WriteString(" " + d.words)
	}
	return b.String()
}

// whichWeeks says which of a month's weekdays it is: 第1・第3.
func (d DayOff) whichWeeks() string {
	if d.weeks&1 == 1 {
		return lastWord
	}
	var which []string
	for n := range 6 {
		if d.weeks>>n&1 == 1 {
			which = append(which, fmt.Sprintf(nthWord, n))
		}
	}
	return strings.Join(which, "・")
}

// days says the day or the span.
func (d DayOff) days() string {
	var b strings.Builder
	if d.year != 0 {
		fmt.Fprintf(&b, "%d/", d.year)
	}
	fmt.Fprintf(&b, "%d/%d", d.from/100, d.from%100)
	if d.until != d.from {
		fmt.Fprintf(&b, "〜%d/%d", d.until/100, d.until%100)
	}
	return b.String()
}

// MarshalText and UnmarshalText let a DayOff be kept as its line.
func (d DayOff) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *DayOff) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDayOff(string(b))
	return err
}
