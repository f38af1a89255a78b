package bot

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"ippo"
	"ippo/store"
)

// opens lets people sign up for an event of the center's.
func (c *center) opens(slug string, change func(*ippo.Event)) ippo.Event {
	c.t.Helper()
	e, err := c.store.EventBySlug(c.t.Context(), slug)
	if err != nil {
		c.t.Fatal(err)
	}
	e.SignUp.Open = true
	change(&e)
	if err := c.store.UpdateEvent(c.t.Context(), 0, e); err != nil {
		c.t.Fatal(err)
	}
	if e, err = c.store.EventBySlug(c.t.Context(), slug); err != nil {
		c.t.Fatal(err)
	}
	return e
}

func (r *resident) reservation(want ippo.ReservationState) ippo.Reservation {
	r.t.Helper()
	got, err := r.store.LatestReservation(r.t.Context(), r.me().ID)
	if err != nil || got.State != want {
		r.t.Errorf("reservation %+v, %v; want %s", got, err, want)
	}
	return got
}

// Two taps, in every language; whoever comes too late waits, moves up and takes the place; and what was signed
// up for can be seen, changed and cancelled.
func TestSignUpForAnEvent(t *testing.T) {
	for name, language := range map[string]string{"ja": "", "ja-x-easy": "やさしい にほんご", "en": "English"} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t)
			c.opens("matsuri", func(e *ippo.Event) { e.Capacity, e.SignUp.MaxParty = 3, 2 })
			first, second := c.inLanguage(language), c.inLanguage(language)
			w := c.bot.texts.In(first.me().Language)
			say := func(key string) string { return w.Say(key) }
			event := "イベント"

			a := first.tap(first.say(event), say("reserve.button")).has(say("reserve.ask"), "春の市民まつり")
			both := w.Say("reserve.party.button", map[string]any{"N": 2})
			done := first.tap(a, both).has(say("reserve.done"), say("reserve.state.reserved"), say("reserve.note.reserved"))
			first.tap(a, both).has(say("reserve.already")) // a finger that slips
			if got := done.page(say("reserve.calendar.see")); got != c.url+"/r/events/matsuri/calendar.ics" {
				t.Error(got)
			}

			a = second.tap(second.say(event), say("reserve.button"))
			a = second.tap(a, both).has(say("reserve.full"), say("reserve.full.ask"))
			second.tap(a, w.Say("reserve.wait.party", map[string]any{"N": 2})).has(say("reserve.waiting"), say("reserve.note.waiting"))
			second.reservation(ippo.ReservationWaiting)

			// One person fewer leaves room for two.
			a = first.tap(first.tap(first.say(event), say("reserve.open")).has(say("reserve.mine"), "春の市民まつり"), say("reserve.resize.open")).has(say("reserve.resize.ask"))
			first.tap(a, w.Say("reserve.party.n", map[string]any{"N": 1})).has(say("reserve.resize.done"))
			r := second.reservation(ippo.ReservationOffered)
			a = second.say("もうしこみ").has(say("reserve.state.offered"), w.Moment(r.ConfirmBy))
			second.tap(a, say("reserve.confirm.button")).has(say("reserve.confirmed"))
			second.reservation(ippo.Reserved)
			// And now there is none for one more.
			a = first.tap(first.say("予約"), say("reserve.resize.open"))
			first.tap(a, w.Say("reserve.party.n", map[string]any{"N": 2})).has(say("reserve.resize.full"))

			a = first.tap(first.say("申し込み"), say("reserve.cancel")).has("春の市民まつり")
			first.tap(a, say("reserve.cancel.no")).has(say("reserve.kept"))
			first.reservation(ippo.Reserved)
			first.tap(a, say("reserve.cancel"))
			first.reservation(ippo.ReservationCancelled)
			first.tap(a, say("reserve.cancel")).has(say("reserve.over"))
			first.say("申し込み").has(say("reserve.none"))
		})
	}
}

// Who does not confirm in time loses the place to the next, and is told so when they come after all.
func TestPlaceIsNotKeptForever(t *testing.T) {
	c := newCenter(t)
	c.opens("matsuri", func(e *ippo.Event) { e.Capacity = 1 })
	people := []*resident{c.friend(), c.friend(), c.friend()}
	for i, r := range people {
		a := r.tap(r.say("イベント"), "申し込む")
		if i == 0 {
			r.tap(a, "申し込む")
		} else {
			r.tap(a.has("満員です"), "キャンセル待ちに入る")
		}
	}
	people[0].tap(people[0].tap(people[0].say("申し込み"), "取り消す"), "取り消す").has("取り消しました")
	offer := people[1].say("申し込み").has("返事の期限")
	people[2].say("申し込み").has("キャンセル待ち").lacks("参加する")
	c.clock.pass(40 * time.Hour)
	if _, err := c.store.LapseReservations(t.Context()); err != nil {
		t.Fatal(err)
	}
	people[1].tap(offer, "参加する").has("期限が過ぎた")
	people[2].tap(people[2].say("申し込み"), "参加する").has("参加を受け付けました")
	// Another's button does nothing.
	people[0].tap(offer, "参加する").has("このボタンは使えなくなりました")
}

// An event that takes no sign-ups looks as it always did, and an old button says so.
func TestSignUpIsClosed(t *testing.T) {
	c := newCenter(t)
	c.friend().say("イベント").has("春の市民まつり").lacks("申し込む", "申込", "申し込みの確認")
	get(t, browser(t), c.url+"/r/privacy").is(200).lacks("イベントに申し込まれたとき")
	c.opens("matsuri", func(e *ippo.Event) { e.SignUp.Until = c.clock.Now().Add(time.Hour) })
	get(t, browser(t), c.url+"/r/privacy").is(200, "イベントに申し込まれたとき", "180日")
	r := c.friend()
	cards := r.say("イベント").has("申し込む", "まで")
	ask := r.tap(cards, "申し込む")
	c.clock.pass(time.Hour)
	r.tap(cards, "申し込む").has("いま申し込みを受け付けていません")
	r.tap(ask, "申し込む").has("いま申し込みを受け付けていません")
	r.say("イベント").has("春の市民まつり").lacks("申し込む")
	if _, err := c.store.LatestReservation(t.Context(), r.me().ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("signed up: %v", err)
	}
	c.opens("matsuri", func(e *ippo.Event) { e.CalledOff = true })
	r.say("イベント").lacks("春の市民まつり")
	get(t, browser(t), c.url+"/r/events/matsuri").is(200, "イベントは中止になりました")
}

// What is for ambassadors is seen by ambassadors.
func TestEventForAmbassadors(t *testing.T) {
	c := newCenter(t)
	member, other := c.friend(), c.friend()
	member.ambassador()
	e := c.opens("matsuri", func(e *ippo.Event) { e.ForAmbassadors = true })
	cards := member.say("イベント").has("春の市民まつり")
	other.say("イベント").lacks("春の市民まつり")
	get(t, browser(t), c.url+"/r/events").is(200).lacks("春の市民まつり")
	other.tap(cards, "申し込む").has("アンバサダーの方のためのものです")
	member.tap(member.tap(cards, "申し込む"), "申し込む").has("受け付けました")
	c.clock.pass(e.StartsAt.Sub(c.clock.Now()))
	other.say(ippo.AttendanceText(e)).has("アンバサダーの方のためのものです")
	member.say(ippo.AttendanceText(e)).has("出席を受け付けました")
}

// The name is asked on our page, in the language of who opens it, and nowhere else.
func TestSignUpWithName(t *testing.T) {
	for name, language := range map[string]string{"ja": "", "ja-x-easy": "やさしい にほんご", "en": "English"} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t)
			c.opens("matsuri", func(e *ippo.Event) { e.Capacity, e.SignUp.AsksName, e.SignUp.MaxParty = 2, true, 3 })
			r, late := c.inLanguage(language), c.inLanguage(language)
			w := c.bot.texts.In(r.me().Language)
			link := func(r *resident) string {
				return r.tap(r.say("イベント"), w.Say("reserve.button")).has(w.Say("reserve.form.note")).page(w.Say("reserve.form.see"))
			}
			first, second := link(r), link(late)
			phone, other := browser(t), browser(t)
			get(t, phone, first).is(200, w.Say("signup.title"), w.Say("consult.door"))
			post(t, phone, first, nil).is(200, "春の市民まつり", w.Say("signup.use"), w.Say("signup.party"))
			post(t, other, second, nil).is(200, w.Say("signup.send"))
			form := url.Values{"name": {""}, "contact": {"電話はない"}, "party": {"2"}}
			post(t, phone, first+"/form", form).is(422, `id="name-problem">`+w.Say("visit.problem.name"), w.Say("visit.problem.contact"), `value="2" selected`)
			form = url.Values{"name": {"市川 まぼろし"}, "contact": {"090-5555-0199"}, "party": {"2"}}
			post(t, phone, first+"/form", form).is(200, w.Say("signup.done.reserved"))
			post(t, phone, first+"/form", form).is(200, w.Say("signup.done.reserved"))
			if got := r.reservation(ippo.Reserved); got.Party != 2 || got.Attendee != (ippo.Attendee{Name: "市川 まぼろし", Contact: "090-5555-0199"}) {
				t.Errorf("%+v", got)
			}
			// It has become full since the form was opened: nobody waits without having been told.
			post(t, other, second+"/form", form).is(422, w.Say("signup.full"), w.Say("signup.wait"))
			form.Set("wait", "yes")
			post(t, other, second+"/form", form).is(200, w.Say("signup.done.waiting"))
			late.reservation(ippo.ReservationWaiting)
			r.say("申し込み").has("春の市民まつり").lacks("市川", "090")
		})
	}
}

// Who is there scans the event's code: on the day, once, with a sign-up or without.
func TestAttendanceByCode(t *testing.T) {
	c := newCenter(t)
	e := c.opens("matsuri", func(*ippo.Event) {})
	r, walker := c.friend(), c.friend()
	r.tap(r.tap(r.say("イベント"), "申し込む"), "申し込む")
	text := ippo.AttendanceText(e)
	r.say(text).has("当日だけ受け付けます")
	c.clock.pass(e.StartsAt.Sub(c.clock.Now()) + time.Minute)
	for range 2 {
		r.say(text).has("ようこそ", "出席を受け付けました")
		walker.say("　" + strings.NewReplacer("（", "(", "）", ")").Replace(text)).has("当日参加として受け付けました")
	}
	r.say("出席の受付（会場:aaaaaaaaaaaa）").has("会場の番号を確かめられませんでした")
	e, err := c.store.EventBySlug(t.Context(), "matsuri")
	if err != nil || e.Places != (ippo.Places{Taken: 1, Attended: 2}) {
		t.Errorf("places %+v, %v", e.Places, err)
	}
}

func FuzzAttendanceCode(f *testing.F) {
	f.Add("出席の受付（会場:abcd2345efgh）")
	f.Add("(会場: ABCD)")
	f.Fuzz(func(t *testing.T, text string) {
		if code, ok := ippo.AttendanceCode(text); ok && len(code) != 12 {
			t.Errorf("%q holds %q", text, code)
		}
	})
}

// The file for calendars is one that calendars read, whatever staff wrote.
func TestEventCalendar(t *testing.T) {
	c := newCenter(t)
	p := get(t, browser(t), c.url+"/r/events/matsuri/calendar.ics").is(200, "BEGIN:VEVENT\r\n", "DTSTART:20260403T145930Z", "SUMMARY:春の市民まつり", "STATUS:CONFIRMED")
	if got := p.header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Error(got)
	}
	before := sequence(t, p.body)
	c.clock.pass(time.Hour)
	c.opens("matsuri", func(e *ippo.Event) { e.CalledOff = true })
	p = get(t, browser(t), c.url+"/r/events/matsuri/calendar.ics").is(200, "STATUS:CANCELLED")
	if after := sequence(t, p.body); after <= before {
		t.Errorf("the calling off comes before the event: %s, %s", before, after)
	}
	get(t, browser(t), c.url+"/r/events/none/calendar.ics").is(404)
}

func sequence(t *testing.T, file string) string {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(file))
	if err != nil || len(cal.Events()) != 1 {
		t.Fatalf("%v in %s", err, file)
	}
	if id := cal.Events()[0].Id(); id != "matsuri@127.0.0.1" {
		t.Errorf("UID %s", id)
	}
	return cal.Events()[0].GetProperty(ics.ComponentPropertySequence).Value
}

// Whatever staff write, the file's lines are no longer than 75 bytes and are read back as they were meant.
func FuzzEventCalendar(f *testing.F) {
	f.Add("春まつり; 雨天, 中止\\ \"市\"\n二行目 BEGIN:VEVENT", "市民センター")
	f.Add(strings.Repeat("長い題名", 15), "🏮")
	f.Fuzz(func(t *testing.T, title, place string) {
		start := time.Date(2026, 4, 3, 14, 0, 0, 0, ippo.Tokyo)
		e := ippo.Event{Slug: "a", Title: title, Summary: "概要", Place: place, StartsAt: start, EndsAt: start.Add(time.Hour), UpdatedAt: start, Status: ippo.ContentPublished}
		title, place = strings.ToValidUTF8(title, ""), strings.ToValidUTF8(place, "")
		if strings.ContainsFunc(title+place, func(r rune) bool { return r < ' ' && r != '\n' }) || strings.TrimSpace(title) != title || strings.TrimSpace(place) != place {
			t.Skip() // what no form keeps
		}
		e.Title, e.Place = title, place
		file := calendarOf(e, "https://ippo.example.jp/r/events/a")
		for line := range strings.SplitSeq(file, "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("line %q", line)
			}
		}
		cal, err := ics.ParseCalendar(strings.NewReader(file))
		if err != nil || len(cal.Events()) != 1 {
			t.Fatalf("%v in\n%s", err, file)
		}
		one := cal.Events()[0]
		if got := one.GetProperty(ics.ComponentPropertySummary).Value; got != title {
			t.Errorf("title %q, want %q", got, title)
		}
		if at, err := one.GetStartAt(); err != nil || !at.Equal(start) {
			t.Errorf("begins %v, %v", at, err)
		}
	})
}

// What is held about somebody names their sign-ups; erasing them frees the place.
func TestMyDataHoldsReservations(t *testing.T) {
	c := newCenter(t)
	e := c.opens("matsuri", func(e *ippo.Event) { e.Capacity = 1 })
	r, next := c.friend(), c.friend()
	for i, one := range []*resident{r, next} {
		err := c.store.Write(t.Context(), func(tx *store.Tx) error {
			_, _, err := tx.Reserve(t.Context(), ippo.Reservation{Event: e.ID, Follower: one.me().ID, Party: 1}, i == 1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	link := r.say("わたしのデータ").page("見る・直す")
	post(t, browser(t), link, nil).is(200, "イベントの申し込み", "春の市民まつり", "申し込み済み")
	me := r.me().ID
	if err := c.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AskErasure(t.Context(), me, 0, "") }); err != nil {
		t.Fatal(err)
	}
	if done, err := c.store.Erase(t.Context(), ippo.Erasure{Follower: me, AskedAt: c.clock.Now()}); err != nil || !done {
		t.Fatal(done, err)
	}
	next.reservation(ippo.ReservationOffered)
	if all, err := c.store.Reservations(t.Context(), e.ID); err != nil || len(all) != 1 {
		t.Errorf("left %+v, %v", all, err)
	}
}
