package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// What is said again and again is kept in every language, changed and begun with, and has no part in where it goes.
func TestTemplates(t *testing.T) {
	o := open(t)
	o.fill()
	editor, viewer := o.as(ippo.Editor), o.as(ippo.Viewer)
	viewer.get("/admin/templates").says("ひな形はまだありません")
	editor.post("/admin/broadcasts", "title", "毎月の花見", "kind", "text", "ref", "0", "text", "花見をします。", "kind", "news", "ref", "1", "text", "",
		"language", "en", "en.kind", "text", "en.ref", "0", "en.text", "Cherry blossoms!", "to", "all", "when", "now", "do", "save").want(http.StatusSeeOther)
	viewer.post("/admin/broadcasts/2/template").want(http.StatusForbidden)
	edit := editor.follow(editor.post("/admin/broadcasts/2/template")).says("ひな形にしました", "ひな形の編集").saysNot("友だち全員", "承認されたらすぐに送る")
	form := []string{"version", edit.hidden("version"), "title", "花見（毎月）", "kind", "text", "ref", "0", "text", "◯月の花見をします。", "kind", "kept", "ref", edit.ref(1), "text", "",
		"language", "en", "en.kind", "text", "en.ref", "0", "en.text", "Cherry blossoms!"}
	editor.post("/admin/broadcasts/preview", append(form, "template", "1")...).want(http.StatusOK).says("◯月の花見をします。").saysNot("人に送信します")
	editor.follow(editor.post("/admin/templates/1", append(form, "do", "save")...)).says("ひな形を保存しました。", "花見（毎月）", "◯月の花見をします。", "日本語・英語")
	editor.post("/admin/templates/1", append(form, "do", "save")...).want(http.StatusConflict).says("◯月の花見をします。")
	viewer.get("/admin/templates").says("花見（毎月）").saysNot("削除")
	viewer.get("/admin/templates/1/edit").want(http.StatusForbidden)

	begun := editor.get("/admin/broadcasts/new?template=1").says("◯月の花見をします。", "Cherry blossoms!")
	if strings.Contains(begun.body, `name="to" value="all" checked`) {
		t.Error("a template says whom it goes to")
	}
	// The card that it kept stays in what begins with it, after buttons too.
	editor.follow(editor.post("/admin/broadcasts", "from", begun.hidden("from"), "token", begun.hidden("token"), "title", "四月の花見", "kind", "text", "ref", "0", "text", "四月の花見をします。",
		"kind", "kept", "ref", begun.ref(1), "text", "", "language", "en", "en.kind", "text", "en.ref", "0", "en.text", "April!", "to", "all", "when", "now", "do", "save")).says("四月の花見", "春まつりの手伝いを募集")
	if b := o.broadcast(3); len(b.Messages) != 2 || len(b.Renditions[ippo.English]) != 1 {
		t.Errorf("begun as %s, %s", b.Messages, b.Renditions)
	}
	if one, err := o.store.BroadcastTemplate(t.Context(), 1); err != nil || one.Title != "花見（毎月）" || strings.Contains(string(one.Messages[0]), "quickReply") {
		t.Errorf("%+v, %v", one, err)
	}
	editor.get("/admin/templates/1/delete").says("「花見（毎月）」を削除しますか")
	editor.follow(editor.post("/admin/templates/1/delete")).says("ひな形を削除しました。", "ひな形はまだありません")
	editor.get("/admin/broadcasts/new?template=1").want(http.StatusNotFound)
	o.as(ippo.Administrator).get("/admin/audit").says("配信のひな形: 作成", "配信のひな形: 変更", "配信のひな形: 削除")
}
