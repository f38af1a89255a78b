package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"ippo"
)

// Seen is an ambassador as a member of staff saw them when they chose them from a list.
type Seen struct {
	ID     ippo.AmbassadorID
	Status ippo.AmbassadorStatus
}

// AmbassadorTargets returns with whom a move can be made: of those whom a filter leaves, or, if any are given, of those
// who were seen and still stand where they stood then.
func (s *Store) AmbassadorTargets(ctx context.Context, filter AmbassadorFilter, seen []Seen, move ippo.AmbassadorMove) ([]Seen, error) {
	if seen != nil {
		filter = AmbassadorFilter{}
	}
	l, _, err := s.ambassadorListing(ctx, filter, "")
	if err != nil {
		return nil, fmt.Errorf("whom to move: %w", err)
	}
	if seen != nil {
		ids := make([]int64, len(seen))
		for i, one := range seen {
			ids[i] = int64(one.ID)
		}
		l.among(ids)
	}
	var targets []Seen
	_, err = collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var one Seen
		var due sql.NullString
		var can bool
		if err := row.Scan(&one.ID, &one.Status, &due, &can); err != nil {
			return none, err
		}
		switch {
		case move.To != "":
			can = one.Status.CanBecome(move.To)
		case !move.Day.IsZero():
			can = due.String != dayText(move.Day)
		}
		if can && (seen == nil || slices.Contains(seen, one)) {
			targets = append(targets, one)
		}
		return none, nil
	}, `SELECT id, status, due_on, `+mayStepBack+` FROM `+l.from+` WHERE `+l.where+` ORDER BY id`, l.args...)
	if err != nil {
		return nil, fmt.Errorf("whom to move: %w", err)
	}
	return targets, nil
}

// mayStepBack is whether ippo.StatusBefore knows where a step back leads: they have taken two steps more than were taken
// back, for the first cannot be.
const mayStepBack = `(SELECT coalesce(sum(1 - 2 * back), 0) >= 2 FROM ambassador_steps WHERE ambassador_id = ambassadors.id)`

// ambassadorPart is with how many one transaction makes a move: some hundredths of a second's work.
const ambassadorPart = 200

// MoveAmbassadors makes a move with each of several who still stand where they were seen, and returns how many these
// are. Each has a line in the audit log, and all together can be taken back.
func (s *Store) MoveAmbassadors(ctx context.Context, by ippo.StaffID, several []Seen, move ippo.AmbassadorMove) (done int, err error) {
	var change int64
	for part := range slices.Chunk(several, ambassadorPart) {
		noted, moved := change, 0
		err := s.Write(ctx, func(t *Tx) error {
			for _, seen := range part {
				a, err := one(ctx, t.tx, s.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id = ?`, seen.ID)
				if err == nil && a.Status != seen.Status {
					continue
				}
				var next ippo.AmbassadorStatus
				if err == nil {
					next, err = t.makeMove(ctx, by, a, move)
				}
				if notFound(err) || errors.Is(err, ippo.ErrConflict) {
					continue
				}
				if err != nil {
					return err
				}
				if noted == 0 {
					noted, err = t.insert(ctx, `INSERT INTO ambassador_changes (status, day, staff_id, at) VALUES (?, ?, ?, ?)`,
						textOrNull(string(move.To)), textOrNull(dayText(move.Day)), by, stamp(t.now))
					if err != nil {
						return err
					}
				}
				err = t.exec(ctx, `INSERT INTO ambassador_change_people (change_id, ambassador_id, status, was, was_due, was_since) VALUES (?, ?, ?, ?, ?, ?)`,
					noted, a.ID, next, a.Status, textOrNull(dayText(a.DueOn)), stamp(a.Since))
				if err != nil {
					return err
				}
				moved++
			}
			return nil
		})
		if err != nil {
			return done, fmt.Errorf("move ambassadors: %w", err)
		}
		change, done = noted, done+moved
	}
	return done, nil
}

// makeMove makes a move with one ambassador and returns where they stand then.
func (t *Tx) makeMove(ctx context.Context, by ippo.StaffID, a ippo.Ambassador, move ippo.AmbassadorMove) (next ippo.AmbassadorStatus, err error) {
	var action, detail string
	switch {
	case move.To != "":
		next, action, detail = move.To, "ambassador.status", string(move.To)
		err = t.stepForward(ctx, by, a, move.To)
	case !move.Day.IsZero():
		next, action, detail = a.Status, "ambassador.day", dayText(move.Day)
		err = t.setAmbassadorDay(ctx, a.ID, move.Day)
	default:
		action, detail = "ambassador.back", string(a.Status)
		next, err = t.stepBack(ctx, by, a)
	}
	if err != nil {
		return next, err
	}
	return next, t.audit(ctx, by, action, object("ambassador", a.ID), detail)
}

// LatestAmbassadorChange returns the last move that somebody made with several at once, while it can be taken back;
// ippo.ErrNotFound when there is none.
func (s *Store) LatestAmbassadorChange(ctx context.Context, by ippo.StaffID) (ippo.AmbassadorChange, error) {
	c, err := one(ctx, s.ro, func(row scanner) (c ippo.AmbassadorChange, err error) {
		var to, day sql.NullString
		if err := row.Scan(&c.ID, &to, &day, &c.People); err != nil {
			return c, err
		}
		c.Move.To = ippo.AmbassadorStatus(to.String)
		c.Move.Day, err = dayOf(day)
		return c, err
	}, `SELECT id, status, day, (SELECT count(*) FROM ambassador_change_people WHERE change_id = c.id) FROM ambassador_changes c
		WHERE id = (SELECT max(id) FROM ambassador_changes WHERE staff_id = ?) AND undone_at IS NULL AND at >= ?`,
		by, stamp(s.Now().Add(-ippo.UndoWithin)))
	if err != nil {
		return c, fmt.Errorf("latest change of ambassadors: %w", err)
	}
	return c, nil
}

// UndoAmbassadorChange puts those whom a change moved back to where they stood, but for who has gone on since, and
// returns how many these are. It goes part by part, and on from where it was broken off. ippo.ErrConflict: all of it
// was taken back before.
func (s *Store) UndoAmbassadorChange(ctx context.Context, by ippo.StaffID, change ippo.AmbassadorChange) (done int, err error) {
	for more := true; more; {
		back := 0
		err := s.Write(ctx, func(t *Tx) error {
			people, err := collect(ctx, t.tx, scanMoved, `SELECT ambassador_id, status, was, was_due, was_since FROM ambassador_change_people
				WHERE change_id = ? ORDER BY ambassador_id LIMIT ?`, change.ID, ambassadorPart)
			if err != nil {
				return err
			}
			for _, one := range people {
				ok, err := t.unmove(ctx, by, change.Move, one)
				if err != nil {
					return err
				}
				if ok {
					back++
				}
				if err := t.exec(ctx, `DELETE FROM ambassador_change_people WHERE change_id = ? AND ambassador_id = ?`, change.ID, one.id); err != nil {
					return err
				}
			}
			if more = len(people) == ambassadorPart; more {
				return nil
			}
			return t.changeOne(ctx, `UPDATE ambassador_changes SET undone_at = ? WHERE id = ? AND undone_at IS NULL`, stamp(t.now), change.ID)
		})
		if err != nil {
			return done, fmt.Errorf("undo change %d of ambassadors: %w", change.ID, err)
		}
		done += back
	}
	return done, nil
}

// moved is how an ambassador stood before a move and after it.
type moved struct {
	id         ippo.AmbassadorID
	status     ippo.AmbassadorStatus
	was        ippo.AmbassadorStatus
	due, since sql.NullString
}

func scanMoved(row scanner) (m moved, err error) {
	err = row.Scan(&m.id, &m.status, &m.was, &m.due, &m.since)
	return m, err
}

// unmove puts somebody back to where they stood before a move, if they still stand where it led. They have waited for
// what is next since they came there first.
func (t *Tx) unmove(ctx context.Context, by ippo.StaffID, move ippo.AmbassadorMove, m moved) (ok bool, err error) {
	a, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id = ?`, m.id)
	if err != nil {
		return false, err
	}
	if a.Status != m.status || dayText(a.DueOn) != dayText(move.Day) {
		return false, nil
	}
	action, detail := "ambassador.day", m.due.String
	if a.Status != m.was {
		action, detail = "ambassador.back", string(a.Status)
		back := move.To != ""
		if !back {
			action, detail = "ambassador.status", string(m.was)
		}
		if err := t.moveAmbassador(ctx, by, a, m.was, back); err != nil {
			return false, err
		}
	}
	if err := t.changeOne(ctx, `UPDATE ambassadors SET due_on = ?, since = ?, updated_at = ? WHERE id = ?`, m.due, m.since, stamp(t.now), m.id); err != nil {
		return false, err
	}
	return true, t.audit(ctx, by, action, object("ambassador", m.id), detail)
}
