package admin

import (
	"testing"

	"ippo"
	"ippo/store"
)

func TestForecastOnTheHomePage(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/").says("残り5,000通", "予定 0通", "送信予定・送信中の配信0通", "月は日本時間で区切っています").saysNot("足りなくなります")
	b, err := o.store.Broadcast(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.ApproveBroadcast(ctx, o.staff[ippo.Approver].ID, 1, store.Approval{Hash: b.Hash()}); err != nil {
		t.Fatal(err)
	}
	c, err := o.store.Campaign(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.Activate(ctx, o.staff[ippo.Approver].ID, c.Recurring().Source, store.Approval{Hash: c.Hash()}); err != nil {
		t.Fatal(err)
	}
	// Four Mondays are left in March.
	viewer.get("/admin/").says("予定 5通", "送信予定・送信中の配信1通", "承認待ちの配信0通", "案内の予定4通")
}

func TestMonthBars(t *testing.T) {
	m := month{quota{Known: true, Limited: true, Limit: 5000, Used: 2500}, ippo.Forecast{Scheduled: 1000, Campaigns: 2000}}
	if m.Left() != 2500 || m.Short() != 500 {
		t.Errorf("left %d, short by %d", m.Left(), m.Short())
	}
	want := []bar{{"used", 0, 500}, {"scheduled", 500, 200}, {"campaigns", 700, 300}}
	got := m.Bars()
	if len(got) != len(want) {
		t.Fatalf("bars %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("bar %d is %v, want %v", i, got[i], want[i])
		}
	}
	m.Scheduled = 0
	if m.Campaigns = 100; m.Short() != 0 {
		t.Errorf("short by %d of what fits", m.Short())
	}
}
