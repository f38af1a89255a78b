package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// callOutPause is how soon after a tap another counts as the same one: a finger that was too quick.
const callOutPause = 10 * time.Second

// AddCallOut counts one call-out (声かけ). counted is false when the same ambassador was counted for the
// same campaign a moment ago.
func (t *Tx) AddCallOut(ctx context.Context, campaign ippo.CampaignID, follower ippo.FollowerID) (counted bool, err error) {
	n, err := one(ctx, t.tx, scanInt, `
		SELECT count(*) FROM call_outs WHERE campaign_id = ? AND follower_id = ? AND at > ?`,
		campaign, follower, stamp(t.now.Add(-callOutPause)))
	if err != nil {
		return false, fmt.Errorf("add call-out: %w", err)
	}
	if n > 0 {
		return false, nil
	}
	_, err = t.insert(ctx, `INSERT INTO call_outs (campaign_id, follower_id, at) VALUES (?, ?, ?)`, campaign, follower, stamp(t.now))
	if err != nil {
		return false, fmt.Errorf("add call-out: %w", err)
	}
	return true, nil
}

// CallOuts counts one ambassador's call-outs for a campaign.
func (s *Store) CallOuts(ctx context.Context, campaign ippo.CampaignID, follower ippo.FollowerID) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM call_outs WHERE campaign_id = ? AND follower_id = ?`, campaign, follower)
	if err != nil {
		return 0, fmt.Errorf("call-outs: %w", err)
	}
	return n, nil
}
