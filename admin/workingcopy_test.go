package admin

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ippo"
)

// resumes returns where the page offers to go on.
func (r reply) resumes() []string {
	var all []string
	for _, m := range regexp.MustCompile(`href="(\?resume=[^"]+)"`).FindAllStringSubmatch(r.body, -1) {
		link, err := url.QueryUnescape(m[1])
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, link)
	}
	return all
}

// What was typed and not saved is offered to its writer again, and to nobody else; the draft stays as it is.
func TestUnsavedIsKept(t *testing.T) {
	o := open(t)
	o.fill()
	editor, other := o.as(ippo.Editor), o.as(ippo.Approver)
	edit := editor.get("/admin/broadcasts/1/edit").saysNot("書きかけがあります")
	typed := []string{"id", "1", "version", edit.hidden("version"), "title", "春のお知らせ", "kind", "text", "ref", "0",
		"text", "書きかけの文章", "to", "some", "topics", "fukushi", "when", "at", "sendAt", "2026-03-09T10:00"}
	editor.post("/admin/broadcasts/preview", typed...).want(http.StatusOK)
	if got := o.broadcast(1).Messages[0].Texts()[0]; strings.Contains(got, "書きかけ") {
		t.Errorf("typing has changed the draft: %q", got)
	}
	found := editor.get("/admin/broadcasts/1/edit").says("書きかけがあります", "春のお知らせ", "2026年3月6日（金）10:00まで").resumes()
	if len(found) != 1 {
		t.Fatalf("it is offered %d times", len(found))
	}
	resumed := editor.get("/admin/broadcasts/1/edit" + found[0]).saysNot("書きかけがあります")
	for _, part := range []string{"書きかけの文章", `name="topics" value="fukushi" checked`, `value="2026-03-09T10:00"`, `name="when" value="at" checked`} {
		if !strings.Contains(resumed.body, part) {
			t.Errorf("what was typed comes back without %s", part)
		}
	}
	other.get("/admin/broadcasts/1/edit").says("作成者さん", "この配信を編集しています").saysNot("書きかけがあります", "書きかけの文章")
	// Saved, it is no longer unsaved.
	editor.post("/admin/broadcasts/1", append(typed, "do", "save")...).want(http.StatusSeeOther)
	editor.get("/admin/broadcasts/1/edit").saysNot("書きかけがあります")
	other.get("/admin/broadcasts/1/edit").saysNot("編集しています")
}

// Nothing is offered of a form that was opened and left, whatever buttons were pressed in it; the first word is kept.
func TestUnsavedBlank(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	token := editor.get("/admin/broadcasts/new").hidden("token")
	blank := []string{"token", token, "title", "", "kind", "text", "ref", "0", "text", "", "when", "now", "onCall", "当番"}
	editor.post("/admin/broadcasts", append(blank, "do", "add-picture:ja")...).want(http.StatusOK)
	editor.post("/admin/broadcasts", append(blank, "do", "add-cards:ja")...).want(http.StatusOK)
	editor.get("/admin/broadcasts/new").saysNot("書きかけがあります")
	for _, first := range [][]string{{"to", "some"}, {"kind", "picture", "ref", "0", "text", "", "1.alt", "桜"}} {
		editor.post("/admin/broadcasts/preview", append(blank, first...)...).want(http.StatusOK)
		editor.get("/admin/broadcasts/new").says("書きかけがあります")
		editor.post("/admin/broadcasts/beside/drop?of=new:" + token)
	}
}

// Whoever begins something new twice finds both again, and may throw one away.
func TestUnsavedNewOnes(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	for _, title := range []string{"花見", "清掃"} {
		token := editor.get("/admin/broadcasts/new").hidden("token")
		editor.post("/admin/broadcasts", "token", token, "title", title, "kind", "text", "ref", "0", "text", title+"です", "to", "all", "when", "now", "do", "add-text:ja").want(http.StatusOK)
	}
	page := editor.get("/admin/broadcasts/new").says("花見", "清掃")
	found := page.resumes()
	if len(found) != 2 {
		t.Fatalf("%d are offered", len(found))
	}
	resumed := editor.get("/admin/broadcasts/new" + found[0])
	token := resumed.hidden("token")
	if found[0] != "?resume=new:"+token {
		t.Errorf("%s is resumed as %s", found[0], token)
	}
	drop := "/admin/broadcasts/beside/drop?of=new:" + token
	editor.get(drop).says("の書きかけを捨てますか", "元に戻せません")
	if len(editor.get("/admin/broadcasts/new").resumes()) != 2 {
		t.Error("it is thrown away before the second question")
	}
	editor.follow(editor.post(drop)).says("捨てました")
	editor.get("/admin/broadcasts/beside/drop?of=new:../x").want(http.StatusNotFound)
	if left := editor.get("/admin/broadcasts/new").resumes(); len(left) != 1 || left[0] != found[1] {
		t.Errorf("left are %v", left)
	}
	o.as(ippo.Administrator).get("/admin/broadcasts/new"+found[1]).saysNot("花見", "清掃")
	editor.get("/admin/broadcasts/new?resume=new:" + strings.Repeat("x", 26)).want(http.StatusOK)
	editor.get("/admin/broadcasts/1/edit"+found[1]).saysNot("花見です", "清掃です")
}

// Whoever resumes what a colleague has changed since is told, and loses nothing.
func TestUnsavedAndOvertaken(t *testing.T) {
	o := open(t)
	o.fill()
	editor, other := o.as(ippo.Editor), o.as(ippo.Approver)
	form := func(version, text string) []string {
		return []string{"id", "1", "version", version, "title", "春のお知らせ", "kind", "text", "ref", "0", "text", text, "to", "all", "when", "now"}
	}
	version := editor.get("/admin/broadcasts/1/edit").hidden("version")
	editor.post("/admin/broadcasts/preview", form(version, "私の文章")...).want(http.StatusOK)
	o.setClock(opening.Add(time.Minute))
	other.post("/admin/broadcasts/1", append(form(version, "同僚の文章"), "do", "save")...).want(http.StatusSeeOther)
	resumed := editor.get("/admin/broadcasts/1/edit?resume=broadcast:1").says("ほかの職員が先にこの配信を変更しました")
	if !strings.Contains(resumed.body, "私の文章") {
		t.Error("what was written is gone")
	}
	// Both are told what differs, and nothing else is said to.
	differs := func(r reply) {
		t.Helper()
		if !strings.Contains(r.says("今の内容との違い").body, "<dt>内容</dt><dd><del>同僚</del><ins>私</ins>の文章</dd></dl>") {
			t.Errorf("it does not say what differs: %s", text(r.body))
		}
	}
	differs(resumed)
	late := editor.post("/admin/broadcasts/1", append(form(version, "私の文章"), "do", "save")...).want(http.StatusConflict)
	differs(late)
	editor.follow(editor.post("/admin/broadcasts/1", append(form(late.hidden("version"), "私の文章"), "do", "save")...)).says("下書きを保存しました。")
	editor.get("/admin/broadcasts/1/versions").says("同僚の文章")
}

func TestUnsavedSeries(t *testing.T) {
	o := open(t)
	o.fill()
	editor := o.as(ippo.Editor)
	version := editor.get("/admin/series/1/edit").hidden("version")
	editor.post("/admin/broadcasts/preview", "series", "1", "version", version, "title", "週末の居場所", "kind", "text", "ref", "0", "text", "来週も開きます",
		"to", "all", "when", "repeat", "schedule.kind", "daily", "schedule.at", "10:00").want(http.StatusOK)
	found := editor.get("/admin/series/1/edit").says("書きかけがあります").resumes()
	if len(found) != 1 {
		t.Fatalf("%v are offered", found)
	}
	if page := editor.get("/admin/series/1/edit" + found[0]); !strings.Contains(page.body, "来週も開きます") {
		t.Error("what was written is gone")
	}
	editor.follow(editor.post("/admin/broadcasts/beside/drop?of=series:1")).says("くり返し配信の編集").saysNot("書きかけがあります")
}
