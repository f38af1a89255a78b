//go:build !race

package admin

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"ippo"
)

// fits checks that nothing hangs over the edge of a telephone's screen.
func (d *desk) fits(address string) {
	d.t.Helper()
	d.do(chromedp.Navigate(address))
	wide, err := chromedp.Run(d.ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
	if err != nil || wide > 375 {
		d.t.Errorf("%s is %d wide on a telephone, %v", address, wide, err)
	}
}

var mediaBox = regexp.MustCompile(`/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]`)

// prints returns the sizes of the sheets of paper that the page prints to, in points.
func (d *desk) prints(address string) []string {
	d.t.Helper()
	d.do(chromedp.Navigate(address))
	pdf, err := chromedp.Run(d.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		d.t.Fatal(err)
	}
	var sizes []string
	for _, m := range mediaBox.FindAllSubmatch(pdf, -1) {
		var wide, high float64
		if _, err := fmt.Sscan(string(m[1])+" "+string(m[2]), &wide, &high); err != nil {
			d.t.Fatal(err)
		}
		sizes = append(sizes, fmt.Sprintf("%.0fx%.0f", wide, high))
	}
	if len(sizes) == 0 {
		d.t.Errorf("%s prints to nothing", address)
	}
	return sizes
}

// A sheet is made, filled by hand and from a file, settled, read on a telephone and printed.
func TestJourneyOfAnIndicator(t *testing.T) { atBothWidths(t, journeyOfAnIndicator) }

func journeyOfAnIndicator(t *testing.T, o *office) {
	o.report()
	editor := o.sitDown(ippo.Editor)
	editor.opens("/admin/sheets")
	editor.sees("指標シートはまだありません")
	editor.do(chromedp.Click(`a[href="/admin/sheets/new"]`), chromedp.WaitVisible("#f-title"), chromedp.SendKeys("#f-title", "総合戦略"), chromedp.Click("form.card button.main"))
	editor.sees("見出しも指標もまだありません")
	editor.do(chromedp.Click(`a[href="/admin/sheets/1/headings/new"]`), chromedp.WaitVisible("#f-name"), chromedp.SendKeys("#f-name", "基本目標① つながる"), chromedp.Click("form.card button.main"))
	editor.sees("見出しを加えました")
	editor.do(chromedp.Click(`a[href="/admin/sheets/1/indicators/new?under=1"]`), chromedp.WaitVisible("#f-name"), chromedp.SendKeys("#f-name", "連携事業数"),
		chromedp.SendKeys("#f-unit", "事業"), chromedp.SendKeys("#f-baseline", "3事業"), chromedp.SendKeys("#f-targetR11", "10事業"), chromedp.Click("form.card button.main"))
	editor.sees("指標を加えました")
	editor.do(chromedp.SendKeys(`[name="valueR7"]`, "7"), chromedp.SendKeys(`[name="costR7"]`, "1,988"), chromedp.Click("form.card button.main"))
	editor.sees("70.0%")

	file := filepath.Join(t.TempDir(), "指標.csv")
	if err := os.WriteFile(file, []byte("基本目標,指標,内訳,目標値R11,R7実績値\n基本目標① つながる,連携事業数,,,\n基本目標① つながる,学校との連携,はい,4事業,着手\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	editor.do(chromedp.Navigate(o.url+"/admin/sheets/1/import"), chromedp.SetUploadFiles("#f-file", []string{file}), chromedp.Click("form.card button.main"))
	editor.sees("この内容で取り込む")
	editor.do(chromedp.Click(`[name="do"][value="import"] ~ div button.main`))
	editor.sees("CSVを取り込みました（追加1、変更0）")
	editor.sees("（内訳）学校との連携")
	drawn, err := chromedp.Run(editor.ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".chart svg")].map(s => s.getAttribute("aria-label"))`))
	if err != nil || !slices.Equal(drawn, []string{"連携事業数のグラフ、R6 3事業、R7 7事業"}) {
		t.Errorf("charts %q, %v", drawn, err)
	}

	approver := o.sitDown(ippo.Approver)
	approver.do(chromedp.Navigate(o.url+"/admin/indicators/1"), chromedp.Click(`form[action$="/freeze"] button`))
	approver.sees("令和7年度の実績値を確定しました")
	approver.do(chromedp.Click(`a[href="/admin/indicators/1/amend?year=R7"]`), chromedp.WaitVisible("#f-reason"), chromedp.SendKeys("#f-reason", "数え直した"), chromedp.Clear("#f-value"),
		chromedp.SendKeys("#f-value", "6事業"), chromedp.Click("form.card button.main"))
	approver.sees("実績値を訂正しました")
	approver.sees("60.0%")
	approver.do(chromedp.Navigate(o.url + "/admin/reports/1"))
	approver.sees("2月末の友だちは")
	approver.do(chromedp.Click(`form[action$="/fix"] button`))
	approver.sees("2月の活動報告を確定しました")

	// A4 across for the sheet, upright for the report; whatever stands around them stays off the paper.
	for _, size := range editor.prints(o.url + "/admin/sheets/1") {
		if size != "842x595" && size != "842x596" && size != "843x596" {
			t.Errorf("the sheet is printed on paper of %s points", size)
		}
	}
	for _, size := range editor.prints(o.url + "/admin/reports/1") {
		if size != "595x842" && size != "596x842" && size != "596x843" {
			t.Errorf("the report is printed on paper of %s points", size)
		}
	}
	editor.do(chromedp.EmulateViewport(375, 800))
	for _, path := range []string{"/admin/sheets", "/admin/sheets/1", "/admin/sheets/1/edit", "/admin/sheets/1/import", "/admin/indicators/1", "/admin/indicators/1/edit", "/admin/reports", "/admin/reports/1"} {
		editor.fits(o.url + path)
	}
}
