package jobs

import (
	"context"
	"time"
)

// LapseApprovals makes drafts again of the broadcasts that nobody approved in time.
func (r *Runner) LapseApprovals(ctx context.Context) (next time.Time, err error) {
	next, err = r.store.LapseBroadcasts(ctx)
	signal(r.mails)
	return next, err
}
