package messages

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"ippo"
)

// A center's own language with gaps is offered by its own name; the gaps are said in やさしい日本語.
func TestOwnCatalogWithGaps(t *testing.T) {
	built, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	c, faults, err := built.With(os.DirFS("../docs/catalog"))
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	if fmt.Sprint(c.Languages()) != "[ja ja-x-easy en vi]" || c.Self("vi") != "Tiếng Việt" || len(built.Languages()) != 3 {
		t.Errorf("languages %v, %q", c.Languages(), c.Self("vi"))
	}
	vi, easy := c.In("vi"), c.In(ippo.EasyJapanese)
	if got := vi.Say("greeting.hello", Vars{"Account": "X"}); got != "Cảm ơn bạn đã kết bạn với X." {
		t.Errorf("their own: %s", got)
	}
	if got := vi.Day(noon); got != "Thứ ba, 31/3/2026" {
		t.Errorf("a day: %s", got)
	}
	gaps := c.Gaps("vi")
	if len(gaps) == 0 || len(gaps) >= c.Size() || c.Own("vi", gaps[0].Key) || gaps[0].Easy == "" || gaps[0].English == "" {
		t.Fatalf("%d gaps of %d", len(gaps), c.Size())
	}
	for _, gap := range gaps {
		if got := vi.Say(gap.Key); got != easy.Say(gap.Key) {
			t.Errorf("%s: %s, want %s", gap.Key, got, easy.Say(gap.Key))
		}
	}
	for tag, want := range map[string]ippo.Language{"vi": "vi", "vi-VN": "vi", "en-GB": "en", "zh-TW": "ja-x-easy", "ja-JP": "ja", "": "ja", "?": "ja"} {
		if got := c.For(tag); got != want {
			t.Errorf("who speaks %q is offered %s", tag, got)
		}
	}
	if got := built.In("vi").Language; got != ippo.EasyJapanese { // the file was taken away
		t.Errorf("who chose a language that is gone reads %s", got)
	}
}

// Mistakes in a file are named, each by its place, and are in the way of nothing else.
func TestOwnCatalogMistakes(t *testing.T) {
	built, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	c, faults, err := built.With(fstest.MapFS{
		"vi.toml": {Data: []byte(`"language.self" = "Tiếng Việt"
"greeting.hello" = "Xin chào {{.Acount}}"
"greeting.purpose" = "{{if .City}}"
"greeting.privacy" = "Thông tin cá nhân của bạn ở đây"
"greeting.care" = ["a", "b"]
"menu.titel" = "Menu"
"sorry" = "{{if .Phone}}{{.Phone}}{{end}}"
"menu.title" = "Thực đơn"
"campaign.people" = { one = "một" }
"hint" = ""`)},
		"pt.toml":       {Data: []byte("\"hint\" = \"Escolha\"\nnão é toml\n")},
		"ne.toml":       {Data: []byte(`"menu.title" = "मेनु"`)},
		"en.toml":       {Data: []byte(`"menu.title" = "Menu"`)},
		"deutsch!.toml": {Data: []byte(`"menu.title" = "Menü"`)},
		"notes.txt":     {Data: []byte("nothing")},
		"big.toml":      {Data: make([]byte, 2<<20)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range faults {
		said = append(said, f.String())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"vi.toml: greeting.hello: 「{{.Acount}}」は使えません。使えるのは {{.Account}} です。",
		"vi.toml: greeting.purpose: 「{{」と「}}」の中の書き方",
		"vi.toml: greeting.privacy: ボタンでは20文字まで",
		"vi.toml: greeting.care: 文を「\"」で囲んで",
		"vi.toml: menu.titel: このキーはありません",
		"vi.toml: campaign.people: other",
		"vi.toml: sorry: 何も出ないことがあります",
		"pt.toml: 2行目の書き方が正しくありません",
		"ne.toml: language.self: ことばの名前がありません",
		"en.toml: このことばは、はじめから入っています",
		"deutsch!.toml: ファイルの名前を",
		"big.toml: ファイルが大きすぎます",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q", want)
		}
	}
	if len(faults) != 12 {
		t.Errorf("%d mistakes:\n%s", len(faults), all)
	}
	if fmt.Sprint(c.Languages()) != "[ja ja-x-easy en ne vi]" || c.Self("ne") != "ne" {
		t.Errorf("languages %v", c.Languages())
	}
	vi := c.In("vi")
	if vi.Say("menu.title") != "Thực đơn" || vi.Say("greeting.hello", Vars{"Account": "X"}) != c.In(ippo.EasyJapanese).Say("greeting.hello", Vars{"Account": "X"}) {
		t.Error("what is right is not said, or what is wrong is")
	}
	if _, faults, err := built.With(os.DirFS("testdata/nothing")); err != nil || len(faults) > 0 {
		t.Errorf("no folder: %v, %v", faults, err)
	}
}

// Whatever stands in a file, nothing crashes, and every text can be said.
func FuzzOwnCatalog(f *testing.F) {
	f.Add([]byte(`"menu.title" = "{{.X}}"`))
	f.Add([]byte(`"greeting.hello" = "{{range .Account}}{{end}}"`))
	f.Add([]byte(`"hint" = { one = "a", other = "{{printf \"%s\"}}" }`))
	built, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		c, _, err := built.With(fstest.MapFS{"vi.toml": {Data: file}})
		if err != nil {
			t.Fatal(err)
		}
		w := c.In("vi")
		for key := range built.built[ippo.Japanese] {
			if w.Say(key, Vars{"N": 1, "Account": "X"}) == "" {
				t.Errorf("%s says nothing", key)
			}
		}
	})
}
