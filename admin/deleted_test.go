package admin

import (
	"net/http"
	"strconv"
	"testing"

	"ippo"
	"ippo/store"
)

// What somebody deleted is put back by the button on the next page, or from the list, whatever its kind; what sends
// comes back switched off.
func TestUndoOfDeletions(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, editor := t.Context(), o.staff[ippo.Editor]
	if _, err := o.store.CreateCannedAnswer(ctx, editor.ID, ippo.CannedAnswer{Title: "お礼", Text: "ありがとうございました。"}); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SaveAudience(ctx, editor.ID, ippo.SavedAudience{Name: "子育ての人", Audience: ippo.Audience{Topics: []string{"kosodate"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CreateEvent(ctx, editor.ID, ippo.Event{
		Slug: "ehon", Title: "読み聞かせ", Summary: "絵本を読みます", StartsAt: opening.AddDate(0, 0, 9), EndsAt: opening.AddDate(0, 0, 9), Place: "市民センター", Status: ippo.ContentDraft,
	}); err != nil {
		t.Fatal(err)
	}
	series, err := o.store.Series(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.Activate(ctx, o.staff[ippo.Approver].ID, series.Recurring().Source, store.Approval{Hash: series.Recurring().Hash}); err != nil {
		t.Fatal(err)
	}
	o.plan()
	second, err := o.store.CreateHeading(ctx, editor.ID, ippo.Heading{Sheet: 1, Kind: ippo.HeadingGoal, Name: "基本目標② ひろがる"})
	if err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	n := 0
	for _, one := range []struct{ at, list, name string }{
		{"news/1", "news", "春まつりの手伝いを募集"}, {"groups/1", "groups", "里山の会"}, {"faq/1", "faq", "駐車場はありますか"},
		{"autoreplies/1", "autoreplies", "休館日"}, {"canned/1", "canned", "お礼"}, {"audiences/1", "audiences", "子育ての人"},
		{"campaigns/1", "campaigns", "帰っておいでよ"}, {"series/1", "series", "週末の居場所"}, {"events/2", "events", "読み聞かせ"},
		{"entries/shimin-ka", "entries", "市民課の窓口"}, {"indicators/1", "sheets/1", "連携事業数"}, {"headings/" + strconv.Itoa(int(second.ID)), "sheets/1", "基本目標② ひろがる"},
		{"sheets/1", "sheets", "協働のまちづくり計画"},
	} {
		b.get("/admin/" + one.at + "/delete").want(http.StatusOK).says("24時間以内なら").saysNot("元に戻せません")
		b.follow(b.post("/admin/"+one.at+"/delete")).want(http.StatusOK).says("「"+one.name+"」を削除しました。", "元に戻す")
		b.get("/admin/" + one.at + "/delete").want(http.StatusNotFound)
		b.get("/admin/" + one.list).want(http.StatusOK).saysNot("削除しました")
		b.get("/admin/deleted").says(one.name)
		n++
		b.follow(b.post("/admin/deleted/"+strconv.Itoa(n)+"/restore")).want(http.StatusOK).says("「"+one.name+"」を元に戻しました。", one.name)
		b.post("/admin/deleted/" + strconv.Itoa(n) + "/restore").want(http.StatusNotFound).says("すでに元に戻した")
	}
	b.get("/admin/deleted").says("元に戻せるものはありません")
	series, err = o.store.Series(ctx, 1)
	if err != nil || series.Active {
		t.Errorf("a series that was put back sends: %+v, %v", series, err)
	}
	b.get("/admin/setup").says("削除したもの")
	o.as(ippo.Viewer).get("/admin/deleted").want(http.StatusForbidden)
	log, err := o.store.AuditLog(ctx, store.AuditFilter{Object: "news:1", Limit: 1})
	if err != nil || len(log) != 1 || log[0].Action != "news.restore" {
		t.Errorf("%+v, %v", log, err)
	}
	for _, address := range []string{"/topics/kosodate/delete", "/areas/sakae/delete", "/tags/koza/delete"} {
		b.get("/admin" + address).want(http.StatusOK).says("元に戻せません")
	}
}
