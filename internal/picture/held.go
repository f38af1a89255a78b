package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// maxHeld is how many bytes a picture may take while it is unpacked, and maxScans how often one may be gone over:
// nothing in a file of a few kilobytes keeps it from asking for far more.
const (
	maxHeld  = 200 << 20
	maxScans = 100
)

// fits reports whether a picture of this format can be unpacked here.
func fits(b []byte, format string, is image.Config) bool {
	if is.Width > maxPixels/is.Height {
		return false
	}
	each := 4.0
	switch format {
	case "png":
		each = pngBytes(b, is.ColorModel)
	case "jpeg":
		if bytes.Count(b, []byte("\xff\xda")) > maxScans {
			return false
		}
		each = jpegBytes(b, is.ColorModel)
	}
	return each*float64(is.Width*is.Height) <= maxHeld
}

// pngBytes is how many bytes of memory a pixel of a PNG takes: twice as many if it has 16 bits a colour, and again if
// it comes in seven passes.
func pngBytes(b []byte, model color.Model) float64 {
	each := 4.0
	switch model {
	case color.NRGBA64Model, color.RGBA64Model:
		each = 8
	}
	const interlace = 28 // of the file, in its first chunk
	if len(b) > interlace && b[interlace] != 0 {
		each *= 2
	}
	return each
}

// jpegBytes is likewise for a JPEG: a byte for each of its colours, of which some may stand for more than one pixel. One
// that comes in better and better passes is kept whole until the last, with four bytes more for each. What is no
// picture of light is turned into one.
func jpegBytes(b []byte, model color.Model) float64 {
	each := 3 * 5.0 // if nothing says so
	for at := 2; at+10 <= len(b) && b[at] == 0xff; {
		kind, length := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if kind == 0xff { // what fills up
			at++
			continue
		}
		if kind >= 0xc0 && kind <= 0xc2 { // the frame
			sum, most := 0, 1
			colours := b[at+10 : min(at+2+max(length, 8), len(b))]
			for ; len(colours) >= 3; colours = colours[3:] {
				n := int(colours[1]>>4) * int(colours[1]&15)
				sum, most = sum+n, max(most, n)
			}
			if each = float64(sum) / float64(most); kind == 0xc2 {
				each *= 5
			}
			break
		}
		at += 2 + max(length, 2)
	}
	if model != color.YCbCrModel && model != color.GrayModel {
		each += 4
	}
	return each
}
