package admin

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"ippo"
	"ippo/internal/linesim"
)

// Each thing that can be wrong between LINE and us is found, and said with what mends it; opening the page asks LINE
// nothing.
func TestConnection(t *testing.T) {
	o := open(t)
	status := http.StatusOK
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }))
	defer hook.Close()
	b := o.as(ippo.Administrator)
	b.get("/admin/connection").says("まだ確かめていません", "応答メッセージ → オフ")
	if n := o.platform.Calls()[linesim.BotInfo] + o.platform.Calls()[linesim.WebhookEndpoint]; n != 0 {
		t.Fatalf("the page asked LINE %d times", n)
	}
	check := func() reply { return b.follow(b.post("/admin/connection/check")) }
	check().says("決まっていません", "このシステムにする", "@123abcde", "残り5,000通")
	b.get("/admin/connection").says("2026年3月6日（金）10:00に確かめました")

	o.platform.SetWebhookURL(hook.URL + "/elsewhere")
	check().says("別のところ（"+hook.URL+"/elsewhere）です", "届きました")

	o.panel.PublicURL = hook.URL
	o.platform.SetWebhookURL(hook.URL + ippo.WebhookPath)
	check().says("このシステムです。", "届きました").saysNot("直してください", "このシステムにする")
	status = http.StatusUnauthorized
	check().says("署名が合いませんでした", "LINE_CHANNEL_SECRET")
	status = http.StatusBadGateway
	check().says("受け取れない（502）")
	hook.Close()
	check().says("つながりませんでした")

	settings := o.platform.WebhookSettings()
	settings.Off = true
	o.platform.SetWebhooks(settings)
	check().says("オフです。友だちが何を送っても")
	o.platform.Inject(linesim.Fault{Endpoint: linesim.BotInfo, Status: http.StatusUnauthorized, Times: 1})
	check().says("アクセストークンを受け付けませんでした").saysNot("Webhookの利用</strong>")
	o.platform.Inject(linesim.Fault{Endpoint: linesim.BotInfo, Status: http.StatusBadGateway, Times: 1})
	check().says("LINEから返事がありませんでした")
}

// LINE can be told to post to us from the page; where it may not be, the page says how.
func TestSetWebhook(t *testing.T) {
	o := open(t)
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer hook.Close()
	b := o.as(ippo.Administrator)
	o.panel.PublicURL = hook.URL
	b.follow(b.post("/admin/connection/webhook")).says("このシステムにしました", "このシステムです。", "届きました")
	b.get("/admin/audit").says("LINEとの接続: 知らせの送り先の変更")
	o.panel.PublicURL = "http://192.0.2.1" // LINE wants https
	b.follow(b.post("/admin/connection/webhook")).says("送り先を変えられませんでした", "別のところ（"+hook.URL+"/line/webhook）です")
}
