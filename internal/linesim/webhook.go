package linesim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// What LINE does when the settings leave it open.
const (
	webhookTimeout    = 2 * time.Second // docs: check-webhook-error-statistics
	defaultParallel   = 8
	defaultRedelivery = 500 * time.Millisecond // LINE does not say; short, because people are watching
	defaultAttempts   = 20
	maxEventLog       = 100_000
)

// WebhookSettings are the console's webhook switches, and the ways in which LINE's delivery can be untidy.
type WebhookSettings struct {
	Off bool // Webhookの利用 off: events happen and are not delivered

	// Redeliver is Webhookの再送: an event not answered 20x is delivered again. Later events of the same chat
	// do not wait for it, as LINE promises no order.
	Redeliver      bool
	RedeliverAfter time.Duration // 500 ms when zero
	MaxAttempts    int           // 20 when zero

	Timeout  time.Duration // LINE's 2 s when zero
	Parallel int           // bodies on their way at once, 8 when zero; one chat's events never overtake each other

	EventsPerBody int  // up to so many waiting events, of different chats, in one body; 1 when zero
	Duplicates    int  // deliver each event so many times more, at the same time
	Shuffle       bool // deliver in any order, also within a chat
}

func (s WebhookSettings) withDefaults() WebhookSettings {
	s.RedeliverAfter = positive(s.RedeliverAfter, defaultRedelivery)
	s.MaxAttempts = positive(s.MaxAttempts, defaultAttempts)
	s.Timeout = positive(s.Timeout, webhookTimeout)
	s.Parallel = positive(s.Parallel, defaultParallel)
	s.EventsPerBody = positive(s.EventsPerBody, 1)
	return s
}

func positive[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// hooks are the webhooks on their way. They are guarded by Platform.mu.
type hooks struct {
	url      string
	settings WebhookSettings
	held     bool
	closed   bool

	lanes  map[string]*lane
	ready  []*lane // lanes with an event waiting and none on its way
	flying int     // bodies on their way
	later  map[*time.Timer]struct{}
	log    []*event
}

// lane keeps the order of one chat's events: one on its way, the others behind it.
type lane struct {
	key     string
	waiting []*parcel
}

// parcel is one delivery of one event.
type parcel struct {
	event      *event
	redelivery bool
}

func newHooks(opts Options) hooks {
	return hooks{
		url: opts.WebhookURL, settings: opts.Webhooks,
		lanes: make(map[string]*lane), later: make(map[*time.Timer]struct{}),
	}
}

func (h *hooks) idle() bool {
	return h.flying == 0 && len(h.later) == 0 && (h.held || len(h.ready) == 0)
}

func (h *hooks) abandon() {
	h.closed = true
	h.ready = nil
	for t := range h.later {
		t.Stop()
	}
	clear(h.later)
	clear(h.lanes)
}

// SetWebhookURL is what the console's Webhook URL field does. Events that wait go to the new address.
func (p *Platform) SetWebhookURL(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks.url = url
	p.pump()
	p.touch()
}

// WebhookSettings returns the settings in force.
func (p *Platform) WebhookSettings() WebhookSettings {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hooks.settings
}

// SetWebhooks changes how webhooks are delivered from now on.
func (p *Platform) SetWebhooks(s WebhookSettings) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks.settings = s.withDefaults()
	p.pump()
}

// HoldWebhooks keeps events back until ReleaseWebhooks, so that several people's go into one body or a
// test can look at the moment before.
func (p *Platform) HoldWebhooks() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks.held = true
}

// ReleaseWebhooks lets the events go that HoldWebhooks kept back.
func (p *Platform) ReleaseWebhooks() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks.held = false
	p.pump()
}

// Redeliver delivers an event again, marked as LINE marks a redelivery.
func (p *Platform) Redeliver(webhookEventID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range slices.Backward(p.hooks.log) {
		if e.id == webhookEventID {
			p.queue(e.chatID, &parcel{event: e, redelivery: true})
			p.pump()
			return nil
		}
	}
	return fmt.Errorf("linesim: no event %s", webhookEventID)
}

// PostWebhook signs a body and delivers it at once, past the queue. It returns the status of the answer.
func (p *Platform) PostWebhook(ctx context.Context, body []byte) (int, error) {
	p.mu.Lock()
	url := p.hooks.url
	p.mu.Unlock()
	return p.post(ctx, url, body)
}

// Sign returns the x-line-signature of a webhook body.
func (p *Platform) Sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(p.opts.ChannelSecret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// enqueue puts a new event on its way. p.mu is held.
func (p *Platform) enqueue(e *event) {
	h := &p.hooks
	if !p.opts.DiscardMessages {
		if len(h.log) == maxEventLog {
			h.log = slices.Delete(h.log, 0, maxEventLog/10)
		}
		h.log = append(h.log, e)
	}
	if h.settings.Off || h.url == "" {
		return
	}
	p.queue(e.chatID, &parcel{event: e})
	for i := range h.settings.Duplicates {
		p.queue(fmt.Sprintf("%s/%d", e.id, i), &parcel{event: e})
	}
	p.pump()
}

// queue puts a parcel behind the others of its lane. p.mu is held.
func (p *Platform) queue(key string, item *parcel) {
	h := &p.hooks
	if h.closed {
		return
	}
	if h.settings.Shuffle {
		key = fmt.Sprintf("%s/%p", key, item) // a lane of its own: nothing to keep order with
	}
	if l := h.lanes[key]; l != nil {
		l.waiting = append(l.waiting, item)
		return
	}
	l := &lane{key: key, waiting: []*parcel{item}}
	h.lanes[key] = l
	at := len(h.ready)
	if h.settings.Shuffle {
		at = p.random.IntN(at + 1)
	}
	h.ready = slices.Insert(h.ready, at, l)
}

// pump starts as many deliveries as may be on their way at once. p.mu is held.
func (p *Platform) pump() {
	h := &p.hooks
	for !h.closed && !h.held && h.flying < h.settings.Parallel && len(h.ready) > 0 {
		n := min(h.settings.EventsPerBody, len(h.ready))
		lanes := slices.Clone(h.ready[:n])
		h.ready = h.ready[n:]
		parcels := make([]*parcel, n)
		for i, l := range lanes {
			parcels[i] = l.waiting[0]
			l.waiting = l.waiting[1:]
		}
		h.flying++
		p.work.Add(1)
		go p.deliver(h.url, h.settings.Timeout, lanes, parcels)
	}
}

// deliver posts one body and settles what becomes of its events.
func (p *Platform) deliver(url string, timeout time.Duration, lanes []*lane, parcels []*parcel) {
	defer p.work.Done()
	status := p.postEvents(url, timeout, parcels)

	p.mu.Lock()
	defer p.mu.Unlock()
	h := &p.hooks
	h.flying--
	for _, item := range parcels {
		p.settle(item, status)
	}
	if !h.closed {
		for _, l := range lanes {
			if len(l.waiting) > 0 {
				h.ready = append(h.ready, l)
			} else {
				delete(h.lanes, l.key)
			}
		}
	}
	p.pump()
	p.touch()
}

func (p *Platform) postEvents(url string, timeout time.Duration, parcels []*parcel) int {
	objects := make([]json.RawMessage, len(parcels))
	p.mu.Lock()
	now := p.now()
	for i, item := range parcels {
		objects[i] = item.event.encode(item.redelivery)
		if token := p.replyTokens[item.event.replyToken]; token != nil {
			token.received = now
		}
	}
	p.mu.Unlock()

	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	status, err := p.post(ctx, url, p.webhookBody(objects))
	if err != nil {
		p.opts.Log.Info("webhook got no answer", "events", len(parcels), "err", err)
	}
	return status
}

func (p *Platform) webhookBody(events []json.RawMessage) []byte {
	body, err := json.Marshal(struct {
		Destination string            `json:"destination"`
		Events      []json.RawMessage `json:"events"`
	}{p.opts.BotUserID, events})
	if err != nil {
		panic("linesim: webhook body: " + err.Error()) // events were marshalled before
	}
	return body
}

// settle notes a delivery's answer and, if LINE would, plans the next one. p.mu is held.
func (p *Platform) settle(item *parcel, status int) {
	e, h := item.event, &p.hooks
	e.attempts++
	e.status = status
	if status/100 == 2 {
		e.acked = true
		return
	}
	if !h.settings.Redeliver || e.attempts >= h.settings.MaxAttempts || h.closed {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(h.settings.RedeliverAfter, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if _, planned := h.later[timer]; !planned {
			return // Close was quicker
		}
		delete(h.later, timer)
		p.queue(e.id+"/redelivery", &parcel{event: e, redelivery: true})
		p.pump()
	})
	h.later[timer] = struct{}{}
}

// post sends one signed body and returns the status of its answer, 0 when there was none.
func (p *Platform) post(ctx context.Context, url string, body []byte) (int, error) {
	if url == "" {
		return 0, errors.New("linesim: no webhook URL is set")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("webhook request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "LineBotWebhook/2.0")
	req.Header.Set("X-Line-Signature", p.Sign(body))
	res, err := p.opts.HTTPClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("post webhook: %w", err)
	}
	defer res.Body.Close()
	// The connection is kept for the next event only if the answer was read to its end.
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, nil
}
