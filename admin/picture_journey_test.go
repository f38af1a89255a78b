//go:build !race

package admin

import (
	"ippo"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A file that is too large is not even sent, and all else stays as it was typed; what is wrong with one that was sent
// is said once.
func TestTooLargeAPicture(t *testing.T) {
	o := open(t)
	editor := o.as(ippo.Editor)
	large := strings.Repeat("x", ippo.MaxPictureUpload+1)
	page := editor.uploadAs("/admin/broadcasts", "1.file", large, composed("1.alt", "花", "do", "save")...)
	if n := strings.Count(page.body, "画像のファイルは10MBまでです。"); n != 2 { // above, and at the picture
		t.Errorf("it is said %d times", n)
	}
	file := filepath.Join(t.TempDir(), "large.jpg")
	if err := os.WriteFile(file, []byte(large), 0o600); err != nil {
		t.Fatal(err)
	}
	desk := o.sitDown(ippo.Editor)
	desk.do(chromedp.Navigate(o.url+"/admin/broadcasts/new"), chromedp.SendKeys("#part-0", "花見をします。"), chromedp.Click(`button[value="add-picture:ja"]`),
		chromedp.WaitVisible(`[name="1.file"]`), chromedp.SetUploadFiles(`[name="1.file"]`, []string{file}))
	desk.sees("10MBより大きいファイルです。小さくしてから、選びなおしてください。")
	left, err := chromedp.Run(desk.ctx, chromedp.Evaluate[string](`document.querySelector('[name="1.file"]').value + document.querySelector("#part-0").value`))
	if err != nil || left != "花見をします。" {
		t.Errorf("left is %q, %v", left, err)
	}
}
