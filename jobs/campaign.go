package jobs

import (
	"context"
	"errors"
	"time"

	"ippo"
)

// FireCampaigns makes a broadcast of every reminder that is due. One that was missed by more than
// ippo.LateLimit, because the program was not running, waits for staff instead: each due time is
// dealt with exactly once. next is always zero: reminders fall on whole minutes, and each is looked
// for every minute.
func (r *Runner) FireCampaigns(ctx context.Context) (next time.Time, err error) {
	for {
		now := r.now()
		due, err := r.store.CampaignsDue(ctx, now)
		if err != nil || len(due) == 0 {
			return next, err
		}
		settings, err := r.store.Settings(ctx)
		if err != nil {
			return next, err
		}
		// Each of them moves to its next due time, which may be past as well.
		for _, c := range due {
			if err := r.fire(ctx, c, settings, now); err != nil {
				return next, err
			}
		}
		signal(r.deliver)
		signal(r.mails)
	}
}

func (r *Runner) fire(ctx context.Context, c ippo.Campaign, settings ippo.Settings, now time.Time) error {
	following, _ := c.Due(c.NextDue, r.holidays)
	if now.Sub(c.NextDue) > ippo.LateLimit {
		r.log.WarnContext(ctx, "reminder missed", "campaign", c.ID, "due", c.NextDue)
		return unlessConflict(r.store.MissFiring(ctx, c, following))
	}
	b := &ippo.Broadcast{Title: c.Title, Messages: r.reminder(c, settings)}
	if settings.Quiet(now, r.holidays) {
		b.SendAt = settings.Open(now, r.holidays)
	}
	err := r.store.Fire(ctx, c, following, b)
	if problems, ok := errors.AsType[ippo.Problems](err); ok {
		// It was fit to be sent when it was switched on; what it needs has gone since, such as a
		// topic. Staff see it among those that wait.
		r.log.WarnContext(ctx, "reminder cannot be sent", "campaign", c.ID, "err", problems)
		return unlessConflict(r.store.MissFiring(ctx, c, following))
	}
	if err == nil {
		r.log.InfoContext(ctx, "reminder fired", "campaign", c.ID, "due", c.NextDue, "broadcast", b.ID)
	}
	return unlessConflict(err)
}
