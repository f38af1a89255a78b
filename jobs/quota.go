package jobs

import (
	"context"
	"sync"
	"time"
)

// Quota is what the account may still send this month, as LINE tells. LINE counts approximately, and
// includes what staff send from LINE's own manager.
type Quota struct {
	Limited bool  // false: as many as it likes
	Limit   int64 // only when Limited
	Used    int64
	At      time.Time // when LINE told
}

// Left returns how many messages may still go this month; limited is false when there is no limit.
func (q Quota) Left() (left int64, limited bool) {
	return max(q.Limit-q.Used, 0), q.Limited
}

// quotaFor is how long a figure is good enough to be shown. A broadcast asks anew before it starts.
const quotaFor = time.Minute

type quotaCache struct {
	mu   sync.Mutex
	last Quota
}

// Quota returns the month's quota as of at most a minute ago.
func (r *Runner) Quota(ctx context.Context) (Quota, error) {
	r.quota.mu.Lock()
	last := r.quota.last
	r.quota.mu.Unlock()
	if age := r.now().Sub(last.At); !last.At.IsZero() && age >= 0 && age < quotaFor {
		return last, nil
	}
	return r.freshQuota(ctx)
}

func (r *Runner) freshQuota(ctx context.Context) (Quota, error) {
	limit, err := r.line.Quota(ctx)
	if err != nil {
		return Quota{}, err
	}
	used, err := r.line.Consumption(ctx)
	if err != nil {
		return Quota{}, err
	}
	q := Quota{Limited: limit.Limited, Limit: limit.Limit, Used: used, At: r.now()}
	r.quota.mu.Lock()
	defer r.quota.mu.Unlock()
	r.quota.last = q
	return q, nil
}

// forgetQuota is for when LINE said that less is left than we thought.
func (r *Runner) forgetQuota() {
	r.quota.mu.Lock()
	defer r.quota.mu.Unlock()
	r.quota.last = Quota{}
}
