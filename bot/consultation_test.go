package bot

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// room is a resident's latest consultation and what stands in it.
func (r *resident) room() (ippo.Consultation, []ippo.ConsultationEntry) {
	r.t.Helper()
	c, err := r.store.LatestConsultation(r.t.Context(), r.me().ID)
	if err != nil {
		r.t.Fatal(err)
	}
	entries, err := r.store.ConsultationEntries(r.t.Context(), c.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return c, entries
}

// answerRoom answers as the panel does, and returns what arrives in the chat.
func (r *resident) answerRoom(text string) answer {
	r.t.Helper()
	ctx := r.t.Context()
	c, _ := r.room()
	err := r.store.Write(ctx, func(t *store.Tx) error {
		if _, _, err := t.AnswerConsultation(ctx, 1, store.Reply{To: c.ID, Version: c.Version, Text: text}); err != nil {
			return err
		}
		l := store.NewFormLink(c.Follower, store.PurposeRoom, []byte("{}"), t.Now().Add(store.RoomLinkLife))
		if err := t.AddFormLink(ctx, l); err != nil {
			return err
		}
		return t.AddNotice(ctx, ippo.Notice{Follower: c.Follower, Kind: ippo.NoticeConsultationAnswer, Messages: []ippo.Message{
			messages.ConsultationAnswer(r.bot.texts.In(c.Language), r.url+l.Path(r.bot.links)),
		}})
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.notice()
}

// From the chat to the room and back, in every language that residents can choose.
func TestConsultation(t *testing.T) {
	for name, say := range map[string]struct{ language, word, door, kind, closed, told string }{
		"ja":        {"", "相談", "書いた内容はLINEには残りません", "居場所がほしい", "2026年4月1日（水）09:00から順に読んで", "お返事があります"},
		"ja-x-easy": {"やさしい にほんご", "そうだん", "書いた ことは LINEに のこりません", "行く 場所が ほしい", "2026年4月1日（水）09:00から 読んで", "返事が あります"},
		"en":        {"English", "consultation", "does not stay in LINE", "A place to be", "from Wed, 1 April 2026, 09:00", "You have an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t) // shortly before midnight
			r := c.inLanguage(say.language)
			w := c.bot.texts.In(r.me().Language)
			link := r.say(say.word).has(w.Say("consult.title"), w.Say("desk.dial")).page(w.Say("consult.enter"))
			phone := browser(t)
			for range 3 { // robots and closed pages
				get(t, browser(t), link).is(200, say.door)
			}
			post(t, phone, link, nil).is(200, say.kind, w.Say("consult.send"), `lang="`+htmlLanguage(r.me().Language)+`"`)
			post(t, phone, link+"/form", url.Values{"text": {" \r\n"}, "kind": {"place"}}).is(422, w.Say("consult.problem.text"), `value="place" selected`)
			post(t, phone, link+"/form", url.Values{"text": {"秘密の悩み<b>です"}, "kind": {"place"}}).
				is(200, w.Say("consult.sent"), "秘密の悩み&lt;b&gt;です", say.closed, "000-123-4567", w.Say("consult.state.new"), w.Say("consult.more")).lacks(say.kind)
			post(t, phone, link+"/form", url.Values{"text": {"秘密の悩み<b>です"}}).is(200) // 送る pressed twice
			room, entries := r.room()
			if room.Kind != ippo.ConsultPlace || room.State != ippo.ConsultationNew || len(entries) != 2 {
				t.Errorf("%+v, %+v", room, entries)
			}
			mails, err := c.store.DueMails(t.Context(), c.clock.Now(), 10)
			if err != nil || len(mails) != 1 || strings.Contains(mails[0].Subject+mails[0].Body, "秘密") {
				t.Errorf("mails %+v, %v", mails, err)
			}
			r.say(say.word).has(w.Say("consult.state.new")).lacks("秘密")

			c.clock.pass(10 * time.Hour)
			a := r.answerRoom("火曜の午後にどうぞ").has(say.told).lacks("火曜", "秘密")
			answered := a.page(w.Say("consult.answered.read"))
			other := browser(t)
			get(t, other, answered).is(200, say.door)
			if room, _ := r.room(); !room.Told {
				t.Error("a preview has read the answer")
			}
			post(t, phone, answered, nil).is(200, "火曜の午後にどうぞ", w.Say("consult.by.staff"), w.Say("consult.state.waiting"))
			if room, _ := r.room(); room.Told {
				t.Error("the answer is not seen")
			}
			get(t, other, answered).is(403)
			get(t, phone, link+"/form").is(200, "火曜の午後にどうぞ") // both links lead to the same room
			post(t, phone, answered+"/form", url.Values{"text": {"行きます"}}).is(200, "行きます", w.Say("consult.state.working"))

			// The links end; tapping again makes a new one.
			c.clock.pass(8 * 24 * time.Hour)
			get(t, phone, answered+"/form").is(410)
			again := r.tap(a, w.Say("consult.again")).has(w.Say("consult.state.working")).page(w.Say("consult.enter"))
			post(t, phone, again, nil).is(200, "行きます", "火曜の午後にどうぞ")
		})
	}
}

// Nobody reads another's room: not by another's link, not from another browser, not by a link that was
// changed, and not by a link to something else.
func TestRoomIsItsOwners(t *testing.T) {
	c := newCenter(t)
	hanako, taro := c.friend(), c.friend()
	enter := func(r *resident) (string, *http.Client) {
		b := browser(t)
		link := r.say("相談").page("相談の部屋を開く")
		post(t, b, link, nil).is(200)
		return link, b
	}
	hers, herPhone := enter(hanako)
	his, hisPhone := enter(taro)
	post(t, herPhone, hers+"/form", url.Values{"text": {"花子の悩み"}}).is(200, "花子の悩み")

	get(t, hisPhone, his+"/form").is(200).lacks("花子の悩み")
	for _, path := range []string{"", "/form", "/done"} {
		get(t, hisPhone, hers+path).is(403).lacks("花子の悩み")
		get(t, browser(t), hers+path).is(403).lacks("花子の悩み")
	}
	post(t, hisPhone, hers, nil).is(403)
	post(t, hisPhone, hers+"/form", url.Values{"text": {"太郎が花子の部屋に"}}).is(403)
	if _, entries := hanako.room(); len(entries) != 2 {
		t.Errorf("%+v", entries)
	}
	seal := len(c.url+"/r/f/") + 10
	swapped := his[:seal] + hers[seal:]
	get(t, hisPhone, swapped+"/form").is(404).lacks("花子の悩み")

	// His cookie, sent with her link by hand.
	u, _ := url.Parse(his + "/form")
	req, _ := http.NewRequest(http.MethodGet, hers+"/form", nil)
	for _, cookie := range hisPhone.Jar.Cookies(u) {
		req.AddCookie(cookie)
	}
	res, err := http.DefaultClient.Do(req)
	received(t, res, err).is(403).lacks("花子の悩み")
}

// What staff write among themselves is not in the room, nor who hands it to whom.
func TestNotesStayAmongStaff(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	link, phone := r.say("相談").page("相談の部屋を開く"), browser(t)
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"text": {"補助金のこと"}}).is(200)
	colleague, err := c.store.CreateStaff(t.Context(), 0, ippo.Staff{Name: "引継 さき", Email: "b@example.jp", Role: ippo.Editor}, "$argon2id$")
	if err != nil {
		t.Fatal(err)
	}
	room, _ := r.room()
	if err := c.store.NoteConsultation(t.Context(), 1, room.ID, "内輪のメモ"); err != nil {
		t.Fatal(err)
	}
	if err := c.store.HandOverConsultation(t.Context(), 1, room.ID, room.Version+1, colleague.ID, "内輪の引きつぎ"); err != nil {
		t.Fatal(err)
	}
	get(t, phone, link+"/form").is(200, "補助金のこと").lacks("内輪", "引継", "担当")
}

// A long text after 「相談」 is not answered in the chat, and nobody reads it until its writer sends it.
func TestConsultationTypedIntoTheChat(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	const text = "相談です。夫が仕事をやめてから家にこもりがちで、近所に出かける場所をさがしています。"
	a := r.say(text).has("お預かりしました", "送る").lacks("夫", "こもり")
	link := a.page("相談の部屋を開く")
	if _, err := c.store.LatestConsultation(t.Context(), r.me().ID); err == nil {
		t.Fatal("staff have it already")
	}
	if all, err := c.store.Unanswered(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("kept as a question without an answer: %+v, %v", all, err)
	}
	get(t, browser(t), link).is(200).lacks("夫が仕事")
	phone := browser(t)
	post(t, phone, link, nil).is(200, "夫が仕事をやめて", "トークに書かれた文を入れてあります")
	post(t, phone, link+"/form", url.Values{"text": {text}}).is(200, "夫が仕事をやめて").lacks("トークに書かれた文")
	if _, entries := r.room(); len(entries) != 2 || entries[0].Text != text {
		t.Errorf("%+v", entries)
	}

	// A letter with a telephone number in it may go there too; a bare number is no letter.
	a = r.say("ひとり暮らしの母のことで困っています。電話は090-1234-5678で、夕方なら出られます。").lacks("090", "母")
	post(t, phone, a.page("相談の部屋へ移す"), nil).is(200, "ひとり暮らしの母")
	if r.say("090-1234-5678").button("相談の部屋へ移す") != nil {
		t.Error("a number is to be moved")
	}
	// A short question about consultations stays one.
	r.say("相談は予約がいりますか").lacks("お預かりしました")
	// Danger comes first.
	r.say("相談です。もう生きていたくないと毎日思っていて、だれにも言えずにいます。").has("119").lacks("お預かりしました")
}

// Taking the message back, or a day's wait, takes back what was moved, and the room opens no more by that link.
func TestMovedTextEnds(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	const text = "相談です。夫が仕事をやめてから家にこもりがちで、近所に出かける場所をさがしています。"
	id, err := c.platform.Say(r.id, text)
	link := r.act(err).page("相談の部屋を開く")
	if err := c.platform.Unsend(r.id, id); err != nil {
		t.Fatal(err)
	}
	r.idle()
	get(t, browser(t), link).is(410)

	link = r.say(text + "どうか。").page("相談の部屋を開く")
	c.clock.pass(25 * time.Hour)
	get(t, browser(t), link).is(410)
	if got, err := c.store.ForgetPassing(t.Context(), c.clock.Now()); err != nil || got["links to rooms"] != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// Words of danger in the room: the numbers stand at the top at once, and the desk has it first.
func TestDangerInTheRoom(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	link, phone := r.say("相談").page("相談の部屋を開く"), browser(t)
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"text": {"もう消えたいです"}}).is(200, `href="tel:119"`, "0120-279-338")
	if list := c.requests(); len(list) != 1 || list[0].Kind != ippo.RequestDanger {
		t.Errorf("desk: %+v", list)
	}
	post(t, phone, link+"/form", url.Values{"text": {"落ち着きました"}}).is(200).lacks(`href="tel:119"`)
}

// By day the first answer promises no other hour.
func TestConsultationInOpeningHours(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	c.clock.pass(10 * time.Hour) // Wednesday, 9:59:30
	link, phone := r.say("相談する").page("相談の部屋を開く"), browser(t)
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"text": {"補助金のこと"}, "kind": {"nonsense"}}).is(200, "職員が読んで、この画面でお返事します").lacks("受付時間の外")
	if room, _ := r.room(); room.Kind != "" {
		t.Errorf("%+v", room)
	}
}

// FuzzRoom: whatever is sent into a room, it is taken or refused with words.
func FuzzRoom(f *testing.F) {
	b, handler := quietBot(f)
	var follower ippo.FollowerID
	err := b.store.Write(f.Context(), func(t *store.Tx) (err error) {
		follower, err = t.Follow(f.Context(), "U0123456789abcdef0123456789abcdef", "山田", ippo.English, b.now())
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("補助金のこと", "subsidy")
	f.Add("\x00\r\n", "")
	f.Add(strings.Repeat("😀", 5001), "x")
	f.Add("https://example.jp/\"<script>", "place' OR 1=1")
	f.Fuzz(func(t *testing.T, text, kind string) {
		l := store.NewFormLink(follower, store.PurposeRoom, []byte("{}"), b.now().Add(time.Hour))
		if err := b.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AddFormLink(t.Context(), l) }); err != nil {
			t.Fatal(err)
		}
		if err := b.store.BindFormLink(t.Context(), l.ID, "cookie"); err != nil {
			t.Fatal(err)
		}
		body := url.Values{"text": {text}, "kind": {kind}}.Encode()
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			req := httptest.NewRequest(method, l.Path(b.links)+"/form", strings.NewReader(body))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.AddCookie(&http.Cookie{Name: formCookie, Value: "cookie"})
			res := httptest.NewRecorder()
			handler.ServeHTTP(res, req)
			switch res.Code {
			case http.StatusOK, http.StatusSeeOther, http.StatusUnprocessableEntity, http.StatusBadRequest:
			default:
				t.Fatalf("%s: status %d for %q", method, res.Code, body)
			}
			if strings.Contains(res.Body.String(), "<script") {
				t.Fatalf("%q runs", text)
			}
		}
	})
}

// What has ended can be read again below what is written now, and by nobody else.
func TestEarlierConsultations(t *testing.T) {
	c := newCenter(t)
	r, other := c.friend(), c.friend()
	phone := browser(t)
	link := r.say("相談").page("相談の部屋を開く")
	post(t, phone, link, nil).is(200).lacks("これまでの相談")
	post(t, phone, link+"/form", url.Values{"text": {"一つ目の相談"}, "kind": {"place"}}).is(200)
	r.answerRoom("一つ目への返事")
	room, _ := r.room()
	if err := c.store.NoteConsultation(t.Context(), 1, room.ID, "職員だけのメモ"); err != nil {
		t.Fatal(err)
	}
	room, _ = r.room()
	if err := c.store.SettleConsultation(t.Context(), 1, room.ID, room.Version, room.Kind, ippo.ConsultationDone); err != nil {
		t.Fatal(err)
	}
	get(t, phone, link+"/form").is(200, "一つ目への返事").lacks("これまでの相談") // the room still shows it
	post(t, phone, link+"/form", url.Values{"text": {"二つ目の相談"}, "kind": {""}}).is(200, "二つ目の相談", "これまでの相談", "<summary>", "居場所がほしい", "一つ目の相談", "一つ目への返事").lacks("メモ")
	theirs := other.say("相談").page("相談の部屋を開く")
	post(t, browser(t), theirs, nil).is(200).lacks("一つ目", "これまでの相談")
}
