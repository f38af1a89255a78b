package admin

import (
	"net/http"
	"testing"

	"ippo"
)

// Staff see what the program sends by itself, to whom only by a first letter, and what holds it up.
func TestNotices(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	err := o.store.AddNotice(ctx, ippo.Notice{Follower: 1, Kind: ippo.NoticeCard, Messages: []ippo.Message{textMessage("番号は7です")}})
	if err != nil {
		t.Fatal(err)
	}
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/notices").want(http.StatusOK).says("会員証", "これから", "川＊＊").saysNot("番号は7です", "止まっています")
	viewer.get("/admin/notices?state=accepted").want(http.StatusOK).says("条件に合うお知らせはありません")
	viewer.get("/admin/").saysNot("個別のお知らせが")

	if err := o.store.StickNotices(ctx, o.clock().Add(1e12), "今月送れる通数を使い切ったため、待っています"); err != nil {
		t.Fatal(err)
	}
	viewer.get("/admin/notices").says("1件が止まっています", "待っています。直ると")
	viewer.get("/admin/").says("個別のお知らせが1件止まっています", "待っています。")
}
