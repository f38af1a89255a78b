package bot

import "testing"

func TestFindPersonal(t *testing.T) {
	for text, want := range map[string]personal{
		"090-1234-5678":                {phone: "09012345678"},
		"０９０１２３４５６７８":                  {phone: "09012345678"},
		"電話は０２５８（３９）２２００です":            {phone: "0258392200"},
		"+81 90 1234 5678":             {phone: "09012345678"},
		"090ー1234ー5678 に":              {phone: "09012345678"},
		"03 1234 5678":                 {phone: "0312345678"},
		"Mail: taro.yamada@example.jp": {email: true},
		"ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ":              {email: true},
		"〒940-0062":                    {address: true},
		"新潟県みらい市大手通2丁目3-10":            {address: true},
		"みらい市本町１－２－３":                  {address: true},
		"北山町123番地":                     {address: true},
		"中央三丁目5-6":                     {address: true},
		"大字山田123":                      {address: true},
		"田中ハイツ203号室です":                 {address: true},
		"2丁目の公園":                       {},

		"":                    {},
		"1 3 5":               {},
		"2026-04-01":          {},
		"2026/04/01 10:00":    {},
		"10:00〜11:30":         {},
		"定員は100人、1000円":       {},
		"119":                 {},
		"第2・第4日曜":             {},
		"市民課の窓口で知りました":        {},
		"令和8年3月31日":           {},
		"1234567890123456789": {},
		"中央区の3番目":             {},
		"1番と2番":               {},
	} {
		if got := findPersonal(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

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
