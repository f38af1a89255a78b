//go:build !race

package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"runtime"
	"strings"
	"testing"
)

// pngOf is a picture of zeros.
func pngOf(w, h uint32, depth, kind, interlace byte, more ...[]byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(data []byte) {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(data)-4)), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(data))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	chunk(append(head, depth, kind, 0, 0, interlace))
	for _, m := range more {
		chunk(m)
	}
	colours := map[byte]uint64{0: 1, 2: 3, 6: 4}[kind]
	rows := uint64(h) * (1 + (uint64(w)*uint64(depth)*colours+7)/8)
	if interlace != 0 {
		rows += uint64(h) * 7 / 8 // their rows
	}
	chunk(append([]byte("IDAT"), zeros(min(rows, 1<<30))...))
	chunk([]byte("IEND"))
	return b
}

// zeros are so many, packed.
func zeros(n uint64) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	many := make([]byte, 1<<20)
	for ; n > 0; n -= min(n, 1<<20) {
		z.Write(many[:min(n, 1<<20)])
	}
	z.Close()
	return b.Bytes()
}

// passes is a grey JPEG that comes in passes, each of which says nothing of any pixel.
func passes(w, h uint16, sampling byte, scans int) []byte {
	b := []byte("\xff\xd8")
	segment := func(kind byte, body ...byte) {
		b = append(binary.BigEndian.AppendUint16(append(b, 0xff, kind), uint16(len(body)+2)), body...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xc2, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0)
	one := append([]byte{0, 1}, make([]byte, 16)...) // of one code: nothing changes
	segment(0xc4, one...)
	segment(0xc4, append([]byte{0x10, 0, 0, 0, 0, 0, 0, 0, 1}, append(make([]byte, 8), 0xe0)...)...) // and one for many blocks without anything
	blocks := int(w+7) / 8 * (int(h+7) / 8)
	segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0)
	b = append(b, make([]byte, blocks*3/8+64)...)
	for range scans - 1 {
		segment(0xda, 1, 1, 0, 1, 63, 0)
		b = append(b, make([]byte, blocks/8+64)...)
	}
	return append(b, 0xff, 0xd9)
}

// Pictures that ask for far more than they are: each is refused or made fit in bounded time and memory.
func TestBombs(t *testing.T) {
	text := func(kind, before string) []byte { return append([]byte(kind+before), zeros(1<<30)...) }
	honest := photo(t, 80, 40, 1)
	var moving bytes.Buffer
	frames := &gif.GIF{}
	for range 5000 {
		frames.Image, frames.Delay = append(frames.Image, image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black})), append(frames.Delay, 1)
	}
	if err := gif.EncodeAll(&moving, frames); err != nil {
		t.Fatal(err)
	}
	webp := func(canvas, frame uint32) []byte {
		b := binary.LittleEndian.AppendUint32([]byte("VP8X"), 10)
		b = append(b, 0, 0, 0, 0, byte(canvas-1), byte((canvas-1)>>8), byte((canvas-1)>>16), byte(canvas-1), byte((canvas-1)>>8), byte((canvas-1)>>16))
		b = binary.LittleEndian.AppendUint32(append(b, "VP8L"...), 16)
		b = binary.LittleEndian.AppendUint32(append(b, 0x2f), (frame-1)|(frame-1)<<14)
		b = append(b, make([]byte, 11)...)
		return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(b)+4)), append([]byte("WEBP"), b...)...)
	}
	for name, one := range map[string]struct {
		file []byte
		want error
	}{
		"65535 x 65535":               {pngOf(65535, 65535, 8, 6, 0), ErrTooLarge},
		"2147483647 x 1":              {pngOf(1<<31-1, 1, 1, 0, 0), ErrTooLarge},
		"50 million pixels":           {pngOf(8192, 6144, 8, 6, 0), nil},
		"64 million of four bytes":    {pngOf(8000, 8000, 8, 6, 0), ErrTooLarge},
		"a telephone's 50 million":    {bytes.Replace(passes(8192, 6144, 0x22, 1), []byte("\xff\xc2"), []byte("\xff\xc0"), 1), nil},
		"of 16 bits":                  {pngOf(8000, 5000, 16, 6, 0), ErrTooLarge},
		"20 million of 16 bits":       {pngOf(5000, 4000, 16, 6, 0), nil},
		"in seven passes":             {pngOf(8000, 5000, 8, 6, 1), ErrTooLarge},
		"12 million in seven passes":  {pngOf(4000, 3000, 8, 6, 1), nil},
		"a colour profile of 1 GB":    {pngOf(4, 4, 8, 6, 0, text("iCCP", "a\x00\x00")), nil},
		"a text of 1 GB":              {pngOf(4, 4, 8, 6, 0, text("zTXt", "Raw profile type exif\x00\x00")), nil},
		"JPEG in passes":              {passes(8000, 5000, 0x11, 1), ErrTooLarge},
		"a photo in passes":           {passes(4600, 3500, 0x22, 1), nil},
		"10 million of all in passes": {passes(3600, 2700, 0x11, 1), nil},
		"passes without end":          {passes(64, 64, 0x11, 40_000), ErrTooLarge},
		"all passes":                  {passes(4600, 3500, 0x22, maxScans), nil},
		"filled up in passes":         {bytes.Replace(passes(8000, 5000, 0x11, 1), []byte("\xff\xc2"), []byte("\xff\xff\xff\xc2"), 1), ErrTooLarge},
		"hidden in passes":            {bytes.Replace(passes(8000, 5000, 0x11, 1), []byte("\xff\xc2"), []byte("x\xff\xc2"), 1), ErrTooLarge},
		"half a photo":                {honest[:len(honest)/2], ErrNoPicture},
		"half a PNG":                  {pngOf(400, 400, 8, 6, 0)[:200], ErrNoPicture},
		"moving":                      {moving.Bytes(), ErrNoPicture},
		"WebP of 16383 x 16383":       {webp(16383, 16383), ErrTooLarge},
		"WebP in a small frame":       {webp(1, 16383), ErrNoPicture},
		"a page in a picture":         {append(bytes.Clone(honest), "<script>hostile()</script>PK\x03\x04"...), nil},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		clean, size, err := Clean(one.file)
		runtime.ReadMemStats(&after)
		all := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s, %d bytes: %d MB: %v, %v", name, len(one.file), all>>20, size, err)
		if !errors.Is(err, one.want) {
			t.Errorf("%s: %v, want %v", name, err, one.want)
		}
		if all > 320<<20 {
			t.Errorf("%s took %d MB", name, all>>20)
		}
		if strings.Contains(string(clean), "hostile") || strings.Contains(string(clean), "PK\x03\x04") {
			t.Errorf("%s keeps what is no picture", name)
		}
		if err != nil && all > 20<<20 {
			t.Errorf("%s is refused only after %d MB", name, all>>20)
		}
	}
}
