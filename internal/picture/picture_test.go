package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// drawn is a picture whose left half is red.
func drawn(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 255, 255}
			if x < w/2 {
				c = color.RGBA{255, 0, 0, 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	return p
}

// photo is a JPEG as a telephone writes it: with the way it was held, and a secret.
func photo(t testing.TB, w, h int, orientation uint16) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, drawn(w, h), nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08"), 0, 2)
	entry := func(tag, kind uint16, count uint32, value []byte) {
		exif = binary.BigEndian.AppendUint16(exif, tag)
		exif = binary.BigEndian.AppendUint16(exif, kind)
		exif = binary.BigEndian.AppendUint32(exif, count)
		exif = append(exif, value...)
	}
	const secret = "N35.6 E139.7 geheim\x00"
	entry(0x010e, 2, uint32(len(secret)), []byte{0, 0, 0, 8 + 2 + 24 + 4})
	entry(0x0112, 3, 1, binary.BigEndian.AppendUint32(nil, uint32(orientation)<<16))
	exif = append(append(exif, 0, 0, 0, 0), secret...)
	b := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(b, exif...), plain.Bytes()[2:]...)
}

func TestCleanLeavesThePixels(t *testing.T) {
	from := photo(t, 80, 40, 6)
	if !bytes.Contains(from, []byte("geheim")) {
		t.Fatal("the photo holds no secret")
	}
	clean, size, err := Clean(from)
	if err != nil || size != image.Pt(40, 80) {
		t.Fatalf("%v, %v", size, err)
	}
	if bytes.Contains(clean, []byte("geheim")) || bytes.Contains(clean, []byte("Exif")) {
		t.Error("what the camera wrote is still there")
	}
	shown, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		t.Fatal(err)
	}
	// Held on its side: the left half is the upper one.
	if r, _, b, _ := shown.At(20, 10).RGBA(); r < b {
		t.Error("the picture is not turned the right way up")
	}
	if r, _, b, _ := shown.At(20, 70).RGBA(); b < r {
		t.Error("the picture is not turned the right way up")
	}
}

// Every orientation brings the red half to where the camera saw it.
func TestTurned(t *testing.T) {
	for orientation, red := range map[int]image.Point{
		1: {2, 4}, 2: {13, 4}, 3: {13, 4}, 4: {2, 4}, 5: {4, 2}, 6: {4, 2}, 7: {4, 13}, 8: {4, 13},
	} {
		p := turned(drawn(16, 8), orientation)
		if c := p.RGBAAt(red.X, red.Y); c.R != 255 {
			t.Errorf("orientation %d: %v at %v", orientation, c, red)
		}
	}
}

func TestCleanScalesAndRefuses(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 2000, 1000))); err != nil {
		t.Fatal(err)
	}
	clean, size, err := Clean(b.Bytes())
	if err != nil || size != image.Pt(1600, 800) {
		t.Fatalf("%v, %v", size, err)
	}
	shown, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := shown.At(5, 5).RGBA(); r < 0xf000 {
		t.Error("what was clear is not white")
	}
	// A few bytes that say they are a hundred thousand pixels wide are not unpacked.
	bomb := bytes.Clone(b.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 100_000)
	binary.BigEndian.PutUint32(bomb[20:], 100_000)
	if _, _, err := Clean(bomb); !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrNoPicture) {
		t.Errorf("a bomb: %v", err)
	}
	for _, no := range [][]byte{nil, []byte("<svg/>"), []byte("%PDF-1.7"), b.Bytes()[:60], []byte("GIF89a")} {
		if _, _, err := Clean(no); !errors.Is(err, ErrNoPicture) {
			t.Errorf("%.10q: %v", no, err)
		}
	}
}

// tiny is a WebP of one pixel.
func tiny(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCleanReadsWebP(t *testing.T) {
	if clean, size, err := Clean(tiny(t)); err != nil || size != image.Pt(1, 1) || !bytes.HasPrefix(clean, []byte{0xff, 0xd8}) {
		t.Errorf("%v, %v", size, err)
	}
}

// What is cut keeps the side that is asked for, whole and small.
func TestCut(t *testing.T) {
	clean, _, err := Clean(photo(t, 800, 400, 1)) // its left half is red
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		shape, focus, size image.Point
		red, blue          bool
	}{
		{image.Point{}, image.Point{}, image.Pt(800, 400), true, true},
		{image.Pt(1, 1), image.Point{}, image.Pt(400, 400), true, true},
		{image.Pt(1, 1), image.Pt(-1, 0), image.Pt(400, 400), true, false},
		{image.Pt(1, 1), image.Pt(1, 0), image.Pt(400, 400), false, true},
		{image.Pt(3, 4), image.Pt(1, 1), image.Pt(300, 400), false, true},
		{image.Pt(16, 1), image.Pt(0, -1), image.Pt(800, 50), true, true},
	} {
		whole, small, size, err := Cut(clean, one.shape, one.focus)
		if err != nil || size != one.size {
			t.Errorf("%v at %v: %v, %v", one.shape, one.focus, size, err)
			continue
		}
		shown, err := jpeg.Decode(bytes.NewReader(whole))
		if err != nil || shown.Bounds().Size() != size {
			t.Fatalf("%v, %v", shown.Bounds(), err)
		}
		colours := map[bool]bool{}
		for x := range size.X {
			r, _, b, _ := shown.At(x, size.Y/2).RGBA()
			colours[r > b] = true
		}
		if colours[true] != one.red || colours[false] != one.blue {
			t.Errorf("%v at %v shows red: %t, blue: %t", one.shape, one.focus, colours[true], colours[false])
		}
		if is, err := jpeg.DecodeConfig(bytes.NewReader(small)); err != nil || max(is.Width, is.Height) > smallSide || len(small) > 1<<20 {
			t.Errorf("small: %+v, %v", is, err)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(photo(f, 8, 8, 6))
	f.Add(tiny(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if is, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && is.Width*is.Height > 1<<20 {
			t.Skip("slow")
		}
		clean, size, err := Clean(b)
		if err != nil {
			return
		}
		if is, err := jpeg.DecodeConfig(bytes.NewReader(clean)); err != nil || is.Width != size.X || is.Height != size.Y {
			t.Errorf("%v, %v", is, err)
		}
		if _, _, cut, err := Cut(clean, image.Pt(3, 4), image.Pt(1, -1)); err != nil || cut.X > size.X || cut.Y > size.Y || cut.X == 0 || cut.Y == 0 {
			t.Errorf("cut to %v, %v", cut, err)
		}
	})
}
