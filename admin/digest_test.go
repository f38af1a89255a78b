package admin

import (
	"net/http"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// digestReader makes the office's only follower a reader of the digest.
func (o *office) digestReader() {
	o.t.Helper()
	ctx := o.t.Context()
	f, err := o.store.FollowerByLineID(ctx, "Uf0000000000000000000000000000001")
	if err != nil {
		o.t.Fatal(err)
	}
	err = o.store.Write(ctx, func(t *store.Tx) error {
		return t.SavePreferences(ctx, f.ID, ippo.Preferences{Language: ippo.Japanese, Topics: ippo.ChoiceOf(0), Digest: true})
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// Staff see when the next digest is due, what it would hold and for how many, and beside every count who will
// find a broadcast there.
func TestNextDigest(t *testing.T) {
	o := open(t)
	o.fill()
	o.digestReader()
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/broadcasts/digest").want(http.StatusOK).
		says("3月6日（金）16:00", "選んだ人1人", "今の内容で送る人1人", "春まつりの手伝いを募集", "多文化交流カフェ", "今週のまとめ", "配信を減らす").saysNot("今から送る", "曜日と時刻を変える")
	viewer.get("/admin/").says("まとめて受け取る人1人", "まとめの予定")
	viewer.get("/admin/followers").says("週に1回まとめて")
	form := []string{"title", "春まつり", "kind", "text", "ref", "0", "text", "お元気ですか。", "to", "some", "topics", "kosodate", "when", "now"}
	o.as(ippo.Editor).post("/admin/broadcasts/preview", form...).want(http.StatusOK).says("ほかに、まとめて受け取る人 1人").saysNot("当てはまる人がいません")
}

// A digest that was missed waits for an approver.
func TestMissedDigest(t *testing.T) {
	o := open(t)
	o.fill()
	o.digestReader()
	ctx := t.Context()
	due, err := o.store.DigestDue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	next := due.AddDate(0, 0, 7)
	o.setClock(due.Add(time.Hour))
	if err := o.store.MissDigest(ctx, due, next); err != nil {
		t.Fatal(err)
	}
	o.as(ippo.Editor).get("/admin/").says("送られなかったまとめ")
	const page = "/admin/broadcasts/digest"
	stamp := due.UTC().Format("2006-01-02T15:04:05.000Z")
	o.as(ippo.Editor).get(page).says("承認者が決めます").saysNot("今から送る")
	approver := o.as(ippo.Approver)
	approver.get(page).says("1人に今から送る")
	o.setClock(due.Add(5 * time.Hour))
	o.as(ippo.Approver).post(page, "due", stamp, "do", "send", "reason", "休みの前に").want(http.StatusUnprocessableEntity).says("送信できません")
	o.setClock(due.AddDate(0, 0, 1).Add(-4 * time.Hour))
	approver = o.as(ippo.Approver)
	approver.post(page, "due", stamp, "do", "send").want(http.StatusUnprocessableEntity).says("今から送る理由を200文字以内で入力してください。")
	approver.follow(approver.post(page, "due", stamp, "do", "send", "reason", "休みの前に知らせるため")).says("まとめを送ります")
	approver.post(page, "due", stamp, "do", "drop").want(http.StatusConflict)
	if now, err := o.store.NextDigest(ctx); err != nil || !now.Equal(due.AddDate(0, 0, 1).Add(-4*time.Hour)) {
		t.Errorf("due %v, %v", now, err)
	}
	o.as(ippo.Administrator).get("/admin/audit").says("まとめ: 送信を決定")
	o.as(ippo.Viewer).get("/admin/").says("まとめ: 送信を決定", "休みの前に知らせるため")
}

// Nobody writes a digest, and nobody edits or copies one.
func TestDigestIsNotEdited(t *testing.T) {
	o := open(t)
	o.fill()
	o.digestReader()
	ctx := t.Context()
	due, err := o.store.DigestDue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o.setClock(due)
	plan, err := o.store.PlanDigest(ctx)
	if err != nil || len(plan.Groups) != 1 {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	wording := ippo.WithReduce([]ippo.Message{textMessage("今週のまとめ")}, plan.ID)
	b := &ippo.Broadcast{Title: "まとめ（3月6日）", Messages: wording}
	if err := o.store.MakeDigest(ctx, due, due.AddDate(0, 0, 7), plan, b, [][]ippo.Message{wording}); err != nil {
		t.Fatal(err)
	}
	admin := o.as(ippo.Administrator)
	admin.get("/admin/broadcasts").says("まとめて受け取る人", "（自動）")
	admin.get("/admin/broadcasts/2").says("人によって内容が違います", "今週のまとめ", "一時停止").saysNot("編集する", "写して新しくつくる", "承認者管理者さん")
	admin.get("/admin/broadcasts/2/edit").want(http.StatusConflict)
	admin.post("/admin/broadcasts/2/duplicate").want(http.StatusConflict)
	if err := o.store.UpdateBroadcast(ctx, o.staff[ippo.Editor].ID, b); err == nil {
		t.Error("a digest was edited")
	}
}
