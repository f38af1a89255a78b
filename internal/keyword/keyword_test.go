package keyword

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func say(words []Word) string {
	var list []string
	for _, w := range words {
		list = append(list, fmt.Sprint(w.Text, w.Texts))
	}
	return strings.Join(list, " ")
}

func TestGather(t *testing.T) {
	for _, one := range []struct {
		name, want string
		texts      []string
	}{
		{"a person counts once", "花1", []string{"花と花と花"}},
		{"the most said first, then by the alphabet", "花2 森1 海1", []string{"花と海", "森の花"}},
		{"what two say is one word", "子ども食堂2 花1", []string{"子ども食堂に行く", "子ども食堂の花"}},
		{"what one says is taken apart", "世代1 交流1 花1", []string{"世代交流の花"}},
		{"writings of one word", "子ども3", []string{"子どもと", "子どもの", "こどもも子供も"}},
		{"はし may be either", "橋1 箸1", []string{"橋を", "箸を"}},
		{"stop words, however they are written", "花1", []string{"ひとと花", "人", "人びとは まち"}},
		{"names of people", "花壇1", []string{"田中さんの花壇"}},
		{"nothing", "", []string{"", "👍🏽", "2026", "a b c", "そう、それ。"}},
	} {
		if got := say(Gather(one.texts, []string{"人", "まち", "人びと"})); got != one.want {
			t.Errorf("%s: %s, want %s", one.name, got, one.want)
		}
	}
}

// No word comes from anywhere but the texts, none counts more than there are, and no stop word is among them.
func FuzzGather(f *testing.F) {
	f.Add("子どもの笑顔", "お年寄りの笑顔", "花")
	f.Add("こどもと子供", "\xff\x00", "子供")
	f.Add("ＰＴＡのｶﾌｪ", "pta", "カフェ")
	Gather([]string{"はじめ"}, nil)
	f.Fuzz(func(t *testing.T, a, b, stop string) {
		words := Gather([]string{a, b}, []string{stop})
		seen := map[string]bool{}
		for _, w := range words {
			if w.Texts < 1 || w.Texts > 2 || w.Text == "" || w.Text == stop || seen[w.Text] {
				t.Fatalf("%q, %q: %+v", a, b, words)
			}
			seen[w.Text] = true
		}
		if again := Gather([]string{b, a}, []string{stop}); len(again) != len(words) {
			t.Fatalf("%v in one order, %v in the other", words, again)
		}
	})
}

// shelf is a store of visions.
type shelf struct {
	changes, reads int
	texts, stop    []string
}

func (s *shelf) VisionChanges(context.Context) (int, error)  { return s.changes, nil }
func (s *shelf) StopWords(context.Context) ([]string, error) { return s.stop, nil }
func (s *shelf) ShownTexts(context.Context) ([]string, error) {
	s.reads++
	return slices.Clone(s.texts), nil
}

// What is kept is what is shown: no word of a vision outlives it, neither in the list nor in a picture.
func TestGathererKeepsNothingThatIsGone(t *testing.T) {
	s := &shelf{texts: []string{"花のまち", "海のまち"}, stop: []string{"まち"}}
	g := NewGatherer(s)
	get := func() *Keywords {
		t.Helper()
		k, err := g.Keywords(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if k := get(); say(k.Words) != "海1 花1" && say(k.Words) != "花1 海1" {
		t.Errorf("%v", k.Words)
	}
	first, err := get().PNG()
	if err != nil || s.reads != 1 {
		t.Errorf("read %d times, %v", s.reads, err)
	}
	s.texts, s.changes = s.texts[:1], 1
	k := get()
	if say(k.Words) != "花1" || strings.Contains(string(k.Cloud.SVG("")), "海") || len(g.cut) != 1 {
		t.Errorf("%v, %v", k.Words, g.cut)
	}
	if second, err := k.PNG(); err != nil || slices.Equal(first, second) {
		t.Errorf("the picture for print is the old one, %v", err)
	}
	s.stop, s.changes = append(s.stop, "花"), 2
	if k := get(); len(k.Words) != 0 || len(k.Cloud.Words) != 0 {
		t.Errorf("%v", k.Words)
	}
}

// visions makes many texts of what people wish for.
func visions(n int) []string {
	dice := rand.New(rand.NewPCG(1, 2))
	pick := func(s string) string { f := strings.Fields(s); return f[dice.IntN(len(f))] }
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%sが%sで%sと笑い合い、%sを大切にしながら、いつまでも安心して%sできるまち。%d番目の願いです。",
			pick("子ども お年寄り 若者 外国の人 車いすの人 家族"), pick("公園 商店街 図書館 子ども食堂 海辺 田んぼ 市民協働センター"),
			pick("友だち 近所の人 先生 農家さん 学生"), pick("祭り 花 夕日 伝統 言葉 水 森"), pick("仕事 子育て 通学 買い物 散歩 交流"), i)
	}
	return texts
}

func BenchmarkGather5000(b *testing.B) {
	texts := visions(5000)
	Gather(texts[:1], nil)
	for b.Loop() {
		Gather(texts, nil)
	}
}

// One more of 5,000 is approved.
func BenchmarkGatherOneMore(b *testing.B) {
	s := &shelf{texts: visions(5000)}
	g := NewGatherer(s)
	if _, err := g.Keywords(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.changes++
		s.texts[0] = fmt.Sprint("花が", s.changes, "本咲くまち")
		if _, err := g.Keywords(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
