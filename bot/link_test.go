package bot

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

const (
	linePhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.0.0"
	cubot     = "Mozilla/5.0 (Linux; Android 11; CUBOT X50 Build/RP1A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 Line/13.1.0/IAB"
)

// counted is a broadcast of two links that is out, or only a draft.
func (c *center) counted(out bool) *ippo.Broadcast {
	c.t.Helper()
	ctx := c.t.Context()
	c.store.PublicURL = c.url
	var who [2]ippo.Staff
	for i, role := range []ippo.Role{ippo.Editor, ippo.Approver} {
		var err error
		if who[i], err = c.store.CreateStaff(ctx, 0, ippo.Staff{Name: string(role), Email: fmt.Sprintf("%s-%v@example.jp", role, out), Role: role}, "hash"); err != nil {
			c.t.Fatal(err)
		}
	}
	b := &ippo.Broadcast{
		Title: "手帳", Counted: true, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel, OnCall: "当番", Emergency: "試し",
		Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"https://a.example.jp/?x=1\u0026y=2#z と http://b.example.jp/"}`)},
	}
	if err := c.store.CreateBroadcast(ctx, who[0].ID, b); err != nil {
		c.t.Fatal(err)
	}
	if !out {
		return b
	}
	if err := c.store.ApproveBroadcast(ctx, who[1].ID, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.StartBroadcast(ctx, b.ID); err != nil {
		c.t.Fatal(err)
	}
	return b
}

// opening follows no redirect.
func opening() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (c *center) open(browser *http.Client, method, address, agent string, header ...string) *http.Response {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	res, err := browser.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	res.Body.Close()
	return res
}

// taps ends the process, which keeps what it has counted, and returns the counts.
func (c *center) taps(b *ippo.Broadcast) []store.LinkTaps {
	c.t.Helper()
	c.stop()
	<-c.stopped
	all, err := c.store.LinkTaps(c.t.Context(), b.ID)
	if err != nil || len(all) != 2 {
		c.t.Fatalf("%+v, %v", all, err)
	}
	return all
}

// People are passed on and counted; robots are passed on. Nothing is left in anybody's browser.
func TestLinksCounted(t *testing.T) {
	c := newCenter(t)
	b := c.counted(true)
	link := b.Links[0].Short
	browser := opening()
	for _, agent := range []string{linePhone, linePhone, cubot, "Mozilla/5.0 Twitter for iPhone/10", "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36"} {
		res := c.open(browser, "GET", link, agent)
		if res.StatusCode != http.StatusFound || res.Header.Get("Location") != "https://a.example.jp/?x=1&y=2#z" {
			t.Errorf("%d to %q", res.StatusCode, res.Header.Get("Location"))
		}
		if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("headers %v", res.Header)
		}
	}
	c.open(browser, "GET", b.Links[1].Short+"をご覧", linePhone)
	for _, agent := range []string{
		"facebookexternalhit/1.1;line-poker/1.0", "line-poker/1.0", "facebookexternalhit/1.1", "Twitterbot/1.0", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
		"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
		"Mozilla/5.0 (compatible; Google-InspectionTool/1.0)", "Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5", "TelegramBot (like TwitterBot)",
		"WhatsApp/2.23", "Mozilla/5.0 (compatible; bingbot/2.0)", "curl/8.5.0", "python-requests/2.31", "Go-http-client/1.1", "",
	} {
		if res := c.open(browser, "GET", link, agent); res.StatusCode != http.StatusFound {
			t.Errorf("%s: %d", agent, res.StatusCode)
		}
	}
	for _, header := range [][2]string{{"Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}, {"X-Moz", "prefetch"}, {"X-Purpose", "preview"}} {
		c.open(browser, "GET", link, linePhone, header[0], header[1])
	}
	if res := c.open(browser, "HEAD", link, linePhone); res.StatusCode != http.StatusFound {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
	got := c.taps(b)
	if got[0].Taps != 5 || got[1].Taps != 1 || got[0].Browsers != 0 || got[0].URL != "https://a.example.jp/?x=1&y=2#z" {
		t.Errorf("counted %+v", got)
	}
}

// With the setting each browser counts once for each link, by a mark that says nothing about it.
func TestLinksCountedByBrowser(t *testing.T) {
	c := newCenter(t)
	b := c.counted(true)
	settings, err := c.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.CountBrowsers = true
	if err := c.store.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
	one, two := opening(), opening()
	left := c.open(one, "GET", b.Links[0].Short, linePhone).Cookies()
	if len(left) != 1 || left[0].Value != "1" || left[0].Path != "/l/"+b.Links[0].Code || !left[0].HttpOnly {
		t.Errorf("the mark %+v", left)
	}
	if again := c.open(one, "GET", b.Links[0].Short, linePhone); again.Header.Get("Set-Cookie") != "" {
		t.Error("marked twice")
	}
	c.open(two, "GET", b.Links[0].Short, linePhone)
	c.open(one, "GET", b.Links[1].Short, linePhone)
	if robot := c.open(opening(), "GET", b.Links[0].Short, "Googlebot/2.1"); robot.Header.Get("Set-Cookie") != "" {
		t.Error("a robot was marked")
	}
	if got := c.taps(b); got[0].Taps != 3 || got[0].Browsers != 2 || got[1].Browsers != 1 {
		t.Errorf("counted %+v", got)
	}
}

// What staff tap in a test of a draft is not a resident's.
func TestLinksOfADraft(t *testing.T) {
	c := newCenter(t)
	b := c.counted(false)
	if res := c.open(opening(), "GET", b.Links[0].Short, linePhone); res.StatusCode != http.StatusFound {
		t.Errorf("%d", res.StatusCode)
	}
	if got := c.taps(b); got[0].Taps != 0 {
		t.Errorf("counted %+v", got)
	}
}

// A code that leads nowhere helps on, and never leads where a stranger wants.
func TestLinkUnknown(t *testing.T) {
	c := newCenter(t)
	for _, code := range []string{"abcdefghij", "short", "https:evil.example", "ABCDEFGHIJ", strings.Repeat("a", 3000), "日本"} {
		r := get(t, opening(), c.url+"/l/"+code).is(404, "このリンクは使えません", "/r/news", "000-123-4567")
		if regexp.MustCompile(`evil`).MatchString(r.body) {
			t.Errorf("%s is repeated", code)
		}
	}
	if res := c.open(opening(), "POST", c.url+"/l/abcdefghij", linePhone); res.StatusCode/100 != 4 {
		t.Errorf("POST: %d", res.StatusCode)
	}
}
