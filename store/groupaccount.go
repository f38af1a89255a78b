package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// NewGroupLinkCode makes the code that whoever receives newcomers for a group types into the chat to link
// their own LINE account. It is good once and until expires; an earlier one is void.
func (s *Store) NewGroupLinkCode(ctx context.Context, by ippo.StaffID, group ippo.ActivityGroupID) (code string, expires time.Time, err error) {
	code = newTypedCode()
	err = s.Write(ctx, func(t *Tx) error {
		expires = t.now.Add(ippo.GroupLinkLife)
		err := t.exec(ctx, `
			INSERT INTO group_account_codes (group_id, code, expires_at) VALUES (?, ?, ?)
			ON CONFLICT (group_id) DO UPDATE SET code = excluded.code, expires_at = excluded.expires_at`,
			group, linkKey(code), stamp(expires))
		if err != nil {
			return err
		}
		return t.audit(ctx, by, "group.code", fmt.Sprintf("group:%d", group), "")
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("new code for group %d: %w", group, err)
	}
	return code, expires, nil
}

// newTypedCode is a code that nobody guesses and everybody can type.
func newTypedCode() string {
	random := make([]byte, 8)
	rand.Read(random) // never fails
	for i, b := range random {
		random[i] = linkLetters[int(b)%len(linkLetters)]
	}
	return string(random[:4]) + "-" + string(random[4:])
}

// LinkGroup spends a code that was typed into the chat by a follower, and returns the group whose it was.
// Wrong codes count as in LinkStaff, with the same errors.
func (t *Tx) LinkGroup(ctx context.Context, code string, follower ippo.FollowerID) (ippo.ActivityGroup, error) {
	wrong, err := t.linkTries(ctx, follower)
	if err != nil {
		return ippo.ActivityGroup{}, fmt.Errorf("link group: %w", err)
	}
	g, err := one(ctx, t.tx, t.store.scanGroup, `SELECT `+groupColumns+` FROM activity_groups WHERE id =
		(SELECT group_id FROM group_account_codes WHERE code = ? AND expires_at > ?)`, linkKey(code), stamp(t.now))
	if errors.Is(err, ippo.ErrNotFound) {
		if err := t.countWrongCode(ctx, follower, wrong+1); err != nil {
			return g, fmt.Errorf("link group: %w", err)
		}
	}
	if err != nil {
		return g, fmt.Errorf("link group: %w", err)
	}
	for _, query := range []string{`DELETE FROM staff_link_tries WHERE follower_id = ?1`, `DELETE FROM group_account_codes WHERE group_id = ?2`, `
		INSERT INTO group_accounts (group_id, follower_id, linked_at) VALUES (?2, ?1, ?3)
		ON CONFLICT (group_id) DO UPDATE SET follower_id = excluded.follower_id, linked_at = excluded.linked_at`} {
		if err := t.exec(ctx, query, follower, g.ID, stamp(t.now)); err != nil {
			return g, fmt.Errorf("link group %d: %w", g.ID, err)
		}
	}
	return g, t.audit(ctx, 0, "group.link", fmt.Sprintf("group:%d", g.ID), "")
}

// GroupAccount is the LINE account of whoever receives newcomers for a group.
type GroupAccount struct {
	Group    ippo.ActivityGroupID
	Follower ippo.FollowerID
	Name     string // of the LINE profile
	Language ippo.Language
	Active   bool // false while they block the account
	LinkedAt time.Time
}

const groupAccountQuery = `
	SELECT a.group_id, f.id, f.display_name, f.language, f.status = 'active', a.linked_at
	FROM group_accounts a JOIN followers f ON f.id = a.follower_id`

func (s *Store) scanGroupAccount(row scanner) (a GroupAccount, err error) {
	var name []byte
	if err := row.Scan(&a.Group, &a.Follower, &name, &a.Language, &a.Active, at(&a.LinkedAt)); err != nil {
		return a, err
	}
	a.Name, err = s.open("followers.display_name", name)
	return a, err
}

// GroupAccount returns a group's LINE account, or ippo.ErrNotFound.
func (s *Store) GroupAccount(ctx context.Context, group ippo.ActivityGroupID) (GroupAccount, error) {
	a, err := one(ctx, s.ro, s.scanGroupAccount, groupAccountQuery+` WHERE a.group_id = ?`, group)
	if err != nil {
		return a, fmt.Errorf("account of group %d: %w", group, err)
	}
	return a, nil
}

// UnlinkGroup forgets a group's LINE account. ErrConflict: it has none.
func (s *Store) UnlinkGroup(ctx context.Context, by ippo.StaffID, group ippo.ActivityGroupID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `DELETE FROM group_accounts WHERE group_id = ?`, group); err != nil {
			return fmt.Errorf("unlink group %d: %w", group, err)
		}
		return t.audit(ctx, by, "group.unlink", fmt.Sprintf("group:%d", group), "")
	})
}
