package admin

import "ippo"

// weekChart is a picture of numbers by week, in bars. Beside it stands a table with the same numbers.
type weekChart struct {
	Words         string // what it shows, for who does not see it
	Width, Height int
	Floor         int // where the bars stand
	Top           int // the largest number; the line at the top stands for it
	Bars          []column
	Marks         []mark
}

// column is one number.
type column struct {
	X, Y, Width, Height int
	Words               string
}

// mark is a word below the bars.
type mark struct {
	X     int
	Words string
}

// Measures of a chart, in units of its own; it is as wide as the page.
const (
	weekStep  = 20
	weekGap   = 4
	weekTop   = 26
	weekFloor = 166
	weekTall  = 194
)

// newWeekChart draws people by week, with the months below.
func newWeekChart(words string, weeks []ippo.InvitedWeek) weekChart {
	c := weekChart{Words: words, Width: weekStep * len(weeks), Height: weekTall, Floor: weekFloor, Top: 1}
	for _, w := range weeks {
		c.Top = max(c.Top, w.People)
	}
	for i, w := range weeks {
		tall := w.People * (weekFloor - weekTop) / c.Top
		if w.People > 0 {
			tall = max(tall, 2)
		}
		c.Bars = append(c.Bars, column{
			X: i*weekStep + weekGap/2, Y: weekFloor - tall, Width: weekStep - weekGap, Height: tall,
			Words: shortDay(w.Monday) + "からの週 " + ippo.Comma(int64(w.People)) + "人",
		})
		if w.Monday.Day() <= 7 {
			c.Marks = append(c.Marks, mark{i*weekStep + weekGap/2, w.Monday.Format("1月")})
		}
	}
	return c
}
