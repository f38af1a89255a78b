package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ippo"
)

func TestNewsFromDraftToDeletion(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := []string{"title", "", "kind", "hero", "summary", "この人に会いたい", "body", "一行目\r\n二行目", "status", "published", "publishAt", "2026-03-10T09:00", "topics", "kosodate", "areas", "sakae", "url", "ftp://x"}
	r := editor.post("/admin/news", form...).want(http.StatusUnprocessableEntity)
	r.says("題名を入力してください。", "リンクは「https://」で始まる", "この人に会いたい", "二行目", "2か所の入力")
	if !strings.Contains(r.body, `value="kosodate" checked`) || !strings.Contains(r.body, `value="hero" checked`) {
		t.Error("what was ticked is lost")
	}
	form[1], form[len(form)-1] = "里山を守る人", "https://example.jp/"
	editor.follow(editor.post("/admin/news", form...)).says("お知らせを保存しました。")
	n, err := o.store.News(t.Context(), 2)
	if err != nil || n.Body != "一行目\n二行目" || !n.Topics.Has(0) || !n.PublishAt.Equal(time.Date(2026, 3, 10, 9, 0, 0, 0, ippo.Tokyo)) {
		t.Fatalf("saved: %+v, %v", n, err)
	}
	slug := n.Slug
	form[1] = "里山を守る人たち"
	editor.follow(editor.post("/admin/news/2", append(form, "slug", "other", "id", "1")...)).says("里山を守る人たち")
	if n, err = o.store.News(t.Context(), 2); err != nil || n.Slug != slug {
		t.Errorf("an address that residents have has changed: %q to %q, %v", slug, n.Slug, err)
	}
	editor.get("/admin/news?q=" + "サトヤマ　守る").says("条件を消す")
	editor.get("/admin/news?q=里山").says("里山を守る人たち").saysNot("春まつりの手伝いを募集")
	editor.get("/admin/news?q=ない言葉").says("合うお知らせはありません")
	editor.follow(editor.post("/admin/news/2/delete")).says("「里山を守る人たち」を削除しました。")
	editor.get("/admin/news/2").want(http.StatusNotFound)
}

func TestEventAndGroup(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	editor.post("/admin/events", "title", "朝市", "summary", "毎月の朝市", "place", "駅前", "status", "published", "capacity", "多い", "startsAt", "2026-04-05T08:00", "endsAt", "2026-04-05T07:00").
		want(http.StatusUnprocessableEntity).says("定員は数字で入力してください。")
	editor.post("/admin/events", "title", "朝市", "summary", "毎月の朝市", "place", "駅前", "status", "published", "capacity", "３０", "startsAt", "2026-04-05T08:00", "endsAt", "2026-04-05T07:00").
		want(http.StatusUnprocessableEntity).says("終わる日時は始まりより後にしてください。")
	editor.follow(editor.post("/admin/events", "title", "朝市", "summary", "毎月の朝市", "place", "駅前", "status", "published", "capacity", "３０", "startsAt", "2026-04-05T08:00", "endsAt", "2026-04-05T10:00")).says("保存しました")
	if e, err := o.store.Event(t.Context(), 2); err != nil || e.Capacity != 30 || e.When() != "2026年4月5日（日）08:00〜10:00" {
		t.Errorf("event %+v, %v", e, err)
	}
	editor.follow(editor.post("/admin/groups", "name", "朝の体操会", "summary", "体操", "weekdays", "0", "weekdays", "6", "parts", "午前", "receiving", "1", "children", "1")).says("保存しました")
	if g, err := o.store.ActivityGroup(t.Context(), 2); err != nil || g.Weekdays.Words() != "土・日" || g.Parts != ippo.Morning || !g.Children || g.Wheelchair {
		t.Errorf("group %+v, %v", g, err)
	}
}

// A topic that groups use stays, and the reason is said; one that nobody uses goes.
func TestTopics(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	editor.post("/admin/topics", "name", "防災", "slug", "防災").want(http.StatusUnprocessableEntity).says("識別名は半角の")
	editor.post("/admin/topics", "name", "もう一つ", "slug", "kosodate").want(http.StatusUnprocessableEntity).says("すでに使われています")
	editor.follow(editor.post("/admin/topics", "name", "防災", "slug", "bosai")).says("分野「防災」を追加しました。")
	editor.follow(editor.post("/admin/topics/bosai", "name", "防災・防犯", "names.en", "Disaster safety", "order", "9", "hidden", "1")).says("防災・防犯", "Disaster safety", "選べない")
	editor.post("/admin/topics/bosai", "name", "防災", "names.en", "Disaster and crime prevention").want(http.StatusUnprocessableEntity).says("英語の名前は16文字以内で入力してください。")
	editor.get("/admin/topics?q=disaster").says("防災・防犯")
	g, err := o.store.ActivityGroup(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	g.Topics = ippo.ChoiceOf(0)
	if err := o.store.UpdateActivityGroup(t.Context(), 0, g); err != nil {
		t.Fatal(err)
	}
	editor.post("/admin/topics/kosodate/delete").want(http.StatusUnprocessableEntity).says("使っている団体が1件あるため、削除できません")
	editor.follow(editor.post("/admin/topics/bosai/delete")).says("削除しました")
	editor.follow(editor.post("/admin/areas", "name", "港", "slug", "minato")).says("地域「港」を追加しました。")
	editor.get("/admin/topics?q=コソダテ").says("合うものはありません")
	editor.get("/admin/topics?q=子育て").says("子育て").saysNot("福祉")
	editor.follow(editor.post("/admin/tags", "name", "会長", "slug", "kaicho")).says("タグ「会長」を追加しました。")
}

// The code opens our chat with the words typed in by which the bot knows the entry.
func TestPosterCode(t *testing.T) {
	o := open(t)
	o.fill()
	viewer := o.as(ippo.Viewer)
	r := viewer.get("/admin/entries/shimin-ka/qr.svg").want(http.StatusOK)
	if r.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(r.body, "<svg") {
		t.Errorf("code: %s", r.header.Get("Content-Type"))
	}
	address, err := o.panel.ChatURL(firstMessage(ippo.Entry{Slug: "shimin-ka", Name: "市民課の窓口"}))
	want := "https://line.me/R/oaMessage/%40123abcde/?%E5%B8%82%E6%B0%91%E8%AA%B2%E3%81%AE%E7%AA%93%E5%8F%A3%E3%81%A7%E7%9F%A5%E3%82%8A%E3%81%BE%E3%81%97%E3%81%9F%EF%BC%88%E5%85%A5%E5%8F%A3%3Ashimin-ka%EF%BC%89"
	if err != nil || address != want {
		t.Errorf("address %s, %v", address, err)
	}
	o.as(ippo.Editor).follow(o.as(ippo.Editor).post("/admin/entries", "name", "東部支所", "slug", "tobu")).says("東部支所")
}

func TestCampaign(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	form := []string{"title", "桜の声かけ", "reminder", "声をかけてみませんか。", "startsOn", "2026-03-01", "endsOn", "2026-04-30", "to", "some", "ambassadors", "1",
		"schedule.kind", "weekly", "schedule.weekdays", "1", "schedule.day", "31", "schedule.at", "09:00", "schedule.holidays", "skip"}
	editor.post("/admin/campaigns/preview", form...).want(http.StatusOK).says("毎週月曜 09:00（祝日は休み）", "2026年3月9日（月）09:00", "2026年4月6日（月）09:00", "1人に送信します")
	editor.post("/admin/campaigns", append(form, "do", "check")...).want(http.StatusOK).says("2026年3月9日（月）09:00")
	for want, schedule := range map[string][]string{
		"毎月第2火曜 09:00":       {"nth-weekday", "schedule.nth", "2", "schedule.weekdays", "2", "schedule.day", "31"},
		"2026年3月10日（火）09:00": {"nth-weekday", "schedule.nth", "2", "schedule.weekdays", "2"},
		"毎月最後の金曜 09:00":      {"nth-weekday", "schedule.nth", "-1", "schedule.weekdays", "5"},
		"毎年4月1日 09:00":       {"yearly", "schedule.month", "4", "schedule.day", "１"},
		"2026年4月1日（水）09:00":  {"yearly", "schedule.month", "4", "schedule.day", "1"},
		"毎日 09:00、2026年3月20日（金）から2026年3月21日（土）まで": {"daily", "schedule.from", "2026-03-20", "schedule.until", "2026-03-21"},
	} {
		asked := append(append([]string{}, form[:10]...), append([]string{"schedule.at", "09:00", "schedule.kind"}, schedule...)...)
		editor.post("/admin/campaigns/preview", asked...).want(http.StatusOK).says(want)
	}
	bad := append([]string{}, form...)
	bad[3] = ""
	editor.post("/admin/campaigns", append(bad, "do", "save")...).want(http.StatusUnprocessableEntity).says("お知らせの文を入力してください。")
	editor.follow(editor.post("/admin/campaigns", append(form, "do", "save")...)).says("承認者が承認すると始まります")
	hash := approver.get("/admin/campaigns/2").want(http.StatusOK).says("承認して案内を始める", "1人に送信します").hidden("hash")
	editor.post("/admin/campaigns/2/activate", "hash", hash).want(http.StatusForbidden)
	approver.follow(approver.post("/admin/campaigns/2/activate", "hash", hash)).says("案内中", "次の案内: 2026年3月9日（月）09:00")
	// A change to what is sent stops it, and the old approval is void.
	form[3] = "ほかのことば"
	editor.follow(editor.post("/admin/campaigns/2", append(form, "do", "save")...)).says("案内は止まっている")
	approver.post("/admin/campaigns/2/activate", "hash", hash).want(http.StatusConflict)
	editor.follow(editor.post("/admin/campaigns/2/delete")).says("削除しました。")
}

// A reminder that was missed waits on the home page for an approver's word.
func TestMissedReminder(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	approver := o.as(ippo.Approver)
	hash := approver.get("/admin/campaigns/1").hidden("hash")
	approver.post("/admin/campaigns/1/activate", "hash", "00").want(http.StatusConflict).says("内容が変わりました", "承認して案内を始める")
	approver.post("/admin/campaigns/1/activate", "hash", hash).want(http.StatusSeeOther)
	for range 2 {
		c, err := o.store.Campaign(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.store.MissFiring(ctx, c.Recurring()); err != nil {
			t.Fatal(err)
		}
	}
	o.setClock(opening.AddDate(0, 0, 12))
	editor := o.as(ippo.Editor)
	approver = o.as(ippo.Approver)
	editor.get("/admin/").says("送るかどうかを決める配信", "帰っておいでよ", "2026年3月9日（月）09:00")
	editor.get("/admin/campaigns/1").says("承認者が決めます").saysNot("人に今から送る")
	page := approver.get("/admin/campaigns/1").says("1人に今から送る")
	due := page.hidden("due")
	editor.post("/admin/campaigns/1/firing", "due", due, "do", "send").want(http.StatusForbidden)
	approver.post("/admin/campaigns/1/firing", "due", due, "do", "send").want(http.StatusUnprocessableEntity).says("今から送る理由を200文字以内で入力してください")
	approver.follow(approver.post("/admin/campaigns/1/firing", "due", due, "do", "send", "reason", "遅れても役に立ちます")).says("帰っておいでよ", "送信予定")
	o.as(ippo.Viewer).get("/admin/").says("遅れても役に立ちます")
	approver.post("/admin/campaigns/1/firing", "due", due, "do", "send", "reason", "もう一度送ります").want(http.StatusConflict).
		says("ほかの職員が送るかどうかを決めたか", "入力した理由は使われていません", "もう一度送ります")
	due = approver.get("/admin/campaigns/1").hidden("due")
	long := strings.Repeat("遅", 201)
	approver.post("/admin/campaigns/1/firing", "due", due, "do", "send", "reason", long).want(http.StatusUnprocessableEntity).holds(`value="` + long + `"`)
	approver.follow(approver.post("/admin/campaigns/1/firing", "due", due, "do", "drop")).says("この回の案内は送りません")
	approver.get("/admin/").saysNot("送るかどうかを決める配信")
}
