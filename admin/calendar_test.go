package admin

import (
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// What goes out stands on its day, on the home page and in the calendar, and leads to its page.
func TestCalendar(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	b := o.draft("花見のお知らせ")
	b.SendAt = time.Date(2026, 3, 7, 10, 30, 0, 0, ippo.Tokyo)
	b.OnCall = "当番"
	if err := o.store.CreateBroadcast(ctx, o.staff[ippo.Editor].ID, b); err != nil {
		t.Fatal(err)
	}
	c, err := o.store.Campaign(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.Activate(ctx, o.staff[ippo.Approver].ID, c.Recurring().Source, store.Approval{Hash: c.Hash()}); err != nil {
		t.Fatal(err)
	}
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/").says("今週の配信", "10:30 花見のお知らせ", "下書き")
	month := viewer.get("/admin/calendar").says("2026年3月", "10:30 花見のお知らせ", "09:00 帰っておいでよ", "案内", "きょう")
	if n := strings.Count(month.body, "/admin/campaigns/1"); n != 4 {
		t.Errorf("%d reminders in March, want those of four Mondays", n)
	}
	week := viewer.get("/admin/calendar?week=2026-03-10").says("2026年3月8日（日）からの1週間", "帰っておいでよ").saysNot("花見")
	empty := viewer.get("/admin/calendar?month=2026-02").says("2026年2月", "この期間に送るものはありません")
	for page, links := range map[string][]string{
		month.body: {"/admin/broadcasts/2", "?month=2026-02", "?month=2026-04", "?week=2026-03-06"},
		week.body:  {"?week=2026-03-01", "?week=2026-03-15", "?month=2026-03"},
		empty.body: {"?month=2026-01", "?month=2026-03"},
	} {
		for _, link := range links {
			if !strings.Contains(page, `href="`+link+`"`) {
				t.Errorf("no way to %s", link)
			}
		}
	}
	for _, odd := range []string{"?month=9999-01", "?month=x", "?month=2026-13"} {
		viewer.get("/admin/calendar" + odd).says("2026年3月")
	}
	viewer.get("/admin/calendar?week=0001-01-01").says("2026年3月1日（日）からの1週間")
}
