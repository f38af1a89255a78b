package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// AddEnquiry counts that somebody who was called wants to know more. Who is not kept.
func (s *Store) AddEnquiry(ctx context.Context, campaign ippo.CampaignID) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `
			INSERT INTO campaign_enquiries (campaign_id, day, taps) VALUES (?, ?, 1)
			ON CONFLICT DO UPDATE SET taps = taps + 1`, campaign, t.now.In(ippo.Tokyo).Format(time.DateOnly))
	})
	if err != nil {
		return fmt.Errorf("count enquiry of campaign %d: %w", campaign, err)
	}
	return nil
}
