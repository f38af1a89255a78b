package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// 配信を減らす is under what is previewed, kept and approved, and not in what staff edit.
func TestReduceUnderEveryBroadcast(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := []string{"title", "春まつり", "kind", "text", "ref", "0", "text", "お元気ですか。", "to", "some", "topics", "kosodate", "when", "now"}
	editor.post("/admin/broadcasts/preview", form...).want(http.StatusOK).says("配信を減らす")
	address := editor.post("/admin/broadcasts", append(form, "do", "save")...).want(http.StatusSeeOther).header.Get("Location")
	editor.get(address).says("配信を減らす")
	editor.get(address + "/edit").says("1. 文章").saysNot("1. カード")
	again := editor.post(address + "/duplicate").want(http.StatusSeeOther).header.Get("Location")
	for i, want := range []string{"1/reduce/from/2", "1/reduce/from/3"} {
		b, err := o.store.Broadcast(t.Context(), ippo.BroadcastID(i+2))
		if err != nil || len(b.Messages) != 1 || strings.Count(string(b.Messages[0]), "reduce") != 1 || !strings.Contains(string(b.Messages[0]), want) {
			t.Errorf("kept %s, %v; want %s", b.Messages, err, want)
		}
	}
	if again != "/admin/broadcasts/3/edit" {
		t.Errorf("the copy is at %s", again)
	}
	editor.get("/admin/campaigns/1").says("配信を減らす")
}

func TestReductionsByTopic(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/broadcasts/reductions").want(http.StatusOK).says("まだ使われていません")
	b := o.draft("子育て")
	b.Audience = ippo.Audience{Topics: []string{"kosodate", "fukushi"}}
	if err := o.store.CreateBroadcast(ctx, o.staff[ippo.Editor].ID, b); err != nil {
		t.Fatal(err)
	}
	err := o.store.Write(ctx, func(t *store.Tx) error {
		for _, r := range []ippo.Reduction{
			{Broadcast: b.ID, Step: ippo.ReductionOpened}, {Step: ippo.ReductionOpened}, {Step: ippo.ReductionOpened},
			{Broadcast: b.ID, Step: ippo.ReductionDigest}, {Broadcast: b.ID, Step: ippo.ReductionTopic, Topic: "fukushi"}, {Step: ippo.ReductionStopped},
		} {
			if err := t.AddReduction(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	viewer.get("/admin/broadcasts/reductions").says("「配信を減らす」を開いた3回 週1回のまとめに変えた1回 お知らせをすべて止めた1回", "福祉 1回 1回 1回 子育て 1回 1回 0回 分野のない配信・メニューから2回")
	viewer.get("/admin/").says("今月の「配信を減らす」3回")
	o.setClock(opening.AddDate(0, 0, reductionDays+2))
	o.as(ippo.Viewer).get("/admin/broadcasts/reductions").says("まだ使われていません")
}
