package admin

import (
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// A reply of the center's own is written, put right, translated, given a card and switched off.
func TestAutoReplies(t *testing.T) {
	o := open(t)
	o.fill()
	ctx := t.Context()
	b := o.as(ippo.Editor)
	form := []string{"keywords", "あ", "match", "whole", "text", "<b>駅前</b>から出ます。", "card", "group:1", "translations.en.text", "From the station."}
	r := b.post("/admin/autoreplies", form...).want(http.StatusUnprocessableEntity).says("2文字以上30文字以内")
	if strings.Contains(r.body, "<b>駅前") || !strings.Contains(r.body, `<option value="group:1" selected>`) {
		t.Errorf("the form does not come back as it was sent:\n%s", r.body)
	}
	form[1] = "バス\r\n送迎"
	b.follow(b.post("/admin/autoreplies", form...)).says("自動の返事を保存しました。", "From the station.")
	a, err := o.store.AutoReply(ctx, 2)
	if err != nil || len(a.KeywordList()) != 2 || !a.Whole || a.Card != "group:1" || a.Translations[ippo.English].Texts["text"] != "From the station." {
		t.Fatalf("%+v, %v", a, err)
	}
	form[7] = "group:99"
	b.post("/admin/autoreplies/2", form...).want(http.StatusUnprocessableEntity).says("カードを一覧から選び直してください")
	form[7] = "group:1"
	b.follow(b.post("/admin/autoreplies/2", append(form, "off", "1")...)).says("保存しました")
	b.get("/admin/autoreplies").says("バス・送迎", "使わない", "休館日・休みの日")
	o.as(ippo.Administrator).get("/admin/audit").says("自動の返事: 変更")

	// A card that residents do not see any more stays chosen until staff choose another.
	g, err := o.store.ActivityGroup(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	g.Hidden = true
	if err := o.store.UpdateActivityGroup(ctx, 1, g); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/autoreplies/2").says("（いまは公開していないもの）")
	b.follow(b.post("/admin/autoreplies/2", form...)).says("保存しました")
	b.follow(b.post("/admin/autoreplies/2/delete")).says("「バス」を削除しました。")
	o.as(ippo.Viewer).post("/admin/autoreplies", form...).want(http.StatusForbidden)
}
