package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// Ways in which a group is asked whether its entry is right, or told of a newcomer. Stored: add, never
// rename.
const (
	WayLine  = "line"
	WayMail  = "mail"
	WayPaper = "paper" // fax or telephone, by staff
	WayPhone = "phone"
)

// AskedGroup is a group that was asked, or is to be, whether its entry is right (募集中ですか).
type AskedGroup struct {
	ippo.ActivityGroup
	AskedBy  string
	Account  ippo.FollowerID // LINE account that can be reached; 0 for none
	Language ippo.Language   // its owner's
}

// Way is how the group is asked: as it likes best of what is there.
func (g AskedGroup) Way() string {
	switch {
	case g.Host.Paper:
	case g.Account != 0:
		return WayLine
	case g.Host.Email != "":
		return WayMail
	}
	return WayPaper
}

var askedGroupQuery = `
	SELECT ` + groupColumns + `, asked_by, coalesce(account, 0), coalesce(language, '')
	FROM activity_groups LEFT JOIN (
		SELECT a.group_id AS of, f.id AS account, f.language AS language
		FROM group_accounts a JOIN followers f ON f.id = a.follower_id WHERE f.status = 'active') ON of = activity_groups.id
	WHERE hidden = 0`

func (s *Store) scanAskedGroup(row scanner) (g AskedGroup, err error) {
	g.ActivityGroup, err = s.scanGroup(with(row, &g.AskedBy, &g.Account, &g.Language))
	return g, err
}

// GroupsToAsk returns at most limit groups that are to be asked at now: a quarter has passed since they were
// last known to be right, and since they were last asked.
func (s *Store) GroupsToAsk(ctx context.Context, now time.Time, limit int) ([]AskedGroup, error) {
	before := stamp(now.Add(-ippo.AskAfter))
	groups, err := collect(ctx, s.ro, s.scanAskedGroup, askedGroupQuery+`
		AND confirmed_at <= ?1 AND (asked_at IS NULL OR asked_at <= ?1) ORDER BY confirmed_at, id LIMIT ?2`, before, limit)
	if err != nil {
		return nil, fmt.Errorf("groups to ask: %w", err)
	}
	return groups, nil
}

// AskedSince counts the groups that were asked since a time and have not answered.
func (s *Store) AskedSince(ctx context.Context, since time.Time) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM activity_groups WHERE asked_at >= ?`, stamp(since))
	if err != nil {
		return 0, fmt.Errorf("groups asked: %w", err)
	}
	return n, nil
}

// AskedGroups returns the groups that were asked and have not answered, the longest silent first.
func (s *Store) AskedGroups(ctx context.Context) ([]AskedGroup, error) {
	held, args := remitCondition(ctx)
	groups, err := collect(ctx, s.ro, s.scanAskedGroup, askedGroupQuery+` AND silent_since IS NOT NULL AND `+held+` ORDER BY silent_since, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("asked groups: %w", err)
	}
	return groups, nil
}

// AskGroup notes that a group is asked now, and makes the link for a mail; other ways need none.
func (t *Tx) AskGroup(ctx context.Context, id ippo.ActivityGroupID, way string) (l GroupLink, err error) {
	err = t.changeOne(ctx, `UPDATE activity_groups SET asked_at = ?1, silent_since = coalesce(silent_since, ?1), asked_by = ?2 WHERE id = ?3`,
		stamp(t.now), way, id)
	if err == nil && way == WayMail {
		l, err = t.addGroupLink(ctx, id, 0)
	}
	if err != nil {
		return l, fmt.Errorf("ask group %d: %w", id, err)
	}
	return l, nil
}

// ConfirmGroup notes what a group says to the question whether its entry is right; staff note what it said on
// the telephone (by is 0 when the group said it itself). Nothing hides it: that is for staff.
func (t *Tx) ConfirmGroup(ctx context.Context, by ippo.StaffID, id ippo.ActivityGroupID, answer ippo.FreshAnswer) error {
	if answer.Words() == string(answer) {
		return ippo.Problems{{Field: "answer", Message: "お返事を選んでください。"}}
	}
	err := t.changeOne(ctx, `
		UPDATE activity_groups SET receiving = ?, full = ?, confirmed_at = ?3, asked_at = NULL, silent_since = NULL, asked_by = '', updated_at = ?3
		WHERE id = ?4`, answer != ippo.FreshClosed, answer == ippo.FreshFull, stamp(t.now), id)
	if err != nil {
		return fmt.Errorf("confirm group %d: %w", id, found(err))
	}
	return t.audit(ctx, by, "group.confirm", fmt.Sprintf("group:%d", id), string(answer))
}

// ConfirmGroup notes what a group said to staff.
func (s *Store) ConfirmGroup(ctx context.Context, by ippo.StaffID, id ippo.ActivityGroupID, answer ippo.FreshAnswer) error {
	return s.Write(ctx, func(t *Tx) error { return t.ConfirmGroup(ctx, by, id, answer) })
}
