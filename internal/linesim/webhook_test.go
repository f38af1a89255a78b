package linesim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ippo/internal/linesim"
)

// LINE's own test vector (docs: verify-webhook-signature).
func TestSignature(t *testing.T) {
	p := linesim.New(linesim.Options{ChannelSecret: "8c570fa6dd201bb328f1c1eac23a96d8"})
	defer p.Close()
	got := p.Sign([]byte(`{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}`))
	if want := "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestEventsOfOnePersonKeepTheirOrder(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	people := []linesim.User{w.friend("あ"), w.friend("い"), w.friend("う")}
	const each = 30
	for i := range each {
		for _, u := range people {
			w.Say(u.ID, fmt.Sprint(i))
		}
	}
	w.settle()
	next := make(map[string]int)
	for _, e := range w.bot.received() {
		if want := fmt.Sprint(next[e.Source.UserID]); e.Message.Text != want {
			t.Fatalf("%s said %s, want %s first", e.Source.UserID, e.Message.Text, want)
		}
		next[e.Source.UserID]++
	}
	for _, u := range people {
		if next[u.ID] != each {
			t.Errorf("%s: %d events, want %d", u.DisplayName, next[u.ID], each)
		}
	}
}

func TestRedelivery(t *testing.T) {
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{Redeliver: true, RedeliverAfter: time.Millisecond}})
	failures := 2
	w.bot.status = func([]byte) int {
		if failures > 0 {
			failures--
			return http.StatusInternalServerError
		}
		return http.StatusOK
	}
	u := w.friend("花子")
	w.Say(u.ID, "聞こえますか")
	w.settle()
	events := w.bot.received()
	if len(events) != 3 {
		t.Fatalf("delivered %d times, want 3", len(events))
	}
	for i, e := range events {
		if e.ID != events[0].ID || e.ReplyToken != events[0].ReplyToken || e.DeliveryContext.IsRedelivery != (i > 0) {
			t.Errorf("delivery %d: %+v", i, e)
		}
	}
	if log := w.Events(); len(log) != 1 || !log[0].Acknowledged || log[0].Attempts != 3 {
		t.Errorf("events %+v", log)
	}
}

func TestRedeliveryGivesUp(t *testing.T) {
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{
		Redeliver: true, RedeliverAfter: time.Millisecond, MaxAttempts: 3,
	}})
	w.bot.status = func([]byte) int { return http.StatusServiceUnavailable }
	w.Say(w.friend("花子").ID, "はい")
	w.settle()
	if log := w.Events(); log[0].Acknowledged || log[0].Attempts != 3 || log[0].Status != http.StatusServiceUnavailable {
		t.Errorf("events %+v", log)
	}
}

func TestNoRedeliveryUnlessSwitchedOn(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	w.bot.status = func([]byte) int { return http.StatusInternalServerError }
	w.Say(w.friend("花子").ID, "はい")
	w.settle()
	if n := len(w.bot.received()); n != 1 {
		t.Errorf("delivered %d times, want 1", n)
	}
}

func TestDuplicates(t *testing.T) {
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{Duplicates: 2}})
	w.Say(w.friend("花子").ID, "はい")
	w.settle()
	events := w.bot.received()
	if len(events) != 3 {
		t.Fatalf("delivered %d times, want 3", len(events))
	}
	for _, e := range events {
		if e.ID != events[0].ID || e.DeliveryContext.IsRedelivery {
			t.Errorf("duplicate %+v", e)
		}
	}
}

func TestSeveralPeopleInOneBody(t *testing.T) {
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{EventsPerBody: 10}})
	w.HoldWebhooks()
	a, b := w.friend("あ"), w.friend("い")
	w.Say(a.ID, "一")
	w.Say(b.ID, "二")
	w.Emit(b.ID, "futureEvent", map[string]any{"future": map[string]any{"x": 1}}, false)
	w.settle() // held events do not count as on their way
	if n := len(w.bot.received()); n != 0 {
		t.Fatalf("%d events came while held", n)
	}
	w.ReleaseWebhooks()
	w.settle()
	if len(w.bot.bodies) != 2 {
		t.Fatalf("%d bodies, want 2: both people's first event, then the second one's next", len(w.bot.bodies))
	}
	types := []string{}
	for _, e := range w.bot.received() {
		types = append(types, e.Type)
	}
	if want := []string{"message", "message", "futureEvent"}; !slices.Equal(types, want) {
		t.Errorf("events %v, want %v", types, want)
	}
	var body struct{ Destination string }
	if err := json.Unmarshal(w.bot.bodies[0], &body); err != nil || body.Destination != w.Options().BotUserID {
		t.Errorf("destination %q", body.Destination)
	}
}

func TestShuffle(t *testing.T) {
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{Shuffle: true, Parallel: 1}})
	w.HoldWebhooks()
	u := w.friend("花子")
	var said []string
	for i := range 20 {
		said = append(said, fmt.Sprint(i))
		w.Say(u.ID, said[i])
	}
	w.ReleaseWebhooks()
	w.settle()
	var heard []string
	for _, e := range w.bot.received() {
		heard = append(heard, e.Message.Text)
	}
	if slices.Equal(heard, said) {
		t.Error("the order did not change")
	}
	slices.Sort(heard)
	slices.Sort(said)
	if !slices.Equal(heard, said) {
		t.Errorf("heard %v", heard)
	}
}

func TestWebhookOff(t *testing.T) {
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{Off: true}})
	w.Say(w.friend("花子").ID, "はい")
	w.settle()
	if len(w.bot.received()) != 0 {
		t.Error("an event came although webhooks are off")
	}
	if r := w.call("GET", "/v2/bot/channel/webhook/endpoint", ""); !strings.Contains(r.Body, `"active":false`) {
		t.Errorf("endpoint %s", r.Body)
	}
}

// A server that does not answer within LINE's time has not acknowledged the event.
func TestWebhookTimeout(t *testing.T) {
	block := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-block }))
	defer slow.Close()
	defer close(block)
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{Timeout: 10 * time.Millisecond}})
	w.SetWebhookURL(slow.URL)
	w.Say(w.friend("花子").ID, "はい")
	w.settle()
	if log := w.Events(); log[0].Acknowledged || log[0].Status != 0 || log[0].Attempts != 1 {
		t.Errorf("events %+v", log)
	}
}

func TestCloseAbandonsWhatWaits(t *testing.T) {
	var asked atomic.Int32
	arrived := make(chan struct{}, 1)
	hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		io.Copy(io.Discard, r.Body) // or the server does not see that the client went away
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	defer hang.Close()
	p := linesim.New(linesim.Options{WebhookURL: hang.URL, Webhooks: linesim.WebhookSettings{
		Redeliver: true, RedeliverAfter: time.Hour, Timeout: time.Hour, Parallel: 1,
	}})
	u := p.AddUser(linesim.User{Friend: true})
	p.Say(u.ID, "一")
	p.Say(u.ID, "二")
	<-arrived
	p.Close()
	p.Say(u.ID, "三")
	if n := asked.Load(); n != 1 {
		t.Errorf("%d webhooks, want only the one that was on its way", n)
	}
	if err := p.WaitIdle(t.Context()); err != nil {
		t.Errorf("a closed platform is idle: %v", err)
	}
}

func TestDrain(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	for range 50 {
		w.Say(u.ID, "はい")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := w.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(w.bot.received()); n != 50 {
		t.Errorf("%d events, want 50", n)
	}
}

func TestWebhookEndpoint(t *testing.T) {
	w := newWorld(t, linesim.Options{AllowLoopbackHTTP: true})
	if r := w.want(w.call("POST", "/v2/bot/channel/webhook/test", ""), 200); !strings.Contains(r.Body, `"success":true`) || !strings.Contains(r.Body, `"reason":"OK"`) {
		t.Errorf("test %s", r.Body)
	}
	if body := w.bot.bodies[0]; !bytes.Contains(body, []byte(`"events":[]`)) {
		t.Errorf("the test sent %s, want no events", body)
	}
	w.bot.status = func([]byte) int { return http.StatusTeapot }
	if r := w.call("POST", "/v2/bot/channel/webhook/test", ""); !strings.Contains(r.Body, `"reason":"ERROR_STATUS_CODE"`) || !strings.Contains(r.Body, `"statusCode":418`) {
		t.Errorf("test %s", r.Body)
	}
	if r := w.call("POST", "/v2/bot/channel/webhook/test", `{"endpoint":"http://127.0.0.1:1/"}`); !strings.Contains(r.Body, `"reason":"COULD_NOT_CONNECT"`) || !strings.Contains(r.Body, `"statusCode":0`) {
		t.Errorf("test %s", r.Body)
	}
	for _, bad := range []string{"http://example.com/hook", "ftp://example.com/", "/hook", "https://example.com/" + strings.Repeat("x", 500)} {
		w.want(w.call("PUT", "/v2/bot/channel/webhook/endpoint", fmt.Sprintf(`{"endpoint":%q}`, bad)), 400)
	}
	w.want(w.call("PUT", "/v2/bot/channel/webhook/endpoint", `{"endpoint":"https://example.com/hook"}`), 200)
	if r := w.call("GET", "/v2/bot/channel/webhook/endpoint", ""); r.Body != `{"active":true,"endpoint":"https://example.com/hook"}` {
		t.Errorf("endpoint %s", r.Body)
	}
}

func TestPostWebhook(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	status, err := w.PostWebhook(t.Context(), []byte(`{"destination":"x","events":[{"type":"strange"}]}`))
	if err != nil || status != 200 {
		t.Errorf("status %d, %v", status, err)
	}
	if events := w.bot.received(); len(events) != 1 || events[0].Type != "strange" {
		t.Errorf("events %+v", events)
	}
}
