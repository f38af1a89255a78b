package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// screenshots is the folder that pictures of pages are kept in; without one none are taken.
var screenshots = os.Getenv("IPPO_SCREENSHOTS")

// Shoot keeps a picture of the whole page that is shown, for people to look at, on a screen of a width.
func Shoot(ctx context.Context, name string, width int64) error {
	if screenshots == "" {
		return nil
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		return fmt.Errorf("picture of %s: %w", name, err)
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(80))
	if err != nil {
		return fmt.Errorf("picture of %s: %w", name, err)
	}
	if err := os.MkdirAll(screenshots, 0o755); err != nil {
		return err
	}
	name = strings.NewReplacer("/", "_", "?", "_", "&", "_").Replace(strings.Trim(name, "/"))
	return os.WriteFile(filepath.Join(screenshots, fmt.Sprintf("%s-%d.jpg", name, width)), picture, 0o644)
}

// shootLast keeps pictures of the page where a test ended, at a desk and on a phone.
func shootLast(t testing.TB, ctx context.Context, window int64) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for _, width := range []int64{1280, 375} {
		if err := Shoot(ctx, fmt.Sprintf("%s-%d", t.Name(), window), width); err != nil {
			t.Log(err)
		}
	}
}
