package bot

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

func TestDigestChosenInTheChat(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.say("設定").has("週1回まとめて", "受け取る")
	a = r.tap(a, "週1回まとめて").has("毎週金曜日16:00ごろに、1通にまとめて", "緊急のお知らせは、そのつど", "週に1回まとめて受け取る", "そのつど受け取る")
	if !r.me().Digest {
		t.Error("not chosen")
	}
	// The other way round by words, from the list of ways to get less.
	r.say("配信を減らす").has("そのつど受け取る").lacks("週1回まとめて")
	r.say("そのつど").has("これからは、お知らせをそのつど", "一度だけ")
	if r.me().Digest {
		t.Error("still chosen")
	}
	r.say("減らす")
	r.say("まとめて").has("毎週金曜日16:00")
	r.tap(a, "そのつど受け取る").has("そのつど")
	r.tap(a, "そのつど受け取る").has("そのつど") // the old button, again

	r.say("ことば")
	r.say("english")
	r.say("settings").has("Weekly digest")
	r.say("digest").has("on Friday at about 16:00", "Once a week")
	got, err := c.store.Reductions(t.Context(), c.clock.Now().AddDate(0, 0, -1))
	if err != nil || got.Digest != 3 {
		t.Errorf("counted %+v, %v; want three choices of the digest", got, err)
	}
}

// deliver goes through a broadcast's ledger as if LINE had taken everything.
func (c *center) deliver(id ippo.BroadcastID) {
	c.t.Helper()
	ctx := c.t.Context()
	must := func(err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	b, err := c.store.Broadcast(ctx, id)
	must(err)
	must(c.store.StartBroadcast(ctx, id))
	pending, err := c.store.PendingRequests(ctx, id, 0, 1000)
	must(err)
	for _, q := range pending {
		to, err := c.store.RecipientsOf(ctx, b, &q)
		must(err)
		sum := sha256.Sum256([]byte(q.RetryKey))
		must(c.store.BeginRequest(ctx, &q, to.Left, sum[:]))
		must(c.store.EndRequest(ctx, &q, store.Outcome{State: ippo.DeliveryAccepted, RequestID: "r"}))
	}
	must(c.store.FinishBroadcast(ctx, id))
}

// digest makes the next digest and lets it go.
func (c *center) digest() *ippo.Broadcast {
	c.t.Helper()
	ctx := c.t.Context()
	due, err := c.store.DigestDue(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	c.clock.pass(due.Sub(c.clock.Now()))
	plan, err := c.store.PlanDigest(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	var wordings [][]ippo.Message
	for i, g := range plan.Groups {
		m := messages.Digest(c.bot.texts.In(g.Language), plan.Until, plan.Of(g), c.url, fmt.Sprintf("/r/digests/%d/%d", plan.ID, i+1))
		wordings = append(wordings, ippo.WithReduce([]ippo.Message{m}, plan.ID))
	}
	b := &ippo.Broadcast{Title: "まとめ", Messages: wordings[0]}
	if err := c.store.MakeDigest(ctx, due, due.AddDate(0, 0, 7), plan, b, wordings); err != nil {
		c.t.Fatal(err)
	}
	c.deliver(b.ID)
	return b
}

func TestReduceUnderADigest(t *testing.T) {
	c := newCenter(t)
	reader, other := c.friend(), c.friend()
	for _, r := range []*resident{reader, other} {
		r.say("設定")
		r.say("分野")
		r.say("子育て、福祉")
		r.say("つぎへ")
	}
	reader.say("まとめて")
	b := c.sent(ippo.Audience{Topics: []string{"kosodate", "bosai"}})
	c.deliver(b.ID)
	digest := c.digest()
	a := reader.arrives(digest).has("今週のまとめ", "知らせ", "北山の福祉", "ほか")
	reader.tap(a, "配信を減らす").has("週に1回まとめて", "子育てを減らす", "福祉を減らす", "そのつど受け取る", "お知らせを止める").lacks("防災を減らす")
	reader.say("子育て").has("「子育て」を外しました")
	if got := reader.me().Topics; got != ippo.ChoiceOf(1) {
		t.Errorf("topics %b", got)
	}
}

// What a digest tells of can be read on our pages: nothing but what was sent to topics, areas or everyone.
func TestDigestPages(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("まとめて")
	r.say("設定")
	r.say("分野")
	r.say("子育て")
	r.say("つぎへ")
	web := browser(t)
	send := func(change func(*ippo.Broadcast)) *ippo.Broadcast {
		t.Helper()
		author, err := c.store.CreateStaff(t.Context(), 0, ippo.Staff{Name: "編集", Email: fmt.Sprintf("e%d@example.jp", c.clock.Now().UnixNano()), Role: ippo.Editor}, "$argon2id$")
		if err != nil {
			t.Fatal(err)
		}
		b := &ippo.Broadcast{Title: "見出し", Audience: ippo.Audience{All: true}, OnCall: "当番", Origin: ippo.OriginPanel, Messages: []ippo.Message{
			ippo.Message(`{"type":"text","text":"{{name}}さん<b>へ https://example.jp/x"}`),
			messages.EventCards(c.bot.texts.In(ippo.Japanese), []ippo.Event{{Slug: "matsuri", Title: "春の市民まつり", StartsAt: c.clock.Now(), EndsAt: c.clock.Now(), Place: "広場"}}, c.url, c.clock.Now()),
		}}
		change(b)
		if err := c.store.CreateBroadcast(t.Context(), author.ID, b); err != nil {
			t.Fatal(err)
		}
		if err := c.store.ApproveBroadcast(t.Context(), 1, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
			t.Fatal(err)
		}
		c.clock.pass(time.Minute)
		c.deliver(b.ID)
		return b
	}
	c.clock.pass(10 * time.Hour)
	everyone := send(func(*ippo.Broadcast) {})
	address := func(b *ippo.Broadcast) string { return messages.BroadcastPage(c.url, b.ID) }
	p := get(t, web, address(everyone)).is(200, "2026年4月1日（水）のお知らせ", "ご利用者さん&lt;b&gt;へ", `href="https://example.jp/x"`, `href="`+c.url+`/r/events/matsuri"`)
	get(t, web, address(everyone)+"?lang=en").is(200, "This text is only in Japanese.", "please call us")
	if strings.Contains(p.body, "見出し") || strings.Contains(p.body, "配信を減らす") {
		t.Error("the page shows what followers never see")
	}
	urgent := send(func(b *ippo.Broadcast) { b.Emergency = "断水" })
	get(t, web, address(urgent)).is(404)
	draft := &ippo.Broadcast{Title: "下書き", Audience: ippo.Audience{All: true}, Messages: []ippo.Message{messages.Text("まだ")}, Origin: ippo.OriginPanel}
	if err := c.store.CreateBroadcast(t.Context(), 1, draft); err != nil {
		t.Fatal(err)
	}
	get(t, web, address(draft)).is(404)
	for _, none := range []string{"/r/broadcasts/999", "/r/broadcasts/x", "/r/digests/1/1", "/r/digests/x/1", "/r/digests/1/x", "/r/digests/999/1"} {
		get(t, web, c.url+none).is(404)
	}

	for i := range 2 {
		if _, err := c.store.CreateNews(t.Context(), 0, ippo.News{
			Slug: fmt.Sprint("more-", i), Kind: ippo.NewsPlain, Title: "追加のお知らせ", Summary: "概要です", Status: ippo.ContentPublished,
		}); err != nil {
			t.Fatal(err)
		}
	}
	// The event is on a card of the broadcast, and so not told of by itself.
	a := r.arrives(c.digest()).has("ご利用者さん<b>へ", "ほか1件を見る").lacks("春の市民まつり")
	get(t, web, a.page("ほか1件を見る")).is(200, "11件", "ご利用者さん&lt;b&gt;へ", "お知らせ7号", fmt.Sprintf(`href="/r/broadcasts/%d"`, everyone.ID))

	// Corrected, it says so.
	fix := &ippo.Broadcast{Title: "訂正", Messages: []ippo.Message{messages.Text("正しくは北山です。")}, OnCall: "当番", Origin: ippo.OriginPanel}
	if err := c.store.CorrectBroadcast(t.Context(), 1, everyone.ID, fix); err != nil {
		t.Fatal(err)
	}
	approver, err := c.store.CreateStaff(t.Context(), 0, ippo.Staff{Name: "承認", Email: "approver@example.jp", Role: ippo.Approver}, "$argon2id$")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(t.Context(), approver.ID, fix.ID, store.Approval{Hash: fix.Hash()}); err != nil {
		t.Fatal(err)
	}
	c.deliver(fix.ID)
	get(t, web, address(everyone)).is(200, fmt.Sprintf(`href="/r/broadcasts/%d"`, fix.ID), "訂正しました")
	get(t, web, address(fix)).is(200, "正しくは北山です。")
}
