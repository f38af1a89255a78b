package store

import (
	"context"
	"fmt"

	"ippo"
)

// CannedAnswers returns every canned answer by its name.
func (s *Store) CannedAnswers(ctx context.Context) ([]ippo.CannedAnswer, error) {
	all, err := collect(ctx, s.ro, scanCannedAnswer, `SELECT id, title, text, updated_at FROM canned_answers ORDER BY title, id`)
	if err != nil {
		return nil, fmt.Errorf("canned answers: %w", err)
	}
	return all, nil
}

// CannedAnswer returns one canned answer.
func (s *Store) CannedAnswer(ctx context.Context, id int64) (ippo.CannedAnswer, error) {
	a, err := one(ctx, s.ro, scanCannedAnswer, `SELECT id, title, text, updated_at FROM canned_answers WHERE id = ?`, id)
	if err != nil {
		return a, fmt.Errorf("canned answer %d: %w", id, err)
	}
	return a, nil
}

func scanCannedAnswer(row scanner) (a ippo.CannedAnswer, err error) {
	err = row.Scan(&a.ID, &a.Title, &a.Text, at(&a.UpdatedAt))
	return a, err
}

// CreateCannedAnswer makes a canned answer and returns it with its ID.
func (s *Store) CreateCannedAnswer(ctx context.Context, by ippo.StaffID, a ippo.CannedAnswer) (ippo.CannedAnswer, error) {
	if err := a.Validate(); err != nil {
		return a, err
	}
	err := s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM canned_answers`)
		if err != nil {
			return err
		}
		if n >= ippo.MaxCannedAnswers {
			return ippo.Problems{{Message: fmt.Sprintf("返事のひな形は%d件までです。", ippo.MaxCannedAnswers)}}
		}
		if a.ID, err = t.insert(ctx, `INSERT INTO canned_answers (title, text, updated_at) VALUES (?, ?, ?)`, a.Title, a.Text, stamp(t.now)); err != nil {
			return fmt.Errorf("create canned answer: %w", err)
		}
		a.UpdatedAt = t.now
		return t.audit(ctx, by, "canned.create", fmt.Sprintf("canned:%d", a.ID), "")
	})
	return a, err
}

// UpdateCannedAnswer changes a canned answer.
func (s *Store) UpdateCannedAnswer(ctx context.Context, by ippo.StaffID, a ippo.CannedAnswer) error {
	if err := a.Validate(); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "canned_answers", "id", a.ID)
		if err != nil {
			return err
		}
		err = t.changeOne(ctx, `UPDATE canned_answers SET title = ?, text = ?, updated_at = ? WHERE id = ?`, a.Title, a.Text, stamp(t.now), a.ID)
		if err != nil {
			return found(err)
		}
		return t.auditChange(ctx, by, "canned.update", fmt.Sprintf("canned:%d", a.ID), "", was)
	})
	if err != nil {
		return fmt.Errorf("update canned answer %d: %w", a.ID, err)
	}
	return nil
}

// DeleteCannedAnswer removes a canned answer.
func (s *Store) DeleteCannedAnswer(ctx context.Context, by ippo.StaffID, id int64) error {
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.keepDeleted(ctx, by, object("canned", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM canned_answers WHERE id = ?`, id); err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "canned.delete", fmt.Sprintf("canned:%d", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete canned answer %d: %w", id, err)
	}
	return nil
}
