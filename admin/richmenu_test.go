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

	b.post("/admin/richmenu", menuForm("apply", "", "groups", "", "元気😀", "news", "", "ホームページ", "link", "javascript:alert(1)", "電話", "phone", "番号")...).
		want(http.StatusUnprocessableEntity).says("ボタン2: 「😀」は絵に描けません", "ボタン3: リンクは", "ボタン4: 電話番号は")
	again := b.post("/admin/richmenu", menuForm("apply", "とても長いことばのボタン", "news", "")...).want(http.StatusUnprocessableEntity).says("ボタン1: ボタンのことば")
	if !strings.Contains(again.body, "とても長いことばのボタン") {
		t.Error("what was typed is lost")
	}
	b.post("/admin/richmenu", menuForm("apply")...).want(http.StatusUnprocessableEntity).says("ボタンを1つ以上")
	b.post("/admin/richmenu", menuForm("apply", "一", "news", "", "二", "news", "", "三", "news", "", "四", "news", "")...).want(http.StatusSeeOther)

	// Looking changes nothing and draws what was typed.
	looked := b.post("/admin/richmenu", menuForm("check", "さがす", "groups", "", "サイト", "link", "https://example.jp/")...).want(http.StatusOK)
	fragment := b.post("/admin/richmenu/preview", menuForm("", "さがす", "groups", "", "サイト", "link", "https://example.jp/")...).want(http.StatusOK)
	pictures := menuPicture.FindAllStringSubmatch(looked.body, -1)
	drawn := menuPicture.FindStringSubmatch(fragment.body)
	if len(pictures) != 2 || drawn == nil || pictures[1][1] != drawn[1] {
		t.Fatalf("pictures %v, in the fragment %v", pictures, drawn)
	}
	picture := b.get(html.UnescapeString(drawn[1])).want(http.StatusOK)
	if config, err := png.DecodeConfig(bytes.NewReader([]byte(picture.body))); err != nil || config.Width != 833 || config.Height != 281 && config.Height != 562 {
		t.Errorf("picture %+v, %v", config, err)
	}
	if all, err := o.store.RichMenus(t.Context()); err != nil || len(all) != 1 {
		t.Fatalf("%d versions, %v", len(all), err)
	}

	woken := o.woken
	b.follow(b.post("/admin/richmenu", menuForm("apply", "さがす", "groups", "", "サイト", "link", "https://example.jp/")...)).says("LINEに反映しています", "さがす、サイト")
	if o.woken == woken {
		t.Error("the jobs were not waked")
	}
	b.follow(b.post("/admin/richmenu/1/restore")).says("一、二、三、四", "に戻します")
	wanted, err := o.store.WantedRichMenu(t.Context())
	if err != nil || wanted.ID != 3 || len(wanted.Menu.Areas) != 4 {
		t.Errorf("wanted %+v, %v", wanted, err)
	}
	o.as(ippo.Administrator).get("/admin/audit").says("リッチメニュー: 反映", "メニュー：さがす、サイト（https://example.jp/）")

	// What LINE said stands on the page.
	if err := o.store.RichMenuFailed(t.Context(), "LINEから返事がありません"); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/richmenu").says("まだ反映できていません", "LINEから返事がありません")
	if err := o.store.RichMenuApplied(t.Context(), 3, "ippo x", "richmenu-1"); err != nil {
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
