// Package browser gives tests a real browser.
package browser

import (
	"context"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// New starts a headless Chromium that ends with the test, or after limit. On a machine without one
// the test is skipped, except where CI=true promises one: there it fails. With IPPO_SCREENSHOTS set to a folder,
// a picture of the last page is kept there.
func New(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	path := find()
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium, although CI=true")
		}
		t.Skip("no Chromium on this machine")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, limit)
	t.Cleanup(cancel)
	// The browser lives as long as the first run's context: it must not be a step's.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	window := windows.Add(1)
	t.Cleanup(func() { shootLast(t, ctx, window) })
	return ctx
}

// windows counts the browsers of the process: a test may open several.
var windows atomic.Int64

func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
