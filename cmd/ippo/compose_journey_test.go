//go:build !race

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
	"ippo/internal/democity"
)

// poster is a picture, as staff upload it: red above, blue below.
func poster(t *testing.T) (file string) {
	t.Helper()
	drawn := image.NewRGBA(image.Rect(0, 0, 600, 800))
	for y := range 800 {
		for x := range 600 {
			c := color.RGBA{200, 30, 30, 255}
			if y >= 400 {
				c = color.RGBA{30, 30, 200, 255}
			}
			drawn.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, drawn); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "poster.png")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A broadcast with a picture and a card, in Japanese and in English, is written at a desk and looked through on a
// phone. A colleague approves both languages at once, and each reader gets the one that is theirs.
func TestJourneyOfAPictureInTwoLanguages(t *testing.T) {
	ctx := browser.New(t, 12*time.Minute)
	base, _ := startDemo(t)
	w := &walker{t, ctx, base}
	reader := func(name, language string) (phone string) {
		w.isPhone()
		w.open("/phone/?add=1&name=" + url.QueryEscape(name))
		w.click(`button.wide`)
		w.hears("友だち追加ありがとうございます")
		w.tap(language)
		phone = w.address()
		for range 2 { // neither area nor topic: all of them
			w.say("skip")
		}
		return phone
	}
	hanako, emma := reader("佐藤", "日本語"), reader("Emma", "English")

	w.isDesk()
	w.login(democity.Logins()[0])
	w.open("/admin/broadcasts/new")
	w.fill("title", "目印まつり")
	w.do("write", chromedp.SendKeys("#part-0", "目印まつりを開きます。"))
	w.press("画像を加える")
	w.sees("画像のファイル")
	w.do("choose a picture", chromedp.SetUploadFiles(`[name="1.file"]`, []string{poster(t)}), chromedp.SetValue(`[name="1.ratio"]`, "3:2"), chromedp.SetValue(`[name="1.focus"]`, "top"))
	w.fill("1.alt", "まつりのポスター")
	w.press("画像を取りこむ")
	w.holds("the picture beside its form", `(e => e && e.complete && e.naturalWidth > 0)(document.querySelector(".thumb"))`)
	w.holds("the picture on the phone, cut", `(e => e && e.complete && Math.abs(e.naturalWidth / e.naturalHeight - 1.5) < .02)(document.querySelector('.phone img[alt="まつりのポスター"]'))`)
	w.press("カードとボタンを加える")
	w.sees("カードの中身")
	w.fill("2.0.title", "申し込み")
	w.press("ボタン（4つまで）")
	w.fill("2.0.0.label", "電話する")
	w.do("a telephone number", chromedp.SetValue(`[name="2.0.0.does"]`, "call"))
	w.fill("2.0.0.value", "052-000-0199")
	w.press("友だち全員")
	w.press("ことばを加える") // the first that is offered is やさしい日本語
	w.sees("やさしい日本語を外す")
	w.press("やさしい日本語を外す")
	w.do("English", chromedp.SetValue(`#add-language`, "en"))
	w.press("ことばを加える")
	w.sees("英語を外す")
	w.do("write in English", chromedp.SetValue(`[id="part-en.0"]`, "The Mejirushi festival is on."), chromedp.SetValue(`[name="en.2.0.title"]`, "Sign up"), chromedp.SetValue(`[name="en.2.0.0.label"]`, "Call us"))
	w.press("見た目と人数・予定を確かめる")
	w.holds("be asked with whose eyes", `location.hash === "#aside" && document.querySelector("#as option[value=en]") !== null`)
	w.script("look as an English reader", `document.querySelector("#as").value = "en"; document.querySelector('#as').closest("#aside").querySelector('button[value="check"]').click()`)
	w.holds("the English version on the phone", `document.querySelector(".phone").innerText.includes("The Mejirushi festival is on.") && document.querySelector(".phone").innerText.includes("Call us")`)
	w.isPhone()
	w.fits()
	w.isDesk()
	w.press("下書きを保存する")
	w.sees("下書きを保存しました。")
	draft := w.path()
	w.open(draft + "/edit")
	w.holds("all as it was written", `document.querySelector('[name="en.2.0.0.value"]').value == "0520000199" && document.querySelector('[name="1.alt"]').value == "まつりのポスター" && document.querySelector('[name="1.focus"]').value == "top"`)
	w.open(draft + "/sheet")
	w.sees("The Mejirushi festival is on.")
	w.open(draft)
	w.press("承認を申請する")
	w.sees("承認を待っています")
	w.login(democity.Logins()[1])
	w.open(draft + "?as=en")
	w.sees("Call us")
	w.press("送信する")
	w.sees("送信済み")

	w.isPhone()
	for _, one := range []struct{ phone, own, other, button string }{
		{hanako, "目印まつりを開きます。", "The Mejirushi festival is on.", "電話する"}, {emma, "The Mejirushi festival is on.", "目印まつりを開きます。", "Call us"},
	} {
		w.open(one.phone)
		w.hears(one.own)
		w.hears(one.button)
		w.holds("the picture in the chat", `[...document.querySelectorAll("#log img")].some(e => e.complete && Math.abs(e.naturalWidth / e.naturalHeight - 1.5) < .02)`)
		w.holds("nothing in the other language", fmt.Sprintf("!document.getElementById('log').innerText.includes(%q)", one.other))
	}
}

// address is where the browser is, with its query.
func (w *walker) address() string {
	w.Helper()
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname + location.search"))
	if err != nil {
		w.Fatal(err)
	}
	return at
}
