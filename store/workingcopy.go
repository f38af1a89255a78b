package store

import (
	"context"
	"fmt"

	"ippo"
)

// KeepWorkingCopy keeps what somebody is writing in place of what they had written of it before. One that
// is too large is left: the form itself is still before its writer.
func (s *Store) KeepWorkingCopy(ctx context.Context, by ippo.StaffID, object, form string) error {
	if len(form) > ippo.MaxWorkingCopy {
		return nil
	}
	err := s.Write(ctx, func(t *Tx) error {
		err := t.exec(ctx, `
			INSERT INTO working_copies (staff_id, object, form, kept_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (staff_id, object) DO UPDATE SET form = excluded.form, kept_at = excluded.kept_at WHERE form <> excluded.form`,
			by, object, form, stamp(t.now))
		if err != nil {
			return err
		}
		return t.exec(ctx, `DELETE FROM working_copies WHERE staff_id = ?1 AND object IN (
			SELECT object FROM working_copies WHERE staff_id = ?1 ORDER BY kept_at DESC, object LIMIT -1 OFFSET ?2)`, by, ippo.MaxWorkingCopies)
	})
	if err != nil {
		return fmt.Errorf("keep working copy of %s: %w", object, err)
	}
	return nil
}

const selectWorkingCopy = `SELECT w.staff_id, s.name, w.object, w.form, w.kept_at FROM working_copies w JOIN staff s ON s.id = w.staff_id `

// WorkingCopies returns what everybody has written of an object and not saved, the latest first.
func (s *Store) WorkingCopies(ctx context.Context, object string) ([]ippo.WorkingCopy, error) {
	all, err := collect(ctx, s.ro, scanWorkingCopy, selectWorkingCopy+`WHERE w.object = ? ORDER BY w.kept_at DESC, w.staff_id`, object)
	if err != nil {
		return nil, fmt.Errorf("working copies of %s: %w", object, err)
	}
	return all, nil
}

// NewWorkingCopies returns what somebody has written that is new, and not saved, the latest first.
func (s *Store) NewWorkingCopies(ctx context.Context, by ippo.StaffID) ([]ippo.WorkingCopy, error) {
	all, err := collect(ctx, s.ro, scanWorkingCopy, selectWorkingCopy+`
		WHERE w.staff_id = ? AND substr(w.object, 1, ?) = ? ORDER BY w.kept_at DESC, w.object`, by, len(ippo.NewObject), ippo.NewObject)
	if err != nil {
		return nil, fmt.Errorf("new working copies: %w", err)
	}
	return all, nil
}

func scanWorkingCopy(row scanner) (w ippo.WorkingCopy, err error) {
	err = row.Scan(&w.Staff, &w.Name, &w.Object, &w.Form, at(&w.KeptAt))
	return w, err
}

// DropWorkingCopy forgets what somebody had written of an object. That there is none is no error.
func (s *Store) DropWorkingCopy(ctx context.Context, by ippo.StaffID, object string) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `DELETE FROM working_copies WHERE staff_id = ? AND object = ?`, by, object)
	})
	if err != nil {
		return fmt.Errorf("drop working copy of %s: %w", object, err)
	}
	return nil
}
