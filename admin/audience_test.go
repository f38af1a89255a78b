package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// An audience of every kind of condition comes back from the form as it went in, and is said in words.
func TestAudienceForm(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := []string{"title", "条件", "kind", "text", "ref", "0", "text", "こんにちは", "when", "now", "to", "some", "topics", "kosodate", "areas", "sakae",
		"tags", "koza", "entries", "shimin-ka", "languages", "ja", "languages", "ja-x-easy", "within", "３０", "ambassadors", "1",
		"except.topics", "fukushi", "except.within", "7", "except.ambassadors", "1"}
	page := editor.get(editor.post("/admin/broadcasts", append(form, "do", "save")...).want(http.StatusSeeOther).header.Get("Location"))
	page.says("分野が「子育て」で、地域が「栄」で、タグが「講座の参加者」で、登録経路が「市民課の窓口」で、未来づくりアンバサダーで、友だちになって30日以内で、ことばが「日本語」か「やさしい日本語」の人",
		"（分野が「福祉」の人、または未来づくりアンバサダーの人、または友だちになって7日以内の人をのぞく）")
	// The sentence is beside the form while it is being chosen, and is none while nothing is.
	editor.post("/admin/broadcasts/preview", form...).says("地域が「栄」で、", "をのぞく）に", "人に送信します")
	editor.post("/admin/broadcasts/preview", "title", "条件", "kind", "text", "ref", "0", "text", "こんにちは", "when", "now", "to", "some").saysNot("の人に", "人に送信します")
	made := o.broadcast(2).Audience
	edit := editor.get("/admin/broadcasts/2/edit")
	for _, part := range []string{`name="entries" value="shimin-ka" checked`, `name="languages" value="ja-x-easy" checked`, `name="within" type="number" value="30"`,
		`name="except.topics" value="fukushi" checked`, `name="except.within" type="number" value="7"`, `name="except.ambassadors" value="1" checked`} {
		if !strings.Contains(edit.body, part) {
			t.Errorf("the form has forgotten %s", part)
		}
	}
	change := append(append([]string{"id", "2", "version", edit.hidden("version")}, form...), "do", "save")
	editor.post("/admin/broadcasts/2", change...).want(http.StatusSeeOther)
	if again := o.broadcast(2).Audience; again.Words(ippo.AudienceNames{}) != made.Words(ippo.AudienceNames{}) {
		t.Errorf("%+v has become %+v", made, again)
	}

	// What is no number of days widens nothing.
	for _, days := range []string{"0", "-3", "x", "9999"} {
		editor.post("/admin/broadcasts", "title", "条件", "kind", "text", "ref", "0", "text", "こんにちは", "when", "now", "to", "some", "within", days, "do", "save").
			want(http.StatusUnprocessableEntity).says("友だちになってからの日数は、1から3,650まで")
	}
	editor.post("/admin/broadcasts/preview", "title", "条件", "kind", "text", "ref", "0", "text", "こんにちは", "when", "now", "to", "all", "except.within", "7").
		says("0人に送信します") // the only friend is new
}

// Whom a draft reaches can be looked at before it is approved: names masked, and others counted by the reason.
func TestWhom(t *testing.T) {
	o := open(t)
	o.fill()
	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/broadcasts/1").says("だれに送るか、だれに送らないか")
	viewer.get("/admin/broadcasts/1/whom").says("友だち全員", "1人に送信します", "川＊＊", "おまかせ", "ブロックしている人0人", "配信を止めている人0人").saysNot("川口", "のぞく人0人")
	o.sendHalf(1)
	viewer.get("/admin/broadcasts/1/whom").want(http.StatusConflict)
	viewer.get("/admin/broadcasts/1").saysNot("だれに送らないか")
}

// An audience with a name is chosen again in two taps; broadcasts keep theirs when it changes.
func TestSavedAudiences(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	form := []string{"title", "条件", "kind", "text", "ref", "0", "text", "こんにちは", "when", "now"}
	with := func(more ...string) []string { return append(append([]string{}, form...), more...) }

	editor.post("/admin/broadcasts", with("to", "some", "topics", "kosodate", "do", "keep-audience")...).says("宛先の名前を入力してください")
	editor.post("/admin/broadcasts", with("audience.name", "だれでもない", "do", "keep-audience")...).says("宛先を選んでください")
	kept := editor.post("/admin/broadcasts", with("to", "some", "topics", "kosodate", "except.within", "7", "audience.name", "子育ての人", "do", "keep-audience")...).
		want(http.StatusOK).says("宛先を「子育ての人」として保存しました")
	if !strings.Contains(kept.body, "こんにちは") {
		t.Error("the text is gone")
	}
	used := editor.post("/admin/broadcasts", with("to", "all", "saved", "1", "do", "use-audience")...).want(http.StatusOK)
	for _, part := range []string{`name="to" value="some" checked`, `name="topics" value="kosodate" checked`, `name="except.within" type="number" value="7"`} {
		if !strings.Contains(used.body, part) {
			t.Errorf("the saved audience has lost %s", part)
		}
	}
	editor.post("/admin/broadcasts", with("to", "all", "saved", "", "do", "use-audience")...).want(http.StatusOK)
	editor.post("/admin/broadcasts", with("to", "all", "saved", "99", "do", "use-audience")...).want(http.StatusNotFound)

	viewer := o.as(ippo.Viewer)
	viewer.get("/admin/audiences").says("子育ての人", "分野が「子育て」の人（友だちになって7日以内の人をのぞく）", "0人").saysNot("削除…")
	viewer.post("/admin/audiences/1/delete").want(http.StatusForbidden)
	editor.get("/admin/audiences/1/delete").says("「子育ての人」を削除しますか")
	editor.follow(editor.post("/admin/audiences/1/delete")).says("「子育ての人」を削除しました", "まだありません")
	o.as(ippo.Administrator).get("/admin/audit").says("保存した宛先: 保存", "保存した宛先: 削除")
}
