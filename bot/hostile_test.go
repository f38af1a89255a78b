package bot

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"ippo"
)

// These tests take the routes that they attack from the router, so that one that is added tomorrow is attacked too.

// hostileText would run if it were shown as it is.
const hostileText = `<script>hostile()</script>"'><img src=x>`

func harmful(body string) bool {
	return strings.Contains(body, "<script>hostile") || strings.Contains(body, "<img src=x")
}

// routesOf are all that strangers can ask of the center.
func (c *center) routesOf() gin.RoutesInfo {
	engine := gin.New()
	c.bot.Routes(engine)
	return engine.Routes()
}

// elsewhere is a link, a picture or a form of another site.
var elsewhere = regexp.MustCompile(`(?i)(href|src|action)="\s*([a-z]+:)?//evil`)

var parameter = regexp.MustCompile(`:[a-z]+`)

// response is what came back.
type response struct {
	code   int
	header http.Header
	body   string
}

// ask sends a request as it is written, without a client that tidies its address.
func (c *center) ask(method, target, body string, header map[string]string) response {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+"/", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	path, query, _ := strings.Cut(target, "?")
	r.URL.Opaque, r.URL.RawQuery = "//"+r.URL.Host+path, query
	for name, value := range header {
		r.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response{res.StatusCode, res.Header, string(said)}
}

// Whatever stands where an address names something: nothing breaks, nothing is shown as it is, nobody is led to another
// site, no file of the machine is read, and every page says what a browser may do with it.
func TestHostileAddressesOfResidents(t *testing.T) {
	c := newCenter(t)
	values := []string{
		"..%2f..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "%2e%2e%2f%2e%2e%2fippo.db", "..%5c..%5csecret.key", "%00", "a%00.png", "%ff%fe", "%0d%0aSet-Cookie:%20planted=1",
		"-1", "0", "99999999999999999999", "1%20OR%201=1", "'%20OR%20''='", "%3Cscript%3Ehostile()%3C%2Fscript%3E", "%22%3E%3Cimg%20src=x%3E",
		strings.Repeat("a", 4000), strings.Repeat("%E3%81%82", 1500), "https:%2f%2fevil.example", "%2f%2fevil.example", "{{7*7}}",
	}
	for _, route := range c.routesOf() {
		targets := []string{}
		for _, v := range values {
			if strings.Contains(route.Path, ":") {
				targets = append(targets, parameter.ReplaceAllLiteralString(route.Path, v))
			}
			targets = append(targets, parameter.ReplaceAllString(route.Path, "1")+"?q="+v+"&to="+v+"&next="+v+"&lang="+v+"&page="+v+"&p="+v)
		}
		for _, target := range targets {
			w := c.ask(route.Method, target, "", map[string]string{"Sec-Fetch-Site": "same-origin", "X-Forwarded-Host": "evil.example"})
			body := w.body
			if w.code >= http.StatusInternalServerError {
				t.Errorf("%s %.120s answers %d", route.Method, target, w.code)
			}
			if harmful(body) || strings.Contains(body, "root:") || elsewhere.MatchString(body) {
				t.Errorf("%s %.120s shows it as it is", route.Method, target)
			}
			if to := w.header.Get("Location"); to != "" && !strings.HasPrefix(to, c.url+"/") && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
				t.Errorf("%s %.120s leads to %s", route.Method, target, to)
			}
			if strings.Contains(strings.Join(w.header.Values("Set-Cookie"), ";"), "planted") {
				t.Errorf("%s %.120s plants a cookie", route.Method, target)
			}
			if strings.HasPrefix(w.header.Get("Content-Type"), "text/html") {
				policy := w.header.Get("Content-Security-Policy")
				if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || w.header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s %.120s may do what it likes: %q", route.Method, target, policy)
				}
			}
		}
	}
}

// A form of another site, and one without end, are refused wherever something can be sent to.
func TestHostileFormsOfResidents(t *testing.T) {
	c := newCenter(t)
	endless := "x=" + strings.Repeat("a", 6<<20)
	n := 0
	for _, route := range c.routesOf() {
		if route.Method != http.MethodPost || route.Path == ippo.WebhookPath {
			continue
		}
		n++
		target := parameter.ReplaceAllString(route.Path, "1")
		kind := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		for _, from := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example"}} {
			from["Content-Type"] = kind["Content-Type"]
			if w := c.ask(route.Method, target, "x=1", from); w.code != http.StatusForbidden {
				t.Errorf("%s from another site answers %d", target, w.code)
			}
		}
		kind["Sec-Fetch-Site"] = "same-origin"
		if w := c.ask(route.Method, target, endless, kind); w.code < 400 || w.code >= 500 {
			t.Errorf("%s takes 6 MB: %d", target, w.code)
		}
		kind["Content-Type"] = "multipart/form-data; boundary=x"
		if w := c.ask(route.Method, target, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x\"\r\n\r\n", kind); w.code >= 500 {
			t.Errorf("%s breaks over half a file: %d", target, w.code)
		}
	}
	if n == 0 {
		t.Error("no route takes a form")
	}
	// The webhook takes what LINE has signed, and nothing else.
	for _, body := range []string{"", "{}", endless, `{"events":[{}]}`} {
		if w := c.ask(http.MethodPost, ippo.WebhookPath, body, map[string]string{"X-Line-Signature": "forged"}); w.code < 400 || w.code >= 500 {
			t.Errorf("the webhook answers %d to a forged body of %d bytes", w.code, len(body))
		}
	}
}

// Whatever stands in any text that staff wrote is shown as words on residents' pages.
func TestHostileWordsOnPagesOfResidents(t *testing.T) {
	c := newCenter(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	settings, err := c.store.Settings(ctx)
	must(err)
	settings.Office.Name, settings.Office.City, settings.Office.Address, settings.Office.Hours = hostileText, "<img src=x>", hostileText, hostileText
	must(c.store.SaveSettings(ctx, 0, settings))
	in := func(texts []ippo.ContentText) ippo.Translations {
		own := map[string]string{}
		for _, one := range texts {
			own[one.Name] = hostileText
		}
		return ippo.Translations{ippo.English: {Texts: own}}
	}
	n := ippo.News{Slug: "hostile", Kind: ippo.NewsHero, Title: hostileText, Summary: hostileText, Body: hostileText + " https://a.example/?\"><script>hostile()</script>", Status: ippo.ContentPublished, PublishAt: c.clock.Now()}
	n.Translations = in(n.Texts())
	_, err = c.store.CreateNews(ctx, 0, n)
	must(err)
	e := ippo.Event{Slug: "hostile", Title: hostileText, Summary: hostileText, Body: hostileText, Place: hostileText, Cost: hostileText, Contact: hostileText,
		StartsAt: c.clock.Now().AddDate(0, 0, 3), EndsAt: c.clock.Now().AddDate(0, 0, 4), Status: ippo.ContentPublished}
	e.Translations = in(e.Texts())
	_, err = c.store.CreateEvent(ctx, 0, e)
	must(err)
	g := ippo.ActivityGroup{Slug: "hostile", Name: hostileText, Kana: hostileText, Summary: hostileText, Body: hostileText, Place: hostileText, When: hostileText, Whom: hostileText, Cost: hostileText, Contact: hostileText, Receiving: true}
	g.Translations = in(g.Texts())
	_, err = c.store.CreateActivityGroup(ctx, 0, g)
	must(err)
	campaign := ippo.Campaign{
		Slug: "hostile", Title: hostileText, Story: hostileText, Whom: hostileText, Phrase: hostileText, Reminders: []string{hostileText}, Thanks: hostileText,
		StartsOn: "2026-03-01", EndsOn: "2026-12-31", Audience: ippo.Audience{Ambassadors: true}, Schedule: ippo.Schedule{Kind: ippo.ScheduleMonthly, Day: 1, At: 10 * 60},
	}
	boss, err := c.store.CreateStaff(ctx, 0, ippo.Staff{Name: "市川", Email: "hostile@example.jp", Role: ippo.Administrator}, "hash")
	must(err)
	_, err = c.store.CreateCampaign(ctx, boss.ID, campaign)
	must(err)
	seen := 0
	for _, route := range c.routesOf() {
		if route.Method != http.MethodGet || strings.Contains(route.Path, ":link") {
			continue
		}
		for _, lang := range []string{"", "?lang=en", "?lang=ja-x-easy", "?q=" + "hostile"} {
			target := parameter.ReplaceAllString(route.Path, "hostile") + lang
			w := c.ask(http.MethodGet, target, "", nil)
			body, kind := w.body, w.header.Get("Content-Type")
			if harmful(body) && !strings.HasPrefix(kind, "text/calendar") { // which is saved, not shown
				t.Errorf("%s shows it as it is", target)
			}
			if strings.Contains(body, "&lt;script&gt;hostile") {
				seen++
			}
		}
	}
	if seen < 12 {
		t.Errorf("only %d pages show any of it: the test looks past them", seen)
	}
}
