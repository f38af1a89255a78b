package admin

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
	X, Y, Width, Height  float64
	Middle, TextX, TextY float64
	Label, Value         string
	Start                bool // the baseline
}

type chartLine struct{ X1, X2, Y float64 }

// The drawing's size, and the room around the bars.
const (
	chartWidth  = 320.0
	chartHeight = 176.0
	chartTop    = 34.0
	chartBottom = 24.0
	chartText   = 12.0 // the height of a number
	chartGap    = 4.0  // between a number and what it stands on
)

// chartPoint is a bar to be drawn.
type chartPoint struct {
	label, text string
	target      string // what is aimed at there; "" for nothing
	start       bool
}

// newChart draws an indicator; ok is false when there are fewer than two numbers to compare.
func newChart(sheet ippo.IndicatorSheet, i ippo.Indicator) (c chart, ok bool) {
	var points []chartPoint
	if _, ok := ippo.ParseAmount(i.Baseline); ok {
		label := sheet.BaselineWord
		if sheet.BaselineYear != 0 {
			label = sheet.BaselineYear.Short()
		}
		points = append(points, chartPoint{label: label, text: unitBehind(i.Baseline, i.Unit), start: true})
	}
	for _, y := range sheet.Years() {
		_, target := i.Target(y)
		points = append(points, chartPoint{label: y.Short(), text: unitBehind(i.Values[y].Value, i.Unit), target: target})
	}
	if c, ok = drawChart(i.Title(), points); ok && len(c.Lines) > 0 {
		year, target := i.Target(sheet.Until)
		c.Target = fmt.Sprintf("目標（%s） %s", year.Short(), target)
	}
	return c, ok
}

// drawChart draws bars; ok is false when there are fewer than two numbers to compare.
func drawChart(title string, points []chartPoint) (c chart, ok bool) {
	number := func(text string) (float64, bool) {
		a, ok := ippo.ParseAmount(text)
		if !ok {
			return 0, false
		}
		f, _ := a.Number.Float64()
		return f, true
	}
	low, high, known, words := 0.0, 0.0, 0, ""
	texts := make([]string, len(points)) // of those with a number
	for n, p := range points {
		for _, text := range []string{p.text, p.target} {
			if v, ok := number(text); ok {
				low, high = min(low, v), max(high, v)
			}
		}
		if _, ok := number(p.text); ok {
			known++
			texts[n], _, _ = strings.Cut(p.text, "\n")
			words += fmt.Sprintf("、%s %s", p.label, p.text)
		}
	}
	if known < 2 || high == low {
		return c, false
	}
	c.Title, c.Words = title, title+"のグラフ"+words
	scale := (chartHeight - chartTop - chartBottom) / (high - low)
	at := func(v float64) float64 { return round1(chartTop + (high-v)*scale) }
	slot := chartWidth / float64(len(points))
	width := math.Min(slot*0.6, 40)
	c.Base = at(0)
	texts = fitting(texts, slot)
	for n, p := range points {
		left := float64(n) * slot
		bar := chartBar{X: round1(left + (slot-width)/2), Width: round1(width), Middle: round1(left + slot/2), Label: p.label, Start: p.start, Y: c.Base}
		if v, ok := number(p.text); ok {
			bar.Y, bar.Height = min(at(v), c.Base), round1(math.Abs(at(v)-c.Base))
			bar.TextY = round1(bar.Y - chartGap)
			bar.Value = texts[n]
			half := math.Min(textWidth(bar.Value), chartWidth) / 2
			bar.TextX = round1(min(max(bar.Middle, half), chartWidth-half))
		}
		if aim, ok := number(p.target); ok {
			line := chartLine{round1(left), round1(left + slot), at(aim)}
			c.Lines = append(c.Lines, line)
			if line.Y > bar.TextY-chartText && line.Y < bar.TextY+chartGap {
				bar.TextY = round1(line.Y - chartGap) // the line does not strike the number through
			}
		}
		c.Bars = append(c.Bars, bar)
	}
	return c, true
}

// fitting returns the texts as they have room beside one another: as they are, or without their units, or the first
// and the last alone. The table has them all.
func fitting(texts []string, room float64) []string {
	bare := make([]string, len(texts))
	wide := func(text string) bool { return textWidth(text) > room }
	for i, text := range texts {
		bare[i] = strings.TrimRightFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	}
	switch {
	case !slices.ContainsFunc(texts, wide):
		return texts
	case !slices.ContainsFunc(bare, wide):
		return bare
	}
	ends := make([]string, len(texts))
	has := func(text string) bool { return text != "" }
	if first := slices.IndexFunc(texts, has); first >= 0 {
		ends[first] = texts[first]
	}
	for i, text := range slices.Backward(texts) {
		if has(text) {
			ends[i] = text
			break
		}
	}
	return ends
}

// textWidth is about how wide a text is drawn.
func textWidth(text string) (width float64) {
	for _, r := range text {
		if r < 0x80 {
			width += 6.7
		} else {
			width += 12
		}
	}
	return width
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }
