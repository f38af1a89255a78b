// Package qr draws QR codes: as SVG for paper, where it is sharp at any size, and as PNG for LINE, which shows
// no SVG.
package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the white edge, in modules, that scanners need (ISO/IEC 18004).
const quietZone = 4

// SVG returns the code of a text as a picture that prints sharply at any size.
func SVG(text string) (string, error) {
	code, err := encode(text)
	if err != nil {
		return "", err
	}
	var dark strings.Builder
	for y := range code.size {
		for x := 0; x < code.size; x++ {
			start := x
			for x < code.size && code.dark(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&dark, "M%d %dh%dv1h-%dz", start+quietZone, y+quietZone, x-start, x-start)
			}
		}
	}
	side := code.size + 2*quietZone
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, side, side, side, side, dark.String()), nil
}

// modulePixels is how wide a module is in a PNG: sharp on a phone and on paper, and below the 1024 pixels that LINE takes
// for any code we make.
const modulePixels = 12

// PNG returns the code of a text as a picture, for LINE and for programs that take no SVG.
func PNG(text string) ([]byte, error) {
	code, err := encode(text)
	if err != nil {
		return nil, err
	}
	side := (code.size + 2*quietZone) * modulePixels
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range code.size {
		for x := range code.size {
			if !code.dark(x, y) {
				continue
			}
			left, top := (x+quietZone)*modulePixels, (y+quietZone)*modulePixels
			for py := top; py < top+modulePixels; py++ {
				row := picture.Pix[picture.PixOffset(left, py):][:modulePixels]
				for px := range row {
					row[px] = 1
				}
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	return file.Bytes(), nil
}

// modules are the squares of a code.
type modules struct {
	at   image.Image
	size int
}

func encode(text string) (modules, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return modules{}, fmt.Errorf("make a QR code: %w", err)
	}
	return modules{code, code.Bounds().Dx()}, nil
}

func (m modules) dark(x, y int) bool {
	r, _, _, _ := m.at.At(x, y).RGBA()
	return r < 0x8000
}
