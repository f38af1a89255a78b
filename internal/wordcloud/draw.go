package wordcloud

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"ippo/internal/typeface"
)

// Colours of the shades on white paper: each is told from it at 4.5 to 1 and more.
var colours = [Shades]color.RGBA{
	{0x00, 0x17, 0xc1, 0xff}, {0x11, 0x5a, 0x36, 0xff}, {0x00, 0x66, 0xbe, 0xff}, {0x62, 0x62, 0x64, 0xff},
}

// SVG draws the picture on white paper of its own, so that it can be read on a dark screen, too. title says what it is
// to who does not see it.
func (p Picture) SVG(title string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%[3]s" font-family="M PLUS 1p, Hiragino Sans, Yu Gothic, Meiryo, Noto Sans JP, sans-serif" font-weight="700">
<rect width="%[1]d" height="%[2]d" fill="#fff"/>
`, Width, Height, escaped(title))
	for _, w := range p.Words {
		c := colours[w.Shade]
		fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs" fill="#%02x%02x%02x">%s</text>`+"\n",
			number(w.X), number(w.Y), number(w.Size), number(w.Width), c.R, c.G, c.B, escaped(w.Text))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

func escaped(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// PNG draws the picture for print, so many pixels wide.
func (p Picture) PNG(pixels int) ([]byte, error) {
	scale := float64(pixels) / Width
	sheet := image.NewRGBA(image.Rect(0, 0, pixels, int(Height*scale)))
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	for _, w := range p.Words {
		f, err := typeface.Face(w.Size * scale)
		if err != nil {
			return nil, err
		}
		d := font.Drawer{Dst: sheet, Src: image.NewUniform(colours[w.Shade]), Face: f, Dot: fixed.Point26_6{X: dots(w.X * scale), Y: dots(w.Y * scale)}}
		d.DrawString(w.Text)
		f.Close()
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, sheet); err != nil {
		return nil, fmt.Errorf("picture of words: %w", err)
	}
	return b.Bytes(), nil
}

func dots(x float64) fixed.Int26_6 { return fixed.Int26_6(x * 64) }
