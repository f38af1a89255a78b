package ippo

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// WrittenDate is a date that somebody wrote into a text: 5月3日（日）, 令和8年5月3日, 5/3(日); after one of these, 5日（火）.
type WrittenDate struct {
	Text    string    // as it is written
	Bare    bool      // its month follows from the date before it
	Day     time.Time // zero when there is no such day
	Named   bool      // with a day of the week …
	Weekday time.Weekday

	weekday int // where it is named in Text
}

// Right is the text with the date's own day of the week.
func (d WrittenDate) Right() string {
	if !d.Named || d.Day.IsZero() {
		return d.Text
	}
	return d.Text[:d.weekday] + WeekdayName(d.Day.Weekday()) + strings.TrimPrefix(d.Text[d.weekday:], WeekdayName(d.Weekday))
}

// Agrees reports whether the day of the week that is named is the date's own.
func (d WrittenDate) Agrees() bool { return !d.Named || d.Day.IsZero() || d.Day.Weekday() == d.Weekday }

// dateForm reads 2026年5月3日（日）, and with a slash only what names a day of the week: 5/3 may be anything.
var dateForm = regexp.MustCompile(`(?:(?:(令和)(元|[0-9]{1,2})|([0-9]{4}))年)?([0-9]{1,2})月([0-9]{1,2})日(?:` + bracketed + `|[ 　]*([日月火水木金土])曜日?)?|` +
	`(?:([0-9]{4})/)?([0-9]{1,2})/([0-9]{1,2})` + bracketed + `|([0-9]{1,2})日` + bracketed)

// bracketed is a day of the week as it stands behind a date: （日）, (日曜日), （月・祝）.
const bracketed = `[ 　]*[（(]([日月火水木金土])(?:曜日?)?(?:・[^）)\n]{0,4})?[）)]`

// asciiDigits makes full-width digits and slashes comparable.
var asciiDigits = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "／", "/")

// maxWrittenDates bounds how many dates of a text are looked at.
const maxWrittenDates = 50

// WrittenDates finds the dates in a text. One without a year is the nearest to near.
func WrittenDates(text string, near time.Time) []WrittenDate {
	text = asciiDigits.Replace(text)
	near = Day(near)
	var found []WrittenDate
	for _, m := range dateForm.FindAllStringSubmatchIndex(text, maxWrittenDates) {
		part := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		number := func(s string) int { n, _ := strconv.Atoi(s); return n } // digits, by the form
		year, month, day, weekday := number(part(3)), number(part(4)), number(part(5)), part(6)+part(7)+part(13)
		switch {
		case part(9) != "":
			year, month, day, weekday = number(part(8)), number(part(9)), number(part(10)), part(11)
		case part(2) == "元":
			year = firstReiwa
		case part(1) != "":
			year = firstReiwa - 1 + number(part(2))
		}
		d := WrittenDate{Text: text[m[0]:m[1]], Bare: part(12) != "", Named: weekday != ""}
		for _, n := range []int{6, 7, 11, 13} {
			if part(n) != "" {
				d.weekday = m[2*n] - m[0]
			}
		}
		for i, name := range weekdayNames {
			if name == weekday {
				d.Weekday = time.Weekday(i)
			}
		}
		if !d.Bare {
			d.Day = nearest(year, month, day, near)
		} else if last := len(found) - 1; last >= 0 && !found[last].Day.IsZero() {
			d.Day = d.following(found[last].Day, number(part(12)))
		} else {
			continue
		}
		found = append(found, d)
	}
	return found
}

// following is the day of that number in the month of the date before it, or in the next if only that is the day of the
// week that is named; zero when there is none.
func (d WrittenDate) following(before time.Time, day int) time.Time {
	same := nearest(before.Year(), int(before.Month()), day, before)
	first := before.AddDate(0, 0, 1-before.Day()).AddDate(0, 1, 0)
	next := nearest(first.Year(), int(first.Month()), day, before)
	if day < before.Day() && same.Weekday() != d.Weekday && !next.IsZero() && next.Weekday() == d.Weekday {
		return next
	}
	return same
}

// firstReiwa is 令和元年.
const firstReiwa = 2019

// nearest is a day, of the year nearest to near if none is named; zero when there is none.
func nearest(year, month, day int, near time.Time) time.Time {
	exact := func(year int) time.Time {
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, Tokyo)
		if int(t.Month()) != month || t.Day() != day {
			return time.Time{} // 2月30日
		}
		return t
	}
	if year != 0 {
		return exact(year)
	}
	var best time.Time
	for y := near.Year() - 1; y <= near.Year()+1; y++ {
		if t := exact(y); !t.IsZero() && (best.IsZero() || t.Sub(near).Abs() < best.Sub(near).Abs()) {
			best = t
		}
	}
	return best
}
