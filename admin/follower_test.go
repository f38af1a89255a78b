package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// Somebody asks on the telephone that their data be erased: an approver sees who it is, gives a reason, and can
// call it off until it begins, as can a colleague. Both are on record, without the name.
func TestStaffEraseAndCallOff(t *testing.T) {
	o := open(t)
	o.fill()
	o.as(ippo.Editor).get("/admin/followers").says("川＊＊").saysNot("データを消す")
	o.as(ippo.Editor).get("/admin/followers/1/erase").want(http.StatusForbidden)
	b := o.as(ippo.Approver)
	b.get("/admin/followers").says("川＊＊").saysNot("データを消す方")
	b.get("/admin/followers/99/erase").want(http.StatusNotFound)
	b.get("/admin/followers/1/keep").want(http.StatusConflict)
	b.get("/admin/followers/1/erase").want(http.StatusOK).says("「川口 花」さん", "12時間後に消しはじめます", "元に戻せません", "申し出の内容")
	b.post("/admin/followers/1/erase", "reason", " ").want(http.StatusUnprocessableEntity).says("理由を200文字以内で入力してください")
	b.post("/admin/followers/1/erase", "reason", strings.Repeat("あ", 201)).want(http.StatusUnprocessableEntity)
	woken := o.woken
	b.follow(b.post("/admin/followers/1/erase", "reason", "きょう窓口でご本人から")).says("データを消すことにしました", "データを消す方", "承認者さんが受付", "消すのをやめる")
	if o.woken == woken {
		t.Error("the job does not learn of it")
	}
	b.post("/admin/followers/1/erase", "reason", "もう一度").want(http.StatusConflict)
	waiting, err := o.store.Erasures(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Staff != o.staff[ippo.Approver].ID {
		t.Fatalf("%+v, %v", waiting, err)
	}
	o.as(ippo.Viewer).post("/admin/followers/1/keep", "reason", "いいえ").want(http.StatusForbidden)
	colleague := o.as(ippo.Administrator)
	colleague.get("/admin/followers/1/keep").want(http.StatusOK).says("「川口 花」さん")
	colleague.post("/admin/followers/1/keep", "reason", "").want(http.StatusUnprocessableEntity)
	colleague.follow(colleague.post("/admin/followers/1/keep", "reason", "別の方でした")).says("消すのをやめました").saysNot("データを消す方")
	colleague.post("/admin/followers/1/keep", "reason", "もう一度").want(http.StatusConflict)
	colleague.get("/admin/audit").says("友だち: データを消す申し出", "友だち: データを消すのをやめる", "きょう窓口でご本人から", "別の方でした").saysNot("川口")

	// What a resident asked for themselves stands there too.
	if err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AskErasure(t.Context(), 1, 0, "") }); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/followers").says("データを消す方", "ご本人か、保管期間")
}
