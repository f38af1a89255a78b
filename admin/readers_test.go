package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
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
	editor.get("/admin/broadcasts/1/results.csv").says("開いた人,,1234,", "リンクを押した人,,")
	if strings.Contains(r.body, "集計中") || strings.Contains(r.body, ">0人") {
		t.Errorf("what is hidden is shown as nothing:\n%s", r.body)
	}
}

// The results of a broadcast are a page and a file that say the same, and few people have no numbers in either.
func TestBroadcastResults(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	for i := range 30 {
		if err := o.follow(fmt.Sprintf("Ua%031x", i)); err != nil {
			t.Fatal(err)
		}
	}
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.post("/admin/broadcasts/1/submit").want(http.StatusSeeOther)
	approver.post("/admin/broadcasts/1/approve", "hash", approver.get("/admin/broadcasts/1").hidden("hash")).want(http.StatusSeeOther)
	if err := o.store.StartBroadcast(ctx, 1); err != nil {
		t.Fatal(err)
	}
	requests, err := o.store.PendingRequests(ctx, 1, 0, 10)
	if err != nil || len(requests) == 0 {
		t.Fatalf("%d requests, %v", len(requests), err)
	}
	for _, r := range requests {
		if err := o.store.BeginRequest(ctx, &r, nil, make([]byte, 32)); err != nil {
			t.Fatal(err)
		}
	}
	editor.post("/admin/broadcasts/1/cancel").want(http.StatusSeeOther)
	editor.get("/admin/broadcasts/1").says("まだ数えていません（2026/3/8")
	if err := o.store.Write(ctx, func(tx *store.Tx) error { return tx.Block(ctx, "Ua0000000000000000000000000000001", o.clock()) }); err != nil {
		t.Fatal(err)
	}
	b, err := o.store.Broadcast(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.CountReaction(ctx, b); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SaveReaders(ctx, 1, ippo.Readers{Opened: new(int64(25))}); err != nil {
		t.Fatal(err)
	}
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/broadcasts/1").says("送った31人のうち、1人がブロックしました", "非表示（20人未満）")
	viewer.get("/admin/broadcasts/1/results.csv").want(http.StatusOK).says("48時間のブロック,,31,1,", "分野ごと,子育て,非表示（20人未満）,非表示（20人未満）,", "開いた人,,25,").
		saysNot("リンクを押した人") // it has none
}
