package jobs

import (
	"context"
	"time"
)

// MakeMonthlyReports makes, on the 1st in Japan, the draft of the report on the month that has ended; those that
// were missed as well. next is when the month ends.
func (r *Runner) MakeMonthlyReports(ctx context.Context) (next time.Time, err error) {
	made, next, err := r.store.MakeMonthlyReports(ctx)
	if made > 0 {
		r.log.InfoContext(ctx, "monthly reports made", "reports", made)
		signal(r.mails)
	}
	return next, err
}
