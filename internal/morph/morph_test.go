package morph

import (
	"strings"
	"sync"
	"testing"
)

func TestAnalyze(t *testing.T) {
	for text, want := range map[string]string{
		"申し込みたいのですが":     "申し込む/もうしこみ たい/たい の/の です/です が/が",
		"引越しの届け":         "引越し/ひっこし の/の 届け/とどけ",
		"ﾎﾞﾗﾝﾃｨｱ　始めたい":   "ボランティア/ぼらんてぃあ 始める/はじめ たい/たい",
		"ＰＤＦで送って":        "pdf/pdf で/で 送る/おくっ て/て",
		"":               "",
		"  \n\t":         "",
		"\xff\xfe駐車\x00": "駐車/ちゅうしゃ",
		"👍🏽":             "👍🏽/👍🏽",
		"市民協働センターの町内会":   "市民/しみん 協働/きょうどう センター/せんたー の/の 町内/ちょうない 会/かい",
	} {
		var got []string
		for _, token := range Analyze(text) {
			got = append(got, token.Base+"/"+token.Reading)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestClass(t *testing.T) {
	want := map[string]Class{
		"駐車": Noun, "場": Suffix, "は": Particle, "どこ": Hollow, "一": Number, "探す": Verb, "て": Particle, "いる": Particle,
		"新しい": Adjective, "すぐ": Adverb, "こと": Hollow, "。": Other,
	}
	for _, token := range Analyze("駐車場はどこ。一人で新しいことをすぐ探している") {
		if class, named := want[token.Base]; named && token.Class() != class {
			t.Errorf("%s: class %d, want %d (%v)", token.Base, token.Class(), class, token.POS())
		}
		delete(want, token.Base)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

// A letter of any length is analyzed as far as a question goes.
func TestAnalyzeALetter(t *testing.T) {
	if n := len(Analyze(strings.Repeat("駐車", 10*MaxText))); n != MaxText/2 {
		t.Errorf("%d words of a letter", n)
	}
}

// Many may ask at once, the first ones too.
func TestAnalyzeAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := Analyze("走った"); len(got) != 2 || got[0].Base != "走る" {
				t.Errorf("%+v", got)
			}
		})
	}
	all.Wait()
}

func FuzzAnalyze(f *testing.F) {
	f.Add("駐車場はありますか")
	f.Add("\xff")
	f.Add("ｶﾞ\u3099")
	f.Fuzz(func(t *testing.T, text string) {
		normal := Normal(text)
		for _, token := range Analyze(text) {
			if token.Base == "" || token.Surface == "" {
				t.Fatalf("%q: an empty word: %+v", text, token)
			}
			if !strings.HasPrefix(normal[token.Start:], token.Surface) && strings.ToValidUTF8(normal, "") == normal {
				t.Fatalf("%q: %q is not at %d", text, token.Surface, token.Start)
			}
			token.Class()
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	Analyze("はじめ")
	for b.Loop() {
		Analyze("すみません、駐車場はありますか。車で行きたいのですが")
	}
}
