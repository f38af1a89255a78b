// Package picture takes pictures that people upload and makes them fit to be shown: turned the right way
// up, no larger than a screen, and without anything that the camera or the program that drew them wrote into
// the file, such as where it was taken.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // read, and written as JPEG, as WebP is
	"io"
	"sync"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

const (
	maxPixels = 64_000_000 // telephones take 48 to 50
	maxSide   = 1600       // of what is shown
	smallSide = 480        // of what stands for it in a chat
	quality   = 85
)

var (
	// ErrNoPicture: the bytes are neither JPEG, PNG nor WebP, whatever their name says.
	ErrNoPicture = errors.New("neither JPEG, PNG nor WebP")
	// ErrTooLarge: it has more pixels than are unpacked.
	ErrTooLarge = errors.New("too many pixels")
)

// formats are those that are taken, whatever else the program can read.
var formats = map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP}

// one keeps pictures from being unpacked at the same time: each takes up to 250 MB.
var one sync.Mutex

// Clean reads a JPEG, PNG or WebP and writes its pixels, and nothing else, as a JPEG of at most 1,600 pixels a side.
func Clean(b []byte) (clean []byte, size image.Point, err error) {
	is, format, err := image.DecodeConfig(bytes.NewReader(b))
	if _, taken := formats[format]; err != nil || !taken || is.Width <= 0 || is.Height <= 0 {
		return nil, size, ErrNoPicture
	}
	if !fits(b, format, is) {
		return nil, size, ErrTooLarge
	}
	one.Lock()
	defer one.Unlock()
	from, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, size, ErrNoPicture
	}
	shown := turned(scaled(from, maxSide), orientation(b, format))
	clean, err = encode(shown)
	return clean, shown.Bounds().Size(), err
}

// Cut cuts a clean picture to a shape (4:3 is {4, 3}; the zero shape is its own) and writes what is left as a
// JPEG, and once more small. Where it must leave something out, focus says what stays: {-1, -1} is the upper
// left, {0, 0} the middle.
func Cut(clean []byte, shape, focus image.Point) (whole, small []byte, size image.Point, err error) {
	one.Lock()
	defer one.Unlock()
	from, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		return nil, nil, size, fmt.Errorf("read clean picture: %w", err)
	}
	left := window(from.Bounds(), shape, focus)
	cut := image.NewRGBA(image.Rectangle{Max: left.Size()})
	draw.Draw(cut, cut.Bounds(), from, left.Min, draw.Src)
	if whole, err = encode(cut); err != nil {
		return nil, nil, size, err
	}
	small, err = encode(scaled(cut, smallSide))
	return whole, small, cut.Bounds().Size(), err
}

// window is the largest part of a picture that has the shape.
func window(all image.Rectangle, shape, focus image.Point) image.Rectangle {
	size := all.Size()
	switch w, h := shape.X, shape.Y; {
	case w <= 0 || h <= 0:
	case size.X*h > size.Y*w:
		size.X = max(1, size.Y*w/h)
	default:
		size.Y = max(1, size.X*h/w)
	}
	room := all.Size().Sub(size)
	at := all.Min.Add(image.Pt(room.X*(1+focus.X)/2, room.Y*(1+focus.Y)/2))
	return image.Rectangle{Min: at, Max: at.Add(size)}
}

func encode(p image.Image) ([]byte, error) {
	var to bytes.Buffer
	if err := jpeg.Encode(&to, p, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return to.Bytes(), nil
}

// scaled draws a picture on white, with at most so many pixels a side. A large one is halved until it is nearly that
// small: each pixel of a half is the mean of four, and nothing needs more memory than the picture itself.
func scaled(from image.Image, maxSide int) *image.RGBA {
	for {
		size := from.Bounds().Size()
		longest := max(size.X, size.Y)
		last := longest < 2*maxSide
		switch {
		case !last:
			size = image.Pt((size.X+1)/2, (size.Y+1)/2)
		case longest > maxSide:
			size = image.Pt(max(1, size.X*maxSide/longest), max(1, size.Y*maxSide/longest))
		}
		to := image.NewRGBA(image.Rectangle{Max: size})
		draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Over, nil)
		if last {
			return to
		}
		from = to
	}
}

// orientation is how the camera was held, as EXIF counts it: 1 is upright. What cannot be read is upright.
func orientation(b []byte, format string) (o int) {
	o = 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))), ImageFormat: formats[format], Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if n, ok := tag.Value.(uint16); ok && n >= 1 && n <= 8 {
				o = int(n)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1
	}
	return o
}

// turned turns and mirrors a picture as its orientation asks for.
func turned(from *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return from
	}
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			at := [...]image.Point{
				2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x},
			}[orientation]
			to.SetRGBA(at.X, at.Y, from.RGBAAt(x, y))
		}
	}
	return to
}
