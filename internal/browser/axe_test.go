package browser

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What is wrong is found, and what is not is not.
func TestViolations(t *testing.T) {
	ctx := New(t, time.Minute)
	for page, want := range map[string][]string{
		`<!doctype html><html lang="ja"><title>よい</title><main><h1>よい</h1><p>読めます</p></main>`: nil,
		`<!doctype html><html><title>わるい</title><main><h1>わるい</h1><img src="data:,"><p style="color:#ccc">うすい</p></main>`: {
			"color-contrast", "html-has-lang", "image-alt",
		},
	} {
		if err := chromedp.Do(ctx, chromedp.Navigate("data:text/html;charset=utf-8,"+url.PathEscape(page))); err != nil {
			t.Fatal(err)
		}
		found, err := Violations(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, v := range found {
			rules = append(rules, v.Rule)
		}
		slices.Sort(rules)
		if !slices.Equal(rules, want) {
			t.Errorf("%s breaks %v, want %v", page, found, want)
		}
	}
}
