package admin

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// fill puts one of everything into the office, so that every address leads somewhere.
func (o *office) fill() {
	o.t.Helper()
	ctx, by := o.t.Context(), o.staff[ippo.Editor].ID
	must := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	_, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: "kosodate", Name: "子育て"})
	must(err)
	_, err = o.store.CreateTopic(ctx, by, ippo.Topic{Slug: "fukushi", Name: "福祉"})
	must(err)
	_, err = o.store.CreateArea(ctx, by, ippo.Area{Slug: "sakae", Name: "栄"})
	must(err)
	_, err = o.store.CreateTag(ctx, by, ippo.Tag{Slug: "koza", Name: "講座の参加者"})
	must(err)
	_, err = o.store.CreateEntry(ctx, by, ippo.Entry{Slug: "shimin-ka", Name: "市民課の窓口", Newcomer: true})
	must(err)
	_, err = o.store.CreateNews(ctx, by, ippo.News{
		Slug: "matsuri", Kind: ippo.NewsPlain, Title: "春まつりの手伝いを募集", Summary: "3月29日の春まつり", Status: ippo.ContentPublished, PublishAt: opening,
	})
	must(err)
	_, err = o.store.CreateEvent(ctx, by, ippo.Event{
		Slug: "cafe", Title: "多文化交流カフェ", Summary: "お茶を飲みながら話します", StartsAt: opening.AddDate(0, 0, 9),
		EndsAt: opening.AddDate(0, 0, 9), Place: "市民センター", Status: ippo.ContentPublished,
	})
	must(err)
	_, err = o.store.CreateActivityGroup(ctx, by, ippo.ActivityGroup{Slug: "satoyama", Name: "里山の会", Summary: "里山の手入れ", Receiving: true})
	must(err)
	_, err = o.store.CreateFAQ(ctx, by, ippo.FAQ{Question: "駐車場はありますか", Answer: "地下に80台分あります。", Synonyms: "車で行く"})
	must(err)
	must(o.store.Write(ctx, func(t *store.Tx) error { return t.AddUnanswered(ctx, "プールはありますか", "") }))
	_, err = o.store.CreateAutoReply(ctx, by, ippo.AutoReply{Keywords: "休館日\n休みの日", Text: "休館日は月曜日です。"})
	must(err)
	_, err = o.store.CreateCampaign(ctx, by, o.campaign())
	must(err)
	_, err = o.store.CreateSeries(ctx, by, ippo.Series{
		Title: "週末の居場所", Messages: []ippo.Message{textMessage("今週末も開いています。")}, Audience: ippo.Audience{All: true},
		Schedule: ippo.Schedule{Kind: ippo.ScheduleBefore, Event: 1, Days: 3, At: 10 * 60},
	})
	must(err)
	must(o.store.CreateBroadcast(ctx, by, o.draft("春のお知らせ")))
	o.plan()
	o.report()
	must(o.follow("Uf0000000000000000000000000000001"))
	must(o.apply(1))
	must(o.askDesk(1))
}

// Whoever may not use an address is refused whatever the address is, and nothing else is: a route
// added tomorrow is walked here too.
func TestRolesOnEveryRoute(t *testing.T) {
	o := open(t)
	o.fill()
	stranger := o.visitor()
	fill := strings.NewReplacer(":id", "1", ":slug", "none")
	for _, one := range o.panel.routes() {
		address := "/admin" + fill.Replace(one.path)
		if one.least == anyone {
			if one.path != "/login" && one.path != "/login/code" && one.path != "/invite/:code" {
				t.Errorf("%s %s needs no login", one.method, one.path)
			}
			continue
		}
		if r := stranger.do(stranger.request(one.method, address)); r.status != http.StatusSeeOther || !strings.HasPrefix(r.header.Get("Location"), "/admin/login") {
			t.Errorf("%s %s, logged out: %d to %q, want the login page", one.method, one.path, r.status, r.header.Get("Location"))
		}
	}
	for _, role := range ippo.Roles {
		b := o.as(role)
		for _, one := range o.panel.routes() {
			if one.least == anyone || one.path == "/logout" {
				continue
			}
			if one.method == http.MethodPost && role.Includes(one.least) {
				continue // would do something; the stories below do
			}
			r := b.do(b.request(one.method, "/admin"+fill.Replace(one.path)))
			if allowed := role.Includes(one.least); allowed == (r.status == http.StatusForbidden) {
				t.Errorf("%s %s as %s: %d", one.method, one.path, role, r.status)
			}
		}
	}
}

// everyPage puts something onto every page and returns what each must say, by its address.
func (o *office) everyPage() map[string]string {
	t := o.t
	t.Helper()
	o.fill()
	if err := o.store.SaveAudience(t.Context(), 1, ippo.SavedAudience{Name: "子育ての人", Audience: ippo.Audience{Topics: []string{"kosodate"}}}); err != nil {
		t.Fatal(err)
	}
	whole := o.draft("カードと二つのことば")
	whole.Messages = []ippo.Message{textMessage("{{name}}さん、花見をします。"), messages.OwnCards([]ippo.Card{
		{Title: "申し込み", Buttons: []ippo.CardButton{{Label: "電話する", Does: ippo.ButtonCalls, Value: "0520000199"}}}, {Title: "場所", Text: "公園"},
	}, o.panel.PublicURL)}
	whole.Renditions = ippo.Renditions{ippo.English: {textMessage("Cherry blossoms, {{name}}!")}}
	if err := o.store.CreateBroadcast(t.Context(), 2, whole); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CreateBroadcastTemplate(t.Context(), 1, ippo.BroadcastTemplate{Title: "春のお知らせ", Messages: []ippo.Message{textMessage("今年も桜が咲きました。")}}); err != nil {
		t.Fatal(err)
	}
	if err := o.wantVisit(1, 1); err != nil {
		t.Fatal(err)
	}
	o.signsUp()
	if err := o.consult(1, "秘密の悩み"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CreateTeam(t.Context(), 4, ippo.Team{Name: "子育てチーム", Topics: ippo.ChoiceOf(0)}); err != nil {
		t.Fatal(err)
	}
	made, err := o.store.CreateToken(t.Context(), 4, ippo.Staff{Name: "広報システム", Scopes: ippo.AllScopes, Owner: 4, Expires: o.clock().AddDate(1, 0, 0)}, []byte("sum"))
	if err != nil || made.ID != 5 {
		t.Fatalf("token %d, %v; want 5, behind one of each role", made.ID, err)
	}
	if _, err := o.store.CreateCannedAnswer(t.Context(), 1, ippo.CannedAnswer{Title: "お礼", Text: "ありがとうございました。"}); err != nil {
		t.Fatal(err)
	}
	old, err := o.store.CreateCannedAnswer(t.Context(), 1, ippo.CannedAnswer{Title: "古いひな形", Text: "もう使いません。"})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.DeleteCannedAnswer(t.Context(), 1, old.ID); err != nil {
		t.Fatal(err)
	}
	o.sendBack(1, "夏まつりのお知らせです。")
	o.uploadList()
	o.uploadFiles()
	if err := o.store.SaveConnection(t.Context(), 1, o.panel.askConnection(t.Context())); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"/broadcasts/1/versions":                "時刻がちがいます",
		"/events/1/reservations":                "山田まぼろし",
		"/events/1/names":                       "当日参加",
		"/events/1/code":                        "出席の受付（会場:",
		"/reservations/1":                       "090-5555-0199",
		"/reservations/1/cancel":                "取り消しますか",
		"/consultations":                        "居場所",
		"/consultations/new":                    "答えたこと",
		"/consultations/1":                      "秘密の悩み",
		"/canned":                               "お礼",
		"/canned/new":                           "ひな形を書く",
		"/canned/1":                             "ひな形の編集",
		"/canned/1/delete":                      "削除しますか",
		"/news/import":                          "これまでの取り込み",
		"/events/import":                        "そのまま取り込めます",
		"/entries/import":                       "そのまま取り込めます",
		"/followers/import":                     "週に1回まとめて、ことば",
		"/intakes/2":                            "取り込みました",
		"/intakes/3":                            "直すところがあります",
		"/intakes/4":                            "別の人であることを確かめた",
		"/intakes/5":                            "画面を閉じても続きます",
		"/groups/import":                        "Shift_JIS",
		"/groups/import/1":                      "取り込んだあとの内容",
		"/groups/1/host":                        "つなぐことばを出す",
		"/matches":                              "里山の会",
		"/matches/1":                            "これまでの記録",
		"/outcomes":                             "市民課の窓口",
		"/freshness":                            "返事を待っている団体はありません",
		"/freshness/1/slip":                     "新しい方を募集中ですか",
		"/":                                     "きょうの数字",
		"/broadcasts":                           "春のお知らせ",
		"/calendar":                             "2026年3月",
		"/audiences":                            "子育ての人",
		"/broadcasts/2/edit":                    "英語を外す",
		"/broadcasts/2?as=en":                   "だれの見え方",
		"/templates":                            "春のお知らせ",
		"/templates/1/edit":                     "ひな形の編集",
		"/templates/1/delete":                   "そのまま残ります",
		"/audiences/1/delete":                   "そのまま残ります",
		"/calendar?week=2026-03-04":             "2026年3月1日（日）からの1週間",
		"/broadcasts/new":                       "宛先を選ぶと",
		"/broadcasts/new?group=1":               "里山の会",
		"/broadcasts/1":                         "承認されたらすぐ",
		"/broadcasts/1/edit":                    "送るもの",
		"/broadcasts/1/whom":                    "送らない人",
		"/broadcasts/1/sheet":                   "LINE配信伺い",
		"/broadcasts/1/links":                   "確かめるリンクはありません",
		"/broadcasts/1/cancel":                  "取り消しますか",
		"/broadcasts/beside/drop?of=series:1":   "書きかけを捨てますか",
		"/broadcasts/new?when=repeat":           "毎週月曜 09:00",
		"/series":                               "「多文化交流カフェ」の3日前 10:00",
		"/series/1":                             "2026年3月12日（木）10:00",
		"/series/1/edit":                        "くり返し配信の編集",
		"/series/1/delete":                      "削除しますか",
		"/notices":                              "まだ送られていません",
		"/campaigns":                            "帰っておいでよ",
		"/campaigns/import":                     "そのまま取り込めます",
		"/campaigns/new":                        "くり返し方",
		"/campaigns/1":                          "毎週月曜 09:00",
		"/campaigns/1/edit":                     "案内の文",
		"/campaigns/1/results":                  "声をかけた人",
		"/campaigns/1/delete":                   "削除しますか",
		"/requests":                             "危険なことば",
		"/requests/1":                           "対応の記録",
		"/followers":                            "川＊＊",
		"/followers/1/erase":                    "川口 花",
		"/ambassadors":                          "川口 花",
		"/ambassadors/1":                        "できること",
		"/ambassadors/import":                   "1行に1人ずつ",
		"/consultations/import":                 "1行に1件ずつ",
		"/matches/import":                       "同意の記録がないため",
		"/ambassadors/invited":                  "だれが来たかは記録していません",
		"/ambassadors/manual":                   "ほかのことば",
		"/visions":                              "みんなで歩くまち",
		"/keywords":                             "まだことばがありません",
		"/news":                                 "春まつりの手伝いを募集",
		"/news/new":                             "公開する日時",
		"/news/1":                               "このお知らせを配信する",
		"/news/1/delete":                        "削除しますか",
		"/events":                               "多文化交流カフェ",
		"/events/new":                           "始まる日時",
		"/events/1":                             "お茶を飲みながら",
		"/events/1/delete":                      "削除しますか",
		"/groups":                               "里山の会",
		"/groups/new":                           "初めての方歓迎",
		"/groups/1":                             "この団体を配信で紹介する",
		"/groups/1/delete":                      "削除しますか",
		"/faq":                                  "駐車場はありますか",
		"/faq/new":                              "ほかの言い方",
		"/faq/1":                                "これまでに0回答えました",
		"/faq/1/delete":                         "削除しますか",
		"/try":                                  "送信はせず、記録も残しません",
		"/try?text=駐車場":                         "地下に80台分あります",
		"/autoreplies":                          "休館日",
		"/autoreplies/new":                      "自動の返事を書く",
		"/autoreplies/1":                        "月曜日です",
		"/autoreplies/1/delete":                 "削除しますか",
		"/unanswered":                           "プールはありますか",
		"/unanswered/1/answer":                  "質問と答えを書く",
		"/unanswered/1/delete":                  "同じ質問をまとめて消します",
		"/broadcasts/reductions":                "まだ使われていません",
		"/broadcasts/digest":                    "まとめに入るものがありません",
		"/topics":                               "kosodate",
		"/topics/kosodate":                      "選べなくする",
		"/topics/kosodate/delete":               "削除しますか",
		"/areas":                                "栄",
		"/areas/sakae":                          "選べなくする",
		"/areas/sakae/delete":                   "削除しますか",
		"/tags":                                 "講座の参加者",
		"/tags/koza":                            "koza",
		"/tags/koza/delete":                     "削除しますか",
		"/entries":                              "市民課の窓口",
		"/entries/shimin-ka":                    "もう使わない",
		"/entries/shimin-ka/delete":             "削除しますか",
		"/deleted":                              "古いひな形",
		"/entries/shimin-ka/poster":             "市民課の窓口で知りました（入口:shimin-ka）",
		"/entries/shimin-ka/poster?paper=a5":    "A4の横に2枚印刷します",
		"/entries/shimin-ka/poster?paper=card":  "A4に10枚印刷します",
		"/sheets":                               "協働のまちづくり計画",
		"/sheets/new":                           "目標値（早い順に）",
		"/sheets/1":                             "85.7%",
		"/sheets/1/edit":                        "指標シートの編集",
		"/sheets/1/delete":                      "削除しますか",
		"/sheets/1/import":                      "先に内容を確かめます",
		"/sheets/1/headings/new":                "見出しを加える",
		"/sheets/1/indicators/new":              "友だちの人数（人）",
		"/headings/1":                           "見出しの編集",
		"/headings/1/delete":                    "削除しますか",
		"/indicators/1":                         "年度ごとの実績値",
		"/indicators/1/edit":                    "低いほどよい指標",
		"/indicators/1/delete":                  "削除しますか",
		"/reports":                              "次は2026年4月1日（水）",
		"/reports/1":                            "2月末の友だちは",
		"/reports/1/edit":                       "来月の予定",
		"/setup":                                "友だちの分けかた",
		"/settings":                             "送らない時間",
		"/greeting":                             "保存せずに見え方を確かめる",
		"/connection":                           "このシステムにする",
		"/richmenu":                             "団体をさがす",
		"/richmenu?for=ambassadors&language=en": "いまのメニュー: 未来づくりアンバサダー（英語）",
		"/modules":                              "使うものだけを入れてください",
		"/staff":                                "管理者さん",
		"/staff/invite":                         "7日のあいだ使えます",
		"/staff/new":                            "はじめのパスワード",
		"/staff/1":                              "使えなくする",
		"/teams":                                "子育てチーム",
		"/teams/new":                            "受け持つ分野",
		"/teams/1":                              "チームの編集",
		"/teams/1/delete":                       "削除しますか",
		"/tokens":                               "広報システム",
		"/tokens/new":                           "2年先まで選べます",
		"/tokens/5":                             "できることと期限は変えられません",
		"/tokens/5/end":                         "止めますか",
		"/audit":                                "配信: 作成",
		"/account":                              "つなぐことばを出す",
		"/account/factor":                       "二段階認証を使いはじめる",
	}
}

// besidePages are the files and fragments that the panel answers with beside pages, and what each must say, by its route.
var besidePages = map[string]string{
	"/campaigns/:id/results.csv":   "声かけの回数",
	"/broadcasts/:id/progress":     "送る相手はいません",
	"/broadcasts/:id/ledger.csv":   "送った時刻",
	"/broadcasts/:id/results.csv":  "対象",
	"/ambassadors.csv":             "川口",
	"/broadcasts.csv":              "春のお知らせ",
	"/requests.csv":                "見学",
	"/visions.csv":                 "みんなで歩くまち",
	"/news.csv":                    "春まつり",
	"/campaigns.csv":               "帰っておいでよ",
	"/consultations.csv":           "居場所",
	"/matches.csv":                 "里山の会",
	"/entries.csv":                 "市民課の窓口",
	"/events.csv":                  "多文化交流カフェ",
	"/groups.csv":                  "里山の会",
	"/followers.csv":               "川＊＊",
	"/ambassadors/import.csv":      "氏名",
	"/consultations/import.csv":    "相談の内容",
	"/intakes/:id/notes.csv":       "行,内容",
	"/audit.csv":                   "操作した場所",
	"/sheets/:id/sheet.csv":        "連携事業数",
	"/reports/:id/report.csv":      "送った通数",
	"/entries/:slug/qr.svg":        "",
	"/entries/:slug/qr.png":        "PNG",
	"/keywords/picture.svg":        "",
	"/keywords/picture.png":        "PNG",
	"/broadcasts/beside":           "",
	"/events/:id/reservations.csv": "山田まぼろし",
	"/events/:id/code.svg":         "",
}

// Every page is drawn with something on it; a fault in a template shows here.
func TestEveryPage(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	b := o.as(ippo.Administrator)
	for address, words := range pages {
		b.get("/admin"+address).want(http.StatusOK).says(words).saysNot("<no value>", "ZgotmplZ")
	}
	shape := strings.NewReplacer("?of=series:1", "", "/intakes/2", "/intakes/:id", "/1", "/:id", "/tokens/5", "/tokens/:id", "/kosodate", "/:slug", "/sakae", "/:slug", "/koza", "/:slug", "/shimin-ka", "/:slug")
	known := map[string]bool{
		"/login":                        true,
		"/invite/:code":                 true, // TestStaffInvite: somebody must be invited
		"/intakes/:id/end":              true, // TestIntakeStops: it must have been stopped
		"/richmenu/picture.png":         true, // TestRichMenuEditor: its address holds the menu
		"/login/code":                   true, // TestSecondFactor: a password must have been given
		"/campaigns/:id/flyers/:flyer":  true, // TestFlyers: one must be there
		"/followers/:id/keep":           true, // TestStaffEraseAndCallOff: they must be about to be erased
		"/indicators/:id/amend":         true, // TestIndicatorFromTypingToAmending: a value must be frozen
		"/broadcasts/:id/correct":       true, // TestCorrectBroadcast: it must have begun
		"/broadcasts/:id/unknown/again": true, // TestUnknownSentAgain: there must be something unknown
	}
	for address := range pages {
		known[shape.Replace(address)] = true
	}
	for _, one := range o.panel.routes() {
		words, ok := besidePages[one.path]
		switch {
		case one.method != http.MethodGet || known[one.path]:
		case !ok:
			t.Errorf("%s is drawn by no test", one.path)
		default:
			b.get("/admin" + strings.NewReplacer("/intakes/:id", "/intakes/3", ":id", "1", ":slug", "shimin-ka").Replace(one.path)).want(http.StatusOK).says(words)
		}
	}
	b.get("/admin/nowhere").want(http.StatusNotFound).says("ページが見つかりません")
	b.get("/admin/news/99").want(http.StatusNotFound).says("見つかりません")
}

// helpOfPage tells what others may do on the page, too.
var helpOfPage = regexp.MustCompile(`(?s)<details class="help">.*?</details>`)

// A viewer sees the pages of content without a button that they could not use.
func TestViewerSeesNoButtons(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Viewer)
	for _, address := range []string{"/admin/news", "/admin/news/1", "/admin/groups/1", "/admin/events/1", "/admin/faq", "/admin/faq/1", "/admin/try?text=駐車場", "/admin/autoreplies", "/admin/autoreplies/1", "/admin/broadcasts/1", "/admin/topics", "/admin/entries", "/admin/campaigns/1", "/admin/series", "/admin/series/1", "/admin/sheets/1", "/admin/indicators/1"} {
		r := b.get(address).want(http.StatusOK)
		r.body = helpOfPage.ReplaceAllString(r.body, "")
		r.saysNot("保存する", "削除", "追加する", "編集する", "申請する", "試し送り")
	}
}

// What anybody typed is shown as they typed it, on every page that shows it.
func TestHostileWordsAreShownAsWords(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`
	n, err := o.store.News(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	n.Title, n.Summary, n.Body = hostile, hostile, hostile
	if err := o.store.UpdateNews(ctx, by, n); err != nil {
		t.Fatal(err)
	}
	d := o.draft(hostile)
	d.Messages = []ippo.Message{textMessage(hostile)}
	if err := o.store.CreateBroadcast(ctx, by, d); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Administrator)
	for _, address := range []string{"/admin/", "/admin/news", "/admin/news/1", "/admin/news/1/delete", "/admin/broadcasts", "/admin/broadcasts/2", "/admin/broadcasts/2/edit", "/admin/broadcasts/new?news=1", "/admin/audit", "/admin/news?q=" + "%3Cscript%3Ealert(1)%3C/script%3E"} {
		if r := b.get(address).want(http.StatusOK); strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") {
			t.Errorf("%s shows what was typed as HTML", address)
		}
	}
}
