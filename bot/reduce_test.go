package bot

import (
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// sent is a broadcast that the office's only approver has let go.
func (c *center) sent(audience ippo.Audience) *ippo.Broadcast {
	c.t.Helper()
	ctx := c.t.Context()
	c.clock.pass(9 * time.Hour) // out of the quiet hours
	author, err := c.store.CreateStaff(ctx, 0, ippo.Staff{Name: "編集", Email: "e" + c.clock.Now().Format("150405") + "@example.jp", Role: ippo.Editor}, "$argon2id$")
	if err != nil {
		c.t.Fatal(err)
	}
	b := &ippo.Broadcast{Title: "知らせ", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"知らせ"}`)}, Audience: audience, OnCall: "当番", Origin: ippo.OriginPanel}
	if err := c.store.CreateBroadcast(ctx, author.ID, b); err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.SubmitBroadcast(ctx, author.ID, b.ID); err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(ctx, 1, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		c.t.Fatal(err)
	}
	return b
}

// arrives puts a broadcast on the resident's phone and returns it as they see it.
func (r *resident) arrives(b *ippo.Broadcast) answer {
	r.t.Helper()
	return r.push(b.Messages)
}

// push puts messages on the resident's phone, as package jobs would.
func (r *resident) push(messages []ippo.Message) answer {
	r.t.Helper()
	if _, err := r.bot.line.Push(r.t.Context(), line.NewRetryKey(), r.id, messages, line.Options{}); err != nil {
		r.t.Fatal(err)
	}
	return r.answer()
}

// notice returns the only notice that is due, as the resident sees it.
func (r *resident) notice() answer {
	r.t.Helper()
	due, err := r.store.DueNotices(r.t.Context(), r.clock.Now(), 10)
	if err != nil || len(due) != 1 || due[0].To != r.id {
		r.t.Fatalf("due: %+v, %v", due, err)
	}
	return r.push(due[0].Messages)
}

func TestReduceUnderABroadcast(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("設定")
	r.say("分野")
	r.say("子育て、福祉")
	r.say("つぎへ")
	b := c.sent(ippo.Audience{Topics: []string{"kosodate", "bosai"}, Areas: []string{"chuo"}})
	a := r.arrives(b)
	a = r.tap(a, "配信を減らす").has("分野で子育て・防災を選んだ方", "地域で中央を選んだ方", "選んでいない方", "1 子育てを減らす", "お知らせを止める").lacks("防災を減らす")
	less := r.tap(a, "子育てを減らす").has("「子育て」を外しました", "福祉")
	less.lacks("子育てを減らす")
	if got := r.me().Topics; got != ippo.ChoiceOf(1) {
		t.Errorf("topics %b", got)
	}
	r.tap(a, "子育てを減らす").has("もう届かない") // the old button, again

	// Giving up the last topic never means all of them.
	b = c.sent(ippo.Audience{Topics: []string{"fukushi"}})
	a = r.tap(r.arrives(b), "配信を減らす")
	r.say("1").has("全員へのお知らせだけ")
	if !r.me().Unguided() {
		t.Errorf("left with %+v", r.me().Preferences)
	}
	r.tap(a, "お知らせを止める").has("お知らせを止めました")

	got, err := c.store.Reductions(t.Context(), c.clock.Now().AddDate(0, 0, -1))
	if err != nil {
		t.Fatal(err)
	}
	want := []ippo.TopicReductions{{Topic: "fukushi", Opened: 1, Left: 1}, {Topic: "kosodate", Opened: 1, Left: 1}, {Topic: "bosai", Opened: 1}}
	if got.Opened != 2 || got.Stopped != 1 || got.Others != 0 || len(got.Topics) != 3 || got.Topics[0] != want[0] || got.Topics[1] != want[1] || got.Topics[2] != want[2] {
		t.Errorf("counted %+v", got)
	}
}

// Somebody who skipped the topics gets all of them; giving up one leaves the rest.
func TestReduceOneOfAll(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("設定")
	r.say("地域")
	r.say("北山")
	r.say("つぎへ")
	r.tap(r.tap(r.arrives(c.sent(ippo.Audience{Topics: []string{"bosai"}})), "配信を減らす"), "防災を減らす")
	if got := r.me().Preferences; got.Topics != ippo.ChoiceOf(0, 1, 2) || got.Areas != ippo.ChoiceOf(1) {
		t.Errorf("left with %+v", got)
	}
	r.tap(r.arrives(c.sent(ippo.Audience{All: true})), "配信を減らす").has("友だち全員にお送りしました").lacks("を減らす\n")
	r.act(c.platform.Postback(r.id, "1/reduce/from/999", nil)).has("お知らせが多いときは")
	r.act(c.platform.Postback(r.id, "1/reduce/how/-gone", nil)).has("お知らせが多いときは")
}
