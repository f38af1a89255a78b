package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// linkLetters are those that nobody takes for one another; 32 of them, so that a random byte picks
// each as often.
const linkLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewStaffLinkCode makes the code that a member of staff types into the chat to link their own LINE
// account. It is good once and until expires; an earlier one is void.
func (s *Store) NewStaffLinkCode(ctx context.Context, staff ippo.StaffID) (code string, expires time.Time, err error) {
	code = newTypedCode()
	err = s.Write(ctx, func(t *Tx) error {
		expires = t.now.Add(ippo.StaffLinkLife)
		err := t.exec(ctx, `
			INSERT INTO staff_link_codes (staff_id, code, expires_at) VALUES (?, ?, ?)
			ON CONFLICT (staff_id) DO UPDATE SET code = excluded.code, expires_at = excluded.expires_at`,
			staff, linkKey(code), stamp(expires))
		if err != nil {
			return err
		}
		return t.audit(ctx, staff, "staff.code", object("staff", staff), "")
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("new code for staff %d: %w", staff, err)
	}
	return code, expires, nil
}

func linkKey(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

// LinkStaff spends a code that was typed into the chat by a follower, and returns whose it was. A
// code that is unknown, spent or too old is ippo.ErrNotFound and counts against the follower; after
// ippo.StaffLinkTries of them no code is looked at for a while, and the error is ippo.ErrForbidden.
func (t *Tx) LinkStaff(ctx context.Context, code string, follower ippo.FollowerID) (ippo.Staff, error) {
	wrong, err := t.linkTries(ctx, follower)
	if err != nil {
		return ippo.Staff{}, fmt.Errorf("link staff: %w", err)
	}
	who, err := one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE disabled = 0 AND id =
		(SELECT staff_id FROM staff_link_codes WHERE code = ? AND expires_at > ?)`, linkKey(code), stamp(t.now))
	if errors.Is(err, ippo.ErrNotFound) {
		if err := t.countWrongCode(ctx, follower, wrong+1); err != nil {
			return who, fmt.Errorf("link staff: %w", err)
		}
	}
	if err != nil {
		return who, fmt.Errorf("link staff: %w", err)
	}
	if err := t.exec(ctx, `DELETE FROM staff_link_tries WHERE follower_id = ?`, follower); err != nil {
		return who, fmt.Errorf("link staff %d: %w", who.ID, err)
	}
	if err := t.exec(ctx, `DELETE FROM staff_link_codes WHERE staff_id = ?`, who.ID); err != nil {
		return who, fmt.Errorf("link staff %d: %w", who.ID, err)
	}
	err = t.exec(ctx, `
		INSERT INTO staff_links (staff_id, follower_id, linked_at) VALUES (?, ?, ?)
		ON CONFLICT (staff_id) DO UPDATE SET follower_id = excluded.follower_id, linked_at = excluded.linked_at`,
		who.ID, follower, stamp(t.now))
	if err != nil {
		return who, fmt.Errorf("link staff %d: %w", who.ID, err)
	}
	return who, t.audit(ctx, who.ID, "staff.link", fmt.Sprintf("staff:%d", who.ID), "")
}

// linkTries returns how many wrong codes a follower has typed lately, or ippo.ErrForbidden once they are too
// many for another to be looked at.
func (t *Tx) linkTries(ctx context.Context, follower ippo.FollowerID) (wrong int, err error) {
	wrong, err = one(ctx, t.tx, scanInt, `SELECT coalesce(max(tries), 0) FROM staff_link_tries WHERE follower_id = ? AND last_at > ?`,
		follower, stamp(t.now.Add(-ippo.StaffLinkWait)))
	if err == nil && wrong >= ippo.StaffLinkTries {
		err = fmt.Errorf("follower %d has tried too often: %w", follower, ippo.ErrForbidden)
	}
	return wrong, err
}

// countWrongCode notes that a follower has typed so many wrong codes.
func (t *Tx) countWrongCode(ctx context.Context, follower ippo.FollowerID, wrong int) error {
	err := t.exec(ctx, `
		INSERT INTO staff_link_tries (follower_id, tries, last_at) VALUES (?1, ?2, ?3)
		ON CONFLICT (follower_id) DO UPDATE SET tries = ?2, last_at = ?3`, follower, wrong, stamp(t.now))
	if err != nil {
		return fmt.Errorf("count a wrong code: %w", err)
	}
	return nil
}

// StaffLink returns a member of staff's own LINE account, or ippo.ErrNotFound. It alone fills an
// ippo.TestRecipient: the test lane reaches whom staff_links names for a member of staff, and nobody else.
func (s *Store) StaffLink(ctx context.Context, staff ippo.StaffID) (ippo.StaffLink, error) {
	link := ippo.StaffLink{Staff: staff}
	var name []byte
	_, err := one(ctx, s.ro, func(row scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&link.Follower, &link.To, &name, &link.Active, at(&link.LinkedAt))
	}, `
		SELECT f.id, f.line_user_id, f.display_name, f.status = 'active', l.linked_at
		FROM staff_links l JOIN followers f ON f.id = l.follower_id WHERE l.staff_id = ?`, staff)
	if err != nil {
		return link, fmt.Errorf("link of staff %d: %w", staff, err)
	}
	link.Name, err = s.open("followers.display_name", name)
	return link, err
}

// UnlinkStaff forgets a member of staff's LINE account.
func (s *Store) UnlinkStaff(ctx context.Context, staff ippo.StaffID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.exec(ctx, `DELETE FROM staff_links WHERE staff_id = ?`, staff); err != nil {
			return fmt.Errorf("unlink staff %d: %w", staff, err)
		}
		return t.audit(ctx, staff, "staff.unlink", fmt.Sprintf("staff:%d", staff), "")
	})
}

// unlinkFollower takes the phone of somebody who is forgotten from the member of staff whose it was.
const unlinkFollower = `DELETE FROM staff_links WHERE follower_id = ?`

// staffsPhone reports whether a follower is a member of staff's own LINE account. It tells no more: test sends
// find their recipient by who is logged in.
func (s *Store) staffsPhone(ctx context.Context, id ippo.FollowerID) (bool, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM staff_links WHERE follower_id = ?`, id)
	return n > 0, err
}
