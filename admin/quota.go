package admin

import (
	"context"

	"ippo"
	"ippo/store"
)

// shortfall compares a broadcast with the month's messages; nil: it fits, there is no limit, or LINE has
// not told what is left.
func shortfall(ctx context.Context, st *store.Store, q quota, b *ippo.Broadcast) (*ippo.Shortfall, error) {
	if !q.Known || !q.Limited {
		return nil, nil
	}
	return st.Shortfall(ctx, b, q.Left(), q.Limit)
}

// resume lets a paused broadcast go on, unless what is left of it does not fit into the month: then it stays
// paused.
func resume(ctx context.Context, st *store.Store, account *account, by ippo.StaffID, id ippo.BroadcastID) error {
	b, err := st.Broadcast(ctx, id)
	if err != nil {
		return err
	}
	if b.Status == ippo.BroadcastPaused {
		if err := checkQuota(ctx, st, account, b); err != nil {
			return err
		}
	}
	return st.ResumeBroadcast(ctx, by, id)
}

// checkQuota asks LINE anew, and refuses a broadcast that does not fit with what would.
func checkQuota(ctx context.Context, st *store.Store, account *account, b *ippo.Broadcast) error {
	short, err := shortfall(ctx, st, account.fresh(ctx), b)
	if err != nil || short == nil {
		return err
	}
	return ippo.Problems{{Field: "audience", Message: short.Words()}}
}
