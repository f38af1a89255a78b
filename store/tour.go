package store

import (
	"context"
	"fmt"

	"ippo"
)

// Tour returns the station where a member of staff stands on the tour of the panel. It is
// ippo.ErrNotFound for who has not begun.
func (s *Store) Tour(ctx context.Context, who ippo.StaffID) (string, error) {
	at, err := one(ctx, s.ro, scanText, `SELECT at FROM tours WHERE staff_id = ?`, who)
	if err != nil {
		return "", fmt.Errorf("tour of %d: %w", who, err)
	}
	return at, nil
}

// MoveTour notes where somebody stands on their tour. It is theirs alone and changes nothing, so that the audit log
// does not tell of it.
func (s *Store) MoveTour(ctx context.Context, who ippo.StaffID, at string) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `INSERT INTO tours (staff_id, at) VALUES (?, ?) ON CONFLICT (staff_id) DO UPDATE SET at = excluded.at`, who, at)
	})
	if err != nil {
		return fmt.Errorf("move tour of %d: %w", who, err)
	}
	return nil
}
