package wordcloud

import (
	"cmp"
	"math"
	"slices"

	"ippo/internal/typeface"
)

// Word is a word and how often it is said.
type Word struct {
	Text   string
	Weight int
}

// Placed is a word in its place. Its box is Width × Size; the rest is for letters that hang below the line.
type Placed struct {
	Word
	X, Y  float64 // the left end of its baseline
	Size  float64
	Width float64
	Shade int // from 0, of the words said most, to Shades-1
}

// Shades is how many colours there are.
const Shades = 4

// Picture is words in their places, on a sheet of Width × Height.
type Picture struct {
	Words []Placed
}

// The sheet, and how big words are on it.
const (
	Width  = 1200
	Height = 720

	margin  = 16.0
	biggest = 132.0 // of the word said most
	least   = 0.16  // the share of it that a word said once has at least …
	legible = 19.0  // … if it can be read at this
	ascent  = 0.86  // how much of a word's height stands above its line
	gap     = 0.10  // to the next word, of the smaller one's size
)

// Most is how many words a picture holds; more would be too small to read.
const Most = 60

// Lay finds each word its place: the heaviest in the middle and the next ones around it, where there is room. Words that
// the font cannot draw are left out, and so are those after the Most heaviest.
func Lay(words []Word) Picture {
	type measured struct {
		Word
		width float64 // at size 1
	}
	var list []measured
	for _, w := range words {
		if width, ok := typeface.Width(w.Text); ok && w.Weight > 0 {
			list = append(list, measured{w, width})
		}
	}
	slices.SortStableFunc(list, func(a, b measured) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Text, b.Text))
	})
	list = list[:min(len(list), Most)]
	if len(list) == 0 {
		return Picture{}
	}
	top, bottom := list[0].Weight, list[len(list)-1].Weight
next:
	for scale := biggest; ; scale *= 0.94 {
		var p Picture
		for _, w := range list {
			// The area of a word grows with its weight.
			size := max(scale*max(math.Sqrt(float64(w.Weight)/float64(top)), least), min(legible, scale))
			placed := Placed{Word: w.Word, Size: size, Width: w.width * size, Shade: shade(w.Weight, bottom, top)}
			if !p.place(&placed) {
				continue next
			}
			p.Words = append(p.Words, placed)
		}
		return p
	}
}

func shade(weight, bottom, top int) int {
	if top == bottom {
		return 0
	}
	return min((top-weight)*Shades/(top-bottom+1), Shades-1)
}

// place looks for room along a spiral from the middle.
func (p *Picture) place(w *Placed) bool {
	const turn = 0.24 // radians a step
	for step := 0; ; step++ {
		angle := turn * float64(step)
		r := 1.7 * angle
		// As wide as the sheet is beside its height.
		x, y := Width/2+r*math.Cos(angle)*Width/Height, Height/2+r*math.Sin(angle)
		if r > Width {
			return false
		}
		w.X, w.Y = round(x-w.Width/2), round(y+(ascent-0.5)*w.Size)
		if w.inside() && !slices.ContainsFunc(p.Words, w.near) {
			return true
		}
	}
}

// round keeps to what is written into the SVG, so that what was tried is what is drawn.
func round(x float64) float64 { return math.Round(x*10) / 10 }

// Box returns the corners of a word's box.
func (w Placed) Box() (left, top, right, bottom float64) {
	return w.X, w.Y - ascent*w.Size, w.X + w.Width, w.Y + (1.08-ascent)*w.Size
}

func (w Placed) inside() bool {
	left, top, right, bottom := w.Box()
	return left >= margin && top >= margin && right <= Width-margin && bottom <= Height-margin
}

// near reports whether two words touch, or almost.
func (w *Placed) near(o Placed) bool {
	left, top, right, bottom := w.Box()
	oleft, otop, oright, obottom := o.Box()
	d := gap * min(w.Size, o.Size)
	return left < oright+d && oleft < right+d && top < obottom+d && otop < bottom+d
}
