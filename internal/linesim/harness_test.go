package linesim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/webhook"

	"ippo/internal/linesim"
)

// bot is the other side of the platform: it checks signatures, keeps what it was sent and answers status.
type bot struct {
	secret string

	mu     sync.Mutex
	bodies [][]byte
	events []botEvent
	status func(body []byte) int
}

// botEvent is what a bot reads of an event.
type botEvent struct {
	Type            string                      `json:"type"`
	ID              string                      `json:"webhookEventId"`
	ReplyToken      string                      `json:"replyToken"`
	Source          struct{ UserID string }     `json:"source"`
	DeliveryContext struct{ IsRedelivery bool } `json:"deliveryContext"`
	Message         struct{ ID, Text, MarkAsReadToken string }
	Follow          struct{ IsUnblocked bool }
	Postback        struct {
		Data   string
		Params map[string]string
	}
	Unsend struct{ MessageID string }
	Link   struct{ Result, Nonce string }
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !webhook.ValidateSignature(b.secret, r.Header.Get("X-Line-Signature"), body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bodies = append(b.bodies, body)
	var in struct{ Events []botEvent }
	if err := json.Unmarshal(body, &in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.events = append(b.events, in.Events...)
	if b.status != nil {
		w.WriteHeader(b.status(body))
	}
}

func (b *bot) received() []botEvent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]botEvent(nil), b.events...)
}

// world is a platform served over HTTP, a bot on its webhook, and a clock that only tests move.
type world struct {
	*linesim.Platform
	t   *testing.T
	bot *bot
	url string

	mu  sync.Mutex
	now time.Time
}

// newWorld starts at 23:59:30 on 31 March in Japan, half a minute before a new month.
func newWorld(t *testing.T, opts linesim.Options) *world {
	t.Helper()
	w := &world{t: t, bot: &bot{}, now: time.Date(2026, 3, 31, 14, 59, 30, 0, time.UTC)}
	hook := httptest.NewServer(w.bot)
	t.Cleanup(hook.Close)
	opts.Now = w.clock
	opts.WebhookURL = hook.URL
	w.Platform = linesim.New(opts)
	t.Cleanup(w.Close)
	w.bot.secret = w.Options().ChannelSecret
	api := httptest.NewServer(w.Handler())
	t.Cleanup(api.Close)
	w.url = api.URL
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// settle waits until every webhook is answered.
func (w *world) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	if err := w.WaitIdle(ctx); err != nil {
		w.t.Fatalf("webhooks are still on their way: %v", err)
	}
}

// last returns the latest event the bot got, which must be of the type.
func (w *world) last(eventType string) botEvent {
	w.t.Helper()
	w.settle()
	events := w.bot.received()
	if len(events) == 0 || events[len(events)-1].Type != eventType {
		w.t.Fatalf("events %+v, want %s last", events, eventType)
	}
	return events[len(events)-1]
}

// reply is what a client got back.
type response struct {
	Status int
	Header http.Header
	Body   string
}

func (r response) decode(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		t.Fatalf("answer %q: %v", r.Body, err)
	}
}

type header map[string]string

// call makes a request with the channel's token and waits for the answer.
func (w *world) call(method, path, body string, headers ...header) response {
	w.t.Helper()
	r, err := w.try(method, path, body, headers...)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// try is call for answers that may never come.
func (w *world) try(method, path, body string, headers ...header) (response, error) {
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return response{}, err
	}
	req.Header.Set("Authorization", "Bearer "+w.Options().AccessToken)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		for name, value := range h {
			req.Header.Set(name, value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return response{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return response{res.StatusCode, res.Header, string(raw)}, err
}

// want fails the test unless the answer has the status.
func (w *world) want(r response, status int) response {
	w.t.Helper()
	if r.Status != status {
		w.t.Fatalf("status %d %s, want %d", r.Status, r.Body, status)
	}
	return r
}

func (w *world) friend(name string) linesim.User {
	return w.AddUser(linesim.User{DisplayName: name, Language: "ja", Friend: true})
}

func text(s string) string { return fmt.Sprintf(`{"type":"text","text":%q}`, s) }

func pushTo(to, s string) string { return fmt.Sprintf(`{"to":%q,"messages":[%s]}`, to, text(s)) }
