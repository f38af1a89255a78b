package jobs

import (
	"context"
	"fmt"
	"time"
)

// Forget deletes what has done its work and what nobody can use any more. It runs at night.
func (r *Runner) Forget(ctx context.Context) error {
	now := r.now()
	forgotten, err := r.store.ForgetPassing(ctx, now)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		what   string
		forget func(context.Context, time.Time) (int64, error)
	}{
		{"sessions", r.store.ForgetSessions},
		{"login failures", r.store.ForgetLoginFailures},
		{"idempotency keys", r.store.ForgetAnswers},
	} {
		n, err := kind.forget(ctx, now)
		if err != nil {
			return fmt.Errorf("forget %s: %w", kind.what, err)
		}
		if n > 0 {
			forgotten[kind.what] = n
		}
	}
	if len(forgotten) > 0 {
		r.log.InfoContext(ctx, "forgotten", "rows", forgotten)
	}
	// What is busy at half past three is tried again the next night; erasing tries by itself.
	_, err = r.store.Scrub(ctx)
	return err
}
