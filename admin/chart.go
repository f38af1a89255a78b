package admin

import (
	"fmt"
	"math"

	"ippo"
)

// chart is a picture of one indicator: a bar for the baseline and for each year, and a dashed line where the
// target stands. The numbers themselves stand in the table that it goes with.
type chart struct {
	Title  string
	Words  string // what it shows, for who does not see it
	Base   float64
	Bars   []chartBar
	Lines  []chartLine
	Target string // the latest target, in words
}

type chartBar struct {
	X, Y, Width, Height float64
	Middle, TextY       float64
	Label, Value        string
	Start               bool // the baseline
}

type chartLine struct{ X1, X2, Y float64 }

// The drawing's size, and the room around the bars.
const (
	chartWidth  = 320.0
	chartHeight = 176.0
	chartTop    = 34.0
	chartBottom = 24.0
)

// newChart draws an indicator; ok is false when there are fewer than two numbers to compare.
func newChart(sheet ippo.IndicatorSheet, i ippo.Indicator) (c chart, ok bool) {
	type point struct {
		label, text   string
		value, target float64
		known, aimed  bool
		start         bool
	}
	number := func(text string) (float64, bool) {
		a, ok := ippo.ParseAmount(text)
		if !ok {
			return 0, false
		}
		f, _ := a.Number.Float64()
		return f, true
	}
	var points []point
	low, high, known := 0.0, 0.0, 0
	see := func(v float64) { low, high = min(low, v), max(high, v) }
	if v, ok := number(i.Baseline); ok {
		label := sheet.BaselineWord
		if sheet.BaselineYear != 0 {
			label = sheet.BaselineYear.Short()
		}
		points = append(points, point{label: label, text: i.Baseline, value: v, known: true, start: true})
		see(v)
		known++
	}
	words := ""
	for _, y := range sheet.Years() {
		p := point{label: y.Short(), text: i.Values[y].Value}
		p.value, p.known = number(p.text)
		_, target := i.Target(y)
		p.target, p.aimed = number(target)
		if p.known {
			see(p.value)
			known++
			words += fmt.Sprintf("、%s %s", y.Short(), p.text)
		}
		if p.aimed {
			see(p.target)
		}
		points = append(points, p)
	}
	if known < 2 || high == low {
		return c, false
	}
	c.Title = i.Title()
	c.Words = c.Title + "のグラフ" + words
	scale := (chartHeight - chartTop - chartBottom) / (high - low)
	at := func(v float64) float64 { return round1(chartTop + (high-v)*scale) }
	slot := chartWidth / float64(len(points))
	width := math.Min(slot*0.6, 40)
	c.Base = at(0)
	for n, p := range points {
		left := float64(n) * slot
		bar := chartBar{X: round1(left + (slot-width)/2), Width: round1(width), Middle: round1(left + slot/2), Label: p.label, Start: p.start, Y: c.Base, TextY: round1(c.Base - 5)}
		if p.known {
			bar.Y, bar.Height = min(at(p.value), c.Base), round1(math.Abs(at(p.value)-c.Base))
			bar.TextY = round1(bar.Y - 5)
			bar.Value = p.text
			if len([]rune(p.text)) > 8 {
				bar.Value = string([]rune(p.text)[:7]) + "…"
			}
		}
		c.Bars = append(c.Bars, bar)
		if p.aimed {
			c.Lines = append(c.Lines, chartLine{round1(left), round1(left + slot), at(p.target)})
		}
	}
	if len(c.Lines) > 0 {
		year, target := i.Target(sheet.Until)
		c.Target = fmt.Sprintf("目標（%s） %s", year.Short(), target)
	}
	return c, true
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }
