package linesim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"ippo/internal/linesim"
)

// Everything at once, for the race detector, and nothing lost by it.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, linesim.Options{NoRateLimits: true, Webhooks: linesim.WebhookSettings{EventsPerBody: 3}})
	const people, rounds = 8, 20
	users := make([]linesim.User, people)
	for i := range users {
		users[i] = w.AddUser(linesim.User{})
	}
	var work sync.WaitGroup
	for _, u := range users {
		work.Go(func() {
			w.Follow(u.ID)
			for i := range rounds {
				w.Say(u.ID, fmt.Sprint(i))
				w.Tap(u.ID, json.RawMessage(`{"type":"postback","data":"p","displayText":"はい"}`), "")
			}
		})
		work.Go(func() {
			for range rounds {
				if r, err := w.try("POST", "/v2/bot/message/multicast", multicastTo("一", users[0].ID, u.ID)); err != nil || r.Status != 200 {
					t.Errorf("multicast: %d, %v", r.Status, err)
				}
				w.Screen(u.ID)
				w.Users()
				w.Events()
			}
		})
		work.Go(func() {
			for range rounds {
				remove := w.Inject(linesim.Fault{Endpoint: linesim.BotInfo, Status: 500})
				w.try("GET", "/v2/bot/info", "")
				remove()
				w.SetWebhooks(w.WebhookSettings())
			}
		})
	}
	work.Wait()
	w.settle()
	if got, want := len(w.bot.received()), people*(1+2*rounds); got != want {
		t.Errorf("%d events, want %d", got, want)
	}
	total := 0
	for _, u := range users {
		total += w.Received(u.ID)
	}
	if w.Used() != int64(total) {
		t.Errorf("received %d, counted %d", total, w.Used())
	}
}

// A platform that runs for long forgets tokens that can no longer be used.
func TestOldTokensAreForgotten(t *testing.T) {
	w := newWorld(t, linesim.Options{DiscardMessages: true, Webhooks: linesim.WebhookSettings{Off: true}})
	u := w.friend("花子")
	w.Say(u.ID, "はい")
	for range 5 {
		for range 2000 {
			w.Postback(u.ID, "p", nil)
		}
		w.advance(time.Hour)
	}
	if n := linesim.ReplyTokens(w.Platform); n > 6000 {
		t.Errorf("%d reply tokens are kept", n)
	}
}

func BenchmarkMulticast(b *testing.B) {
	p := linesim.New(linesim.Options{DiscardMessages: true, NoRateLimits: true})
	defer p.Close()
	ids := make([]string, 500)
	for i := range ids {
		ids[i] = p.AddUser(linesim.User{Friend: true}).ID
	}
	body := multicastTo("断水のお知らせ", ids...)
	api := httptest.NewServer(p.Handler())
	defer api.Close()
	b.ReportAllocs()
	for b.Loop() {
		req, err := http.NewRequest("POST", api.URL+"/v2/bot/message/multicast", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+p.Options().AccessToken)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != 200 {
			b.Fatal(err, res)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	b.ReportMetric(float64(b.N)*500/b.Elapsed().Seconds(), "recipients/s")
}

func BenchmarkWebhooks(b *testing.B) {
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer hook.Close()
	p := linesim.New(linesim.Options{DiscardMessages: true, WebhookURL: hook.URL})
	defer p.Close()
	users := make([]linesim.User, 1000)
	for i := range users {
		users[i] = p.AddUser(linesim.User{Friend: true})
	}
	b.ResetTimer()
	for i := range b.N { // not b.Loop: the clock must run until the last answer
		p.Say(users[i%len(users)].ID, "はい")
	}
	if err := p.WaitIdle(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
