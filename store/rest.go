package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// resting is the condition on a follower's ID that they are sent no reminders at a moment.
const resting = `IN (SELECT follower_id FROM rests WHERE why IS NOT NULL AND (until_at IS NULL OR until_at > ?))`

// Rest leaves somebody in peace for a while, because they said so.
func (t *Tx) Rest(ctx context.Context, follower ippo.FollowerID, until time.Time) error {
	err := t.exec(ctx, `
		INSERT INTO rests (follower_id, why, since, until_at, answered_at) VALUES (?1, 'wish', ?2, ?3, ?2)
		ON CONFLICT DO UPDATE SET why = 'wish', since = ?2, until_at = ?3, answered_at = ?2`, follower, stamp(t.now), stamp(until))
	if err != nil {
		return fmt.Errorf("rest: %w", err)
	}
	return nil
}

// GoOn ends somebody's rest, or notes that they want more reminders.
func (t *Tx) GoOn(ctx context.Context, follower ippo.FollowerID) error {
	err := t.exec(ctx, `
		INSERT INTO rests (follower_id, answered_at) VALUES (?1, ?2)
		ON CONFLICT DO UPDATE SET why = NULL, since = NULL, until_at = NULL, answered_at = ?2`, follower, stamp(t.now))
	if err != nil {
		return fmt.Errorf("go on: %w", err)
	}
	return nil
}

// endSilence ends the rest of who did not answer, and has now.
func (t *Tx) endSilence(ctx context.Context, follower ippo.FollowerID) error {
	return t.exec(ctx, `
		UPDATE rests SET why = NULL, since = NULL, until_at = NULL WHERE follower_id = ? AND why = 'silence'`, follower)
}

// fallSilent lets those rest who were asked whether to go on and did not say, unless they have since then.
func (t *Tx) fallSilent(ctx context.Context, followers []ippo.FollowerID, seen time.Time) error {
	for _, id := range followers {
		if err := t.exec(ctx, `
			INSERT INTO rests (follower_id, why, since)
			SELECT ?1, 'silence', ?2 WHERE NOT EXISTS (SELECT 1 FROM call_outs WHERE follower_id = ?1 AND at >= ?3)
				AND NOT EXISTS (SELECT 1 FROM rests WHERE follower_id = ?1 AND answered_at >= ?3)
			ON CONFLICT DO UPDATE SET why = 'silence', since = ?2, until_at = NULL`, id, stamp(t.now), stamp(seen)); err != nil {
			return fmt.Errorf("fall silent: %w", err)
		}
	}
	return nil
}

// RestOf returns somebody's rest; ippo.ErrNotFound if they do not rest now.
func (s *Store) RestOf(ctx context.Context, follower ippo.FollowerID) (ippo.Rest, error) {
	r, err := one(ctx, s.ro, func(row scanner) (r ippo.Rest, err error) {
		err = row.Scan(&r.Why, at(&r.Since), at(&r.Until))
		return r, err
	}, `SELECT why, since, until_at FROM rests WHERE follower_id = ? AND follower_id `+resting, follower, stamp(s.Now()))
	if err != nil {
		return r, fmt.Errorf("rest of %d: %w", follower, err)
	}
	return r, nil
}

// Resting counts those in an audience whom reminders do not go to for now.
func (s *Store) Resting(ctx context.Context, a ippo.Audience) (int, error) {
	where, args, err := s.audienceCondition(ctx, a, a.Unseen)
	if err != nil {
		return 0, err
	}
	n, err := one(ctx, s.ro, scanInt, `
		SELECT count(*) FROM rests x CROSS JOIN followers f ON f.id = x.follower_id WHERE `+where+" AND f.id "+resting, append(args, stamp(s.Now()))...) // CROSS: who rests are few
	if err != nil {
		return 0, fmt.Errorf("count who rests: %w", err)
	}
	return n, nil
}

// whoRests returns those whom reminders do not go to at a moment.
func (s *Store) whoRests(ctx context.Context, now time.Time) (members, error) {
	ids, err := collect(ctx, s.ro, scanFollowerID, "SELECT follower_id FROM rests WHERE follower_id "+resting, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("who rests: %w", err)
	}
	var m members
	m.add(ids)
	return m, nil
}
