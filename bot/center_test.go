package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/internal/storetest"
	"ippo/messages"
	"ippo/store"
)

// center is a small center's account at work, with a LINE to talk to.
type center struct {
	t        testing.TB
	store    *store.Store
	bot      *Bot
	platform *linesim.Platform
	url      string
	dir      string // of the database
	clock    *clock
	woken    *atomic.Int32 // how often package jobs was told that there may be something to do
	stop     context.CancelFunc
	stopped  chan struct{}
	approver ippo.StaffID // of what others wrote; 0: not needed yet
}

// clock can be moved. It begins shortly before midnight at a month's end.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const testSecret = "8c570fa6dd201bb328f1c1eac23a96d8"

func newCenter(t testing.TB) *center {
	t.Helper()
	c := openCenter(t, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	c.fill()
	return c
}

// openCenter is a center on its first day: nothing has been filled in.
func openCenter(t testing.TB, log *slog.Logger) *center {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	c := &center{woken: new(atomic.Int32), t: t, clock: &clock{now: time.Date(2026, 3, 31, 23, 59, 30, 0, ippo.Tokyo)}, stopped: make(chan struct{})}
	dir := t.TempDir()
	c.dir = dir
	keys, err := secret.Load(dir + "/secret.key")
	if err != nil {
		t.Fatal(err)
	}
	c.store = storetest.Open(t, dir, keys)
	c.store.Now = c.clock.Now
	c.platform = linesim.New(linesim.Options{
		ChannelSecret: testSecret, AccessToken: "token", NoRateLimits: true, AllowLoopbackHTTP: true, Now: c.clock.Now,
	})
	lineServer := httptest.NewServer(c.platform.Handler())
	client, err := line.New(line.Config{AccessToken: "token", APIEndpoint: lineServer.URL, DataEndpoint: lineServer.URL, Timeout: 2 * time.Second, Unpaced: true, Now: c.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	server := httptest.NewServer(engine)
	c.url = server.URL
	c.bot, err = New(Config{
		Store: c.store, Line: client, PublicURL: server.URL, ChannelSecrets: []string{"another", testSecret}, Keys: keys,
		Now: c.clock.Now, Log: log, Wake: func() { c.woken.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.bot.Routes(engine)
	c.platform.SetWebhookURL(server.URL + "/line/webhook")
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	go func() {
		defer close(c.stopped)
		_ = c.bot.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-c.stopped
		c.platform.Close()
		server.Close()
		lineServer.Close()
		if err := c.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// fill puts in what a small town has.
func (c *center) fill() {
	c.t.Helper()
	ctx := c.t.Context()
	must := func(err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	settings := ippo.DefaultSettings()
	settings.Modules = ippo.Modules()
	settings.Office = ippo.Office{
		Account: "みらい市 市民協働センター", Name: "みらい市民協働センター", City: "みらい市", Phone: "000-123-4567",
		Hours: "平日 9:00〜17:00", Address: "みらい市中央1-1",
	}
	must(c.store.SaveSettings(ctx, 0, settings))
	number := make(map[string]int)
	for i, x := range [][4]string{
		{"kosodate", "子育て", "こそだて", "Children"}, {"fukushi", "福祉", "ふくし", "Welfare"},
		{"kokusai", "国際交流", "こくさい", "International"}, {"bosai", "防災", "ぼうさい", "Disaster"},
	} {
		made, err := c.store.CreateTopic(ctx, 0, ippo.Topic{Slug: x[0], Name: x[1], Names: ippo.Names{ippo.EasyJapanese: x[2], ippo.English: x[3]}, Order: i})
		must(err)
		number[x[0]] = made.Number
	}
	for i, x := range [][4]string{{"chuo", "中央", "ちゅうおう", "Central"}, {"kita", "北山", "きたやま", "Kitayama"}, {"umi", "海浜", "うみはま", "Seaside"}} {
		made, err := c.store.CreateArea(ctx, 0, ippo.Area{Slug: x[0], Name: x[1], Names: ippo.Names{ippo.EasyJapanese: x[2], ippo.English: x[3]}, Order: i})
		must(err)
		number[x[0]] = made.Number
	}
	of := func(slugs ...string) (choice ippo.Choice) {
		for _, s := range slugs {
			choice = choice.With(number[s])
		}
		return choice
	}
	for _, e := range []ippo.Entry{{Slug: "shimin-ka", Name: "市民課の窓口", Newcomer: true}, {Slug: "poster", Name: "ポスター"}} {
		_, err := c.store.CreateEntry(ctx, 0, e)
		must(err)
	}
	for _, g := range []ippo.ActivityGroup{
		{Slug: "ehon", Name: "えほんの広場", Summary: "絵本の読み聞かせ", Topics: of("kosodate"), Areas: of("chuo"), Place: "中央図書館",
			Weekdays: 1 << time.Saturday, Parts: ippo.Morning, When: "毎週土曜 10:00〜11:30", Whom: "親子", Beginners: true, Children: true, Receiving: true},
		{Slug: "igo", Name: "みらい囲碁クラブ", Kana: "みらいいごくらぶ", Summary: "囲碁を楽しむ会", Topics: of("fukushi"), Areas: of("kita"),
			Weekdays: 1 << time.Wednesday, Parts: ippo.Afternoon, When: "毎週水曜 13:30〜16:00", Beginners: true, Wheelchair: true, Receiving: true},
		{Slug: "nihongo", Name: "にほんごサロン", Summary: "外国から来た人と日本語で話す", Topics: of("kokusai"), Areas: of("chuo"),
			Weekdays: 1 << time.Sunday, Parts: ippo.Afternoon, When: "第2・第4日曜 14:00〜16:00", Beginners: true, Children: true, Receiving: true},
		{Slug: "bosai", Name: "北山防災の会", Summary: "地域の防災訓練", Topics: of("bosai"), Areas: of("kita"), Receiving: true},
		{Slug: "hidden", Name: "解散した会", Summary: "いまはない会", Hidden: true},
	} {
		_, err := c.store.CreateActivityGroup(ctx, 0, g)
		must(err)
	}
	now := c.clock.Now()
	for i := range 8 {
		_, err := c.store.CreateNews(ctx, 0, ippo.News{
			Slug: fmt.Sprintf("news-%d", i), Kind: ippo.NewsPlain, Title: fmt.Sprintf("お知らせ%d号", i), Summary: "概要です", Body: "本文 https://example.jp/ です",
			Topics: of("kosodate"), Status: ippo.ContentPublished, PublishAt: now.Add(-time.Duration(i+1) * time.Hour),
		})
		must(err)
	}
	for _, n := range []ippo.News{
		{Slug: "draft", Kind: ippo.NewsPlain, Title: "下書きのお知らせ", Summary: "まだ", Status: ippo.ContentDraft, PublishAt: now},
		{Slug: "kita-fukushi", Kind: ippo.NewsPlain, Title: "北山の福祉", Summary: "北山だけ", Topics: of("fukushi"), Areas: of("kita"), Status: ippo.ContentPublished, PublishAt: now.Add(-time.Minute)},
	} {
		_, err := c.store.CreateNews(ctx, 0, n)
		must(err)
	}
	_, err := c.store.CreateEvent(ctx, 0, ippo.Event{
		Slug: "matsuri", Title: "春の市民まつり", Summary: "団体の発表", StartsAt: now.Add(72 * time.Hour), EndsAt: now.Add(75 * time.Hour),
		Place: "中央広場", Capacity: 30, Status: ippo.ContentPublished,
	})
	must(err)
	author, err := c.store.CreateStaff(ctx, 0, ippo.Staff{Name: "担当", Email: "a@example.jp", Role: ippo.Administrator}, "$argon2id$")
	must(err)
	_, err = c.store.CreateCampaign(ctx, author.ID, ippo.Campaign{
		Slug: "kaette", Title: "帰っておいでよ作戦", Story: "家族に声をかけよう", Whom: "離れて暮らす家族", Phrase: "こんどの休み、帰っておいでよ",
		StartsOn: "2026-03-01", EndsOn: "2026-12-31", Audience: ippo.Audience{Ambassadors: true}, Reminders: []string{"声をかけましょう"},
		Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Wednesday}, At: 9 * 60},
	})
	must(err)
	c.showCampaign()
}

// showCampaign lets residents see the campaign as it is.
func (c *center) showCampaign() { c.t.Helper(); c.show(c.campaign()) }

// show lets a second person approve a campaign.
func (c *center) show(campaign ippo.Campaign) {
	c.t.Helper()
	ctx := c.t.Context()
	if c.approver == 0 {
		made, err := c.store.CreateStaff(ctx, 0, ippo.Staff{Name: "上司", Email: "ue@example.jp", Role: ippo.Administrator}, "$argon2id$")
		if err != nil {
			c.t.Fatal(err)
		}
		c.approver = made.ID
	}
	if _, err := c.store.Activate(ctx, c.approver, campaign.Recurring().Source, store.Approval{Hash: campaign.Hash()}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *center) campaign() ippo.Campaign {
	c.t.Helper()
	campaign, err := c.store.CampaignBySlug(c.t.Context(), "kaette")
	if err != nil {
		c.t.Fatal(err)
	}
	return campaign
}

// change changes the campaign, which waits for its approval then.
func (c *center) change(campaign ippo.Campaign) {
	c.t.Helper()
	if err := c.store.UpdateCampaign(c.t.Context(), 1, campaign); err != nil {
		c.t.Fatal(err)
	}
}

// resident is somebody with a phone.
type resident struct {
	*center
	id   string
	seen int // messages of the account read so far
}

func (c *center) resident(language string) *resident {
	u := c.platform.AddUser(linesim.User{DisplayName: "山田花子", Language: language})
	return &resident{center: c, id: u.ID}
}

// friend is a resident who has been through the settings by skipping them.
func (c *center) friend() *resident {
	c.t.Helper()
	r := c.resident("ja")
	r.follow()
	r.say("とばす")
	r.say("とばす")
	r.say("とばす")
	return r
}

// answer waits for the account's answer and returns it.
func (r *resident) answer() answer {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	if err := r.platform.WaitFor(ctx, func() bool { return len(r.platform.SentTo(r.id)) > r.seen }); err != nil {
		r.t.Fatalf("no answer: %v", err)
	}
	sent := r.platform.SentTo(r.id)
	a := answer{t: r.t, messages: sent[r.seen:]}
	r.seen = len(sent)
	return a
}

func (r *resident) act(err error) answer {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	return r.answer()
}

func (r *resident) follow() answer { r.t.Helper(); return r.act(r.platform.Follow(r.id)) }

func (r *resident) say(text string) answer {
	r.t.Helper()
	_, err := r.platform.Say(r.id, text)
	a := r.act(err)
	a.to = text
	return a
}

// tap taps the button of an answer with this label.
func (r *resident) tap(a answer, label string) answer {
	r.t.Helper()
	action := a.button(label)
	if action == nil {
		r.t.Fatalf("no button %q in:\n%s", label, a.words())
	}
	_, err := r.platform.Tap(r.id, action, "")
	return r.act(err)
}

// idle waits until nothing is under way.
func (r *resident) idle() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	if err := r.platform.WaitIdle(ctx); err != nil {
		r.t.Fatal(err)
	}
	for {
		open, err := r.store.OpenEvents(ctx, 0, 10)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(open) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatalf("%d events are still open", len(open))
		case <-time.After(time.Millisecond):
		}
	}
}

func (r *resident) me() ippo.Follower {
	r.t.Helper()
	f, err := r.store.FollowerByLineID(r.t.Context(), r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// answer is what the account sent at once.
type answer struct {
	t        testing.TB
	to       string // what was said
	messages []json.RawMessage
}

// words is all that can be read in an answer.
func (a answer) words() string {
	var b strings.Builder
	for _, m := range a.messages {
		b.WriteString(messages.Alt(ippo.Message(m)) + "\n")
		var content any
		_ = json.Unmarshal(m, &content)
		walk(content, func(o map[string]any) {
			if s, ok := o["text"].(string); ok && o["type"] == "text" {
				b.WriteString(s + "\n")
			}
			if s, ok := o["label"].(string); ok {
				b.WriteString("[" + s + "]\n")
			}
		})
	}
	return b.String()
}

// has fails unless every text can be read in the answer.
func (a answer) has(texts ...string) answer {
	a.t.Helper()
	for _, s := range texts {
		if !strings.Contains(a.words(), s) {
			a.t.Errorf("answer to %q lacks %q:\n%s", a.to, s, a.words())
		}
	}
	return a
}

func (a answer) lacks(texts ...string) answer {
	a.t.Helper()
	for _, s := range texts {
		if strings.Contains(a.words(), s) {
			a.t.Errorf("answer should not say %q:\n%s", s, a.words())
		}
	}
	return a
}

// button returns the action with this label, or whose label ends so after its number.
func (a answer) button(label string) (found json.RawMessage) {
	for i := len(a.messages) - 1; i >= 0 && found == nil; i-- {
		var content any
		_ = json.Unmarshal(a.messages[i], &content)
		walk(content, func(o map[string]any) {
			l, _ := o["label"].(string)
			if _, isAction := o["type"].(string); isAction && found == nil && (l == label || strings.HasSuffix(l, " "+label)) {
				found, _ = json.Marshal(o)
			}
		})
	}
	return found
}

// page returns the address that a button opens.
func (a answer) page(label string) string {
	a.t.Helper()
	var action struct{ URI string }
	_ = json.Unmarshal(a.button(label), &action)
	if action.URI == "" {
		a.t.Fatalf("no page behind %q:\n%s", label, a.words())
	}
	return action.URI
}

func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

// browser is a web browser with its own cookies.
func browser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}
