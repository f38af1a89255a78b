package jobs

import (
	"context"
	"time"
)

// PackNames makes searches by name quick again where names came, changed or went. next is always zero: the minute comes
// anyway.
func (r *Runner) PackNames(ctx context.Context) (next time.Time, err error) {
	return next, r.store.PackNames(ctx)
}
