package store

import (
	"context"
	"database/sql"
	"encoding/json"
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

// MoveAmbassadors notes that a move is to be made with each of several who still stand where they were seen then. Each
// has a line in the audit log, and all together can be taken back.
func (s *Store) MoveAmbassadors(ctx context.Context, by ippo.StaffID, several []Seen, move ippo.AmbassadorMove) error {
	err := s.Write(ctx, func(t *Tx) error {
		change, err := t.insert(ctx, `INSERT INTO ambassador_changes (status, day, staff_id, at, people) VALUES (?, ?, ?, ?, ?)`,
			textOrNull(string(move.To)), textOrNull(dayText(move.Day)), by, stamp(t.now), len(several))
		if err != nil {
			return err
		}
		return addParts(ctx, t, "ambassador_change_parts", change, several, ambassadorPart)
	})
	if err != nil {
		return fmt.Errorf("move ambassadors: %w", err)
	}
	return nil
}

// UndoAmbassadorChange notes that those whom a change moved are to be put back to where they stood, but for who has gone
// on since. ippo.ErrConflict: it is not done, was taken back before, or took another back itself.
func (s *Store) UndoAmbassadorChange(ctx context.Context, by ippo.StaffID, id int64) error {
	err := s.Write(ctx, func(t *Tx) error { return t.undoChange(ctx, "ambassador_changes", "status, day", by, id) })
	if err != nil {
		return fmt.Errorf("undo change %d of ambassadors: %w", id, err)
	}
	return nil
}

// ApplyAmbassadorChanges applies the next part of the oldest change that waits; more reports whether there was one.
func (s *Store) ApplyAmbassadorChanges(ctx context.Context) (more bool, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		var by ippo.StaffID
		c, err := one(ctx, t.tx, func(row scanner) (ippo.AmbassadorChange, error) { return scanAmbassadorChange(row, &by) },
			`SELECT `+ambassadorChange+`, c.staff_id FROM ambassador_changes c WHERE c.done_at IS NULL ORDER BY c.id LIMIT 1`)
		if notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		apply := t.movePart
		if c.Undoes != 0 {
			apply = t.unmovePart
		}
		changed, last, err := apply(ctx, by, c)
		if err != nil {
			return err
		}
		return t.exec(ctx, `UPDATE ambassador_changes SET changed = changed + ?, done_at = CASE WHEN ? THEN ? END WHERE id = ?`, changed, last, stamp(t.now), c.ID)
	})
	if err != nil {
		return false, fmt.Errorf("apply changes of ambassadors: %w", err)
	}
	return more, nil
}

// movePart makes a change's move with the next who wait for it, and returns how many these were; last: nobody waits any
// more.
func (t *Tx) movePart(ctx context.Context, by ippo.StaffID, c ippo.AmbassadorChange) (changed int, last bool, err error) {
	parts, err := collect(ctx, t.tx, func(row scanner) (part struct {
		n    int
		seen string
	}, err error) {
		err = row.Scan(&part.n, &part.seen)
		return part, err
	}, `SELECT part, seen FROM ambassador_change_parts WHERE change_id = ? ORDER BY part LIMIT 2`, c.ID)
	if err != nil || len(parts) == 0 {
		return 0, true, err
	}
	var several []Seen
	if err := json.Unmarshal([]byte(parts[0].seen), &several); err != nil {
		return 0, false, err
	}
	for _, seen := range several {
		moved, err := t.moveSeen(ctx, by, c, seen)
		if err != nil {
			return 0, false, err
		}
		if moved {
			changed++
		}
	}
	return changed, len(parts) == 1, t.exec(ctx, `DELETE FROM ambassador_change_parts WHERE change_id = ? AND part = ?`, c.ID, parts[0].n)
}

// moveSeen makes a change's move with one who still stands where they were seen.
func (t *Tx) moveSeen(ctx context.Context, by ippo.StaffID, c ippo.AmbassadorChange, seen Seen) (moved bool, err error) {
	a, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id = ?`, seen.ID)
	var next ippo.AmbassadorStatus
	if err == nil && a.Status != seen.Status {
		return false, nil
	}
	if err == nil {
		next, err = t.makeMove(ctx, by, a, c.Move)
	}
	if notFound(err) || errors.Is(err, ippo.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, t.exec(ctx, `INSERT INTO ambassador_change_people (change_id, ambassador_id, status, was, was_due, was_since) VALUES (?, ?, ?, ?, ?, ?)`,
		c.ID, a.ID, next, a.Status, textOrNull(dayText(a.DueOn)), stamp(a.Since))
}

// unmovePart puts the next of those back whom the change that c takes back had moved, and returns how many these were;
// last: it was all of them.
func (t *Tx) unmovePart(ctx context.Context, by ippo.StaffID, c ippo.AmbassadorChange) (changed int, last bool, err error) {
	people, err := collect(ctx, t.tx, scanMoved, `SELECT ambassador_id, status, was, was_due, was_since FROM ambassador_change_people
		WHERE change_id = ? ORDER BY ambassador_id LIMIT ?`, c.Undoes, ambassadorPart)
	if err != nil {
		return 0, false, err
	}
	for _, one := range people {
		back, err := t.unmove(ctx, by, c.Move, one)
		if err != nil {
			return 0, false, err
		}
		if back {
			changed++
		}
		if err := t.exec(ctx, `DELETE FROM ambassador_change_people WHERE change_id = ? AND ambassador_id = ?`, c.Undoes, one.id); err != nil {
			return 0, false, err
		}
	}
	return changed, len(people) < ambassadorPart, nil
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

var ambassadorChange = longChange("ambassador_changes") + `, c.status, c.day`

func scanAmbassadorChange(row scanner, more ...any) (c ippo.AmbassadorChange, err error) {
	var to, day sql.NullString
	if err := scanLongChange(row, &c.LongChange, append([]any{&to, &day}, more...)...); err != nil {
		return c, err
	}
	c.Move.To = ippo.AmbassadorStatus(to.String)
	c.Move.Day, err = dayOf(day)
	return c, err
}

// LatestAmbassadorChange returns the last move that somebody made with several at once, while it can be taken back;
// ippo.ErrNotFound when there is none.
func (s *Store) LatestAmbassadorChange(ctx context.Context, by ippo.StaffID) (ippo.AmbassadorChange, error) {
	c, err := one(ctx, s.ro, func(row scanner) (ippo.AmbassadorChange, error) { return scanAmbassadorChange(row) },
		`SELECT `+ambassadorChange+` FROM ambassador_changes c WHERE c.id = (SELECT max(id) FROM ambassador_changes WHERE staff_id = ?) AND c.at >= ?`,
		by, stamp(s.Now().Add(-ippo.UndoWithin)))
	if err != nil {
		return c, fmt.Errorf("latest change of ambassadors: %w", err)
	}
	return c, nil
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
