package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo/internal/intake"
	"ippo/internal/pace"
)

// TakeIn looks at the files that staff have uploaded, takes in those that they have started, and deletes those that have
// done their work, with rests between, so that a large one holds nobody up; one that fails does not hold up the others. One that was interrupted goes on where
// that was last noted. It never has a next time of its own: whoever uploads or starts one wakes it.
func (r *Runner) TakeIn(ctx context.Context) (next time.Time, err error) {
	open, err := r.store.OpenIntakes(ctx)
	if err != nil {
		return next, fmt.Errorf("take in: %w", err)
	}
	var failed []error
	for _, i := range open {
		if err := intake.Work(ctx, r.store, i); err != nil {
			failed = append(failed, fmt.Errorf("take in %d: %w", i.ID, err))
		}
	}
	return next, errors.Join(append(failed, r.dropFiles(ctx))...)
}

// dropFiles deletes what is left of files that have done their work.
func (r *Runner) dropFiles(ctx context.Context) error {
	for {
		began := time.Now()
		more, err := r.store.DropIntakeFile(ctx)
		if err != nil || !more {
			return err
		}
		if err := pace.Rest(ctx, time.Since(began)); err != nil {
			return err
		}
	}
}
