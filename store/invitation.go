package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// newInvite is the code of an invitation: nobody guesses it.
func newInvite() string { return rand.Text()[:20] }

// FollowFirst is Follow for somebody who, for all that LINE tells and we know, adds the account for the first
// time: an invitation may count them. Whoever was here before and has been forgotten does not.
func (t *Tx) FollowFirst(ctx context.Context, lineUserID, name string, language ippo.Language, at time.Time) (ippo.FollowerID, error) {
	back, err := t.forgotten(ctx, lineUserID)
	if err != nil {
		return 0, fmt.Errorf("follow: %w", err)
	}
	id, err := t.Follow(ctx, lineUserID, name, language, at)
	if err != nil || back {
		return id, err
	}
	err = t.exec(ctx, `INSERT INTO first_follows (follower_id, until) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, stamp(at.Add(ippo.FirstFollow)))
	if err != nil {
		return id, fmt.Errorf("follow: %w", err)
	}
	return id, nil
}

// AtHome notes that somebody has done more than to add the account: no invitation counts them any more.
func (t *Tx) AtHome(ctx context.Context, id ippo.FollowerID) error {
	if err := t.exec(ctx, `DELETE FROM first_follows WHERE follower_id = ?`, id); err != nil {
		return fmt.Errorf("at home %d: %w", id, err)
	}
	return nil
}

// Arrive takes somebody who comes with an invitation, and counts them for its ambassador if they are new. Who
// came is not kept. ippo.ErrNotFound: there is no such invitation.
func (t *Tx) Arrive(ctx context.Context, invite string, follower ippo.FollowerID) (ippo.Arrival, error) {
	a, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE invite = ?`, invite)
	if err != nil {
		return ippo.ArrivedBefore, fmt.Errorf("arrive: %w", err)
	}
	if a.Follower == follower {
		return ippo.ArrivedSelf, nil
	}
	err = t.changeOne(ctx, `DELETE FROM first_follows WHERE follower_id = ? AND until > ?`, follower, stamp(t.now))
	if errors.Is(err, ippo.ErrConflict) || err == nil && !a.Status.Serving() {
		return ippo.ArrivedBefore, nil
	}
	if err == nil {
		err = t.exec(ctx, `
			INSERT INTO invited (ambassador_id, week, people) VALUES (?, ?, 1)
			ON CONFLICT (ambassador_id, week) DO UPDATE SET people = people + 1`, a.ID, ippo.Monday(t.now).Format(time.DateOnly))
	}
	if err != nil {
		return ippo.ArrivedBefore, fmt.Errorf("arrive: %w", err)
	}
	return ippo.ArrivedNew, nil
}

// Invitation reports whether a code is an ambassador's; ippo.ErrNotFound if it is not.
func (s *Store) Invitation(ctx context.Context, invite string) error {
	_, err := one(ctx, s.ro, scanInt, `SELECT 1 FROM ambassadors WHERE invite = ?`, invite)
	if err != nil {
		return fmt.Errorf("invitation: %w", err)
	}
	return nil
}

// Invited returns how many people became friends by invitations, week by week from the one of a moment to the
// present, those without anybody too. An ambassador of 0 is all of them.
func (s *Store) Invited(ctx context.Context, id ippo.AmbassadorID, since time.Time) ([]ippo.InvitedWeek, error) {
	first := ippo.Monday(since)
	type sum struct {
		week   string
		people int
	}
	sums, err := collect(ctx, s.ro, func(row scanner) (one sum, err error) {
		err = row.Scan(&one.week, &one.people)
		return one, err
	}, `SELECT week, sum(people) FROM invited WHERE (?1 = 0 OR ambassador_id = ?1) AND week >= ?2 GROUP BY week`, id, first.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("invited: %w", err)
	}
	people := make(map[string]int, len(sums))
	for _, one := range sums {
		people[one.week] = one.people
	}
	var weeks []ippo.InvitedWeek
	for monday := first; !monday.After(s.Now()); monday = monday.AddDate(0, 0, 7) {
		weeks = append(weeks, ippo.InvitedWeek{Monday: monday, People: people[monday.Format(time.DateOnly)]})
	}
	return weeks, nil
}
