//go:build !race

package main

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
)

// output collects what the demo prints.
type output struct {
	mu   sync.Mutex
	said strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.String()
}

var _ io.Writer = (*output)(nil)

// The one page does what it says: the panel opens with one click, a second phone comes beside the
// first, and on a telephone nothing hangs over the edge.
func TestDemoPage(t *testing.T) {
	tab := browser.New(t, 8*time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	var out output
	done := make(chan error, 1)
	go func() { done <- demo(ctx, &out, "") }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	waitUntil(t, "the demo has started", func() bool { return strings.Contains(out.String(), "Ctrl-C") })
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(out.String())

	holds := func(what, expression string) {
		t.Helper()
		if _, err := chromedp.Run(tab, chromedp.Poll[bool](expression)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(base+"/")); err != nil {
		t.Fatal(err)
	}
	holds("はるか's phone", `frames[0].document.title.includes("はるか")`)
	holds("the rich menu", `frames[0].document.querySelector("#menu img, #menu [role=img], #menu a, #menu button") !== null`)
	if err := chromedp.Do(tab, chromedp.Click(".office-head form:first-of-type button")); err != nil {
		t.Fatal(err)
	}
	holds("the panel after one click", `frames.panel.document.querySelector("h1")?.textContent.includes("ホーム")`)
	if err := chromedp.Do(tab, chromedp.Click(`[data-try="4"]`), chromedp.WaitVisible("#device-2")); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.Click(`button[value="hour"]`)); err != nil {
		t.Fatal(err)
	}
	holds("the clock's new time", `document.querySelector("#toast").textContent.includes("進めました")`)
	if err := chromedp.Do(tab, chromedp.EmulateViewport(320, 640)); err != nil {
		t.Fatal(err)
	}
	holds("a narrow page", `document.documentElement.scrollWidth <= 320`)
	if err := chromedp.Do(tab, chromedp.Click(`.tabs [data-show="panel"]`)); err != nil {
		t.Fatal(err)
	}
	holds("the panel's tab", `document.querySelector(".office").offsetHeight > 0 && document.querySelector(".phones").offsetHeight === 0`)
}
