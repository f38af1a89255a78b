package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

// crowd makes followers of two topics: three of the one, two of the other, one of both; and a draft to
// both topics.
func (o *office) crowd() string {
	o.t.Helper()
	o.fill()
	ctx := o.t.Context()
	for i, topics := range []ippo.Choice{1, 1, 2, 3} {
		id := "Ue000000000000000000000000000000" + string(rune('1'+i))
		if err := o.follow(id); err != nil {
			o.t.Fatal(err)
		}
		f, err := o.store.FollowerByLineID(ctx, id)
		if err != nil {
			o.t.Fatal(err)
		}
		if err := o.store.Write(ctx, func(t *store.Tx) error {
			return t.SavePreferences(ctx, f.ID, ippo.Preferences{Language: ippo.Japanese, Topics: topics})
		}); err != nil {
			o.t.Fatal(err)
		}
	}
	b := o.draft("二つの分野")
	b.Audience = ippo.Audience{Topics: []string{"kosodate", "fukushi"}}
	if err := o.store.CreateBroadcast(ctx, o.staff[ippo.Editor].ID, b); err != nil {
		o.t.Fatal(err)
	}
	return href("broadcasts/%d", b.ID)
}

// What does not fit into the month is refused when it is submitted and when it is approved, by LINE's
// figures of this moment and with what would fit. What LINE does not tell refuses nothing.
func TestQuotaRefusal(t *testing.T) {
	o := open(t)
	page := o.crowd()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.get(page).says("4人に送信します", "今月の残り5,000通").saysNot("送れるようにするには")

	// LINE's figures change, and no page has looked since.
	o.platform.SetQuota(3)
	refused := editor.post(page + "/submit").want(http.StatusUnprocessableEntity)
	refused.says("今月の残りは3通です。この配信には4通が要るため、送れません。", "分野を「子育て」だけにする（3人）", "分野を「福祉」だけにする（2人）", "宛先を3人までにしぼる", "承認を申請する")
	if !strings.Contains(editor.get(page).body, `<button class="main" disabled>`) {
		t.Error("the button that is refused can be pressed")
	}
	o.platform.SetQuota(4)
	editor.post(page + "/submit").want(http.StatusSeeOther)
	hash := approver.get(page).hidden("hash")
	o.platform.SetQuota(3)
	approver.post(page+"/approve", "hash", hash).want(http.StatusUnprocessableEntity).says("この配信には4通が要るため、送れません。")
	if b, err := o.store.Broadcast(t.Context(), 2); err != nil || b.Status != ippo.BroadcastSubmitted {
		t.Fatalf("%s, %v", b.Status, err)
	}
	o.platform.SetQuota(0) // as many as it likes
	approver.post(page+"/approve", "hash", hash).want(http.StatusSeeOther)
}

func TestUnknownQuotaRefusesNothing(t *testing.T) {
	o := open(t)
	page := o.crowd()
	o.platform.SetQuota(1)
	o.platform.Inject(linesim.Fault{Endpoint: linesim.Consumption, Status: http.StatusInternalServerError})
	editor := o.as(ippo.Editor)
	editor.follow(editor.post(page+"/submit")).says("承認待ち", "LINEに確かめています")
}

func TestAPIQuotaRefusal(t *testing.T) {
	p := callAPI(t)
	for _, id := range []string{"Ue0000000000000000000000000000001", "Ue0000000000000000000000000000002"} {
		if err := p.office.follow(id); err != nil {
			t.Fatal(err)
		}
	}
	p.addToken("second", ippo.Approver)
	p.want(201, p.call("editor", "POST", "/broadcasts", `{"title":"全員","audience":{"all":true},`+waterCut+`}`))
	p.platform.SetQuota(1)
	refused := p.want(422, p.call("second", "POST", "/broadcasts/1/approve", ""))
	if says := refused.problem("audience"); !strings.Contains(says, "今月の残りは1通です。この配信には2通が要るため、送れません。送れるようにするには: 宛先を1人までにしぼる") {
		t.Errorf("refused with %s", says)
	}
	p.platform.SetQuota(2)
	p.want(200, p.call("second", "POST", "/broadcasts/1/approve", ""))
}

// What is left of a paused broadcast is measured before it goes on, by panel and API alike; what LINE was
// asked and may have counted already is not asked for again.
func TestQuotaRefusesToResume(t *testing.T) {
	p := callAPI(t)
	o := p.office
	for _, id := range []string{"Ue0000000000000000000000000000001", "Ue0000000000000000000000000000002"} {
		if err := o.follow(id); err != nil {
			t.Fatal(err)
		}
	}
	p.want(201, p.call("editor", "POST", "/broadcasts", `{"title":"全員","audience":{"all":true},`+waterCut+`}`))
	o.sendHalf(1)
	const page = "/admin/broadcasts/1"
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.post(page + "/pause").want(http.StatusSeeOther)
	o.platform.SetQuota(1)
	approver.post(page + "/resume").want(http.StatusSeeOther) // all of it was asked
	editor.post(page + "/pause").want(http.StatusSeeOther)
	o.unask(1)
	approver.post(page+"/resume").want(http.StatusUnprocessableEntity).says("この配信の残りには", "再開する").saysNot("にしぼる", "まとめに載せる")
	if says := p.want(422, p.call("approver", "POST", "/broadcasts/1/resume", "")).problem("audience"); !strings.Contains(says, "この配信の残りには") {
		t.Errorf("refused with %s", says)
	}
	if b, err := o.store.Broadcast(t.Context(), 1); err != nil || b.Status != ippo.BroadcastPaused {
		t.Fatalf("%s, %v", b.Status, err)
	}
	o.platform.SetQuota(100)
	p.want(200, p.call("approver", "POST", "/broadcasts/1/resume", ""))
}

// unask puts a broadcast's requests back as if LINE had refused them for the month.
func (o *office) unask(id ippo.BroadcastID) {
	o.t.Helper()
	requests, err := o.store.PendingRequests(o.t.Context(), id, 0, 10)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, r := range requests {
		if err := o.store.ReplanRequest(o.t.Context(), &r, nil); err != nil {
			o.t.Fatal(err)
		}
	}
}

// Beside every button that makes messages leave stands to how many people, and what is left.
func TestCostBesideEveryButton(t *testing.T) {
	o := open(t)
	o.crowd()
	editor, approver, admin := o.as(ippo.Editor), o.as(ippo.Approver), o.as(ippo.Administrator)
	editor.get("/admin/broadcasts/2").says("4人に送信します・今月の残り5,000通", "あなたのLINEをつなぐと")
	editor.post("/admin/broadcasts/preview", "to", "all", "kind", "text", "ref", "0", "text", "あ").says("5人に送信します・今月の残り5,000通")
	approver.get("/admin/campaigns/1").says("5人に送信します・今月の残り5,000通")
	o.sendHalf(1)
	editor.get("/admin/broadcasts/1/correct").says("今月の残り5,000通のうち")
	editor.post("/admin/broadcasts/1/pause").want(http.StatusSeeOther)
	approver.get("/admin/broadcasts/1").says("人に送信します・今月の残り5,000通", "への送信を再開する")
	if err := o.store.ResumeBroadcast(t.Context(), o.staff[ippo.Approver].ID, 1); err != nil {
		t.Fatal(err)
	}
	if err := o.store.HoldBroadcast(t.Context(), 1, "確かめてください"); err != nil {
		t.Fatal(err)
	}
	admin.get("/admin/broadcasts/1").says("人に送信します・今月の残り5,000通", "保留を解いて")
	of := ippo.Source{Kind: ippo.SourceCampaign, ID: 1}
	r, err := o.store.Recurring(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.Activate(t.Context(), o.staff[ippo.Approver].ID, of, store.Approval{Hash: r.Hash}); err != nil {
		t.Fatal(err)
	}
	if r, err = o.store.Recurring(t.Context(), of); err != nil {
		t.Fatal(err)
	}
	if err := o.store.MissFiring(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	approver.get("/admin/campaigns/1").says("5人に今から送る", "5人に送信します・今月の残り5,000通")
}
