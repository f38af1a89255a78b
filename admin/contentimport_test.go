package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// send uploads a file to a list, and then what was checked, as a person does who presses the button.
func (b *person) takesIn(list, file string) reply {
	b.o.t.Helper()
	b.upload("/admin/"+list+"/import", file).want(http.StatusOK).says("まだ取り込んでいません")
	return b.follow(b.upload("/admin/"+list+"/import", "", "text", file, "do", "import").want(http.StatusSeeOther))
}

// What was saved as a file is taken in again unchanged, whatever stands in it.
func TestContentFilesComeBack(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	for _, name := range []string{"健康・スポーツ", "健康"} {
		if _, err := o.store.CreateTopic(ctx, by, ippo.Topic{Slug: map[bool]string{true: "kenko", false: "sports"}[name == "健康"], Name: name}); err != nil {
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
	b := o.as(ippo.Editor)
	for _, list := range []string{"news", "events"} {
		file := b.get("/admin/" + list + ".csv").want(http.StatusOK).body
		b.upload("/admin/"+list+"/import", file).want(http.StatusOK).says("一覧と同じ内容です", "そのまま", fmt.Sprintf("%d件", strings.Count(file, "公開中")+strings.Count(file, "公開終了")))
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
	b.upload("/admin/news/import", csv).want(http.StatusOK).says("加える", "1件", "変える")
	if now, err := o.store.News(t.Context(), 1); err != nil || now.Title != before.Title {
		t.Fatalf("checking a file changed %+v, %v", now, err)
	}
	b.takesIn("news", csv).says("追加1件、変更1件")
	now, err := o.store.News(t.Context(), 1)
	if err != nil || now.Title != "春まつりの手伝い" || now.Body != before.Body || !now.PublishAt.Equal(opening.AddDate(0, 0, 14).Add(-60*60*1e9)) {
		t.Errorf("%+v, %v", now, err)
	}
	if made, err := o.store.News(t.Context(), 2); err != nil || made.Title != "秋の集い" || made.Status != ippo.ContentDraft || made.Kind != ippo.NewsPlain {
		t.Errorf("%+v, %v", made, err)
	}
	b.upload("/admin/news/import", csv).want(http.StatusOK).says("一覧と同じ内容です") // nothing is taken in twice
	o.as(ippo.Administrator).get("/admin/audit?about=news").says("お知らせ: 取り込み", "追加1件・変更1件")
	o.as(ippo.Viewer).upload("/admin/news/import", csv).want(http.StatusForbidden)
}

// What is wrong is said line by line, and nothing of the file is taken in.
func TestTakeInSaysWhatIsWrong(t *testing.T) {
	o := open(t)
	o.fill()
	b := o.as(ippo.Editor)
	for _, one := range []struct{ list, file, words string }{
		{"news", "識別名,題名,ふりがな\n,秋の集い,あき\n", "1行目: 列「ふりがな」はありません"},
		{"news", "題名,題名\nあ,い\n", "列「題名」が2つあります"},
		{"news", "題名,概要\n", "取り込む行がありません"},
		{"news", "題名,概要\n,集まります。\n秋の集い,集まります。\n", "2行目: 題名"},
		{"news", "題名,概要,分野\n秋の集い,集まります。,子育て・宇宙\n", "2行目: 「宇宙」という分野はありません"},
		{"news", "題名,概要,公開日時\n秋の集い,集まります。,来週\n", "「公開日時」は「2026/4/1 10:00」のように"},
		{"news", "題名,概要,種類\n秋の集い,集まります。,ニュース\n", "「種類」は お知らせ、"},
		{"news", "題名,概要,状態\n秋の集い,集まります。,公開\n", "「状態」は 下書き、"},
		{"news", "識別名,題名,概要\na,秋の集い,集まります。\na,冬の集い,集まります。\n", "3行目: 識別名が2行目と同じです"},
		{"news", "識別名,題名,概要\nあき まつり,秋の集い,集まります。\n", "2行目: 識別名"},
		{"events", "題名,概要,場所,始まり,終わり,定員\n集い,集まります。,会場,2026/5/1 10:00,2026/5/1 9:00,たくさん\n", "「定員」は数字で"},
	} {
		b.upload("/admin/"+one.list+"/import", one.file).want(http.StatusUnprocessableEntity).says(one.words, "直すところがあります")
		b.upload("/admin/"+one.list+"/import", "", "text", one.file, "do", "import").want(http.StatusUnprocessableEntity).says(one.words)
	}
	if _, err := o.store.News(t.Context(), 2); err == nil {
		t.Error("something of a file with mistakes was taken in")
	}
	b.post("/admin/news/import").want(http.StatusUnprocessableEntity).says("CSVファイルを選んでください")
}

// A file of somebody in a team reaches what their team looks after, and no further; and people who signed up are not told
// of a new time behind their back.
func TestTakeInKeepsToTheTeam(t *testing.T) {
	o := open(t)
	team, _ := o.divide() // somebody has signed up for every event
	b := o.member(ippo.Editor, team)
	const columns = "識別名,題名,概要,分野\n"
	for slug, words := range map[string]string{"share1": "ほかのチームのもの", "share2": "あなたのチームが受け持つ"} {
		b.upload("/admin/news/import", columns+slug+",書きかえ,内容,子育て\n").want(http.StatusUnprocessableEntity).says(words)
	}
	b.upload("/admin/news/import", columns+",よその話,内容,福祉\n").want(http.StatusUnprocessableEntity).says("あなたのチームが受け持つ")
	b.takesIn("news", columns+"share0,子育ての新しい話,内容,子育て\n").says("変更1件")

	o.as(ippo.Editor).upload("/admin/events/import", "識別名,始まり\nshare0,2026/3/15 9:00\n").want(http.StatusUnprocessableEntity).says("申し込んだ人に知らせる変更です")
}

// Whatever a stranger's file holds, it is read or refused, and what is read comes back as it was written.
func FuzzReadNames(f *testing.F) {
	topics := []ippo.Topic{{Number: 0, Slug: "kenko", Name: "健康"}, {Number: 1, Slug: "sports", Name: "健康・スポーツ"}, {Number: 2, Slug: "a", Name: "、"}}
	for _, seed := range []string{"健康・スポーツ", "健康・健康・スポーツ", "、", "kenko", "健康スポーツ", " "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		choice, unknown := readNames(topics, cell)
		if unknown != "" && !strings.Contains(cell, unknown) {
			t.Errorf("%q holds no %q", cell, unknown)
		}
		if again, unknown := readNames(topics, names(topics[:2], choice)); unknown != "" || again != choice&ippo.ChoiceOf(0, 1) {
			t.Errorf("%q: %v came back as %v, %q", cell, choice, again, unknown)
		}
	})
}
