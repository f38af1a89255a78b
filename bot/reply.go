package bot

import (
	"context"
	"encoding/json"
	"time"

	"ippo"
	"ippo/internal/line"
)

// pendingReply is a reply as it waits in the inbox.
type pendingReply struct {
	Token    string         `json:"token"`
	Messages []ippo.Message `json:"messages"`
}

// replyLife is how long a reply is worth sending. LINE guarantees its token for one minute. Source:
// https://developers.line.biz/en/reference/messaging-api/#send-reply-message-reply-token
const replyLife = 55 * time.Second

// replyTry is how long one try may take. LINE answers within a second.
const replyTry = 10 * time.Second

// reply sends a stored reply. A reply has no retry key, but its token is good once: sending it again
// after an unclear outcome, or after a crash, is safe, and "Invalid reply token" then ends it. It never
// becomes a push.
func (b *Bot) reply(ctx context.Context, e ippo.InboundEvent, stored []byte) {
	var r pendingReply
	if err := json.Unmarshal(stored, &r); err != nil {
		b.log.Error("stored reply cannot be read", "event", e.ID, "err", err)
		b.replyDone(ctx, e)
		return
	}
	started := time.Now()
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 4*time.Second) {
		try, cancel := context.WithTimeout(ctx, replyTry)
		_, err := b.line.Reply(try, r.Token, r.Messages)
		cancel()
		switch line.ClassOf(err) {
		case line.OK:
			b.replyDone(ctx, e)
			return
		case line.InvalidReplyToken:
			b.log.Info("reply token is spent or too old", "event", e.ID)
			b.replyDone(ctx, e)
			return
		case line.Temporary, line.RateLimited, line.Unauthorized:
			if ctx.Err() != nil {
				return // the next start sends it
			}
			if time.Since(started)+pause > replyLife {
				b.log.Warn("reply given up", "event", e.ID, "err", err)
				b.replyDone(ctx, e)
				return
			}
		default:
			b.log.Error("reply refused", "event", e.ID, "err", err)
			b.replyDone(ctx, e)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (b *Bot) replyDone(ctx context.Context, e ippo.InboundEvent) {
	if err := b.store.ReplyDone(ctx, e.ID); err != nil {
		// It is sent again at the next start, and LINE refuses the token.
		b.log.Error("reply could not be settled", "event", e.ID, "err", err)
	}
}
