package messages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// The picture is drawn from richmenu.html by a browser; `go test ./messages -run RichMenuPicture -update`
// draws it anew.
//
//go:embed richmenu.png
var richMenuPicture []byte

// RichMenuName is what the names of our rich menus begin with.
const RichMenuName = "ippo "

// Size of the rich menu's picture in pixels, and so of its areas. Source:
// https://developers.line.biz/en/reference/messaging-api/#rich-menu-object
const (
	richMenuWidth  = 2500
	richMenuHeight = 1686
)

// richMenuAreas are the six areas, from left to right and from top to bottom: what a tap says, and what
// it shows in the chat.
var richMenuAreas = [...]struct{ data, shown string }{
	{"1/groups/start/", "団体をさがす"},
	{"1/news/start/", "お知らせ"},
	{"1/events/start/", "イベント"},
	{"1/newcomer/start/", "転入してきた方へ"},
	{"1/ambassador/start/", "アンバサダー"},
	{"1/menu/desk/", "設定・相談"},
}

// RichMenu returns the menu (リッチメニュー) under the chat and its picture. The menu's name ends in a hash of both, so
// that a menu that is already there need not be made again.
func RichMenu() (menu json.RawMessage, name string, picture []byte) {
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
	var o object
	o.Size.Width, o.Size.Height = richMenuWidth, richMenuHeight
	o.Selected = true
	o.ChatBarText = "メニュー"
	columns := [...]int{0, 833, 1667, richMenuWidth}
	for i, a := range richMenuAreas {
		column, level := i%3, i/3
		o.Areas = append(o.Areas, area{
			Bounds: bounds{columns[column], level * richMenuHeight / 2, columns[column+1] - columns[column], richMenuHeight / 2},
			Action: tap(a.shown, a.data),
		})
	}
	h := sha256.New()
	h.Write(encode(o))
	h.Write(richMenuPicture)
	o.Name = fmt.Sprintf("%s%s", RichMenuName, hex.EncodeToString(h.Sum(nil))[:16])
	return json.RawMessage(encode(o)), o.Name, richMenuPicture
}
