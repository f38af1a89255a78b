package jobs

import (
	"context"
	"time"

	"ippo"
)

// Announce makes a broadcast of each milestone that a campaign has reached since the last look; in the quiet
// hours it leaves when they end. next is always zero, as with Fire.
func (r *Runner) Announce(ctx context.Context) (next time.Time, err error) {
	now := r.now()
	due, err := r.store.DueMilestones(ctx, now)
	if err != nil || len(due) == 0 {
		return next, err
	}
	settings, err := r.store.Settings(ctx)
	if err != nil {
		return next, err
	}
	for _, one := range due {
		reached := one.Reached[len(one.Reached)-1]
		wording := r.milestone(one.Campaign, reached)
		b := one.Campaign.Recurring().Broadcast(wording.Draw(ippo.Japanese))
		if settings.Quiet(now, r.holidays) {
			b.SendAt = settings.Open(now, r.holidays)
		}
		if err := unlessConflict(r.store.Announce(ctx, one, b, wording)); err != nil {
			return next, err
		}
		r.log.InfoContext(ctx, "milestone reached", "campaign", one.Campaign.ID, "milestone", reached.String(), "broadcast", b.ID)
	}
	signal(r.deliver)
	signal(r.mails)
	return next, nil
}
