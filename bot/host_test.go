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

// coordinator hands a match over and returns the link for the group's page.
func (c *center) coordinator(id ippo.MatchID, way string) string {
	c.t.Helper()
	staff, err := c.store.StaffList(c.t.Context())
	if err != nil || len(staff) == 0 {
		c.t.Fatal(err)
	}
	var link string
	err = c.store.Write(c.t.Context(), func(t *store.Tx) error {
		l, err := t.HandMatch(c.t.Context(), staff[0].ID, id, way)
		if err == nil && l != nil {
			link = c.url + l.Path(c.bot.hosts)
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return link
}

func (c *center) match(id ippo.MatchID) ippo.Match {
	c.t.Helper()
	m, err := c.store.Match(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// followUp puts the question that is due next, as package jobs does.
func (r *resident) followUp(kind ippo.FollowUp) answer {
	r.t.Helper()
	ctx := r.t.Context()
	due, next, err := r.store.DueFollowUps(ctx, r.clock.Now(), store.DueFollowUp{}, 10)
	if err == nil && len(due) == 0 {
		r.clock.pass(next.Sub(r.clock.Now()))
		due, _, err = r.store.DueFollowUps(ctx, r.clock.Now(), store.DueFollowUp{}, 10)
	}
	if err != nil || len(due) != 1 || due[0].Kind != kind {
		r.t.Fatalf("due: %+v, %v; want %s", due, err, kind)
	}
	m := messages.FollowUp(r.bot.texts.In(due[0].Language), kind, due[0].Match, due[0].Group)
	n := ippo.Notice{Follower: due[0].Follower, Kind: ippo.NoticeFollowUp, Messages: []ippo.Message{m}}
	if _, err := r.store.PutFollowUps(ctx, due, []ippo.Notice{n}); err != nil {
		r.t.Fatal(err)
	}
	return r.push([]ippo.Message{m})
}

// inLanguage is a friend who has chosen their language in the chat.
func (c *center) inLanguage(word string) *resident {
	r := c.friend()
	if word != "" {
		r.say("ことば")
		r.say(word)
	}
	return r
}

// From the suggestion to the joining, in every language that residents can choose, by everybody's own screen.
func TestNewcomerIsWalkedToAGroup(t *testing.T) {
	for name, say := range map[string]struct {
		language, wish, visit, form, consent, sent, answered, day, howWas, joined, still, goesOn, thanks string
	}{
		"ja": {"", "土日に子どもと", "見学したい", "連絡先を入力する", "「えほんの広場」に、見学の案内のため", "送信しました", "団体からお返事がありました", "2026年4月11日（土）",
			"の見学は、いかがでしたか", "参加することにした", "続いていますか", "続けています", "うれしいお知らせ"},
		"ja-x-easy": {"やさしい にほんご", "土日に こどもと", "見学したい", "連絡先を 書く", "わたしの 名前・連絡先・聞きたい ことを 伝えて いいです", "送りました", "団体から 返事が ありました", "2026年4月11日（土）",
			"は どうでしたか", "入る ことに した", "いまも 行って いますか", "行って います", "これからも 楽しんで"},
		"en": {"English", "weekends, with children", "I'd like to visit", "Leave a contact", "I agree that my name, contact details and questions", "you will hear from us in LINE", "The group has answered", "Sat, 11 April 2026",
			"How was your visit to", "I am joining", "Are you still with", "Yes, I am", "Keep enjoying it"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t)
			r := c.inLanguage(say.language)
			w := c.bot.texts.In(r.me().Language)
			a := r.say(say.wish).has("えほんの広場")
			a = r.tap(a, w.Say("card.visit")).has("えほんの広場")
			link := a.page(w.Say("desk.form"))
			phone := browser(t)
			post(t, phone, link, nil).is(200, say.consent)
			post(t, phone, link+"/form", url.Values{"name": {""}, "contact": {"090-1111-2222"}, "consent": {"yes"}}).is(422, `name="consent" value="yes" checked`, `id="name-problem">`+w.Say("visit.problem.name"))
			post(t, phone, link+"/form", url.Values{"name": {"山田花子"}, "contact": {"090-1111-2222"}, "text": {"駐車場は?"}, "consent": {"yes"}}).is(200, say.sent)

			m, err := c.store.LatestMatch(t.Context(), r.me().ID, 1)
			if err != nil || m.State != ippo.MatchAsked || m.Request.Text != "駐車場は?" || !strings.Contains(m.Consent.Words, say.consent) ||
				m.Consent.Group != "えほんの広場" || strings.Join(m.Consent.Items, "・") != "お名前・連絡先・聞きたいこと" || !strings.Contains(m.Why, "土曜の午前・") {
				t.Fatalf("%+v, %v", m, err)
			}

			group := c.coordinator(m.ID, store.WayMail)
			host, other := browser(t), browser(t)
			get(t, other, group).is(200, "「開く」を押すと") // a program that looks at mail
			post(t, host, group, nil).is(200, "山田花子", "090-1111-2222", "駐車場は?")
			get(t, other, group).is(403, "ほかの機器で開かれています")
			get(t, other, group+"/visit").is(403)
			post(t, host, group+"/visit", url.Values{"answer": {"welcome"}, "visitOn": {"2026-02-30"}}).is(422, "来ていただく日を、きょうから1年以内で入力してください")
			post(t, host, group+"/visit", url.Values{"answer": {"welcome"}, "visitOn": {"2026-04-11"}}).is(200, "お返事を伝えました")

			a = r.notice().has(say.answered, say.day, "えほんの広場").lacks("山田", "090")
			if r.me().Language == ippo.English {
				a.lacks("お返事")
			}
			r.clock.pass(2 * time.Hour)
			a = r.followUp(ippo.FollowUpVisit).has(say.howWas)
			r.tap(a, say.joined)
			if m := c.match(m.ID); m.State != ippo.MatchJoined {
				t.Errorf("%+v", m)
			}
			get(t, host, group+"/visit").is(410, "このページは終わりました").lacks("山田花子")
			a = r.followUp(ippo.FollowUpStay).has(say.still)
			r.tap(a, say.goesOn).has(say.thanks)
		})
	}
}

// Without a yes nothing leaves the house; and whoever takes their wish back has told nobody.
func TestVisitWithoutConsent(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.tap(r.say("土日に子どもと"), "見学したい")
	phone, link := browser(t), a.page("連絡先を入力する")
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"name": {"山田花子"}, "contact": {"hanako@example.jp"}}).is(200)
	m, err := c.store.LatestMatch(t.Context(), r.me().ID, 1)
	if err != nil || m.Consent.Given() || m.State != ippo.MatchAsked {
		t.Fatalf("%+v, %v", m, err)
	}
	r.tap(a, "取り消す").has("取り消しました")
	if m := c.match(m.ID); m.State != ippo.MatchSuggested || m.Request.Name != "" {
		t.Errorf("%+v", m)
	}
	if n := len(c.requests()); n != 0 {
		t.Errorf("%d requests at the desk", n)
	}
}

// A group that takes nobody, and a group that did not fit: what was tried is not suggested again.
func TestNextBest(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	ask := func(a answer, group string) (ippo.MatchID, string) {
		t.Helper()
		phone := browser(t)
		link := r.act(c.platform.Postback(r.id, "1/desk/visit/"+group, nil)).page("連絡先を入力する")
		post(t, phone, link, nil)
		post(t, phone, link+"/form", url.Values{"name": {"山田花子"}, "contact": {"090-1111-2222"}, "consent": {"yes"}}).is(200)
		g, err := c.store.ActivityGroupBySlug(t.Context(), group)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.store.LatestMatch(t.Context(), r.me().ID, g.ID)
		if err != nil {
			t.Fatal(err)
		}
		return m.ID, c.coordinator(m.ID, store.WayLine)
	}
	a := r.say("土日に子どもと参加できる").has("えほんの広場", "にほんごサロン")
	_, group := ask(a, "ehon")
	host := browser(t)
	post(t, host, group, nil).is(200)
	post(t, host, group+"/visit", url.Values{"answer": {"closed"}}).is(200, "この画面は、これで閉じます").lacks("山田花子")
	post(t, host, group+"/visit", url.Values{"answer": {"welcome"}, "visitOn": {"2026-04-11"}}).is(410)
	a = r.notice().has("いまは新しい方を受け入れていない")
	r.tap(a, "ほかの団体を見る").has("にほんごサロン").lacks("えほんの広場")

	r.clock.pass(25 * time.Hour)
	id, group := ask(a, "nihongo")
	post(t, host, group, nil).is(200)
	post(t, host, group+"/visit", url.Values{"answer": {"later"}}).is(200, "直接ご連絡ください", "山田花子")
	r.clock.pass(2 * time.Hour)
	post(t, host, group+"/visit", url.Values{"answer": {"welcome"}, "visitOn": {"2026-04-11"}}).is(200)
	a = r.followUp(ippo.FollowUpVisit)
	r.tap(a, "合わなかった").has("合う場所を一緒に", "ほかに合いそうな団体が見つかりませんでした", "連絡がほしい").lacks("えほんの広場", "にほんごサロン")
	if m := c.match(id); m.State != ippo.MatchUnfit {
		t.Errorf("%+v", m)
	}
	stranger := c.friend()
	stranger.act(c.platform.Postback(stranger.id, "1/match/visit/1.joined", nil)).has("使えなくなりました")
	stranger.act(c.platform.Postback(stranger.id, "1/match/next/1", nil)).has("使えなくなりました")
}

// Whoever receives newcomers links their chat by a code, and says with one tap whether there is room; by mail
// the page has the same buttons.
func TestHostSaysWhetherThereIsRoom(t *testing.T) {
	c := newCenter(t)
	ctx := t.Context()
	host := c.friend()
	code, _, err := c.store.NewGroupLinkCode(ctx, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	host.say("団体:ZZZZ-ZZZZ").has("番号を確認できませんでした")
	host.say("団体：" + strings.ToLower(code)).has("「えほんの広場」の受入担当として")
	host.say("団体:" + code).has("番号を確認できませんでした") // good once
	g, err := c.store.ActivityGroup(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	a := host.push([]ippo.Message{messages.Freshness(c.bot.texts.In(ippo.Japanese), g)})
	host.tap(a.has("新しい方を募集中ですか"), "満員です").has("「えほんの広場」は「満員です」で承りました")
	if g, err := c.store.ActivityGroup(ctx, 1); err != nil || !g.Full {
		t.Errorf("%+v, %v", g, err)
	}
	stranger := c.friend()
	stranger.act(c.platform.Postback(stranger.id, "1/host/fresh/1.open", nil)).has("登録されていません")

	var link string
	if err := c.store.Write(ctx, func(t *store.Tx) error {
		l, err := t.AskGroup(ctx, 1, store.WayMail)
		link = c.url + l.Path(c.bot.hosts)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b := browser(t)
	get(t, b, link).is(200, "えほんの広場", "募集中です", "満員です")
	post(t, b, link+"/fresh", url.Values{"answer": {"x"}}).is(422)
	post(t, b, link+"/fresh", url.Values{"answer": {"open"}}).is(200, "「募集中です」で承りました")
	if g, err := c.store.ActivityGroup(ctx, 1); err != nil || g.Full || !g.Receiving || !g.AskedAt.IsZero() {
		t.Errorf("%+v, %v", g, err)
	}
	get(t, b, link+"/visit").is(410)
	get(t, b, c.url+"/r/g/nonsense").is(410)
}

// FuzzVisit: whatever is sent as a request to visit, it is taken or refused with words, and stored sealed.
func FuzzVisit(f *testing.F) {
	b, handler := quietBot(f)
	var follower ippo.FollowerID
	err := b.store.Write(f.Context(), func(t *store.Tx) (err error) {
		follower, err = t.Follow(f.Context(), "U0123456789abcdef0123456789abcdef", "山田", ippo.English, b.now())
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("山田", "090-1111-2222", "何を持っていけば?", "yes")
	f.Add("\x00", "a@example.jp\r\nBcc: x", strings.Repeat("長", 1001), "no")
	f.Fuzz(func(t *testing.T, name, contact, text, consent string) {
		l := store.NewFormLink(follower, purposeVisit, []byte(`{"group":1,"groupName":"団体0"}`), b.now().Add(time.Hour))
		if err := b.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AddFormLink(t.Context(), l) }); err != nil {
			t.Fatal(err)
		}
		if err := b.store.BindFormLink(t.Context(), l.ID, "cookie"); err != nil {
			t.Fatal(err)
		}
		body := url.Values{"name": {name}, "contact": {contact}, "text": {text}, "consent": {consent}}.Encode()
		req := httptest.NewRequest(http.MethodPost, l.Path(b.links)+"/form", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: formCookie, Value: "cookie"})
		res := httptest.NewRecorder()
		handler.ServeHTTP(res, req)
		if res.Code != http.StatusSeeOther && res.Code != http.StatusUnprocessableEntity && res.Code != http.StatusBadRequest {
			t.Fatalf("status %d for %q", res.Code, body)
		}
	})
}
