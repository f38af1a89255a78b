//go:build !race

package admin

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
	"ippo/internal/browser"
)

// No page breaks a rule that axe-core knows, and none has to be scrolled sideways: on a wide screen in the
// light, and on a narrow one in the dark.
func TestAccessible(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	if err := o.store.MoveTour(t.Context(), o.staff[ippo.Administrator].ID, ""); err != nil { // the home page shows the tour, too
		t.Fatal(err)
	}
	d := o.sitDownFor(ippo.Administrator, 15*time.Minute)
	for _, screen := range []struct {
		scheme string
		width  int64
		shot   int64 // the screen of the picture that is kept for people to look at
	}{{"light", 1280, 1280}, {"dark", 320, 375}} {
		d.do(browser.Prefers(screen.scheme))
		for _, address := range slices.Sorted(maps.Keys(pages)) {
			d.do(chromedp.Navigate(o.url + "/admin" + address))
			if err := browser.Shoot(d.ctx, "page-"+screen.scheme+address, screen.shot); err != nil {
				t.Error(err)
			}
			d.do(chromedp.EmulateViewport(screen.width, 900))
			if _, err := chromedp.Run(d.ctx, chromedp.Evaluate[bool](`[...document.querySelectorAll("details.help")].every(d => d.open = true)`)); err != nil {
				t.Error(err)
			}
			found, err := browser.Violations(d.ctx)
			if err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			for _, v := range found {
				t.Errorf("%s at %d px, %s: %s", address, screen.width, screen.scheme, v)
			}
			if wide, err := chromedp.Run(d.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); err != nil || wide > screen.width {
				t.Errorf("%s is %d px wide on a screen of %d px, %v", address, wide, screen.width, err)
			}
		}
	}
}
