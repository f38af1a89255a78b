// Package browser gives tests a real browser.
package browser

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Main runs the tests of a package and ends the browser that they shared:
//
//	func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
func Main(m *testing.M) int {
	defer func() { end() }()
	return m.Run()
}

// New opens a window that closes with the test, or after limit. All windows of a process are of one headless
// Chromium, which needs Main, but share nothing that it keeps: no cookies, no storage. On a machine without one the
// test is skipped, except where CI=true promises one: there it fails. With IPPO_SCREENSHOTS set to a folder, a picture
// of the last page is kept there.
func New(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	if find() == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium, although CI=true")
		}
		t.Skip("no Chromium on this machine")
	}
	program, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(program, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, limit)
	t.Cleanup(cancel)
	// The window lives as long as the first run's context: it must not be a step's.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	window := windows.Add(1)
	t.Cleanup(func() { shootLast(t, ctx, window) })
	return ctx
}

// chromium starts the browser whose windows the tests look through.
var chromium = sync.OnceValues(func() (context.Context, error) {
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find()), chromedp.NoSandbox, chromedp.DisableGPU)...)
	ctx, quit := chromedp.NewContext(ctx)
	end = func() { quit(); stop() }
	return ctx, chromedp.Do(ctx)
})

// end ends it, once it has been started.
var end = func() {}

// windows counts the windows of the process: a test may open several.
var windows atomic.Int64

// find returns the path of a Chromium; "": there is none. The one without a window costs half of what the others do, which
// draw theirs for nobody.
func find() string {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
