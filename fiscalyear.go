package ippo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FiscalYear is a Japanese fiscal year (年度), from 1 April to 31 March, named by the western year in which
// it begins: 2024 is 令和6年度. 0 stands for none.
type FiscalYear int

// The fiscal years that sheets may name: from the first whole one of 昭和.
const (
	FirstFiscalYear FiscalYear = 1927
	LastFiscalYear  FiscalYear = 2100
)

// era is an age of the Japanese calendar, from the day on which it began.
type era struct {
	name, letter string
	begins       time.Time
}

// eras are those that sheets and dates may name, the latest first.
var eras = []era{
	{"令和", "R", time.Date(2019, 5, 1, 0, 0, 0, 0, Tokyo)},
	{"平成", "H", time.Date(1989, 1, 8, 0, 0, 0, 0, Tokyo)},
	{"昭和", "S", time.Date(1926, 12, 25, 0, 0, 0, 0, Tokyo)},
}

// eraOf returns the era of a moment and the year in it, from 1.
func eraOf(t time.Time) (e era, year int, ok bool) {
	for _, e := range eras {
		if !t.Before(e.begins) {
			return e, t.In(Tokyo).Year() - e.begins.Year() + 1, true
		}
	}
	return era{}, 0, false
}

// FiscalYearOf returns the fiscal year in which t falls in Tokyo.
func FiscalYearOf(t time.Time) FiscalYear {
	t = t.In(Tokyo)
	if t.Month() < time.April {
		return FiscalYear(t.Year() - 1)
	}
	return FiscalYear(t.Year())
}

// Begins returns the first moment of the year.
func (y FiscalYear) Begins() time.Time { return time.Date(int(y), time.April, 1, 0, 0, 0, 0, Tokyo) }

// Ends returns the first moment after the year (年度末).
func (y FiscalYear) Ends() time.Time { return (y + 1).Begins() }

// LastDay returns the year's 31 March.
func (y FiscalYear) LastDay() time.Time { return y.Ends().AddDate(0, 0, -1) }

// era is the one that the year is called by: a year in which an era begins is called by the new one as a
// whole, as offices do (令和元年度 is April 2019 to March 2020).
func (y FiscalYear) era() (era, int, bool) {
	return eraOf(time.Date(int(y), time.December, 31, 0, 0, 0, 0, Tokyo))
}

// Words returns the year as documents write it: 令和6年度.
func (y FiscalYear) Words() string {
	e, n, ok := y.era()
	switch {
	case !ok:
		return y.Western()
	case n == 1:
		return e.name + "元年度"
	}
	return fmt.Sprintf("%s%d年度", e.name, n)
}

// Short returns the year as the heads of tables write it: R6.
func (y FiscalYear) Short() string {
	e, n, ok := y.era()
	if !ok {
		return strconv.Itoa(int(y))
	}
	return fmt.Sprintf("%s%d", e.letter, n)
}

// Western returns the year in the western calendar: 2024年度.
func (y FiscalYear) Western() string { return fmt.Sprintf("%d年度", int(y)) }

// Valid reports whether a sheet may name the year.
func (y FiscalYear) Valid() bool { return FirstFiscalYear <= y && y <= LastFiscalYear }

// ParseFiscalYear reads a year as people write it: R6, 令和6年度, 令和元, 2024, ２０２４年度. A year that an
// era did not live to see, such as 平成32年度 in an old plan, is what it would have been.
func ParseFiscalYear(s string) (FiscalYear, error) {
	text := strings.ToUpper(Narrow(strings.TrimSpace(s)))
	text = strings.TrimSuffix(strings.TrimSuffix(text, "度"), "年")
	first := 0 // the western year before the era's first
	for _, e := range eras {
		for _, name := range []string{e.name, e.letter} {
			if rest, ok := strings.CutPrefix(text, name); ok {
				text, first = strings.Replace(strings.TrimPrefix(rest, "."), "元", "1", 1), e.begins.Year()-1
			}
		}
	}
	n, err := strconv.Atoi(text)
	y := FiscalYear(first + n)
	if err != nil || n <= 0 || first > 0 && n > 99 || !y.Valid() {
		return 0, Problems{{Message: "年度は「R6」「令和6年度」「2024」のように入力してください。"}}
	}
	return y, nil
}

// EraDate returns t's day in the Japanese calendar: 令和6年3月31日.
func EraDate(t time.Time) string {
	t = t.In(Tokyo)
	e, n, ok := eraOf(t)
	year := strconv.Itoa(n)
	switch {
	case !ok:
		return t.Format("2006年1月2日")
	case n == 1:
		year = "元"
	}
	return e.name + year + t.Format("年1月2日")
}

// EraDateShort returns t's day as narrow columns write it: R6.3.31.
func EraDateShort(t time.Time) string {
	t = t.In(Tokyo)
	e, n, ok := eraOf(t)
	if !ok {
		return t.Format("2006.1.2")
	}
	return e.letter + strconv.Itoa(n) + t.Format(".1.2")
}

// Narrow turns full-width digits, letters and signs into ASCII, which Japanese keyboards easily miss.
func Narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}
