package bot

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
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
		StartsOn: "2026-03-01", EndsOn: "2026-12-31", Audience: ippo.Audience{Ambassadors: true}, Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Wednesday}, At: 10 * 60},
	}
	boss, err := c.store.CreateStaff(ctx, 0, ippo.Staff{Name: "市川", Email: "hostile@example.jp", Role: ippo.Administrator}, "hash")
	must(err)
	campaign, err = c.store.CreateCampaign(ctx, boss.ID, campaign)
	must(err)
	c.show(campaign)
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

// holder is somebody of whom the center keeps all that it keeps of anybody, with a link of every kind, each
// opened in a browser of its own.
type holder struct {
	follower ippo.FollowerID
	mark     string            // stands in every text of theirs, and in nobody else's
	links    map[string]string // by what they are for
	cookies  map[string]string // of the browsers that opened them
}

// What links of groups are for, beside those of residents.
const (
	toMatch = "group's match"
	toFresh = "group's question"
)

// holds fills in everything about a new resident. Every text of it would run if it were shown as it is.
func (c *center) holds(number int) holder {
	c.t.Helper()
	ctx := c.t.Context()
	h := holder{mark: fmt.Sprintf("mark%d", number), links: map[string]string{}, cookies: map[string]string{}}
	name, contact, text := h.mark+` "'><img src=x>`, h.mark+"@example.jp", h.mark+" "+hostileText
	err := c.store.Write(ctx, func(tx *store.Tx) (err error) {
		if h.follower, err = tx.Follow(ctx, fmt.Sprintf("U%032x", number), name, ippo.Japanese, c.clock.Now()); err != nil {
			return err
		}
		if err := tx.WriteConsultation(ctx, h.follower, ippo.ConsultPlace, text, text); err != nil {
			return err
		}
		if _, err := tx.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestDanger, Follower: h.follower, Body: text}, ""); err != nil {
			return err
		}
		_, err = tx.ApplyAmbassador(ctx, ippo.Ambassador{
			Follower: h.follower, Name: name, Kana: name, Contact: contact, AgeBand: "30s", Vision: text, Actions: []string{"callout"}, ConsentedAt: c.clock.Now(),
		})
		if err != nil {
			return err
		}
		if err := tx.WriteVision(ctx, h.follower, text, true); err != nil {
			return err
		}
		visitor := ippo.Attendee{Name: name, Contact: contact}
		if _, _, err := tx.Reserve(ctx, ippo.Reservation{Event: 1, Follower: h.follower, Way: ippo.ReservedByLine, Party: 1, Attendee: visitor}, false); err != nil {
			return err
		}
		match, err := tx.WishMatch(ctx, h.follower, 1, ippo.Wish{})
		if err != nil {
			return err
		}
		consent := ippo.Consent{Group: "えほんの広場", Items: ippo.ConsentItems, Words: text, At: tx.Now()}
		if err := tx.AskMatch(ctx, match, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: name, Contact: contact, Text: text}, consent); err != nil {
			return err
		}
		handed, err := tx.HandMatch(ctx, 1, match, store.WayMail)
		if err != nil {
			return err
		}
		h.links[toMatch] = handed.Path(c.bot.hosts)
		asked, err := tx.AskGroup(ctx, ippo.ActivityGroupID(number), store.WayMail)
		if err != nil {
			return err
		}
		h.links[toFresh] = asked.Path(c.bot.hosts)
		for purpose, about := range map[string]any{
			purposeAmbassador: ambassadorContext{Actions: []string{"callout"}, ConsentedAt: tx.Now()}, purposeContact: contactContext{}, purposeVisit: visitContext{Group: 2, GroupName: name},
			purposeSignUp: signUpContext{Event: 1}, purposeVision: struct{}{}, purposeData: struct{}{}, purposeTake: struct{}{}, store.PurposeRoom: roomContext{Draft: text},
		} {
			context, err := json.Marshal(about)
			if err != nil {
				return err
			}
			l := store.NewFormLink(h.follower, purpose, context, tx.Now().Add(linkLife))
			if err := tx.AddFormLink(ctx, l); err != nil {
				return err
			}
			h.links[purpose] = l.Path(c.bot.links)
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for what, link := range h.links {
		w := c.ask(http.MethodPost, link, "", sends(""))
		if what == toFresh { // whose buttons are at its address
			continue
		}
		if h.cookies[what], _, _ = strings.Cut(w.header.Get("Set-Cookie"), ";"); w.code != http.StatusSeeOther || h.cookies[what] == "" {
			c.t.Fatalf("opening the link to %s: %d %s", what, w.code, w.body)
		}
	}
	return h
}

// sends is what a browser with this cookie says of a form of ours.
func sends(cookie string) map[string]string {
	return map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
}

// twoHolders are two residents, and the routes by which one's links lead anywhere.
func (c *center) twoHolders() (a, b holder, routes gin.RoutesInfo) {
	c.t.Helper()
	c.opens("matsuri", func(e *ippo.Event) { e.SignUp.AsksName, e.SignUp.MaxParty = true, 4 })
	for _, route := range c.routesOf() {
		if strings.Contains(route.Path, ":link") {
			routes = append(routes, route)
		}
	}
	if len(routes) < 13 {
		c.t.Fatalf("only %d routes take a link", len(routes))
	}
	return c.holds(1), c.holds(2), routes
}

// below is an address of a route for a link; "" if the link is no link of that kind of route.
func below(route gin.RouteInfo, link string) string {
	door, rest, _ := strings.Cut(route.Path, ":link")
	code, ok := strings.CutPrefix(link, door)
	if !ok {
		return ""
	}
	return door + code + strings.ReplaceAll(rest, ":format", "mydata.html")
}

// kept is all that the center has of both.
func (c *center) kept(of ...holder) string {
	c.t.Helper()
	var all []any
	for _, h := range of {
		d, err := c.store.PersonalData(c.t.Context(), h.follower)
		if err != nil {
			c.t.Fatal(err)
		}
		d.At = time.Time{}
		match, err := c.store.LatestMatch(c.t.Context(), h.follower, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		all = append(all, d, match)
	}
	groups, err := c.store.ActivityGroups(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	text, err := json.Marshal(append(all, groups))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// answers fills in every field that any form of residents has.
const answers = "name=x&kana=x&contact=000-9999-9999&ageBand=30s&vision=x&named=yes&text=x&kind=other&consent=yes&party=2&answer=welcome&visitOn=2026-04-11&do=withdraw"

// A link is its own person's, in the browser that opened it: without that browser's cookie, with another's, with
// another link's, changed, of another kind or too old, it shows nothing of anybody and changes nothing.
func TestLinksAreOnePersons(t *testing.T) {
	c := newCenter(t)
	a, b, routes := c.twoHolders()
	before := c.kept(a, b)
	refused := func(why string, route gin.RouteInfo, target, cookie string) {
		t.Helper()
		w := c.ask(route.Method, target, answers, sends(cookie))
		if w.code != http.StatusForbidden && w.code != http.StatusNotFound && w.code != http.StatusGone {
			t.Errorf("%s %s %s answers %d", route.Method, route.Path, why, w.code)
		}
		if strings.Contains(w.body, a.mark) || strings.Contains(w.body, b.mark) || w.header.Get("Set-Cookie") != "" {
			t.Errorf("%s %s %s shows what is somebody's", route.Method, route.Path, why)
		}
	}
	tried := 0
	for _, route := range routes {
		for what, link := range a.links {
			target := below(route, link)
			if target == "" { // a resident's link for a group's page, or the other way round
				door, rest, _ := strings.Cut(route.Path, ":link")
				refused("with a link to "+what, route, door+link[strings.LastIndexByte(link, '/')+1:]+strings.ReplaceAll(rest, ":format", "mydata.html"), strings.Join(slices.Collect(maps.Values(a.cookies)), "; "))
				continue
			}
			tried++
			// Changed: another's, with this one's signature; this one's, with another's; one that ends later.
			door := target[:strings.LastIndexByte(link, '/')+1]
			rest := strings.TrimPrefix(target, link)
			mine, others := link[len(door):], b.links[what][len(door):]
			for _, code := range []string{others[:len(others)/2] + mine[len(mine)/2:], mine[:len(mine)/2] + others[len(others)/2:], mine[:12] + "B" + mine[13:], mine[:len(mine)-4], mine + "A", strings.ToUpper(mine)} {
				if code != mine && code != others {
					refused("with a changed link to "+what, route, door+code+rest, a.cookies[what]+"; "+b.cookies[what])
				}
			}
			if what == toFresh { // whoever has it may answer, as for a letter; it shows what everybody may read
				if w := c.ask(http.MethodGet, link, "", nil); w.code != http.StatusOK || strings.Contains(w.body, a.mark) || strings.Contains(w.body, b.mark) {
					t.Errorf("%s %s: %d", route.Method, route.Path, w.code)
				}
				if !strings.HasSuffix(route.Path, "/fresh") && route.Path != "/r/g/:link" || route.Path == "/r/g/:link" && route.Method == http.MethodPost {
					refused("with a link to "+what, route, target, a.cookies[toMatch])
				}
				continue
			}
			refused("of "+what+" without a cookie", route, target, "")
			refused("of "+what+" with another's cookie", route, target, b.cookies[what])
			name, _, _ := strings.Cut(a.cookies[what], "=")
			refused("of "+what+" with an empty cookie", route, target, name+"=")
			for other, cookie := range a.cookies {
				if other != what {
					refused("of "+what+" with the cookie of "+other, route, target, cookie)
				}
			}
		}
	}
	if tried < 74 {
		t.Errorf("only %d links were tried", tried)
	}
	if now := c.kept(a, b); now != before {
		t.Errorf("refused, and yet it changed what is kept from\n%s\nto\n%s", before, now)
	}
	c.clock.pass(91 * 24 * time.Hour)
	for _, route := range routes {
		for what, link := range a.links {
			if target := below(route, link); target != "" {
				refused("of "+what+" after its end", route, target, a.cookies[what])
			}
		}
	}
}

// On their own pages everybody reads their own words as words, and nothing of anybody else's.
func TestHostileWordsOnOnesOwnPages(t *testing.T) {
	c := newCenter(t)
	a, b, routes := c.twoHolders()
	shown := map[string]bool{}
	for _, who := range []holder{a, b} {
		other := a.mark
		if who.mark == a.mark {
			other = b.mark
		}
		for _, route := range routes {
			for what, link := range who.links {
				target := below(route, link)
				// A form that is sent with problems comes back with what was typed: nothing is spent.
				body := "name=" + url.QueryEscape(hostileText+strings.Repeat("x", 1000)) + "&kana=" + url.QueryEscape(hostileText) + "&contact=" + url.QueryEscape(hostileText) + "&vision=" + url.QueryEscape(hostileText+strings.Repeat("x", 1000)) +
					"&text=" + url.QueryEscape(hostileText+strings.Repeat("x", 9000)) + "&visitOn=" + url.QueryEscape(hostileText) + "&answer=" + url.QueryEscape(hostileText) + "&kind=" + url.QueryEscape(hostileText)
				if target == "" {
					continue
				}
				w := c.ask(route.Method, target, body, sends(who.cookies[what]))
				if w.code >= http.StatusInternalServerError {
					t.Errorf("%s %s of %s: %d", route.Method, route.Path, what, w.code)
				}
				if harmful(w.body) {
					t.Errorf("%s %s of %s shows it as it is", route.Method, route.Path, what)
				}
				if strings.Contains(w.body, other) {
					t.Errorf("%s %s of %s shows what is another's", route.Method, route.Path, what)
				}
				if strings.Contains(w.body, "&lt;img src=x") {
					shown[route.Method+" "+what] = true
				}
			}
		}
	}
	for _, want := range []string{
		"GET " + purposeData, "GET " + purposeTake, "GET " + store.PurposeRoom, "GET " + purposeVision, "GET " + purposeVisit, "GET " + toMatch, "POST " + purposeAmbassador, "POST " + purposeContact,
		"POST " + purposeVisit, "POST " + purposeSignUp, "POST " + purposeVision, "POST " + purposeData, "POST " + store.PurposeRoom, "POST " + toMatch,
	} {
		if !shown[want] {
			t.Errorf("%s shows nothing of it: the test looks past it", want)
		}
	}
}

// A form without end is refused by words on every page that takes one, also where everything else about it is right.
func TestEndlessFormsOfOnesOwn(t *testing.T) {
	c := newCenter(t)
	a, b, routes := c.twoHolders()
	before := c.kept(a, b)
	tried := 0
	for _, route := range routes {
		if route.Method != http.MethodPost {
			continue
		}
		for what, link := range a.links {
			target := below(route, link)
			if target == "" || what == toFresh && !strings.HasSuffix(route.Path, "/fresh") || what == toMatch && strings.HasSuffix(route.Path, "/fresh") ||
				strings.HasSuffix(route.Path, "/edit") && what != purposeData && what != purposeTake {
				continue // no page of this link
			}
			tried++
			w := c.ask(route.Method, target, answers+"&more="+strings.Repeat("a", 6<<20), sends(a.cookies[what]))
			if w.code != http.StatusBadRequest || !strings.Contains(w.body, "入力が長すぎるか") {
				t.Errorf("%s of %s takes 6 MB: %d", route.Path, what, w.code)
			}
		}
	}
	if tried < 16 {
		t.Errorf("only %d forms were tried", tried)
	}
	if now := c.kept(a, b); now != before {
		t.Errorf("refused, and yet it changed what is kept from\n%s\nto\n%s", before, now)
	}
}
