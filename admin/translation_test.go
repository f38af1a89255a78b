package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// Staff write a news item in other languages beside the Japanese, see when a translation has become older, and
// say that it is still right.
func TestTranslationsInTheForm(t *testing.T) {
	o := open(t)
	editor := o.as(ippo.Editor)
	form := func(more ...string) []string {
		return append([]string{"title", "里山を守る人", "kind", "news", "body", "くわしく", "status", "draft"}, more...)
	}
	r := editor.post("/admin/news", form("summary", "草を刈ります", "translations.en.title", "", "translations.en.summary", "Come and help")...)
	r.want(http.StatusUnprocessableEntity).says("英語は、題名も入力してください。", "Come and help")

	english := []string{"translations.en.title", "Woodland", "translations.en.summary", "Come and help", "translations.en.body", ""}
	editor.follow(editor.post("/admin/news", form(append(english, "summary", "草を刈ります")...)...)).says("お知らせを保存しました。")
	editor.get("/admin/news").says("英語（一部だけ）")
	editor.get("/admin/news/1").says("日本語の題名", "里山を守る人", "一部だけ").saysNot("この訳文のあとで")

	// The Japanese text changes, and the form is sent with the translation as it was.
	editor.follow(editor.post("/admin/news/1", form(append(english, "summary", "木を植えます")...)...)).says("この訳文のあとで、日本語が変わりました")
	editor.get("/admin/news").says("英語（日本語より古い）")
	editor.follow(editor.post("/admin/news/1", form(append(english, "summary", "木を植えます", "translations.en.checked", "1")...)...)).saysNot("この訳文のあとで")

	// A form without these fields, as another program's, leaves them alone; one with empty ones takes them away.
	editor.follow(editor.post("/admin/news/1", form("summary", "木を植えます")...)).says("Come and help")
	editor.follow(editor.post("/admin/news/1", form("summary", "木を植えます", "translations.en.title", "", "translations.en.summary", "", "translations.en.body", "")...)).saysNot("Come and help")
	if n, err := o.store.News(t.Context(), 1); err != nil || len(n.Translations) != 0 {
		t.Errorf("still there: %+v, %v", n.Translations, err)
	}
}

// Every kind of content has the fields for each language in its form.
func TestTranslationsInEveryForm(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	for _, form := range []struct{ page, first string }{
		{"/admin/news/1", "title"}, {"/admin/events/1", "title"}, {"/admin/groups/1", "name"}, {"/admin/faq/1", "question"}, {"/admin/campaigns/1/edit", "title"},
	} {
		r := editor.get(form.page).want(http.StatusOK)
		for _, l := range []string{"ja-x-easy", "en"} {
			if !strings.Contains(r.body, `name="translations.`+l+`.`+form.first+`"`) {
				t.Errorf("%s has no field for %s", form.page, l)
			}
		}
	}
}

// Programs read translations with the rest, and learn which have become older.
func TestTranslationsByAPI(t *testing.T) {
	p := callAPI(t)
	made := p.want(201, p.call("editor", "POST", "/news", `{"slug":"a","title":"題","summary":"概","translations":{"en":{"title":"Title","summary":"Summary"}}}`))
	if !strings.Contains(string(made.body), `"translations":{"en":{"summary":"Summary","title":"Title"}},"olderTranslations":[]`) {
		t.Errorf("made %s", made.body)
	}
	changed := p.want(200, p.call("editor", "PUT", fmt.Sprint("/news/", made.field("id")), `{"title":"新しい題","summary":"概"}`))
	if !strings.Contains(string(changed.body), `"title":"Title"`) || !strings.Contains(string(changed.body), `"olderTranslations":["en"]`) {
		t.Errorf("changed %s", changed.body)
	}
	refused := p.want(422, p.call("editor", "PUT", fmt.Sprint("/news/", made.field("id")), `{"title":"題","summary":"概","translations":{"en":{"titel":"x"}}}`))
	if !strings.Contains(string(refused.body), "translations.en.titel") {
		t.Errorf("refused %s", refused.body)
	}
}
