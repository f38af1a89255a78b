package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ippo"
)

// CreateStaff adds a person who signs in by e-mail and password, and returns them with their ID.
// passwordHash is argon2id's.
func (s *Store) CreateStaff(ctx context.Context, by ippo.StaffID, who ippo.Staff, passwordHash string) (ippo.Staff, error) {
	who.Token = false
	who.Email = strings.ToLower(who.Email)
	if err := who.Validate(); err != nil {
		return who, err
	}
	err := s.Write(ctx, func(t *Tx) error { return t.addStaff(ctx, by, &who, passwordHash) })
	return who, err
}

func (t *Tx) addStaff(ctx context.Context, by ippo.StaffID, who *ippo.Staff, passwordHash string) error {
	id, err := t.insert(ctx, `
		INSERT INTO staff (name, email, role, password, disabled, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		who.Name, who.Email, who.Role, passwordHash, who.Disabled, stamp(t.now))
	if err != nil {
		return fmt.Errorf("create staff: %w", emailTaken(err))
	}
	who.ID, who.CreatedAt = ippo.StaffID(id), t.now
	teams, err := t.join(ctx, who.ID, who.Teams)
	if err != nil {
		return fmt.Errorf("create staff: %w", err)
	}
	return t.audit(ctx, by, "staff.create", fmt.Sprintf("staff:%d", id), inTeams(string(who.Role), teams))
}

// inTeams says in the log what somebody may do, and of which teams they are.
func inTeams(may, teams string) string {
	if teams == "" {
		return may
	}
	return may + "、" + teams
}

func emailTaken(err error) error {
	if isUnique(err) {
		return ippo.Problems{{Field: "email", Message: "このメールアドレスはすでに登録されています。"}}
	}
	return err
}

// nullText writes a text that is NULL when there is none.
func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

const staffColumns = `id, name, coalesce(email, ''), role, token IS NOT NULL, disabled, totp IS NOT NULL, created_at, seen_at,
	scopes, coalesce(owner_id, 0), expires_at,
	(SELECT json_group_array(team_id) FROM team_members WHERE staff_id = staff.id)`

func scanStaff(row scanner) (ippo.Staff, error) {
	var who ippo.Staff
	var scopes string
	var teams []byte
	err := row.Scan(&who.ID, &who.Name, &who.Email, &who.Role, &who.Token, &who.Disabled, &who.Factor, at(&who.CreatedAt), at(&who.SeenAt),
		&scopes, &who.Owner, at(&who.Expires), &teams)
	if err != nil {
		return who, err
	}
	who.Scopes = ippo.ParseScopes(scopes)
	return who, json.Unmarshal(teams, &who.Teams)
}

// StaffByEmail returns the person who signs in with an e-mail address, and the hash of their
// password. A disabled one is returned too: the caller checks the password first and then refuses,
// so that nobody learns who is disabled.
func (s *Store) StaffByEmail(ctx context.Context, email string) (ippo.Staff, string, error) {
	email = strings.ToLower(email)
	who, err := one(ctx, s.ro, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE email = ?`, email)
	if err != nil {
		return who, "", fmt.Errorf("staff by email: %w", err)
	}
	hash, err := one(ctx, s.ro, scanText, `SELECT password FROM staff WHERE email = ?`, email)
	if err != nil {
		return who, "", fmt.Errorf("staff by email: %w", err)
	}
	return who, hash, nil
}

// StaffMember returns one person, also a disabled one.
func (s *Store) StaffMember(ctx context.Context, id ippo.StaffID) (ippo.Staff, error) {
	who, err := one(ctx, s.ro, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ?`, id)
	if err != nil {
		return who, fmt.Errorf("staff %d: %w", id, err)
	}
	return who, nil
}

// StaffList returns everybody, tokens and the disabled too: who did something stays known.
func (s *Store) StaffList(ctx context.Context) ([]ippo.Staff, error) {
	all, err := collect(ctx, s.ro, scanStaff, `SELECT `+staffColumns+` FROM staff ORDER BY disabled, token IS NOT NULL, id`)
	if err != nil {
		return nil, fmt.Errorf("staff list: %w", err)
	}
	return all, nil
}

// UpdateStaff changes a person's name, e-mail address and role, and whether they are disabled, which
// ends their sessions; a token is ippo.ErrNotFound. The last administrator who can sign in stays one.
func (s *Store) UpdateStaff(ctx context.Context, by ippo.StaffID, who ippo.Staff) error {
	who.Email = strings.ToLower(who.Email)
	if err := who.Validate(); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ? AND token IS NULL`, who.ID)
		if err != nil {
			return fmt.Errorf("update staff %d: %w", who.ID, err)
		}
		row, err := t.row(ctx, "staff", "id", who.ID)
		if err != nil {
			return fmt.Errorf("update staff %d: %w", who.ID, err)
		}
		err = t.changeOne(ctx, `
			UPDATE staff SET name = ?, email = ?, role = ?, disabled = ? WHERE id = ?`,
			who.Name, who.Email, who.Role, who.Disabled, who.ID)
		if err != nil {
			return fmt.Errorf("update staff %d: %w", who.ID, emailTaken(err))
		}
		if was.Role == ippo.Administrator {
			if err := t.keepAnAdministrator(ctx); err != nil {
				return err
			}
		}
		if who.Disabled {
			if err := t.endSessions(ctx, who.ID); err != nil {
				return err
			}
		}
		teams, err := t.join(ctx, who.ID, who.Teams)
		if err != nil {
			return fmt.Errorf("update staff %d: %w", who.ID, err)
		}
		return t.auditChange(ctx, by, "staff.update", fmt.Sprintf("staff:%d", who.ID), inTeams(string(who.Role), teams), row)
	})
}

func (t *Tx) keepAnAdministrator(ctx context.Context) error {
	n, err := one(ctx, t.tx, scanInt, `
		SELECT count(*) FROM staff WHERE role = 'admin' AND disabled = 0 AND password IS NOT NULL`)
	if err != nil {
		return err
	}
	if n == 0 {
		return ippo.Problems{{Field: "role", Message: "管理者が一人もいなくなるため、変更できません。"}}
	}
	return nil
}

// SetPassword changes a person's password and ends their sessions.
func (s *Store) SetPassword(ctx context.Context, by, id ippo.StaffID, passwordHash string) error {
	return s.Write(ctx, func(t *Tx) error { return t.setPassword(ctx, by, id, passwordHash) })
}

func (t *Tx) setPassword(ctx context.Context, by, id ippo.StaffID, passwordHash string) error {
	err := t.changeOne(ctx, `UPDATE staff SET password = ? WHERE id = ? AND password IS NOT NULL`, passwordHash, id)
	if err != nil {
		return fmt.Errorf("set password of staff %d: %w", id, found(err))
	}
	if err := t.endSessions(ctx, id); err != nil {
		return err
	}
	return t.audit(ctx, by, "staff.password", fmt.Sprintf("staff:%d", id), "")
}

// SawStaff notes that a person is at work; once an hour is enough, so it costs next to nothing.
func (s *Store) SawStaff(ctx context.Context, who ippo.Staff) error {
	if s.Now().Sub(who.SeenAt).Hours() < 1 {
		return nil
	}
	return s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE staff SET seen_at = ? WHERE id = ?`, stamp(t.now), who.ID)
	})
}

// approvers counts the people who can approve: enabled, no tokens, at least approvers.
func approvers(ctx context.Context, q queryer) (int, error) {
	n, err := one(ctx, q, scanInt, `
		SELECT count(*) FROM staff WHERE role IN ('approver', 'admin') AND disabled = 0 AND password IS NOT NULL`)
	if err != nil {
		return 0, fmt.Errorf("approvers: %w", err)
	}
	return n, nil
}

// mayApprove returns the person who wants to approve; it is ippo.ErrForbidden unless they can at all:
// enabled and at least an approver; a token that nobody answers for does not. alone says that no colleague is needed: nobody else among the
// people approves, or the two-person rule is switched off.
func (t *Tx) mayApprove(ctx context.Context, by ippo.StaffID) (who ippo.Staff, alone bool, err error) {
	who, err = one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ?`, by)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return who, false, err
	}
	if err != nil || who.Disabled || !who.Role.Includes(ippo.Approver) || who.Token && who.Owner == 0 {
		return who, false, ippo.ErrForbidden
	}
	alone, err = approveAlone(ctx, t.tx)
	return who, alone && !who.Token, err
}

// ApproveAlone reports whether staff may approve what they wrote themselves, because nobody else among
// the people approves or the two-person rule is switched off.
func (s *Store) ApproveAlone(ctx context.Context) (bool, error) {
	alone, err := approveAlone(ctx, s.ro)
	if err != nil {
		return false, fmt.Errorf("who approves: %w", err)
	}
	return alone, nil
}

func approveAlone(ctx context.Context, q queryer) (bool, error) {
	settings, err := settingsIn(ctx, q)
	if err != nil || settings.OnePerson != "" {
		return err == nil, err
	}
	n, err := approvers(ctx, q)
	return n == 1, err
}

// SamePerson reports whether two members of staff are one person, since either may be a token of the other.
func (s *Store) SamePerson(ctx context.Context, a, b ippo.StaffID) (bool, error) {
	return samePerson(ctx, s.ro, a, b)
}

func samePerson(ctx context.Context, q queryer, a, b ippo.StaffID) (bool, error) {
	if a == b {
		return true, nil
	}
	n, err := one(ctx, q, scanInt, `SELECT count(DISTINCT coalesce(owner_id, id)) FROM staff WHERE id IN (?, ?)`, a, b)
	if err != nil {
		return false, fmt.Errorf("one person: %w", err)
	}
	return n == 1, nil
}
