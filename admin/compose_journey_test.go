//go:build !race

package admin

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
)

// An answer that comes late takes back nothing that was chosen since it was asked for, and whoever works with the keyboard
// stays where they are.
func TestJourneyLateAnswer(t *testing.T) { atBothWidths(t, journeyLateAnswer) }

func journeyLateAnswer(t *testing.T, o *office) {
	o.fill()
	d := o.sitDown(ippo.Editor)
	ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	d.do(chromedp.Navigate(o.url+"/admin/broadcasts/1/edit"), chromedp.Focus("#f-whom"), chromedp.KeyEvent(" "))
	d.sees("川＊＊")
	d.until(ctx, `document.activeElement.id === "f-whom"`, "(the focus stays on the box)")
	// The answer to what was typed is held until the box is ticked off.
	d.do(chromedp.Evaluate[chromedp.Void](`{
		const send = XMLHttpRequest.prototype.send
		XMLHttpRequest.prototype.send = function (...body) {
			const come = this.onload
			this.onload = () => { window.late = () => come.call(this) }
			XMLHttpRequest.prototype.send = send
			send.apply(this, body)
		}
	}`), chromedp.SendKeys("#f-title", "も"))
	d.until(ctx, "!!window.late", "(the preview is asked for)")
	ticked, err := chromedp.Run(d.ctx, chromedp.Evaluate[bool](`document.getElementById("f-whom").click(), late(), document.getElementById("f-whom").checked`))
	if err != nil || ticked {
		t.Errorf("the box is as it was before: %v, %v", ticked, err)
	}
	d.until(ctx, `!document.body.innerText.includes("川＊＊")`, "(nobody is shown)")
}

// What is saved at once after the last letter is not kept once more as unsaved while the answer is on its way.
func TestJourneySavedWhileWriting(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.fill()
	d := o.sitDown(ippo.Editor)
	d.do(chromedp.Navigate(o.url+"/admin/broadcasts/1/edit"), chromedp.Evaluate[chromedp.Void](`{
		addEventListener("submit", (event) => event.preventDefault()) // the answer never comes
		addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "aside") window.preview = event.defaultPrevented ? "not asked for" : "asked for" })
		const text = document.getElementById("part-0")
		text.value += "追加。"
		text.dispatchEvent(new Event("input", { bubbles: true }))
		document.querySelector('button.main[value="save"]').click()
	}`))
	ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	d.until(ctx, "!!window.preview", "(the preview is due)")
	if preview, err := chromedp.Run(d.ctx, chromedp.Evaluate[string]("window.preview")); err != nil || preview != "not asked for" {
		t.Errorf("after the form was sent, a preview is %s, %v", preview, err)
	}
}
