package bot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ippo"
)

func (c *center) autoReply(a ippo.AutoReply) {
	c.t.Helper()
	if _, err := c.store.CreateAutoReply(c.t.Context(), 0, a); err != nil {
		c.t.Fatal(err)
	}
}

// The center's own replies come after what must not be in their way, and before everything vaguer.
func TestAutoReply(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	group, err := c.store.ActivityGroups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown := group[slices.IndexFunc(group, func(g ippo.ActivityGroup) bool { return !g.Hidden })]
	c.autoReply(ippo.AutoReply{Keywords: "バス\nこんにちは\n助けて", Text: "バスは駅前から出ます。"})
	c.autoReply(ippo.AutoReply{Keywords: "バスの時刻", Text: "1時間に1本です。", Translations: ippo.Translations{ippo.English: {Texts: map[string]string{"text": "Once an hour."}}}})
	c.autoReply(ippo.AutoReply{Keywords: "イベント", Whole: true, Text: "まちがった返事"})
	c.autoReply(ippo.AutoReply{Keywords: "休館日", Text: "使わない返事", Off: true})
	c.autoReply(ippo.AutoReply{Keywords: "里山クラブ", Whole: true, Text: "こちらです。", Card: "group:" + faqValue(ippo.FAQID(shown.ID))})

	r.say("ﾊﾞｽ はありますか").has("駅前から出ます", "メニュー")
	r.say("バスの時刻を教えて").has("1時間に1本").lacks("駅前")
	r.say("こんにちは").has("駅前から出ます")
	r.say("助けて").has("119").lacks("駅前")
	r.say("090-1234-5678にバスの時刻").lacks("1時間に1本")
	r.say("イベント").lacks("まちがった返事")
	r.say("休館日はいつ").lacks("使わない返事")
	r.say("里山クラブ").has("こちらです。", shown.Name)
	r.say("里山クラブに入りたい").lacks("こちらです。")

	// A campaign's card is there while residents see the campaign.
	called := c.campaign()
	c.autoReply(ippo.AutoReply{Keywords: "声かけ中", Whole: true, Text: "いまはこちら。", Card: fmt.Sprint("campaign:", called.ID)})
	r.say("声かけ中").has("いまはこちら。", called.Title)
	called.Reminders = []string{"もう一度、声をかけましょう"}
	c.change(called)
	r.say("声かけ中").has("いまはこちら。").lacks(called.Title)

	// A talk that waits for an answer is not interrupted.
	r.say("転入").has("お住まいの地域")
	r.say("バス").lacks("駅前")
	r.say("やめる")
	c.resident("en").say("バスの時刻").has("Once an hour.")
}

// What the box tries is what a resident is answered, and nothing comes of it.
func TestTry(t *testing.T) {
	c := newCenter(t)
	c.autoReply(ippo.AutoReply{Keywords: "バス", Text: "駅前から出ます。"})
	ctx := t.Context()
	requests := func() int {
		all, err := c.store.Waiting(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return all.Requests
	}
	was := requests()
	for text, want := range map[string]ippo.Rule{
		"もう死にたい": ippo.RuleDanger, "090-1234-5678です": ippo.RulePersonal, "メニュー": ippo.RuleCommand, "イベント": ippo.RuleTalk, "バスはどこ": ippo.RuleAutoReply,
		"ありがとう": ippo.RuleSmallTalk, "もういらないです": ippo.RuleLeaving, "土日に子どもと参加できる": ippo.RuleWish, "ぬぬぬぬぬ": ippo.RuleUnknown,
	} {
		trial, err := c.bot.Try(ctx, text, ippo.Japanese)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if trial.Rule != want || len(trial.Messages) == 0 {
			t.Errorf("%s: %s with %d messages, want %s", text, trial.Rule, len(trial.Messages), want)
		}
		tried := answer{t: t}
		for _, m := range trial.Messages {
			tried.messages = append(tried.messages, json.RawMessage(m))
		}
		// Links and codes are new each time; the words are the same.
		lines := func(a answer) []string { return slices.Sorted(strings.Lines(a.words())) }
		if said := c.friend().say(text); !slices.Equal(lines(said), lines(tried)) {
			t.Errorf("%s: the box says\n%s\na resident is told\n%s", text, tried.words(), said.words())
		}
	}
	asked := requests()
	for range 3 {
		if _, err := c.bot.Try(ctx, "もう死にたい", ippo.English); err != nil {
			t.Fatal(err)
		}
	}
	if requests() != asked || asked == was {
		t.Errorf("%d requests before, %d from residents, %d after trials", was, asked, requests())
	}
	if f, err := c.store.FollowerByLineID(ctx, ""); err == nil {
		t.Errorf("a follower was made: %+v", f)
	}
	for _, words := range talks() { // no talk needs to know who begins it
		for _, w := range words.words {
			if _, err := c.bot.Try(ctx, w, ippo.EasyJapanese); err != nil {
				t.Errorf("%s: %v", w, err)
			}
		}
	}
	if trial, err := c.bot.Try(ctx, "もう死にたい", ippo.Japanese); err != nil || !strings.Contains("死にたい", trial.Word) || trial.Word == "" {
		t.Errorf("%+v, %v", trial, err)
	}
}
