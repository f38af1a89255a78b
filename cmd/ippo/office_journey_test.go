//go:build !race

package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
	"ippo/internal/democity"
)

// An administrator settles in: LINE is found to be connected, a reply of the center's own is tried out and then given,
// the city's list of groups is taken in, and whoever comes next is greeted in the center's words.
func TestJourneyOfSettlingIn(t *testing.T) {
	t.Run("desk", func(t *testing.T) { settlingIn(t, (*walker).isDesk) })
	t.Run("phone", func(t *testing.T) { settlingIn(t, (*walker).isPhone) })
}

func settlingIn(t *testing.T, sits func(*walker)) {
	ctx := browser.New(t, 8*time.Minute)
	base, folder := startDemo(t)
	w := &walker{t, ctx, base}
	sits(w)
	w.login(democity.Logins()[1])

	w.open("/admin/connection")
	w.press("確かめる")
	w.sees("このシステムです。")
	w.sees("届きました。")

	w.open("/admin/autoreplies/new")
	w.fill("keywords", "ほたる")
	w.fill("text", "ほたるの見ごろは6月です。")
	w.press("保存する")
	w.sees("自動の返事を保存しました。")
	w.open("/admin/try")
	w.fill("text", "ホタルはいつ見られますか")
	w.press("答えを見る")
	w.sees("自動の返事にあることばです。")
	w.holds("see the answer on the phone", `document.querySelector(".phone")?.innerText.includes("見ごろは6月")`)

	list := filepath.Join(folder, "list.csv")
	if err := os.WriteFile(list, []byte("団体名,主な活動,活動日\nほたるを守る会,川の手入れとほたるの観察,毎週土曜\nほたるの歌,,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.open("/admin/groups/import")
	w.do("choose the list", chromedp.SetUploadFiles("#f-file", []string{list}))
	w.press("読んで確かめる")
	w.sees("誤りのある行があります")
	w.do("say what a column is", chromedp.SetValue(`[name="column.1"]`, "summary"))
	w.press("もう一度確かめる")
	w.sees("川の手入れとほたるの観察")
	w.click(`[name="skip"]`)
	w.press("1団体を取り込む")
	w.sees("取り込みました")
	w.open("/admin/groups?q=ほたる")
	w.sees("ほたるを守る会")

	w.open("/admin/greeting")
	w.fill("greetings.ja.hello", "川の町へようこそ。")
	w.press("見え方を確かめる")
	w.holds("see the greeting", `document.querySelector(".phone")?.innerText.includes("川の町へようこそ。")`)
	w.click(`form button.main`)
	w.sees("あいさつを保存しました。")

	w.open("/phone/?add=1&name=" + "ほたる")
	w.click(`button.wide`)
	w.hears("川の町へようこそ。")
}
