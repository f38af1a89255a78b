//go:build !race

package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
	"ippo/internal/democity"
)

// menuHas waits until the menu on the phone that is open has an area of these words, and its picture.
func (w *walker) menuHas(words string) {
	w.Helper()
	w.holds("see "+words+" on the menu", fmt.Sprintf(`document.querySelector('#menu [aria-label=%q]') !== null && document.querySelector("#menu img")?.naturalWidth > 2000`, words))
}

// retype takes the place of what stands in the field with a name.
func (w *walker) retype(name, value string) {
	w.Helper()
	w.script("retype "+name, fmt.Sprintf(`const field = document.querySelector('[name=%q]'), fold = field.closest(".fold"); if (!fold.open) fold.querySelector("summary").click(); field.value = %q; field.dispatchEvent(new Event("input", {bubbles: true}))`, name, value))
}

// Staff change a word of the menu, look at it, apply it and go back; each time the phone follows. Ambassadors and
// who reads English have menus of their own, from the moment that they are theirs.
func TestJourneyOfTheMenu(t *testing.T) {
	ctx := browser.New(t, 12*time.Minute)
	base, _ := startDemo(t)
	w := &walker{t, ctx, base}
	haruka, kenichi := "/phone/?user="+democity.Followers()[0].LineUserID, "/phone/?user="+democity.Followers()[1].LineUserID
	phone := func(path string) {
		t.Helper()
		w.do("be a phone", chromedp.EmulateViewport(390, 844))
		w.open(path)
	}
	desk := func(path string) {
		t.Helper()
		w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
		w.open(path)
	}
	phone(haruka)
	w.menuHas("団体をさがす")

	w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
	w.login(democity.Logins()[1])
	w.open("/admin/richmenu")
	w.sees("反映済み")
	before := `document.querySelector("#preview img").src`
	was, err := chromedp.Run(ctx, chromedp.Evaluate[string](before))
	if err != nil {
		t.Fatal(err)
	}
	w.retype("areas.1.words", "仲間をさがす")
	w.holds("see the preview change by itself", fmt.Sprintf(`%s !== %q && document.querySelector("#preview img").alt.includes("仲間をさがす")`, before, was))
	w.script("choose the heart", `document.querySelector('[name="areas.1.icon"][value="heart"]').click()`)
	w.press("見た目を確かめる")
	w.holds("see the picture", `location.hash === "#preview" && document.querySelector("#preview img").naturalWidth > 800`)
	w.holds("find the heart still chosen", `document.querySelector('[name="areas.1.icon"]:checked').value === "heart"`)
	phone(haruka)
	w.menuHas("団体をさがす")

	desk("/admin/richmenu")
	w.retype("areas.1.words", "仲間をさがす")
	w.press("LINEに反映する")
	w.sees("リッチメニューを反映します")
	phone(haruka)
	w.menuHas("仲間をさがす")

	desk("/admin/richmenu")
	w.script("go back", `document.querySelector('form[action$="/restore"] button').click()`)
	w.sees("のリッチメニューに戻します")
	phone(haruka)
	w.menuHas("団体をさがす")

	// けんいち is an ambassador, はるか is not.
	desk("/admin/richmenu")
	w.script("turn to the ambassadors'", `document.querySelector('a[href*="for=ambassadors"][href$="language=ja"]').click()`)
	w.sees("いまのメニュー: 未来づくりアンバサダー（日本語）")
	w.sees("「友だち（日本語）」のメニューが出ています")
	w.retype("areas.4.words", "会員証を見せる")
	w.press("LINEに反映する")
	w.sees("リッチメニューを反映します")
	phone(kenichi)
	w.menuHas("会員証を見せる")
	w.open(haruka)
	w.menuHas("転入してきた方へ")

	// はるか chooses English in the chat: the menu changes before her eyes, and back.
	desk("/admin/richmenu?for=everyone&language=en")
	w.press("LINEに反映する")
	w.sees("リッチメニューを反映します")
	phone(haruka)
	w.say("ことばを変える")
	w.tap("English")
	w.menuHas("Find a group")
	w.say("language")
	w.tap("日本語")
	w.menuHas("団体をさがす")

	// There is none for ambassadors any more.
	desk("/admin/richmenu?for=ambassadors&language=ja")
	w.press("このメニューを出すのをやめる")
	w.sees("出すのをやめます")
	phone(kenichi)
	w.menuHas("転入してきた方へ")
}
