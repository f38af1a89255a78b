package admin

import (
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ippo"
	"ippo/store"
)

// The picture for documents is the code that the poster has.
func TestPictureOfAnEntrysCode(t *testing.T) {
	o := open(t)
	o.fill()
	r := o.as(ippo.Viewer).get("/admin/entries/shimin-ka/qr.png").want(http.StatusOK)
	if !strings.Contains(r.header.Get("Content-Disposition"), "qr-shimin-ka.png") {
		t.Errorf("saved as %s", r.header.Get("Content-Disposition"))
	}
	drawn, err := png.Decode(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(drawn)
	if err != nil {
		t.Fatal(err)
	}
	// Nothing but the code: looking for one in a photo, this reader errs with one code in seventy.
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	want, wantErr := o.panel.ChatURL("市民課の窓口で知りました（入口:shimin-ka）")
	if err != nil || wantErr != nil || read.GetText() != want {
		t.Errorf("the code says %v, %v; want %s, %v", read, err, want, wantErr)
	}
}

// Several entries are put out of use, into use or deleted at once, those of other pages too. One that people came by
// cannot be deleted; everything is taken back on one button.
func TestSeveralEntries(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	for i := range 60 {
		if _, err := o.store.CreateEntry(ctx, 0, ippo.Entry{Slug: fmt.Sprint("stand-", i), Name: fmt.Sprint("春の出店", i), Newcomer: i == 7}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.store.CreateEntry(ctx, 0, ippo.Entry{Slug: "eki", Name: "駅の掲示板"}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.ImportFollowers(ctx, []store.FollowerRow{{LineUserID: "Ua", Entry: 9}}); err != nil {
		t.Fatal(err)
	}
	counts := func() (all, hidden int) {
		t.Helper()
		entries, err := o.store.Entries(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Hidden {
				hidden++
			}
			if e.Slug == "stand-7" && (!e.Newcomer || e.Friends != 1) {
				t.Errorf("%+v", e)
			}
		}
		return len(entries), hidden
	}
	b := o.as(ippo.Editor)
	b.get("/admin/entries?q=出店").says("60件", "条件に合う60件すべて").saysNot("元に戻す", "駅の掲示板")
	const several = "/admin/entries/several"
	b.post(several, "to", "retired", "scope", "all", "list", "q=出店").want(http.StatusOK).says("60件の登録経路を「使わない」にしますか", "これからも数えます")
	b.agree(several, "to", "retired", "scope", "all", "list", "q=出店").says("60件を「使わない」にしました", "「使わない」にした60件を、元の状態に戻せます")
	b.get("/admin/entries?status=published").says("駅の掲示板").saysNot("出店")
	b.get("/admin/entries?status=retired&sort=-name").says("60件", "春の出店9").saysNot("駅の掲示板")
	if file := b.get("/admin/entries.csv?status=published").want(http.StatusOK).body; strings.Contains(file, "出店") || !strings.Contains(file, "駅の掲示板") {
		t.Errorf("the file of those in use is\n%s", file)
	}
	if _, hidden := counts(); hidden != 60 {
		t.Errorf("%d are out of use", hidden)
	}
	b.follow(b.post("/admin/entries/undo", "change", "1")).says("60件を元の状態に戻しました")
	if all, hidden := counts(); all != 62 || hidden != 0 {
		t.Errorf("%d, %d out of use", all, hidden)
	}
	b.post(several, "to", "deleted", "scope", "all", "list", "q=出店").want(http.StatusOK).says("59件の登録経路を削除しますか", "登録した友だちがいる1件は、そのままです")
	b.agree(several, "to", "deleted", "scope", "all", "list", "q=出店").says("59件を削除しました", "削除した59件を、元の状態に戻せます")
	if all, _ := counts(); all != 3 {
		t.Errorf("%d are left", all)
	}
	if _, err := o.store.CreateEntry(ctx, 0, ippo.Entry{Slug: "stand-3", Name: "あとから"}); err != nil {
		t.Fatal(err)
	}
	b.follow(b.post("/admin/entries/undo", "change", "2")).says("58件を元の状態に戻しました", "1件は変えられなかった")
	if all, _ := counts(); all != 62 {
		t.Errorf("%d are there", all)
	}
	b.agree(several, "to", "retired", "who", "1").says("1件を「使わない」にしました")
	b.agree(several, "to", "published", "who", "1").says("1件をまた使うようにしました")
	viewer := o.as(ippo.Viewer)
	viewer.post(several, "to", "retired", "scope", "all").want(http.StatusForbidden)
	viewer.get("/admin/entries").saysNot("まとめて変える")
	o.as(ippo.Administrator).get("/admin/audit").says("登録経路: 削除")
}
