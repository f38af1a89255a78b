// Package menupicture draws the picture of a menu: areas with an icon and words. The same menu makes the same
// picture, to the byte. The icons are SVG files, each of strokes in a square of 100.
package menupicture

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"ippo/internal/typeface"
)

//go:embed icons/*.svg
var icons embed.FS

// Area is a part of the picture.
type Area struct {
	Bounds image.Rectangle
	Icon   string // the name of its file, without .svg
	Words  string
	More   string // small, below; "" for none
}

// Size of a picture in pixels, and so of its areas. Source:
// https://developers.line.biz/en/reference/messaging-api/#rich-menu-object
const (
	wide = 2500
	tall = 1686
	low  = 843
)

// MaxBytes is how many bytes a picture may have. Source:
// https://developers.line.biz/en/reference/messaging-api/#upload-rich-menu-image
const MaxBytes = 1 << 20

// Lay returns the size of a menu's picture and its areas, from left to right and from top to bottom; rows says how many
// stand in each row.
func Lay(high bool, rows []int) (size image.Point, areas []image.Rectangle) {
	size = image.Pt(wide, low)
	if high {
		size.Y = tall
	}
	for row, n := range rows {
		for column := range n {
			areas = append(areas, image.Rect(
				size.X*column/n, size.Y*row/len(rows), size.X*(column+1)/n, size.Y*(row+1)/len(rows)))
		}
	}
	return size, areas
}

// Colours of the Digital Agency's design system: each stands out from both backgrounds by 4.5 to 1 and more.
var (
	blue  = color.RGBA{0x00, 0x17, 0xc1, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
	pale  = color.RGBA{0xe8, 0xf1, 0xfe, 0xff}
	ink   = color.RGBA{0x1a, 0x1a, 0x1c, 0xff}
	quiet = color.RGBA{0x41, 0x41, 0x43, 0xff}
)

// Sizes in pixels of the largest picture, 2,500 wide.
const (
	border   = 5   // around each area
	iconSize = 250 // at most
	wordSize = 116 // at most: 17 px on a phone 375 px wide
	moreSize = 84  // at most: 12 px there, for elderly eyes
	margin   = 24  // on both sides of words
)

// Icon returns an icon's SVG; nil if there is none of that name.
func Icon(name string) []byte {
	b, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil
	}
	return b
}

// Symbol returns an icon as a symbol with an ID of a page's own SVG, in the colour of the text around it; "" if there is none
// of that name.
func Symbol(name, id string) string {
	_, rest, ok := strings.Cut(string(Icon(name)), `<svg xmlns="http://www.w3.org/2000/svg" `)
	if !ok {
		return ""
	}
	return `<symbol id="` + id + `" ` + strings.NewReplacer(`stroke="#0017c1"`, `stroke="currentColor"`, `</svg>`, `</symbol>`).Replace(rest)
}

// PNG draws areas as a picture of a size. Words that are too long for their area are drawn smaller.
func PNG(size image.Point, areas []Area) ([]byte, error) {
	sheet, err := paint(size, areas)
	if err != nil {
		return nil, err
	}
	return encode(sheet)
}

// Preview draws areas as PNG does, a third as wide and high: for a page, where the picture of LINE's size weighs too much.
func Preview(size image.Point, areas []Area) ([]byte, error) {
	sheet, err := paint(size, areas)
	if err != nil {
		return nil, err
	}
	small := image.NewRGBA(image.Rectangle{Max: size.Div(3)})
	xdraw.CatmullRom.Scale(small, small.Bounds(), sheet, sheet.Bounds(), draw.Src, nil)
	return encode(inShades(small))
}

// inShades is a picture in a few shades from each background to each colour on it, which weighs half as much.
func inShades(sheet *image.RGBA) *image.Paletted {
	const steps = 12
	var shades color.Palette
	for _, ground := range []color.RGBA{white, pale} {
		for _, on := range []color.RGBA{blue, ink, quiet} {
			for i := range steps + 1 {
				mix := func(a, b uint8) uint8 { return uint8((int(a)*(steps-i) + int(b)*i) / steps) }
				shades = append(shades, color.RGBA{mix(ground.R, on.R), mix(ground.G, on.G), mix(ground.B, on.B), 0xff})
			}
		}
	}
	drawn, nearest := image.NewPaletted(sheet.Bounds(), shades), map[color.RGBA]uint8{}
	for y := range sheet.Bounds().Dy() {
		for x := range sheet.Bounds().Dx() {
			c := sheet.RGBAAt(x, y)
			i, known := nearest[c]
			if !known {
				i = uint8(shades.Index(c))
				nearest[c] = i
			}
			drawn.SetColorIndex(x, y, i)
		}
	}
	return drawn
}

func paint(size image.Point, areas []Area) (*image.RGBA, error) {
	sheet := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(blue), image.Point{}, draw.Src)
	row, column := -1, 0
	for _, a := range areas {
		if column++; a.Bounds.Min.X == 0 {
			row, column = row+1, 0
		}
		ground := white
		if (row+column)%2 == 0 { // as on a chessboard
			ground = pale
		}
		draw.Draw(sheet, a.Bounds.Inset(border), image.NewUniform(ground), image.Point{}, draw.Src)
		if err := a.draw(sheet); err != nil {
			return nil, fmt.Errorf("picture of a menu: %w", err)
		}
	}
	return sheet, nil
}

func encode(sheet image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, sheet); err != nil {
		return nil, fmt.Errorf("picture of a menu: %w", err)
	}
	if b.Len() > MaxBytes {
		return nil, fmt.Errorf("picture of a menu: %d bytes are more than LINE takes", b.Len())
	}
	return b.Bytes(), nil
}

// draw puts the icon above the words, and all of it in the middle of the area. An area that is wide and low has the icon
// on the left of the words.
func (a Area) draw(sheet *image.RGBA) error {
	beside := a.Bounds.Dx() > 2*a.Bounds.Dy()
	room := a.Bounds.Dx() - 2*margin
	if beside {
		room -= iconSize + 2*margin
	}
	words, more := fit(a.Words, wordSize, room), fit(a.More, moreSize, room)
	wordsHigh, moreHigh := int(words*1.2), int(more*1.7)
	if a.More == "" {
		moreHigh = 0
	}
	centre := image.Pt((a.Bounds.Min.X+a.Bounds.Max.X)/2, (a.Bounds.Min.Y+a.Bounds.Max.Y)/2)
	if beside {
		broad := int(max(width(a.Words, words), width(a.More, more)))
		left := centre.X - (iconSize+2*margin+broad)/2
		top := centre.Y - (wordsHigh+moreHigh)/2
		if err := drawIcon(sheet, a.Icon, image.Rect(left, centre.Y-iconSize/2, left+iconSize, centre.Y+iconSize/2)); err != nil {
			return err
		}
		middle := left + iconSize + 2*margin + broad/2
		return a.write(sheet, middle, top, words, more, wordsHigh)
	}
	gap := 44
	high := iconSize + gap + wordsHigh + moreHigh
	top := centre.Y - high/2
	if err := drawIcon(sheet, a.Icon, image.Rect(centre.X-iconSize/2, top, centre.X+iconSize/2, top+iconSize)); err != nil {
		return err
	}
	return a.write(sheet, centre.X, top+iconSize+gap, words, more, wordsHigh)
}

// write draws the words and what stands below them, both about the same middle.
func (a Area) write(sheet *image.RGBA, middle, top int, words, more float64, wordsHigh int) error {
	if err := text(sheet, a.Words, words, ink, middle, top+int(words)); err != nil {
		return err
	}
	return text(sheet, a.More, more, quiet, middle, top+wordsHigh+int(more*1.4))
}

// fit is the size at which a text is no wider than room, and no larger than most.
func fit(words string, most float64, room int) float64 {
	if w := width(words, most); w > float64(room) {
		return most * float64(room) / w
	}
	return most
}

func width(words string, size float64) float64 {
	w, _ := typeface.Width(words)
	return w * size
}

func text(sheet *image.RGBA, words string, size float64, ink color.Color, middle, baseline int) error {
	if words == "" {
		return nil
	}
	face, err := typeface.Face(size)
	if err != nil {
		return err
	}
	defer face.Close()
	d := font.Drawer{Dst: sheet, Src: image.NewUniform(ink), Face: face}
	d.Dot = fixed.Point26_6{X: fixed.I(middle) - d.MeasureString(words)/2, Y: fixed.I(baseline)}
	d.DrawString(words)
	return nil
}

func drawIcon(sheet *image.RGBA, name string, at image.Rectangle) error {
	file := Icon(name)
	if file == nil {
		return fmt.Errorf("there is no icon %q", name)
	}
	icon, err := oksvg.ReadIconStream(bytes.NewReader(file), oksvg.StrictErrorMode)
	if err != nil {
		return fmt.Errorf("icon %s: %w", name, err)
	}
	// On a sheet of its own: the rasterizer takes time for all of the sheet that it is given.
	size := at.Size()
	own := image.NewRGBA(image.Rectangle{Max: size})
	icon.SetTarget(0, 0, float64(size.X), float64(size.Y))
	icon.Draw(rasterx.NewDasher(size.X, size.Y, rasterx.NewScannerGV(size.X, size.Y, own, own.Bounds())), 1)
	draw.Draw(sheet, at, own, image.Point{}, draw.Over)
	return nil
}

// Lacks returns the first character of a text that cannot be drawn; "" if there is none.
func Lacks(words string) string {
	for _, r := range words {
		if _, ok := typeface.Width(string(r)); !ok {
			return string(r)
		}
	}
	return ""
}
