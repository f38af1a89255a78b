//go:build !race

package admin

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
	"ippo/internal/browser"
)

// desk is one person at a browser of their own.
type desk struct {
	t      testing.TB
	ctx    context.Context
	narrow bool // a telephone
}

// Widths of screens, in pixels.
const (
	deskWidth  = 1280
	phoneWidth = 375
)

// atBothWidths has a journey gone at a desk and on a telephone, each in an office of its own.
//
// Journeys run beside one another: most of their time a browser draws, which one core does.
func atBothWidths(t *testing.T, journey func(t *testing.T, o *office)) {
	t.Parallel()
	for name, width := range map[string]int{"desk": deskWidth, "phone": phoneWidth} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.width = width
			journey(t, o)
		})
	}
}

// sitDown logs somebody in, in a window that shares nothing with the others.
func (o *office) sitDown(role ippo.Role) *desk {
	o.t.Helper()
	return o.sitDownFor(role, 10*time.Minute)
}

func (o *office) sitDownFor(role ippo.Role, limit time.Duration) *desk {
	o.t.Helper()
	d := o.window("/admin/login", limit)
	d.do(chromedp.SendKeys("#f-email", string(role)+"@example.jp"), chromedp.SendKeys("#f-password", password), chromedp.Click("form.card button"))
	d.sees("今週の配信")
	return d
}

// window opens a page in a browser that nobody has logged in with.
func (o *office) window(path string, limit time.Duration) *desk {
	o.t.Helper()
	ctx := browser.New(o.t, limit)
	width := cmp.Or(o.width, deskWidth)
	d := &desk{o.t, ctx, width < 960}
	d.do(chromedp.EmulateViewport(int64(width), 900), chromedp.Navigate(o.url+path))
	go func() {
		for m, err := range chromedp.Console(ctx) {
			if err != nil {
				return
			}
			said := fmt.Sprint(m)
			// Neither a form that comes back nor a preview that gave way to a later one is a fault.
			meant := strings.Contains(said, "422 (Unprocessable Entity)") || strings.Contains(said, "htmx:sendAbort") || strings.Contains(said, "htmx:afterRequest")
			if (m.Type == "error" || m.Type == "exception") && !meant {
				o.t.Errorf("the browser complains: %+v", m)
			}
		}
	}()
	return d
}

func (d *desk) do(steps ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, 90*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		d.t.Fatalf("%v\n%s", err, d.words())
	}
}

// opens goes to a section by the navigation, which a telephone folds away.
func (d *desk) opens(path string) {
	d.t.Helper()
	nav := "nav.side"
	if d.narrow {
		nav = ".menu"
		d.do(chromedp.Click(".menu > summary"))
	}
	link := nav + ` a[href="` + path + `"]`
	d.do(chromedp.WaitVisible(link), chromedp.Click(link))
}

// words is what the page says now.
func (d *desk) words() string {
	text, err := chromedp.Run(d.ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	if err != nil {
		return err.Error()
	}
	return text
}

// sees waits until the page says something.
func (d *desk) sees(words string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	d.until(ctx, "document.body && document.body.innerText.includes("+quoted(words)+")", words)
}

// until waits for a condition, over pages that come and go meanwhile.
func (d *desk) until(ctx context.Context, condition, words string) {
	d.t.Helper()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](condition))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			d.t.Fatalf("never says %q: %v\n%s", words, err, d.words())
		}
	}
}

// previews waits until the phone beside the form says something.
func (d *desk) previews(words string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	d.until(ctx, `document.querySelector(".phone")?.innerText.includes(`+quoted(words)+")", words)
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// One writes, the other approves, both watch it go: with JavaScript at work under the strict policy.
func TestJourneyOfABroadcast(t *testing.T) { atBothWidths(t, journeyOfABroadcast) }

func journeyOfABroadcast(t *testing.T, o *office) {
	o.fill()
	author := o.sitDown(ippo.Editor)
	author.do(chromedp.Navigate(o.url+"/admin/news/1"), chromedp.Click(`a[href="/admin/broadcasts/new?news=1"]`))
	author.sees("宛先を選ぶと")
	author.do(chromedp.Click(`[name="to"][value="all"]`))
	author.sees("1人に送信します") // the count comes by itself
	author.do(chromedp.Click(`button[value="add-text:ja"]`), chromedp.WaitVisible("#part-1"), chromedp.SendKeys("#part-1", "お待ちしています。"))
	author.previews("お待ちしています。")
	if n, err := chromedp.Run(author.ctx, chromedp.Evaluate[int](`document.querySelectorAll(".phone .lv-row").length`)); err != nil || n != 2 {
		t.Errorf("the preview shows %d messages, %v; want 2", n, err)
	}
	author.do(chromedp.Click(`button.main[value="save"]`))
	author.sees("下書きを保存しました。")
	author.do(chromedp.Click(`form[action$="/submit"] button`))
	author.sees("自分の配信は自分では承認できません")

	approver := o.sitDown(ippo.Approver)
	approver.do(chromedp.Click(`a.figure[href="/admin/broadcasts?status=submitted"]`), chromedp.Click(`tbody a`))
	approver.sees("1人に今すぐ送信する")
	approver.do(chromedp.Click(`form[action$="/approve"] button`))
	approver.sees("まもなく送信を始めます")

	// The author's page is reloaded and then moves by itself, also when the state changes under it.
	author.do(chromedp.Reload())
	author.sees("まもなく送信を始めます")
	if err := o.store.StartBroadcast(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	author.sees("送信中")
	if err := o.store.CancelBroadcast(t.Context(), o.staff[ippo.Approver].ID, 2); err != nil {
		t.Fatal(err)
	}
	author.sees("結果")
	author.sees("対象外")
}

// A wrong broadcast is going out. Its author corrects it in two clicks, a colleague approves the
// correction; the breaker holds another, and an administrator lets it go with a reason.
func TestJourneyOfACorrection(t *testing.T) { atBothWidths(t, journeyOfACorrection) }

func journeyOfACorrection(t *testing.T, o *office) {
	o.fill()
	o.sendHalf(1)
	author := o.sitDown(ippo.Editor)
	author.do(chromedp.Navigate(o.url+"/admin/broadcasts/1"), chromedp.Click(`a[href$="/correct"]`))
	author.sees("今すぐ止めます")
	author.do(chromedp.Click(`form[action$="/correct"] button, form button.main, form button.danger`))
	author.sees("訂正する配信が届いた人にだけ送ります")
	author.do(chromedp.SendKeys("#part-0", "10時からです。"))
	author.previews("10時からです。")
	author.do(chromedp.Click(`button.main[value="save"]`))
	author.sees("下書きを保存しました。")
	author.do(chromedp.Click(`form[action$="/submit"] button`))
	author.sees("自分の配信は自分では承認できません")

	boss := o.sitDown(ippo.Administrator)
	boss.do(chromedp.Navigate(o.url+"/admin/broadcasts/2"), chromedp.Click(`form[action$="/approve"] button`))
	boss.sees("まもなく送信を始めます")
	if err := o.store.BreakBroadcast(t.Context(), 2, "この1時間に3通を超えて届く人が1人います。"); err != nil {
		t.Fatal(err)
	}
	author.do(chromedp.Reload())
	author.sees("3通を超えて")
	boss.do(chromedp.Reload())
	boss.do(chromedp.SendKeys(`form[action$="/release"] input[name="reason"]`, "電話で確かめました"), chromedp.Click(`form[action$="/release"] button`))
	boss.sees("電話で確かめました")
}

// One writes what is to be sent before an event, and sees its days while choosing; the other lets it go
// out.
func TestJourneyOfASeries(t *testing.T) { atBothWidths(t, journeyOfASeries) }

func journeyOfASeries(t *testing.T, o *office) {
	o.fill()
	author := o.sitDown(ippo.Editor)
	author.do(chromedp.Navigate(o.url+"/admin/broadcasts"), chromedp.Click(`.tabs a[href="/admin/series"]`))
	author.sees("くり返し配信をつくる")
	author.do(chromedp.Click(`.head a.button.main`))
	author.sees("2026年3月9日（月）09:00")
	author.do(chromedp.Click(`[name="when"][value="at"]`), chromedp.WaitVisible("#f-sendAt"), chromedp.WaitNotVisible("#f-schedule-at"))
	author.do(chromedp.Click(`[name="when"][value="repeat"]`), chromedp.WaitVisible("#f-schedule-at"), chromedp.WaitNotVisible("#f-sendAt"), chromedp.WaitNotVisible("#f-onCall"))
	author.do(chromedp.SendKeys("#f-title", "交流カフェの3日前"), chromedp.SendKeys("#part-0", "もうすぐ交流カフェです。"), chromedp.Click(`[name="to"][value="all"]`))
	author.do(chromedp.Click(`[name="schedule.kind"][value="before"]`), chromedp.WaitVisible("#f-schedule-of"), chromedp.WaitNotVisible("#f-schedule-date"))
	author.do(chromedp.SetValue("#f-schedule-of", "event:1"), chromedp.SetValue("#f-schedule-days", "3"), chromedp.Click(`[name="schedule.holidays"][value="next"]`))
	author.sees("「多文化交流カフェ」の3日前 09:00（祝日は次の平日）") // the days come by themselves
	author.sees("2026年3月12日（木）09:00")
	author.do(chromedp.Click(`button.main[value="save"]`))
	author.sees("ほかの承認者が承認すると始まります")

	approver := o.sitDown(ippo.Approver)
	approver.do(chromedp.Navigate(o.url+"/admin/series/2"), chromedp.Click(`form[action$="/activate"] button`))
	approver.sees("次は2026年3月12日（木）09:00です。")
	author.do(chromedp.Navigate(o.url + "/admin/series"))
	author.sees("配信中")
}
