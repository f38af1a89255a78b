package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/line/line-bot-sdk-go/v8/linebot/webhook"

	"ippo"
)

// maxWebhook bounds a webhook's body. LINE names no limit; its bodies have a few kilobytes.
const maxWebhook = 1 << 20

// webhook stores the events of one call from LINE and answers 200 once they are on disk. LINE waits two
// seconds, so nothing else happens here. Source:
// https://developers.line.biz/en/docs/messaging-api/receiving-messages/
func (b *Bot) webhook(c *gin.Context) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxWebhook))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			c.AbortWithStatus(http.StatusRequestEntityTooLarge)
			return
		}
		c.AbortWithStatus(http.StatusBadRequest) // the caller hung up
		return
	}
	if !b.signed(c.GetHeader("X-Line-Signature"), body) {
		c.AbortWithStatus(http.StatusUnauthorized)
		return
	}
	var call struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		// The decoder's words may quote the body.
		b.log.Warn("webhook: a signed body is not what LINE documents", "bytes", len(body))
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	if err := b.store.AppendEvents(c.Request.Context(), b.inbound(call.Events)); err != nil {
		b.log.Error("webhook: events could not be stored", "events", len(call.Events), "err", err)
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	if len(call.Events) > 0 {
		ring(b.wake)
	}
	c.Status(http.StatusOK)
}

// signed reports whether the signature is that of the raw body under one of the channel's secrets.
func (b *Bot) signed(signature string, body []byte) bool {
	ok := false
	for _, s := range b.secrets {
		ok = webhook.ValidateSignature(s, signature, body) || ok
	}
	return ok
}

// inbound reads what must be known before an event is stored. An event that cannot be read is left out:
// it never hurts its neighbours.
func (b *Bot) inbound(raws []json.RawMessage) []ippo.InboundEvent {
	now := b.now()
	events := make([]ippo.InboundEvent, 0, len(raws))
	for _, raw := range raws {
		e, err := parseEvent(raw)
		if err != nil {
			b.log.Warn("webhook: an event is not what LINE documents; ignored", "bytes", len(raw))
			continue
		}
		if e.kind() == kindUnknown {
			b.log.Info("webhook: event of an unknown kind; ignored", "type", name(e.Type), "message", name(e.Message.Type))
		}
		in := ippo.InboundEvent{
			EventID:    e.WebhookEventID,
			MessageID:  e.Message.ID,
			Payload:    raw,
			OccurredAt: now,
			ReceivedAt: now,
		}
		if in.EventID == "" {
			// LINE sends one with every event; without it, what is the same text is the same event.
			sum := sha256.Sum256(raw)
			in.EventID = hex.EncodeToString(sum[:])
		}
		if e.Source.Type == "user" && ippo.IsLineUserID(e.Source.UserID) {
			in.LineUserID = e.Source.UserID
		}
		if e.Timestamp > 0 && e.Timestamp < 1<<42 {
			in.OccurredAt = time.UnixMilli(e.Timestamp)
		}
		events = append(events, in)
	}
	return events
}

// name keeps a stranger's word for something fit for a log line.
func name(s string) string {
	const longest = 40
	for i, r := range s {
		if i >= longest || r < '!' || r > '~' {
			return s[:i] + "…"
		}
	}
	return s
}
