package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
)

// leads checks that the page has a link to an address.
func (r reply) leads(to string) reply {
	r.t.Helper()
	if !strings.Contains(r.body, `href="`+to+`"`) {
		r.t.Errorf("%s does not lead to %s", r.what, to)
	}
	return r
}

// A series from its form to what it sends: the third choice of the form of broadcasts, its dates before
// it is saved, a colleague's approval, an edit that voids it, and the way from it to its broadcasts and back.
func TestSeries(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	form := []string{"title", "居場所のお知らせ", "kind", "text", "text", "今週末も開いています。", "ref", "0", "to", "all", "when", "repeat",
		"schedule.kind", "weekly", "schedule.weekdays", "1", "schedule.weekdays", "4", "schedule.at", "16:00", "schedule.holidays", "skip", "emergency", "1"}
	editor.get("/admin/broadcasts/new").says("くり返し送る")
	dates := []string{"毎週月・木曜 16:00（祝日は休み）", "2026年3月9日（月）16:00", "2026年3月12日（木）16:00", "2026年3月16日（月）16:00", "2026年3月19日（木）16:00", "2026年3月23日（月）16:00"}
	editor.post("/admin/broadcasts/preview", form...).want(http.StatusOK).says(append(dates, "1人に送信します")...).saysNot("2026年3月26日")
	editor.post("/admin/broadcasts", append(form, "do", "check")...).want(http.StatusOK).says(dates...)
	bad := append([]string{}, form...)
	bad[19] = "21:00"
	editor.post("/admin/broadcasts", append(bad, "do", "save")...).want(http.StatusUnprocessableEntity).says("20:00から08:00までは送信できません")
	editor.follow(editor.post("/admin/broadcasts", append(form, "do", "save")...)).says("居場所のお知らせ", "承認者が承認すると始まります", "止まっている")
	editor.get("/admin/series").says("居場所のお知らせ", "毎週月・木曜 16:00", "友だち全員")

	asked := func() (n int) {
		mails, err := o.store.DueMails(ctx, o.clock(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mails {
			if m.Subject == "くり返し配信の承認をお願いします" && strings.Contains(m.Body, "/admin/series/2\n") {
				n++
			}
		}
		return n
	}
	if n := asked(); n != 1 {
		t.Errorf("staff were asked by %d mails for an approval", n)
	}

	hash := approver.get("/admin/series/2").says("承認して配信を始める", "1人に送信します").hidden("hash")
	editor.post("/admin/series/2/activate", "hash", hash).want(http.StatusForbidden)
	approver.follow(approver.post("/admin/series/2/activate", "hash", hash)).says("次は2026年3月9日（月）16:00です", "配信中")

	version := editor.get("/admin/series/2/edit").says("今週末も開いています。", "変えて保存すると止まり").hidden("version")
	form[5] = "来週も開いています。"
	edit := append(append([]string{}, form...), "do", "save", "version")
	editor.follow(editor.post("/admin/series/2", append(edit, version)...)).says("来週も開いています。", "止まっている", "これまでの記録", "承認者さんくり返し配信: 開始を承認（1人）", "作成者さんくり返し配信: 変更")
	if n := asked(); n != 2 {
		t.Errorf("staff were asked by %d mails, the one about the change included", n)
	}
	editor.post("/admin/series/2", append(edit, version)...).want(http.StatusConflict).says("ほかの職員が先に")
	approver.post("/admin/series/2/activate", "hash", hash).want(http.StatusConflict)
	hash = approver.get("/admin/series/2").hidden("hash")
	approver.post("/admin/series/2/activate", "hash", hash).want(http.StatusSeeOther)

	of := ippo.Source{Kind: ippo.SourceSeries, ID: 2}
	r, err := o.store.Recurring(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	o.setClock(r.NextDue)
	b := r.Broadcast([]ippo.Message{textMessage("来週も開いています。")})
	if err := o.store.Fire(ctx, r, b); err != nil {
		t.Fatal(err)
	}
	editor = o.as(ippo.Editor)
	editor.get("/admin/series/2").leads("/admin/broadcasts/2").says("これまでの配信", "配信した", "次の配信: 2026年3月12日（木）16:00")
	editor.get("/admin/broadcasts/2").leads("/admin/series/2").says("居場所のお知らせ")
	editor.post("/admin/series/2/delete").want(http.StatusUnprocessableEntity).says("送った記録がある")

	// Missed while the program was down.
	if r, err = o.store.Recurring(ctx, of); err != nil {
		t.Fatal(err)
	}
	o.setClock(r.NextDue.Add(18 * time.Hour))
	if err := o.store.MissFiring(ctx, r); err != nil {
		t.Fatal(err)
	}
	editor, approver = o.as(ippo.Editor), o.as(ippo.Approver)
	editor.get("/admin/").leads("/admin/series/2").says("送るかどうかを決める配信")
	due := approver.get("/admin/series/2").says("1人に今から送る").hidden("due")
	editor.post("/admin/series/2/firing", "due", due, "do", "send").want(http.StatusForbidden)
	approver.follow(approver.post("/admin/series/2/firing", "due", due, "do", "send", "reason", "まだ間に合います")).says("居場所のお知らせ", "送信予定")
	approver.post("/admin/series/2/firing", "due", due, "do", "drop").want(http.StatusConflict)
	editor.follow(editor.post("/admin/series/2/pause")).says("配信を止めました")
	editor.follow(editor.post("/admin/series/1/delete")).says("削除しました")
}

// "3 days before" is chosen from a list, and shows the event's day.
func TestSeriesBeforeAnEvent(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := []string{"title", "交流カフェのご案内", "kind", "text", "text", "もうすぐです。", "ref", "0", "to", "all", "when", "repeat",
		"schedule.kind", "before", "schedule.at", "10:00", "schedule.days", "３", "schedule.of"}
	editor.get("/admin/broadcasts/new?when=repeat").says("多文化交流カフェ（2026年3月15日（日））")
	editor.post("/admin/broadcasts", append(form, "", "do", "save")...).want(http.StatusUnprocessableEntity).says("何の何日前かを選んでください")
	editor.post("/admin/broadcasts/preview", append(form, "event:1")...).says("「多文化交流カフェ」の3日前 10:00", "2026年3月12日（木）10:00")
	editor.follow(editor.post("/admin/broadcasts", append(form, "event:1", "do", "save")...)).leads("/admin/events/1").says("「多文化交流カフェ」の3日前 10:00")
	editor.post("/admin/events/1/delete").want(http.StatusUnprocessableEntity).says("削除できません")
}

// The office's only approver types the number of people, and sees when it begins.
func TestSeriesInAnOfficeOfOne(t *testing.T) {
	o := open(t)
	o.fill()
	settings, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.OnePerson, settings.Office.Phone = "職員が一人のため", "0000-00-0000"
	if err := o.store.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
	approver := o.as(ippo.Approver)
	form := []string{"title", "居場所", "kind", "text", "text", "開いています。", "ref", "0", "to", "all", "when", "repeat",
		"schedule.kind", "weekly", "schedule.weekdays", "5", "schedule.at", "10:05", "do", "save"}
	approver.follow(approver.post("/admin/broadcasts", form...)).says("送信する人数", "一人で承認できる設定")
	hash := approver.get("/admin/series/2").hidden("hash")
	approver.post("/admin/series/2/activate", "hash", hash, "confirmed", "3").want(http.StatusUnprocessableEntity).says("送信する人数（1）を入力してください")
	approver.follow(approver.post("/admin/series/2/activate", "hash", hash, "confirmed", "１")).says("次は2026年3月13日（金）10:05です")
	approver.get("/admin/").says("作成者が自分で開始を承認", "職員が一人のため")
}
