package admin

import "time"

// weekBar is a week in a chart: a number that stands above the line and one that hangs below it.
type weekBar struct {
	Monday   time.Time
	Up, Down int
	Words    string // the week in words, for who points at it
}

// weekChart is a picture of numbers by week, in bars. Beside it stands a table with the same numbers.
type weekChart struct {
	Words         string // what it shows, for who does not see it
	Width, Height int
	Line          int // where the bars stand
	Top, Deep     int // the largest numbers above and below; the rules stand for them
	Bars          []column
	Marks         []mark
}

// column is one number.
type column struct {
	X, Y, Width, Height int
	Down                bool
	Words               string
}

// mark is a word below the bars.
type mark struct {
	X     int
	Words string
}

// Measures of a chart, in units of its own; it is as wide as the page.
const (
	weekStep   = 20
	weekGap    = 4
	weekTop    = 26
	weekBottom = 166 // of the bars
	weekFoot   = 28  // below them, for the words
)

// newWeekChart draws numbers by week, with the months below.
func newWeekChart(words string, weeks []weekBar) weekChart {
	c := weekChart{Words: words, Width: weekStep * len(weeks), Top: 1}
	for _, w := range weeks {
		c.Top, c.Deep = max(c.Top, w.Up), max(c.Deep, w.Down)
	}
	tall := func(n int) int {
		if n == 0 {
			return 0
		}
		return max(2, n*(weekBottom-weekTop)/(c.Top+c.Deep))
	}
	c.Line, c.Height = weekTop+tall(c.Top), weekBottom+weekFoot
	for i, w := range weeks {
		x, width := i*weekStep+weekGap/2, weekStep-weekGap
		c.Bars = append(c.Bars, column{X: x, Y: c.Line - tall(w.Up), Width: width, Height: tall(w.Up), Words: w.Words})
		if w.Down > 0 {
			c.Bars = append(c.Bars, column{X: x, Y: c.Line, Width: width, Height: tall(w.Down), Down: true, Words: w.Words})
		}
		if w.Monday.Day() <= 7 {
			c.Marks = append(c.Marks, mark{x, w.Monday.Format("1月")})
		}
	}
	return c
}

// weekWords names a week by its first day: 3/2からの週.
func weekWords(monday time.Time) string { return shortDay(monday) + "からの週" }
