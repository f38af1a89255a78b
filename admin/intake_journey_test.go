//go:build !race

package admin

import (
	"ippo"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A file with a mistake is mended and taken in, while the page tells how far it has come.
func TestJourneyOfAFile(t *testing.T) {
	atBothWidths(t, func(t *testing.T, o *office) {
		o.fill()
		file := filepath.Join(t.TempDir(), "お知らせ.csv")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d := o.sitDown(ippo.Editor)
		d.opens("/admin/news")
		d.do(chromedp.Click(`a[href="/admin/news/import"]`), chromedp.WaitVisible("#f-file"))
		write("題名,概要,公開日時\n秋の集い,集まります。,来週\n")
		d.do(chromedp.SetUploadFiles("#f-file", []string{file}), chromedp.Click("form.card button.main"))
		d.sees("確かめています")
		o.work()
		d.sees("2行目: 「公開日時」は")
		d.do(chromedp.Click(`#intake-state a.button.main`), chromedp.WaitVisible("#f-file"))
		write("題名,概要,公開日時\n秋の集い,集まります。,2026/3/20 9:00\n")
		d.do(chromedp.SetUploadFiles("#f-file", []string{file}), chromedp.Click("form.card button.main"))
		d.sees("確かめています")
		o.work()
		d.sees("1件を取り込む")
		d.do(chromedp.Click(`#intake-state button.main`))
		d.sees("取り込み中")
		o.work()
		d.sees("取り込みました")
		d.do(chromedp.Click(`#intake-state a[href="/admin/news"]`))
		d.sees("秋の集い")
	})
}
