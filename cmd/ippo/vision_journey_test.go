//go:build !race

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
	"ippo/internal/browser"
	"ippo/internal/democity"
	"ippo/messages"
)

// An ambassador, in each language: changes their vision on our page, which takes it off the public one until staff
// have approved it; their name is there by their tick, and no longer when they take the tick away.
func TestJourneyOfAVision(t *testing.T) {
	ctx := browser.New(t, 12*time.Minute)
	base, _ := startDemo(t)
	w := &walker{t, ctx, base}
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	// けんいち, the second of the demo's phones, is an ambassador.
	kenichi := "/phone/?user=" + democity.Followers()[1].LineUserID
	const name = "天羽 健一"
	public := func(language ippo.Language) string {
		w.open("/r/visions?lang=" + string(language))
		w.sees(texts.In(language).Say("visions.title"))
		return w.words()
	}
	write := func(said messages.Words, vision string, named bool) {
		w.isPhone()
		w.pickUp(kenichi)
		w.holds("see the chat", `document.getElementById("log") !== null`)
		count := fmt.Sprintf(`[...document.querySelectorAll("#log [data-tap]")].filter(e => e.innerText.includes(%q)).length`, said.Say("vision.change"))
		before, err := chromedp.Run(ctx, chromedp.Evaluate[int](count))
		if err != nil {
			t.Fatal(err)
		}
		w.say("ビジョン")
		w.holds("get a new link", fmt.Sprintf("%s > %d", count, before)) // those of before are spent
		link := w.link(said.Say("vision.change"))
		w.do("open the form", chromedp.Navigate(link))
		w.press(said.Say("consult.door.go"))
		w.sees(said.Say("vision.name"))
		w.do("write", chromedp.SetValue("#vision", vision))
		w.script("tick or not", `const box = document.querySelector('[name="named"]'); if (box.checked !== `+map[bool]string{true: "true", false: "false"}[named]+`) box.click()`)
		w.press(said.Say("visit.send"))
	}
	for _, one := range []struct {
		language ippo.Language
		vision   string
	}{
		{ippo.Japanese, "目印一号の花が咲くまち"}, {ippo.EasyJapanese, "目印二号の 花が さく まち"}, {ippo.English, "A town of landmark three"},
	} {
		said := texts.In(one.language)
		w.isPhone()
		w.pickUp(kenichi)
		w.say("language")
		w.tap(texts.Self(one.language))
		write(said, one.vision, true)
		w.sees(said.Say("vision.done"))
		if page := public(one.language); strings.Contains(page, one.vision) || strings.Contains(page, name) {
			t.Errorf("%s: shown before it was approved:\n%s", one.language, page)
		}

		w.isDesk()
		w.login(democity.Logins()[0])
		w.open("/admin/visions")
		w.script("show it", `[...document.querySelectorAll(".visions li")].find(e => e.innerText.includes("`+one.vision+`")).querySelector('[value="shown"]').click()`)
		w.sees("公開しました")
		if page := public(one.language); !strings.Contains(page, one.vision) || !strings.Contains(page, name) {
			t.Errorf("%s: not shown:\n%s", one.language, page)
		}
		w.holds("see the picture", `(e => e && e.complete && e.naturalWidth > 300)(document.querySelector(".cloud img"))`)

		write(said, one.vision, false)
		w.sees(said.Say("vision.done.shown"))
		if page := public(one.language); !strings.Contains(page, one.vision) || strings.Contains(page, name) {
			t.Errorf("%s: the name stays, or the vision goes:\n%s", one.language, page)
		}
	}
}
