package store

import (
	"context"
	"errors"
	"fmt"

	"ippo"
)

// SetFactor gives a person a second factor: the secret of their app, the step of the code that showed that
// they have it, and the SHA-256 of each recovery code. It ends their sessions, in which nobody was asked for
// it. ErrConflict: they have one.
func (s *Store) SetFactor(ctx context.Context, id ippo.StaffID, secret string, step int64, codes [][]byte) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE staff SET totp = ?, totp_step = ? WHERE id = ? AND totp IS NULL AND password IS NOT NULL`,
			s.seal("staff.totp", secret), step, id)
		if err != nil {
			return fmt.Errorf("set second factor of staff %d: %w", id, err)
		}
		if err := t.setRecoveryCodes(ctx, id, codes); err != nil {
			return err
		}
		if err := t.endSessions(ctx, id); err != nil {
			return err
		}
		return t.audit(ctx, id, "staff.factor", object("staff", id), "")
	})
}

// Factor returns the secret of a person's app, ippo.ErrNotFound if they have none.
func (s *Store) Factor(ctx context.Context, id ippo.StaffID) (secret string, err error) {
	sealed, err := one(ctx, s.ro, scanBytes, `SELECT totp FROM staff WHERE id = ? AND totp IS NOT NULL`, id)
	if err != nil {
		return "", fmt.Errorf("second factor of staff %d: %w", id, err)
	}
	return s.open("staff.totp", sealed)
}

// UseFactor notes that the code of a step was used; ippo.ErrConflict if it was before, or a later one.
func (s *Store) UseFactor(ctx context.Context, id ippo.StaffID, step int64) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE staff SET totp_step = ? WHERE id = ? AND totp IS NOT NULL AND totp_step < ?`, step, id, step)
		if err != nil {
			return fmt.Errorf("use second factor of staff %d: %w", id, err)
		}
		return nil
	})
}

// UseRecoveryCode uses one up; ippo.ErrConflict if there is no such code.
func (s *Store) UseRecoveryCode(ctx context.Context, id ippo.StaffID, codeSHA256 []byte) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `DELETE FROM recovery_codes WHERE staff_id = ? AND code = ?`, id, codeSHA256); err != nil {
			return fmt.Errorf("use recovery code of staff %d: %w", id, err)
		}
		return t.audit(ctx, id, "staff.recovery", object("staff", id), "")
	})
}

// RecoveryCodes counts those that a person has left.
func (s *Store) RecoveryCodes(ctx context.Context, id ippo.StaffID) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM recovery_codes WHERE staff_id = ?`, id)
	if err != nil {
		return 0, fmt.Errorf("recovery codes of staff %d: %w", id, err)
	}
	return n, nil
}

// RenewRecoveryCodes replaces a person's recovery codes.
func (s *Store) RenewRecoveryCodes(ctx context.Context, id ippo.StaffID, codes [][]byte) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.setRecoveryCodes(ctx, id, codes); err != nil {
			return err
		}
		return t.audit(ctx, id, "staff.codes", object("staff", id), "")
	})
}

func (t *Tx) setRecoveryCodes(ctx context.Context, id ippo.StaffID, codes [][]byte) error {
	if err := t.exec(ctx, `DELETE FROM recovery_codes WHERE staff_id = ?`, id); err != nil {
		return fmt.Errorf("set recovery codes of staff %d: %w", id, err)
	}
	for _, code := range codes {
		if err := t.exec(ctx, `INSERT INTO recovery_codes (staff_id, code) VALUES (?, ?)`, id, code); err != nil {
			return fmt.Errorf("set recovery codes of staff %d: %w", id, err)
		}
	}
	return nil
}

// RemoveFactor takes a person's second factor and recovery codes away and ends their sessions. ErrConflict: they
// have none.
func (s *Store) RemoveFactor(ctx context.Context, by, id ippo.StaffID) error {
	return s.Write(ctx, func(t *Tx) error { return t.removeFactor(ctx, by, id) })
}

func (t *Tx) removeFactor(ctx context.Context, by, id ippo.StaffID) error {
	if err := t.changeOne(ctx, `UPDATE staff SET totp = NULL, totp_step = 0 WHERE id = ? AND totp IS NOT NULL`, id); err != nil {
		return fmt.Errorf("remove second factor of staff %d: %w", id, err)
	}
	if err := t.setRecoveryCodes(ctx, id, nil); err != nil {
		return err
	}
	if err := t.endSessions(ctx, id); err != nil {
		return err
	}
	return t.audit(ctx, by, "staff.no-factor", object("staff", id), "")
}

// ResetStaff lets somebody in again who has lost their telephone or their password: their second factor goes, if
// they have one, their password is another, if there is a hash of one, and their wrong guesses are forgiven.
func (s *Store) ResetStaff(ctx context.Context, who ippo.Staff, passwordHash string) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.removeFactor(ctx, 0, who.ID); err != nil && !errors.Is(err, ippo.ErrConflict) {
			return err
		}
		if passwordHash != "" {
			if err := t.setPassword(ctx, 0, who.ID, passwordHash); err != nil {
				return err
			}
		}
		if err := t.endSessions(ctx, who.ID); err != nil {
			return err
		}
		if err := t.exec(ctx, `DELETE FROM login_failures WHERE key = ?`, loginKey(LoginAccount(who.Email))); err != nil {
			return fmt.Errorf("reset staff %d: %w", who.ID, err)
		}
		return t.audit(ctx, 0, "staff.reset", object("staff", who.ID), "")
	})
}
