package jobs

import "context"

// quota is what the account may still send this month, as LINE tells: approximately, and including
// what staff send from LINE's own manager.
type quota struct {
	limited     bool  // false: as many as it likes
	limit, left int64 // only when limited
}

func (r *Runner) readQuota(ctx context.Context) (quota, error) {
	limit, err := r.line.Quota(ctx)
	if err != nil || !limit.Limited {
		return quota{}, err
	}
	used, err := r.line.Consumption(ctx)
	if err != nil {
		return quota{}, err
	}
	return quota{limited: true, limit: limit.Limit, left: max(limit.Limit-used, 0)}, nil
}
