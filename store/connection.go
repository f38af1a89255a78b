package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// SaveConnection keeps what LINE said, in place of what it said before.
func (s *Store) SaveConnection(ctx context.Context, by ippo.StaffID, c ippo.Connection) error {
	found, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("save the connection's check: %w", err)
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.exec(ctx, `
			INSERT INTO connection_check (id, checked_at, found) VALUES (1, ?1, ?2)
			ON CONFLICT DO UPDATE SET checked_at = ?1, found = ?2`, stamp(t.now), string(found)); err != nil {
			return fmt.Errorf("save the connection's check: %w", err)
		}
		return t.audit(ctx, by, "connection.check", "connection", "")
	})
}

// Connection returns what LINE said last; ippo.ErrNotFound before it was first asked.
func (s *Store) Connection(ctx context.Context) (ippo.Connection, error) {
	c, err := one(ctx, s.ro, func(row scanner) (c ippo.Connection, err error) {
		var found []byte
		if err := row.Scan(at(&c.CheckedAt), &found); err != nil {
			return c, err
		}
		return c, json.Unmarshal(found, &c)
	}, `SELECT checked_at, found FROM connection_check`)
	if err != nil {
		return c, fmt.Errorf("the connection's check: %w", err)
	}
	return c, nil
}

// LastEvent returns when LINE last told us of something, as far back as that is kept; zero: never.
func (s *Store) LastEvent(ctx context.Context) (last time.Time, err error) {
	last, err = one(ctx, s.ro, func(row scanner) (t time.Time, err error) {
		err = row.Scan(at(&t))
		return t, err
	}, `SELECT received_at FROM inbound_events ORDER BY received_at DESC LIMIT 1`)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return last, fmt.Errorf("last event: %w", err)
	}
	return last, nil
}
