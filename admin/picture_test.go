package admin

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// composed is a form with a text and a picture part.
func composed(more ...string) []string {
	return append([]string{"title", "花見", "kind", "text", "ref", "0", "text", "花見をします。", "kind", "picture", "ref", "0", "text", "", "to", "all", "when", "now"}, more...)
}

// pictureCode is the code of the picture that the form shows.
func (r reply) pictureCode() string {
	r.t.Helper()
	_, rest, found := strings.Cut(r.body, `name="1.picture" value="`)
	if code, _, _ := strings.Cut(rest, `"`); found && ippo.IsPictureCode(code) {
		return code
	}
	r.t.Fatalf("no picture: %s", text(r.body))
	return ""
}

// What is no picture is refused with a word beside it, and what was typed stays.
func TestWrongPicturesLoseNothing(t *testing.T) {
	o := open(t)
	editor := o.as(ippo.Editor)
	for _, one := range []struct{ file, alt, says string }{
		{"", "花", "画像を選んでください。"},
		{"<svg onload=alert(1)>", "花", "JPEG・PNG・WebPのどれか"},
		{"GIF89a", "花", "JPEG・PNG・WebPのどれか"},
		{strings.Repeat("x", ippo.MaxPictureUpload+1), "花", "画像のファイルは10MBまでです。"},
		{drawn(t, 30, 20), "", "画像の説明を入力してください。"},
		{drawn(t, 30, 20), strings.Repeat("長", 201), "200文字以内"},
	} {
		page := editor.uploadAs("/admin/broadcasts", "1.file", one.file, composed("1.alt", one.alt, "do", "save")...).want(http.StatusUnprocessableEntity).says(one.says, "花見をします。")
		if one.alt != "" && !strings.Contains(page.body, `name="1.alt" value="`+one.alt) {
			t.Errorf("%q is not typed any more", one.alt)
		}
	}
	editor.uploadAs("/admin/broadcasts", "1.file", strings.Repeat("x", maxComposed), composed("do", "save")...).want(http.StatusRequestEntityTooLarge).says("ファイルを小さくして")
	if list, err := o.store.Broadcasts(t.Context(), store.BroadcastFilter{}); err != nil || len(list) != 0 {
		t.Errorf("%d were saved, %v", len(list), err)
	}
}

// A picture is taken in by any button, kept while its form goes on, cut anew when asked for, and the one that was
// saved stays as it is.
func TestPictureFromUploadToMessage(t *testing.T) {
	o := open(t)
	editor := o.as(ippo.Editor)
	page := editor.uploadAs("/admin/broadcasts", "1.file", drawn(t, 60, 20), composed("1.alt", "桜", "1.ratio", "1:1", "do", "take:ja/1")...).want(http.StatusOK)
	code := page.pictureCode()
	if is, err := o.store.Picture(t.Context(), code); err != nil || is.Alt != "桜" || is.Width != 20 || is.Height != 20 {
		t.Fatalf("%+v, %v", is, err)
	}
	form := func(more ...string) []string {
		return composed(append([]string{"1.picture", code, "1.alt", "桜", "1.ratio", "1:1"}, more...)...)
	}
	if same := editor.post("/admin/broadcasts", form("do", "up:ja/1")...).want(http.StatusOK); !strings.Contains(same.body, `value="`+code+`"`) {
		t.Error("the picture is another after a button")
	}
	editor.follow(editor.post("/admin/broadcasts", form("do", "save")...)).says("下書きを保存しました。")
	want := `{"type":"image","originalContentUrl":"` + o.panel.PublicURL + `/r/pictures/` + code + `","previewImageUrl":"` + o.panel.PublicURL + `/r/pictures/` + code + `/small"`
	if got := string(o.broadcast(1).Messages[1]); !strings.HasPrefix(got, want) {
		t.Errorf("it is sent as %s", got)
	}
	edit := editor.get("/admin/broadcasts/1/edit")
	if edit.pictureCode() != code || !strings.Contains(edit.body, `value="1:1" selected`) || !strings.Contains(edit.body, `name="1.alt" value="桜"`) {
		t.Error("the picture cannot be changed")
	}
	// Typing previews what is there; a button cuts anew, to another picture.
	editor.post("/admin/broadcasts/preview", form("id", "1", "1.focus", "left")...).want(http.StatusOK)
	again := editor.post("/admin/broadcasts/1", form("version", edit.hidden("version"), "1.alt", "満開の桜", "do", "take:ja/1")...)
	if again.pictureCode() != code {
		t.Error("the first of two descriptions counts")
	}
	fields := slices.DeleteFunc(form("version", edit.hidden("version"), "do", "take:ja/1"), func(s string) bool { return s == "桜" })
	fields = slices.Replace(fields, slices.Index(fields, "1.alt"), slices.Index(fields, "1.alt")+1, "1.alt", "満開の桜")
	if other := editor.post("/admin/broadcasts/1", fields...).want(http.StatusOK).pictureCode(); other == code {
		t.Error("the description of a picture that was saved has changed")
	}
	if is, err := o.store.Picture(t.Context(), code); err != nil || is.Alt != "桜" {
		t.Errorf("%+v, %v", is, err)
	}
	editor.post("/admin/broadcasts", composed("1.picture", strings.Repeat("a", 26), "1.alt", "なし", "do", "save")...).want(http.StatusUnprocessableEntity).says("画像が見つかりません")
}

// A card with buttons is written, refused with a reason where it cannot be sent, and comes back as it was.
func TestOwnCards(t *testing.T) {
	o := open(t)
	editor := o.as(ippo.Editor)
	form := func(more ...string) []string {
		return append([]string{"title", "花見", "kind", "cards", "ref", "0", "text", "", "0.cards", "2", "to", "all", "when", "now"}, more...)
	}
	editor.post("/admin/broadcasts", form("0.0.text", "来てね", "0.0.0.label", "開く", "0.0.0.does", "open", "0.0.0.value", "javascript:alert(1)",
		"0.0.1.label", "かける", "0.0.1.does", "call", "0.0.1.value", "なし", "0.0.2.value", "だけ", "0.1.title", strings.Repeat("長", 61), "do", "save")...).
		want(http.StatusUnprocessableEntity).says("https:// から", "電話番号", "書くことば", "60文字以内")
	editor.post("/admin/broadcasts", form("0.0.title", "ひとつ", "do", "save")...).want(http.StatusUnprocessableEntity).says("2枚目のカードに、見出しか文章を入力してください。")
	editor.follow(editor.post("/admin/broadcasts", form("0.0.title", "花見", "0.0.0.label", "地図", "0.0.0.does", "open", "0.0.0.value", "https://example.jp/map",
		"0.1.title", "清掃", "0.1.0.label", "団体", "0.1.0.does", "say", "0.1.0.value", "団体", "do", "save")...)).says("花見", "清掃", "地図")
	edit := editor.get("/admin/broadcasts/1/edit")
	for _, part := range []string{`name="0.0.0.value" value="https://example.jp/map"`, `name="0.1.title" value="清掃"`, `<option value="say" selected>`} {
		if !strings.Contains(edit.body, part) {
			t.Errorf("it comes back without %s", part)
		}
	}
	moved := editor.post("/admin/broadcasts", form("0.0.title", "花見", "0.1.title", "清掃", "do", "up:ja/0/1")...).want(http.StatusOK)
	if !strings.Contains(moved.body, `name="0.0.title" value="清掃"`) {
		t.Error("a card does not move")
	}
}

// A language that is taken out and begun anew has the cards of the Japanese, not those that stood in their place before.
func TestLanguageBegunAnew(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	japanese := []string{"title", "花見", "kind", "text", "ref", "0", "text", "花見をします。", "to", "all", "when", "now"}
	editor.post("/admin/broadcasts", append(japanese, "kind", "news", "ref", "1", "text", "", "language", "en", "en.kind", "text", "en.ref", "0", "en.text", "Cherry blossoms!", "do", "save")...).want(http.StatusSeeOther)
	edit := editor.get("/admin/broadcasts/2/edit")
	japanese = append(japanese, "version", edit.hidden("version"), "kind", "kept", "ref", edit.ref(1), "text", "")
	begun := editor.post("/admin/broadcasts/2", append(japanese, "do", "add-language:en")...).want(http.StatusOK).saysNot("見つかりません")
	refs := regexp.MustCompile(`name="en\.ref" value="([^"]*)"`).FindAllStringSubmatch(begun.body, -1)
	if len(refs) != 2 {
		t.Fatalf("%d English parts", len(refs))
	}
	editor.post("/admin/broadcasts/2", append(japanese, "language", "en", "en.kind", "text", "en.ref", "0", "en.text", "Blossoms!", "en.kind", "kept", "en.ref", refs[1][1], "en.text", "", "do", "save")...).want(http.StatusSeeOther)
	if b := o.broadcast(2); len(b.Renditions[ippo.English]) != 2 || !strings.Contains(string(b.Renditions[ippo.English][1]), "春まつりの手伝いを募集") {
		t.Errorf("kept as %s", b.Renditions)
	}
}

// What is written in two languages is shown, approved and tried as two; what is missing in one is said of that one.
func TestBroadcastInTwoLanguages(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := func(english string, more ...string) []string {
		return append([]string{"title", "花見", "kind", "text", "ref", "0", "text", "花見をします。", "language", "en", "en.kind", "text", "en.ref", "0", "en.text", english, "to", "all", "when", "now"}, more...)
	}
	begun := editor.post("/admin/broadcasts", "title", "花見", "kind", "text", "ref", "0", "text", "花見をします。", "to", "all", "when", "now", "do", "add-language", "add-language", "en").want(http.StatusOK).says("英語を外す", "日本語の文章")
	if !strings.Contains(begun.body, `<input type="hidden" name="language" value="en">`) {
		t.Error("no English was added")
	}
	editor.post("/admin/broadcasts", form("", "do", "save")...).want(http.StatusUnprocessableEntity).says("英語: 本文を入力してください。")
	shown := editor.follow(editor.post("/admin/broadcasts", form("Cherry blossoms!", "do", "save")...)).says("花見をします。", "だれの見え方", "日本語 1人・英語 0人", "Cherry blossoms!")
	id := o.broadcast(2)
	if id.Title != "花見" || !strings.Contains(string(id.Renditions[ippo.English][0]), "Fewer messages") && !strings.Contains(string(id.Renditions[ippo.English][0]), ippo.ReduceLabel) {
		t.Errorf("kept as %s", id.Renditions)
	}
	if phone, _, _ := strings.Cut(shown.body[strings.Index(shown.body, `class="lv-chat"`):], "</section>"); strings.Contains(phone, "Cherry") {
		t.Error("the Japanese phone shows English")
	}
	english := editor.get("/admin/broadcasts/2?as=en")
	if phone, _, _ := strings.Cut(english.body[strings.Index(english.body, `class="lv-chat"`):], "</section>"); !strings.Contains(phone, "Cherry") {
		t.Error("the English phone does not show English")
	}
	editor.get("/admin/broadcasts/2/sheet").says("内容（日本語）", "内容（英語）", "Cherry blossoms!")
	editor.follow(editor.post("/admin/broadcasts/2/duplicate")).says("英語を外す", "Cherry blossoms!")
	editor.post("/admin/broadcasts/2", form("Cherry blossoms!", "do", "remove-language:en", "version", "x")...).want(http.StatusOK).saysNot("英語を外す")
}
