package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// A colleague leaves: all that they look after, those of other pages too, goes to another with a note, after a question
// that says how many; one button takes it back. Nothing reaches whoever asked.
func TestManyConsultationsAtOnce(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, leaving, to := t.Context(), o.staff[ippo.Editor], o.staff[ippo.Approver]
	for n := range 60 {
		_, err := o.store.EnterConsultation(ctx, leaving.ID, ippo.Consultation{Way: ippo.ByPhone, State: ippo.ConsultationWorking, MadeAt: opening}, fmt.Sprint("相談", n), "")
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := o.consult(1, "まだ読まれていない"); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	page := b.get("/admin/consultations?state=mine").says("条件に合う60件すべて", "引きつぐ", "「完了」にする").saysNot("元に戻す")
	if !strings.Contains(page.body, `value="60.working"`) {
		t.Error("nothing to tick")
	}
	const path = "/admin/consultations/several"
	those := []string{"scope", "all", "list", "state=mine"}
	ask := append(those, "to", "handover")
	confirmed := b.post(path, ask...).want(http.StatusOK).says("60件を引きつぐことでよいですか", "メールで1通", "相談者には何も届きません", "24時間以内", to.Name).hidden("confirmed")
	ask = append(ask, "confirmed", confirmed)
	b.post(path, ask...).want(http.StatusUnprocessableEntity).says("引きつぐ職員を選んでください", "メモを入力してください", "60件を")
	b.post(path, append(ask, "colleague", fmt.Sprint(leaving.ID), "note", "異動のため")...).want(http.StatusUnprocessableEntity).says("この職員に引きつげるものがありません", "異動のため")
	b.follow(b.post(path, append(ask, "colleague", fmt.Sprint(to.ID), "note", "異動のため")...)).says("60件を" + to.Name + "さんに引きつぎました。元に戻す")
	mails := o.mails()
	if last := mails[len(mails)-1]; last.To != to.Email || !strings.Contains(last.Body, "60件") || strings.Contains(last.Subject+last.Body, "異動") {
		t.Errorf("%+v", last)
	}
	o.as(ippo.Approver).get("/admin/").says("自分の担当の未読 60件")
	o.as(ippo.Approver).get("/admin/consultations").saysNot("元に戻す")
	b.get("/admin/consultations/7").says(leaving.Name+" → "+to.Name, "異動のため")
	b.follow(b.post("/admin/consultations/undo", "change", "1")).says("60件を元に戻しました")
	b.get("/admin/consultations/7").saysNot("異動のため")

	// Those on the page alone; what nobody has read is left.
	ticked := []string{"scope", "ticked", "to", "done", "list", "state=all", "who", "7.working", "who", "8.working", "who", "61.new"}
	b.post(path, ticked...).says("2件を「完了」にすることでよいですか", "選んだうちの1件は、今の状態からは変えられない")
	b.agree(path, ticked...).says("2件を「完了」にしました")
	if due, err := o.store.DueNotices(ctx, o.clock(), 10); err != nil || len(due) != 0 {
		t.Errorf("residents are told: %+v, %v", due, err)
	}
	b.post(path, "to", "done", "scope", "ticked", "who", "7.working").want(http.StatusSeeOther) // it is done
	for _, bad := range [][]string{{"to", "unfit"}, {"to", "done", "who", "x"}, {"to", "handover", "list", "%"}} {
		b.post(path, bad...).want(http.StatusBadRequest)
	}
	o.as(ippo.Administrator).get("/admin/audit").says("相談: まとめて変えたものを元に戻す").saysNot("異動のため")
}

// A group closes: all its matches are ended with one note; nobody is sent anything, and other teams' stay out of reach.
func TestManyMatchesAtOnce(t *testing.T) {
	o := open(t)
	team, made := o.divide()
	b := o.member(ippo.Editor, team)
	const path = "/admin/matches/several"
	foreign := fmt.Sprintf("%d.asked", made.foreign["match"])
	b.follow(b.post(path, "to", "note", "scope", "ticked", "who", foreign)).says("変えられるものがありませんでした")
	form := []string{"to", "unfit", "scope", "all", "list", "state=open"}
	asked := b.post(path, form...).want(http.StatusOK).says("1件を「合わなかった」にすることでよいですか", "転入者にも団体にも、何も届きません")
	form = append(form, "confirmed", asked.hidden("confirmed"))
	b.post(path, form...).want(http.StatusUnprocessableEntity).says("メモを入力してください")
	b.follow(b.post(path, append(form, "note", "団体が解散した")...)).says("1件を「合わなかった」にしました。元に戻す")
	own := fmt.Sprintf("/admin/matches/%d", made.own["match"])
	b.get(own).says("合わなかった", "団体が解散した")
	for _, id := range []int64{made.foreign["match"], made.common["match"]} {
		if m, err := o.store.Match(t.Context(), ippo.MatchID(id)); err != nil || m.State != ippo.MatchAsked {
			t.Errorf("another team's match is %+v, %v", m, err)
		}
	}
	if due, err := o.store.DueNotices(t.Context(), o.clock(), 10); err != nil || len(due) != 0 {
		t.Errorf("somebody is told: %+v, %v", due, err)
	}
	b.follow(b.post("/admin/matches/undo", "change", "1")).says("1件を元に戻しました")
	b.get(own).says("見学を希望").saysNot("団体が解散した")

	all := o.as(ippo.Editor)
	to := o.staff[ippo.Approver]
	form = []string{"to", "handover", "scope", "all", "list", "state=open", "colleague", fmt.Sprint(to.ID), "note", "お願いします"}
	all.agree(path, form...).says("件を" + to.Name + "さんに引きつぎました")
	all.get(own).says("引きつぎ（"+to.Name+"さんへ）", "お願いします")
	o.as(ippo.Approver).get("/admin/matches?state=mine").says("子育ての団体", to.Name)
	if page, _, err := o.store.MatchPage(t.Context(), store.MatchFilter{Staff: to.ID}, store.Page{Limit: 9}); err != nil || len(page.Items) != 3 {
		t.Errorf("%+v, %v", page.Items, err)
	}
}
