package morph

import (
	"strings"
	"testing"
)

func TestCompounds(t *testing.T) {
	for text, want := range map[string]string{
		"子ども食堂と市民協働センターのあるまち":   "子ども+食堂 市民+協働+センター まち",
		"駐車場で、お年寄りたちと高齢者支援を":    "駐車場 お年寄り 高齢者+支援",
		"田中さんの花壇と、となりの佐藤花子さん":   "花壇 となり",
		"ﾎﾞﾗﾝﾃｨｱ　交流":            "ボランティア 交流",
		"三人で2026年に走る":           "",
		"A town with festivals": "a town with festivals",
		"":                      "",
		"👍🏽・・・":                 "",
	} {
		var got []string
		for _, c := range Compounds(text) {
			var parts []string
			for _, p := range c.Parts {
				parts = append(parts, p.Text)
			}
			got = append(got, strings.Join(parts, "+"))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if whole := Compounds("駐車場案内")[0].Whole(); whole.Text != "駐車場案内" || whole.Reading != "ちゅうしゃじょうあんない" {
		t.Errorf("%+v", whole)
	}
}

func FuzzCompounds(f *testing.F) {
	f.Add("子ども食堂")
	f.Add("田中さん様たち")
	f.Add("\xffお")
	Analyze("はじめ")
	f.Fuzz(func(t *testing.T, text string) {
		normal := Normal(text)
		for _, c := range Compounds(text) {
			if len(c.Parts) == 0 || strings.TrimSpace(c.Text()) == "" {
				t.Fatalf("%q: nothing in %+v", text, c)
			}
			if !strings.Contains(normal, c.Text()) && strings.ToValidUTF8(normal, "") == normal {
				t.Fatalf("%q does not say %q", text, c.Text())
			}
		}
	})
}
