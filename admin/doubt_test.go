package admin

import (
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/outside"
)

// What may be a slip is said before anybody approves it, each with what to do, and stops nobody.
func TestDoubtsBeforeSending(t *testing.T) {
	o := open(t)
	o.fill()
	settings := ippo.DefaultSettings()
	settings.Modules = ippo.Modules()
	settings.Office.Phone, settings.Office.Email = "0258-39-2020", "kyodo@city.example.jp"
	settings.Office.Address = "みらい市中央1丁目2-3"
	if err := o.store.SaveSettings(t.Context(), o.staff[ippo.Administrator].ID, settings); err != nil {
		t.Fatal(err)
	}
	editor := o.as(ippo.Editor)
	// 15 March 2026 is a Sunday; today is 6 March.
	text := "3月15日（月）に開催します。締切は3月1日。予備日は2月30日です。3月20日（金）と22日（月）も開きます。栄町4丁目5-6\n電話 ０２５８－３９－２０２１か、090-1234-5678、メールは taro@example.com へ。"
	form := []string{"title", "集い", "kind", "text", "ref", "0", "text", text, "to", "all", "when", "now"}
	doubts := []string{
		"「3月15日（月）」は日曜日です", "2026年の日付として", "「3月1日」は、送る日にはもう過ぎています", "「2月30日」という日はありません",
		"センターの電話番号ではない番号（0258-39-2021）", "携帯電話の番号（090-1234-5678）", "センターのものではないメールアドレス（taro@example.com）",
		"「22日（月）」は日曜日です", "2026年3月の日付として", "住所のような書き方があります", "開催", "します", "締切",
	}
	editor.post("/admin/broadcasts/preview", form...).want(http.StatusOK).says(doubts...)
	editor.get(editor.post("/admin/broadcasts", append(form, "do", "save")...).want(http.StatusSeeOther).header.Get("Location")).
		says(doubts...).says("承認を申請する")

	good := []string{"title", "集い", "kind", "text", "ref", "0", "text",
		"3月15日（日）に、みらい市中央１丁目２－３で集まります。\n電話 0258-39-2020、メール kyodo@city.example.jp", "to", "all", "when", "now"}
	editor.post("/admin/broadcasts/preview", good...).want(http.StatusOK).saysNot("送る前に確かめる", "むずかしいことば")
	// By the time it leaves, the day is over.
	late := append(slices.Clone(good[:len(good)-1]), "at", "sendAt", "2026-03-16T10:00")
	editor.post("/admin/broadcasts/preview", late...).want(http.StatusOK).says("「3月15日（日）」は、送る日にはもう過ぎています")
	// What is sent again and again names no day that could be over.
	editor.post("/admin/broadcasts/preview", append(slices.Clone(form[:len(form)-1]), "repeat")...).saysNot("過ぎています").says("携帯電話の番号")
}

func TestDoubtsTheSameAgain(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	b := o.draft("先週のお知らせ")
	if err := o.store.CreateBroadcast(ctx, o.staff[ippo.Editor].ID, b); err != nil {
		t.Fatal(err)
	}
	o.sendHalf(b.ID)
	editor := o.as(ippo.Editor)
	same := []string{"title", "もう一度", "kind", "text", "ref", "0", "text", o.draft("").Messages[0].Texts()[0], "to", "all", "when", "now"}
	editor.post("/admin/broadcasts/preview", same...).says("同じ内容を、2026年3月6日（金）", "「先週のお知らせ」で送っています")
	o.setClock(opening.AddDate(0, 0, 8))
	editor.post("/admin/broadcasts/preview", same...).saysNot("同じ内容を")
}

func TestDoubtsOfLinks(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/map", func(http.ResponseWriter, *http.Request) {})
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	o := open(t)
	o.fill()
	o.panel.Outside = outside.Client{Transport: http.DefaultTransport}
	b := o.draft("リンク")
	b.Messages = []ippo.Message{textMessage("地図 " + site.URL + "/map と " + site.URL + "/old と " + o.panel.PublicURL + "/r/news")}
	if err := o.store.CreateBroadcast(t.Context(), o.staff[ippo.Editor].ID, b); err != nil {
		t.Fatal(err)
	}
	editor := o.as(ippo.Editor)
	page := editor.get(href("broadcasts/%d", b.ID)).says("リンクが開けるか確かめる")
	if !strings.Contains(page.body, `hx-get="/admin/broadcasts/2/links"`) {
		t.Error("the page does not ask by itself")
	}
	editor.get(href("broadcasts/%d/links", b.ID)).says("リンク先のページがありません: "+site.URL+"/old", "アドレスを直してください").saysNot("/map", "/r/news")
	mux.HandleFunc("/old", func(http.ResponseWriter, *http.Request) {})
	editor.get(href("broadcasts/%d/links", b.ID)).says("リンク2件は、どれも開けます")
	editor.get("/admin/broadcasts/1/links").says("確かめるリンクはありません")
	// As it is set up, it does not look around at home.
	o.panel.Outside = outside.Client{}
	editor.get(href("broadcasts/%d/links", b.ID)).says("外から開けないリンクです")
}

func TestHardWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":             nil,
		"あした集まります。":    nil,
		"申込締切は3月1日":    {"申込締切"},
		"避難所へ避難してください": {"避難所", "避難"},
		"補助金の窓口で書類を提出": {"補助金", "提出", "窓口"},
		"要予約です。事前予約が必要です": {"要予約", "事前予約"},
	} {
		var got []string
		for _, one := range hardWordsIn(text) {
			if one.Easy == "" {
				t.Errorf("nothing easier than %s", one.Hard)
			}
			got = append(got, one.Hard)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for i, one := range hardWords {
		for _, later := range hardWords[i+1:] {
			if strings.Contains(later.Hard, one.Hard) {
				t.Errorf("%s is never found: %s stands before it", later.Hard, one.Hard)
			}
		}
	}
}

func TestDateDoubtsAreFew(t *testing.T) {
	var text strings.Builder
	for range 40 {
		text.WriteString("2月30日、")
	}
	for day := range 28 {
		text.WriteString(time.Date(2026, 2, day+1, 0, 0, 0, 0, ippo.Tokyo).Format("1月2日、"))
	}
	if found := dateDoubts(ippo.WrittenDates(text.String(), opening), opening); len(found) != maxDoubts {
		t.Errorf("%d doubts: %v", len(found), found)
	}
}

// A language that was written before the Japanese was changed is marked wherever it is written, checked and approved,
// until it is changed too or its writer has compared the two.
func TestLanguagesGrowOld(t *testing.T) {
	o := open(t)
	o.fill()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	form := func(japanese, english string, more ...string) []string {
		return append([]string{"title", "花見", "kind", "text", "ref", "0", "text", japanese, "language", "en", "en.kind", "text", "en.ref", "0", "en.text", english, "to", "all", "when", "now"}, more...)
	}
	const older, mark = "英語は、日本語を変える前に書いたものです。", "これを書いたあとで、日本語が変わりました。"
	editor.follow(editor.post("/admin/broadcasts", form("三日です。<A&B>", "On the 3rd. <A&B>", "counted", "1", "do", "save")...)).saysNot(older)
	saved := func(more ...string) []string {
		return append(more, "id", "2", "version", editor.get("/admin/broadcasts/2/edit").hidden("version"))
	}
	editor.post("/admin/broadcasts/preview", saved(form("三日です。<A&B>", "On the 3rd. <A&B>")...)...).saysNot(older)
	editor.post("/admin/broadcasts/preview", saved(form("四日です。", "On the 3rd. <A&B>")...)...).says(older, "英語はこのままでよい")
	editor.post("/admin/broadcasts/preview", saved(form("四日です。", "On the 4th.")...)...).saysNot(older)
	editor.follow(editor.post("/admin/broadcasts/2", saved(form("四日です。", "On the 3rd. <A&B>", "do", "save")...)...)).says(older, "編集して直す")
	editor.get("/admin/broadcasts/2/edit").says(older, mark)
	editor.post("/admin/broadcasts/2/submit").want(http.StatusSeeOther)
	approver.get("/admin/broadcasts/2").says(older)

	// A copy and what is kept for later are as old.
	editor.follow(editor.post("/admin/broadcasts/2/duplicate")).says(older, mark)
	editor.follow(editor.post("/admin/broadcasts/2/template")).says(older, mark)

	compared := editor.post("/admin/broadcasts/2", saved(form("四日です。", "On the 3rd. <A&B>", "do", "compared:en")...)...).want(http.StatusOK).saysNot(older, mark)
	same := compared.hidden("en.compared")
	editor.post("/admin/broadcasts/preview", saved(form("五日です。", "On the 3rd. <A&B>", "en.compared", same)...)...).says(older)
	editor.follow(editor.post("/admin/broadcasts/2", saved(form("四日です。", "On the 3rd. <A&B>", "en.compared", same, "do", "save")...)...)).saysNot(older)
	editor.get("/admin/broadcasts/2/edit").saysNot(older, mark)

	// What begins with a template and changes only its Japanese has its English of before.
	begun := editor.get("/admin/broadcasts/new?template=1")
	editor.follow(editor.post("/admin/broadcasts", form("十日です。", "On the 3rd. <A&B>", "from", begun.hidden("from"), "token", begun.hidden("token"), "do", "save")...)).says(older)

	// A series is marked likewise, and on its own page, where it is approved.
	repeat := func(japanese string, more ...string) []string {
		all := form(japanese, "Every Monday.", append(more, "schedule.kind", "daily", "schedule.at", "10:00", "do", "save")...)
		all[slices.Index(all, "now")] = "repeat"
		return all
	}
	at := editor.post("/admin/broadcasts", repeat("毎週月曜です。")...).want(http.StatusSeeOther).header.Get("Location")
	editor.get(at).saysNot(older)
	editor.follow(editor.post(at, repeat("毎週火曜です。", "version", editor.get(at+"/edit").hidden("version"))...)).says(older)
	approver.get(at).says(older)
}

// A language that says what the Japanese says has not been written yet; a press takes it away, or adds one that is missing.
func TestLanguagesNotWritten(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := func(l, text string, more ...string) []string {
		return append([]string{"title", "花見", "kind", "text", "ref", "0", "text", "花見をします。", "kind", "text", "ref", "0", "text", "2026", "language", l, l + ".kind", "text", l + ".ref", "0", l + ".text", text,
			l + ".kind", "text", l + ".ref", "0", l + ".text", "2026", "to", "all", "when", "now"}, more...)
	}
	editor.post("/admin/broadcasts/preview", form("en", "花見をします。")...).says("英語に、日本語のままのところがあります。", "英語を外す")
	editor.post("/admin/broadcasts/preview", form("en", "Cherry blossoms")...).saysNot("日本語のまま")
	editor.post("/admin/broadcasts/preview", form("ja-x-easy", "花見をします。")...).says("やさしい日本語に、日本語のまま")
	editor.post("/admin/broadcasts/preview", form("ja-x-easy", "はなみを します。")...).saysNot("日本語のまま")
	editor.post("/admin/broadcasts", form("en", "花見をします。", "do", "remove-language:en")...).want(http.StatusOK).saysNot("日本語のまま")
	added := editor.post("/admin/broadcasts", form("en", "Cherry blossoms", "do", "add-language:vi")...).want(http.StatusOK)
	if !strings.Contains(added.body, `name="language" value="vi"`) {
		t.Error("a press adds no language")
	}
}

// Each button beside the form goes where the form goes, wherever it was opened.
func TestButtonsBesideTheForm(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	for page, action := range map[string]string{"/admin/broadcasts/new": "/admin/broadcasts", "/admin/broadcasts/1/edit": "/admin/broadcasts/1"} {
		form := []string{"title", "花見", "kind", "text", "ref", "0", "text", "{{name}}さん、花見をします。", "to", "all", "when", "now"}
		if action != "/admin/broadcasts" {
			form = append(form, "id", "1", "version", editor.get(page).hidden("version"))
		}
		aside := editor.post("/admin/broadcasts/preview", form...).says("だれの見え方")
		if !strings.Contains(aside.body, `formaction="`+action+`#aside"`) {
			t.Errorf("%s: a button leads elsewhere", page)
		}
	}
}

// What can be mended at once is mended by one press, in every language and card, and nothing else is touched.
func TestDoubtsAreMendedByAPress(t *testing.T) {
	o := open(t)
	o.fill()
	settings := ippo.DefaultSettings()
	settings.Modules = ippo.Modules()
	settings.Office.Phone = "0258-39-2020"
	if err := o.store.SaveSettings(t.Context(), o.staff[ippo.Administrator].ID, settings); err != nil {
		t.Fatal(err)
	}
	editor := o.as(ippo.Editor)
	form := []string{"title", "集い", "kind", "text", "ref", "0", "text", "３月１５日（月）と13月15日（月）、電話 ０２５８－３９－２０２１（内線5）", "kind", "cards", "ref", "0", "text", "", "1.cards", "1",
		"1.0.title", "3月15日（月）", "1.0.text", "0258-39-2021か10258-39-2021", "language", "en", "en.kind", "text", "en.ref", "0", "en.text", "3月15日（月）", "to", "all", "when", "at", "sendAt", "2026-03-09T21:00"}
	page := editor.post("/admin/broadcasts/preview", form...).says("「3月15日（日）」に直す", "「0258-39-2020」に直す", "2026年3月9日（月）21:00は、送れない時間です。", "送る時を2026年3月10日（火）08:00にする")
	for _, press := range []struct {
		label string
		want  []string
	}{
		{"「3月15日（日）」に直す", []string{"3月15日（日）と13月15日（月）、電話 ０２５８", `value="3月15日（日）"`, "\n3月15日（日）</textarea>"}},
		{"「0258-39-2020」に直す", []string{"電話 0258-39-2020（内線5）", "0258-39-2020か10258-39-2021"}},
		{"送る時を2026年3月10日（火）08:00にする", []string{`value="2026-03-10T08:00"`}},
	} {
		_, button, _ := strings.Cut(page.body, `<button class="small" name="do" value="`)
		for !strings.HasPrefix(strings.SplitN(button, ">", 2)[1], press.label) {
			_, button, _ = strings.Cut(button, `<button class="small" name="do" value="`)
		}
		do, _, _ := strings.Cut(button, `"`)
		mended := editor.post("/admin/broadcasts", append(form, "do", html.UnescapeString(do))...).want(http.StatusOK).saysNot(press.label)
		for _, want := range press.want {
			if !strings.Contains(mended.body, want) {
				t.Errorf("%s does not make %s", press.label, want)
			}
		}
	}
}
