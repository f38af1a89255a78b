//go:build !race

package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"

	"ippo"
	"ippo/internal/picture"
	"ippo/store"
)

// A campaign's whole way on three phones, each in its language: the reminder arrives, a tap that was a slip is taken
// back, another one counts, how many, to whom; the aim is announced; the page has the flyer and words to copy, and leads
// on who was called; and who rests is left in peace the next day.
func TestCampaignJourney(t *testing.T) {
	const friends = 3
	w := openWorking(t, friends)
	ctx := context.WithoutCancel(w.ctx)
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	settings, err := w.store.Settings(ctx)
	fail(err)
	settings.Office.Phone = "000-123-4567"
	fail(w.store.SaveSettings(ctx, w.staff[ippo.Administrator], settings))
	campaign, err := w.store.CreateCampaign(ctx, w.staff[ippo.Editor], ippo.Campaign{
		Slug: "kaette", Title: "帰っておいでよ", Story: "家族に声をかけよう", Whom: "Uターンを考える人\n子育て世帯", Phrase: "いつか帰っておいで",
		Phrases: []ippo.Phrase{{Occasion: "卒業", Text: "卒業おめでとう"}}, StartsOn: "2026-04-01", EndsOn: "2026-06-30", Aim: friends,
		Milestones: []ippo.Milestone{{N: 100, Percent: true}}, Thanks: "市長より、お礼を申し上げます。", Audience: ippo.Audience{Ambassadors: true},
		Reminders: []string{"今日も一声、お願いします。", "思い出した方に、一言いかがですか。"}, Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Tuesday, time.Wednesday}, At: 13 * 60, Until: "2026-04-08"},
	})
	fail(err)
	var drawn bytes.Buffer
	fail(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 60, 40))))
	clean, size, err := picture.Clean(drawn.Bytes())
	fail(err)
	fail(w.store.AddFlyer(ctx, w.staff[ippo.Editor], campaign.ID, ippo.Flyer{Kind: ippo.FlyerPicture, Alt: "帰り道の絵", Width: size.X, Height: size.Y}, clean))
	campaign, err = w.store.Campaign(ctx, campaign.ID)
	fail(err)
	_, err = w.store.Activate(ctx, w.staff[ippo.Administrator], campaign.Recurring().Source, store.Approval{Hash: campaign.Hash()})
	fail(err)

	// out waits until so many of the campaign's broadcasts have been sent, so that phones find them when they open.
	out := func(n int) {
		t.Helper()
		w.until("what is due has been sent", func() (bool, error) {
			sent, err := w.store.Broadcasts(ctx, store.BroadcastFilter{Statuses: []ippo.BroadcastStatus{ippo.BroadcastSent}})
			return len(sent) == n, err
		})
	}
	phones := []struct {
		self, did, counted, undo, undone, five, to, noted, reached, rest, ask, month, rests, ask2, how, copies string
		phone                                                                                                  string
	}{
		{self: "日本語", did: "声かけしました", counted: "あなたの声かけは1回", undo: "まちがえた・取り消す", undone: "取り消しました", five: "5人", to: "5人への声かけ", noted: "記録しました",
			reached: "目標の3人になりました", rest: "お休みする", ask: "いつまでにしますか", month: "1か月", rests: "お休みします", ask2: "話を聞きたい", how: "ご都合のよい方法", copies: "コピー"},
		{self: "やさしい にほんご", did: "声を かけました", counted: "1回 声を かけました", undo: "まちがえた・けす", undone: "けしました", five: "5人", to: "5人に 声を かけました", noted: "わかりました",
			reached: "目標の 3人に なりました", rest: "休む", ask: "いつまで 休みますか", month: "1か月", rests: "お知らせを 休みます", ask2: "話を 聞きたい", how: "どれかを えらんで", copies: "コピー"},
		{self: "English", did: "I called out", counted: "called out once", undo: "Undo", undone: "taken back", five: "5 people", to: "Noted: 5", noted: "Noted. Thank you",
			reached: "has reached its aim: 3 people", rest: "Take a break", ask: "For how long", month: "1 month", rests: "no reminders for now", ask2: "I would like to know more", how: "Choose the way", copies: "Copy"},
	}
	w.do("be a phone", chromedp.EmulateViewport(390, 844))
	for i := range phones {
		p := &phones[i]
		p.phone = w.follow("友だち")
		w.tap(p.self)
		w.say("skip")
		fail(w.store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.ApplyAmbassador(ctx, ippo.Ambassador{
				Follower: ippo.FollowerID(friends + 1 + i), Name: "山田花子", Kana: "やまだはなこ", Contact: "000-0000-0000", AgeBand: "30s",
			})
			return err
		}))
	}
	w.pass(time.Date(2026, 4, 7, 13, 0, 0, 0, ippo.Tokyo))
	out(1)
	for _, p := range phones {
		w.open(p.phone)
		w.hears("今日も一声、お願いします。")
		w.tap(p.did)
		w.hears(p.counted)
		w.tap(p.undo)
		w.hears(p.undone)
		w.tap(p.did)
		w.tap(p.five)
		w.hears(p.to)
		w.tap("子育て世帯")
		w.hears(p.noted)
	}
	w.pass(w.store.Now().Add(ippo.CallOutUndo))
	out(2)
	for _, p := range phones {
		w.open(p.phone)
		w.hears(p.reached)
		w.hears("市長より、お礼を申し上げます。")
		w.tap(p.rest)
		w.hears(p.ask)
		w.tap(p.month)
		w.hears(p.rests)
	}
	w.do("be a friend's telephone", chromedp.Emulate(device.IPhone13)) // the browser calls itself a robot otherwise
	for i, language := range []string{"", "?lang=ja-x-easy", "?lang=en"} {
		w.open("/r/campaigns/kaette" + language)
		w.holds("the flyer is there", `[...document.images].some(i => i.alt == "帰り道の絵" && i.complete && i.naturalWidth == 60)`)
		w.holds("words can be copied", `[...document.querySelectorAll("button[data-copy]")].some(b => !b.hidden && b.innerText == "`+phones[i].copies+`")`)
		w.press(phones[i].ask2)
		w.sees(phones[i].how)
		w.holds("the telephone can be rung", `document.querySelector('a[href^="tel:"]') !== null`)
	}
	is, err := w.store.Campaign(ctx, campaign.ID)
	if err != nil || is.People != friends || is.CallOuts != friends || is.Called != 5*friends || is.Asked != 3 {
		t.Errorf("%d of %d people called %d, %d asked, %v", is.CallOuts, is.People, is.Called, is.Asked, err)
	}
	w.pass(time.Date(2026, 4, 8, 13, 0, 0, 0, ippo.Tokyo))
	out(3)
	for _, p := range phones {
		w.open(p.phone)
		w.hears(p.rests)
		if said := w.words(); strings.Contains(said, "思い出した方に") {
			t.Errorf("who rests was reminded:\n%s", said)
		}
	}
	w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
	w.as(ippo.Viewer)
	w.open("/admin/campaigns/1/results")
	w.sees("3人（目標 3人の100%）")
	w.sees("非表示（20人未満）")
	w.open("/c/kaette")
	w.holds("the screen shows the way", `document.querySelectorAll(".way .on").length == 21`) // twenty steps and the flag
}
