//go:build !race

package lineview

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/browser"
)

var shots = flag.String("shots", "", "write screenshots of testdata into this folder")

const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 130"><path fill="#9ecbe8" d="M0 0h200v130H0z"/><circle cx="150" cy="34" r="16" fill="#ffe08a"/><path fill="#6aa96b" d="M0 130V90l50-34 44 40 36-22 70 44v12z"/></svg>`

// serveChat shows messages one after the other in a chat, under the Content-Security-Policy the package promises
// to live with.
func serveChat(t *testing.T, names []string) string {
	t.Helper()
	all := inputs(t)
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	mux.HandleFunc("/pictures/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, picture)
	})
	mux.HandleFunc("/lineview.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, Stylesheet())
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'")
		fmt.Fprintf(w, `<!doctype html><html lang="ja"><meta charset="utf-8"><title>chat</title><link rel="stylesheet" href="/lineview.css"><body class="lv-chat">`)
		for i, name := range names {
			raw := json.RawMessage(strings.ReplaceAll(string(all[name]), "https://example.com/", srv.URL+"/pictures/"))
			o := bot
			o.Mine = strings.Contains(name, "phone") || (name == "sticker" && i%2 == 0)
			got, err := drawAll(raw, o)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			fmt.Fprintf(w, `<div id="%s">%s</div>`, name, got)
		}
	})
	return srv.URL + "/"
}

// The widths of a Flex Message's boxes follow LINE's rule in a real browser: flex 2 and 3 share what
// the box of fixed width and the spacing leave; texts with flex 0 stand at the two ends.
func TestBrowserLayout(t *testing.T) {
	ctx := browser.New(t, time.Minute)
	url := serveChat(t, []string{"flex_layout", "flex_carousel", "template_confirm"})
	type measures struct {
		Two, Three, Fixed, Left, Right, Bar, Progress, BubbleA, BubbleB, Page float64
		Tapped                                                                string
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(430, 900), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[measures](`(() => {
			const box = (s) => document.querySelector(s).getBoundingClientRect();
			const rows = document.querySelectorAll("#flex_layout .lv-horizontal");
			const row = [...rows[0].children].map((e) => e.getBoundingClientRect().width);
			const ends = [...rows[1].children].map((e) => e.getBoundingClientRect());
			const outer = rows[1].getBoundingClientRect();
			const bar = rows[1].nextElementSibling;
			const bubbles = [...document.querySelectorAll("#flex_carousel .lv-bubble")].map((e) => e.getBoundingClientRect().height);
			const last = rows[2].getBoundingClientRect();
			const hit = document.elementFromPoint(last.left + last.width / 2, last.top + last.height / 2);
			return {Two: row[0], Three: row[1], Fixed: row[2], Left: ends[0].left - outer.left, Right: outer.right - ends[1].right,
				Bar: bar.getBoundingClientRect().width, Progress: bar.firstElementChild.getBoundingClientRect().width,
				BubbleA: bubbles[0], BubbleB: bubbles[1], Page: document.documentElement.scrollWidth,
				Tapped: hit.dataset.tap || hit.className};
		})()`))
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if got < want-1 || got > want+1 {
			t.Errorf("%s is %.1f px, want %.1f", what, got, want)
		}
	}
	near("flex 3 beside flex 2", got.Three, got.Two*3/2)
	near("the box of width 60px", got.Fixed, 60)
	near("the gap left of 左", got.Left, 0)
	near("the gap right of 右", got.Right, 0)
	near("70% of the bar", got.Progress, got.Bar*0.7)
	near("the second bubble of the carousel", got.BubbleB, got.BubbleA)
	near("the page, which must not scroll sideways,", got.Page, 430)
	if !strings.Contains(got.Tapped, `"text":"行"`) {
		t.Errorf("the middle of the tappable row hits %q", got.Tapped)
	}
}

// On a narrow phone a button that shrinks shows its label whole, where another hides its end.
func TestBrowserShrinks(t *testing.T) {
	ctx := browser.New(t, time.Minute)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 900), chromedp.Navigate(serveChat(t, []string{"flex_shrinks"}))); err != nil {
		t.Fatal(err)
	}
	whole, err := chromedp.Run(ctx, chromedp.Evaluate[[]bool](`[...document.querySelectorAll(".lv-button")].map((b) => b.scrollWidth <= b.clientWidth)`))
	if err != nil || !slices.Equal(whole, []bool{true, false}) {
		t.Errorf("the labels are whole: %v, %v; want only the one that shrinks", whole, err)
	}
}

// Not a check: pictures of all of testdata, to look at after a change of looks (-shots DIR).
func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("needs -shots DIR")
	}
	var names []string
	for name := range inputs(t) {
		names = append(names, name)
	}
	sort.Strings(names)
	ctx := browser.New(t, time.Minute)
	for part := 0; part*10 < len(names); part++ {
		url := serveChat(t, names[part*10:min(part*10+10, len(names))])
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 800), chromedp.Navigate(url)); err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*shots, fmt.Sprintf("lineview-%d.png", part)), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
