package store

import (
	"context"
	"fmt"

	"ippo"
)

// KeepUnsentForm keeps what somebody sent and was not taken, in place of what was kept of them before. One that is too
// large is left.
func (s *Store) KeepUnsentForm(ctx context.Context, of ippo.StaffID, f ippo.UnsentForm) error {
	if len(f.Page)+len(f.Action)+len(f.Form) > ippo.MaxUnsentForm {
		return nil
	}
	sealed := s.seal("unsent_forms.form", f.Form)
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `INSERT INTO unsent_forms (staff_id, page, action, form, kept_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (staff_id) DO UPDATE SET (page, action, form, kept_at) = (excluded.page, excluded.action, excluded.form, excluded.kept_at)`,
			of, f.Page, f.Action, sealed, stamp(t.now))
	})
	if err != nil {
		return fmt.Errorf("keep an unsent form of staff %d: %w", of, err)
	}
	return nil
}

// UnsentForm returns what somebody sent and was not taken, while it is kept; ippo.ErrNotFound when there is none.
func (s *Store) UnsentForm(ctx context.Context, of ippo.StaffID) (ippo.UnsentForm, error) {
	f, err := one(ctx, s.ro, func(row scanner) (f ippo.UnsentForm, err error) {
		var sealed []byte
		if err := row.Scan(&f.Page, &f.Action, &sealed); err != nil {
			return f, err
		}
		f.Form, err = s.open("unsent_forms.form", sealed)
		return f, err
	}, `SELECT page, action, form FROM unsent_forms WHERE staff_id = ? AND kept_at >= ?`, of, stamp(s.Now().Add(-ippo.UnsentFormLife)))
	if err != nil {
		return f, fmt.Errorf("unsent form of staff %d: %w", of, err)
	}
	return f, nil
}

// DropUnsentForm forgets what somebody had sent to an address; "": to any. That there is none is no error, and costs no
// write.
func (s *Store) DropUnsentForm(ctx context.Context, of ippo.StaffID, action string) error {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM unsent_forms WHERE staff_id = ?1 AND ?2 IN ('', action)`, of, action)
	if err == nil && n > 0 {
		err = s.Write(ctx, func(t *Tx) error { return t.exec(ctx, `DELETE FROM unsent_forms WHERE staff_id = ?`, of) })
	}
	if err != nil {
		return fmt.Errorf("drop the unsent form of staff %d: %w", of, err)
	}
	return nil
}
