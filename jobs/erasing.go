package jobs

import (
	"context"
	"time"
)

// Erase erases who asked for it, once that can no longer be called off, but for those whom LINE has yet to
// answer a request about. It returns when to try again; the minute comes anyway.
func (r *Runner) Erase(ctx context.Context) (next time.Time, err error) {
	waiting, err := r.store.Erasures(ctx)
	if err != nil {
		return next, err
	}
	now := r.now()
	for _, e := range waiting {
		if from := e.From(); from.After(now) {
			if next.IsZero() || from.Before(next) {
				next = from
			}
			continue
		}
		done, err := r.store.Erase(ctx, e)
		if err != nil {
			return next, err
		}
		if done {
			r.scrubbed = false
			r.log.InfoContext(ctx, "erased at their own wish", "follower", e.Follower)
		}
	}
	// Also after a start: the process before may have ended between the two.
	if !r.scrubbed {
		if r.scrubbed, err = r.store.Scrub(ctx); err != nil {
			return next, err
		}
	}
	return next, nil
}
