package jobs

import (
	"context"
	"time"
)

// ChangeTags works off what staff asked for of many followers at once, part by part: webhooks are stored between
// them. What a crash leaves is done by the next start.
func (r *Runner) ChangeTags(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil {
		more, err := r.store.ApplyTagChanges(ctx)
		if err != nil || !more {
			return next, err
		}
	}
	return next, nil
}
