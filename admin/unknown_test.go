package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// unknownBroadcast is broadcast 2, sent to everyone and never answered by LINE.
func (o *office) unknownBroadcast() {
	o.t.Helper()
	ctx := o.t.Context()
	must := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	b := o.draft("返事のない配信")
	must(o.store.CreateBroadcast(ctx, o.staff[ippo.Editor].ID, b))
	must(o.store.ApproveBroadcast(ctx, o.staff[ippo.Approver].ID, b.ID, store.Approval{Hash: b.Hash()}))
	must(o.store.StartBroadcast(ctx, b.ID))
	pending, err := o.store.PendingRequests(ctx, b.ID, 0, 10)
	must(err)
	must(o.store.BeginRequest(ctx, &pending[0], nil, []byte("body")))
	must(o.store.EndRequest(ctx, &pending[0], store.Outcome{State: ippo.DeliveryUnknown, Reason: "24時間のあいだ返事がありませんでした"}))
	must(o.store.FinishBroadcast(ctx, b.ID))
}

// Whoever looks on while LINE takes the messages sees how fast it goes.
func TestPaceOnThePage(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	for n := range 3 * ippo.MaxRecipients {
		if err := o.follow(fmt.Sprintf("U%032x", n)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := o.store.Broadcast(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.ApproveBroadcast(ctx, o.staff[ippo.Approver].ID, 1, store.Approval{Hash: b.Hash()}); err != nil {
		t.Fatal(err)
	}
	if err := o.store.StartBroadcast(ctx, 1); err != nil {
		t.Fatal(err)
	}
	page := o.as(ippo.Viewer)
	page.get("/admin/broadcasts/1").saysNot("毎秒")
	pending, err := o.store.PendingRequests(ctx, 1, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.BeginRequest(ctx, &pending[0], nil, []byte("body")); err != nil {
		t.Fatal(err)
	}
	if err := o.store.EndRequest(ctx, &pending[0], store.Outcome{State: ippo.DeliveryAccepted, RequestID: "r"}); err != nil {
		t.Fatal(err)
	}
	o.setClock(opening.Add(5 * time.Second))
	page.get("/admin/broadcasts/1/progress").says("毎秒100人・1分以内")
}

// decision is an address on the page of broadcast 2 that decides about its unknown requests.
func decision(t *testing.T, page reply, what string) string {
	t.Helper()
	from := strings.Index(page.body, "/admin/broadcasts/2/unknown/"+what)
	if from < 0 {
		t.Fatalf("the page offers no %s", what)
	}
	address, _, _ := strings.Cut(page.body[from:], `"`)
	return strings.ReplaceAll(address, "&amp;", "&")
}

func TestUnknownCountsAsSent(t *testing.T) {
	o := open(t)
	o.fill()
	o.unknownBroadcast()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.get("/admin/broadcasts/2").says("届いたかどうかわからない1人", "承認者が").saysNot("もう一度送る…")
	page := approver.get("/admin/broadcasts/2").says("24時間のあいだ返事がありませんでした")
	settle := decision(t, page, "sent")
	approver.get("/admin/").says("届いたかどうかわからない人のいる配信", "返事のない配信")
	editor.post(settle).want(http.StatusForbidden)
	approver.post(strings.Replace(settle, "requests=1", "requests=2", 1)).want(http.StatusConflict)
	approver.follow(approver.post(settle)).says("承認者さんが、送信済みとして扱うと決めました").saysNot("もう一度送る…")
	approver.post(settle).want(http.StatusConflict)
	approver.get("/admin/").saysNot("届いたかどうかわからない人のいる配信")
}

// Sending again asks a second time, and then goes through the engine like any other.
func TestUnknownSentAgain(t *testing.T) {
	o := open(t)
	o.fill()
	o.unknownBroadcast()
	approver := o.as(ippo.Approver)
	again := decision(t, approver.get("/admin/broadcasts/2"), "again")
	approver.get(again).want(http.StatusOK).says("1人にもう一度送りますか", "2回届きます")
	if tally, err := o.store.Tally(t.Context(), 2); err != nil || tally.Unknown != 1 {
		t.Errorf("asking has changed something: %+v, %v", tally, err)
	}
	woken := o.woken
	approver.post(again).want(http.StatusUnprocessableEntity).says("もう一度送る理由を200文字以内で入力してください。", "1人にもう一度送りますか")
	approver.follow(approver.post(again, "reason", "電話で届いていないと聞いたため")).says("送信予定", "これから")
	if o.woken == woken {
		t.Error("the delivery engine was not told")
	}
	approver.post(again, "reason", "もう一度").want(http.StatusConflict)
	if file := approver.get("/admin/broadcasts/2/ledger.csv").want(http.StatusOK); !strings.Contains(file.body, "（もう一度送りました）,") {
		t.Errorf("the file forgets what LINE was asked first: %q", file.body)
	}
	o.as(ippo.Viewer).get("/admin/").says("きまりの例外としたこと", "不明な人にもう一度送る", "電話で届いていないと聞いたため")
	o.as(ippo.Administrator).get("/admin/audit").says("不明な人にもう一度送る", "1人（1件）")
}
