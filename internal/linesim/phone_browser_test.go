package linesim

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
)

var shots = flag.String("shots", "", "write screenshots of the phone into this folder")

// thumb is a headless Chromium that looks at the phone. Its methods fail the test.
type thumb struct {
	*testing.T
	ctx     context.Context
	console iter.Seq2[chromedp.ConsoleMessage, error]
}

// newThumb starts one. At the end of the test the console must be empty: no error of the script,
// nothing the page's own policy refused.
func newThumb(t *testing.T) *thumb {
	t.Helper()
	ctx := browser.New(t, 2*time.Minute)
	return &thumb{T: t, ctx: ctx, console: chromedp.Console(ctx)}
}

func (b *thumb) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.shoot("failed")
		b.Fatalf("%s: %v", what, err)
	}
}

func (b *thumb) open(address string, width, height int64) {
	b.Helper()
	b.do("open "+address, chromedp.EmulateViewport(width, height), chromedp.Navigate(address))
}

func (b *thumb) click(selector string) {
	b.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// holds waits until a JavaScript expression is true.
func (b *thumb) holds(what, expression string) {
	b.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.shoot("failed")
		b.Fatalf("%s: %v", what, err)
	}
}

// shows waits until the chat holds a text.
func (b *thumb) shows(text string) {
	b.Helper()
	b.holds(fmt.Sprintf("the chat shows %q", text), `document.getElementById("log")?.innerText.includes(`+quoted(text)+`)`)
}

// shoot keeps a picture of the page, with -shots DIR.
func (b *thumb) shoot(name string) {
	b.Helper()
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, "phone-"+name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// quiet fails the test for every line on the browser's console so far.
func (b *thumb) quiet() {
	b.Helper()
	const last = "no more lines"
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`console.log(`+quoted(last)+`), true`)); err != nil {
		b.Fatal(err)
	}
	for m, err := range b.console {
		if err != nil {
			b.Fatalf("console: %v", err)
		}
		if m.Text == last {
			return
		}
		b.Errorf("the browser's console says %s", m)
	}
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// A resident's day: scan the QR code, send its text, tap a quick reply, tap a card's button, open a link
// and close it, block and unblock; all on one page that is never reloaded.
func TestPhoneInBrowser(t *testing.T) {
	d := newDesk(t)
	d.setMenu(t)
	for range 34 {
		d.AddUser(User{Friend: true})
	}
	b := newThumb(t)
	base := d.phone.URL + "/phone/"
	b.open(base, 1280, 900)
	b.shoot("desk-people")
	b.open(base, 390, 800)
	b.shoot("people")
	b.open(base+"?add=1&name="+url.QueryEscape("佐藤 花子")+"&text="+url.QueryEscape("市民課の窓口で知りました（入口:shimin-ka）"), 390, 800)
	b.shoot("add")
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS("button.wide"))); err != nil {
		t.Fatal(err)
	}
	b.shows("ことばを選んでください")
	b.holds("the QR code's text waits", `document.getElementById("text").value.includes("shimin-ka")`)
	b.shoot("greeting")
	b.click(".send")
	b.shows("「市民課の窓口で知りました（入口:shimin-ka）」ですね。")
	b.holds("sent text leaves the keyboard", `document.getElementById("text").value === ""`)
	id := d.Users()[len(d.Users())-1].ID

	// The greeting's quick replies are gone now; unblocking brings them back.
	b.click(`[data-open="more"]`)
	b.click(`#more [data-do="block"]`)
	b.holds("blocked", `getComputedStyle(document.querySelector(".blockedbar")).display === "flex"`)
	b.shoot("blocked")
	b.click(`.blockedbar [data-do="unblock"]`)
	b.holds("quick replies", `document.querySelectorAll("#quick .lv-chip").length === 5`)
	b.shoot("quick")
	b.click("#quick .lv-chip:nth-child(4)")
	b.holds("the date picker offers LINE's date", `document.getElementById("date").open && document.getElementById("date-value").value === "2026-10-01"`)
	b.shoot("date")
	b.click("#date .wide")
	b.shows("選択：day 2026-10-01")

	b.do("write", chromedp.Click(chromedp.CSS(`.menubar [data-mode="keyboard"]`)), chromedp.SendKeys(chromedp.CSS("#text"), "日本語\r"))
	b.shows("みらい絵本の会")
	b.holds("quick replies gone", `document.getElementById("quick").childElementCount === 0`)
	b.holds("the keyboard is empty again", `document.getElementById("text").value === ""`)
	b.shoot("cards")
	b.click(".lv-carousel .lv-bubble:first-child .lv-button-primary .lv-button")
	b.shows("選択：visit みらい絵本の会")
	b.holds("the chat ends at its last line", `(() => { const s = document.getElementById("scroll"); return s.scrollHeight - s.scrollTop - s.clientHeight < 60; })()`)

	b.click(".lv-carousel .lv-bubble:first-child .lv-button-link .lv-button")
	b.holds("the page's title", `document.getElementById("browser-title").textContent === "申込フォーム"`)
	b.shoot("page")
	b.click("#browser [data-close]")

	b.click(`#compose [data-mode="menu"]`)
	b.holds("the menu's picture", `document.querySelector("#menu img")?.naturalWidth === 800`)
	b.shoot("menu")
	b.click("#menu .lv-area:nth-of-type(2)")
	b.holds("the telephone sheet", `document.getElementById("call").open`)
	b.shoot("call")
	b.click("#call [data-close]")
	b.click(`.menubar [data-mode="keyboard"]`)
	b.click(`[data-open="stickers"]`)
	b.shoot("stickers")
	b.click(`#stickers [data-sticker="1989"]`)
	b.shows("受け取りました。")
	b.click(`[data-open="place"]`)
	b.shoot("place")
	b.click("#place-form .wide")
	b.holds("the place", `document.querySelector(".lv-location") !== null`)

	// A push arrives while nobody touches the page, and the loading dots before it.
	d.call("/v2/bot/chat/loading/start", `{"chatId":"`+id+`","loadingSeconds":20}`)
	b.holds("the dots", `document.querySelector(".dots") !== null`)
	b.shoot("dots")
	d.call("/v2/bot/message/push", `{"to":"`+id+`","messages":[{"type":"text","text":"月曜のお知らせです。"}]}`)
	b.shows("月曜のお知らせです。")
	b.holds("the dots gone", `document.querySelector(".dots") === null`)
	b.quiet()

	b.do("stand on a desk", chromedp.EmulateViewport(1280, 900))
	b.shoot("desk")
	b.click(`[data-open="more"]`)
	b.shoot("desk-sheet")
	b.open(base+"?user="+id, 375, 667)
	b.holds("nothing wider than the screen", `document.documentElement.scrollWidth === 375`)
	b.shoot("small")
	b.quiet()

	d.Close()
	b.holds("the page says that the platform is gone", `!document.getElementById("offline").hidden`)
}

// What somebody does in haste arrives in the order in which they did it, however long the first takes.
func TestThumbInHaste(t *testing.T) {
	d := newDesk(t)
	id := d.AddUser(User{DisplayName: "佐藤", Friend: true}).ID
	b := newThumb(t)
	b.open(d.phone.URL+"/phone/?user="+id, 390, 800)
	b.do("hold what the phone sends", chromedp.Evaluate[chromedp.Void](`{
		const send = window.fetch;
		window.held = [];
		window.fetch = (to, how) => to !== "act" ? send(to, how)
			: new Promise((go) => held.push(() => go(send(to, how))));
	}`))
	say := func(words string) {
		b.do("say "+words, chromedp.Evaluate[chromedp.Void](`document.getElementById("text").value = `+quoted(words)+`; document.querySelector(".send").click()`))
	}
	say("子育て")
	say("つぎへ")
	b.holds("the second waits for the first", `held.length === 1`)
	b.do("let the first go", chromedp.Evaluate[chromedp.Void](`held[0]()`))
	b.shows("子育て")
	b.holds("the second is on its way", `held.length === 2`)
	b.do("let it go", chromedp.Evaluate[chromedp.Void](`held[1]()`))
	b.holds("both in their order", `(() => {
		const said = document.getElementById("log").innerText;
		return said.includes("子育て") && said.indexOf("子育て") < said.indexOf("つぎへ");
	})()`)
	b.quiet()
}

// Two phones on one page: what one is sent does not show on the other, and neither reads the other's
// keyboard.
func TestTwoPhones(t *testing.T) {
	d := newDesk(t)
	one := d.AddUser(User{DisplayName: "佐藤", Friend: true}).ID
	two := d.AddUser(User{DisplayName: "鈴木", Friend: true}).ID
	b := newThumb(t)
	b.open(d.phone.URL+"/two?a="+one+"&b="+two, 830, 740)
	const a, other = `document.getElementById("a").contentDocument.body.innerText`, `document.getElementById("b").contentDocument.body.innerText`
	b.holds("both phones", a+`.includes("佐藤さんの電話") && `+other+`.includes("鈴木さんの電話")`)
	d.call("/v2/bot/message/multicast", `{"to":["`+one+`"],"messages":[{"type":"text","text":"中央地域の子育てのお知らせ"}]}`)
	b.holds("the first phone gets it", a+`.includes("中央地域の子育てのお知らせ")`)
	d.call("/v2/bot/message/multicast", `{"to":["`+two+`"],"messages":[{"type":"text","text":"東地域の防災のお知らせ"}]}`)
	b.holds("the second phone gets its own and no other", other+`.includes("東地域の防災のお知らせ") && !`+other+`.includes("子育て")`)
	b.shoot("two")
	b.quiet()
}
