package jobs

import (
	"context"
	"time"
)

// CountIndicators counts, once a day, what indicators have Ippo count, and freezes the years that have ended.
// next is always zero: the minute comes anyway.
func (r *Runner) CountIndicators(ctx context.Context) (next time.Time, err error) {
	counted, err := r.store.CountIndicators(ctx)
	if counted > 0 {
		r.log.InfoContext(ctx, "indicators counted", "indicators", counted)
	}
	return next, err
}
