package messages

import (
	"bytes"
	"encoding/json"
	"image/png"
	"testing"

	"ippo"
)

// However many areas a menu has, they cover its picture, which is what LINE takes, and each does something.
func TestRichMenu(t *testing.T) {
	all := ippo.DefaultRichMenu(ippo.Labels{}).Areas
	names := map[string]bool{}
	for _, tall := range []bool{false, true} {
		most := ippo.MaxRichMenuLow
		if tall {
			most = ippo.MaxRichMenuTall
		}
		for n := 1; n <= most; n++ {
			m := ippo.RichMenu{Tall: tall, Bar: "メニュー", Areas: all[:n]}
			menu, name, picture, err := RichMenu(m)
			if err != nil {
				t.Fatal(err)
			}
			var object struct {
				Size        struct{ Width, Height int }
				Name        string
				ChatBarText string
				Areas       []struct {
					Bounds struct{ X, Y, Width, Height int }
					Action struct{ Type, Data string }
				}
			}
			if err := json.Unmarshal(menu, &object); err != nil {
				t.Fatal(err)
			}
			config, err := png.DecodeConfig(bytes.NewReader(picture))
			if err != nil || config.Width != object.Size.Width || config.Height != object.Size.Height {
				t.Errorf("%d areas: picture %d×%d, menu %v, %v", n, config.Width, config.Height, object.Size, err)
			}
			if object.Name != name || object.ChatBarText != "メニュー" || len(object.Areas) != n || names[name] {
				t.Errorf("menu %s", menu)
			}
			names[name] = true
			covered := 0
			for _, a := range object.Areas {
				covered += a.Bounds.Width * a.Bounds.Height
				if a.Action.Type != "postback" || a.Action.Data == "" {
					t.Errorf("area does nothing: %+v", a)
				}
			}
			if covered != object.Size.Width*object.Size.Height {
				t.Errorf("the areas cover %d of %d pixels", covered, object.Size.Width*object.Size.Height)
			}
		}
	}
}

// What has a value of its own is told to LINE as what it is.
func TestRichMenuActions(t *testing.T) {
	for action, want := range map[ippo.RichMenuAction]string{
		ippo.RichMenuLink:  `{"type":"uri","label":"ここ","uri":"https://example.jp/"}`,
		ippo.RichMenuPhone: `{"type":"uri","label":"ここ","uri":"tel:0001234567"}`,
		ippo.RichMenuWord:  `{"type":"message","label":"ここ","text":"お休み"}`,
		"help":             `{"type":"postback","label":"ここ","data":"1/menu/desk/","displayText":"ここ"}`,
		"faq":              `{"type":"postback","label":"ここ","data":"1/faq/start/","displayText":"ここ"}`,
	} {
		value := map[ippo.RichMenuAction]string{ippo.RichMenuLink: "https://example.jp/", ippo.RichMenuPhone: "０００-123-4567", ippo.RichMenuWord: "お休み"}[action]
		if got := string(encode(richMenuAction(ippo.RichMenuArea{Words: "ここ", Action: action, Value: value}))); got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}

// What a menu begins with can be applied as it is, in each language.
func TestDefaultRichMenu(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	own := ippo.DefaultSettings().Labels
	seen := map[string]bool{}
	for _, l := range c.Languages() {
		m := DefaultRichMenu(c.In(l), own)
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", l, err)
		}
		if seen[m.Areas[0].Words] {
			t.Errorf("%s begins with %s, as another does", l, m.Areas[0].Words)
		}
		seen[m.Areas[0].Words] = true
	}
}
