package menupicture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"ippo"
)

// A menu's picture is of the size it should be, small enough for LINE, the same each time, and each area has its own
// background, an icon and words.
func TestPNG(t *testing.T) {
	size := image.Pt(2500, 1686)
	var areas []Area
	for i := range 6 {
		x, y := i%3*833, i/3*843
		areas = append(areas, Area{image.Rect(x, y, x+833, y+843), string(ippo.RichMenuIcons[i].Icon), "転入してきた方へ", "質問に答えてご紹介"})
	}
	picture, err := PNG(size, areas)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := PNG(size, areas)
	if !bytes.Equal(picture, again) || len(picture) > 1<<20 {
		t.Errorf("%d bytes; the same again: %v", len(picture), bytes.Equal(picture, again))
	}
	preview, err := Preview(size, areas)
	if config, _ := png.DecodeConfig(bytes.NewReader(preview)); err != nil || config.Width != 833 || config.Height != 562 || len(preview) > 40<<10 {
		t.Errorf("a preview of %d×%d in %d bytes, %v", config.Width, config.Height, len(preview), err)
	}
	drawn, err := png.Decode(bytes.NewReader(picture))
	if err != nil || drawn.Bounds().Size() != size {
		t.Fatalf("%v, %v", drawn.Bounds(), err)
	}
	for i, a := range areas {
		counts := map[color.RGBA]int{}
		inner := a.Bounds.Inset(20)
		for y := inner.Min.Y; y < inner.Max.Y; y += 2 {
			for x := inner.Min.X; x < inner.Max.X; x += 2 {
				counts[color.RGBAModel.Convert(drawn.At(x, y)).(color.RGBA)]++
			}
		}
		if counts[blue] < 500 || counts[ink] < 1000 || counts[quiet] < 500 {
			t.Errorf("area %d: icon %d, words %d, small words %d", i, counts[blue], counts[ink], counts[quiet])
		}
		// Nothing is drawn at the edges, however long the words.
		for y := inner.Min.Y; y < inner.Max.Y; y++ {
			if c := color.RGBAModel.Convert(drawn.At(inner.Min.X, y)); c == ink || c == quiet {
				t.Fatalf("area %d: words reach its edge", i)
			}
		}
	}
}

// Areas beside and below one another have different backgrounds.
func TestChessboard(t *testing.T) {
	size, bounds := Lay(true, []int{2, 2})
	areas := make([]Area, len(bounds))
	for i, b := range bounds {
		areas[i] = Area{b, "house", "家", ""}
	}
	sheet, err := paint(size, areas)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []color.RGBA{pale, white, white, pale} {
		if got := sheet.RGBAAt(bounds[i].Min.X+20, bounds[i].Min.Y+20); got != want {
			t.Errorf("area %d: %v, want %v", i, got, want)
		}
	}
}

// Every icon that staff can choose is there, and leaves ink of its own.
func TestEveryIcon(t *testing.T) {
	drawn := map[string]string{}
	for _, i := range ippo.RichMenuIcons {
		picture, err := PNG(image.Pt(400, 400), []Area{{image.Rect(0, 0, 400, 400), string(i.Icon), "あ", ""}})
		if err != nil {
			t.Errorf("%s: %v", i.Icon, err)
		}
		if other := drawn[string(picture)]; other != "" {
			t.Errorf("%s looks like %s", i.Icon, other)
		}
		drawn[string(picture)] = string(i.Icon)
		if s := Symbol(string(i.Icon), "x"); !strings.HasPrefix(s, `<symbol id="x" viewBox="0 0 100 100"`) || !strings.HasSuffix(strings.TrimSpace(s), "</symbol>") ||
			!strings.Contains(s, `stroke="currentColor"`) || strings.Contains(s, "#") {
			t.Errorf("%s as a symbol: %s", i.Icon, s)
		}
	}
	if s := Symbol("no-such", "x"); s != "" {
		t.Errorf("a symbol that is not there: %s", s)
	}
	if _, err := PNG(image.Pt(400, 400), []Area{{image.Rect(0, 0, 400, 400), "no-such", "あ", ""}}); err == nil {
		t.Error("an icon that is not there was drawn")
	}
}

func TestLacks(t *testing.T) {
	for words, want := range map[string]string{"団体をさがす": "", "1回5分・A": "", "元気😀です": "😀"} {
		if got := Lacks(words); got != want {
			t.Errorf("%s: lacks %q, want %q", words, got, want)
		}
	}
}
