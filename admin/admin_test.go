package admin

import (
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/faq"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/internal/storetest"
	"ippo/store"
)

const password = "correct horse battery"

// passwordHash is made once, and cheaply: argon2id is slow on purpose, and what a comparison costs stands in the hash.
var passwordHash = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// office is a panel at work: a database, a LINE and one person of each role.
type office struct {
	dir      string // of the database
	t        testing.TB
	panel    *Panel
	store    *store.Store
	platform *linesim.Platform
	url      string
	woken    int
	staff    map[ippo.Role]ippo.Staff
	width    int // of its screens, in pixels; 0: of a desk

	mu  sync.Mutex
	now time.Time
}

// A Friday morning.
var opening = time.Date(2026, 3, 6, 10, 0, 0, 0, ippo.Tokyo)

func open(t testing.TB) *office {
	t.Helper()
	gin.SetMode(gin.TestMode)
	keys, err := secret.Parse(base64.StdEncoding.EncodeToString(make([]byte, secret.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := &office{t: t, dir: dir, now: opening, staff: map[ippo.Role]ippo.Staff{}}
	witness := o.bearWitness()
	st := storetest.Open(t, dir, keys)
	o.store = st
	st.Now, st.PublicURL = o.clock, "http://127.0.0.1"
	o.platform = linesim.New(linesim.Options{Quota: 5000, NoRateLimits: true, AllowLoopbackHTTP: true, BasicID: "@123abcde"})
	lineServer := httptest.NewServer(o.platform.Handler())
	client, err := line.New(line.Config{AccessToken: o.platform.Options().AccessToken, APIEndpoint: lineServer.URL, DataEndpoint: lineServer.URL})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	o.panel, err = New(Config{
		Store: st, Line: client.Desk(), Keys: keys, PublicURL: "http://127.0.0.1", Now: o.clock,
		Wake: o.wake, Try: o.answers, Log: slog.New(slog.NewTextHandler(&log, nil)), MailOff: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	engine.Use(witness.watch)
	o.panel.Routes(engine)
	expectLines(engine.Routes())
	server := httptest.NewServer(engine)
	o.url = server.URL
	t.Cleanup(func() {
		server.Close()
		lineServer.Close()
		o.platform.Close()
		st.Close()
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, "level=ERROR") {
				t.Errorf("the panel logged a fault: %s", line)
			}
		}
	})
	if err := st.SaveModules(t.Context(), 0, ippo.Modules()); err != nil {
		t.Fatal(err)
	}
	hash, err := passwordHash()
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range ippo.Roles {
		who, err := st.CreateStaff(t.Context(), 0, ippo.Staff{Name: role.Words() + "さん", Email: string(role) + "@example.jp", Role: role}, hash)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.MoveTour(t.Context(), who.ID, tourDone); err != nil {
			t.Fatal(err)
		}
		o.staff[role] = who
	}
	return o
}

// answers stands in for the bot, which knows no more here than frequent questions.
func (o *office) answers(ctx context.Context, text string, _ ippo.Language) (ippo.Trial, error) {
	found, err := o.panel.FAQ.Search(ctx, text)
	switch found.Outcome {
	case faq.Answer:
		return ippo.Trial{Rule: ippo.RuleFAQ, Messages: []ippo.Message{textMessage(found.Hits[0].FAQ.Answer)}}, err
	case faq.Offer:
		return ippo.Trial{Rule: ippo.RuleFAQs, Messages: []ippo.Message{textMessage("どれですか")}}, err
	}
	return ippo.Trial{Rule: ippo.RuleUnknown, Messages: []ippo.Message{textMessage("わかりませんでした")}}, err
}

func (o *office) wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.woken++
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) setClock(t time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = t
}

// person is somebody at a browser of their own, who is sent as far as the next answer.
type person struct {
	o      *office
	client *http.Client
}

// visitor is somebody who is not logged in.
func (o *office) visitor() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &person{o, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is the person with a role, logged in.
func (o *office) as(role ippo.Role) *person {
	o.t.Helper()
	b := o.visitor()
	b.post("/admin/login", "email", string(role)+"@example.jp", "password", password).want(http.StatusSeeOther)
	return b
}

// reply is what came back.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   string
}

func (b *person) do(r *http.Request) reply {
	b.o.t.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	return reply{b.o.t, r.Method + " " + r.URL.Path, resp.StatusCode, resp.Header, string(body)}
}

func (b *person) request(method, path string, fields ...string) *http.Request {
	b.o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.o.t.Context()), method, b.o.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.o.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

func (b *person) get(path string) reply {
	b.o.t.Helper()
	return b.do(b.request(http.MethodGet, path))
}

func (b *person) post(path string, fields ...string) reply {
	b.o.t.Helper()
	return b.do(b.request(http.MethodPost, path, fields...))
}

// follow opens where a reply leads.
func (b *person) follow(r reply) reply {
	b.o.t.Helper()
	r.want(http.StatusSeeOther)
	return b.get(r.header.Get("Location"))
}

func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d, want %d\n%s", r.what, r.status, status, text(r.body))
	}
	return r
}

// helped is the help of a page, closed: its summary, and what is folded away.
var helped = regexp.MustCompile(`(?s)(<details class="help">.*?</summary>).*?</details>`)

// says checks for words on the page, tags aside.
func (r reply) says(words ...string) reply {
	r.t.Helper()
	page := text(r.body)
	for _, w := range words {
		if !strings.Contains(page, w) {
			r.t.Errorf("%s does not say %q:\n%s", r.what, w, page)
		}
	}
	return r
}

// saysNot checks that words are not on the page. Its help may name what the page does not show now.
func (r reply) saysNot(words ...string) reply {
	r.t.Helper()
	page := text(helped.ReplaceAllString(r.body, "$1"))
	for _, w := range words {
		if strings.Contains(page, w) {
			r.t.Errorf("%s says %q", r.what, w)
		}
	}
	return r
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

func text(page string) string {
	plain := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(tags.ReplaceAllString(page, ""))
	return spaces.ReplaceAllString(plain, " ")
}

func (o *office) campaign() ippo.Campaign {
	return ippo.Campaign{
		Slug: "okaeri", Title: "帰っておいでよ", Reminders: []string{"今週も、声をかけてみませんか。"}, StartsOn: "2026-03-01", EndsOn: "2026-12-31",
		Audience: ippo.Audience{All: true}, Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Monday}, At: 9 * 60},
	}
}

func (o *office) draft(title string) *ippo.Broadcast {
	return &ippo.Broadcast{Title: title, Messages: []ippo.Message{textMessage("春まつりのお知らせです。")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
}

// follow makes a friend called 川口 花.
func (o *office) follow(lineID string) error {
	o.platform.AddUser(linesim.User{ID: lineID, DisplayName: "川口 花", Friend: true})
	return o.store.Write(o.t.Context(), func(t *store.Tx) error {
		_, err := t.Follow(o.t.Context(), lineID, "川口 花", ippo.Japanese, opening)
		return err
	})
}

// apply signs follower n up as an ambassador.
func (o *office) apply(n ippo.FollowerID) error {
	return o.store.Write(o.t.Context(), func(t *store.Tx) error {
		_, err := t.ApplyAmbassador(o.t.Context(), ippo.Ambassador{
			Follower: n, Name: "川口 花", Kana: "かわぐち はな", Contact: "000-1111-2222", AgeBand: "30s", Vision: "=みんなで歩くまち",
			Actions: []string{"callout", "flyer", "友だちに話す"}, ConsentedAt: opening,
		})
		return err
	})
}

// askDesk writes words of danger as follower n.
func (o *office) askDesk(n ippo.FollowerID) error {
	return o.store.Write(o.t.Context(), func(t *store.Tx) error {
		_, err := t.AddDeskRequest(o.t.Context(), ippo.DeskRequest{Kind: ippo.RequestDanger, Follower: n, Body: "助けて"}, "")
		return err
	})
}
