//go:build !race

package admin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
	"ippo/internal/browser"
	"ippo/store"
)

// No page breaks a rule that axe-core knows, and none has to be scrolled sideways: on a wide screen in the
// light, and on a narrow one in the dark.
func TestAccessible(t *testing.T) {
	t.Parallel()
	o := open(t)
	pages := o.everyPage()
	if err := o.store.MoveTour(t.Context(), o.staff[ippo.Administrator].ID, ""); err != nil { // the home page shows the tour, too
		t.Fatal(err)
	}
	d := o.sitDownFor(ippo.Administrator, 15*time.Minute)
	for _, address := range slices.Sorted(maps.Keys(pages)) {
		d.do(chromedp.Navigate(o.url + "/admin" + address))
		d.onEachScreen(func(screen screen) {
			helping := func(open bool) {
				d.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelectorAll("details.help").forEach((one) => { one.open = %t })`, open)))
			}
			helping(false)
			if err := browser.Shoot(d.ctx, "page-"+screen.scheme+address, screen.shot); err != nil {
				t.Error(err)
			}
			d.do(chromedp.EmulateViewport(screen.width, 900))
			helping(true)
			d.accessible(address, screen)
		})
	}
}

// The same holds for pages in states that nobody plans for: lists that are empty or narrowed to nothing, forms that
// come back with what is wrong, whatever can be opened open, and second questions.
func TestAccessibleInEveryState(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.sitDownFor(ippo.Administrator, 15*time.Minute)
	d.onEachScreen(func(screen screen) {
		for _, address := range []string{
			"/", "/broadcasts", "/series", "/notices", "/campaigns", "/requests", "/consultations", "/matches", "/followers", "/ambassadors", "/visions",
			"/keywords", "/news", "/events", "/groups", "/groups?q=nothing&status=published", "/faq", "/unanswered", "/topics", "/areas", "/tags", "/entries", "/sheets", "/reports", "/audiences",
		} {
			d.do(chromedp.Navigate(o.url + "/admin" + address))
			d.accessible("empty "+address, screen)
		}
		for _, address := range []string{"/news/new", "/events/new", "/groups/new", "/faq/new", "/canned/new", "/topics", "/tags", "/entries", "/staff/new", "/sheets/new"} {
			d.do(chromedp.Navigate(o.url+"/admin"+address), chromedp.Evaluate[chromedp.Void](`document.querySelector("main form[method=post]").submit()`), chromedp.WaitVisible("#problems"))
			d.accessible("a form with problems, "+address, screen)
		}
	})
	o.everyPage()
	several := o.draft("ふたつのことば")
	several.Messages = []ippo.Message{textMessage(strings.Repeat("花見をします。\n", 60))}
	several.Renditions, several.Originals = ippo.Renditions{ippo.English: several.Messages}, ippo.Originals{ippo.English: {{Of: "of before"}}}
	if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Editor].ID, several); err != nil {
		t.Fatal(err)
	}
	stopped := o.stopIntake()
	by := o.staff[ippo.Administrator].ID
	late := ippo.UnsentForm{Page: href("news/1"), Action: href("news/1"), Form: "title=手伝い&elsewhere=ほかの欄の内容"}
	if err := o.store.KeepUnsentForm(t.Context(), by, late); err != nil {
		t.Fatal(err)
	}
	if err := o.store.MoveAmbassadors(t.Context(), by, []store.Seen{{ID: 1, Status: ippo.AmbassadorApplied}}, ippo.AmbassadorMove{To: ippo.AmbassadorContacted}); err != nil {
		t.Fatal(err)
	}
	d.onEachScreen(func(screen screen) {
		for address, words := range map[string]string{stopped: "止めました", href("ambassadors"): "にしています", href("news/1?unsent=1"): "送れませんでした"} {
			d.do(chromedp.Navigate(o.url + address))
			d.sees(words)
			d.accessible(words, screen)
		}
		for _, page := range []string{"", "/edit", "/sheet"} {
			d.do(chromedp.Navigate(o.url + href("broadcasts/%d", several.ID) + page))
			d.accessible("a broadcast in two languages"+page, screen)
		}
		for _, address := range []string{"/", "/broadcasts/new", "/broadcasts/1", "/news/1", "/groups/1", "/ambassadors", "/ambassadors/invited", "/followers", "/groups", "/events", "/campaigns", "/entries", "/consultations", "/matches", "/matches/1", "/sheets/1", "/indicators/1"} {
			d.do(chromedp.Navigate(o.url+"/admin"+address), chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((one) => { one.open = true })`))
			d.accessible("opened, "+address, screen)
		}
		d.do(chromedp.Navigate(o.url+"/admin/groups"), chromedp.Click(`[name="scope"][value="all"]`), chromedp.Click(`[name="to"][value="retired"]`))
		d.sees("「公開しない」にしますか")
		d.accessible("the second question", screen)
		d.do(chromedp.Navigate(o.url+"/admin/ambassadors"), chromedp.Click(`[name="scope"][value="all"]`), chromedp.Click(`.several button`))
		d.sees("ことでよいですか")
		d.accessible("the second question about ambassadors", screen)
	})
}

// screen is what a page is looked at on.
type screen struct {
	scheme string
	width  int64
	shot   int64 // the screen of the picture that is kept for people to look at
}

// onEachScreen does something on a wide screen in the light, and on a narrow one in the dark.
func (d *desk) onEachScreen(do func(screen)) {
	d.t.Helper()
	for _, one := range []screen{{"light", 1280, 1280}, {"dark", 320, 375}} {
		d.do(chromedp.EmulateViewport(one.width, 900), browser.Prefers(one.scheme))
		do(one)
	}
}

// accessible checks the page as it stands.
func (d *desk) accessible(what string, on screen) {
	d.t.Helper()
	found, err := browser.Violations(d.ctx)
	if err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
	for _, v := range found {
		d.t.Errorf("%s at %d px, %s: %s", what, on.width, on.scheme, v)
	}
	if wide, err := chromedp.Run(d.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); err != nil || wide > on.width {
		d.t.Errorf("%s is %d px wide on a screen of %d px, %v", what, wide, on.width, err)
	}
}

// The phone beside a form shows what residents have: the panel's own look of buttons does not reach into it.
func TestPhoneKeepsItsLook(t *testing.T) {
	o := open(t)
	o.everyPage()
	d := o.sitDown(ippo.Administrator)
	d.do(browser.Prefers("dark"), chromedp.Navigate(o.url+"/admin/campaigns/1"))
	looks := `[...document.querySelectorAll(".lv-button-link .lv-button, .lv-chip")].map((b) => getComputedStyle(b).backgroundColor).join(" / ")`
	if look, err := chromedp.Run(d.ctx, chromedp.Evaluate[string](looks)); err != nil || look != "rgba(0, 0, 0, 0) / rgb(255, 255, 255)" {
		t.Errorf("buttons and chips are %s, %v", look, err)
	}
}
