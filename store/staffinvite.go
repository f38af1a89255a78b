package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ippo"
)

// StaffInvite is somebody who was invited to work here and has not come yet.
type StaffInvite struct {
	ID      int64
	Who     ippo.Staff // name, address, role and teams
	By      ippo.StaffID
	Expires time.Time
}

const inviteColumns = `id, name, email, role, teams, made_by, expires_at`

func scanInvite(row scanner) (i StaffInvite, err error) {
	var teams []byte
	if err := row.Scan(&i.ID, &i.Who.Name, &i.Who.Email, &i.Who.Role, &teams, &i.By, at(&i.Expires)); err != nil {
		return i, err
	}
	return i, json.Unmarshal(teams, &i.Who.Teams)
}

// InviteStaff keeps an invitation, of whose code only the SHA-256 is kept; an earlier one to the same address
// is void. It also goes out by mail if body, which holds the link, is not "".
func (s *Store) InviteStaff(ctx context.Context, by ippo.StaffID, who ippo.Staff, codeSHA256 []byte, body string) error {
	who.Token, who.Email = false, strings.ToLower(who.Email)
	if err := who.Validate(); err != nil {
		return err
	}
	teams, err := json.Marshal(append([]ippo.TeamID{}, who.Teams...))
	if err != nil {
		return fmt.Errorf("invite staff: %w", err)
	}
	return s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM staff WHERE email = ?`, who.Email)
		if err != nil {
			return fmt.Errorf("invite staff: %w", err)
		}
		if n > 0 {
			return ippo.Problems{{Field: "email", Message: "このメールアドレスはすでに登録されています。"}}
		}
		if err := t.checkTeams(ctx, who.Teams); err != nil {
			return err
		}
		err = t.exec(ctx, `
			INSERT INTO staff_invites (name, email, role, teams, code, made_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (email) DO UPDATE SET name = excluded.name, role = excluded.role, teams = excluded.teams,
				code = excluded.code, made_by = excluded.made_by, expires_at = excluded.expires_at`,
			who.Name, who.Email, who.Role, string(teams), codeSHA256, by, stamp(t.now.Add(ippo.StaffInviteLife)))
		if err == nil && body != "" {
			err = t.mailTo(ctx, who.Email, "職員画面への招待", body)
		}
		if err != nil {
			return fmt.Errorf("invite staff: %w", err)
		}
		return t.audit(ctx, by, "staff.invite", "staff", string(who.Role))
	})
}

// checkTeams reports a team that is not there.
func (t *Tx) checkTeams(ctx context.Context, teams []ippo.TeamID) error {
	all, err := collect(ctx, t.tx, scanTeam, `SELECT `+teamColumns+` FROM teams`)
	if err != nil {
		return err
	}
	for _, id := range teams {
		if !slices.ContainsFunc(all, func(team ippo.Team) bool { return team.ID == id }) {
			return ippo.Problems{{Field: "teams", Message: "チームを選びなおしてください。"}}
		}
	}
	return nil
}

// StaffInvites returns the invitations that can still be used, those that end first before the others.
func (s *Store) StaffInvites(ctx context.Context) ([]StaffInvite, error) {
	all, err := collect(ctx, s.ro, scanInvite, `SELECT `+inviteColumns+` FROM staff_invites WHERE expires_at > ? ORDER BY expires_at, id`, stamp(s.Now()))
	if err != nil {
		return nil, fmt.Errorf("staff invites: %w", err)
	}
	return all, nil
}

// StaffInvite returns the invitation of a code; one that is past its time, or whose maker invites nobody any
// more, is ippo.ErrNotFound.
func (s *Store) StaffInvite(ctx context.Context, codeSHA256 []byte) (StaffInvite, error) {
	return staffInvite(ctx, s.ro, codeSHA256, s.Now())
}

func staffInvite(ctx context.Context, q queryer, codeSHA256 []byte, now time.Time) (StaffInvite, error) {
	i, err := one(ctx, q, scanInvite, `
		SELECT `+inviteColumns+` FROM staff_invites WHERE code = ? AND expires_at > ?
			AND made_by IN (SELECT id FROM staff WHERE role = 'admin' AND disabled = 0)`, codeSHA256, stamp(now))
	if err != nil {
		return i, fmt.Errorf("staff invite: %w", err)
	}
	return i, nil
}

// AcceptStaffInvite makes who was invited a member of staff, once, under the name that they chose.
func (s *Store) AcceptStaffInvite(ctx context.Context, codeSHA256 []byte, name, passwordHash string) (who ippo.Staff, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		i, err := staffInvite(ctx, t.tx, codeSHA256, t.now)
		if err != nil {
			return err
		}
		who = i.Who
		who.Name = name
		if err := who.Validate(); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM staff_invites WHERE id = ?`, i.ID); err != nil {
			return fmt.Errorf("accept staff invite: %w", err)
		}
		return t.addStaff(ctx, i.By, &who, passwordHash)
	})
	return who, err
}

// CancelStaffInvite makes an invitation void.
func (s *Store) CancelStaffInvite(ctx context.Context, by ippo.StaffID, id int64) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `DELETE FROM staff_invites WHERE id = ?`, id)
		if errors.Is(err, ippo.ErrConflict) {
			err = ippo.ErrNotFound // used, or cancelled by a colleague
		}
		if err != nil {
			return fmt.Errorf("cancel staff invite %d: %w", id, err)
		}
		return t.audit(ctx, by, "staff.uninvite", "staff", "")
	})
}
