package bot

import "testing"

// Staff read what found no answer, and need not know of whom it speaks.
func TestMasked(t *testing.T) {
	for text, want := range map[string]string{
		"駐車場はありますか":            "駐車場はありますか",
		"山田花子と申しますが、温泉はありますか":  "＊＊と申しますが、温泉はありますか",
		"佐藤さんはいますか":            "＊さんはいますか",
		"会員番号は12345です":         "会員番号は＊です",
		"予約 2026-04 は":         "予約 ＊ は",
		"10人で3時間":              "10人で3時間",
		"090-1234-5678に電話して":   "",
		"taro@example.jp に送って": "",
		"みらい市本町１－２－３の山田です":     "",
		"  温泉は\n\tどこ ":         "温泉は どこ",
		"":                     "",
	} {
		if got := masked(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
