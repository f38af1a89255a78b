package admin

import (
	"bytes"
	"html"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ippo"
)

var menuPicture = regexp.MustCompile(`src="(/admin/richmenu/picture\.png\?menu=[^"]+)"`)

// menuParts are the parts that the form is folded into.
var menuParts = regexp.MustCompile(`<details class="card fold" name="menu-part"( open)?>`)

// menuForm is the form of a menu with these areas: words, action, value, three at a time.
func menuForm(do string, areas ...string) []string {
	fields := []string{"do", do, "tall", "tall", "bar", "メニュー"}
	for i := 0; i+2 < len(areas); i += 3 {
		at := "areas." + string(rune('1'+i/3)) + "."
		fields = append(fields, at+"words", areas[i], at+"action", areas[i+1], at+"value", areas[i+2], at+"icon", "search")
	}
	return fields
}

// An approver changes a word, looks at it, applies it, and goes back. What is typed stays as it was typed, and each mistake
// is said at its button.
func TestRichMenuEditor(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Approver)
	b.get("/admin/richmenu").want(http.StatusOK).says("まだ反映していません", "団体をさがす")

	wrong := b.post("/admin/richmenu", menuForm("apply", "", "groups", "", "元気😀", "news", "", "ホームページ", "link", "javascript:alert(1)", "電話", "phone", "番号")...).
		want(http.StatusUnprocessableEntity).says("ボタン2: 「😀」は絵に描けません", "ボタン3: リンクは", "ボタン4: 電話番号は")
	// Each part of the form is folded but for the first that is to be mended; the others say that they are.
	if open := menuParts.FindAllStringSubmatch(wrong.body, -1); len(open) != 7 || open[2][1] == "" || strings.Count(wrong.body, `name="menu-part" open`) != 1 || strings.Count(wrong.body, "直すところがあります") != 3 {
		t.Errorf("parts of the form: %q", open)
	}
	if calm := b.get("/admin/richmenu").says("ボタン1 団体をさがす — ").body; strings.Contains(calm, `name="menu-part" open`) {
		t.Error("a form without mistakes is unfolded")
	}
	again := b.post("/admin/richmenu", menuForm("apply", "とても長いことばのボタン", "news", "")...).want(http.StatusUnprocessableEntity).says("ボタン1: ボタンのことば")
	if !strings.Contains(again.body, "とても長いことばのボタン") {
		t.Error("what was typed is lost")
	}
	b.post("/admin/richmenu", menuForm("apply")...).want(http.StatusUnprocessableEntity).says("ボタンを1つ以上")
	b.post("/admin/richmenu", menuForm("apply", "一", "news", "", "二", "news", "", "三", "news", "", "四", "news", "")...).want(http.StatusSeeOther)

	// Looking changes nothing and draws what was typed.
	looked := b.post("/admin/richmenu", menuForm("check", "さがす", "groups", "", "サイト", "link", "https://example.jp/")...).want(http.StatusOK)
	fragment := b.post("/admin/richmenu/preview", menuForm("", "さがす", "groups", "", "サイト", "link", "https://example.jp/")...).want(http.StatusOK)
	fragment.says("さがす — 団体をさがす", "サイト — リンクを開く", "使っていません").holds(`<span id="menu-part-1" hx-swap-oob="true">`)
	pictures := menuPicture.FindAllStringSubmatch(looked.body, -1)
	drawn := menuPicture.FindStringSubmatch(fragment.body)
	if len(pictures) != 2 || drawn == nil || pictures[1][1] != drawn[1] {
		t.Fatalf("pictures %v, in the fragment %v", pictures, drawn)
	}
	picture := b.get(html.UnescapeString(drawn[1])).want(http.StatusOK)
	if config, err := png.DecodeConfig(bytes.NewReader([]byte(picture.body))); err != nil || config.Width != 833 || config.Height != 281 && config.Height != 562 {
		t.Errorf("picture %+v, %v", config, err)
	}
	if all, err := o.store.RichMenus(t.Context(), ippo.DefaultRichMenuKind); err != nil || len(all) != 1 {
		t.Fatalf("%d versions, %v", len(all), err)
	}

	woken := o.woken
	b.follow(b.post("/admin/richmenu", menuForm("apply", "さがす", "groups", "", "サイト", "link", "https://example.jp/")...)).says("LINEに反映しています", "さがす、サイト")
	if o.woken == woken {
		t.Error("the jobs were not waked")
	}
	b.follow(b.post("/admin/richmenu/1/restore")).says("一、二、三、四", "に戻します")
	wanted, err := o.store.WantedRichMenus(t.Context())
	if err != nil || len(wanted) != 1 || wanted[0].ID != 3 || len(wanted[0].Menu.Areas) != 4 {
		t.Errorf("wanted %+v, %v", wanted, err)
	}
	// The same once more, from the form or from what was before, is said to be the same.
	for _, again := range []func() reply{
		func() reply {
			return b.post("/admin/richmenu", menuForm("apply", "一", "news", "", "二", "news", "", "三", "news", "", "四", "news", "")...)
		},
		func() reply { return b.post("/admin/richmenu/1/restore") },
	} {
		woken = o.woken
		b.follow(again()).says("変わったところはありません")
		if all, err := o.store.RichMenus(t.Context(), ippo.DefaultRichMenuKind); err != nil || len(all) != 3 {
			t.Errorf("%d versions, %v", len(all), err)
		}
		if o.woken == woken {
			t.Error("the jobs were not waked to look at LINE")
		}
	}
	o.as(ippo.Administrator).get("/admin/audit").says("リッチメニュー: 反映", "メニュー：さがす、サイト（https://example.jp/）")

	// What LINE said stands on the page.
	if err := o.store.RichMenuFailed(t.Context(), ippo.DefaultRichMenuKind, "LINEから返事がありません"); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/richmenu").says("まだ反映できていません", "LINEから返事がありません")
	if err := o.store.RichMenuLinkingFailed(t.Context(), "LINEに断られました"); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/richmenu").says("2026年3月6日（金）10:00から、一人ひとりのメニューを切り替えられていません。 LINEに断られました。")
	if err := o.store.RichMenuLinkingFailed(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/richmenu").saysNot("切り替えられていません")
	if err := o.store.RichMenuApplied(t.Context(), ippo.DefaultRichMenuKind, 3, "ippo x", "richmenu-1"); err != nil {
		t.Fatal(err)
	}
	o.modules(ippo.ModuleGroups)
	b.get("/admin/richmenu").says("LINEに反映済み", "機能を切っているため、出していないボタン: 一、二、三、四")
	if seen := o.as(ippo.Viewer).get("/admin/richmenu").want(http.StatusOK); strings.Contains(seen.body, "/restore") || strings.Contains(seen.body, `name="do"`) {
		t.Error("a viewer is offered to change the menu")
	}
}

// A picture's address is somebody's input.
func TestRichMenuPictureOfNothing(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Viewer)
	for _, menu := range []string{"", "!!!", "bnVsbA", "e30", strings.Repeat("A", maxMenuParam+1)} {
		b.get("/admin/richmenu/picture.png?menu=" + menu).want(http.StatusNotFound)
	}
}

// holds checks what stands in the page's HTML, such as the value of a field.
func (r reply) holds(parts ...string) reply {
	r.t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.body, part) {
			r.t.Errorf("%s: %q is not in the page", r.what, part)
		}
	}
	return r
}

// Each kind of menu has its own page, versions and way back, and begins with what its readers see now.
func TestRichMenuOfAKind(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Approver)
	english, ambassadors := "/admin/richmenu?for=everyone&language=en", "/admin/richmenu?for=ambassadors&language=ja"
	b.get(english).want(http.StatusOK).says("いまのメニュー: 友だち（英語）", "まだ反映していません").holds("Find a group", "Settings and help")
	b.post("/admin/richmenu", menuForm("apply", "さがす", "groups", "")...).want(http.StatusSeeOther)
	b.get(english).says("いまは「友だち（日本語）」のメニューが出ています").holds("Find a group")
	b.get(ambassadors).holds(`value="さがす"`)

	b.post(english, menuForm("apply", "Settings and helping!", "help", "")...).want(http.StatusUnprocessableEntity).says("全角10文字（半角20文字）以内")
	b.follow(b.post(english, menuForm("apply", "Settings and helping", "help", "")...)).says("いまのメニュー: 友だち（英語）", "LINEに反映しています")
	b.follow(b.post(ambassadors, menuForm("apply", "会員証", "word", "会員証")...)).says("いまのメニュー: ", "会員証")
	b.post(ambassadors, menuForm("apply", "声かけ", "ambassador", "")...).want(http.StatusSeeOther)
	b.follow(b.post("/admin/richmenu/3/restore")).says("のリッチメニューに戻します", "会員証")
	wanted, err := o.store.WantedRichMenus(t.Context())
	if err != nil || len(wanted) != 3 || wanted[0].Menu.Areas[0].Words != "さがす" || wanted[1].Menu.Areas[0].Words != "Settings and helping" ||
		wanted[2].Menu.Areas[0].Words != "会員証" || wanted[2].Kind.Audience != ippo.MenuForAmbassadors {
		t.Fatalf("wanted %+v, %v", wanted, err)
	}
	if icons := b.get(ambassadors); strings.Count(icons.body, `type="radio" name="areas.1.icon"`) != len(ippo.RichMenuIcons) ||
		!strings.Contains(icons.body, `name="areas.1.icon" value="search" checked`) || !strings.Contains(icons.body, `<symbol id="menu-search"`) {
		t.Error("icons are not chosen by picture")
	}

	woken := o.woken
	b.follow(b.post("/admin/richmenu/withdraw?for=ambassadors&language=ja")).says("出すのをやめます", "いまは「友だち（日本語）」のメニューが出ています", "出すのをやめた")
	if o.woken == woken {
		t.Error("the jobs were not waked")
	}
	b.post("/admin/richmenu/withdraw?for=ambassadors&language=ja").want(http.StatusConflict)
	b.post("/admin/richmenu/withdraw").want(http.StatusConflict) // everyone's stays
	o.as(ippo.Administrator).get("/admin/audit").says("リッチメニュー: 出すのをやめる", "アンバサダー（日本語）", "友だち（英語）")

	for _, query := range []string{"?for=nobody", "?language=xx", "?for=ambassadors&language=../x"} {
		b.get("/admin/richmenu" + query).want(http.StatusNotFound)
		b.post("/admin/richmenu"+query, menuForm("apply", "さがす", "groups", "")...).want(http.StatusNotFound)
	}
	o.modules(ippo.ModuleGroups)
	b.get(ambassadors).want(http.StatusNotFound)
	b.post("/admin/richmenu/3/restore").want(http.StatusNotFound)
}
