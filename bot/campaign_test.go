package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// ambassador is a friend who has signed up.
func (c *center) ambassador() *resident {
	c.t.Helper()
	r := c.friend()
	err := c.store.Write(c.t.Context(), func(t *store.Tx) error {
		_, err := t.ApplyAmbassador(c.t.Context(), ippo.Ambassador{
			Follower: r.me().ID, Name: "山田花子", Kana: "やまだはなこ", Contact: "090-0000-0000", AgeBand: "30s",
		})
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// A tap counts, a slip can be taken back for a minute, and by its own hand only.
func TestCallOutCanBeTakenBack(t *testing.T) {
	c := newCenter(t)
	r, other := c.ambassador(), c.ambassador()
	count := func() (n int) {
		t.Helper()
		campaign, err := c.store.CampaignBySlug(t.Context(), "kaette")
		if err != nil {
			t.Fatal(err)
		}
		return campaign.CallOuts
	}
	cards := r.say("作戦").has("登録は済んで")
	cards = r.tap(cards, "声かけ作戦を見る").has("帰っておいでよ", "0人が声をかけました")
	counted := r.tap(cards, "声かけしました").has("声かけは1回")
	if count() != 1 {
		t.Fatalf("%d call-outs after a tap", count())
	}
	// The same button from another's phone takes nothing back.
	var undo struct{ Data string }
	if err := json.Unmarshal(counted.button("まちがえた・取り消す"), &undo); err != nil {
		t.Fatal(err)
	}
	other.act(c.platform.Postback(other.id, undo.Data, nil)).has("1分のあいだ")
	r.tap(counted, "まちがえた・取り消す").has("取り消しました")
	if count() != 0 {
		t.Errorf("%d call-outs after taking it back", count())
	}
	r.tap(counted, "まちがえた・取り消す").has("1分のあいだ")

	c.clock.pass(time.Minute)
	counted = r.tap(cards, "声かけしました").has("声かけは1回")
	c.clock.pass(ippo.CallOutUndo)
	r.tap(counted, "まちがえた・取り消す").has("1分のあいだ")
	if count() != 1 {
		t.Errorf("%d call-outs, and the minute was over", count())
	}
}

// More taps than anybody can mean in a day are slips.
func TestCallOutsOfADay(t *testing.T) {
	c := newCenter(t)
	r := c.ambassador()
	cards := r.tap(r.say("作戦"), "声かけ作戦を見る")
	c.clock.pass(time.Minute) // the day is half a minute from its end
	for range ippo.MaxCallOutsADay {
		r.tap(cards, "声かけしました").has("ありがとうございます")
		c.clock.pass(time.Minute)
	}
	r.tap(cards, "声かけしました").has("続きはあした")
	c.clock.pass(24 * time.Hour)
	r.tap(cards, "声かけしました").has("声かけは21回")
}

// The screen in the lobby shows numbers, and nobody.
func TestCampaignScreen(t *testing.T) {
	c := newCenter(t)
	r := c.ambassador()
	campaign, err := c.store.CampaignBySlug(t.Context(), "kaette")
	if err != nil {
		t.Fatal(err)
	}
	campaign.Aim = 4
	if err := c.store.UpdateCampaign(t.Context(), 1, campaign); err != nil {
		t.Fatal(err)
	}
	r.tap(r.tap(r.say("作戦"), "声かけ作戦を見る"), "声かけしました")
	b := browser(t)
	p := get(t, b, c.url+"/c/kaette").is(200, "帰っておいでよ作戦", "<strong>1</strong>人が声をかけました", "目標 4人", `value="25"`, `http-equiv="refresh"`)
	if strings.Contains(p.body, "山田") {
		t.Error("the screen names somebody")
	}
	get(t, b, c.url+"/c/nowhere").is(404)
}
