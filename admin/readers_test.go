package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// Staff see how many opened a broadcast; what LINE hides is not zero, and what it has not told yet is
// neither.
func TestReadersShown(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	approver.post("/admin/broadcasts/1/approve", "hash", approver.get("/admin/broadcasts/1").hidden("hash")).want(http.StatusSeeOther)
	if r := editor.get("/admin/broadcasts/1"); strings.Contains(r.body, "読まれたようす") {
		t.Error("readers of what has not been sent")
	}
	if err := o.store.StartBroadcast(ctx, 1); err != nil {
		t.Fatal(err)
	}
	editor.post("/admin/broadcasts/1/cancel").want(http.StatusSeeOther)
	editor.get("/admin/broadcasts/1").says("読まれたようす", "まだ集計中です（翌日以降に表示）")
	told := ippo.Readers{Opened: new(int64(1234)), Links: []ippo.LinkReaders{{URL: "https://example.jp/a", People: new(int64(56))}, {URL: "https://example.jp/b"}}}
	if err := o.store.SaveReaders(ctx, 1, told); err != nil {
		t.Fatal(err)
	}
	r := editor.get("/admin/broadcasts/1").says("1,234人", "https://example.jp/a", "56人", "非表示（20人未満）", "パソコンのLINE")
	if strings.Contains(r.body, "集計中") || strings.Contains(r.body, ">0人") {
		t.Errorf("what is hidden is shown as nothing:\n%s", r.body)
	}
}
