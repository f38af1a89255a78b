package bot

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// japanese is what is written in kana or kanji.
var japanese = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)

// said is what a page says outside what is marked as Japanese.
func said(body string) string {
	body = regexp.MustCompile(`(?s)<title>.*?</title>|<style>.*?</style>`).ReplaceAllString(body, "")
	for { // innermost first
		cut := regexp.MustCompile(`<([a-z0-9]+)[^<>]* lang="ja"[^<>]*>[^<>]*</[a-z0-9]+>`).ReplaceAllString(body, "")
		if cut == body {
			return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
		}
		body = cut
	}
}

// Public pages are read in each language, keep it from page to page, and say which parts are not in it.
func TestPublicPagesInEveryLanguage(t *testing.T) {
	c := newCenter(t)
	ctx := t.Context()
	in := func(pairs ...string) ippo.Translation {
		t := ippo.Translation{Texts: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			t.Texts[pairs[i]] = pairs[i+1]
		}
		return t
	}
	if _, err := c.store.CreateNews(ctx, 0, ippo.News{
		Slug: "dansui", Kind: ippo.NewsPlain, Title: "断水します", Summary: "夜に断水します", Body: "くわしい話", Status: ippo.ContentPublished,
		PublishAt: c.clock.Now().Add(-time.Minute), Translations: ippo.Translations{
			ippo.English:      in("title", "No water", "summary", "At night", "body", "The details"),
			ippo.EasyJapanese: in("title", "水が 出ません", "summary", "よる"),
		},
	}); err != nil {
		t.Fatal(err)
	}
	b := browser(t)
	get(t, b, c.url+"/r/news?lang=en").is(200, "No water", "Narrow by topic", "?lang=en", `<html lang="en">`, `href="/r/news/dansui?lang=en" lang="en"`, "This text is only in Japanese.")
	get(t, b, c.url+"/r/news/dansui?lang=en").is(200, "No water", "The details", `<h1 lang="en">`).lacks("only in Japanese", "断水します<")
	easy := get(t, b, c.url+"/r/news/dansui?lang=ja-x-easy").is(200, "水が 出ません", "くわしい話", "※ふつうの 日本語の ところが あります。", "お知らせを ぜんぶ 見る")
	easy.lacks("断水します")
	get(t, b, c.url+"/r/news/dansui").is(200, "断水します", `<html lang="ja">`, `href="?lang=en"`).lacks("No water", "ふつうの")
	get(t, b, c.url+"/r/news/dansui?lang=xx").is(200, "断水します")
	get(t, b, c.url+"/r/news?lang=en&q=water").is(200, "1 found", "No water") // found by the translated words
	get(t, b, c.url+"/r/news?q=water").is(200, "1件", "断水します")
	// Names that the center gave, its hours and the languages' own names stay as they are.
	own := strings.NewReplacer("日本語", "", "やさしい にほんご", "", "みらい市", "", "市民協働センター", "", "平日", "")
	for _, page := range []string{
		"/r/news", "/r/news/dansui", "/r/events", "/r/events/matsuri", "/r/groups/ehon", "/r/campaigns/kaette", "/c/kaette", "/r/visions", "/r/privacy", "/r/ambassadors", "/i/nothing", "/r/news/nothing",
		"/l/aaaaaaaaaa", "/r/f/x", "/r/g/x", "/r/digests/1/1",
	} {
		words := own.Replace(said(get(t, b, c.url+page+"?lang=en").body))
		if at := japanese.FindStringIndex(words); at != nil {
			t.Errorf("%s in English says %.60s", page, words[at[0]:])
		}
	}
}

// The pages behind a follower's own link are in their language without being asked, and offer no other.
func TestOwnPagesInTheFollowersLanguage(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.tap(r.say("ことばを変える"), "English")
	phone := browser(t)
	link := r.say("phone").page("Leave a contact")
	get(t, phone, link+"?lang=ja").is(200, "How to reach you", `<html lang="en">`).lacks(`class="languages"`)
	post(t, phone, link, nil).is(200, "Your name")
	post(t, phone, link+"/form", url.Values{"name": {""}}).is(422, "Please enter your name", "Please check what you entered").lacks("入力してください")
	post(t, phone, link+"/form", url.Values{"name": {"Elena"}, "contact": {"elena@example.jp"}}).is(200, "Sent", "Our staff have it")
	get(t, browser(t), link).is(403, "Please open it again from LINE.")
}

// vietnamese is a center that has added Tiếng Việt, with gaps.
func vietnamese(t *testing.T) *center {
	t.Helper()
	c := newCenter(t)
	texts, faults, err := c.bot.texts.With(os.DirFS("../docs/catalog"))
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	c.bot.texts = texts
	return c
}

// Whoever's LINE speaks a language that the center has added is greeted in it, finds it among the choices by its
// own name, and reads やさしい日本語 where it has gaps.
func TestResidentOfAnAddedLanguage(t *testing.T) {
	c := vietnamese(t)
	if err := c.store.UpdateArea(t.Context(), 0, "umi", ippo.Area{Slug: "umi", Name: "海浜", Names: ippo.Names{ippo.EasyJapanese: "うみはま", "vi": "Ven biển"}, Order: 2}); err != nil {
		t.Fatal(err)
	}
	r := c.resident("vi-VN")
	r.follow().has("Cảm ơn bạn đã kết bạn với", "Bạn muốn dùng ngôn ngữ nào?", "1 Tiếng Việt", "2 日本語", "[Bỏ qua]")
	r.say("1").has("Bạn muốn nhận tin của khu vực nào?", "Ven biển").lacks("うみはま", "海浜")
	r.say("ven biển").has("Ven biển") // by its name in their language
	if l := r.me().Language; l != "vi" {
		t.Errorf("reads %s", l)
	}
	r.say("skip")
	r.say("skip").has("Ngôn ngữ", "Tiếng Việt")
	r.say("news").has("Đây là tin mới.", "Bài này chỉ có tiếng Nhật.", "Thứ")
	if _, err := c.store.CreateNews(t.Context(), 0, ippo.News{
		Slug: "lop", Kind: ippo.NewsPlain, Title: "寺子屋", Summary: "教えます", Status: ippo.ContentPublished, PublishAt: c.clock.Now().Add(-time.Minute),
		Translations: ippo.Translations{"vi": {Texts: map[string]string{"title": "Lớp học", "summary": "Dạy"}}},
	}); err != nil {
		t.Fatal(err)
	}
	r.say("news").has("Lớp học")
	r.say("Lớp học").has("Lớp học", "Dạy") // by its title in their language
	r.say("phone").has(c.bot.texts.In(ippo.EasyJapanese).Say("desk.title"))

	other := c.friend()
	a := other.say("Tiếng Việt").has("どのことばでご案内しますか。", "Bạn muốn dùng ngôn ngữ nào?")
	other.tap(a, "Tiếng Việt")
	if l := other.me().Language; l != "vi" {
		t.Errorf("the other reads %s", l)
	}

	b := browser(t)
	get(t, b, c.url+"/r/news?lang=vi").is(200, `<html lang="vi">`, "Tin tức", `lang="vi" hreflang="vi" aria-current="true">Tiếng Việt`, "Bài này chỉ có tiếng Nhật.")
}

// Whoever chose a language that the center has taken away again is not lost: they read やさしい日本語, can choose
// another, and are back when the file is.
func TestResidentOfARemovedLanguage(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	err := c.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SavePreferences(t.Context(), r.me().ID, ippo.Preferences{Language: "vi"})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.say("settings").has("ことば", "やさしい にほんご").lacks("vi")
	r.say("news").has("お知らせ")
	if l := r.me().Language; l != "vi" {
		t.Errorf("what they had chosen became %s", l)
	}
	a := r.say("language").has("1 やさしい にほんご", "2 日本語", "3 English")
	r.tap(a, "English")
	if l := r.me().Language; l != ippo.English {
		t.Errorf("reads %s", l)
	}
	get(t, browser(t), c.url+"/r/news?lang=vi").is(200, `<html lang="ja">`, "ことばでさがす")
}
