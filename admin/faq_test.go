package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

func TestFAQFromQuestionToAnswer(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	ask := func(text string) {
		t.Helper()
		if err := o.store.Write(ctx, func(t *store.Tx) error { return t.AddUnanswered(ctx, text, "") }); err != nil {
			t.Fatal(err)
		}
	}
	ask("温泉はどこ")
	ask("おんせんはどこ")
	ask("温泉は、どこ？")
	editor := o.as(ippo.Editor)
	editor.get("/admin/unanswered").says("温泉は、どこ？", "2回", "この質問の答えをつくる").saysNot("いまは「")
	try := func(text string) reply {
		t.Helper()
		return editor.get("/admin/try?text=" + url.QueryEscape(text)).want(http.StatusOK)
	}
	try("温泉はどこ").says("合うよくある質問はありません")

	if r := editor.get("/admin/unanswered/4/answer").says("質問と答えを書く"); !strings.Contains(r.body, `value="温泉は、どこ？"`) {
		t.Error("the form does not begin with what was asked")
	}
	form := []string{"question", "温泉はどこにありますか", "answer", "", "synonyms", "お風呂\r\n入浴", "translations.en.question", "", "translations.en.answer", "Near the station.", "order", ""}
	editor.post("/admin/faq", form...).want(http.StatusUnprocessableEntity).says("答えを入力してください", "英語は、質問も入力", "お風呂")
	form[3], form[7] = "駅の北口から\r\n歩いて3分です。", "Where is the hot spring?"
	editor.follow(editor.post("/admin/faq", form...)).says("よくある質問を保存しました。")
	if q, err := o.store.FAQ(ctx, 2); err != nil || q.Answer != "駅の北口から\n歩いて3分です。" || len(q.SynonymList()) != 2 || q.Order != 2 || q.Translations[ippo.English].Texts["answer"] != "Near the station." {
		t.Fatalf("saved: %+v, %v", q, err)
	}

	// At once the bot would answer it, and staff are told why.
	try("おふろはどこ").says("温泉はどこにありますか", "合ったことば", "歩いて3分")
	editor.get("/admin/unanswered").says("いまは「")
	editor.follow(editor.post("/admin/unanswered/4/delete")).says("質問を削除しました。").saysNot("温泉は、どこ？")
	editor.post("/admin/unanswered/4/delete").want(http.StatusNotFound)

	editor.get("/admin/faq?q=入浴").says("温泉はどこに").saysNot(">駐車場はありますか<")
	editor.follow(editor.post("/admin/faq/2", "question", "温泉はどこにありますか", "answer", "閉まりました。", "hidden", "1")).says("保存しました")
	try("温泉").says("合うよくある質問はありません").saysNot("閉まりました")
	editor.get("/admin/faq").says("答えに使わない")
	editor.follow(editor.post("/admin/faq/2/delete")).says("「温泉はどこにありますか」を削除しました。")
}

// The box says what the bot would do: answer at once, offer some, or neither.
func TestFAQTryBox(t *testing.T) {
	o := open(t)
	o.fill()
	by := o.staff[ippo.Editor].ID
	for _, q := range []string{"会議室の予約はどうすればよいですか", "会議室の料金はいくらですか", "会議室の広さを教えてください"} {
		if _, err := o.store.CreateFAQ(t.Context(), by, ippo.FAQ{Question: q, Answer: "答え<b>" + q + "</b>"}); err != nil {
			t.Fatal(err)
		}
	}
	viewer := o.as(ippo.Viewer)
	try := func(text string) reply {
		t.Helper()
		return viewer.get("/admin/try?text=" + url.QueryEscape(text)).want(http.StatusOK)
	}
	try("駐車場はありますか").says("すぐに送ります", "よく合う（", "「駐車場」")
	try("会議室").says("選んでもらいます", "会議室の料金はいくらですか", "「会議室」")
	for _, hostile := range []string{"会議室", "<script>alert(1)</script>"} {
		if r := try(hostile); strings.Contains(r.body, "<b>会議室") || strings.Contains(r.body, "<script>alert") {
			t.Errorf("%s: what was typed is shown as HTML", hostile)
		}
	}
	viewer.get("/admin/unanswered").want(http.StatusForbidden)
	viewer.get("/admin/faq").says("駐車場はありますか", "試してみる").saysNot("質問と答えを書く", "答えのなかった質問")
}
