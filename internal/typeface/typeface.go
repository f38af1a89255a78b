// Package typeface is the one font that pictures with words are drawn in: M PLUS 1p Bold, whose licence stands in
// admin/static/LICENSES.txt.
package typeface

import (
	_ "embed"
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Read where it lies in the program's file, a glyph at a time: it is not loaded.
//
//go:embed mplus1p-bold.ttf
var fontFile []byte

var theFont = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(fontFile)
	if err != nil {
		panic("typeface: " + err.Error()) // the file is constant
	}
	return f
})

// unit is the size that words are measured at.
const unit = 1000

// Width returns how wide a word of size 1 is; ok says whether the font has all of its characters.
func Width(word string) (w float64, ok bool) {
	var buf sfnt.Buffer
	f := theFont()
	for _, r := range word {
		glyph, err := f.GlyphIndex(&buf, r)
		if err != nil || glyph == 0 {
			return 0, false
		}
		advance, err := f.GlyphAdvance(&buf, glyph, fixed.I(unit), font.HintingNone)
		if err != nil {
			return 0, false
		}
		w += float64(advance) / 64 / unit
	}
	return w, w > 0
}

// Face is the font at a size in pixels.
func Face(size float64) (font.Face, error) {
	f, err := opentype.NewFace(theFont(), &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("font at %g pixels: %w", size, err)
	}
	return f, nil
}
