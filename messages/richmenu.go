package messages

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	pixels "image"

	"ippo"
	"ippo/internal/menupicture"
)

// RichMenuName is what the names of our rich menus begin with.
const RichMenuName = "ippo "

// RichMenuPreview draws the picture of a menu for a page, as PNG: smaller than LINE is given it.
func RichMenuPreview(m ippo.RichMenu) ([]byte, error) { return menupicture.Preview(menuAreas(m)) }

func menuAreas(m ippo.RichMenu) (pixels.Point, []menupicture.Area) {
	size, bounds := menupicture.Lay(m.Tall, m.Rows())
	areas := make([]menupicture.Area, len(m.Areas))
	for i, a := range m.Areas {
		areas[i] = menupicture.Area{Bounds: bounds[i], Icon: string(a.Icon), Words: a.Words, More: a.More}
	}
	return size, areas
}

// RichMenu returns the menu (リッチメニュー) under the chat as LINE is told it, and its picture. Its name ends in a hash of
// both, so that a menu that is already there need not be made again.
func RichMenu(m ippo.RichMenu) (menu json.RawMessage, name string, picture []byte, err error) {
	if picture, err = menupicture.PNG(menuAreas(m)); err != nil {
		return nil, "", nil, err
	}
	type bounds struct {
		X      int `json:"x"`
		Y      int `json:"y"`
		Width  int `json:"width"`
		Height int `json:"height"`
	}
	type area struct {
		Bounds bounds  `json:"bounds"`
		Action *action `json:"action"`
	}
	type object struct {
		Size struct {
			Width  int `json:"width"`
			Height int `json:"height"`
		} `json:"size"`
		Selected    bool   `json:"selected"`
		Name        string `json:"name"`
		ChatBarText string `json:"chatBarText"`
		Areas       []area `json:"areas"`
	}
	size, at := menupicture.Lay(m.Tall, m.Rows())
	o := object{Selected: true, ChatBarText: m.Bar}
	o.Size.Width, o.Size.Height = size.X, size.Y
	for i, a := range m.Areas {
		o.Areas = append(o.Areas, area{bounds{at[i].Min.X, at[i].Min.Y, at[i].Dx(), at[i].Dy()}, richMenuAction(a)})
	}
	h := sha256.New()
	h.Write(encode(o))
	h.Write(picture)
	o.Name = RichMenuName + hex.EncodeToString(h.Sum(nil))[:16]
	return json.RawMessage(encode(o)), o.Name, picture, nil
}

// DefaultRichMenu is what a menu in a language begins with: in Japanese the center's own, in others the words that the chat
// has for the same.
func DefaultRichMenu(w Words, own ippo.Labels) ippo.RichMenu {
	m := ippo.DefaultRichMenu(own)
	if w.Language == ippo.Japanese {
		return m
	}
	m.Bar = w.Say("menu.open")
	for i, a := range m.Areas {
		m.Areas[i].Words, m.Areas[i].More = w.Say("menu."+string(a.Action), Vars{"Ambassador": a.Words}), "" // only one mentions them
	}
	return m
}

func richMenuAction(a ippo.RichMenuArea) *action {
	switch a.Action {
	case ippo.RichMenuLink:
		return open(a.Words, a.Value)
	case ippo.RichMenuPhone:
		return open(a.Words, Dial(ippo.Narrow(a.Value)))
	case ippo.RichMenuWord:
		return &action{Type: "message", Label: a.Words, Text: a.Value}
	case "help":
		return tap(a.Words, "1/menu/desk/")
	}
	return tap(a.Words, "1/"+string(a.Action)+"/start/")
}
