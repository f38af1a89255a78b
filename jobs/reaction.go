package jobs

import (
	"context"
	"time"
)

// CountReactions counts, two days after the end of each broadcast, who has blocked the account since, once. next is when
// there will be more to do.
func (r *Runner) CountReactions(ctx context.Context) (next time.Time, err error) {
	due, next, err := r.store.ReactionsDue(ctx, r.now())
	if err != nil {
		return next, err
	}
	for _, b := range due {
		if err := r.store.CountReaction(ctx, b); err != nil {
			return next, err
		}
	}
	return next, nil
}
