package jobs

import (
	"context"
	"time"
)

// ChangeMany works off what staff asked for of many people or cases at once, part by part: webhooks are stored between them. What
// a crash leaves is done by the next start.
func (r *Runner) ChangeMany(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil {
		more, err := r.store.ApplyTagChanges(ctx)
		if err != nil {
			return next, err
		}
		moved, err := r.store.ApplyAmbassadorChanges(ctx)
		if err != nil {
			return next, err
		}
		if moved {
			signal(r.menus) // the rich menu follows
		}
		cases, err := r.store.ApplyCaseChanges(ctx)
		if err != nil {
			return next, err
		}
		if !more && !moved && !cases {
			return next, nil
		}
	}
	return next, nil
}
