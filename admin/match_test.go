package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// wantVisit has follower n fill in the form for a visit to a group, without agreeing to anything.
func (o *office) wantVisit(n ippo.FollowerID, group ippo.ActivityGroupID) error {
	ctx := o.t.Context()
	return o.store.Write(ctx, func(t *store.Tx) error {
		id, err := t.SuggestMatch(ctx, n, group, "日曜の午前・栄地区", ippo.Wish{})
		if err != nil {
			return err
		}
		if _, err := t.WishMatch(ctx, n, group, ippo.Wish{}); err != nil {
			return err
		}
		if err := t.WantDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestVisit, Follower: n, Group: group}); err != nil {
			return err
		}
		return t.AskMatch(ctx, id, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: "川口 花", Contact: "000-1111-2222", Text: "<b>車で</b>行けますか"}, ippo.Consent{})
	})
}

// meet fills the office, with a newcomer who wants to visit a group.
func (o *office) meet() {
	o.t.Helper()
	o.fill()
	if err := o.wantVisit(1, 1); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) mails() []store.Mail {
	o.t.Helper()
	mails, err := o.store.DueMails(o.t.Context(), o.clock().Add(time.Hour), 100)
	if err != nil {
		o.t.Fatal(err)
	}
	return mails
}

func (o *office) host(change func(*ippo.Host)) {
	o.t.Helper()
	g, err := o.store.ActivityGroup(o.t.Context(), 1)
	if err != nil {
		o.t.Fatal(err)
	}
	change(&g.Host)
	if err := o.store.UpdateActivityGroup(o.t.Context(), o.staff[ippo.Editor].ID, g); err != nil {
		o.t.Fatal(err)
	}
}

// A coordinator's day: the request in 受付, no consent, a call, the consent, the hand-over by mail without a
// word of the newcomer in it, the answer by telephone, the visit, the joining.
func TestCoordinatorWalksANewcomerToAGroup(t *testing.T) {
	o := open(t)
	o.meet()
	o.panel.MailOff = false
	o.host(func(h *ippo.Host) {
		*h = ippo.Host{Person: "山野 みどり", Email: "satoyama@example.jp", Phone: "000-9999-8888"}
	})
	b := o.as(ippo.Editor)

	list := b.get("/admin/requests").want(http.StatusOK).says("見学の希望")
	if !strings.Contains(list.body, "/admin/matches") {
		t.Error("no way from 受付 to the matches")
	}
	b.get("/admin/requests/2").want(http.StatusOK).says("入力の内容を見て、団体に伝える").saysNot("000-1111-2222")
	b.get("/admin/matches").want(http.StatusOK).says("里山の会", "同意を聞く", "川＊＊").saysNot("川口")
	b.get("/admin/matches/1").want(http.StatusOK).says("川口 花", "000-1111-2222", "<b>車で</b>行けますか", "日曜の午前・栄地区", "ご本人の同意", "初めての方を受け入れていないため").saysNot("LINEで伝える", "メールで伝える")

	b.post("/admin/matches/1/hand", "way", "mail").want(http.StatusUnprocessableEntity).says("ご本人の同意がないため、伝えられません")
	b.post("/admin/matches/1/hand", "way", "line").want(http.StatusUnprocessableEntity).says("この方法では伝えられません")
	b.post("/admin/matches/1/consent", "words", "").want(http.StatusUnprocessableEntity)
	b.follow(b.post("/admin/matches/1/consent", "words", "電話で、里山の会に伝えてよいと聞いた")).says("里山の会に、お名前・連絡先・聞きたいこと", "山野 みどり様", "電話で伝えるときのことば", "メールで伝える").saysNot("LINEで伝える")
	b.follow(b.post("/admin/matches/1/hand", "way", "mail")).says("団体に伝えました", "団体にメールで伝えた", "もう一度伝える")

	var letter store.Mail
	for _, m := range o.mails() {
		if m.To != "" {
			letter = m
		}
	}
	if letter.To != "satoyama@example.jp" || !strings.Contains(letter.Body, "\n/r/g/") {
		t.Fatalf("letter: %+v", letter)
	}
	for _, secret := range []string{"川口", "花", "1111", "車で"} {
		if strings.Contains(letter.Subject+letter.Body, secret) {
			t.Errorf("the letter says %q", secret)
		}
	}
	if r, err := o.store.DeskRequest(t.Context(), 2); err != nil || r.State != ippo.RequestWorking {
		t.Errorf("at the desk: %+v, %v", r, err)
	}

	b.post("/admin/matches/1/answer", "answer", "welcome", "visitOn", "2026-03-01", "tell", "1").want(http.StatusUnprocessableEntity).says("きょうより前の日は選べません")
	b.follow(b.post("/admin/matches/1/answer", "answer", "welcome", "visitOn", "2026-03-15", "note", "電話で", "tell", "1")).says("団体の返事：どうぞ、この日に", "2026年3月15日")
	due, err := o.store.DueNotices(t.Context(), o.clock(), 10)
	if err != nil || len(due) != 1 || due[0].Kind != ippo.NoticeGroupAnswer || !strings.Contains(string(due[0].Messages[0]), "2026年3月15日") || strings.Contains(string(due[0].Messages[0]), "川口") {
		t.Fatalf("due: %+v, %v", due, err)
	}
	b.post("/admin/matches/1/move", "to", "visited").want(http.StatusUnprocessableEntity).says("メモに入力してください")
	b.follow(b.post("/admin/matches/1/note", "note", "車いすで来られる")).says("車いすで来られる")
	o.as(ippo.Administrator).get("/admin/audit").says("団体紹介: メモ").saysNot("車いす")
	b.follow(b.post("/admin/matches/1/move", "to", "visited", "note", "団体から聞いた"))
	b.follow(b.post("/admin/matches/1/move", "to", "joined", "note", "入会された")).says("参加した", "入会された")
	if r, err := o.store.DeskRequest(t.Context(), 2); err != nil || r.State != ippo.RequestDone {
		t.Errorf("at the desk: %+v, %v", r, err)
	}
	b.get("/admin/audit").want(http.StatusForbidden)
	o.as(ippo.Administrator).get("/admin/audit").says("団体紹介: 団体に伝える", "団体紹介: 同意の記録")
	o.as(ippo.Viewer).get("/admin/outcomes").want(http.StatusOK).says("参加した")
	o.as(ippo.Viewer).get("/admin/matches/1").want(http.StatusForbidden)
}

// By LINE the group's host gets a link and nothing else, once they have linked their account by the code.
func TestHandOverByLine(t *testing.T) {
	o := open(t)
	o.meet()
	ctx := t.Context()
	b := o.as(ippo.Editor)
	if err := o.follow("Uf0000000000000000000000000000002"); err != nil {
		t.Fatal(err)
	}
	page := b.post("/admin/groups/1/host/line").want(http.StatusOK)
	at := strings.Index(page.body, `<p class="code">団体:`)
	if at < 0 {
		t.Fatalf("no code on the page: %s", page.body)
	}
	code, ok := ippo.GroupLinkCode(page.body[at+len(`<p class="code">`) : strings.Index(page.body[at:], "</p>")+at])
	if !ok {
		t.Fatal("the code cannot be typed")
	}
	if err := o.store.Write(ctx, func(t *store.Tx) error {
		_, err := t.LinkGroup(ctx, code, 2)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/groups/1/host").says("「川口 花」につながっています")
	b.follow(b.post("/admin/matches/1/consent", "words", "窓口で聞いた"))
	woken := o.woken
	b.follow(b.post("/admin/matches/1/hand", "way", "line")).says("団体にLINEで伝えた")
	due, err := o.store.DueNotices(ctx, o.clock(), 10)
	if err != nil || len(due) != 1 || due[0].To != "Uf0000000000000000000000000000002" || due[0].Kind != ippo.NoticeVisitRequest {
		t.Fatalf("due: %+v, %v", due, err)
	}
	if s := string(due[0].Messages[0]); !strings.Contains(s, "http://127.0.0.1/r/g/") || strings.Contains(s, "川口") || strings.Contains(s, "1111") {
		t.Errorf("the message says %s", s)
	}
	if o.woken == woken {
		t.Error("nobody was waked to send it")
	}
	b.follow(b.post("/admin/groups/1/host/line/remove")).saysNot("つながっています")
}

// Silence puts a group on the call list and on the home page; what it says on the telephone takes it off.
func TestCallList(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	o.setClock(opening.Add(ippo.AskAfter))
	if err := o.store.Write(ctx, func(t *store.Tx) error {
		_, err := t.AskGroup(ctx, 1, store.WayPaper)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	b.get("/admin/freshness").says("用紙を送る団体", "里山の会").saysNot("電話をかける団体 ")
	b.get("/admin/freshness/1/slip").says("里山の会", "募集中です", "満員です", "いまは募集していません")
	o.setClock(opening.Add(ippo.AskAfter + ippo.SilentAfter))
	b = o.as(ippo.Editor)
	b.get("/admin/").says("返事が60日ない団体が1件あります")
	b.get("/admin/freshness").says("電話をかける団体", "里山の会")
	b.get("/admin/groups/1").says("募集中かどうかの返事がないため、後のほうで紹介します")
	b.post("/admin/freshness/1", "answer", "nonsense").want(http.StatusConflict)
	b.follow(b.post("/admin/freshness/1", "answer", "full")).says("返事を待っている団体はありません")
	b.get("/admin/groups/1").says("満員のため、紹介しません")
	o.as(ippo.Viewer).post("/admin/freshness/1", "answer", "open").want(http.StatusForbidden)
}

// Late answers are on the home page, in the badge and in the list.
func TestLateAnswersAreShown(t *testing.T) {
	o := open(t)
	o.meet()
	o.setClock(opening.Add(ippo.AnswerWithin))
	if told, _, err := o.store.TellLate(t.Context()); err != nil || told != 1 {
		t.Fatal(told, err)
	}
	b := o.as(ippo.Editor)
	b.get("/admin/").says("団体の返事がない紹介", "里山の会")
	b.get("/admin/matches?state=late").says("里山の会", "同意を聞く")
	o.as(ippo.Viewer).get("/admin/").saysNot("団体の返事がない紹介")
	if m, err := o.store.Match(t.Context(), 1); err != nil || m.LateAt.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
}
