package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// CreateToken adds an API token, of which only the SHA-256 is kept, and returns it with its ID. Who.Owner
// answers for it and is an administrator.
func (s *Store) CreateToken(ctx context.Context, by ippo.StaffID, who ippo.Staff, tokenSHA256 []byte) (ippo.Staff, error) {
	who.Token, who.Email, who.Role = true, "", who.Scopes.Role()
	if err := errors.Join(who.Validate(), ippo.CheckTokenEnd(who.Expires, s.Now())); err != nil {
		return who, err
	}
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.mayOwn(ctx, who.Owner); err != nil {
			return err
		}
		id, err := t.insert(ctx, `
			INSERT INTO staff (name, role, token, scopes, owner_id, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			who.Name, who.Role, tokenSHA256, who.Scopes.String(), who.Owner, stamp(who.Expires), stamp(t.now))
		if err != nil {
			return fmt.Errorf("create token: %w", err)
		}
		who.ID, who.CreatedAt = ippo.StaffID(id), t.now
		teams, err := t.join(ctx, who.ID, who.Teams)
		if err != nil {
			return fmt.Errorf("create token: %w", err)
		}
		return t.audit(ctx, by, "token.create", object("token", who.ID), inTeams(who.Scopes.String(), teams))
	})
	return who, err
}

// mayOwn refuses whoever cannot answer for a token.
func (t *Tx) mayOwn(ctx context.Context, id ippo.StaffID) error {
	who, err := one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ?`, id)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	if err != nil || who.Token || who.Disabled || who.Role != ippo.Administrator {
		return ippo.Problems{{Field: "owner", Message: "トークンの責任者は、今使える管理者にしてください。"}}
	}
	return nil
}

// answeredFor holds for a token whose owner still is an administrator, and for one from before owners were asked.
const answeredFor = `(owner_id IS NULL OR owner_id IN (SELECT o.id FROM staff o WHERE o.disabled = 0 AND o.role = 'admin'))`

// StaffByToken returns an API token that is good now: not ended, not past its day, and answered for.
func (s *Store) StaffByToken(ctx context.Context, tokenSHA256 []byte) (ippo.Staff, error) {
	who, err := one(ctx, s.ro, scanStaff, `
		SELECT `+staffColumns+` FROM staff
		WHERE token = ? AND disabled = 0 AND (expires_at IS NULL OR expires_at > ?) AND `+answeredFor, tokenSHA256, stamp(s.Now()))
	if err != nil {
		return who, fmt.Errorf("staff by token: %w", err)
	}
	return who, nil
}

// Token returns one API token, also one that is no longer good.
func (s *Store) Token(ctx context.Context, id ippo.StaffID) (ippo.Staff, error) {
	who, err := one(ctx, s.ro, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ? AND token IS NOT NULL`, id)
	if err != nil {
		return who, fmt.Errorf("token %d: %w", id, err)
	}
	return who, nil
}

// TokensToMind are the API tokens that somebody has to look at: those that end soon, and those that have nobody
// to answer for them.
func (s *Store) TokensToMind(ctx context.Context, now time.Time) ([]ippo.Staff, error) {
	all, err := collect(ctx, s.ro, scanStaff, `
		SELECT `+staffColumns+` FROM staff
		WHERE token IS NOT NULL AND disabled = 0
			AND (expires_at > ? AND expires_at <= ? OR expires_at IS NULL OR owner_id IS NULL OR NOT `+answeredFor+`)
		ORDER BY expires_at, id`, stamp(now), stamp(now.Add(ippo.TokenEnding)))
	if err != nil {
		return nil, fmt.Errorf("tokens to mind: %w", err)
	}
	return all, nil
}

// EndToken makes a token worthless for good; ippo.ErrConflict if it is already.
func (s *Store) EndToken(ctx context.Context, by, id ippo.StaffID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `UPDATE staff SET disabled = 1 WHERE id = ? AND token IS NOT NULL AND disabled = 0`, id); err != nil {
			return fmt.Errorf("end token %d: %w", id, err)
		}
		return t.audit(ctx, by, "token.end", object("token", id), "")
	})
}

// TakeToken makes somebody the one who answers for a token.
func (s *Store) TakeToken(ctx context.Context, by, id ippo.StaffID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.mayOwn(ctx, by); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `UPDATE staff SET owner_id = ? WHERE id = ? AND token IS NOT NULL AND disabled = 0`, by, id); err != nil {
			return fmt.Errorf("take token %d: %w", id, err)
		}
		return t.audit(ctx, by, "token.take", object("token", id), "")
	})
}
