package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ippo"
	"ippo/internal/intake"
)

// work does what the job would do with the files that were uploaded or started.
func (o *office) work() {
	o.t.Helper()
	open, err := o.store.OpenIntakes(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, i := range open {
		if err := intake.Work(o.t.Context(), o.store, i); err != nil {
			o.t.Fatal(err)
		}
	}
}

// checks uploads a file to a list, and returns the page that says what it would do, and its address.
func (b *person) checks(list, file string) (reply, string) {
	b.o.t.Helper()
	r := b.upload("/admin/"+list+"/import", file).want(http.StatusSeeOther)
	at := r.header.Get("Location")
	b.get(at).want(http.StatusOK).says("確かめています", "画面を閉じても続きます")
	b.o.work()
	return b.get(at).want(http.StatusOK).says("確かめた結果"), at
}

// takesIn uploads a file to a list, and presses the button.
func (b *person) takesIn(list, file string, ticks ...string) reply {
	b.o.t.Helper()
	r, at := b.checks(list, file)
	r.says("まだ取り込んでいません")
	b.follow(b.post(at+"/start", ticks...).want(http.StatusSeeOther)).says("取り込み中")
	b.o.work()
	return b.get(at).want(http.StatusOK).says("取り込みました")
}

// tally is how a page says what a file would do, or has done.
func tally(pairs ...any) (said []string) {
	for i := 0; i < len(pairs); i += 2 {
		said = append(said, fmt.Sprintf("%s%d", pairs[i], pairs[i+1]))
	}
	return said
}

// uploadFiles uploads files beside a city's list: one that is taken in, one with mistakes, one that needs a second look,
// and one that nobody has looked at yet.
func (o *office) uploadFiles() {
	o.t.Helper()
	b := o.as(ippo.Editor)
	b.takesIn("news", "題名,概要\n秋の集い,集まります。\n")
	b.checks("events", "題名,概要,定員\n集い,集まります。,たくさん\n")
	b.checks("ambassadors", "氏名,ふりがな,連絡先,年代\n紙野 一,かみの,000-111-2222,30代\n紙野 二,かみの,000-111-2222,30代\n")
	b.upload("/admin/entries/import", "識別名,名前\nmado,窓口\n").want(http.StatusSeeOther)
}

// stopIntake lets an editor start a file and be a viewer before it is taken in, and returns the address of its page.
func (o *office) stopIntake() string {
	o.t.Helper()
	b := o.as(ippo.Editor)
	_, at := b.checks("news", "題名,概要\n秋の集い,集まります。\n")
	b.follow(b.post(at + "/start").want(http.StatusSeeOther))
	starter := o.staff[ippo.Editor]
	starter.Role = ippo.Viewer
	if err := o.store.UpdateStaff(o.t.Context(), 0, starter); err != nil {
		o.t.Fatal(err)
	}
	o.work()
	return at
}

// A file that waits is on the home page of whom it waits for: its owner until they start it and, once it has stopped,
// whoever could let it go on.
func TestWaitingFilesAreOnTheHomePage(t *testing.T) {
	o := open(t)
	o.fill()
	editor, colleague, viewer := o.as(ippo.Editor), o.as(ippo.Approver), o.as(ippo.Viewer)
	const waits = "取り込みを待っているファイル"
	for _, p := range []*person{editor, colleague, viewer} {
		p.get("/admin/").saysNot(waits)
	}
	_, at := editor.checks("events", "題名,概要,場所,始まり,終わり\n集い,集まります。,会館,2026/4/1 10:00,2026/4/1 12:00\n")
	editor.get("/admin/").says(waits, "（イベント）", "まだ取り込んでいません").holds(`href="` + at + `"`)
	colleague.get("/admin/").saysNot(waits)
	editor.follow(editor.post(at + "/start").want(http.StatusSeeOther))
	editor.get("/admin/").saysNot(waits)
	o.work()

	at = o.stopIntake()
	colleague.get("/admin/").says(waits, "（お知らせ）", "止まっています").holds(`href="` + at + `"`)
	viewer.get("/admin/").saysNot(waits)
	team, err := o.store.CreateTeam(t.Context(), 0, ippo.Team{Name: "一分野のチーム", Topics: 1})
	if err != nil {
		t.Fatal(err)
	}
	o.member(ippo.Editor, team.ID).get("/admin/").saysNot(waits) // who started it reached more
	settings, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Modules = nil
	settings.Office.Phone = "000-123-4567"
	if err := o.store.SaveSettings(t.Context(), 0, settings); err != nil {
		t.Fatal(err)
	}
	colleague.get("/admin/").saysNot(waits)
}

// What was saved as a file is taken in again unchanged, whatever stands in it.
func TestFilesComeBack(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	for _, name := range []string{"健康・スポーツ", "健康"} {
		if _, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: map[bool]string{true: "kenko", false: "sports"}[name == "健康"], Name: name}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.store.CreateTag(ctx, by, ippo.Tag{Slug: map[bool]string{true: "kenko", false: "sports"}[name == "健康"], Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	topics, err := o.store.Topics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var all ippo.Choice
	for _, one := range topics {
		all = all.With(one.Number)
	}
	if _, err := o.store.CreateNews(ctx, by, ippo.News{
		Slug: "formula", Kind: ippo.NewsPlain, Title: "=うどん作り", Summary: `"引用", 'と'`, Body: "一行目\n\n三行目,", Status: ippo.ContentRetired, Topics: all, PublishAt: opening.Add(12345678),
	}); err != nil {
		t.Fatal(err)
	}
	c := o.campaign()
	c.Slug, c.Whom, c.Phrase, c.Aim, c.Milestones = "formula", "家族\n友だち", "=いっしょに\nどうですか", 500, ippo.DefaultMilestones
	c.Phrases = []ippo.Phrase{{Occasion: "卒業", Text: "おめでとう。\n\n「またね」"}, {Occasion: "結婚", Text: "-おめでとう,"}}
	c.Reminders = []string{"一つ目\n二行目", "二つ目"}
	c.Schedule = ippo.Schedule{Kind: ippo.ScheduleBefore, Event: 1, Days: 3, At: 10 * 60, From: "2026-03-02"}
	c.Audience = ippo.Audience{
		Topics: []string{"sports", "kenko"}, Areas: []string{"sakae"}, Ambassadors: true, Languages: []ippo.Language{"zh"},
		Except: &ippo.Except{Tags: []string{"koza"}, Within: 3},
	}
	if _, err := o.store.CreateCampaign(ctx, by, c); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	b.takesIn("followers", "番号,タグ\n1,健康、健康・スポーツ\n").says(tally("変えた", 1)...)
	approver := o.as(ippo.Approver)
	approver.post("/admin/campaigns/1/activate", "hash", approver.get("/admin/campaigns/1").hidden("hash")).want(http.StatusSeeOther)
	for _, err := range []error{o.consult(1, "秘密の悩み"), o.wantVisit(1, 1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, list := range []string{"news", "events", "entries", "followers", "campaigns", "consultations", "matches"} {
		file := b.get("/admin/" + list + ".csv").want(http.StatusOK).body
		r, at := b.checks(list, file)
		r.says("一覧と同じ内容です").says(tally("加える", 0, "変える", 0, "誤りのある行", 0)...).saysNot("そのまま0")
		b.post(at + "/start").want(http.StatusUnprocessableEntity).says("取り込むものがありません")
	}
	n, err := o.store.News(ctx, 2)
	if err != nil || n.Title != "=うどん作り" || n.Topics != all {
		t.Errorf("%+v, %v", n, err)
	}
}

// A file first says what it would do; then it adds and changes that, once.
func TestTakeInNews(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	const file = "識別名,題名,概要,分野,公開日時,状態\nharu,春まつりの手伝い,手を貸してください。,kosodate,2026/3/20 9:00,公開中\n,秋の集い,集まります。,,,下書き\n"
	b.get("/admin/news").want(http.StatusOK)
	before, err := o.store.News(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	csv := strings.Replace(file, "haru", before.Slug, 1)
	woken := o.woken
	r, at := b.checks("news", csv)
	r.says(tally("加える", 1, "変える", 1)...).says("2件を取り込む")
	if now, err := o.store.News(t.Context(), 1); err != nil || now.Title != before.Title || o.woken == woken {
		t.Fatalf("checking a file changed %+v, %v; woken %d times", now, err, o.woken-woken)
	}
	b.follow(b.post(at + "/start").want(http.StatusSeeOther))
	b.post(at + "/start").want(http.StatusConflict)
	o.work()
	b.get(at).says(tally("加えた", 1, "変えた", 1, "取り込めなかった行", 0)...)
	now, err := o.store.News(t.Context(), 1)
	if err != nil || now.Title != "春まつりの手伝い" || now.Body != before.Body || !now.PublishAt.Equal(opening.AddDate(0, 0, 14).Add(-60*60*1e9)) {
		t.Errorf("%+v, %v", now, err)
	}
	if made, err := o.store.News(t.Context(), 2); err != nil || made.Title != "秋の集い" || made.Status != ippo.ContentDraft || made.Kind != ippo.NewsPlain {
		t.Errorf("%+v, %v", made, err)
	}
	b.get("/admin/news/import").says("これまでの取り込み", "指標.csv", "取り込みました")
	o.as(ippo.Administrator).get("/admin/audit?about=news").says("お知らせ: 取り込み", "追加1件・変更1件")
	o.as(ippo.Viewer).upload("/admin/news/import", csv).want(http.StatusForbidden)
	o.as(ippo.Viewer).get(at).want(http.StatusForbidden)
}

// Campaigns come in as drafts. One whose reminders go out, or that is over, stays as it is, also if that is so only since
// the file was looked at.
func TestTakeInCampaigns(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	made := map[string]ippo.CampaignID{"okaeri": 1}
	for _, slug := range []string{"draft", "later", "over"} {
		c := o.campaign()
		c.Slug, c.Title = slug, slug+"の作戦"
		c.Translations = ippo.Translations{ippo.English: {Texts: map[string]string{"title": "Call"}}}
		if slug == "over" {
			c.StartsOn, c.EndsOn = "2025-04-01", "2025-05-01"
		}
		c, err := o.store.CreateCampaign(ctx, o.staff[ippo.Editor].ID, c)
		if err != nil {
			t.Fatal(err)
		}
		made[c.Slug] = c.ID
	}
	b, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	activate := func(id ippo.CampaignID) {
		t.Helper()
		address := fmt.Sprintf("/admin/campaigns/%d", id)
		approver.post(address+"/activate", "hash", approver.get(address).hidden("hash")).want(http.StatusSeeOther)
	}
	activate(made["okaeri"])
	const columns = "識別名,題名,説明,始まり,終わり,案内の宛先,案内の予定,案内の文1,案内の文2,案内の文4,場面1,場面1のことば,目標の人数,節目\n"
	r, at := b.checks("campaigns", columns+"okaeri,書きかえ,,,,,,今週も、声をかけてみませんか。,,,,,,\nover,書きかえ,,,,,,,,,,,,\n")
	r.says("2行目: 案内中のものは、ファイルでは変えられません。画面で「案内を止める」を押してから", "3行目: 終わったものは、ファイルでは変えられません")
	b.post(at + "/start").want(http.StatusUnprocessableEntity)

	file := columns +
		"okaeri,帰っておいでよ,,2026/3/1,2026/12/31,友だち全員,毎週月曜 09:00,今週も、声をかけてみませんか。,,,,,0,\n" +
		"draft,新しい題名,なぜなら,2026-04-01,2026年10月1日,未来づくりアンバサダーの人,毎月第2火曜 １０：３０（祝日は休み）,一つ目,,四つ目,卒業,おめでとう,\"1,000\",１０%、500\n"
	r, _ = b.checks("campaigns", file)
	r.says("「目標の人数」は数字で") // as everywhere
	file = strings.Replace(file, "\"1,000\"", "1000", 1) +
		"later,変わる題名,,,,,,今週も、声をかけてみませんか。,,,,,,\n" +
		",加わる作戦,,,,,,いかがですか,,,,,,\n"
	r, at = b.checks("campaigns", file)
	r.says(tally("加える", 1, "変える", 2)...)
	b.follow(b.post(at + "/start").want(http.StatusSeeOther))
	activate(made["later"])
	o.work()
	b.get(at).says(tally("加えた", 1, "変えた", 1, "取り込めなかった行", 1)...).says("4行目: 案内中のものは")

	c, err := o.store.Campaign(ctx, made["draft"])
	if err != nil || c.Title != "新しい題名" || c.StartsOn != "2026-04-01" || c.EndsOn != "2026-10-01" || !c.Audience.Ambassadors || c.Audience.All || c.Active ||
		c.Schedule.Words() != "毎月第2火曜 10:30（祝日は休み）" || len(c.Reminders) != 2 || c.Reminders[1] != "四つ目" || c.Aim != 1000 ||
		len(c.Phrases) != 1 || c.Phrases[0] != (ippo.Phrase{Occasion: "卒業", Text: "おめでとう"}) || ippo.MilestoneWords(c.Milestones) != "10%, 500" || c.Translations[ippo.English].Texts["title"] != "Call" {
		t.Errorf("%+v, %v", c, err)
	}
	for slug, title := range map[string]string{"okaeri": "帰っておいでよ", "later": "laterの作戦"} {
		if c, err := o.store.Campaign(ctx, made[slug]); err != nil || !c.Active || c.Title != title {
			t.Errorf("%+v, %v", c, err)
		}
	}
	c, err = o.store.Campaign(ctx, 5)
	if err != nil || c.Title != "加わる作戦" || c.Active || !c.Audience.Ambassadors || c.StartsOn != "2026-03-06" {
		t.Errorf("%+v, %v", c, err)
	}
	o.as(ippo.Administrator).get("/admin/audit?about=campaign").says("声かけ作戦: 取り込み", "追加1件・変更2件")
	b.get("/admin/campaigns/import").says("声をかけた人、案内の文1〜12、場面1〜11、場面1〜11のことば です")
	o.as(ippo.Viewer).get("/admin/campaigns").saysNot("取り込む")
	o.as(ippo.Viewer).upload("/admin/campaigns/import", file).want(http.StatusForbidden)
}

// Consultations of before come in behind the same look; what a file would not change of those that are there is said, and
// staff say that they have seen it.
func TestTakeInConsultations(t *testing.T) {
	o := open(t)
	o.fill()
	if err := o.consult(1, "秘密の悩み"); err != nil {
		t.Fatal(err)
	}
	b := o.as(ippo.Editor)
	b.get("/admin/consultations").says("これまでの相談を取り込む")
	sheet := b.get("/admin/consultations/import.csv").want(http.StatusOK).body
	heads := strings.TrimSpace(strings.TrimPrefix(sheet, "\ufeff"))
	b.takesIn("consultations", heads+"\n2025/12/1 10:00,電話,補助金,山本 一,000-2222-3333,,=書き方,手引きを送った,,,作成者さん,\n").says(tally("加えた", 1, "取り込めなかった行", 0)...)
	b.get("/admin/consultations?state=done").says("補助金", "電話", "山＊＊", "2025/12/1（月）10:00")
	b.get("/admin/consultations/2").says("=書き方", "手引きを送った", "山本 一", "000-2222-3333")

	to := o.staff[ippo.Approver]
	list := strings.Replace(b.get("/admin/consultations.csv?state=all").want(http.StatusOK).body, "居場所,LINE,新規,", "居場所,LINE,完了,"+to.Name, 1)
	r, at := b.checks("consultations", list)
	r.says(tally("変える", 1, "そのまま", 1)...).says("ファイルでは変えないものがあります", "「状態」は変えません")
	b.post(at + "/start").want(http.StatusUnprocessableEntity).says("「変わらないところを確かめた」に印を")
	b.follow(b.post(at+"/start", "same", "1").want(http.StatusSeeOther))
	o.work()
	b.get(at).says("取り込みました")
	if c, err := o.store.Consultation(t.Context(), 1); err != nil || c.Staff != to.ID || c.State != ippo.ConsultationNew {
		t.Errorf("%+v, %v", c, err)
	}
	if due, err := o.store.DueNotices(t.Context(), o.clock(), 10); err != nil || len(due) > 0 {
		t.Errorf("residents are told %+v, %v", due, err)
	}
	audit := o.as(ippo.Administrator).get("/admin/audit?about=consultation").says("相談: 取り込み", "追加1件・変更0件", "相談: 引きつぎ")
	audit.saysNot("山本", "書き方")
	o.as(ippo.Viewer).upload("/admin/consultations/import", list).want(http.StatusForbidden)
	o.as(ippo.Viewer).get("/admin/consultations/import.csv").want(http.StatusForbidden)
}

// What is wrong is said line by line, and nothing of the file is taken in.
func TestTakeInSaysWhatIsWrong(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	for _, one := range []struct{ list, file, words string }{
		{"news", "識別名,題名,ふりがな\n,秋の集い,あき\n", "1行目: 列「ふりがな」はありません"},
		{"news", "題名,題名\nあ,い\n", "列「題名」が2つあります"},
		{"news", "題名,概要,\nあ,い,\n", "1行目: 3列目に名前がありません"},
		{"news", "題名,概要\n", "取り込む行がありません"},
		{"news", "題名,概要\n,集まります。\n秋の集い,集まります。\n", "2行目: 題名"},
		{"news", "題名,概要,分野\n秋の集い,集まります。,子育て・宇宙\n", "2行目: 「宇宙」という分野はありません"},
		{"news", "題名,概要,公開日時\n秋の集い,集まります。,来週\n", "「公開日時」は「2026/4/1 10:00」のように"},
		{"news", "題名,概要,種類\n秋の集い,集まります。,ニュース\n", "「種類」は お知らせ、"},
		{"news", "題名,概要,状態\n秋の集い,集まります。,公開\n", "「状態」は 下書き、"},
		{"news", "識別名,題名,概要\na,秋の集い,集まります。\na,冬の集い,集まります。\n", "3行目: 識別名が2行目と同じです"},
		{"news", "識別名,題名,概要\nあき まつり,秋の集い,集まります。\n", "2行目: 識別名"},
		{"news", "題名,概要\n\"秋の集い,集まります。\n", "引用符"},
		{"news", "題名,概要\n\x93\xfa\xff\xff,あ\n", "UTF-8でもShift_JISでもありません"},
		{"events", "題名,概要,場所,始まり,終わり,定員\n集い,集まります。,会場,2026/5/1 10:00,2026/5/1 9:00,たくさん\n", "「定員」は数字で"},
		{"entries", "名前\n窓口\n", "列「識別名」がありません"},
		{"entries", "識別名,名前,使わない\nmado,窓口,×\n", "「使わない」は「はい」か「いいえ」"},
		{"entries", "識別名,名前\nimport,窓口\n", "識別名"},
		{"campaigns", "題名,案内の文1\nあ,いかがですか\n,いかがですか\n", "3行目: 題名"},
		{"campaigns", "題名,案内の文1,始まり\nあ,いかがですか,来週\n", "「始まり」は「2026/4/1」のように"},
		{"campaigns", "題名,案内の文1,始まり,終わり\nあ,いかがですか,2026/5/1,2026/4/1\n", "終わりの日は始めの日より後"},
		{"campaigns", "題名,案内の文1,案内の予定\nあ,いかがですか,ときどき\n", "2行目: 「案内の予定」: 予定は「毎月1日 10:00」"},
		{"campaigns", "題名,案内の文1,案内の予定\nあ,いかがですか,毎日 3:00\n", "までは送信できません"},
		{"campaigns", "題名,案内の文1,案内の宛先\nあ,いかがですか,分野が「宇宙」の人\n", "「宇宙」という分野はありません"},
		{"campaigns", "題名,案内の文1,節目\nあ,いかがですか,半分\n", "節目は「25%」や「500」のように"},
		{"campaigns", "題名,案内の文1,節目\nあ,いかがですか,25%\n", "目標の人数が要ります"},
		{"campaigns", "題名,案内の文1,状態\nあ,いかがですか,案内中\n", "画面で承認されると始まります"},
		{"campaigns", "題名,案内の文1,場面2のことば\nあ,いかがですか,おめでとう\n", "場面"},
		{"campaigns", "題名\nあ\n", "お知らせの文を入力"},
		{"followers", "番号,タグ\n1,宇宙\n", "2行目: 「宇宙」というタグはありません"},
		{"followers", "番号,タグ\n1,なし\n1,なし\n", "3行目: 番号が2行目と同じです"},
		{"followers", "番号,タグ\n99,なし\nあ,なし\n", "2行目: この番号の友だちはいません"},
	} {
		r, at := b.checks(one.list, one.file)
		r.says(one.words, "直すところがあります").saysNot("取り込む</button>")
		b.post(at + "/start").want(http.StatusUnprocessableEntity).says("直すところがあります")
		b.get(at + "/notes.csv").want(http.StatusOK).says("行,内容")
	}
	if _, err := o.store.News(t.Context(), 2); err == nil {
		t.Error("something of a file with mistakes was taken in")
	}
	const hostile = "<script>alert(1)</script>"
	for list, file := range map[string]string{
		"news": "題名,概要,分野\n集い,集まる,=" + hostile + "\n", "events": "題名," + hostile + "\nあ,い\n", "followers": "番号,タグ\n1," + hostile + "\n",
	} {
		r, _ := b.checks(list, file)
		if r.says("直すところがあります", "alert(1)"); strings.Contains(r.body, hostile) {
			t.Errorf("a file of %s writes into the page:\n%s", list, r.body)
		}
	}
	b.post("/admin/news/import").want(http.StatusUnprocessableEntity).says("CSVファイルを選んでください")
	b.upload("/admin/news/import", "").want(http.StatusUnprocessableEntity).says("CSVファイルを選んでください")
}

// A file of somebody in a team reaches what their team looks after, and no further; and people who signed up are not told
// of a new time behind their back. Nobody in a team sees the files of others.
func TestTakeInKeepsToTheTeam(t *testing.T) {
	o := open(t)
	team, _ := o.divide() // somebody has signed up for every event
	b := o.member(ippo.Editor, team)
	const columns = "識別名,題名,概要,分野\n"
	for slug, words := range map[string]string{"share1": "ほかのチームのもの", "share2": "あなたのチームが受け持つ"} {
		r, _ := b.checks("news", columns+slug+",書きかえ,内容,子育て\n")
		r.says(words)
	}
	r, _ := b.checks("news", columns+",よその話,内容,福祉\n")
	r.says("あなたのチームが受け持つ")
	b.takesIn("news", columns+"share0,子育ての新しい話,内容,子育て\n").says(tally("変えた", 1)...)
	b.upload("/admin/entries/import", "識別名,名前\nmado,窓口\n").want(http.StatusForbidden)
	for row, words := range map[string]string{
		"share1,,": "ほかのチームのもの", "share2,,": "宛先は、あなたのチームの受け持ち（子育て）", ",いかがですか,": "宛先は、あなたのチームの受け持ち（子育て）",
		"share2,,分野が「子育て」の人": "宛先は、あなたのチームの受け持ち（子育て）", ",いかがですか,友だち全員": "宛先は、あなたのチームの受け持ち（子育て）", "share0,,分野が「福祉」の人": "宛先は、あなたのチームの受け持ち（子育て）",
	} {
		r, _ := b.checks("campaigns", "題名,識別名,案内の文1,案内の宛先\n書きかえ,"+row+"\n")
		r.says(words)
	}
	b.takesIn("campaigns", "識別名,題名,案内の文1,案内の宛先\nshare0,子育ての新しい作戦,いかがですか,\n,もう一つ,いかがですか,分野が「子育て」の人\n").says(tally("加えた", 1, "変えた", 1)...)

	editor := o.as(ippo.Editor)
	r, at := editor.checks("events", "識別名,始まり\nshare0,2026/3/15 9:00\n")
	r.says("申し込んだ人に知らせる変更です")
	b.get(at).want(http.StatusNotFound)
	b.get(at + "/notes.csv").want(http.StatusNotFound)
	b.post(at + "/start").want(http.StatusNotFound)
	b.get("/admin/events/import").saysNot("指標.csv")
}

// Tags are given and taken as a file says, and nothing else of its people is touched.
func TestTakeInTags(t *testing.T) {
	o := open(t)
	o.fill()
	for n := range 3 {
		if err := o.follow(fmt.Sprintf("Uf%031d", n)); err != nil {
			t.Fatal(err)
		}
	}
	b := o.as(ippo.Editor)
	b.takesIn("followers", "番号,名前の最初の文字,タグ\n1,x,講座の参加者\n2,y,koza\n3,z,\n").says(tally("変えた", 2, "そのまま", 1)...)
	b.takesIn("followers", "番号,タグ\n1,なし\n2,koza\n").says(tally("変えた", 1, "そのまま", 1)...)
	tags, err := o.store.TagsOf(t.Context(), []ippo.FollowerID{1, 2, 3})
	if err != nil || len(tags) != 3 || len(tags[1]) != 0 || len(tags[2]) != 1 || len(tags[3]) != 0 {
		t.Errorf("%v, %v", tags, err)
	}
	b.get("/admin/followers?tag=koza").says("1人")
}

// A file whose starter was moved to another team stops, and says why. Whoever may take in all of it lets it go on, or
// ends it for good.
func TestIntakeStops(t *testing.T) {
	o := open(t)
	team, _ := o.divide()
	colleague := o.member(ippo.Editor, team)
	starter := o.staff[ippo.Editor]
	b := o.as(ippo.Editor)
	stops := func(file string) string {
		t.Helper()
		_, at := b.checks("news", file)
		b.follow(b.post(at + "/start").want(http.StatusSeeOther))
		moved := starter
		moved.Teams = []ippo.TeamID{team}
		if err := o.store.UpdateStaff(t.Context(), 0, moved); err != nil {
			t.Fatal(err)
		}
		o.work()
		return at
	}
	at := stops("題名,概要\n秋の集い,集まります。\n")
	b.get(at).want(http.StatusOK).says("止まっています", starter.Name+"さんの受け持つチームが変わったため、止めました", "すべてを受け持つ職員が決められます").saysNot("続きを取り込む")
	for _, to := range []string{"/resume", "/end"} {
		b.post(at + to).want(http.StatusForbidden)
		colleague.post(at + to).want(http.StatusNotFound)
		o.as(ippo.Viewer).post(at + to).want(http.StatusForbidden)
	}
	approver := o.as(ippo.Approver)
	approver.get("/admin/news/import").says("止まっています")
	approver.get(at).says("続きを取り込む", "ここで終える")
	approver.follow(approver.post(at+"/resume")).says("取り込みを続けます", "取り込み中")
	approver.post(at + "/resume").want(http.StatusConflict)
	o.work()
	approver.get(at).says("取り込みました").says(tally("加えた", 1, "取り込めなかった行", 0)...)

	if err := o.store.UpdateStaff(t.Context(), 0, starter); err != nil {
		t.Fatal(err)
	}
	at = stops("題名,概要\n冬の集い,集まります。\n")
	approver.get(at+"/end").want(http.StatusOK).says("ここで終えますか", "残りの1行は取り込まず")
	approver.follow(approver.post(at+"/end")).says("取り込みを終えました", "途中で終えました")
	approver.post(at + "/end").want(http.StatusConflict)
	if _, err := o.store.News(t.Context(), 5); err == nil {
		t.Error("what was ended was taken in")
	}
	o.as(ippo.Administrator).get("/admin/audit").says("お知らせ: 取り込みを止めた", "お知らせ: 取り込みの再開", "お知らせ: 取り込みを途中で終える")
}

// A team's file that was stopped is for those of the team to let go on, too.
func TestIntakeStopsWithinATeam(t *testing.T) {
	o := open(t)
	team, _ := o.divide()
	b := o.member(ippo.Editor, team)
	_, at := b.checks("news", "題名,概要,分野\n秋の集い,集まります。,子育て\n")
	b.follow(b.post(at + "/start").want(http.StatusSeeOther))
	colleague := o.member(ippo.Approver, team)
	colleague.get(at).want(http.StatusNotFound)
	all, err := o.store.StaffList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range all {
		if who.Role == ippo.Editor && len(who.Teams) > 0 {
			who.Disabled = true
			if err := o.store.UpdateStaff(t.Context(), 0, who); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.work()
	colleague.get("/admin/news/import").says("止まっています")
	colleague.get(at).says("ログインできなくなったため、止めました")
	colleague.follow(colleague.post(at + "/resume"))
	o.work()
	colleague.get(at).says("取り込みました").says(tally("加えた", 1)...)
}
