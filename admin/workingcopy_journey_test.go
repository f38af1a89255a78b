//go:build !race

package admin

import (
	"context"
	"ippo"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What a button made of the form is kept too, though nothing is typed after it.
func TestJourneyKeepsWhatButtonsMade(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.fill()
	desk := o.sitDown(ippo.Editor)
	desk.do(chromedp.Navigate(o.url+"/admin/broadcasts/1/edit"), chromedp.Click(`button[value="add-language"]`), chromedp.WaitVisible(`[name="ja-x-easy.text"]`))
	ctx, cancel := context.WithTimeout(desk.ctx, 20*time.Second)
	defer cancel()
	desk.until(ctx, `performance.getEntriesByType("resource").some((r) => r.name.endsWith("/broadcasts/preview") && r.responseEnd)`, "(the preview is drawn again)")
	if all, err := o.store.WorkingCopies(t.Context(), "broadcast:1"); err != nil || len(all) != 1 || !strings.Contains(all[0].Form, "ja-x-easy.text=") {
		t.Errorf("kept is %v, %v", all, err)
	}
	// To look at the form is not to write.
	if err := o.store.DropWorkingCopy(t.Context(), o.staff[ippo.Editor].ID, "broadcast:1"); err != nil {
		t.Fatal(err)
	}
	desk.do(chromedp.Navigate(o.url + "/admin/broadcasts/1/edit"))
	desk.previews("")
	if all, err := o.store.WorkingCopies(t.Context(), "broadcast:1"); err != nil || len(all) != 0 {
		t.Errorf("opening the form keeps %v, %v", all, err)
	}
}

// Two write at once: each learns of the other while writing, and whoever shuts the window loses nothing.
func TestJourneyTwoWriteAtOnce(t *testing.T) { atBothWidths(t, journeyTwoWriteAtOnce) }

func journeyTwoWriteAtOnce(t *testing.T, o *office) {
	o.fill()
	first, second := o.sitDown(ippo.Editor), o.sitDown(ippo.Approver)
	first.do(chromedp.Navigate(o.url+"/admin/broadcasts/1/edit"), chromedp.SendKeys("#part-0", "はじめの人の追加。"))
	first.previews("はじめの人の追加。")
	second.do(chromedp.Navigate(o.url + "/admin/broadcasts/1/edit"))
	second.sees("作成者さんさん（10:00）も、この配信を編集しています")
	second.do(chromedp.SendKeys("#part-0", "あとの人の追加。"))
	second.previews("あとの人の追加。")
	first.do(chromedp.SendKeys("#part-0", "もう少し。")) // who goes on writing is told with the next count
	first.sees("承認者さんさん（10:00）も、この配信を編集しています")

	second.do(chromedp.Click(`button.main[value="save"]`))
	second.sees("下書きを保存しました。")
	first.do(chromedp.Navigate(o.url+"/admin/"), chromedp.Navigate(o.url+"/admin/broadcasts/1/edit"))
	first.sees("書きかけがあります")
	first.do(chromedp.Click(`a[href^="?resume="]`))
	first.sees("ほかの職員が先にこの配信を変更しました")
	first.previews("はじめの人の追加。")
}
