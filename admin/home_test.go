package admin

import (
	"net/http"
	"testing"

	"ippo"
	"ippo/store"
)

// The home page tells how the number of friends changed, in a picture and in a table, and how far the counted
// indicators have come.
func TestHomeTellsOfFriendsAndAims(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	for _, id := range []string{"Uf0000000000000000000000000000002", "Uf0000000000000000000000000000003"} {
		if err := o.follow(id); err != nil {
			t.Fatal(err)
		}
	}
	o.setClock(opening.AddDate(0, 0, 7))
	if err := o.store.Write(ctx, func(t *store.Tx) error { return t.Block(ctx, "Uf0000000000000000000000000000002", o.clock()) }); err != nil {
		t.Fatal(err)
	}
	home := o.as(ippo.Viewer).get("/admin/").want(http.StatusOK)
	home.says("3月9日（月）からの週0人1人-1人2人", "3月2日（月）からの週3人0人+3人3人", "目標までの歩み", "帰っておいでよ")
	home.saysNot("声をかける人")

	now := ippo.FiscalYearOf(o.clock())
	_, err := o.store.CreateIndicator(ctx, 1, ippo.Indicator{
		Sheet: 1, Name: "声をかける人", Unit: "人", Figure: "ambassadors", Since: now, Targets: map[ippo.FiscalYear]string{2027: "4人"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CountIndicators(ctx); err != nil {
		t.Fatal(err)
	}
	o.as(ippo.Viewer).get("/admin/").says("声をかける人　1人（目標 R9 4人・25.0%）")
}
