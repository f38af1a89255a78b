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

// SeenCase is a consultation or match as a member of staff saw it when they chose it from a list.
type SeenCase struct {
	ID    int64
	State string
}

// ConsultationTargets returns with which consultations a move can be made: of those that a filter leaves, or, if any are
// given, of those that were seen and still stand where they stood then. What waits to be read is not ended.
func (s *Store) ConsultationTargets(ctx context.Context, filter ConsultationFilter, seen []SeenCase, move ippo.CaseMove) ([]SeenCase, error) {
	if seen != nil {
		filter = ConsultationFilter{}
	}
	l, err := s.consultationListing(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("which consultations to move: %w", err)
	}
	switch move.Deed {
	case ippo.CaseHandOver:
		l.narrow(`c.state <> 'done' AND c.staff_id IS NOT ?`, move.To)
	case ippo.CaseEnd:
		l.narrow(`c.state <> 'done' AND NOT ` + consultationWaits)
	}
	return s.caseTargets(ctx, l, "c.state", seen)
}

// MatchTargets returns with which matches a move can be made, likewise. Only what is under way is handed over, to somebody
// who looks after its group, or ended.
func (s *Store) MatchTargets(ctx context.Context, filter MatchFilter, seen []SeenCase, move ippo.CaseMove) ([]SeenCase, error) {
	if seen != nil {
		filter = MatchFilter{}
	}
	l, err := s.matchListing(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("which matches to move: %w", err)
	}
	switch move.Deed {
	case ippo.CaseHandOver:
		l.narrow(`m.state <> 'suggested' AND m.ended_at IS NULL AND m.staff_id IS NOT ?`, move.To)
		if move.To != 0 {
			held, args, err := s.heldBy(ctx, move.To)
			if err != nil {
				return nil, err
			}
			l.narrow(held, args...)
		}
	case ippo.CaseUnfit, ippo.CaseSilent:
		var from []any
		for _, state := range ippo.MatchStates {
			if state.May(ippo.MatchState(move.Deed)) {
				from = append(from, state)
			}
		}
		l.narrow(`m.ended_at IS NULL AND m.state IN (`+placeholders(len(from))+`)`, from...)
	}
	return s.caseTargets(ctx, l, "m.state", seen)
}

// heldBy is the condition on matches m that somebody looks after their groups.
func (s *Store) heldBy(ctx context.Context, id ippo.StaffID) (condition string, args []any, err error) {
	who, err := s.StaffMember(ctx, id)
	if notFound(err) {
		return "1 = 0", nil, nil
	}
	var remit ippo.Remit
	if err == nil {
		remit, err = s.Remit(ctx, who)
	}
	if err != nil {
		return "", nil, err
	}
	condition, args = groupRemit(Within(ctx, remit), "m.group_id")
	return condition, args, nil
}

func (s *Store) caseTargets(ctx context.Context, l listing, state string, seen []SeenCase) ([]SeenCase, error) {
	if seen != nil {
		ids := make([]int64, len(seen))
		for i, one := range seen {
			ids[i] = one.ID
		}
		l.among(ids)
	}
	targets, err := collect(ctx, s.ro, func(row scanner) (one SeenCase, err error) {
		err = row.Scan(&one.ID, &one.State)
		return one, err
	}, `SELECT `+l.id+`, `+state+` FROM `+l.from+` WHERE `+l.where+` ORDER BY 1`, l.args...)
	if err != nil {
		return nil, fmt.Errorf("which cases to move: %w", err)
	}
	if seen != nil {
		targets = slices.DeleteFunc(targets, func(one SeenCase) bool { return !slices.Contains(seen, one) })
	}
	return targets, nil
}

// casePart is with how many cases one transaction makes a move: some hundredths of a second's work.
const casePart = 200

// MoveCases notes that a move is to be made with each of several cases that still stand where they were seen then. Each
// has a line in the audit log, and all together can be taken back.
func (s *Store) MoveCases(ctx context.Context, by ippo.StaffID, several []SeenCase, move ippo.CaseMove) error {
	var p ippo.Problems
	if move.Deed.Said() {
		var err error
		if p, err = addProblems(p, CheckNote(move.Note)); err != nil {
			return err
		}
	}
	err := s.Write(ctx, func(t *Tx) error {
		if move.Deed == ippo.CaseHandOver {
			may, err := t.mayLookAfter(ctx, move.To)
			if err != nil {
				return err
			}
			if !may {
				p.Add("colleague", "引きつぐ職員を選んでください。")
			}
		}
		if err := p.Err(); err != nil {
			return err
		}
		change, err := t.insert(ctx, `INSERT INTO case_changes (kind, deed, to_id, note, staff_id, at, people) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			move.Kind, move.Deed, orNull(move.To), s.seal("case_changes.note", move.Note), by, stamp(t.now), len(several))
		if err != nil {
			return err
		}
		return addParts(ctx, t, "case_change_parts", change, several, casePart)
	})
	if err != nil {
		return fmt.Errorf("move cases: %w", err)
	}
	return nil
}

// UndoCaseChange notes that the cases that a change moved are to be put back to where they stood, but for what has gone on
// since. ippo.ErrConflict: it is not done, was taken back before, or took another back itself.
func (s *Store) UndoCaseChange(ctx context.Context, by ippo.StaffID, id int64) error {
	err := s.Write(ctx, func(t *Tx) error { return t.undoChange(ctx, "case_changes", "kind, deed, to_id", by, id) })
	if err != nil {
		return fmt.Errorf("undo change %d of cases: %w", id, err)
	}
	return nil
}

const caseTable = `case_changes c LEFT JOIN staff s ON s.id = c.to_id`

var caseChange = longChange("case_changes") + `, c.kind, c.deed, coalesce(c.to_id, 0), coalesce(s.name, ''), c.note, c.staff_id`

func (s *Store) scanCaseChange(row scanner, by *ippo.StaffID) (c ippo.CaseChange, err error) {
	var note []byte
	if err := scanLongChange(row, &c.LongChange, &c.Move.Kind, &c.Move.Deed, &c.Move.To, &c.Move.ToName, &note, by); err != nil {
		return c, err
	}
	c.Move.Note, err = s.open("case_changes.note", note)
	return c, err
}

// LatestCaseChange returns a function that returns the last move that somebody made with several cases of a kind at once,
// while it can be taken back; ippo.ErrNotFound when there is none.
func (s *Store) LatestCaseChange(kind ippo.CaseKind) func(context.Context, ippo.StaffID) (ippo.CaseChange, error) {
	return func(ctx context.Context, by ippo.StaffID) (ippo.CaseChange, error) {
		c, err := one(ctx, s.ro, func(row scanner) (ippo.CaseChange, error) { return s.scanCaseChange(row, new(ippo.StaffID)) },
			`SELECT `+caseChange+` FROM `+caseTable+` WHERE c.id = (SELECT max(id) FROM case_changes WHERE kind = ? AND staff_id = ?) AND c.at >= ?`,
			kind, by, stamp(s.Now().Add(-ippo.UndoWithin)))
		if err != nil {
			return c, fmt.Errorf("latest change of cases: %w", err)
		}
		return c, nil
	}
}

// ApplyCaseChanges applies the next part of the oldest change that waits; more reports whether there was one.
func (s *Store) ApplyCaseChanges(ctx context.Context) (more bool, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		var by ippo.StaffID
		c, err := one(ctx, t.tx, func(row scanner) (ippo.CaseChange, error) { return s.scanCaseChange(row, &by) },
			`SELECT `+caseChange+` FROM `+caseTable+` WHERE c.done_at IS NULL ORDER BY c.id LIMIT 1`)
		if notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		apply := t.movePartOfCases
		if c.Undoes != 0 {
			apply = t.unmovePartOfCases
		}
		changed, last, err := apply(ctx, by, c)
		if err != nil {
			return err
		}
		c.Changed += changed
		if last {
			if err := t.mailHandOver(ctx, by, c); err != nil {
				return err
			}
		}
		return t.exec(ctx, `UPDATE case_changes SET changed = ?1, done_at = CASE WHEN ?2 THEN ?3 END, note = CASE WHEN ?2 THEN NULL ELSE note END WHERE id = ?4`,
			c.Changed, last, stamp(t.now), c.ID)
	})
	if err != nil {
		return false, fmt.Errorf("apply changes of cases: %w", err)
	}
	return more, nil
}

// mailHandOver tells a colleague, once, how many cases they were given to look after, or that they were taken back.
func (t *Tx) mailHandOver(ctx context.Context, by ippo.StaffID, c ippo.CaseChange) error {
	if c.Move.Deed != ippo.CaseHandOver || c.Move.To == by || c.Changed == 0 {
		return nil
	}
	what, list := "相談", "consultations"
	if c.Move.Kind == ippo.CaseMatch {
		what, list = "団体紹介", "matches"
	}
	n := ippo.Comma(int64(c.Changed))
	if c.Undoes != 0 {
		return t.mailMember(ctx, c.Move.To, what+"の引きつぎが取り消されました", fmt.Sprintf("%sの引きつぎのうち、%s件が取り消されました。\n/admin/%s?state=mine", what, n, list))
	}
	return t.mailMember(ctx, c.Move.To, what+"を引きつぎました", fmt.Sprintf("あなたが%s件の担当になりました。引きつぎのメモと内容は、職員画面で確認してください。\n/admin/%s?state=mine", n, list))
}

// movePartOfCases makes a change's move with the next cases that wait for it, and returns how many these were; last:
// nothing waits any more.
func (t *Tx) movePartOfCases(ctx context.Context, by ippo.StaffID, c ippo.CaseChange) (changed int, last bool, err error) {
	parts, err := collect(ctx, t.tx, func(row scanner) (part struct {
		n    int
		seen string
	}, err error) {
		err = row.Scan(&part.n, &part.seen)
		return part, err
	}, `SELECT part, seen FROM case_change_parts WHERE change_id = ? ORDER BY part LIMIT 2`, c.ID)
	if err != nil || len(parts) == 0 {
		return 0, true, err
	}
	var several []SeenCase
	if err := json.Unmarshal([]byte(parts[0].seen), &several); err != nil {
		return 0, false, err
	}
	move := t.moveConsultation
	if c.Move.Kind == ippo.CaseMatch {
		move = t.moveMatchOfMany
	}
	for _, seen := range several {
		switch err := move(ctx, by, c, seen); {
		case err == nil:
			changed++
		case !notFound(err) && !errors.Is(err, ippo.ErrConflict):
			return 0, false, err
		}
	}
	return changed, len(parts) == 1, t.exec(ctx, `DELETE FROM case_change_parts WHERE change_id = ? AND part = ?`, c.ID, parts[0].n)
}

// moveConsultation makes a change's move with one consultation and notes how it was before. ippo.ErrConflict: it no longer
// stands where it was seen, or cannot be moved so.
func (t *Tx) moveConsultation(ctx context.Context, by ippo.StaffID, c ippo.CaseChange, seen SeenCase) error {
	id := ippo.ConsultationID(seen.ID)
	is, err := t.store.consultation(ctx, t.tx, id)
	if err != nil {
		return err
	}
	was, err := one(ctx, t.tx, scanText, `SELECT json_object('state', state, 'staff', staff_id, 'unread', unread, 'version', version, 'changed', changed_at, 'closed', closed_at)
		FROM consultations WHERE id = ?`, id)
	if err != nil {
		return err
	}
	var entry int64
	switch {
	case string(is.State) != seen.State:
		return ippo.ErrConflict
	case c.Move.Deed == ippo.CaseNote:
		entry, err = t.noteConsultation(ctx, by, id, c.Move.Note)
	case c.Move.Deed == ippo.CaseHandOver && is.Staff != c.Move.To:
		entry, err = t.handOverConsultation(ctx, by, id, is.Version, c.Move.To, c.Move.Note)
	case c.Move.Deed == ippo.CaseEnd && !is.Unread:
		err = t.settleConsultation(ctx, by, id, is.Version, is.Kind, ippo.ConsultationDone)
	default:
		return ippo.ErrConflict
	}
	if err != nil {
		return err
	}
	return t.exec(ctx, `INSERT INTO case_change_cases (change_id, consultation_id, was, entry) VALUES (?, ?, ?, ?)`, c.ID, id, was, entry)
}

// moveMatchOfMany makes a change's move with one match, as moveConsultation does. Of one that ends it keeps what goes with
// its end: the group's links, what the desk had open, and a question to the newcomer that has not left yet.
func (t *Tx) moveMatchOfMany(ctx context.Context, by ippo.StaffID, c ippo.CaseChange, seen SeenCase) error {
	id := ippo.MatchID(seen.ID)
	was, err := one(ctx, t.tx, scanText, `
		SELECT json_object('state', state, 'staff', staff_id, 'answer', answer, 'visitOn', visit_on, 'answered', answered_at, 'visited', visited_at, 'joined', joined_at,
			'followup', followup, 'followupAt', followup_at,
			'links', (SELECT json_group_array(json_object('id', id, 'expires', expires_at, 'browser', hex(browser))) FROM group_links WHERE match_id = m.id),
			'requests', (SELECT json_group_array(json_object('id', id, 'state', state)) FROM desk_requests
				WHERE follower_id = m.follower_id AND group_id = m.group_id AND kind = 'visit' AND state <> 'done'),
			'question', (SELECT json_object('kind', u.kind, 'due', n.due_at, 'until', n.until_at)
				FROM follow_ups u JOIN notices n ON n.key >= ?3 || u.kind || ':' AND n.key < ?3 || u.kind || ';'
				WHERE u.match_id = m.id AND n.state = 'pending' AND n.first_called_at IS NULL))
		FROM matches m WHERE id = ?1 AND state = ?2`, id, seen.State, FollowUpKey(id))
	if err != nil {
		return err
	}
	switch c.Move.Deed {
	case ippo.CaseNote:
		err = t.noteMatch(ctx, by, id, c.Move.Note)
	case ippo.CaseHandOver:
		err = t.handOverMatch(ctx, by, id, c.Move.To, c.Move.Note)
	default:
		_, err = t.MoveMatch(ctx, id, ippo.ByStaff, by, ippo.MatchState(c.Move.Deed), c.Move.Note)
	}
	if err != nil {
		return err
	}
	return t.exec(ctx, `INSERT INTO case_change_cases (change_id, match_id, was, entry) SELECT ?, ?, ?, max(id) FROM match_steps WHERE match_id = ?`, c.ID, id, was, id)
}

// movedCase is a case as it was before a move, and what the move wrote into its record.
type movedCase struct {
	row, entry          int64
	consultation, match sql.NullInt64
	was                 string
}

// unmovePartOfCases puts the next of those back that the change that c takes back had moved, and returns how many these
// were; last: it was all of them.
func (t *Tx) unmovePartOfCases(ctx context.Context, by ippo.StaffID, c ippo.CaseChange) (changed int, last bool, err error) {
	cases, err := collect(ctx, t.tx, func(row scanner) (m movedCase, err error) {
		err = row.Scan(&m.row, &m.consultation, &m.match, &m.was, &m.entry)
		return m, err
	}, `SELECT id, consultation_id, match_id, was, entry FROM case_change_cases WHERE change_id = ? ORDER BY id LIMIT ?`, c.Undoes, casePart)
	if err != nil {
		return 0, false, err
	}
	unmove := t.unmoveConsultation
	if c.Move.Kind == ippo.CaseMatch {
		unmove = t.unmoveMatch
	}
	for _, one := range cases {
		switch err := unmove(ctx, by, c.Move, one); {
		case err == nil:
			changed++
		case !errors.Is(err, ippo.ErrConflict):
			return 0, false, err
		}
		if err := t.exec(ctx, `DELETE FROM case_change_cases WHERE id = ?`, one.row); err != nil {
			return 0, false, err
		}
	}
	return changed, len(cases) < casePart, nil
}

// unmoveConsultation takes what a move wrote out of a consultation's record, and puts it back to where it stood. Once
// somebody has gone on with it, it stays as it is (ippo.ErrConflict), but for a note, which goes all the same.
func (t *Tx) unmoveConsultation(ctx context.Context, by ippo.StaffID, move ippo.CaseMove, m movedCase) error {
	err := t.changeOne(ctx, `
		UPDATE consultations SET state = ?1 ->> 'state', staff_id = ?1 ->> 'staff', unread = ?1 ->> 'unread', changed_at = ?1 ->> 'changed', closed_at = ?1 ->> 'closed',
			version = version + 1
		WHERE id = ?2 AND version = (?1 ->> 'version') + 1`, m.was, m.consultation)
	if isUnique(err) { // its follower has begun another one
		return ippo.ErrConflict
	}
	if err != nil && !(errors.Is(err, ippo.ErrConflict) && move.Deed == ippo.CaseNote) {
		return err
	}
	if err := t.exec(ctx, `DELETE FROM consultation_entries WHERE id = ? AND consultation_id = ?`, m.entry, m.consultation); err != nil {
		return err
	}
	return t.audit(ctx, by, "consultation.undo", object("consultation", m.consultation.Int64), "")
}

// unmoveMatch does so with a match that the mover still looks after. Its group's links open again, what the desk had
// open is open, and a question that the end cancelled is put, if it is still worth putting.
func (t *Tx) unmoveMatch(ctx context.Context, by ippo.StaffID, move ippo.CaseMove, m movedCase) error {
	held, args, err := t.store.heldBy(ctx, by)
	if err != nil {
		return err
	}
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM matches m JOIN followers f ON f.id = m.follower_id
		WHERE m.id = ? AND f.status <> 'erased' AND (? OR NOT EXISTS (SELECT 1 FROM match_steps WHERE match_id = m.id AND id > ?)) AND `+held,
		append([]any{m.match, move.Deed == ippo.CaseNote, m.entry}, args...)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return ippo.ErrConflict
	}
	if move.Deed != ippo.CaseNote {
		if err := t.putMatchBack(ctx, m); err != nil {
			return err
		}
	}
	if err := t.exec(ctx, `DELETE FROM match_steps WHERE id = ? AND match_id = ?`, m.entry, m.match); err != nil {
		return err
	}
	return t.audit(ctx, by, "match.undo", object("match", m.match.Int64), "")
}

func (t *Tx) putMatchBack(ctx context.Context, m movedCase) error {
	err := t.changeOne(ctx, `
		UPDATE matches SET state = ?1 ->> 'state', staff_id = ?1 ->> 'staff', answer = ?1 ->> 'answer', visit_on = ?1 ->> 'visitOn', answered_at = ?1 ->> 'answered',
			visited_at = ?1 ->> 'visited', joined_at = ?1 ->> 'joined', ended_at = NULL, followup = ?1 ->> 'followup', followup_at = ?1 ->> 'followupAt'
		WHERE id = ?2`, m.was, m.match)
	if isUnique(err) { // the newcomer has asked the same group again
		return ippo.ErrConflict
	}
	if err != nil {
		return err
	}
	err = t.exec(ctx, `
		INSERT INTO group_links (id, group_id, match_id, expires_at, browser)
		SELECT value ->> 'id', (SELECT group_id FROM matches WHERE id = ?2), ?2, value ->> 'expires', nullif(unhex(value ->> 'browser'), x'')
		FROM json_each(?1, '$.links') WHERE NOT EXISTS (SELECT 1 FROM group_links WHERE match_id = ?2)`, m.was, m.match)
	if err != nil {
		return err
	}
	err = t.exec(ctx, `UPDATE desk_requests SET state = value ->> 'state', done_at = NULL FROM json_each(?, '$.requests')
		WHERE desk_requests.id = value ->> 'id' AND desk_requests.state = 'done'`, m.was)
	if err != nil {
		return err
	}
	// Package jobs words it anew, for what it said went with its notice.
	return t.exec(ctx, `UPDATE matches SET followup = ?1 ->> '$.question.kind', followup_at = ?1 ->> '$.question.due'
		WHERE id = ?2 AND ?1 ->> '$.question.until' > ?3`, m.was, m.match, stamp(t.now))
}
