package bot

import (
	"context"
	"errors"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/store"
)

// workPushes sends the single pushes that forms decided on, until ctx ends. A call that has begun is
// finished under working.
func (b *Bot) workPushes(ctx, working context.Context) {
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for ctx.Err() == nil {
		b.sendPushes(ctx, working)
		select {
		case <-ctx.Done():
		case <-b.pushes:
		case <-ticker.C:
		}
	}
}

// sendPushes tries every push that is due.
func (b *Bot) sendPushes(ctx, working context.Context) {
	const page = 50
	for ctx.Err() == nil {
		due, err := b.store.DuePushes(ctx, b.now(), page)
		if err != nil {
			if ctx.Err() == nil {
				b.log.Error("pushes cannot be read", "err", err)
			}
			return
		}
		for _, p := range due {
			if ctx.Err() != nil {
				return
			}
			if err := b.push(working, p); err != nil {
				b.log.Error("push could not be settled", "push", p.ID, "err", err)
				return // the database is in trouble; the next glance tries again
			}
		}
		if len(due) < page {
			return
		}
	}
}

// push tries one push. The attempt is noted first, so that a crash does not outlive the retry key; under
// one key LINE accepts it once.
func (b *Bot) push(ctx context.Context, p store.Push) error {
	now := b.now()
	if !p.FirstCalledAt.IsZero() && now.Sub(p.FirstCalledAt) > ippo.RetryWindow-time.Hour {
		return b.store.SettlePush(ctx, p.ID, false) // the same key would be a new message
	}
	pause := min(time.Second<<min(p.Attempts+1, 10), 10*time.Minute)
	if err := b.store.TryPush(ctx, p.ID, now.Add(pause)); errors.Is(err, ippo.ErrConflict) {
		return nil
	} else if err != nil {
		return err
	}
	_, err := b.line.Push(ctx, p.RetryKey, p.To, p.Messages, line.Options{})
	switch line.ClassOf(err) {
	case line.OK:
		return b.store.SettlePush(ctx, p.ID, true)
	case line.Temporary, line.RateLimited, line.Unauthorized:
		return nil // later, under the same key
	default: // the month's messages are spent, or the person cannot be reached: the card is in アンバサダー too
		b.log.Warn("push refused", "push", p.ID, "err", err)
		return b.store.SettlePush(ctx, p.ID, false)
	}
}
