package linesim

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/google/uuid"
)

const (
	// retryKeyLife is how long LINE remembers a retry key; the same key later is a new request
	// (docs: retrying-api-request).
	retryKeyLife = 24 * time.Hour
	// replyTokenLife runs from the webhook's arrival, replyTokenEnd from the event itself, for redeliveries
	// (reference: send-reply-message-reply-token).
	replyTokenLife = time.Minute
	replyTokenEnd  = 20 * time.Minute
	// minSweep is how many tokens or keys are kept before old ones are looked for.
	minSweep = 1024
)

// retryable are the endpoints that take X-Line-Retry-Key; every other answers 400 to it.
var retryable = map[Endpoint]bool{Push: true, Multicast: true, Narrow: true, Broadcast: true}

// retryKey is an X-Line-Retry-Key that came with a call.
type retryKey string

// accepted is what LINE remembers of a call with a retry key.
type accepted struct {
	requestID string
	at        time.Time
	sent      []sentMessage
}

// sentMessage is how reply and push answer.
type sentMessage struct {
	ID         string `json:"id"`
	QuoteToken string `json:"quoteToken,omitempty"`
}

// delivery is the messages of one call, as they arrive.
type delivery struct {
	messages   []json.RawMessage
	types      []string
	ids        []string
	quickReply json.RawMessage // of the last message: only that one is shown (reference: quick-reply)
	requestID  string
	at         time.Time
	silent     bool
	units      []string
}

// newDelivery gives the messages of a call their IDs. p.mu is held.
func (p *Platform) newDelivery(c *call, o outgoing) delivery {
	d := delivery{
		messages: o.Messages, requestID: c.id, at: p.now(), silent: o.NotificationDisabled, units: o.Units,
	}
	for _, m := range o.Messages {
		var members map[string]json.RawMessage // not a struct: its fields would match in any case
		var kind string
		if err := errors.Join(json.Unmarshal(m, &members), json.Unmarshal(members["type"], &kind)); err != nil {
			panic("linesim: a message that was valid before: " + err.Error())
		}
		d.types = append(d.types, kind)
		d.ids = append(d.ids, p.nextMessageID())
		d.quickReply = members["quickReply"]
	}
	if string(d.quickReply) == "null" {
		d.quickReply = nil
	}
	return d
}

// sent returns sentMessages; only what can be quoted has a quote token (docs: get-quote-tokens).
func (d delivery) sent() []sentMessage {
	sent := make([]sentMessage, len(d.ids))
	for i, id := range d.ids {
		sent[i].ID = id
		switch d.types[i] {
		case "text", "textV2", "sticker", "image", "video", "template", "flex":
			sent[i].QuoteToken = "q-" + d.requestID + "-" + id
		}
	}
	return sent
}

// carry puts a delivery into the chats and counts it. p.mu is held.
func (p *Platform) carry(kind Kind, d delivery, to recipients) {
	for _, c := range to.chats {
		p.receive(c, kind, d)
	}
	p.usage.count(kind, d, to.count, p.tokyo)
	p.touch()
}

// send carries out a push, multicast or broadcast, at most once for a retry key. find runs with p.mu held
// and returns the recipients, or an answer with a status that refuses them.
func (p *Platform) send(c *call, kind Kind, o outgoing, find func() (recipients, answer)) answer {
	key := retryKey(c.Header.Get("X-Line-Retry-Key"))
	if key != "" && len(key) != len("123e4567-e89b-12d3-a456-426614174000") || key != "" && uuid.Validate(string(key)) != nil {
		return fail(http.StatusBadRequest, "The X-Line-Retry-Key header must be a UUID in hexadecimal format")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, used := p.retryKeys[key]; used && p.now().Sub(before.at) < retryKeyLife {
		return conflict(kind, before)
	}
	to, refusal := find()
	if refusal.status != 0 {
		return refusal
	}
	if p.opts.Quota > 0 && p.usage.month(p.now(), p.tokyo)+int64(to.count) > p.opts.Quota {
		return fail(http.StatusTooManyRequests, msgMonthlyLimit)
	}
	d := p.newDelivery(c, o)
	p.carry(kind, d, to)
	sent := d.sent()
	if key != "" {
		sweep(p.retryKeys, &p.retryKeyLimit, func(a accepted) bool { return d.at.Sub(a.at) >= retryKeyLife })
		p.retryKeys[key] = accepted{c.id, d.at, sent}
	}
	if kind == KindPush {
		return ok(fields{"sentMessages": sent})
	}
	return done()
}

// conflict is LINE's answer to a retry key that it accepted already.
func conflict(kind Kind, before accepted) answer {
	body := errorBody{Message: msgRetryKeyUsed}
	if kind == KindPush {
		body.SentMessages = before.sent
	}
	return answer{
		status: http.StatusConflict, body: body,
		header: map[string]string{"X-Line-Accepted-Request-Id": before.requestID},
	}
}

// replyToken allows one reply to one event.
type replyToken struct {
	chatID   string
	event    time.Time // when it happened
	received time.Time // when its webhook was last delivered
}

// newReplyToken makes a reply token. p.mu is held.
func (p *Platform) newReplyToken(chatID string) string {
	token, now := p.randomHex(16), p.now()
	sweep(p.replyTokens, &p.replyTokenLimit, func(t *replyToken) bool { return now.Sub(t.event) > replyTokenEnd })
	p.replyTokens[token] = &replyToken{chatID: chatID, event: now, received: now}
	return token
}

// sweep forgets what is over whenever the map has doubled since the last time, so that a long-running
// platform does not grow without end.
func sweep[K comparable, V any](m map[K]V, limit *int, over func(V) bool) {
	if len(m) < *limit {
		return
	}
	maps.DeleteFunc(m, func(_ K, v V) bool { return over(v) })
	*limit = max(minSweep, 2*len(m))
}

// useReplyToken spends a token and returns the chat it answers; false when it was used, is too old or never
// existed. p.mu is held.
func (p *Platform) useReplyToken(token string) (chatID string, valid bool) {
	t := p.replyTokens[token]
	if t == nil {
		return "", false
	}
	delete(p.replyTokens, token)
	now := p.now()
	if now.Sub(t.received) > replyTokenLife || now.Sub(t.event) > replyTokenEnd {
		return "", false
	}
	return t.chatID, true
}

// usage counts what was sent. It is guarded by Platform.mu.
type usage struct {
	months map[string]int64            // "2026-04" → messages that count towards the quota
	days   map[string]int64            // "push/20260401" → messages
	units  map[string]map[string]int64 // "2026-04" → aggregation unit → messages

	broadcasts map[string]broadcastUsage // request ID → what became of it; LINE allows 60 an hour
	audiences  map[string]*audience      // aggregation unit → who got its messages; 1,000 names a month
}

type broadcastUsage struct {
	at         time.Time
	recipients int
	audience   audience
}

func newUsage() usage {
	return usage{
		months: make(map[string]int64), days: make(map[string]int64),
		units: make(map[string]map[string]int64), broadcasts: make(map[string]broadcastUsage),
		audiences: make(map[string]*audience),
	}
}

// month returns how much of the month's quota is used up. LINE does not name the month's time zone; its
// statistics use UTC+9.
func (u *usage) month(at time.Time, zone *time.Location) int64 {
	return u.months[at.In(zone).Format("2006-01")]
}

// count adds a delivery: one message per recipient, however many bubbles it has (docs: pricing). Replies
// are free.
func (u *usage) count(kind Kind, d delivery, recipients int, zone *time.Location) {
	at, n := d.at.In(zone), int64(recipients)
	u.days[string(kind)+"/"+at.Format("20060102")] += n
	if kind == KindReply {
		return
	}
	if kind == KindBroadcast {
		sent := broadcastUsage{at: d.at, recipients: recipients}
		sent.audience.add(d, at.Format("20060102"), recipients)
		u.broadcasts[d.requestID] = sent
	}
	month := at.Format("2006-01")
	u.months[month] += n
	for _, name := range d.units {
		if u.units[month] == nil {
			u.units[month] = make(map[string]int64)
		}
		u.units[month][name] += n
		// The 1,001st name of a month is sent, but not counted (docs: unit-based-statistics-aggregation).
		if u.audiences[name] == nil {
			if len(u.units[month]) > 1000 {
				continue
			}
			u.audiences[name] = &audience{}
		}
		u.audiences[name].add(d, at.Format("20060102"), recipients)
	}
}

// Used returns how many messages of this month's quota are spent.
func (p *Platform) Used() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.usage.month(p.now(), p.tokyo)
}

// SetQuota changes the month's limit; 0 lifts it. SetUsed says how much of it is spent, as if it had been
// sent from elsewhere (LINE Official Account Manager counts too).
func (p *Platform) SetQuota(messages int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opts.Quota = messages
	p.touch()
}

// SetUsed sets what is spent of this month's quota.
func (p *Platform) SetUsed(messages int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usage.months[p.now().In(p.tokyo).Format("2006-01")] = messages
	p.touch()
}
