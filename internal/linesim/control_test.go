package linesim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ippo/internal/linesim"
)

// remote drives the platform from another process, as it were.
type remote struct {
	t   *testing.T
	url string
}

func newRemote(w *world) remote {
	server := httptest.NewServer(w.Control())
	w.t.Cleanup(server.Close)
	return remote{w.t, server.URL}
}

func (r remote) call(method, path, body string, want int) response {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if res.StatusCode != want {
		r.t.Fatalf("%s %s: %d %s, want %d", method, path, res.StatusCode, raw, want)
	}
	return response{res.StatusCode, res.Header, string(raw)}
}

func TestControlPeople(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	sim := newRemote(w)
	var u linesim.User
	sim.call("POST", "/sim/users", `{"displayName":"花子","language":"ja"}`, 200).decode(t, &u)
	if len(u.ID) != 33 {
		t.Fatalf("user %+v", u)
	}
	sim.call("POST", "/sim/users", `{"id":"hanako"}`, 400)
	act := func(action, body string, want int) response {
		t.Helper()
		return sim.call("POST", "/sim/users/"+u.ID+"/"+action, body, want)
	}
	act("follow", "", 200)
	var sent struct{ MessageID string }
	act("say", `{"text":"こんにちは"}`, 200).decode(t, &sent)
	act("sticker", `{"packageId":"446","stickerId":"1988","keywords":["ありがとう"]}`, 200)
	act("location", `{"title":"市役所","latitude":35.1,"longitude":139.1}`, 200)
	act("image", `{"contentType":"image/png","data":"aGVsbG8="}`, 200)
	act("audio", `{"contentType":"audio/mp4","data":"aGVsbG8="}`, 200)
	act("postback", `{"data":"topic=3","params":{"date":"2026-04-01"}}`, 200)
	if r := act("tap", `{"action":{"type":"uri","uri":"https://example.com/"}}`, 200); !strings.Contains(r.Body, `"openUrl":"https://example.com/"`) {
		t.Errorf("tap %s", r.Body)
	}
	act("tap", `{"action":{"type":"postback","data":"p"}}`, 200)
	act("unsend", `{"messageId":"`+sent.MessageID+`"}`, 200)
	act("unsend", `{"messageId":"1"}`, 404)
	act("block", "", 200)
	act("say", `{"text":"もしもし"}`, 409)
	act("unblock", "", 200)
	sim.call("GET", "/sim/idle?seconds=10", "", 200)

	var events []linesim.Event
	sim.call("GET", "/sim/events", "", 200).decode(t, &events)
	var types []string
	for _, e := range events {
		types = append(types, e.Type)
		if !e.Acknowledged {
			t.Errorf("event %s was not acknowledged", e.Type)
		}
	}
	want := "follow message message message message message postback postback unsend unfollow follow"
	if got := strings.Join(types, " "); got != want {
		t.Errorf("events %s, want %s", got, want)
	}

	w.want(w.call("POST", "/v2/bot/message/push", pushTo(u.ID, "お知らせ")), 200)
	if r := sim.call("GET", "/sim/users/"+u.ID+"/sent", "", 200); r.Body != "["+text("お知らせ")+"]\n" {
		t.Errorf("sent %s", r.Body)
	}
	if r := sim.call("GET", "/sim/users/"+u.ID+"/chat", "", 200); !strings.Contains(r.Body, `"unsent":true`) {
		t.Errorf("chat %s", r.Body)
	}
	if r := sim.call("GET", "/sim/users", "", 200); !strings.Contains(r.Body, u.ID) {
		t.Errorf("users %s", r.Body)
	}
	sim.call("GET", "/sim/users/U1/chat", "", 404)
	if r := sim.call("GET", "/sim/calls", "", 200); r.Body != `{"push":1}`+"\n" {
		t.Errorf("calls %s", r.Body)
	}
	if r := sim.call("GET", "/sim/requests", "", 200); !strings.Contains(r.Body, `"path":"/v2/bot/message/push","status":200`) {
		t.Errorf("requests %s", r.Body)
	}
}

func TestControlPlatform(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	sim := newRemote(w)
	u := w.friend("花子")

	sim.call("POST", "/sim/faults", `{"endpoint":"push","when":"after","status":500,"times":1,"delayMillis":1}`, 200)
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(u.ID, "一")), 500)
	if w.Received(u.ID) != 1 {
		t.Error("the message was not accepted")
	}
	sim.call("POST", "/sim/faults", `{"status":503}`, 200)
	w.want(w.call("GET", "/v2/bot/info", ""), 503)
	sim.call("DELETE", "/sim/faults", "", 200)
	w.want(w.call("GET", "/v2/bot/info", ""), 200)

	sim.call("PUT", "/sim/quota", `{"quota":10,"used":10}`, 200)
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(u.ID, "一")), 429)
	if r := sim.call("PUT", "/sim/quota", `{"quota":0}`, 200); r.Body != `{"quota":0,"used":10}`+"\n" {
		t.Errorf("quota %s", r.Body)
	}

	if r := sim.call("PUT", "/sim/webhooks", `{"redeliver":true,"redeliverAfterMillis":1,"timeoutMillis":500,"eventsPerBody":3}`, 200); !strings.Contains(r.Body, `"redeliver":true,"redeliverAfterMillis":1,"maxAttempts":20,"timeoutMillis":500`) {
		t.Errorf("settings %s", r.Body)
	}
	sim.call("POST", "/sim/webhooks/hold", "", 200)
	w.Say(u.ID, "はい")
	w.settle()
	if n := len(w.bot.received()); n != 0 {
		t.Errorf("%d events came while held", n)
	}
	sim.call("POST", "/sim/webhooks/release", "", 200)
	said := w.last("message")
	sim.call("POST", "/sim/webhooks/redeliver", `{"webhookEventId":"`+said.ID+`"}`, 200)
	if e := w.last("message"); !e.DeliveryContext.IsRedelivery {
		t.Errorf("redelivered %+v", e)
	}
	sim.call("POST", "/sim/webhooks/redeliver", `{"webhookEventId":"none"}`, 400)

	sim.call("POST", "/sim/tokens/revoke", `{"longLived":true}`, 200)
	w.want(w.call("GET", "/v2/bot/info", ""), 401)

	// A web page from elsewhere cannot send JSON here without the browser asking first.
	res, err := http.Post(sim.url+"/sim/faults", "text/plain", strings.NewReader(`{"status":500}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("text/plain was taken: %d", res.StatusCode)
	}
}
