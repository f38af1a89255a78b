package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// callOutPause is how soon after a tap another counts as the same one: a finger that was too quick.
const callOutPause = 10 * time.Second

// ErrCallOutsFull: the ambassador has been counted as often as one can be in a day.
var ErrCallOutsFull = errors.New("as many call-outs as one person is counted in a day")

// AddCallOut counts one call-out (声かけ) and returns its ID: 0 when the same ambassador was counted for
// the same campaign a moment ago. It is ErrCallOutsFull past ippo.MaxCallOutsADay.
func (t *Tx) AddCallOut(ctx context.Context, campaign ippo.CampaignID, follower ippo.FollowerID) (ippo.CallOutID, error) {
	count := func(since time.Time) (int, error) {
		return one(ctx, t.tx, scanInt, `
			SELECT count(*) FROM call_outs WHERE campaign_id = ? AND follower_id = ? AND at > ?`, campaign, follower, stamp(since))
	}
	lately, err := count(t.now.Add(-callOutPause))
	if err != nil {
		return 0, fmt.Errorf("add call-out: %w", err)
	}
	if lately > 0 {
		return 0, nil
	}
	today, err := count(ippo.Day(t.now).Add(-time.Millisecond))
	switch {
	case err != nil:
		return 0, fmt.Errorf("add call-out: %w", err)
	case today >= ippo.MaxCallOutsADay:
		return 0, ErrCallOutsFull
	}
	id, err := t.insert(ctx, `INSERT INTO call_outs (campaign_id, follower_id, at) VALUES (?, ?, ?)`, campaign, follower, stamp(t.now))
	if err == nil {
		err = t.endSilence(ctx, follower)
	}
	if err != nil {
		return 0, fmt.Errorf("add call-out: %w", err)
	}
	return ippo.CallOutID(id), nil
}

// DescribeCallOut adds to a call-out how many it was to (0: as before) and to whom ("": as before). It is
// ippo.ErrConflict when it is somebody else's, is gone, or is older than ippo.CallOutDetail.
func (t *Tx) DescribeCallOut(ctx context.Context, id ippo.CallOutID, follower ippo.FollowerID, people int, whom string) error {
	err := t.changeOne(ctx, `
		UPDATE call_outs SET people = coalesce(nullif(?, 0), people), whom = coalesce(nullif(?, ''), whom)
		WHERE id = ? AND follower_id = ? AND at > ?`, people, whom, id, follower, stamp(t.now.Add(-ippo.CallOutDetail)))
	if err != nil {
		return fmt.Errorf("describe call-out: %w", err)
	}
	return nil
}

// CallOut returns a call-out of a follower's own.
func (s *Store) CallOut(ctx context.Context, id ippo.CallOutID, follower ippo.FollowerID) (ippo.CallOut, error) {
	c, err := one(ctx, s.ro, func(row scanner) (c ippo.CallOut, err error) {
		err = row.Scan(&c.ID, &c.Campaign, &c.Follower, at(&c.At), &c.People, &c.Whom)
		return c, err
	}, `SELECT id, campaign_id, follower_id, at, people, whom FROM call_outs WHERE id = ? AND follower_id = ?`, id, follower)
	if err != nil {
		return c, fmt.Errorf("call-out %d: %w", id, err)
	}
	return c, nil
}

// UndoCallOut takes back a call-out that was counted by mistake. It is ippo.ErrConflict when it is
// somebody else's, is gone, or is older than ippo.CallOutUndo.
func (t *Tx) UndoCallOut(ctx context.Context, id ippo.CallOutID, follower ippo.FollowerID) error {
	if err := t.changeOne(ctx, `DELETE FROM call_outs WHERE id = ? AND follower_id = ? AND at > ?`,
		id, follower, stamp(t.now.Add(-ippo.CallOutUndo))); err != nil {
		return fmt.Errorf("undo call-out: %w", err)
	}
	return nil
}

// CallOuts counts one ambassador's call-outs for a campaign.
func (s *Store) CallOuts(ctx context.Context, campaign ippo.CampaignID, follower ippo.FollowerID) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM call_outs WHERE campaign_id = ? AND follower_id = ?`, campaign, follower)
	if err != nil {
		return 0, fmt.Errorf("call-outs: %w", err)
	}
	return n, nil
}
