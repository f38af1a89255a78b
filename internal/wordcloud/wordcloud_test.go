package wordcloud

import (
	"bytes"
	"encoding/xml"
	"flag"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden picture anew")

var town = []Word{
	{"子ども", 14}, {"笑顔", 11}, {"居場所", 9}, {"お年寄り", 8}, {"あいさつ", 7}, {"花", 6}, {"若者", 6}, {"商店街", 5}, {"夕日", 5}, {"子ども食堂", 4},
	{"仕事", 4}, {"海", 4}, {"祭り", 3}, {"友だち", 3}, {"ボランティア", 3}, {"市民協働センター", 2}, {"バス", 2}, {"PTA", 2}, {"festival", 1}, {"車いす", 1},
}

// sound fails when two words of a picture touch, or one is not wholly on the sheet.
func sound(t *testing.T, p Picture) {
	t.Helper()
	for i, a := range p.Words {
		left, top, right, bottom := a.Box()
		if left < 0 || top < 0 || right > Width || bottom > Height {
			t.Errorf("%s is not on the sheet: %+v", a.Text, a)
		}
		for _, b := range p.Words[i+1:] {
			bleft, btop, bright, bbottom := b.Box()
			if left < bright && bleft < right && top < bbottom && btop < bottom {
				t.Errorf("%s lies over %s", a.Text, b.Text)
			}
		}
		if a.Shade < 0 || a.Shade >= Shades || i > 0 && (a.Size > p.Words[i-1].Size || a.Weight > p.Words[i-1].Weight) {
			t.Errorf("%s is bigger than what was said more: %+v", a.Text, a)
		}
	}
}

// Whatever words there are: none over another, all on the sheet, all there, and always in the same places.
func TestNoTwoWordsOverlap(t *testing.T) {
	letters := []rune("あいうまちんアンー花森海笑顔子食堂商店街鬱驫abgjyQW祭")
	for seed := range uint64(120) {
		dice := rand.New(rand.NewPCG(seed, 1))
		words := make([]Word, dice.IntN(90))
		for i := range words {
			text := make([]rune, 1+dice.IntN(1<<dice.IntN(6)))
			for j := range text {
				text[j] = letters[dice.IntN(len(letters))]
			}
			words[i] = Word{string(text), 1 + dice.IntN(1<<dice.IntN(12))}
		}
		p := Lay(words)
		if len(p.Words) != min(len(words), Most) {
			t.Fatalf("seed %d: %d words of %d", seed, len(p.Words), len(words))
		}
		sound(t, p)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		dice.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		if again := Lay(words); !slices.EqualFunc(again.Words, p.Words, func(a, b Placed) bool { return a.Text == b.Text && a == b }) {
			t.Fatalf("seed %d: another picture of the same words", seed)
		}
	}
}

func FuzzLay(f *testing.F) {
	f.Add("花", 3, "まち", 1)
	f.Add("<script>", 1<<30, "\x00", -1)
	f.Add(strings.Repeat("長", 30), 1, "👍🏽", 2)
	f.Fuzz(func(t *testing.T, a string, n int, b string, m int) {
		if len(a) > 200 || len(b) > 200 {
			t.Skip()
		}
		p := Lay([]Word{{a, n}, {b, m}})
		sound(t, p)
		wellFormed(t, p.SVG(a))
	})
}

// wellFormed fails when a drawing is no XML, or holds anything but what we draw.
func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok && !slices.Contains([]string{"svg", "rect", "text"}, e.Name.Local) {
			t.Fatalf("a %s in %s", e.Name.Local, svg)
		}
	}
}

func TestGoldenPicture(t *testing.T) {
	svg := Lay(town).SVG("みんなのビジョンのことば")
	const golden = "testdata/town.svg"
	if *update {
		if err := os.WriteFile(golden, svg, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(svg, want) {
		t.Errorf("the picture is not %s (%v): look at it, and accept it with -update", golden, err)
	}
}

// The file for print is big enough, and has ink in every word's box and nowhere else.
func TestPNG(t *testing.T) {
	p := Lay(town)
	file, err := p.PNG(2400)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := png.Decode(bytes.NewReader(file))
	if err != nil || sheet.Bounds().Dx() != 2400 || sheet.Bounds().Dy() != 1440 {
		t.Fatalf("%v, %v", sheet.Bounds(), err)
	}
	ink := map[string]int{}
	for y := range sheet.Bounds().Dy() {
		for x := range sheet.Bounds().Dx() {
			if r, _, _, _ := sheet.At(x, y).RGBA(); r > 0xf000 {
				continue
			}
			in := ""
			for _, w := range p.Words {
				left, top, right, bottom := w.Box()
				const near = 4 // a bold stroke swells a little over its box
				if float64(x) >= 2*left-near && float64(x) <= 2*right+near && float64(y) >= 2*top-near && float64(y) <= 2*bottom+near {
					in = w.Text
				}
			}
			ink[in]++
		}
	}
	if ink[""] > 0 {
		t.Errorf("%d pixels of ink outside of every box", ink[""])
	}
	for _, w := range p.Words {
		if ink[w.Text] == 0 {
			t.Errorf("%s is not drawn", w.Text)
		}
	}
}

func BenchmarkLay(b *testing.B) {
	words := slices.Clone(town)
	for i := len(words); i < Most; i++ {
		words = append(words, Word{strings.Repeat("花", 1+i%6), 1})
	}
	Lay(words)
	for b.Loop() {
		Lay(words)
	}
}

func BenchmarkPNG(b *testing.B) {
	p := Lay(town)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.PNG(2400); err != nil {
			b.Fatal(err)
		}
	}
}
