package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// Push is a single message to one follower that something other than a broadcast decided on, such as
// the card that follows a sign-up. It is sent under one retry key, and so at most once.
type Push struct {
	ID            int64
	To            string // LINE's name for the follower
	RetryKey      string
	Messages      []ippo.Message
	Attempts      int
	FirstCalledAt time.Time // zero before the first attempt
}

// AddPush decides on a push, in the transaction of what it tells of.
func (t *Tx) AddPush(ctx context.Context, follower ippo.FollowerID, retryKey string, messages []ippo.Message) error {
	sealed, err := t.store.sealJSON("pushes.messages", messages)
	if err != nil {
		return err
	}
	err = t.exec(ctx, `
		INSERT INTO pushes (follower_id, retry_key, messages, state, next_attempt_at, created_at) VALUES (?, ?, ?, 'pending', ?, ?)`,
		follower, retryKey, sealed, stamp(t.now), stamp(t.now))
	if err != nil {
		return fmt.Errorf("add push: %w", err)
	}
	return nil
}

// DuePushes returns at most limit pushes to be tried at now, the oldest first.
func (s *Store) DuePushes(ctx context.Context, now time.Time, limit int) ([]Push, error) {
	due, err := collect(ctx, s.ro, s.scanPush, `
		SELECT p.id, f.line_user_id, p.retry_key, p.messages, p.attempts, p.first_called_at
		FROM pushes p JOIN followers f ON f.id = p.follower_id
		WHERE p.state = 'pending' AND p.next_attempt_at <= ? ORDER BY p.id LIMIT ?`, stamp(now), limit)
	if err != nil {
		return nil, fmt.Errorf("due pushes: %w", err)
	}
	return due, nil
}

func (s *Store) scanPush(row scanner) (p Push, err error) {
	var sealed []byte
	if err := row.Scan(&p.ID, &p.To, &p.RetryKey, &sealed, &p.Attempts, at(&p.FirstCalledAt)); err != nil {
		return p, err
	}
	err = s.openJSON("pushes.messages", sealed, &p.Messages)
	return p, err
}

// TryPush notes that LINE is about to be called, so that the retry key's life is known after a crash,
// and puts the push off until next in case nothing more is heard of it.
func (s *Store) TryPush(ctx context.Context, id int64, next time.Time) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.changeOne(ctx, `
			UPDATE pushes SET attempts = attempts + 1, first_called_at = coalesce(first_called_at, ?), next_attempt_at = ?
			WHERE id = ? AND state = 'pending'`, stamp(t.now), stamp(next), id)
	})
	if err != nil {
		return fmt.Errorf("try push %d: %w", id, err)
	}
	return nil
}

// SettlePush ends a push: LINE accepted it, or it never will.
func (s *Store) SettlePush(ctx context.Context, id int64, accepted bool) error {
	state := "failed"
	if accepted {
		state = "accepted"
	}
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE pushes SET state = ?, messages = NULL WHERE id = ? AND state = 'pending'`, state, id)
	})
	if err != nil {
		return fmt.Errorf("settle push %d: %w", id, err)
	}
	return nil
}
