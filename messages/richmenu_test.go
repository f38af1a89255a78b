package messages

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
)

// The picture is what LINE takes: its size, its kind, and under a megabyte. With -update it is drawn anew.
func TestRichMenuPicture(t *testing.T) {
	if *update {
		drawRichMenu(t)
	}
	menu, name, picture := RichMenu()
	if *update {
		picture, _ = os.ReadFile("richmenu.png")
	}
	config, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || config.Width != richMenuWidth || config.Height != richMenuHeight || len(picture) > 1<<20 {
		t.Errorf("%d×%d, %d bytes, %v", config.Width, config.Height, len(picture), err)
	}
	var object struct {
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
	if object.Name != name || object.ChatBarText != "メニュー" || len(object.Areas) != 6 {
		t.Errorf("menu %s", menu)
	}
	covered := 0
	for _, a := range object.Areas {
		covered += a.Bounds.Width * a.Bounds.Height
		if a.Action.Type != "postback" || a.Action.Data == "" {
			t.Errorf("area does nothing: %+v", a)
		}
	}
	if covered != richMenuWidth*richMenuHeight {
		t.Errorf("the areas cover %d of %d pixels", covered, richMenuWidth*richMenuHeight)
	}
}

func drawRichMenu(t *testing.T) {
	path, err := filepath.Abs("richmenu.html")
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser.New(t, time.Minute)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(richMenuWidth, richMenuHeight), chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("richmenu.png", picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
