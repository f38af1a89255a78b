package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"ippo"
)

// CorrectBroadcast stops what is left of a broadcast and keeps a draft that goes to exactly those whom
// it has reached, or may have; what went by LINE's broadcast is corrected by LINE's broadcast, for it
// also reached people whom we do not know. One that has not begun reaches nobody: that is ippo.ErrConflict.
func (s *Store) CorrectBroadcast(ctx context.Context, by ippo.StaffID, wrong ippo.BroadcastID, draft *ippo.Broadcast) error {
	was, err := s.Broadcast(ctx, wrong)
	if err != nil {
		return fmt.Errorf("correct broadcast %d: %w", wrong, err)
	}
	draft.Corrects, draft.Audience = wrong, ippo.Audience{All: was.Audience.Unseen, Unseen: was.Audience.Unseen}
	draft.Status, draft.Author, draft.Approver = ippo.BroadcastDraft, by, 0
	if err := s.checkBroadcast(ctx, draft); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		started, err := one(ctx, t.tx, scanInt, "SELECT started_at IS NOT NULL FROM broadcasts WHERE id = ?", wrong)
		switch {
		case err != nil:
			return fmt.Errorf("correct broadcast %d: %w", wrong, err)
		case started == 0:
			return fmt.Errorf("correct broadcast %d: not begun: %w", wrong, ippo.ErrConflict)
		}
		// One that has ended has nothing left to stop.
		if err := t.cancel(ctx, by, wrong); err != nil && !errors.Is(err, ippo.ErrConflict) {
			return err
		}
		if err := t.insertBroadcast(ctx, draft); err != nil {
			return fmt.Errorf("correct broadcast %d: %w", wrong, err)
		}
		return t.audit(ctx, by, "broadcast.correct", object("broadcast", wrong), draft.Title)
	})
}

// recipients returns whom a broadcast would go to if it were approved now, in ascending order.
func (s *Store) recipients(ctx context.Context, b *ippo.Broadcast) ([]ippo.FollowerID, error) {
	if b.Corrects != 0 {
		return s.Reached(ctx, b.Corrects)
	}
	return s.audienceMembers(ctx, b.Audience, b.Everyone())
}

// Reached returns the followers who have, or may have, got a broadcast, by itself or in their digest: what
// LINE has accepted, and what it was asked without an answer. They are in ascending order.
func (s *Store) Reached(ctx context.Context, id ippo.BroadcastID) ([]ippo.FollowerID, error) {
	reached, err := s.reachedBy(ctx, "r.broadcast_id = ?", id)
	if err != nil {
		return nil, fmt.Errorf("reached by broadcast %d: %w", id, err)
	}
	told, err := s.reachedBy(ctx, `(r.broadcast_id, r.variant) IN (
		SELECT broadcast_id, variant FROM digest_items WHERE kind = 'broadcast' AND item_id = ?)`, id)
	if err != nil {
		return nil, fmt.Errorf("told of broadcast %d: %w", id, err)
	}
	reached = append(reached, told...)
	slices.Sort(reached)
	return slices.Compact(reached), nil
}

// reachedBy returns whom the requests r that meet a condition have reached, or may have.
func (s *Store) reachedBy(ctx context.Context, condition string, id ippo.BroadcastID) (reached []ippo.FollowerID, err error) {
	err = s.eachReached(ctx, condition, id, func(members []ippo.FollowerID) { reached = append(reached, members...) })
	return reached, err
}

// eachReached calls do with these, in ascending order within each request; do keeps nothing of the slice.
func (s *Store) eachReached(ctx context.Context, condition string, id ippo.BroadcastID, do func([]ippo.FollowerID)) error {
	left, err := collect(ctx, s.ro, scanFollowerID, `
		SELECT e.follower_id FROM delivery_exceptions e JOIN delivery_requests r ON r.id = e.request_id
		WHERE `+condition, id)
	if err != nil {
		return fmt.Errorf("exceptions: %w", err)
	}
	excepted := make(map[ippo.FollowerID]bool, len(left))
	for _, m := range left {
		excepted[m] = true
	}
	var packed sql.RawBytes
	members := make([]ippo.FollowerID, 0, ippo.MaxRecipients)
	_, err = collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		if err = row.Scan(&packed); err != nil {
			return none, err
		}
		if members, err = ippo.AppendMembers(members[:0], packed); err != nil {
			return none, err
		}
		do(slices.DeleteFunc(members, func(m ippo.FollowerID) bool { return excepted[m] }))
		return none, nil
	}, `SELECT members FROM delivery_requests r
		WHERE `+condition+` AND (state IN ('accepted', 'unknown') OR state = 'pending' AND first_called_at IS NOT NULL)`, id)
	if err != nil {
		return fmt.Errorf("requests: %w", err)
	}
	return nil
}
