package jobs

import (
	"context"
	"errors"
	"time"

	"ippo"
)

// Fire makes a broadcast of every due time of a campaign or a series that has come. One that was missed
// by more than ippo.LateLimit, because the program was not running, waits for staff instead: each due
// time is dealt with exactly once. next is always zero: due times fall on whole minutes, and each is
// looked for every minute.
func (r *Runner) Fire(ctx context.Context) (next time.Time, err error) {
	for {
		now := r.now()
		due, err := r.store.Due(ctx, now)
		if err != nil || len(due) == 0 {
			return next, err
		}
		settings, err := r.store.Settings(ctx)
		if err != nil {
			return next, err
		}
		// Each of them moves to its next due time, which may be past as well.
		for _, one := range due {
			if err := unlessConflict(r.fire(ctx, one, settings, now)); err != nil {
				return next, err
			}
		}
		signal(r.deliver)
		signal(r.mails)
	}
}

func (r *Runner) fire(ctx context.Context, one ippo.Recurring, settings ippo.Settings, now time.Time) error {
	source, due := one.Source.String(), one.NextDue
	if now.Sub(due) > ippo.LateLimit {
		r.log.WarnContext(ctx, "due time missed", "source", source, "due", due)
		return r.store.MissFiring(ctx, one)
	}
	messages, wordings, err := r.sends(ctx, one.Source)
	if err != nil {
		return err
	}
	b := one.Broadcast(messages)
	if settings.Quiet(now, r.holidays) {
		b.SendAt = settings.Open(now, r.holidays)
	}
	err = r.store.Fire(ctx, one, b, wordings...)
	if problems, ok := errors.AsType[ippo.Problems](err); ok {
		// It was fit to be sent when it was switched on; what it needs has gone since, such as a
		// topic. Staff see it among those that wait.
		r.log.WarnContext(ctx, "due time cannot be kept", "source", source, "err", problems)
		return r.store.MissFiring(ctx, one)
	}
	if err == nil {
		r.log.InfoContext(ctx, "fired", "source", source, "due", due, "broadcast", b.ID)
	}
	return err
}

// sends is what a campaign or a series sends; a campaign, in several wordings.
func (r *Runner) sends(ctx context.Context, of ippo.Source) ([]ippo.Message, []ippo.Wording, error) {
	if of.Kind == ippo.SourceSeries {
		series, err := r.store.Series(ctx, ippo.SeriesID(of.ID))
		return series.Messages, nil, err
	}
	campaign, err := r.store.Campaign(ctx, ippo.CampaignID(of.ID))
	if err != nil {
		return nil, nil, err
	}
	wordings := r.reminders(campaign)
	return wordings[0].Draw(ippo.Japanese), wordings, nil
}
