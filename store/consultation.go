package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ippo"
	"ippo/internal/fold"
)

const (
	consultationQuery   = `SELECT ` + consultationColumns + ` FROM ` + consultationTable
	consultationTable   = `consultations c LEFT JOIN followers f ON f.id = c.follower_id`
	consultationColumns = `c.id, c.kind, c.state, c.way, c.follower_id, c.caller, c.staff_id, c.version, c.unread, c.told,
		c.made_at, c.changed_at, c.answered_at, c.closed_at, f.display_name, coalesce(f.language, 'ja'), coalesce(f.status <> 'active', 0)`
)

func (s *Store) scanConsultation(row scanner) (c ippo.Consultation, err error) {
	var follower, staff sql.NullInt64
	var caller, name []byte
	err = row.Scan(&c.ID, &c.Kind, &c.State, &c.Way, &follower, &caller, &staff, &c.Version, &c.Unread, &c.Told,
		at(&c.MadeAt), at(&c.ChangedAt), at(&c.AnsweredAt), at(&c.ClosedAt), &name, &c.Language, &c.Blocked)
	if err != nil {
		return c, err
	}
	c.Follower, c.Staff = ippo.FollowerID(follower.Int64), ippo.StaffID(staff.Int64)
	if caller != nil {
		if err := s.openJSON("consultations.caller", caller, &c.Caller); err != nil {
			return c, err
		}
	}
	c.FollowerName, err = s.open("followers.display_name", name)
	return c, err
}

// Consultation returns one consultation.
func (s *Store) Consultation(ctx context.Context, id ippo.ConsultationID) (ippo.Consultation, error) {
	c, err := s.consultation(ctx, s.ro, id)
	if err != nil {
		return c, fmt.Errorf("consultation %d: %w", id, err)
	}
	return c, nil
}

func (s *Store) consultation(ctx context.Context, q queryer, id ippo.ConsultationID) (ippo.Consultation, error) {
	return one(ctx, q, s.scanConsultation, consultationQuery+` WHERE c.id = ?`, id)
}

// LatestConsultation returns a follower's latest consultation, which is the open one if there is one.
func (s *Store) LatestConsultation(ctx context.Context, follower ippo.FollowerID) (ippo.Consultation, error) {
	c, err := s.latestConsultation(ctx, s.ro, follower)
	if err != nil {
		return c, fmt.Errorf("latest consultation of follower %d: %w", follower, err)
	}
	return c, nil
}

func (s *Store) latestConsultation(ctx context.Context, q queryer, follower ippo.FollowerID) (ippo.Consultation, error) {
	return one(ctx, q, s.scanConsultation, consultationQuery+` WHERE c.follower_id = ? ORDER BY c.state = 'done', c.id DESC LIMIT 1`, follower)
}

// maxEarlier is how many ended consultations somebody looks back on.
const maxEarlier = 20

// EarlierConsultations returns a follower's consultations that have ended, the latest first, without the one
// that their room shows.
func (s *Store) EarlierConsultations(ctx context.Context, follower ippo.FollowerID, shown ippo.ConsultationID) ([]ippo.Consultation, error) {
	earlier, err := collect(ctx, s.ro, s.scanConsultation,
		consultationQuery+` WHERE c.follower_id = ? AND c.state = 'done' AND c.id <> ? ORDER BY c.id DESC LIMIT ?`, follower, shown, maxEarlier)
	if err != nil {
		return nil, fmt.Errorf("earlier consultations of follower %d: %w", follower, err)
	}
	return earlier, nil
}

// ConsultationEntries returns what was said and noted in a consultation, the oldest first.
func (s *Store) ConsultationEntries(ctx context.Context, id ippo.ConsultationID) ([]ippo.ConsultationEntry, error) {
	entries, err := collect(ctx, s.ro, s.scanEntry, `
		SELECT id, author, staff_id, to_id, text, at FROM consultation_entries WHERE consultation_id = ? ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("entries of consultation %d: %w", id, err)
	}
	return entries, nil
}

func (s *Store) scanEntry(row scanner) (e ippo.ConsultationEntry, err error) {
	var staff, to sql.NullInt64
	var text []byte
	if err := row.Scan(&e.ID, &e.Author, &staff, &to, &text, at(&e.At)); err != nil {
		return e, err
	}
	e.Staff, e.To = ippo.StaffID(staff.Int64), ippo.StaffID(to.Int64)
	e.Text, err = s.open("consultation_entries.text", text)
	return e, err
}

// ConsultationFilter narrows the inbox; its zero value is all of it.
type ConsultationFilter struct {
	State   ippo.ConsultationState
	Open    bool // not done
	Waiting bool // new, or something in it is unread
	Kind    *ippo.ConsultationKind
	Staff   ippo.StaffID // who looks after it
	Query   string       // what is searched for in who asks and in what was said
}

// ConsultationPage returns a part of the inbox: what waits for the staff first, then what else is open, then what was
// changed last, unless it is sorted by when each was "made" or "changed".
func (s *Store) ConsultationPage(ctx context.Context, filter ConsultationFilter, p Page) (Part[ippo.Consultation], int, error) {
	none := Part[ippo.Consultation]{}
	l, err := s.consultationListing(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("consultations: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count consultations: %w", err)
	}
	switch p.Sort {
	case "made":
		l.stretches = []stretch{{by: "c.made_at", desc: p.Desc}}
	case "changed":
		l.stretches = []stretch{{by: "c.changed_at", desc: p.Desc}}
	default:
		l.stretches = []stretch{
			{by: "c.changed_at", desc: true, where: consultationWaits},
			{by: "c.changed_at", desc: true, where: "c.state <> 'done' AND NOT " + consultationWaits},
			{by: "c.changed_at", desc: true, where: "c.state = 'done'"},
		}
	}
	part, err := collectPage(ctx, s.ro, s.scanConsultation, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("consultations: %w", err)
	}
	return part, total, nil
}

// consultationListing says a filter in SQL. For a search it opens who asks and what was said, of what the rest of the
// filter leaves.
func (s *Store) consultationListing(ctx context.Context, filter ConsultationFilter) (listing, error) {
	l := listing{columns: consultationColumns, table: consultationTable, id: "c.id", from: "consultations c", where: "1 = 1"}
	if filter.State != "" {
		l.narrow(`c.state = ?`, filter.State)
	}
	if filter.Open {
		l.narrow(`c.state <> 'done'`)
	}
	if filter.Waiting {
		l.narrow(consultationWaits)
	}
	if filter.Kind != nil {
		l.narrow(`c.kind = ?`, *filter.Kind)
	}
	if filter.Staff != 0 {
		l.narrow(`c.staff_id = ?`, filter.Staff)
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return l, nil
	}
	said, err := s.foundInEntries(ctx, l, query)
	if err != nil {
		return l, err
	}
	found, err := sift(ctx, s.ro, l, sieve[int64]{
		table: "consultations", from: "consultations c NOT INDEXED LEFT JOIN followers f ON f.id = c.follower_id",
		columns: "c.id, c.caller, f.display_name",
		begin: func(context.Context, int64, int64) (sifter[int64], error) {
			looker, callers, names := query.Looker(), s.box.Opener("consultations.caller"), s.box.Opener("followers.display_name")
			var id int64
			var caller, name sql.RawBytes
			return func(row scanner) (int64, bool, error) {
				if err := row.Scan(&id, &caller, &name); err != nil {
					return 0, false, err
				}
				found := said[ippo.ConsultationID(id)]
				if caller != nil {
					plain, err := callers.Open(caller)
					if err != nil {
						return 0, false, err
					}
					var by ippo.Caller
					if err := json.Unmarshal(plain, &by); err != nil {
						return 0, false, err
					}
					for _, text := range []string{by.Name, by.Contact, by.Place} {
						found |= looker.Look([]byte(text))
					}
				}
				plain, err := names.Open(name)
				return id, (found | looker.Look(plain)).All(query), err
			}, nil
		},
	})
	l.found(found)
	return l, err
}

// consultationWaits holds for what waits for the staff.
const consultationWaits = `(c.state <> 'done' AND (c.state = 'new' OR c.unread = 1))`

// foundInEntries returns which words stand in what was said and noted in each consultation of a list.
func (s *Store) foundInEntries(ctx context.Context, l listing, query fold.Query) (map[ippo.ConsultationID]fold.Found, error) {
	type entry struct {
		of    ippo.ConsultationID
		found fold.Found
	}
	entries, err := sift(ctx, s.ro, l, sieve[entry]{
		table: "consultations", from: "consultations c NOT INDEXED CROSS JOIN consultation_entries e ON e.consultation_id = c.id", columns: "c.id, e.text",
		begin: func(context.Context, int64, int64) (sifter[entry], error) {
			looker, texts := query.Looker(), s.box.Opener("consultation_entries.text")
			var e entry
			var sealed sql.RawBytes
			return func(row scanner) (entry, bool, error) {
				if err := row.Scan(&e.of, &sealed); err != nil {
					return e, false, err
				}
				text, err := texts.Open(sealed)
				e.found = looker.Look(text)
				return e, e.found != 0, err
			}, nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("search consultations: %w", err)
	}
	by := map[ippo.ConsultationID]fold.Found{}
	for _, e := range entries {
		by[e.of] |= e.found
	}
	return by, nil
}

// UnreadConsultations counts those that somebody looks after and has not read the latest of.
func (s *Store) UnreadConsultations(ctx context.Context, staff ippo.StaffID) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM consultations WHERE staff_id = ? AND unread = 1 AND state <> 'done'`, staff)
	if err != nil {
		return 0, fmt.Errorf("unread consultations: %w", err)
	}
	return n, nil
}

// FirstAnswers returns how long those who wrote since a moment waited for the first answer, the shortest
// wait first.
func (s *Store) FirstAnswers(ctx context.Context, since time.Time) ([]time.Duration, error) {
	waits, err := collect(ctx, s.ro, func(row scanner) (time.Duration, error) {
		var made, answered time.Time
		err := row.Scan(at(&made), at(&answered))
		return answered.Sub(made), err
	}, `SELECT made_at, answered_at FROM consultations WHERE way = 'room' AND made_at >= ? AND answered_at IS NOT NULL
		ORDER BY julianday(answered_at) - julianday(made_at)`, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("first answers: %w", err)
	}
	return waits, nil
}

// addEntry notes what was said.
func (t *Tx) addEntry(ctx context.Context, id ippo.ConsultationID, e ippo.ConsultationEntry) (int64, error) {
	n, err := t.insert(ctx, `INSERT INTO consultation_entries (consultation_id, author, staff_id, to_id, text, at) VALUES (?, ?, ?, ?, ?, ?)`,
		id, e.Author, orNull(e.Staff), orNull(e.To), t.store.box.Seal([]byte(e.Text), "consultation_entries.text"), stamp(e.At))
	if err != nil {
		return 0, fmt.Errorf("add entry to consultation %d: %w", id, err)
	}
	return n, nil
}

// WriteConsultation takes what a follower wrote in their room: into their open consultation, or into a new
// one. The first entry of a new one is followed by automatic. Staff are told of a new one, and of what comes
// once they have read the rest. The same text twice running is once. ErrConflict: the room is full.
func (t *Tx) WriteConsultation(ctx context.Context, follower ippo.FollowerID, kind ippo.ConsultationKind, text, automatic string) error {
	if err := ippo.CheckConsultationText("text", "内容", text); err != nil {
		return err
	}
	c, err := t.store.latestConsultation(ctx, t.tx, follower)
	if err != nil && !notFound(err) {
		return fmt.Errorf("write consultation: %w", err)
	}
	entry := ippo.ConsultationEntry{Author: ippo.EntryResident, Text: text, At: t.now}
	if err == nil {
		twice, err := t.saidLast(ctx, c.ID, text, c.State == ippo.ConsultationDone)
		if err != nil || twice {
			return err
		}
	}
	if err != nil || c.State == ippo.ConsultationDone {
		return t.beginConsultation(ctx, follower, kind, entry, automatic)
	}
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM consultation_entries WHERE consultation_id = ?`, c.ID)
	if err != nil {
		return fmt.Errorf("write consultation %d: %w", c.ID, err)
	}
	if n >= ippo.MaxConsultationEntries {
		return fmt.Errorf("write consultation %d: %w", c.ID, ippo.ErrConflict)
	}
	if _, err := t.addEntry(ctx, c.ID, entry); err != nil {
		return err
	}
	err = t.changeOne(ctx, `UPDATE consultations SET state = ?, version = version + 1, unread = 1, told = 0, changed_at = ? WHERE id = ?`,
		c.State.AfterResident(), stamp(t.now), c.ID)
	if err != nil {
		return fmt.Errorf("write consultation %d: %w", c.ID, err)
	}
	if c.Unread {
		return nil // one mail for all that is unread
	}
	return t.mailStaff(ctx, "相談につづきがあります", fmt.Sprintf("内容は職員画面で確認してください。\n/admin/consultations/%d", c.ID))
}

// twiceWithin is how long after a consultation has ended its last text, sent again, is a slip of the finger.
const twiceWithin = time.Minute

// saidLast reports whether the last thing said in a consultation is this text of the resident's. In one that
// has ended only for a moment.
func (t *Tx) saidLast(ctx context.Context, id ippo.ConsultationID, text string, ended bool) (bool, error) {
	last, err := one(ctx, t.tx, t.store.scanEntry, `
		SELECT id, author, staff_id, to_id, text, at FROM consultation_entries
		WHERE consultation_id = ? AND author IN ('resident', 'staff') ORDER BY id DESC LIMIT 1`, id)
	if err != nil {
		return false, fmt.Errorf("last entry of consultation %d: %w", id, err)
	}
	return last.Author == ippo.EntryResident && last.Text == text && (!ended || t.now.Sub(last.At) < twiceWithin), nil
}

func (t *Tx) beginConsultation(ctx context.Context, follower ippo.FollowerID, kind ippo.ConsultationKind, entry ippo.ConsultationEntry, automatic string) error {
	n, err := t.insert(ctx, `
		INSERT INTO consultations (kind, state, way, follower_id, unread, made_at, changed_at) VALUES (?1, 'new', 'room', ?2, 1, ?3, ?3)`,
		kind, follower, stamp(t.now))
	if err != nil {
		return fmt.Errorf("begin consultation: %w", err)
	}
	id := ippo.ConsultationID(n)
	if _, err := t.addEntry(ctx, id, entry); err != nil {
		return err
	}
	if automatic != "" {
		if _, err := t.addEntry(ctx, id, ippo.ConsultationEntry{Author: ippo.EntryAutomatic, Text: automatic, At: t.now}); err != nil {
			return err
		}
	}
	return t.mailStaff(ctx, "新しい相談があります", fmt.Sprintf("内容は職員画面で確認してください。\n/admin/consultations/%d", id))
}

// SawAnswers notes that the resident has looked into the room.
func (s *Store) SawAnswers(ctx context.Context, id ippo.ConsultationID) error {
	return s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE consultations SET told = 0 WHERE id = ? AND told = 1`, id)
	})
}

// ReadConsultation notes that a member of staff has read a consultation: it is unread no more if they look
// after it, or nobody does.
func (s *Store) ReadConsultation(ctx context.Context, by ippo.StaffID, c ippo.Consultation) error {
	if !c.Unread || c.Staff != 0 && c.Staff != by {
		return nil
	}
	// What came after the reader's page was made is unread still.
	return s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE consultations SET unread = 0 WHERE id = ? AND version = ?`, c.ID, c.Version)
	})
}

// EnterConsultation keeps a consultation at the desk, on the telephone or on a visiting day, with what was
// answered, if that is not "". c says its kind, way, state, caller and when it was; whoever enters it looks after it.
func (s *Store) EnterConsultation(ctx context.Context, by ippo.StaffID, c ippo.Consultation, text, answer string) (id ippo.ConsultationID, err error) {
	c.Staff = by
	err = s.Write(ctx, func(t *Tx) error {
		id, err = t.EnterConsultation(ctx, by, ippo.EnteredConsultation{Consultation: c, Text: text, Answer: answer})
		return err
	})
	return id, err
}

// EnterConsultation keeps a consultation that e says all of: also who looks after it, and when it was done; now, if it is
// and that is not said. Nobody is told.
func (t *Tx) EnterConsultation(ctx context.Context, by ippo.StaffID, e ippo.EnteredConsultation) (ippo.ConsultationID, error) {
	if err := e.Validate(t.now); err != nil {
		return 0, err
	}
	sealed, err := t.store.sealJSON("consultations.caller", e.Caller)
	if err != nil {
		return 0, err
	}
	changed, answered, closed := t.now, any(nil), any(nil)
	if e.Answer != "" {
		answered = stamp(e.MadeAt)
	}
	if e.State == ippo.ConsultationDone {
		if !e.ClosedAt.IsZero() {
			changed = e.ClosedAt
		}
		closed = stamp(changed)
	}
	n, err := t.insert(ctx, `
		INSERT INTO consultations (kind, state, way, caller, staff_id, made_at, changed_at, answered_at, closed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Kind, e.State, e.Way, sealed, orNull(e.Staff), stamp(e.MadeAt), stamp(changed), answered, closed)
	if err != nil {
		return 0, fmt.Errorf("enter consultation: %w", err)
	}
	id := ippo.ConsultationID(n)
	for _, entry := range []ippo.ConsultationEntry{
		{Author: ippo.EntryResident, Staff: by, Text: e.Text, At: e.MadeAt},
		{Author: ippo.EntryStaff, Staff: cmp.Or(e.Staff, by), Text: e.Answer, At: e.MadeAt},
		{Author: ippo.EntryNote, Staff: by, Text: e.Note, At: t.now},
	} {
		if entry.Text == "" {
			continue
		}
		if _, err := t.addEntry(ctx, id, entry); err != nil {
			return 0, err
		}
	}
	return id, t.audit(ctx, by, "consultation.create", consultationObject(id), string(e.Way))
}

// ConsultationsAmong returns those of some consultations that there are.
func (s *Store) ConsultationsAmong(ctx context.Context, ids []ippo.ConsultationID) (map[ippo.ConsultationID]ippo.Consultation, error) {
	all, err := collect(ctx, s.ro, s.scanConsultation, consultationQuery+` WHERE c.id IN (SELECT value FROM json_each(?))`, idList(ids))
	if err != nil {
		return nil, fmt.Errorf("consultations by number: %w", err)
	}
	there := make(map[ippo.ConsultationID]ippo.Consultation, len(all))
	for _, c := range all {
		there[c.ID] = c
	}
	return there, nil
}

// EnteredAt returns the consultations that staff entered as held at some moments, with what was asked.
func (s *Store) EnteredAt(ctx context.Context, moments []time.Time) ([]ippo.EnteredConsultation, error) {
	stamps := make([]any, len(moments))
	for i, at := range moments {
		stamps[i] = stamp(at)
	}
	all, err := collect(ctx, s.ro, func(row scanner) (e ippo.EnteredConsultation, err error) {
		var text []byte
		if e.Consultation, err = s.scanConsultation(with(row, &text)); err == nil {
			e.Text, err = s.open("consultation_entries.text", text)
		}
		return e, err
	}, `SELECT `+consultationColumns+`, (SELECT text FROM consultation_entries WHERE consultation_id = c.id ORDER BY id LIMIT 1)
		FROM `+consultationTable+` WHERE c.way <> 'room' AND c.made_at IN (`+placeholders(len(stamps))+`)`, stamps...)
	if err != nil {
		return nil, fmt.Errorf("consultations entered before: %w", err)
	}
	return all, nil
}

// ConsultationEdit is what a file changes of a consultation that is there.
type ConsultationEdit struct {
	ID      ippo.ConsultationID
	Version int // as it was looked at
	Kind    ippo.ConsultationKind
	To      ippo.StaffID // who looks after it from then on; 0: whoever does
	Note    string       // "": none
}

// handedByFile is the note of a hand-over by a file that has none.
const handedByFile = "一覧のファイルで、担当を変えました。"

// EditConsultation changes what a file says of a consultation. Nobody is told. ErrConflict as for AnswerConsultation.
func (t *Tx) EditConsultation(ctx context.Context, by ippo.StaffID, e ConsultationEdit) error {
	is, err := t.store.consultation(ctx, t.tx, e.ID)
	if err == nil && is.Kind != e.Kind {
		err = t.changeOne(ctx, `UPDATE consultations SET kind = ?, version = version + 1, changed_at = ? WHERE id = ? AND version = ?`, e.Kind, stamp(t.now), e.ID, e.Version)
		if err == nil {
			err = t.audit(ctx, by, "consultation.update", consultationObject(e.ID), e.Kind.Words())
		}
		e.Version++
	}
	switch {
	case err != nil:
	case e.To != 0:
		_, err = t.handOverConsultation(ctx, by, e.ID, e.Version, e.To, cmp.Or(e.Note, handedByFile))
	case e.Note != "":
		_, err = t.noteConsultation(ctx, by, e.ID, e.Note)
	}
	if err != nil {
		return fmt.Errorf("edit consultation %d: %w", e.ID, err)
	}
	return nil
}

func consultationObject(id ippo.ConsultationID) string { return fmt.Sprintf("consultation:%d", id) }

// Reply is what a member of staff answers.
type Reply struct {
	To      ippo.ConsultationID
	Version int // of the consultation, as they read it
	Text    string
	Done    bool // it ends with this
}

// AnswerConsultation adds an answer. Who answers first looks after the consultation from then on. It is
// ippo.ErrConflict if anything came to it since the version that was read: then nothing is changed. The
// consultation is as it was before, and entry the answer's number.
func (t *Tx) AnswerConsultation(ctx context.Context, by ippo.StaffID, r Reply) (c ippo.Consultation, entry int64, err error) {
	if err := ippo.CheckConsultationText("answer", "お返事", r.Text); err != nil {
		return c, 0, err
	}
	c, err = t.store.consultation(ctx, t.tx, r.To)
	if err != nil {
		return c, 0, fmt.Errorf("answer consultation %d: %w", r.To, err)
	}
	state, closed := ippo.ConsultationWaiting, any(nil)
	if r.Done {
		state, closed = ippo.ConsultationDone, stamp(t.now)
	}
	err = t.changeOne(ctx, `
		UPDATE consultations SET state = ?1, version = version + 1, unread = 0, told = follower_id IS NOT NULL,
			staff_id = coalesce(staff_id, ?2), changed_at = ?3, answered_at = coalesce(answered_at, ?3), closed_at = ?4
		WHERE id = ?5 AND version = ?6`, state, by, stamp(t.now), closed, r.To, r.Version)
	if err != nil {
		return c, 0, fmt.Errorf("answer consultation %d: %w", r.To, anotherOpen(err))
	}
	entry, err = t.addEntry(ctx, r.To, ippo.ConsultationEntry{Author: ippo.EntryStaff, Staff: by, Text: r.Text, At: t.now})
	if err != nil {
		return c, 0, err
	}
	return c, entry, t.audit(ctx, by, "consultation.answer", consultationObject(r.To), "")
}

// anotherOpen says why an ended consultation cannot go on: its follower has begun another one.
func anotherOpen(err error) error {
	if isUnique(err) {
		return ippo.Problems{{Field: "state", Message: "この方の新しい相談が始まっています。そちらでお返事してください。"}}
	}
	return err
}

// SettleConsultation sets what a consultation is about and whose turn it is, by hand. ErrConflict as for
// AnswerConsultation.
func (s *Store) SettleConsultation(ctx context.Context, by ippo.StaffID, id ippo.ConsultationID, version int, kind ippo.ConsultationKind, state ippo.ConsultationState) error {
	var p ippo.Problems
	if kind.Words() == string(kind) {
		p.Add("kind", "種類を選んでください。")
	}
	if state.Words() == string(state) {
		p.Add("state", "状態を選んでください。")
	}
	if err := p.Err(); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		if _, err := s.consultation(ctx, t.tx, id); err != nil {
			return err
		}
		return t.settleConsultation(ctx, by, id, version, kind, state)
	})
	if err != nil {
		return fmt.Errorf("settle consultation %d: %w", id, err)
	}
	return nil
}

func (t *Tx) settleConsultation(ctx context.Context, by ippo.StaffID, id ippo.ConsultationID, version int, kind ippo.ConsultationKind, state ippo.ConsultationState) error {
	err := t.changeOne(ctx, `
		UPDATE consultations SET kind = ?1, state = ?2, version = version + 1, staff_id = coalesce(staff_id, ?3), changed_at = ?4,
			unread = CASE WHEN ?2 = 'done' THEN 0 ELSE unread END,
			closed_at = CASE WHEN ?2 = 'done' THEN coalesce(closed_at, ?4) END
		WHERE id = ?5 AND version = ?6`, kind, state, by, stamp(t.now), id, version)
	if err != nil {
		return anotherOpen(err)
	}
	return t.audit(ctx, by, "consultation.update", consultationObject(id), state.Words())
}

// NoteConsultation adds a note among staff. Nothing of what others write meanwhile is in its way.
func (s *Store) NoteConsultation(ctx context.Context, by ippo.StaffID, id ippo.ConsultationID, text string) error {
	if err := ippo.CheckConsultationText("note", "メモ", text); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.noteConsultation(ctx, by, id, text)
		return err
	})
	if err != nil {
		return fmt.Errorf("note on consultation %d: %w", id, err)
	}
	return nil
}

func (t *Tx) noteConsultation(ctx context.Context, by ippo.StaffID, id ippo.ConsultationID, text string) (entry int64, err error) {
	err = t.changeOne(ctx, `UPDATE consultations SET version = version + 1, changed_at = ? WHERE id = ?`, stamp(t.now), id)
	if err != nil {
		return 0, found(err)
	}
	entry, err = t.addEntry(ctx, id, ippo.ConsultationEntry{Author: ippo.EntryNote, Staff: by, Text: text, At: t.now})
	if err != nil {
		return 0, err
	}
	return entry, t.audit(ctx, by, "consultation.note", consultationObject(id), "")
}

// HandOverConsultation gives a consultation to a colleague, with a note of what they should know. It is
// unread for them. ErrConflict as for AnswerConsultation.
func (s *Store) HandOverConsultation(ctx context.Context, by ippo.StaffID, id ippo.ConsultationID, version int, to ippo.StaffID, note string) error {
	p, err := addProblems(nil, ippo.CheckConsultationText("handover", "引きつぎのメモ", note))
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(t *Tx) error {
		was, err := s.consultation(ctx, t.tx, id)
		if err != nil {
			return err
		}
		switch may, err := t.mayLookAfter(ctx, to); {
		case err != nil:
			return err
		case !may:
			p.Add("to", "引きつぐ職員を選んでください。")
		case to == was.Staff:
			p.Add("to", "すでにこの職員が担当しています。")
		}
		if err := p.Err(); err != nil {
			return err
		}
		if _, err := t.handOverConsultation(ctx, by, id, version, to, note); err != nil || to == by {
			return err
		}
		return t.mailMember(ctx, to, "相談を引きつぎました", fmt.Sprintf("あなたが担当になりました。引きつぎのメモと内容は、職員画面で確認してください。\n/admin/consultations/%d", id))
	})
	if err != nil {
		return fmt.Errorf("hand over consultation %d: %w", id, err)
	}
	return nil
}

// mayLookAfter reports whether somebody can be given consultations and matches to look after.
func (t *Tx) mayLookAfter(ctx context.Context, id ippo.StaffID) (bool, error) {
	who, err := one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ?`, id)
	if notFound(err) {
		return false, nil
	}
	return err == nil && who.MayLookAfter(), err
}

// handOverConsultation gives a consultation to a colleague, who is not told of it here.
func (t *Tx) handOverConsultation(ctx context.Context, by ippo.StaffID, id ippo.ConsultationID, version int, to ippo.StaffID, note string) (entry int64, err error) {
	err = t.changeOne(ctx, `UPDATE consultations SET staff_id = ?1, unread = ?1 <> ?2, version = version + 1, changed_at = ?3 WHERE id = ?4 AND version = ?5`,
		to, by, stamp(t.now), id, version)
	if err != nil {
		return 0, err
	}
	entry, err = t.addEntry(ctx, id, ippo.ConsultationEntry{Author: ippo.EntryHandOver, Staff: by, To: to, Text: note, At: t.now})
	if err != nil {
		return 0, err
	}
	return entry, t.audit(ctx, by, "consultation.handover", consultationObject(id), "")
}
