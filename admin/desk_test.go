package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

func TestDesk(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	editor.get("/admin/").says("危険なことばのある連絡が1件あります")
	editor.get("/admin/requests").says("危険なことば", "川＊＊", "まだいません").saysNot("川口")
	editor.get("/admin/requests/1").says("助けて", "119番", "川口 花")
	editor.post("/admin/requests/1", "state", "elsewhere", "note", "電話した").want(http.StatusUnprocessableEntity).says("状態を選んでください", "電話した")
	editor.follow(editor.post("/admin/requests/1", "state", "working", "note", "電話した")).says("対応中", "作成者さん")
	editor.post("/admin/requests/1", "state", "done", "note", "解決").want(http.StatusSeeOther)
	editor.get("/admin/requests").says("待っている人はいません")
	editor.get("/admin/requests?state=done").says("危険なことば")
	o.as(ippo.Viewer).get("/admin/").saysNot("助けて")
}

func TestAmbassador(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	const offers = "身近な人への声かけ・チラシを配る・友だちに話す"
	editor.get("/admin/ambassadors/1").says(offers, "「連絡済」にする", "「任命」にする", "「辞退」にする").saysNot("「退任」にする")
	editor.post("/admin/ambassadors/1/status", "status", "retired").want(http.StatusConflict)
	editor.follow(editor.post("/admin/ambassadors/1/status", "status", "appointed")).says("任命", "「退任」にする").saysNot("「辞退」にする")
	editor.follow(editor.post("/admin/ambassadors/1/rest", "resting", "on")).says("休止中の印を外す")
	editor.follow(editor.post("/admin/ambassadors/1/note", "note", "駅前で会った")).says("駅前で会った")
	editor.get("/admin/ambassadors?q=駅前").says("川口 花")
	editor.get("/admin/ambassadors?status=declined").says("条件に合う人はいません")

	r := editor.get("/admin/ambassadors.csv").want(http.StatusOK)
	if !strings.HasPrefix(r.body, "\ufeff番号,") || !strings.Contains(r.body, ",'=みんなで歩くまち,"+offers+",") || !strings.Contains(r.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("csv: %q %v", r.body, r.header)
	}
	o.as(ippo.Administrator).get("/admin/audit").says("未来づくりアンバサダー: CSVの保存")
}

func TestFollowers(t *testing.T) {
	o := open(t)
	o.fill()
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/followers").says("川＊＊", "おまかせ").saysNot("川口", "Uf000")
	viewer.get("/admin/followers?status=blocked").says("条件に合う友だちはいません")
}

func TestStaff(t *testing.T) {
	o := open(t)
	admin := o.as(ippo.Administrator)
	admin.post("/admin/staff", "name", "新人", "email", "new@example.jp", "role", "editor", "password", "short").want(http.StatusUnprocessableEntity).says("15文字以上")
	admin.post("/admin/staff", "name", "新人", "email", "viewer@example.jp", "role", "editor", "password", "a long password").want(http.StatusUnprocessableEntity).says("すでに登録されています")
	admin.follow(admin.post("/admin/staff", "name", "新人", "email", "New@example.jp", "role", "editor", "password", "a long password")).says("新人さんを追加しました")
	o.visitor().post("/admin/login", "email", "new@example.jp", "password", "a long password").want(http.StatusSeeOther)
	admin.post("/admin/staff/5/password", "password", "another password").want(http.StatusSeeOther)
	o.visitor().post("/admin/login", "email", "new@example.jp", "password", "a long password").want(http.StatusUnprocessableEntity)
	// Nobody changes their own role, nor shuts themselves out.
	me := o.staff[ippo.Administrator]
	admin.post("/admin/staff/4", "name", "管理者さん", "email", me.Email, "role", "viewer", "disabled", "1").want(http.StatusSeeOther)
	if who, err := o.store.StaffMember(t.Context(), me.ID); err != nil || who.Role != ippo.Administrator || who.Disabled {
		t.Errorf("I am now %+v, %v", who, err)
	}
}

// keepForm is the days that things are kept, as the form has them at first.
func keepForm() (form []string) {
	for _, r := range ippo.Retentions {
		form = append(form, "keep."+string(r.Kind), strconv.Itoa(r.Days))
	}
	return form
}

// with is a form whose fields say something else, or more.
func with(form []string, fields ...string) []string {
	for i := 0; i < len(fields); i += 2 {
		at := slices.Index(form, fields[i])
		if at < 0 {
			form = append(form, fields[i], "")
			at = len(form) - 2
		}
		form[at+1] = fields[i+1]
	}
	return form
}

// 保管期間 is set within bounds, and the page says what the last night removed and who is being erased.
func TestRetentionSettings(t *testing.T) {
	o := open(t)
	admin := o.as(ippo.Administrator)
	admin.get("/admin/settings").says("保管期間", "まだ一度も動いていません")
	admin.post("/admin/settings", with(settingsForm(), "approvalOver", "1", "keep.desk", "5000")...).want(http.StatusUnprocessableEntity).
		says("完了した受付の内容とメモの日数は30から1825まで")
	admin.post("/admin/settings", with(settingsForm(), "approvalOver", "1", "keep.desk", "１８０")...).want(http.StatusSeeOther)
	if s, err := o.store.Settings(t.Context()); err != nil || s.Keep.Days(ippo.RetainDesk) != 180 || s.Keep.Days(ippo.RetainBlocked) != 730 {
		t.Errorf("%+v, %v", s.Keep, err)
	}
	if _, err := o.store.ForgetPassing(t.Context(), o.store.Now()); err != nil {
		t.Fatal(err)
	}
	err := o.store.Write(t.Context(), func(tx *store.Tx) error {
		id, err := tx.Follow(t.Context(), "U0123456789abcdef0123456789abcdef", "", ippo.Japanese, o.store.Now())
		if err != nil {
			return err
		}
		return tx.AskErasure(t.Context(), id, 0, "")
	})
	if err != nil {
		t.Fatal(err)
	}
	admin.get("/admin/settings").says("消すものはありませんでした", "1人のデータを消しています")
}

func TestSettings(t *testing.T) {
	o := open(t)
	admin := o.as(ippo.Administrator)
	form := []string{"office.account", "みらい", "office.name", "みらいセンター", "office.city", "みらい市", "office.phone", "000-000-0000", "office.hours", "平日",
		"labels.ambassador", "応援団", "labels.campaign", "声かけ", "labels.vision", "夢", "perHour", "2", "quietDaysOff", "1", "openFrom", "10:00", "openUntil", "19:00", "openDays", "6", "quietFrom", "21:00", "quietUntil", "おわり", "digestDay", "5", "digestAt", "16:00", "onCall", "当番", "dangerWords", "助けて\r\n\r\nつらい"}
	form = append(form, keepForm()...)
	admin.post("/admin/settings", form...).want(http.StatusUnprocessableEntity).says("時刻は「08:00」のように", "つらい")
	form[29] = "07:30"
	admin.follow(admin.post("/admin/settings", form...)).says("設定を保存しました。", "みらいセンター")
	s, err := o.store.Settings(t.Context())
	if err != nil || s.QuietUntil.String() != "07:30" || s.OpenDays != ippo.Weekdays(0).With(6) || !s.QuietDaysOff || strings.Join(s.DangerWords, ",") != "助けて,つらい" {
		t.Errorf("settings %+v, %v", s, err)
	}
	admin.get("/admin/followers").says("応援団")
	admin.get("/admin/campaigns/new").says("声かけをつくる").saysNot("作戦")
}
