package fold

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for s, want := range map[string]string{
		"　ｺｿﾀﾞﾃ　支援 ":    "こそだて 支援",
		"ＡＢＣ　１２３":       "abc 123",
		"カタカナヴァ":        "かたかなゔぁ",
		"①㈱":            "1(株)",
		"a\u200bb\n\tc": "ab c",
		"":              "",
	} {
		if got := Text(s); got != want {
			t.Errorf("Text(%q) = %q, want %q", s, got, want)
		}
	}
	if got := Key("「メニュー」！ (menu)"); got != "めにゅーmenu" {
		t.Errorf("Key: %q", got)
	}
}

// What is passed over as folded already is what folding would leave as it is, beside any neighbour.
func TestPlain(t *testing.T) {
	passed := 0
	for r := rune(0); r <= 0x2ffff; r++ {
		s := string(r)
		if !plain(s) {
			continue
		}
		passed++
		for _, s := range []string{s, "か" + s + "は", "a" + s + "1"} {
			if text(s) != s || key(s) != s {
				t.Errorf("%q folds to %q and %q", s, text(s), key(s))
			}
		}
	}
	if passed < 20_000 {
		t.Errorf("only %d characters are passed over", passed)
	}
	for _, s := range []string{"カ", "Ａ", "A", "か\u3099", "①", "ｶ", "が！", " か"} {
		if plain(s) {
			t.Errorf("%q is passed over", s)
		}
	}
}

func BenchmarkKey(b *testing.B) {
	for b.Loop() {
		Key("駐車場は何時まで")
	}
}

func TestRomaji(t *testing.T) {
	for s, want := range map[string]string{
		"こそだて": "kosodate", "こくさいこうりゅう": "kokusaikoryu", "ぼうさい": "bosai", "がっこう": "gakko", "まっちゃ": "matcha",
		"しょうがい": "shogai", "ちゅうおう": "chuo", "さーくる": "sakuru", "んっ": "n", "ふくし2": "fukushi2",
	} {
		if got, ok := Romaji(s); got != want || !ok {
			t.Errorf("Romaji(%q) = %q, %v, want %q", s, got, ok, want)
		}
	}
	if _, ok := Romaji("子そだて"); ok {
		t.Error("kanji was spelt")
	}
}

func TestDistance(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"囲碁", "", 2}, {"さろん", "さんろ", 1}, {"くらぶ", "くらふ", 1}, {"くらぶ", "くぶ", 1}, {"abc", "xyz", 3}} {
		if got := Distance(x.a, x.b); got != x.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", x.a, x.b, got, x.want)
		}
	}
}

func TestLikeness(t *testing.T) {
	if got := Likeness("えほんのひろば", "えほんの広場"); got != 0.5 {
		t.Errorf("%v", got)
	}
	for _, x := range []struct {
		query, text string
		want        float64
	}{{"", "x", 0}, {"a", "bab", 1}, {"a", "b", 0}, {"aaaa", "aa", 1.0 / 3}} {
		if got := Likeness(x.query, x.text); got != x.want {
			t.Errorf("Likeness(%q, %q) = %v, want %v", x.query, x.text, got, x.want)
		}
	}
}

// Folding the usual characters by themselves comes to what the tables of Unicode say, whatever stands beside them.
func TestTextWithoutTables(t *testing.T) {
	const beside = "か\u3099ﾞハA\u0301 \n　\u200b①x"
	known := 0
	for r := rune(0); r <= 0x2ffff; r++ {
		if got, want := text(string(r)), string(appendAny(nil, []byte(string(r)))); got != want {
			t.Fatalf("%q folds to %q, want %q", r, got, want)
		}
		if _, ok := one(r); !ok {
			continue // the tables see to all of its text
		}
		known++
		for _, near := range beside {
			for _, s := range []string{string([]rune{r, near}), string([]rune{near, r}), string([]rune{'a', ' ', r, near, r})} {
				if got, want := text(s), string(appendAny(nil, []byte(s))); got != want {
					t.Fatalf("%q folds to %q, want %q", s, got, want)
				}
			}
		}
	}
	if known < 20_000 {
		t.Errorf("only %d characters are folded by themselves", known)
	}
}

func BenchmarkText(b *testing.B) {
	s := strings.Repeat("子育てサロン「ひだまり」（第２回）を、コミュニティセンターで開きます。\n", 20)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Text(s)
	}
}
