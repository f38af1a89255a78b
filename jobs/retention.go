package jobs

import (
	"context"
	"fmt"
	"time"
)

// Forget deletes what nobody needs any more. It runs at night.
func (r *Runner) Forget(ctx context.Context) error {
	now := r.now()
	for _, kind := range []struct {
		name   string
		forget func(context.Context, time.Time) (int64, error)
	}{
		{"sessions", r.store.ForgetSessions},
		{"login failures", r.store.ForgetLoginFailures},
		{"idempotency keys", r.store.ForgetAnswers},
	} {
		n, err := kind.forget(ctx, now)
		if err != nil {
			return fmt.Errorf("forget %s: %w", kind.name, err)
		}
		if n > 0 {
			r.log.InfoContext(ctx, "forgotten", "what", kind.name, "rows", n)
		}
	}
	return nil
}
