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

// checkQuota asks LINE anew, and refuses a broadcast that does not fit with what would.
func checkQuota(ctx context.Context, st *store.Store, account *account, b *ippo.Broadcast) error {
	short, err := shortfall(ctx, st, account.fresh(ctx), b)
	if err != nil || short == nil {
		return err
	}
	return ippo.Problems{{Field: "audience", Message: short.Words()}}
}
