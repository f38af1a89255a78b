//go:build !race

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
	"ippo/internal/democity"
)

// pickUp opens the phone of somebody whose chat opens with the menu.
func (w *walker) pickUp(phone string) {
	w.Helper()
	w.open(phone)
	w.holds("see the menu", `document.querySelector('button[data-mode="keyboard"]')?.offsetParent != null`)
}

// lineSpeaks is what LINE is set to on the phone of somebody whom we speak to in a language.
var lineSpeaks = map[string]string{"ja": "ja", "ja-x-easy": "vi", "en": "en"}

// comeBy follows the account through an invitation, as a friend who scanned its QR code and sends what is typed in.
func (w *walker) comeBy(invitation, language, name, button, thanks string) {
	w.Helper()
	w.do("open the invitation", chromedp.Navigate(invitation+"?lang="+language))
	w.press(button)
	w.holds("be asked whether to add", `document.querySelector("#name") !== null`)
	w.script("be "+name, fmt.Sprintf(`document.getElementById("name").value = %q; document.getElementById("language").value = %q; document.querySelector("button.wide").click()`, name, lineSpeaks[language]))
	w.holds("find the text typed in, on a phone that is up", `document.getElementById("log")?.childElementCount > 0 && document.getElementById("text").value.includes("招待:")`)
	w.click("button.send")
	w.hears(thanks)
}

// An ambassador shows their card; three friends, one in each language, come by its invitation, and the number goes
// up. Somebody who signed up on paper is taken in, gets a letter and claims the card by its code; staff take them
// on along the path and back.
func TestJourneyOfAmbassadors(t *testing.T) {
	ctx := browser.New(t, 12*time.Minute)
	base, _ := startDemo(t)
	w := &walker{t, ctx, base}
	w.do("be a phone", chromedp.EmulateViewport(390, 844))

	// けんいち, the second of the demo's phones, is an ambassador.
	kenichi := "/phone/?user=" + democity.Followers()[1].LineUserID
	w.pickUp(kenichi)
	w.say("会員証")
	w.hears("招待で来た人")
	before, err := chromedp.Run(ctx, chromedp.Evaluate[int](`Number([...document.getElementById("log").innerText.matchAll(/招待で来た人\s*(\d+)人/g)].pop()[1])`))
	if err != nil {
		t.Fatal(err)
	}
	w.holds("see the QR code", `[...document.querySelectorAll("#log img")].some(e => e.src.endsWith("/qr.png") && e.complete && e.naturalWidth > 300)`)
	code, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("#log img")].filter(e => e.src.endsWith("/qr.png")).pop().src`))
	if err != nil {
		t.Fatal(err)
	}
	invitation := strings.TrimSuffix(code, "/qr.png")
	if share := w.link("招待を送る"); !strings.HasPrefix(share, "https://line.me/R/share?text=") {
		t.Errorf("shares by %s", share)
	}

	w.comeBy(invitation, "ja", "まこと", "LINEで友だちになる", "ご紹介で来てくださって")
	w.comeBy(invitation, "ja-x-easy", "リン", "LINEで 友だちに なる", "友だちに 聞いて 来てくれて")
	w.comeBy(invitation, "en", "Maria", "Add us on LINE", "by a friend's invitation")
	w.pickUp(kenichi)
	w.say("会員証")
	w.hears(fmt.Sprintf("%d人", before+3))

	// The manual, and the way to send it on, in English.
	w.open("/r/ambassadors?lang=en")
	w.sees("Talk to people")
	w.sees("Send this manual on LINE")

	// Staff print a letter for somebody from the sheets of paper.
	w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
	w.login(democity.Logins()[0])
	w.open("/admin/")
	w.sees("次にすること")
	w.open("/admin/ambassadors?only=unlinked")
	w.sees("松風 とめ")
	w.script("choose her", `[...document.querySelectorAll('tbody input[type="checkbox"]')].find(e => e.getAttribute("aria-label").includes("松風")).click()`)
	w.press("LINEにつなぐ手紙をつくる")
	w.sees("松風 とめ 様")
	w.holds("see the letter's QR code", `document.querySelector(".letter-code svg path") !== null`)
	code, err = chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(".letter-word").innerText`))
	if err != nil {
		t.Fatal(err)
	}

	// She types it in on her own phone, after a slip.
	w.do("be a phone again", chromedp.EmulateViewport(390, 844))
	w.follow("とめ")
	w.say("アンバサダー:AAAA-AAAA")
	w.hears("この番号では見つかりませんでした")
	w.say(code)
	w.hears("このLINEにつながりました")
	w.hears("招待を送る")

	// Those who applied are contacted at once, and one of them was a slip.
	w.do("sit down again", chromedp.EmulateViewport(1280, 900))
	w.open("/admin/ambassadors?status=applied")
	w.script("choose all", `document.querySelector("[data-all]").click()`)
	w.press("まとめて進める")
	w.press("を「連絡済」にする")
	w.sees("を「連絡済」にしました。")
	w.open("/admin/ambassadors?status=contacted&q=夏目")
	w.press("夏目 あかり")
	w.press("一つ前の「申込」に戻す")
	w.sees("取り消して「申込」に戻しました")
	w.open("/admin/ambassadors/invited")
	w.sees("招待した人ごと")
	w.holds("see the chart", `document.querySelectorAll(".weeks rect").length === 26`)
}
