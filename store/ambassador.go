package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/internal/fold"
	"ippo/internal/secret"
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
	Due     bool         // the day has come by which something is to be done with them
	Linked  *bool        // to a LINE account
	Same    bool         // their contact is another's too
	Invited bool         // somebody came by their invitation
	Came    ippo.EventID // who was there at this event
	Query   string       // what is searched for in the name, kana, contact, vision, note and number
}

// Ambassadors returns all ambassadors whom a filter leaves, the newest first.
func (s *Store) Ambassadors(ctx context.Context, filter AmbassadorFilter) ([]ippo.Ambassador, error) {
	l, _, err := s.ambassadorListing(ctx, filter, "")
	if err != nil {
		return nil, fmt.Errorf("ambassadors: %w", err)
	}
	all, err := collect(ctx, s.ro, s.scanAmbassador, `SELECT `+l.columns+` FROM `+l.from+` WHERE `+l.where+` ORDER BY id DESC`, l.args...)
	if err != nil {
		return nil, fmt.Errorf("ambassadors: %w", err)
	}
	return all, nil
}

// AmbassadorPage returns a part of the list of those whom a filter leaves, and how many these are: those whose day
// has come, the longest due first, before the newest, unless it is sorted by "name" or "number". With Same and no
// such order, those who share a contact stand beside one another.
func (s *Store) AmbassadorPage(ctx context.Context, filter AmbassadorFilter, p Page) (Part[ippo.Ambassador], int, error) {
	none := Part[ippo.Ambassador]{}
	l, found, err := s.ambassadorListing(ctx, filter, p.Sort)
	if err != nil {
		return none, 0, fmt.Errorf("ambassadors: %w", err)
	}
	due, err := s.dueAmbassador(ctx)
	if err != nil {
		return none, 0, fmt.Errorf("ambassadors: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count ambassadors: %w", err)
	}
	switch {
	case p.Sort == "name" || filter.Same && p.Sort != "number":
		if p.Desc {
			slices.Reverse(found)
		}
		l.inOrder(found, p)
	case p.Sort == "number":
		l.stretches = []stretch{{desc: p.Desc}}
	default:
		l.stretches = []stretch{
			{by: due.day, tie: "-id", where: due.condition, args: due.args},
			{desc: true, where: "NOT (" + due.condition + ")", args: due.args},
		}
	}
	part, err := collectPage(ctx, s.ro, s.scanAmbassador, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("ambassadors: %w", err)
	}
	return part, total, nil
}

// ambassadorListing says a filter in SQL. What is sealed has no index that would not tell of it: for a search, for
// shared contacts and to sort by name it is opened, of those whom the rest of the filter leaves, and forgotten
// again; found are their IDs in the order asked for, nil where nothing was opened.
func (s *Store) ambassadorListing(ctx context.Context, filter AmbassadorFilter, sort string) (l listing, found []int64, err error) {
	l = listing{columns: ambassadorColumns, table: "ambassadors", id: "id", from: "ambassadors", where: "1 = 1"}
	if filter.Status != "" {
		l.narrow("status = ?", filter.Status)
	}
	if filter.Resting != nil {
		l.narrow("resting = ?", *filter.Resting)
	}
	if filter.Due {
		due, err := s.dueAmbassador(ctx)
		if err != nil {
			return l, nil, err
		}
		l.narrow(due.condition, due.args...)
	}
	if filter.Linked != nil {
		l.narrow("(follower_id IS NOT NULL) = ?", *filter.Linked)
	}
	if filter.Invited {
		l.narrow("id IN (SELECT ambassador_id FROM invited WHERE people > 0)")
	}
	if filter.Came != 0 {
		l.narrow("follower_id IN (SELECT follower_id FROM reservations WHERE event_id = ? AND attended_at IS NOT NULL)", filter.Came)
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() && !filter.Same && sort != "name" {
		return l, nil, nil
	}
	columns := "id, person, NULL, NULL"
	if !query.Empty() {
		columns = "id, person, note, (SELECT text FROM visions WHERE ambassador_id = ambassadors.id)"
	}
	people, err := s.siftAmbassadors(ctx, l, columns, query, func(ippo.Ambassador) bool { return true })
	if err != nil {
		return l, nil, err
	}
	slices.Reverse(people)
	if filter.Same {
		people = sameContact(people)
	}
	if sort == "name" {
		slices.SortStableFunc(people, func(a, b ippo.Ambassador) int { return strings.Compare(cmp.Or(a.Kana, a.Name), cmp.Or(b.Kana, b.Name)) })
	}
	found = make([]int64, len(people))
	for i, a := range people {
		found[i] = int64(a.ID)
	}
	if !query.Empty() || filter.Same {
		l.found(found)
	}
	l.length, l.counted = len(found), true
	return l, found, nil
}

// SameContact returns the other ambassadors who gave the same contact as one, the newest first. Contacts are sealed and
// have no index: each is opened, and of the others nothing else.
func (s *Store) SameContact(ctx context.Context, of ippo.Ambassador) ([]ippo.Ambassador, error) {
	key := of.ContactKey()
	if key == "" {
		return nil, nil
	}
	l := listing{id: "id", where: "id <> ?", args: []any{of.ID}}
	all, err := s.siftAmbassadors(ctx, l, "id, person, NULL, NULL", fold.Query{}, func(a ippo.Ambassador) bool { return a.ContactKey() == key })
	if err != nil {
		return nil, fmt.Errorf("who has the contact of ambassador %d: %w", of.ID, err)
	}
	slices.Reverse(all)
	for i, a := range all {
		if all[i], err = s.Ambassador(ctx, a.ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// AmbassadorContacts returns who gave each contact first, by its key (ippo.Ambassador.ContactKey).
func (s *Store) AmbassadorContacts(ctx context.Context) (map[string]ippo.AmbassadorID, error) {
	all, err := s.siftAmbassadors(ctx, listing{id: "id", where: "1 = 1"}, "id, person, NULL, NULL", fold.Query{}, func(a ippo.Ambassador) bool { return a.ContactKey() != "" })
	if err != nil {
		return nil, fmt.Errorf("contacts of ambassadors: %w", err)
	}
	first := make(map[string]ippo.AmbassadorID, len(all))
	for _, a := range all {
		if key := a.ContactKey(); first[key] == 0 {
			first[key] = a.ID
		}
	}
	return first, nil
}

// siftAmbassadors returns those of a list who hold a query and are wanted, the first number first: what they told of
// themselves and nothing else. columns are the number, and what is sealed of the person, the note and the vision.
func (s *Store) siftAmbassadors(ctx context.Context, l listing, columns string, query fold.Query, wanted func(ippo.Ambassador) bool) ([]ippo.Ambassador, error) {
	return sift(ctx, s.ro, l, sieve[ippo.Ambassador]{
		table: "ambassadors", from: "ambassadors NOT INDEXED", columns: columns,
		begin: func(context.Context, int64, int64) (sifter[ippo.Ambassador], error) {
			looker := query.Looker()
			people, notes, visions := s.box.Opener("ambassadors.person"), s.box.Opener("ambassadors.note"), s.box.Opener("visions.text")
			var id int64
			var sealed, note, vision sql.RawBytes
			var number []byte
			return func(row scanner) (a ippo.Ambassador, ok bool, err error) {
				if err := row.Scan(&id, &sealed, &note, &vision); err != nil {
					return a, false, err
				}
				number = strconv.AppendInt(number[:0], id, 10)
				found := looker.Look(number)
				for _, other := range []struct {
					opener *secret.Opener
					sealed []byte
				}{{notes, note}, {visions, vision}} {
					text, err := other.opener.Open(other.sealed)
					if err != nil {
						return a, false, err
					}
					found |= looker.Look(text)
				}
				text, err := people.Open(sealed)
				if err != nil {
					return a, false, err
				}
				// Most are passed over as the JSON that they are, in which nothing is escaped.
				if bytes.IndexByte(text, '\\') < 0 && !(found | looker.Look(text)).All(query) {
					return a, false, nil
				}
				var p person
				if err := json.Unmarshal(text, &p); err != nil {
					return a, false, fmt.Errorf("open ambassador %d: %w", id, err)
				}
				for _, text := range []string{p.Name, p.Kana, p.Contact} {
					found |= looker.Look([]byte(text))
				}
				a = ippo.Ambassador{ID: ippo.AmbassadorID(id), Name: p.Name, Kana: p.Kana, Contact: p.Contact}
				return a, found.All(query) && wanted(a), nil
			}, nil
		},
	})
}

// sameContact keeps those whose contact is another's too, beside one another.
func sameContact(all []ippo.Ambassador) []ippo.Ambassador {
	by := map[string]int{}
	for _, a := range all {
		by[a.ContactKey()]++
	}
	all = slices.DeleteFunc(all, func(a ippo.Ambassador) bool { return a.ContactKey() == "" || by[a.ContactKey()] < 2 })
	slices.SortStableFunc(all, func(a, b ippo.Ambassador) int { return strings.Compare(a.ContactKey(), b.ContactKey()) })
	return all
}

// dueAmbassador is ippo.Ambassador.NextTask in SQL, over indexes: whose day has come, and theirs which day that is.
type dueAmbassador struct {
	condition string
	args      []any
	day       string
}

func (s *Store) dueAmbassador(ctx context.Context) (due dueAmbassador, err error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return due, err
	}
	path, day := settings.Path, ippo.Day(s.Now())
	before := func(days int) any { return stamp(day.AddDate(0, 0, 1-days)) } // the days are up for whoever began earlier
	due.condition = `(due_on IS NOT NULL AND due_on <= ? OR due_on IS NULL AND resting = 0 AND status = 'applied' AND since < ? OR due_on IS NULL AND resting = 0 AND status = 'contacted' AND since < ?)`
	due.args = []any{day.Format(time.DateOnly), before(path.ContactDays), before(path.AppointDays)}
	// Days are Tokyo's, nine hours ahead all year round.
	due.day = fmt.Sprintf(`coalesce(due_on, date(since, '+9 hours', CASE status WHEN 'applied' THEN '+%d days' ELSE '+%d days' END))`, path.ContactDays, path.AppointDays)
	return due, nil
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
	if err := json.Unmarshal([]byte(actions), &a.Actions); err != nil {
		return a, fmt.Errorf("ambassador's actions: %w", err)
	}
	return a, s.openAmbassador(&a, sealed, note, vision)
}

// openAmbassador opens what is sealed of an ambassador.
func (s *Store) openAmbassador(a *ippo.Ambassador, sealed, note, vision []byte) (err error) {
	var p person
	if err := s.openJSON("ambassadors.person", sealed, &p); err != nil {
		return err
	}
	a.Name, a.Kana, a.Contact, a.Guardian = p.Name, p.Kana, p.Contact, p.Guardian
	if a.Vision, err = s.open("visions.text", vision); err != nil {
		return err
	}
	a.Note, err = s.open("ambassadors.note", note)
	return err
}

// SetAmbassadorStatus moves an ambassador along the path. ErrConflict: the path does not lead there from
// where they stand now.
func (s *Store) SetAmbassadorStatus(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, next ippo.AmbassadorStatus) error {
	return s.changeAmbassador(ctx, by, id, "ambassador.status", string(next), func(t *Tx, a ippo.Ambassador) error {
		return t.stepForward(ctx, by, a, next)
	})
}

// StepBack takes an ambassador's last step back, if they still stand where the caller saw them. ErrConflict:
// they do not, or there is no step before.
func (s *Store) StepBack(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, seen ippo.AmbassadorStatus) error {
	return s.changeAmbassador(ctx, by, id, "ambassador.back", string(seen), func(t *Tx, a ippo.Ambassador) error {
		if a.Status != seen {
			return ippo.ErrConflict
		}
		_, err := t.stepBack(ctx, by, a)
		return err
	})
}

func (t *Tx) stepForward(ctx context.Context, by ippo.StaffID, a ippo.Ambassador, next ippo.AmbassadorStatus) error {
	if !a.Status.CanBecome(next) {
		return ippo.ErrConflict
	}
	return t.moveAmbassador(ctx, by, a, next, false)
}

// stepBack takes the last step back and returns where it leads.
func (t *Tx) stepBack(ctx context.Context, by ippo.StaffID, a ippo.Ambassador) (ippo.AmbassadorStatus, error) {
	steps, err := ambassadorSteps(ctx, t.tx, a.ID)
	if err != nil {
		return "", err
	}
	before, ok := ippo.StatusBefore(steps)
	if !ok {
		return "", ippo.ErrConflict
	}
	return before, t.moveAmbassador(ctx, by, a, before, true)
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
	return s.changeAmbassador(ctx, by, id, "ambassador.day", dayText(day), func(t *Tx, _ ippo.Ambassador) error {
		return t.setAmbassadorDay(ctx, id, day)
	})
}

func (t *Tx) setAmbassadorDay(ctx context.Context, id ippo.AmbassadorID, day time.Time) error {
	return t.changeOne(ctx, `UPDATE ambassadors SET due_on = ?, updated_at = ? WHERE id = ?`, textOrNull(dayText(day)), stamp(t.now), id)
}

// dayOf reads a day as dayText wrote it.
func dayOf(text sql.NullString) (time.Time, error) {
	if !text.Valid {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text.String, ippo.Tokyo)
	if err != nil {
		return day, fmt.Errorf("ambassador's day: %w", err)
	}
	return day, nil
}

// dayText writes a day as it is kept; "" is none.
func dayText(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return ippo.Day(day).Format(time.DateOnly)
}

// AmbassadorCounts is how many ambassadors there are.
type AmbassadorCounts struct {
	Due      int // the day has come by which something is to be done with them
	By       map[ippo.AmbassadorStatus]int
	Resting  int // of those who serve
	Unlinked int // of those who serve, without a LINE account
}

// AmbassadorCounts counts them for the board.
func (s *Store) AmbassadorCounts(ctx context.Context) (AmbassadorCounts, error) {
	counts := AmbassadorCounts{By: map[ippo.AmbassadorStatus]int{}}
	due, _, err := s.ambassadorListing(ctx, AmbassadorFilter{Due: true}, "")
	if err == nil {
		counts.Due, err = due.count(ctx, s.ro)
	}
	if err != nil {
		return counts, fmt.Errorf("count ambassadors: %w", err)
	}
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
	return s.Write(ctx, func(t *Tx) error { return t.SetAmbassadorNote(ctx, by, id, note) })
}

// SetAmbassadorNote replaces the staff's note.
func (t *Tx) SetAmbassadorNote(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, note string) error {
	if n := len([]rune(note)); n > maxNote {
		return ippo.Problems{{Field: "note", Message: fmt.Sprintf("メモは%d文字以内で入力してください（現在%d文字）。", maxNote, n)}}
	}
	err := found(t.changeOne(ctx, `UPDATE ambassadors SET note = ?, updated_at = ? WHERE id = ?`, t.store.seal("ambassadors.note", note), stamp(t.now), id))
	if err != nil {
		return fmt.Errorf("note of ambassador %d: %w", id, err)
	}
	return t.audit(ctx, by, "ambassador.note", fmt.Sprintf("ambassador:%d", id), "")
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
