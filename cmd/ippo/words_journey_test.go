//go:build !race

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
	"ippo/internal/democity"
)

// Staff write a news item in Vietnamese, which the center has added as a file. Residents choose English, やさしい日本語
// and Tiếng Việt, and each reads that item in their own language, another with a word that it is not, and our page
// likewise.
func TestLanguagesJourney(t *testing.T) {
	ctx := browser.New(t, 12*time.Minute)
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, catalogFolder), os.DirFS("../../docs/catalog")); err != nil {
		t.Fatal(err)
	}
	w := &walker{t, ctx, startDemoIn(t, folder)}

	w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
	w.login(democity.Logins()[0])
	w.open("/admin/news")
	w.press("スマホの寺子屋が夕凪にも来ます")
	w.sees("ほかのことば")
	w.press("ベトナム語")
	w.fill("translations.vi.title", "Lớp học điện thoại đến Yunagi")
	w.fill("translations.vi.summary", "Học sinh giúp từng người một.")
	w.press("保存する")
	w.sees("お知らせを保存しました。")
	w.open("/admin/news")
	w.sees("英語（日本語より古い）") // of another item

	w.do("be a phone", chromedp.EmulateViewport(390, 844))
	for _, l := range []struct {
		self, areas, ask, title, fallback, read, page, all string
	}{
		{"English", "Which areas", "news", "Smartphone help comes to Yunagi", "This text is only in Japanese.", "Read it all", "Part of this text is not in English.", "All news"},
		{"やさしい にほんご", "どの 地域", "お知らせ", "夕凪（ゆうなぎ）で スマートフォンの つかいかたを 教えます", "※ふつうの 日本語です。", "ぜんぶ 読む", "※ふつうの 日本語の ところが あります。", "お知らせを ぜんぶ 見る"},
		{"Tiếng Việt", "khu vực nào", "news", "Lớp học điện thoại đến Yunagi", "Bài này chỉ có tiếng Nhật.", "Đọc hết", "Một phần của bài này không có tiếng Việt.", "Tất cả tin"},
	} {
		w.open("/phone/?add=1&name=" + url.QueryEscape("友だち"))
		w.click(`button.wide`)
		w.hears("Bạn muốn dùng ngôn ngữ nào?") // whoever cannot read the rest finds their language
		w.tap(l.self)
		w.hears(l.areas)
		w.say("skip")
		w.say("skip")
		w.say(l.ask)
		w.hears(l.title)
		w.hears(l.fallback)
		page, err := chromedp.Run(ctx, chromedp.Evaluate[string](`JSON.parse([...document.querySelectorAll("#log [data-tap]")].filter(e => e.dataset.tap.includes("/r/news/terakoya-yunagi")).pop().dataset.tap).uri`))
		if err != nil {
			t.Fatal(err)
		}
		w.do("read it all", chromedp.Navigate(page))
		w.sees(l.title)
		w.sees(l.page)
		w.press(l.all)
		w.sees(l.title)
		w.sees(l.fallback)
		w.holds("the page names its language", `document.documentElement.lang == new URLSearchParams(location.search).get("lang").replace("-x-easy", "")`)
		w.script("switch to Japanese", `[...document.querySelectorAll(".languages a")].find(a => a.innerText == "日本語").click()`)
		w.sees("スマホの寺子屋が夕凪にも来ます")
	}
}
