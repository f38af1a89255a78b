package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/messages"
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
		campaign := c.campaign()
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
	campaign := c.campaign()
	campaign.Aim = 4
	c.change(campaign)
	r.tap(r.tap(r.say("作戦"), "声かけ作戦を見る"), "声かけしました")
	b := browser(t)
	p := get(t, b, c.url+"/c/kaette").is(200, "帰っておいでよ作戦", "<strong>1</strong>人が声をかけました", "目標 4人", `value="25"`)
	if p.header.Get("Refresh") != "30" {
		t.Error("the screen does not become new")
	}
	if strings.Contains(p.body, "山田") {
		t.Error("the screen names somebody")
	}
	get(t, b, c.url+"/c/nowhere").is(404)
}

// The whole way of a reminder, in every language: it arrives, a tap, how many, to whom, undo, words to send on.
func TestReminderOnThePhone(t *testing.T) {
	for name, word := range map[string]string{"ja": "", "ja-x-easy": "やさしい にほんご", "en": "English"} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t)
			campaign := c.campaign()
			campaign.Whom = "Uターンを考える人\n子育て世帯"
			campaign.Phrases = []ippo.Phrase{{Occasion: "卒業", Text: "卒業おめでとう。いつでも帰っておいで。"}}
			c.change(campaign)
			c.showCampaign()
			r := c.ambassador()
			if word != "" {
				r.say("ことば")
				r.say(word)
			}
			w := c.bot.texts.In(r.me().Language)
			says := func(key string, vars ...messages.Vars) string { return w.Say(key, vars...) }

			a := r.push(messages.Reminders(c.bot.texts, campaign, c.url)[0].Draw(w.Language)).has("声をかけましょう", says("rest.open"))
			counted := r.tap(a, says("callout.button")).has(says("callout.detail"))
			many := r.tap(counted, says("callout.people", messages.Vars{"N": 5})).has(says("callout.to", messages.Vars{"N": 5}), "子育て世帯")
			r.tap(many, "子育て世帯").has(says("callout.noted"))
			is, err := c.store.Campaign(t.Context(), campaign.ID)
			if err != nil || is.CallOuts != 1 || is.People != 1 || is.Called != 5 {
				t.Errorf("%d call-outs of %d to %d, %v", is.CallOuts, is.People, is.Called, err)
			}
			// Another's phone adds nothing to it.
			var data struct{ Data string }
			if err := json.Unmarshal(many.button("子育て世帯"), &data); err != nil {
				t.Fatal(err)
			}
			other := c.ambassador()
			other.act(c.platform.Postback(other.id, data.Data, nil)).has("1時間")

			r.tap(counted, says("callout.undo")).has(says("callout.undone"))
			r.tap(many, "子育て世帯").has(says("callout.late"))
			if is, err = c.store.Campaign(t.Context(), campaign.ID); err != nil || is.CallOuts != 0 || is.Called != 0 {
				t.Errorf("%d call-outs to %d after taking it back, %v", is.CallOuts, is.Called, err)
			}
			words := r.tap(a, says("phrases.open")).has("こんどの休み、帰っておいでよ", "卒業おめでとう")
			var share struct{ URI string }
			if err := json.Unmarshal(words.button(says("phrases.call")), &share); err != nil || !strings.HasPrefix(share.URI, "https://line.me/R/share?text=") ||
				!strings.HasSuffix(share.URI, "%2Fr%2Fcampaigns%2Fkaette") {
				t.Errorf("shares %q, %v", share.URI, err)
			}
			// After an hour what was tapped stays as it is.
			counted = r.tap(a, says("callout.button"))
			c.clock.pass(ippo.CallOutDetail)
			r.tap(counted, says("callout.people", messages.Vars{"N": 3})).has(says("callout.late"))
		})
	}
}

// お休みする, in every language: for how long, where it is shown, and the way back.
func TestRest(t *testing.T) {
	for name, word := range map[string]string{"ja": "", "ja-x-easy": "やさしい にほんご", "en": "English"} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t)
			r := c.ambassador()
			if word != "" {
				r.say("ことば")
				r.say(word)
			}
			w := c.bot.texts.In(r.me().Language)
			campaign := c.campaign()
			rests := func(why ippo.RestWhy, until string) {
				t.Helper()
				rest, err := c.store.RestOf(t.Context(), r.me().ID)
				if why == "" && errors.Is(err, ippo.ErrNotFound) {
					return
				}
				day := ""
				if !rest.Until.IsZero() {
					day = rest.Until.In(ippo.Tokyo).Format(time.DateOnly)
				}
				if err != nil || rest.Why != why || day != until {
					t.Errorf("rests %q until %q, %v; want %q until %q", rest.Why, day, err, why, until)
				}
			}
			asked := r.push(messages.Reminders(c.bot.texts, campaign, c.url)[1].Draw(w.Language)).has(w.Say("rest.goon.ask"))
			begun := r.tap(r.tap(asked, w.Say("rest.open")).has(w.Say("rest.ask")), w.Say("rest.one")).has(w.Say("rest.again"))
			rests(ippo.RestWished, "2026-04-30") // from 31 March
			r.say("アンバサダー").has(w.Say("rest.ask.resting", messages.Vars{"Until": w.Say("rest.until", messages.Vars{"Day": w.Day(time.Date(2026, 4, 29, 0, 0, 0, 0, ippo.Tokyo))})}))
			card := r.say("設定").has(w.Say("rest.fact"))
			r.tap(card, w.Say("rest.again")).has(w.Say("rest.over"))
			rests("", "")
			r.say("設定").lacks(w.Say("rest.fact"))
			// By words alone, and from the button under what began it.
			r.say("お休みする").has(w.Say("rest.ask"))
			r.say("2").has(w.Say("rest.again"))
			rests(ippo.RestWished, "2026-06-30")
			r.tap(begun, w.Say("rest.again")).has(w.Say("rest.over"))
			r.say("お休みする")
			r.say("3")
			rests(ippo.RestWished, "")
			r.tap(asked, w.Say("rest.goon")).has(w.Say("rest.over"))
			rests("", "")
		})
	}
}

// picture is a JPEG.
func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What staff uploaded is shown with its words, served so that nothing in it can run, and only while its campaign is.
func TestFlyers(t *testing.T) {
	c := newCenter(t)
	campaign := c.campaign()
	for _, f := range []struct {
		ippo.Flyer
		data []byte
	}{
		{ippo.Flyer{Kind: ippo.FlyerPicture, Alt: "帰っておいでよ。家賃の補助あり", Width: 40, Height: 30}, picture(t)},
		{ippo.Flyer{Kind: ippo.FlyerPDF, Alt: "くわしい案内"}, []byte("%PDF-1.7\n<script>alert(1)</script>\n%%EOF\n")},
	} {
		if err := c.store.AddFlyer(t.Context(), 1, campaign.ID, f.Flyer, f.data); err != nil {
			t.Fatal(err)
		}
	}
	c.showCampaign()
	b := browser(t)
	p := get(t, b, c.url+"/r/campaigns/kaette").is(200, `alt="帰っておいでよ。家賃の補助あり"`, `<img src="/r/flyers/1"`, `href="/r/flyers/2" download`, "くわしい案内", "0.1MB")
	if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("the page may run %q", csp)
	}
	one := get(t, b, c.url+"/r/flyers/1").is(200)
	pdf := get(t, b, c.url+"/r/flyers/2").is(200)
	for what, header := range map[string][2]string{
		"Content-Type": {"image/jpeg", "application/pdf"}, "X-Content-Type-Options": {"nosniff", "nosniff"},
		"Content-Disposition":     {`inline; filename="flyer-1.jpg"`, `attachment; filename="flyer-2.pdf"`},
		"Content-Security-Policy": {"default-src 'none'; sandbox", "default-src 'none'; sandbox"},
	} {
		if got := [2]string{one.header.Get(what), pdf.header.Get(what)}; got != header {
			t.Errorf("%s: %q, want %q", what, got, header)
		}
	}
	get(t, b, c.url+"/r/flyers/3").is(404)
	get(t, b, c.url+"/r/flyers/x").is(404)
	if err := c.store.Deactivate(t.Context(), 1, campaign.Recurring().Source); err != nil {
		t.Fatal(err)
	}
	get(t, b, c.url+"/r/flyers/1").is(404)
	get(t, b, c.url+"/r/campaigns/kaette").is(404)
}

// Residents see what a second person has approved, and nothing of a draft, of what was changed since, or of what was
// stopped: not in the chat, nor by a button they still have, nor on our pages.
func TestCampaignsAreShownOnceApproved(t *testing.T) {
	c := newCenter(t)
	r, b := c.ambassador(), browser(t)
	pages := []string{"/r/campaigns/kaette", "/r/campaigns/kaette/ask", "/c/kaette"}
	menu := r.say("作戦")
	cards := r.tap(menu, "声かけ作戦を見る").has("帰っておいでよ")
	counted := r.tap(cards, "声かけしました").has("声かけは1回")
	hidden := func() {
		t.Helper()
		r.tap(menu, "声かけ作戦を見る").has("いま行っている声かけ作戦はありません").lacks("帰っておいでよ")
		for _, label := range []string{"声かけしました", "ことばを選んで送る"} {
			r.tap(cards, label).has("いまは公開していません").lacks("帰っておいでよ", "新しい文")
		}
		r.tap(counted, "5人").has("家族").lacks("子育て世帯")
		for _, page := range pages {
			get(t, b, c.url+page).is(404)
		}
		if n := c.campaign().CallOuts; n != 1 {
			t.Errorf("%d call-outs", n)
		}
	}
	changed := c.campaign()
	changed.Story, changed.Whom = "新しい文", "若者\n子育て世帯"
	for _, hide := range []func(){
		func() { c.change(changed) },
		func() {
			if err := c.store.Deactivate(t.Context(), 1, c.campaign().Recurring().Source); err != nil {
				t.Fatal(err)
			}
		},
	} {
		hide()
		hidden()
		c.showCampaign()
		r.tap(menu, "声かけ作戦を見る").has("帰っておいでよ", "新しい文")
		for _, page := range pages {
			get(t, b, c.url+page).is(200)
		}
	}
	// After a restore the reminders are held; what was approved is still seen.
	if err := c.store.HoldEverything(t.Context(), "写しから戻しました"); err != nil {
		t.Fatal(err)
	}
	get(t, b, c.url+pages[0]).is(200)

	draft := changed
	draft.Slug, draft.Title = "draft", "まだ見せない作戦"
	if _, err := c.store.CreateCampaign(t.Context(), 1, draft); err != nil {
		t.Fatal(err)
	}
	r.tap(menu, "声かけ作戦を見る").has("帰っておいでよ").lacks("まだ見せない")
	get(t, b, c.url+"/r/campaigns/draft").is(404)
}

// Those who were called are led on to what the center offers, and counted without a trace of who they are.
func TestEnquiries(t *testing.T) {
	c := newCenter(t)
	campaign := c.campaign()
	campaign.AskURL = "https://example.jp/form"
	c.change(campaign)
	c.showCampaign()
	asked := func(want int) {
		t.Helper()
		is, err := c.store.Campaign(t.Context(), campaign.ID)
		if err != nil || is.Asked != want {
			t.Errorf("%d enquiries, %v; want %d", is.Asked, err, want)
		}
	}
	b, page := opening(), c.url+"/r/campaigns/kaette"
	for _, agent := range []string{linePhone, cubot} {
		res := c.open(b, http.MethodPost, page+"/ask", agent, "Sec-Fetch-Site", "same-origin")
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != "/r/campaigns/kaette/ask" || len(res.Cookies()) > 0 {
			t.Errorf("%d to %q with %v", res.StatusCode, to, res.Cookies())
		}
	}
	asked(2)
	// Looking, loading again, programs and other sites count nothing.
	for _, agent := range []string{linePhone, "facebookexternalhit/1.1;line-poker/1.0"} {
		c.open(b, http.MethodGet, page, agent)
		c.open(b, http.MethodGet, page+"/ask", agent)
	}
	c.open(b, http.MethodPost, page+"/ask", "Googlebot/2.1", "Sec-Fetch-Site", "same-origin")
	c.open(b, http.MethodPost, page+"/ask", "", "Sec-Fetch-Site", "same-origin")
	if res := c.open(b, http.MethodPost, page+"/ask", linePhone, "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: %d", res.StatusCode)
	}
	asked(2)
	get(t, browser(t), page+"/ask?lang=en").is(200, "I would like to know more", `href="https://example.jp/form"`, `href="tel:0001234567"`, "みらい市")
	if rate, ok := (ippo.Campaign{Called: 300, Asked: 2}).Rate(); !ok || rate != 6.7 {
		t.Errorf("%v of 1,000, %v", rate, ok)
	}
}

// The way to the aim goes with the people who called out.
func TestWayToTheAim(t *testing.T) {
	for _, one := range []struct{ people, on int }{{0, 0}, {1, 1}, {500, 10}, {999, 19}, {1000, 20}, {3000, 20}} {
		v := campaignView{itemView: itemView[ippo.Campaign]{Item: ippo.Campaign{Aim: 1000, People: one.people}}}
		on, newest := 0, 0
		for _, s := range v.Steps() {
			if s.On {
				on++
			}
			if s.Newest {
				newest++
			}
		}
		if on != one.on || newest != min(1, one.on) {
			t.Errorf("%d of 1,000 people: %d steps, %d newest", one.people, on, newest)
		}
	}
}
