package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"ippo"
)

// person is what an ambassador told of themselves: sealed as one value.
type person struct {
	Name     string `json:"name"`
	Kana     string `json:"kana"`
	Contact  string `json:"contact"`
	Guardian string `json:"guardian,omitempty"`
}

// ApplyAmbassador takes an application and returns it with its number. Who left earlier applies again
// under the same number; ErrConflict: they are an ambassador already.
func (t *Tx) ApplyAmbassador(ctx context.Context, a ippo.Ambassador) (ippo.Ambassador, error) {
	if err := a.Validate(); err != nil {
		return a, err
	}
	sealed, err := t.store.sealJSON("ambassadors.person", person{a.Name, a.Kana, a.Contact, a.Guardian})
	if err != nil {
		return a, err
	}
	actions, err := json.Marshal(append([]string{}, a.Actions...))
	if err != nil {
		return a, fmt.Errorf("apply as ambassador: %w", err)
	}
	if a.ConsentedAt.IsZero() {
		a.ConsentedAt = t.now
	}
	a.Status, a.AppliedAt, a.UpdatedAt = ippo.AmbassadorApplied, t.now, t.now
	before, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE follower_id = ?`, orNull(a.Follower))
	switch {
	case notFound(err):
		// Only who is new takes a number: an upsert would use one up each time.
		if a.Follower != 0 {
			a.Invite = newInvite()
		}
		var id int64
		id, err = t.insert(ctx, `
			INSERT INTO ambassadors (follower_id, invite, status, person, age_band, actions, applied_at, consented_at, updated_at)
			VALUES (?, ?, 'applied', ?, ?, ?, ?, ?, ?)`,
			orNull(a.Follower), textOrNull(a.Invite), sealed, a.AgeBand, string(actions), stamp(t.now), stamp(a.ConsentedAt), stamp(t.now))
		a.ID = ippo.AmbassadorID(id)
	case err == nil && before.Status.Serving():
		err = ippo.ErrConflict
	case err == nil:
		a.ID, a.Invite, a.Invited = before.ID, before.Invite, before.Invited
		if err = t.exec(ctx, `DELETE FROM visions WHERE ambassador_id = ?`, a.ID); err != nil {
			break
		}
		err = t.exec(ctx, `
			UPDATE ambassadors SET status = 'applied', person = ?, age_band = ?, actions = ?, applied_at = ?, consented_at = ?,
				updated_at = ?, resting = 0, due_on = NULL
			WHERE id = ?`,
			sealed, a.AgeBand, string(actions), stamp(t.now), stamp(a.ConsentedAt), stamp(t.now), a.ID)
	}
	if err == nil {
		err = t.keepVision(ctx, a.ID, a.Vision, false, false)
	}
	if err != nil {
		return a, fmt.Errorf("apply as ambassador: %w", err)
	}
	a.Number, a.Since = int(a.ID), t.now
	if err := t.addAmbassadorStep(ctx, a.ID, 0, a.Status, false); err != nil {
		return a, fmt.Errorf("apply as ambassador: %w", err)
	}
	return a, t.mailStaff(ctx, "新しい申し込みがあります",
		fmt.Sprintf("No. %d の申し込みがありました。\n/admin/ambassadors/%d", a.Number, a.ID))
}

// AmbassadorFilter narrows a list of ambassadors; its zero value is all of them.
type AmbassadorFilter struct {
	Status  ippo.AmbassadorStatus
	Resting *bool
	Due     *DueBy       // something is to be done with them by a day
	Linked  *bool        // to a LINE account
	Came    ippo.EventID // who was there at this event
	Query   string       // part of a name, kana, contact, vision, note or the number
	Marks   bool         // return only what is kept in clear: who, where they stand and since when, and the day that was set
}

// DueBy narrows ambassadors to those with whom something is to be done by a day, as a plan has it or staff have set.
type DueBy struct {
	Day  time.Time
	Plan ippo.AmbassadorPlan
}

// condition is that of ippo.AmbassadorTask.Due, over indexes.
func (d DueBy) condition() (string, []any) {
	day := ippo.Day(d.Day)
	before := func(days int) any { return stamp(day.AddDate(0, 0, 1-days)) } // the days are up for whoever began earlier
	return `(due_on <= ? OR due_on IS NULL AND resting = 0 AND status = 'applied' AND since < ? OR due_on IS NULL AND resting = 0 AND status = 'contacted' AND since < ?)`,
		[]any{day.Format(time.DateOnly), before(d.Plan.ContactDays), before(d.Plan.AppointDays)}
}

// Ambassadors returns ambassadors, the newest first. There is no clear index of personal data: a query
// is compared in memory.
func (s *Store) Ambassadors(ctx context.Context, filter AmbassadorFilter) ([]ippo.Ambassador, error) {
	columns, scan := ambassadorColumns, s.scanAmbassador
	if filter.Marks {
		columns, scan = ambassadorMarks, scanAmbassadorMarks
	}
	query, args := `SELECT `+columns+` FROM ambassadors WHERE 1 = 1`, []any{}
	if filter.Status != "" {
		query, args = query+` AND status = ?`, append(args, filter.Status)
	}
	if filter.Resting != nil {
		query, args = query+` AND resting = ?`, append(args, *filter.Resting)
	}
	if filter.Due != nil {
		due, by := filter.Due.condition()
		query, args = query+` AND `+due, append(args, by...)
	}
	if filter.Linked != nil {
		query, args = query+` AND (follower_id IS NOT NULL) = ?`, append(args, *filter.Linked)
	}
	if filter.Came != 0 {
		query += ` AND follower_id IN (SELECT follower_id FROM reservations WHERE event_id = ? AND attended_at IS NOT NULL)`
		args = append(args, filter.Came)
	}
	all, err := collect(ctx, s.ro, scan, query+` ORDER BY id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("ambassadors: %w", err)
	}
	if filter.Query == "" {
		return all, nil
	}
	var found []ippo.Ambassador
	for _, a := range all {
		text := fmt.Sprintf("%d\n%s\n%s\n%s\n%s\n%s", a.Number, a.Name, a.Kana, a.Contact, a.Vision, a.Note)
		if strings.Contains(text, filter.Query) {
			found = append(found, a)
		}
	}
	return found, nil
}

// AmbassadorsBy returns ambassadors by their numbers, in no order; those there are none of are left out.
func (s *Store) AmbassadorsBy(ctx context.Context, ids []ippo.AmbassadorID) ([]ippo.Ambassador, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	all, err := collect(ctx, s.ro, s.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id IN (`+placeholders(len(ids))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("ambassadors by number: %w", err)
	}
	return all, nil
}

// Ambassador returns one ambassador.
func (s *Store) Ambassador(ctx context.Context, id ippo.AmbassadorID) (ippo.Ambassador, error) {
	a, err := one(ctx, s.ro, s.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id = ?`, id)
	if err != nil {
		return a, fmt.Errorf("ambassador %d: %w", id, err)
	}
	return a, nil
}

// AmbassadorOf returns a follower's sign-up, also one that has ended.
func (s *Store) AmbassadorOf(ctx context.Context, follower ippo.FollowerID) (ippo.Ambassador, error) {
	a, err := one(ctx, s.ro, s.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE follower_id = ?`, follower)
	if err != nil {
		return a, fmt.Errorf("ambassador of follower %d: %w", follower, err)
	}
	return a, nil
}

const ambassadorColumns = `id, follower_id, invite, (SELECT coalesce(sum(people), 0) FROM invited WHERE ambassador_id = ambassadors.id), status, resting, person, age_band, actions, note,
	applied_at, updated_at, consented_at, linked_at, due_on, since,
	(SELECT text FROM visions WHERE ambassador_id = ambassadors.id),
	EXISTS (SELECT 1 FROM visions WHERE ambassador_id = ambassadors.id AND state = 'shown')`

const ambassadorMarks = `id, follower_id, status, resting, due_on, since`

func scanAmbassadorMarks(row scanner) (a ippo.Ambassador, err error) {
	var follower sql.NullInt64
	var due sql.NullString
	if err := row.Scan(&a.ID, &follower, &a.Status, &a.Resting, &due, at(&a.Since)); err != nil {
		return a, err
	}
	a.Number, a.Follower = int(a.ID), ippo.FollowerID(follower.Int64)
	a.DueOn, err = dayOf(due)
	return a, err
}

// dayOf reads the day that staff have set; the zero time: they have not.
func dayOf(due sql.NullString) (day time.Time, err error) {
	if due.Valid {
		if day, err = time.ParseInLocation(time.DateOnly, due.String, ippo.Tokyo); err != nil {
			return day, fmt.Errorf("ambassador's day: %w", err)
		}
	}
	return day, nil
}

func (s *Store) scanAmbassador(row scanner) (a ippo.Ambassador, err error) {
	var follower sql.NullInt64
	var invite sql.NullString
	var sealed, note, vision []byte
	var actions string
	var due sql.NullString
	err = row.Scan(&a.ID, &follower, &invite, &a.Invited, &a.Status, &a.Resting, &sealed, &a.AgeBand, &actions, &note,
		at(&a.AppliedAt), at(&a.UpdatedAt), at(&a.ConsentedAt), at(&a.LinkedAt), &due, at(&a.Since), &vision, &a.VisionApproved)
	if err != nil {
		return a, err
	}
	a.Number, a.Follower = int(a.ID), ippo.FollowerID(follower.Int64)
	a.Invite = invite.String
	if a.DueOn, err = dayOf(due); err != nil {
		return a, err
	}
	var p person
	if err := s.openJSON("ambassadors.person", sealed, &p); err != nil {
		return a, err
	}
	a.Name, a.Kana, a.Contact, a.Guardian = p.Name, p.Kana, p.Contact, p.Guardian
	if err := json.Unmarshal([]byte(actions), &a.Actions); err != nil {
		return a, fmt.Errorf("ambassador's actions: %w", err)
	}
	if a.Vision, err = s.open("visions.text", vision); err != nil {
		return a, err
	}
	a.Note, err = s.open("ambassadors.note", note)
	return a, err
}

// SetAmbassadorStatus moves an ambassador along the path. ErrConflict: the path does not lead there from
// where they stand now.
func (s *Store) SetAmbassadorStatus(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, next ippo.AmbassadorStatus) error {
	return s.changeAmbassador(ctx, by, id, "ambassador.status", string(next), func(t *Tx, a ippo.Ambassador) error {
		if !a.Status.CanBecome(next) {
			return ippo.ErrConflict
		}
		return t.moveAmbassador(ctx, by, a, next, false)
	})
}

// StepBack takes an ambassador's last step back, if they still stand where the caller saw them. ErrConflict:
// they do not, or there is no step before.
func (s *Store) StepBack(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, seen ippo.AmbassadorStatus) error {
	return s.changeAmbassador(ctx, by, id, "ambassador.back", string(seen), func(t *Tx, a ippo.Ambassador) error {
		steps, err := ambassadorSteps(ctx, t.tx, id)
		if err != nil {
			return err
		}
		before, ok := ippo.StatusBefore(steps)
		if !ok || a.Status != seen {
			return ippo.ErrConflict
		}
		return t.moveAmbassador(ctx, by, a, before, true)
	})
}

// Seen is an ambassador as a member of staff saw them when they chose them from a list.
type Seen struct {
	ID     ippo.AmbassadorID
	Status ippo.AmbassadorStatus
}

// EachAmbassador does one thing to each of several, and returns how many it was done to. Those from whom the
// path does not lead there, any more, are left as they are.
func EachAmbassador(several []Seen, do func(Seen) error) (done int, err error) {
	for _, one := range several {
		switch err := do(one); {
		case err == nil:
			done++
		case !errors.Is(err, ippo.ErrConflict) && !errors.Is(err, ippo.ErrNotFound):
			return done, err
		}
	}
	return done, nil
}

// moveAmbassador puts an ambassador where a step leads. The day that was set was for the step.
func (t *Tx) moveAmbassador(ctx context.Context, by ippo.StaffID, a ippo.Ambassador, next ippo.AmbassadorStatus, back bool) error {
	err := t.changeOne(ctx, `UPDATE ambassadors SET status = ?, updated_at = ?, due_on = NULL WHERE id = ? AND status = ?`,
		next, stamp(t.now), a.ID, a.Status)
	if err != nil {
		return err
	}
	return t.addAmbassadorStep(ctx, a.ID, by, next, back)
}

func (t *Tx) addAmbassadorStep(ctx context.Context, id ippo.AmbassadorID, by ippo.StaffID, status ippo.AmbassadorStatus, back bool) error {
	return t.exec(ctx, `INSERT INTO ambassador_steps (ambassador_id, at, staff_id, status, back) VALUES (?, ?, ?, ?, ?)`,
		id, stamp(t.now), orNull(by), status, back)
}

// AmbassadorSteps returns every step of an ambassador's path, the first first.
func (s *Store) AmbassadorSteps(ctx context.Context, id ippo.AmbassadorID) ([]ippo.AmbassadorStep, error) {
	steps, err := ambassadorSteps(ctx, s.ro, id)
	if err != nil {
		return nil, fmt.Errorf("steps of ambassador %d: %w", id, err)
	}
	return steps, nil
}

func ambassadorSteps(ctx context.Context, q queryer, id ippo.AmbassadorID) ([]ippo.AmbassadorStep, error) {
	return collect(ctx, q, func(row scanner) (step ippo.AmbassadorStep, err error) {
		var staff sql.NullInt64
		var name sql.NullString
		err = row.Scan(at(&step.At), &staff, &name, &step.Status, &step.Back)
		step.Staff, step.Name = ippo.StaffID(staff.Int64), name.String
		return step, err
	}, `SELECT p.at, p.staff_id, s.name, p.status, p.back FROM ambassador_steps p LEFT JOIN staff s ON s.id = p.staff_id
		WHERE p.ambassador_id = ? ORDER BY p.id`, id)
}

// SetAmbassadorDay sets the day for what is next with an ambassador; the zero time: as the plan has it.
func (s *Store) SetAmbassadorDay(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, day time.Time) error {
	on := ""
	if !day.IsZero() {
		on = ippo.Day(day).Format(time.DateOnly)
	}
	return s.changeAmbassador(ctx, by, id, "ambassador.day", on, func(t *Tx, _ ippo.Ambassador) error {
		return t.changeOne(ctx, `UPDATE ambassadors SET due_on = ?, updated_at = ? WHERE id = ?`, textOrNull(on), stamp(t.now), id)
	})
}

// AmbassadorCounts is how many ambassadors there are.
type AmbassadorCounts struct {
	By       map[ippo.AmbassadorStatus]int
	Resting  int // of those who serve
	Unlinked int // of those who serve, without a LINE account
}

// AmbassadorCounts counts them for the board.
func (s *Store) AmbassadorCounts(ctx context.Context) (AmbassadorCounts, error) {
	counts := AmbassadorCounts{By: map[ippo.AmbassadorStatus]int{}}
	type group struct {
		status                ippo.AmbassadorStatus
		all, resting, without int
	}
	groups, err := collect(ctx, s.ro, func(row scanner) (g group, err error) {
		err = row.Scan(&g.status, &g.all, &g.resting, &g.without)
		return g, err
	}, `SELECT status, count(*), sum(resting), sum(follower_id IS NULL) FROM ambassadors GROUP BY status`)
	if err != nil {
		return counts, fmt.Errorf("count ambassadors: %w", err)
	}
	for _, g := range groups {
		counts.By[g.status] = g.all
		if g.status.Serving() {
			counts.Resting += g.resting
			counts.Unlinked += g.without
		}
	}
	return counts, nil
}

// SetResting marks an ambassador as resting (休止中), or as back.
func (s *Store) SetResting(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, resting bool) error {
	return s.changeAmbassador(ctx, by, id, "ambassador.resting", fmt.Sprint(resting), func(t *Tx, _ ippo.Ambassador) error {
		return t.changeOne(ctx, `UPDATE ambassadors SET resting = ?, updated_at = ? WHERE id = ?`, resting, stamp(t.now), id)
	})
}

// SetAmbassadorNote replaces the staff's note.
func (s *Store) SetAmbassadorNote(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, note string) error {
	if n := len([]rune(note)); n > maxNote {
		return ippo.Problems{{Field: "note", Message: fmt.Sprintf("メモは%d文字以内で入力してください（現在%d文字）。", maxNote, n)}}
	}
	return s.changeAmbassador(ctx, by, id, "ambassador.note", "", func(t *Tx, _ ippo.Ambassador) error {
		return t.changeOne(ctx, `UPDATE ambassadors SET note = ?, updated_at = ? WHERE id = ?`,
			s.seal("ambassadors.note", note), stamp(t.now), id)
	})
}

// maxNote bounds the staff's notes, in characters.
const maxNote = 2000

func (s *Store) changeAmbassador(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, action, detail string, change func(*Tx, ippo.Ambassador) error) error {
	err := s.Write(ctx, func(t *Tx) error {
		a, err := one(ctx, t.tx, s.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if err := change(t, a); err != nil {
			return err
		}
		return t.audit(ctx, by, action, fmt.Sprintf("ambassador:%d", id), detail)
	})
	if err != nil {
		return fmt.Errorf("%s %d: %w", action, id, err)
	}
	return nil
}

// WithdrawAmbassador ends a follower's own sign-up: 辞退 before the appointment, 退任 after it. Who is no
// ambassador stays none.
func (t *Tx) WithdrawAmbassador(ctx context.Context, follower ippo.FollowerID) error {
	a, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE follower_id = ?`, follower)
	switch {
	case notFound(err) || err == nil && !a.Status.Serving():
		return nil
	case err == nil && a.Status == ippo.AmbassadorAppointed:
		err = t.moveAmbassador(ctx, 0, a, ippo.AmbassadorRetired, false)
	case err == nil:
		err = t.moveAmbassador(ctx, 0, a, ippo.AmbassadorDeclined, false)
	}
	if err != nil {
		return fmt.Errorf("withdraw ambassador: %w", err)
	}
	return nil
}
