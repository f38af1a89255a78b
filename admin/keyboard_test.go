//go:build !race

package admin

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"ippo"
)

// reachable marks what a person without a mouse must come to: of radio buttons of one name, one. It returns how many
// steps that takes: dates and times have several in one field.
const reachable = `(() => {
	const groups = new Set()
	const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((e) => {
		if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true })) return false
		if (e.type !== "radio") return true
		const group = (e.form ? [...document.forms].indexOf(e.form) : "") + e.name
		if (groups.has(group) || !e.checked && document.querySelector("[name='" + CSS.escape(e.name) + "']:checked")?.form === e.form) return false
		groups.add(group)
		return true
	})
	all.forEach((e) => { e.dataset.owed = "" })
	return all.length + 6 * document.querySelectorAll("input[type^=date], input[type=time]").length
})()`

// stepped strikes off where the focus is now, and returns what is wrong with it: that nobody sees that it is there.
const stepped = `(() => {
	const e = document.activeElement, s = getComputedStyle(e)
	delete e.dataset.owed
	if (e === document.body) return ""
	return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 ? "" : e.outerHTML.slice(0, 200)
})()`

const owed = `[...document.querySelectorAll("[data-owed]")].map((e) => e.outerHTML.slice(0, 200)).join("\n")`

// Everything on a page that does something is come to with the Tab key alone, and where one is can be seen.
func TestKeyboardComesToEverything(t *testing.T) {
	atBothWidths(t, func(t *testing.T, o *office) {
		o.everyPage()
		d := o.sitDown(ippo.Administrator)
		for _, address := range []string{
			"/", "/broadcasts", "/broadcasts/new", "/broadcasts/1", "/calendar", "/followers", "/groups", "/groups/new", "/events/1", "/consultations/1", "/matches/1",
			"/ambassadors", "/campaigns/1", "/richmenu", "/settings", "/setup", "/try", "/indicators/1", "/audit",
		} {
			d.do(chromedp.Navigate(o.url + "/admin" + address))
			n, err := chromedp.Run(d.ctx, chromedp.Evaluate[int](reachable))
			if err != nil {
				t.Fatal(err)
			}
			for range n + 5 { // past the window's own, too
				d.do(chromedp.KeyEvent("\t"))
				unseen, err := chromedp.Run(d.ctx, chromedp.Evaluate[string](stepped))
				if err != nil {
					t.Fatal(err)
				}
				if unseen != "" {
					t.Errorf("%s: nobody sees that the focus is on %s", address, unseen)
					break
				}
			}
			if left, err := chromedp.Run(d.ctx, chromedp.Evaluate[string](owed)); err != nil || left != "" {
				t.Errorf("%s: the Tab key never comes to\n%s %v", address, left, err)
			}
		}
	})
}

// Somebody without a mouse leaves the navigation out, writes an item of news and saves it.
func TestJourneyWithoutAMouse(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.fill()
	d := o.sitDown(ippo.Editor)
	tabTo := func(selector string) {
		t.Helper()
		for range 40 {
			d.do(chromedp.KeyEvent("\t"))
			there, err := chromedp.Run(d.ctx, chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement.matches(%q)", selector)))
			if err != nil {
				t.Fatal(err)
			}
			if there {
				return
			}
		}
		t.Fatalf("the Tab key does not come to %s", selector)
	}
	d.do(chromedp.Navigate(o.url + "/admin/news/new"))
	tabTo(".skip")
	d.do(chromedp.KeyEvent("\r"))
	tabTo("#f-title")
	d.do(chromedp.KeyEvent("秋の集い"))
	tabTo("#f-summary")
	d.do(chromedp.KeyEvent("集まります。"))
	tabTo("button.main")
	d.do(chromedp.KeyEvent("\r"))
	d.sees("お知らせを保存しました。")
	if n, err := o.store.News(t.Context(), 2); err != nil || n.Title != "秋の集い" || n.Summary != "集まります。" {
		t.Errorf("%+v, %v", n, err)
	}
}
