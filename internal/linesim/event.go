package linesim

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strconv"
	"time"
)

// firstMessageID makes message IDs look as LINE's do: 18 digits.
const firstMessageID = 540_000_000_000_000_000

// fields are the members of a JSON object.
type fields = map[string]any

// source is where an event comes from: a person, or a person in a group.
type source struct {
	chatID string
	object fields
}

func userSource(userID string) source {
	return source{userID, fields{"type": "user", "userId": userID}}
}

func groupSource(groupID, userID string) source {
	object := fields{"type": "group", "groupId": groupID}
	if userID != "" {
		object["userId"] = userID
	}
	return source{groupID, object}
}

// Whether LINE gives an event a reply token.
const (
	withReplyToken    = true
	withoutReplyToken = false
)

// event is a webhook event and what became of it.
type event struct {
	id, typ    string
	chatID     string
	replyToken string
	at         time.Time
	object     fields // everything but deliveryContext
	attempts   int
	status     int
	acked      bool
}

// Event tells what happened to one webhook event.
type Event struct {
	ID           string          `json:"id"` // webhookEventId
	Type         string          `json:"type"`
	ChatID       string          `json:"chatId"`
	ReplyToken   string          `json:"replyToken,omitempty"`
	At           time.Time       `json:"at"`
	Attempts     int             `json:"attempts"`     // deliveries tried, duplicates and redeliveries included
	Acknowledged bool            `json:"acknowledged"` // at least one of them was answered 20x in time
	Status       int             `json:"status"`       // last answer; 0: none came
	Body         json.RawMessage `json:"body"`         // the event object of the first delivery
}

// Events returns every webhook event so far, oldest first; none with DiscardMessages.
func (p *Platform) Events() []Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	events := make([]Event, len(p.hooks.log))
	for i, e := range p.hooks.log {
		events[i] = Event{
			ID: e.id, Type: e.typ, ChatID: e.chatID, ReplyToken: e.replyToken, At: e.at,
			Attempts: e.attempts, Acknowledged: e.acked, Status: e.status, Body: e.encode(false),
		}
	}
	return events
}

// Emit sends an event of any type, known to LINE or not, from a person's chat: beacon, accountLink, or one
// that LINE will invent next year. It returns its webhookEventId.
func (p *Platform) Emit(userID, eventType string, object map[string]any, replyToken bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users[userID] == nil {
		return "", ErrUnknownUser
	}
	return p.emit(userSource(userID), eventType, object, replyToken).id, nil
}

// emit makes an event and queues it for delivery. p.mu is held.
func (p *Platform) emit(src source, typ string, object fields, replyToken bool) *event {
	e := &event{id: newULID(p.now()), typ: typ, chatID: src.chatID, at: p.now(), object: fields{}}
	maps.Copy(e.object, object)
	e.object["type"] = typ
	e.object["mode"] = "active"
	e.object["timestamp"] = e.at.UnixMilli()
	e.object["source"] = src.object
	e.object["webhookEventId"] = e.id
	if replyToken {
		e.replyToken = p.newReplyToken(src.chatID)
		e.object["replyToken"] = e.replyToken
	}
	p.enqueue(e)
	p.touch()
	return e
}

// encode returns the event object as LINE sends it. Only deliveryContext differs between deliveries.
func (e *event) encode(redelivery bool) json.RawMessage {
	object := maps.Clone(e.object)
	object["deliveryContext"] = fields{"isRedelivery": redelivery}
	raw, err := json.Marshal(object)
	if err != nil {
		panic("linesim: an event that is no JSON: " + err.Error()) // Emit was given a channel or a function
	}
	return raw
}

// nextMessageID returns a message ID. p.mu is held.
func (p *Platform) nextMessageID() string {
	p.message++
	return strconv.FormatUint(p.message, 10)
}

func (p *Platform) randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// newULID makes a webhookEventId: 48 bits of milliseconds and 80 random ones in Crockford's base 32
// (https://github.com/ulid/spec).
func newULID(at time.Time) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var b [16]byte
	rand.Read(b[6:])
	ms := uint64(at.UnixMilli())
	b[0], b[1], b[2] = byte(ms>>40), byte(ms>>32), byte(ms>>24)
	b[3], b[4], b[5] = byte(ms>>16), byte(ms>>8), byte(ms)
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var id [26]byte
	for i := len(id) - 1; i >= 0; i-- {
		id[i] = digits[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(id[:])
}
