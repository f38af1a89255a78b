//go:build !race

package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// tapOf taps the last button that says these words on the card that mentions something.
func (w *walker) tapOf(card, words string) {
	w.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll("#log [data-tap]")].filter(e => {
		if (!e.innerText.includes(%[2]q)) return false
		for (let up = e; up && up.id !== "log"; up = up.parentElement) {
			if (up.innerText.includes(%[1]q)) return [...up.querySelectorAll("[data-tap]")].filter(o => o.innerText.includes(%[2]q)).length === 1
		}
		return false
	}).pop()`, card, words)
	w.holds("find "+words+" of "+card, find+" !== undefined")
	w.script("tap "+words, find+".click()")
}

// settled adds a friend who has been through the settings, in a language that is chosen by its own name.
func (w *walker) settled(name, language string, said messages.Words) (phone string) {
	w.Helper()
	phone = w.follow(name)
	w.tap(language)
	w.hears(said.Say("settings.topics.ask")) // there are no areas
	w.tap(said.Say("choice.skip"))
	w.hears(said.Say("settings.done"))
	return phone
}

// An event of one place, on phones of each language: signed up for in two taps, full for the next, who waits,
// moves up when the place is given back, takes it, is reminded, is present by the code, and says how it was. Staff
// see all of it.
func TestJourneyEvent(t *testing.T) {
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := openWorking(t, 1)
	w.platform.SetQuota(200)
	for i, l := range ippo.Languages {
		said := texts.In(l)
		name := texts.Self(l)
		title := fmt.Sprintf("まちの集い%d", i+1)
		w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
		w.as(ippo.Editor)
		w.open("/admin/events/new")
		day := ippo.Day(w.store.Now()).AddDate(0, 0, 5)
		for field, value := range map[string]string{
			"title": title, "summary": "だれでもどうぞ", "place": "市民センター", "capacity": "1",
			"startsAt": day.Format(time.DateOnly) + "T14:00", "endsAt": day.Format(time.DateOnly) + "T16:00",
		} {
			w.script("fill "+field, fmt.Sprintf(`document.querySelector('[name="%s"]').value = %q`, field, value))
		}
		w.press("LINEで申し込めるようにする")
		w.press("公開中")
		w.press("保存する")
		w.sees("イベントを保存しました。")
		w.press("申込の一覧")
		w.sees("申込はまだありません")
		list, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname"))
		if err != nil {
			t.Fatal(err)
		}

		w.do("be a phone", chromedp.EmulateViewport(390, 844))
		first := w.settled("佐藤"+name, name, said)
		w.say("イベント")
		w.tapOf(title, said.Say("reserve.button"))
		w.hears(said.Say("reserve.ask"))
		w.tap(said.Say("reserve.button"))
		w.hears(said.Say("reserve.done"))

		second := w.settled("田中"+name, name, said)
		w.say("イベント")
		w.hears(said.Say("card.signup.full"))
		w.tapOf(title, said.Say("reserve.button"))
		w.hears(said.Say("reserve.full.ask"))
		w.tap(said.Say("reserve.wait.button"))
		w.hears(said.Say("reserve.note.waiting"))

		w.open(first)
		w.say("申し込み")
		w.hears(said.Say("reserve.mine"))
		w.tap(said.Say("reserve.cancel"))
		w.hears(said.Say("reserve.cancel.ask", messages.Vars{"Event": title}))
		w.tap(said.Say("reserve.cancel"))
		w.hears(said.Say("reserve.cancelled", messages.Vars{"Event": title}))

		w.open(second)
		w.hears(said.Say("reserve.offer"))
		w.tap(said.Say("reserve.confirm.button"))
		w.hears(said.Say("reserve.confirmed"))

		w.until("planned to be reminded", func() (bool, error) {
			planned, err := w.store.Notices(w.ctx, store.NoticeFilter{Kind: ippo.NoticeEventReminder, State: ippo.DeliveryPending, Limit: 10})
			return len(planned) == 2, err
		})
		w.pass(day.AddDate(0, 0, -1).Add(14 * time.Hour))
		w.hears(said.Say("reserve.remind.day"))
		w.pass(day.Add(12 * time.Hour))
		w.hears(said.Say("reserve.remind.soon"))
		w.pass(day.Add(13*time.Hour + 50*time.Minute))
		e, err := w.store.Event(w.ctx, ippo.EventID(i+1))
		if err != nil || e.Title != title {
			t.Fatalf("%+v, %v", e, err)
		}
		w.say(ippo.AttendanceText(e))
		w.hears(said.Say("attend.thanks", messages.Vars{"Event": title}))
		w.pass(day.Add(17*time.Hour + time.Minute))
		w.hears(said.Say("feedback.ask", messages.Vars{"Event": title}))
		w.tap(said.Say("feedback.good"))
		w.hears(said.Say("feedback.thanks"))

		w.do("sit down again", chromedp.EmulateViewport(1280, 900))
		w.as(ippo.Editor)
		w.open(list)
		w.sees("参加した方の感想")
		w.holds("see who came and who gave the place back", `["出席", "取り消し", "申込済み"].every(s => document.querySelector("table.list").innerText.includes(s))`)
	}
}
