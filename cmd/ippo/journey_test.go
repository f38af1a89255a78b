//go:build !race

package main

import (
	"ippo/internal/browser"
	"ippo/internal/democity"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Two people follow the account. One becomes an ambassador and finds a group; staff see it, and send
// to one topic × area; it arrives on her phone and not on his. Nothing personal is in the database's
// files in clear.
func TestJourney(t *testing.T) {
	ctx := browser.New(t, 12*time.Minute)
	base, folder := startDemo(t)
	w := &walker{t, ctx, base}
	w.do("be a phone", chromedp.EmulateViewport(390, 844))

	hanako := w.follow("佐藤")
	w.tap("日本語")
	w.hears("どの地域のお知らせ")
	w.tap("風見")
	w.hears("✓")
	w.tap("つぎへ")
	w.hears("どの分野のお知らせ")
	w.say("子育て")
	w.tap("つぎへ")
	w.hears("設定が終わりました")

	ichiro := w.follow("田中")
	w.say("1")
	w.hears("どの地域のお知らせ")
	w.say("すべて")
	w.hears("どの分野のお知らせ")
	w.say("防災")
	w.tap("つぎへ")
	w.hears("設定が終わりました")

	// She looks for a group by a word typed in katakana, half of it.
	w.open(hanako)
	w.say("エホン")
	w.hears("絵本")

	// She becomes an ambassador; her name is asked on our own page only.
	w.say("アンバサダー")
	w.tap("登録する")
	w.tap("同意する")
	w.tap("つぎへ")
	w.hears("入力画面を開く")
	link, err := chromedp.Run(ctx, chromedp.Evaluate[string](`JSON.parse([...document.querySelectorAll("#log [data-tap]")].filter(e => e.dataset.tap.includes("/r/")).pop().dataset.tap).uri`))
	if err != nil {
		t.Fatal(err)
	}
	w.do("open the form", chromedp.Navigate(link))
	w.press("開く")
	w.fill("name", "佐藤目印花子")
	w.fill("kana", "さとうはなこ")
	w.fill("contact", "000-1234-9876")
	w.press("40代")
	w.press("送信する")
	w.sees("ありがとう")
	w.open(hanako)
	w.hears("No.")

	w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
	author, approver := democity.Logins()[0], democity.Logins()[1]
	w.login(author)
	w.open("/admin/ambassadors")
	w.sees("佐藤目印花子")

	w.open("/admin/broadcasts/new")
	w.fill("title", "読み聞かせ会")
	w.press("条件で選ぶ")
	w.press("子育て")
	w.press("風見")
	w.do("write", chromedp.SendKeys("#part-0", "あしたは読み聞かせ会です。"))
	w.press("下書きを保存する")
	w.press("承認を申請する")
	w.sees("承認待ち")
	address, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		t.Fatal(err)
	}
	w.login(approver)
	w.open(address)
	w.press("送信する")
	w.sees("送信済み")

	w.do("be a phone again", chromedp.EmulateViewport(390, 844))
	w.open(hanako)
	w.hears("あしたは読み聞かせ会です。")
	w.open(ichiro)
	w.hears("設定が終わりました")
	if strings.Contains(w.words(), "読み聞かせ会") {
		t.Error("a broadcast to another topic and area arrived")
	}

	files, err := filepath.Glob(filepath.Join(folder, "ippo.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the database's files: %v, %v", files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, personal := range []string{"佐藤目印花子", "さとうはなこ", "000-1234-9876"} {
			if strings.Contains(string(b), personal) {
				t.Errorf("%s holds %q in clear", filepath.Base(file), personal)
			}
		}
	}
}
