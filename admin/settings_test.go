package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// The greeting is looked at as it will be, in each language, before it is kept; what is left empty is in our words.
func TestGreeting(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Administrator)
	b.get("/admin/greeting").says("友だち追加ありがとうございます", "空けておくと", "お名前や電話番号、ご相談の内容は")
	form := []string{"greetings.ja.hello", "ようこそ<b>みらい市</b>へ", "greetings.en.purpose", "News from the city.", "greetings.ja.purpose", ""}
	r := b.post("/admin/greeting", append(form, "do", "look")...).want(http.StatusOK).says("News from the city.")
	if strings.Contains(r.body, "ようこそ<b>") || strings.Count(r.body, "ようこそ&lt;b&gt;") < 2 {
		t.Errorf("what was typed is not in its field and on the phone, as words:\n%s", text(r.body))
	}
	if s, err := o.store.Settings(t.Context()); err != nil || s.Greetings != nil {
		t.Fatalf("looking has kept %+v, %v", s.Greetings, err)
	}
	b.post("/admin/greeting", "greetings.ja.hello", strings.Repeat("あ", 61)).want(http.StatusUnprocessableEntity).says("はじめのことば（日本語）", "ああああ")
	b.follow(b.post("/admin/greeting", form...)).says("あいさつを保存しました。", "News from the city.")
	if s, err := o.store.Settings(t.Context()); err != nil || len(s.Greetings) != 2 || s.Greetings[ippo.English].Purpose != "News from the city." {
		t.Errorf("%+v, %v", s.Greetings, err)
	}
	b.get("/admin/audit").says("設定: あいさつの変更")
	// The other settings leave it alone.
	b.post("/admin/settings", append(settingsForm(), "approvalOver", "1")...).want(http.StatusSeeOther)
	b.get("/admin/greeting").says("News from the city.")
	o.as(ippo.Approver).get("/admin/greeting").want(http.StatusForbidden)
}

// Days off and languages are set among the others; a line that cannot be read comes back with the reason.
func TestDaysOffAndLanguages(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Administrator)
	form := append(settingsForm(), "approvalOver", "1", "unoffered", "en", "unoffered", "ja", "unoffered", "xx")
	b.post("/admin/settings", append(form, "daysOff", "12/29〜1/3 年末年始\r\n来月の5日")...).want(http.StatusUnprocessableEntity).
		says("「来月の5日」は読めません", "12/29〜1/3 年末年始")
	b.follow(b.post("/admin/settings", append(form, "daysOff", "１２／２９～１／３　年末年始\r\n\r\n2026/3/9")...)).says("設定を保存しました。", "12/29〜1/3 年末年始", "2026/3/9")
	s, err := o.store.Settings(t.Context())
	if err != nil || len(s.DaysOff) != 2 || s.Offers(ippo.English) || !s.Offers(ippo.Japanese) || !s.Offers(ippo.EasyJapanese) || len(s.Unoffered) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	b.get("/admin/calendar?month=2026-12").says("休館")
	b.get("/admin/calendar?month=2026-11").saysNot("休館")
	if next := s.NextStaffed(opening.AddDate(0, 0, 1), o.panel.Holidays); next.Day() != 13 { // it opens on Mondays and Fridays, and the 9th is off
		t.Errorf("opens next on %v", next)
	}
}
