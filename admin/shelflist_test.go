package admin

import (
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"ippo"
)

// News and events can be taken from the residents at once as groups can, and given back.
func TestSeveralNewsAndEventsAtOnce(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	for change, section := range []string{"news", "events"} {
		b.agree("/admin/"+section+"/several", "to", "retired", "scope", "ticked", "who", "1").says("1件を「公開終了」にしました")
		b.follow(b.post("/admin/"+section+"/undo", "change", strconv.Itoa(change+1))).says("1件を元の状態に戻しました")
	}
}

// Several groups are hidden at once, those of other pages too: the panel asks first, says how many, and takes it
// back on one button, but for what was changed again since.
func TestSeveralAtOnce(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	for i := range 60 {
		_, err := o.store.CreateActivityGroup(ctx, by, ippo.ActivityGroup{
			Slug: fmt.Sprint("group-", i), Name: fmt.Sprint("合唱団", i), Summary: "歌います", Receiving: true, Hidden: i == 0, Topics: ippo.ChoiceOf(i % 2),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	hidden := func() (n int) {
		t.Helper()
		all, err := o.store.ActivityGroups(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range all {
			if g.Hidden {
				n++
			}
		}
		return n
	}
	b := o.as(ippo.Editor)
	b.get("/admin/groups?q=合唱団").says("60団体", "条件に合う60件すべて").saysNot("元に戻す")
	_, next, _ := strings.Cut(b.get("/admin/groups?q=合唱団").body, `href="/admin/groups?after=`)
	next, _, _ = strings.Cut(next, `"`)
	b.get("/admin/groups?after="+html.UnescapeString(next)).says("60団体", "合唱団59").saysNot("合唱団10", "里山の会")
	several := func(more ...string) reply {
		t.Helper()
		return b.post("/admin/groups/several", append([]string{"to", "retired"}, more...)...)
	}
	b.follow(several("scope", "ticked")).says("変えるものがありません")
	several("scope", "all", "list", "q=合唱団").want(http.StatusOK).says("59件の団体を「公開しない」にしますか", "公開をやめる（59件）")
	several("scope", "all", "list", "q=合唱団", "confirmed", "59").want(http.StatusOK).says("59件の団体を")
	if n := hidden(); n != 1 {
		t.Errorf("%d groups are hidden before anybody confirmed it", n)
	}
	b.agree("/admin/groups/several", "to", "retired", "scope", "all", "list", "q=合唱団").says("59件を「公開しない」にしました", "「公開しない」にした59件を、元の状態に戻せます").saysNot("里山の会")
	if n := hidden(); n != 60 {
		t.Errorf("%d groups are hidden, want 60", n)
	}
	o.as(ippo.Approver).get("/admin/groups").saysNot("元に戻す") // it is whoever did it that takes it back
	g, err := o.store.ActivityGroupBySlug(ctx, "group-7")
	if err != nil {
		t.Fatal(err)
	}
	g.Hidden = false
	if err := o.store.UpdateActivityGroup(ctx, by, g); err != nil {
		t.Fatal(err)
	}
	b.post("/admin/groups/undo", "change", "99").want(http.StatusConflict)
	b.follow(b.post("/admin/groups/undo", "change", "1")).says("58件を元の状態に戻しました", "1件は変えられなかった").saysNot("元に戻す")
	b.post("/admin/groups/undo", "change", "1").want(http.StatusConflict)
	if n := hidden(); n != 1 {
		t.Errorf("%d groups are hidden after that, want the one from before", n)
	}
	b.agree("/admin/groups/several", "to", "retired", "scope", "ticked", "who", "2", "who", "3", "who", "4", "who", "999", "list", "topic=kosodate").says("1件を「公開しない」にしました") // 3 is of another topic, 2 hidden before
	b.post("/admin/groups/several", "to", "erased", "scope", "all").want(http.StatusBadRequest)
	o.as(ippo.Viewer).post("/admin/groups/several", "to", "retired", "scope", "all").want(http.StatusForbidden)
	o.as(ippo.Viewer).get("/admin/groups").saysNot("まとめて変える", "すべてを選ぶ")
	o.as(ippo.Administrator).get("/admin/audit").says("団体: 変更")
}

// News are narrowed, sorted and saved as the address says, and a search looks through translations too.
func TestLongListIsNarrowedAndSorted(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	for i, title := range []string{"いちご狩り", "=うどん作り", "あやとり教室"} {
		_, err := o.store.CreateNews(ctx, by, ippo.News{
			Slug: fmt.Sprint("n", i), Kind: ippo.NewsPlain, Title: title, Summary: "概要", Status: ippo.ContentStatuses[i], PublishAt: opening.AddDate(0, 0, 1+i), Topics: ippo.ChoiceOf(i % 2),
			Translations: ippo.Translations{ippo.English: {Texts: map[string]string{"title": []string{"Strawberries", "Noodles", "Strings"}[i]}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	b := o.as(ippo.Viewer)
	for address, want := range map[string][]string{
		"/admin/news":                             {"あやとり教室", "=うどん作り", "いちご狩り", "春まつり"},
		"/admin/news?sort=published":              {"春まつり", "いちご狩り", "=うどん作り", "あやとり教室"},
		"/admin/news?sort=name":                   {"=うどん作り", "あやとり教室", "いちご狩り", "春まつり"},
		"/admin/news?q=ｓｔｒ&sort=-name":            {"いちご狩り", "あやとり教室"},
		"/admin/news?status=draft":                {"いちご狩り"},
		"/admin/news?topic=fukushi":               {"=うどん作り"},
		"/admin/news.csv?sort=name&topic=fukushi": {"'=うどん作り"},
		"/admin/news.csv?sort=name":               {"'=うどん作り", "あやとり教室", "いちご狩り", "春まつり"},
		"/admin/news?status=nonsense&topic=none":  {},
	} {
		r := b.get(strings.ReplaceAll(address, "ｓｔｒ", "%EF%BD%93tr")).want(http.StatusOK)
		last := 0
		for _, title := range want {
			at := strings.Index(r.body, title)
			if at < last {
				t.Errorf("%s: %s stands wrong in\n%s", address, title, text(r.body))
			}
			last = at
		}
		for _, title := range []string{"いちご狩り", "うどん作り", "あやとり教室", "春まつり"} {
			if !strings.Contains(strings.Join(want, " "), title) && strings.Contains(r.body, title) {
				t.Errorf("%s shows %s", address, title)
			}
		}
	}
}
