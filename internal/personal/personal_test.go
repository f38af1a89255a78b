package personal

import (
	"reflect"
	"testing"
)

func TestFind(t *testing.T) {
	for text, want := range map[string]Data{
		"090-1234-5678":                {Phones: []string{"09012345678"}},
		"０９０１２３４５６７８":                  {Phones: []string{"09012345678"}},
		"電話は０２５８（３９）２２００です":            {Phones: []string{"0258392200"}},
		"+81 90 1234 5678":             {Phones: []string{"09012345678"}},
		"090ー1234ー5678 に":              {Phones: []string{"09012345678"}},
		"03 1234 5678":                 {Phones: []string{"0312345678"}},
		"Mail: taro.yamada@example.jp": {Emails: []string{"taro.yamada@example.jp"}},
		"ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ":              {Emails: []string{"taro@example.jp"}},
		"0258-39-2200、0258-39-2201":    {Phones: []string{"0258392200", "0258392201"}},
		"0258-39-2200 0258-39-2200":    {Phones: []string{"0258392200"}},
		"〒940-0062":                    {Address: true},
		"新潟県みらい市大手通2丁目3-10":            {Address: true},
		"みらい市本町１－２－３":                  {Address: true},
		"北山町123番地":                     {Address: true},
		"中央三丁目5-6":                     {Address: true},
		"大字山田123":                      {Address: true},
		"田中ハイツ203号室です":                 {Address: true},
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
		if got := Find(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// What is masked says nothing that Find would find, and leaves the rest as it is.
func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"10:00〜11:30、定員100人":        "10:00〜11:30、定員100人",
		"2026-04-01に090-1234-5678へ": "2026-04-01に***-****-****へ",
		"0258-39-2200 0258-39-2201": "****-**-**** ****-**-****",
		"０９０ー１２３４ー５６７８か、taro.y@city.example.jpへ": "***-****-****か、***@city.example.jpへ",
		"〒940-0062 本町１－２－３":                      "〒***-**** 本町*-*-3",
	} {
		if got := Mask(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("090-1234-5678 本町1-2-3 a@b.jp")
	f.Fuzz(func(t *testing.T, text string) {
		if found := Find(Mask(text)); len(found.Phones) > 0 {
			t.Errorf("%q: %+v is left", text, found)
		}
	})
}
