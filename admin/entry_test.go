package admin

import (
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ippo"
)

// Each paper prints to one sheet of A4 as it lies, and the longest names stay within the cards.
func TestPapersOfAnEntry(t *testing.T) {
	o := open(t)
	o.fill()
	s, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Office = ippo.Office{Account: strings.Repeat("長", 20), Name: strings.Repeat("名", 40), City: strings.Repeat("市", 20), Phone: "0123-456-7890（代表）12", Hours: strings.Repeat("時", 60)}
	if err := o.store.SaveSettings(t.Context(), 0, s); err != nil {
		t.Fatal(err)
	}
	d := o.sitDown(ippo.Viewer)
	for paper, want := range map[string]string{"a4": "595x842", "a5": "842x595", "card": "595x842"} {
		address := o.url + "/admin/entries/shimin-ka/poster?paper=" + paper
		if sheets := d.prints(address); !slices.Equal(sheets, []string{want}) {
			t.Errorf("%s prints to %v, want %s", paper, sheets, want)
		}
		over, err := chromedp.Run(d.ctx, chromedp.Evaluate[int](`[...document.querySelectorAll(".namecard, .insert")].filter(c => c.scrollHeight > c.clientHeight + 1 || c.scrollWidth > c.clientWidth + 1).length`))
		if err != nil || over > 0 {
			t.Errorf("%s: %d parts hang over their edge, %v", paper, over, err)
		}
	}
}

// The picture for documents is the code that the poster has.
func TestPictureOfAnEntrysCode(t *testing.T) {
	o := open(t)
	o.fill()
	r := o.as(ippo.Viewer).get("/admin/entries/shimin-ka/qr.png").want(http.StatusOK)
	if !strings.Contains(r.header.Get("Content-Disposition"), "qr-shimin-ka.png") {
		t.Errorf("saved as %s", r.header.Get("Content-Disposition"))
	}
	drawn, err := png.Decode(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(drawn)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	want, wantErr := o.panel.ChatURL("市民課の窓口で知りました（入口:shimin-ka）")
	if err != nil || wantErr != nil || read.GetText() != want {
		t.Errorf("the code says %v, %v; want %s, %v", read, err, want, wantErr)
	}
}
