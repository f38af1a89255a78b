//go:build !race

package admin

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
)

// value is what an expression is in the page.
func value[T any](d *desk, expression string) T {
	d.t.Helper()
	v, err := chromedp.Run(d.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", expression, err, d.words())
	}
	return v
}

// A colleague is invited into a team: they choose a name and a password, are shown round, set up a second factor, and
// work on what their team looks after. Then their session is ended, and they are out.
func TestJourneyOfAColleague(t *testing.T) { atBothWidths(t, journeyOfAColleague) }

func journeyOfAColleague(t *testing.T, o *office) {
	o.panel.wall = o.clock
	o.divide()
	boss := o.sitDown(ippo.Administrator)
	boss.do(chromedp.Navigate(o.url+"/admin/staff"), chromedp.Click(`a[href="/admin/staff/invite"]`), chromedp.WaitVisible("#f-name"))
	boss.do(chromedp.SendKeys("#f-name", "新人"), chromedp.SendKeys("#f-email", "new@example.jp"), chromedp.Click(`[name="role"][value="editor"]`),
		chromedp.Click(`[name="teams"]`), chromedp.Click("form.card button.main"))
	boss.sees("もう一度は表示できません")
	link, err := url.Parse(value[string](boss, `document.querySelector(".code.address").innerText.trim()`))
	if err != nil {
		t.Fatal(err)
	}

	d := o.window(link.Path, 10*time.Minute)
	d.sees("作成者として招待されています")
	d.do(chromedp.SendKeys("#f-password", "short"), chromedp.Click("form.card button.main"))
	d.sees("入力を確認してください。")
	d.do(chromedp.SendKeys("#f-password", "a wholly new sentence"), chromedp.Click("form.card button.main"))
	d.sees("ようこそ、新人さん")
	d.sees("1 / 6")
	for station := 2; station <= 6; station++ {
		d.do(chromedp.Click(".tour button.main"))
		d.sees(fmt.Sprintf("%d / 6", station)) // also where they are to look only
		if role := value[string](d, `document.querySelector(".role").textContent`); role != "作成者" {
			t.Errorf("they are called %q at station %d", role, station)
		}
	}
	d.do(chromedp.Click(".tour button.main"))
	d.until(d.ctx, `!document.querySelector(".tour")`, "no tour any more")

	d.do(chromedp.Navigate(o.url+"/admin/account/factor"), chromedp.WaitVisible("#f-code"))
	phone := app{value[string](d, `document.querySelector(".code.address").innerText.trim()`)}
	d.do(chromedp.SendKeys("#f-code", phone.code(o, 0)), chromedp.Click("form.card button.main"))
	d.sees("予備のコード")
	if n := value[int](d, `document.querySelectorAll("ol.code li").length`); n != recoveryCodes {
		t.Errorf("%d recovery codes", n)
	}

	d.opens("/admin/news")
	d.sees("子育てのお知らせ")
	if words := d.words(); strings.Contains(words, foreignMark) {
		t.Errorf("another team's is on the list:\n%s", words)
	}
	d.do(chromedp.Click(`a[href="/admin/news/new"]`), chromedp.WaitVisible("#f-title"), chromedp.SendKeys("#f-title", "子育てひろば"), chromedp.SendKeys("#f-summary", "来てください。"), chromedp.Click("form.card button.main"))
	d.sees("あなたのチームの受け持ち")
	if typed := value[string](d, `document.querySelector("#f-title").value`); typed != "子育てひろば" {
		t.Errorf("%q is left of what was typed", typed)
	}
	d.do(chromedp.Click(`[name="topics"][value="kosodate"]`), chromedp.Click("form.card button.main"))
	d.sees("お知らせを保存しました。")

	boss.do(chromedp.Navigate(o.url + "/admin/staff"))
	boss.sees("二段階認証")
	boss.do(chromedp.Click(`tbody tr:last-child th a`), chromedp.WaitVisible(`form[action$="/sessions/end"] button`), chromedp.Click(`form[action$="/sessions/end"] button`))
	boss.sees("ログアウトしました")
	d.do(chromedp.Reload())
	d.sees("パスワード")
}

// Many things are narrowed down and changed at once, over all pages, after a question that says how many; one button takes
// that back, and another what was deleted.
func TestJourneyOfALongList(t *testing.T) { atBothWidths(t, journeyOfALongList) }

func journeyOfALongList(t *testing.T, o *office) {
	o.fill()
	for n := range 70 {
		_, err := o.store.CreateNews(t.Context(), o.staff[ippo.Editor].ID, ippo.News{
			Slug: fmt.Sprintf("n%d", n), Kind: ippo.NewsPlain, Title: fmt.Sprintf("朝市 第%d回", n), Summary: "概要", Status: ippo.ContentPublished, PublishAt: opening, Topics: ippo.ChoiceOf(0),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d := o.sitDown(ippo.Editor)
	d.opens("/admin/news")
	d.do(chromedp.SendKeys("#q", "朝市"), chromedp.Submit("#q"))
	d.sees("70件")
	d.do(chromedp.Click(`[name="scope"][value="all"]`), chromedp.Click(`.several button[value="retired"]`))
	d.sees("70件のお知らせを「公開終了」にしますか。")
	d.do(chromedp.Click("form button.main, form button.danger"))
	d.sees("70件を「公開終了」にしました。")
	if q := value[string](d, `document.querySelector("#q").value`); q != "朝市" {
		t.Errorf("the list is narrowed to %q now", q)
	}
	d.do(chromedp.Click(`form[action$="/news/undo"] button`))
	d.sees("70件を元の状態に戻しました")

	d.do(chromedp.Navigate(o.url+"/admin/news/1/delete"), chromedp.Click("form button.danger, form button.main"))
	d.sees("を削除しました。24時間以内なら元に戻せます。")
	d.do(chromedp.Click(`form[action*="/deleted/"] button`))
	d.sees("元に戻しました")
	if _, err := o.store.News(t.Context(), 1); err != nil {
		t.Error(err)
	}
}
