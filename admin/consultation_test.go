package admin

import (
	"encoding/binary"
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// writes is what follower n says in their room.
func (o *office) consult(n ippo.FollowerID, text string) error {
	return o.store.Write(o.t.Context(), func(t *store.Tx) error {
		return t.WriteConsultation(o.t.Context(), n, ippo.ConsultPlace, text, "受け取りました。")
	})
}

// version is the hidden field of a page: which version of the consultation it shows.
func (r reply) version() string {
	r.t.Helper()
	_, rest, _ := strings.Cut(r.body, `name="version" value="`)
	version, _, ok := strings.Cut(rest, `"`)
	if !ok {
		r.t.Fatalf("no version on\n%s", r.body)
	}
	return version
}

// From the inbox to the answer: who is told what, and what LINE carries.
func TestAnswerConsultation(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.consult(1, "夫が家にこもりがちです"); err != nil {
		t.Fatal(err)
	}
	o.setClock(opening.Add(3 * time.Hour))
	b := o.as(ippo.Editor)
	b.get("/admin/").says("お返事を待っている相談", "居場所（LINE）", "自分の担当の未読 0件").saysNot("こもりがち", "川口")
	b.get("/admin/consultations").says("居場所", "新規", "未読", "川＊＊", "まだいません", "まだです（3時間）").saysNot("こもりがち", "川口")
	page := b.get("/admin/consultations/1").want(200).says("夫が家にこもりがちです", "相談者", "自動の返事", "受け取りました。", "川口 花")
	b.get("/admin/consultations").saysNot("未読 川")
	if r := b.post("/admin/consultations/1/answer", "version", page.version(), "answer", " ", "do", "send").want(422).says("お返事を入力してください"); !strings.Contains(r.body, `id="f-answer-problem"`) {
		t.Error("what is wrong with the answer does not stand at its field")
	}
	woken := o.woken
	b.follow(b.post("/admin/consultations/1/answer", "version", page.version(), "answer", "火曜の午後の集まりはいかがですか", "do", "send")).
		says("火曜の午後の集まり", "作成者さん", "相談者の返事待ち", "まだ相談者に読まれていません", "3時間")
	if o.woken == woken {
		t.Error("nobody was waked to send it")
	}
	due, err := o.store.DueNotices(t.Context(), o.clock(), 10)
	if err != nil || len(due) != 1 || due[0].Kind != ippo.NoticeConsultationAnswer || due[0].Follower != 1 {
		t.Fatalf("due: %+v, %v", due, err)
	}
	if m := string(due[0].Messages[0]); !strings.Contains(m, "お返事があります") || !strings.Contains(m, "http://127.0.0.1/r/f/") ||
		strings.Contains(m, "火曜") || strings.Contains(m, "川口") || strings.Contains(m, "居場所") {
		t.Errorf("LINE carries %s", m)
	}
	// It leads to the room of who asked, and ends.
	_, rest, _ := strings.Cut(string(due[0].Messages[0]), "/r/f/")
	token, _, _ := strings.Cut(rest, `"`)
	m, ok := o.panel.formLinks.Verify(token)
	if !ok || len(m) != 16 {
		t.Fatalf("the link %q is not signed", token)
	}
	l, err := o.store.FormLink(t.Context(), int64(binary.BigEndian.Uint64(m)))
	if err != nil || l.Follower != 1 || l.Purpose != store.PurposeRoom || l.Bound() || !l.ExpiresAt.Equal(o.clock().Add(store.RoomLinkLife)) {
		t.Errorf("%+v, %v", l, err)
	}
	// A second answer before the first notice has left: one notice, for both.
	page = b.get("/admin/consultations/1")
	b.follow(b.post("/admin/consultations/1/answer", "version", page.version(), "answer", "場所は中央図書館です", "do", "done")).says("完了")
	if again, err := o.store.DueNotices(t.Context(), o.clock(), 10); err != nil || len(again) != 1 || again[0].ID == due[0].ID {
		t.Errorf("due: %+v, %v", again, err)
	}
	b.get("/admin/consultations").says("待っている相談はありません", "3時間までに")
	b.get("/admin/consultations?state=all&q=中央図書館").says("居場所")
	b.get("/admin/consultations?state=all&q=ﾁｭｳｵｳ").says("合う相談はありません")
	audit := o.as(ippo.Administrator).get("/admin/audit").says("相談: 返事の記録")
	audit.saysNot("火曜", "こもりがち")
	for _, role := range []ippo.Role{ippo.Viewer} {
		o.as(role).get("/admin/consultations/1").want(http.StatusForbidden)
		o.as(role).get("/admin/").saysNot("お返事を待っている相談")
	}
}

// Two people answer at once: the slower one is warned, sees the colleague's answer above their own text, and
// nothing is lost.
func TestTwoAnswerAtOnce(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.consult(1, "相談です"); err != nil {
		t.Fatal(err)
	}
	saki, taro := o.as(ippo.Editor), o.as(ippo.Approver)
	hers, his := saki.get("/admin/consultations/1"), taro.get("/admin/consultations/1")
	saki.follow(saki.post("/admin/consultations/1/answer", "version", hers.version(), "answer", "先に書いたお返事", "do", "send"))
	late := taro.post("/admin/consultations/1/answer", "version", his.version(), "answer", "あとから書いたお返事", "do", "send").
		want(http.StatusConflict).says("ほかの人が先に変更しました", "先に書いたお返事", "あとから書いたお返事")
	if before, after := strings.Index(late.body, "先に書いたお返事"), strings.Index(late.body, "あとから書いたお返事"); before > after {
		t.Error("the colleague's answer does not stand above")
	}
	if entries, err := o.store.ConsultationEntries(t.Context(), 1); err != nil || len(entries) != 3 {
		t.Errorf("%+v, %v", entries, err)
	}
	taro.follow(taro.post("/admin/consultations/1/answer", "version", late.version(), "answer", "あとから書いたお返事", "do", "send")).says("あとから書いたお返事")

	// The same for the state, and for the resident who writes meanwhile.
	page := saki.get("/admin/consultations/1")
	if err := o.consult(1, "もう一つ聞きたいです"); err != nil {
		t.Fatal(err)
	}
	saki.post("/admin/consultations/1/settle", "version", page.version(), "kind", "start", "state", "done").
		want(http.StatusConflict).says("もう一つ聞きたいです")
	page = saki.get("/admin/consultations/1")
	saki.follow(saki.post("/admin/consultations/1/settle", "version", page.version(), "kind", "start", "state", "done")).says("始める", "完了")
}

// Canned answers are put behind what was typed; a note is among staff; a hand-over names the colleague.
func TestConsultationAmongStaff(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.consult(1, "相談です"); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	b.post("/admin/canned", "title", "", "text", "").want(422).says("名前を入力してください", "文を入力してください")
	b.follow(b.post("/admin/canned", "title", "お礼", "text", "ご相談ありがとうございました。"))
	page := b.get("/admin/consultations/1").says("お礼")
	b.post("/admin/consultations/1/answer", "version", page.version(), "answer", "書きかけの文", "canned", "1", "do", "insert").
		want(200).says("書きかけの文 ご相談ありがとうございました。")
	if entries, _ := o.store.ConsultationEntries(t.Context(), 1); len(entries) != 2 {
		t.Errorf("inserting sent something: %+v", entries)
	}
	b.follow(b.post("/admin/consultations/1/note", "note", "お母さまの介護も")).says("職員だけのメモ", "お母さまの介護も")
	page = b.get("/admin/consultations/1")
	b.post("/admin/consultations/1/handover", "version", page.version(), "handover", "", "to", "").want(422).says("引きつぎのメモを入力してください", "引きつぐ職員を選んでください")
	to := o.staff[ippo.Approver]
	b.follow(b.post("/admin/consultations/1/handover", "version", page.version(), "handover", "金曜に電話の約束", "to", "3")).
		says("作成者さん → "+to.Name, "金曜に電話の約束")
	if to.ID != 3 {
		t.Fatalf("the approver is %d", to.ID)
	}
	// Whose it is now is told by mail, and nobody else; of what it is about the mail says nothing.
	mails := o.mails()
	last := mails[len(mails)-1]
	if last.To != to.Email || !strings.Contains(last.Body, "/admin/consultations/1") || strings.Contains(last.Subject+last.Body, "金曜") || strings.Contains(last.Subject+last.Body, "川口") {
		t.Errorf("%+v", last)
	}
	c := o.as(ippo.Approver)
	c.get("/admin/").says("自分の担当の未読 1件")
	c.get("/admin/consultations?state=mine").says("居場所", "未読")
	c.get("/admin/consultations/1")
	c.get("/admin/").says("自分の担当の未読 0件")
}

// What was said at the desk, on the telephone or on a visiting day is entered; nobody is sent anything.
func TestEnterConsultation(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	b.get("/admin/consultations/new").says("出前相談会の場所")
	b.post("/admin/consultations", "way", "room", "madeAt", "2026-03-07T10:00", "text", "", "state", "x", "name", "山本").want(422).
		says("相談の内容を入力してください").saysNot("川口")
	b.post("/admin/consultations", "way", "room", "madeAt", "2026-03-07T10:00", "text", "内容", "state", "x", "name", "山本").want(422).
		says("どのように受けたかを選んでください", "これから先の日時は入力できません", "状態を選んでください")
	b.post("/admin/consultations", "way", "desk", "madeAt", "きのう", "text", "内容", "state", "done").want(422).says("日時を正しく入力してください", "内容")
	b.post("/admin/consultations", "way", "desk", "madeAt", "", "text", "", "state", "done").want(422).says("日時を入力してください", "相談の内容を入力してください")
	made := b.post("/admin/consultations", "way", "visit", "place", "栄公民館", "madeAt", "2026-03-05T14:00", "kind", "subsidy", "name", "山本 一", "contact", "000-2222-3333",
		"text", "補助金の書き方", "answer", "手引きを渡した", "state", "working")
	b.follow(made).says("出前相談会（栄公民館）", "山本 一", "000-2222-3333", "職員が記録", "手引きを渡した", "対応中", "どこにも送られません")
	b.get("/admin/consultations?q=ほじょ").says("合う相談はありません")
	b.get("/admin/consultations?q=栄公民館").says("補助金", "山＊＊").saysNot("山本 一")
	page := b.get("/admin/consultations/1")
	b.follow(b.post("/admin/consultations/1/answer", "version", page.version(), "answer", "電話で締め切りを伝えた", "do", "done")).says("電話で締め切りを伝えた", "完了")
	if due, err := o.store.DueNotices(t.Context(), o.clock(), 10); err != nil || len(due) != 0 {
		t.Errorf("%+v, %v", due, err)
	}
}
