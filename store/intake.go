package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ippo"
)

const intakeColumns = `id, kind, name, staff_id, uploaded_at, ended_at, state, teams, stopped, plan, rows, done, added, changed, same, bad, doubts`

func scanIntake(row scanner) (i ippo.Intake, err error) {
	var teams, plan []byte
	err = row.Scan(&i.ID, &i.Kind, &i.Name, &i.Staff, at(&i.UploadedAt), at(&i.EndedAt), &i.State, &teams, &i.Stopped, &plan,
		&i.Rows, &i.Done, &i.Added, &i.Changed, &i.Same, &i.Bad, &i.Doubts)
	if err != nil {
		return i, err
	}
	return i, errors.Join(json.Unmarshal(teams, &i.Teams), json.Unmarshal(plan, &i.Plan))
}

// intakePart is how much of a file is kept at a time.
const intakePart = 256 << 10

// intakeFile is what parts are sealed for. It is older than their table.
const intakeFile = "group_imports.file"

// AddIntake keeps an uploaded file, which may be long: it is read and kept part by part. A spreadsheet of groups has the
// plan of the last one and waits for staff, every other file for its job. It takes the place of what the same person
// uploaded to the same list and never started. What the reader fails with is returned, and ippo.Problems where there is no
// space for all of it: then nobody sees anything of the file, and DropIntakeFile deletes it.
func (s *Store) AddIntake(ctx context.Context, by ippo.StaffID, kind ippo.IntakeKind, name string, file io.Reader) (i ippo.Intake, err error) {
	i = ippo.Intake{Kind: kind, Name: name, Staff: by, State: ippo.IntakeLoading}
	err = s.Write(ctx, func(t *Tx) error {
		if err := t.roomForIntake(ctx, 1); err != nil {
			return err
		}
		last, err := one(ctx, t.tx, scanIntake, `SELECT `+intakeColumns+` FROM intakes WHERE kind = ? AND state IN ('waiting', 'done') ORDER BY id DESC LIMIT 1`, kind)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		i.Plan, i.Plan.Head, i.UploadedAt = last.Plan, -1, t.now
		plan, err := json.Marshal(i.Plan)
		if err != nil {
			return err
		}
		id, err := t.insert(ctx, `INSERT INTO intakes (kind, name, staff_id, uploaded_at, state, plan) VALUES (?, ?, ?, ?, 'loading', ?)`,
			kind, name, by, stamp(t.now), string(plan))
		i.ID = ippo.IntakeID(id)
		return err
	})
	if err == nil {
		err = s.loadIntake(ctx, &i, file)
	}
	if err != nil {
		return i, fmt.Errorf("add an intake of %s: %w", kind, err)
	}
	return i, nil
}

func (s *Store) loadIntake(ctx context.Context, i *ippo.Intake, file io.Reader) error {
	var part strings.Builder
	for n := 0; ; n++ {
		part.Reset()
		size, err := io.CopyN(&part, file, intakePart)
		last := errors.Is(err, io.EOF) // not io.ErrUnexpectedEOF, which is the reader's own: the file was cut off
		if err == nil || last {
			sealed := s.seal(intakeFile, part.String())
			err = s.Write(ctx, func(t *Tx) error {
				if size > 0 {
					if err := t.addIntakePart(ctx, i.ID, n, sealed, size); err != nil {
						return err
					}
				}
				if !last {
					return nil
				}
				if err := t.exec(ctx, `UPDATE intakes SET state = 'loading', spent = 1 WHERE staff_id = ? AND kind = ? AND state IN ('draft', 'checked')`, i.Staff, i.Kind); err != nil {
					return err
				}
				i.State = ippo.IntakeChecking
				if i.Kind == ippo.IntakeGroups {
					i.State = ippo.IntakeDraft
				}
				return t.changeOne(ctx, `UPDATE intakes SET state = ? WHERE id = ? AND state = 'loading'`, i.State, i.ID)
			})
		}
		if err != nil {
			gone := context.WithoutCancel(ctx)
			return errors.Join(err, s.Write(gone, func(t *Tx) error { return t.exec(gone, `UPDATE intakes SET spent = 1 WHERE id = ?`, i.ID) }))
		}
		if last {
			return nil
		}
	}
}

// addIntakePart keeps the next part of a file, of so many bytes.
func (t *Tx) addIntakePart(ctx context.Context, id ippo.IntakeID, n int, sealed any, size int64) error {
	if err := t.roomForIntake(ctx, size); err != nil {
		return err
	}
	if err := t.exec(ctx, `INSERT INTO intake_parts (intake_id, part, data) VALUES (?, ?, ?)`, id, n, sealed); err != nil {
		return err
	}
	return t.exec(ctx, `UPDATE intakes SET size = size + ? WHERE id = ?`, size, id)
}

// roomForIntake is ippo.Problems if the files that are kept leave no space for so many bytes.
func (t *Tx) roomForIntake(ctx context.Context, size int64) error {
	kept, err := one(ctx, t.tx, scanInt, `SELECT coalesce(sum(size), 0) FROM intakes WHERE size > 0`)
	if err != nil {
		return fmt.Errorf("space of intakes: %w", err)
	}
	if int64(kept)+size > ippo.MaxIntakes {
		return ippo.Problems{{Field: "file", Message: fmt.Sprintf("まだ取り込んでいないファイルがたまり、置ける大きさ（全員で%dGBまで）を超えました。確かめたファイルを取り込むか、自動で消えるまで（%d日）お待ちください。",
			ippo.MaxIntakes>>30, int(ippo.IntakeKept.Hours())/24)}}
	}
	return nil
}

// DropIntakeFile deletes the next part of a file that has done its work, or that nobody is to see any more, and reports
// whether there may be more.
func (s *Store) DropIntakeFile(ctx context.Context) (more bool, err error) {
	const parts = 4 // some milliseconds' work: what is deleted is overwritten
	err = s.Write(ctx, func(t *Tx) error {
		id, err := one(ctx, t.tx, scanInt, `SELECT id FROM intakes WHERE spent = 1 ORDER BY id LIMIT 1`)
		if more = err == nil; !more {
			if notFound(err) {
				return nil
			}
			return err
		}
		n, err := t.change(ctx, `DELETE FROM intake_parts WHERE intake_id = ?1 AND part IN (
			SELECT part FROM intake_parts WHERE intake_id = ?1 ORDER BY part DESC LIMIT ?2)`, id, parts)
		if err != nil || n == parts {
			return err
		}
		if err := t.exec(ctx, `DELETE FROM intakes WHERE id = ? AND state = 'loading'`, id); err != nil {
			return err
		}
		return t.exec(ctx, `UPDATE intakes SET spent = 0, size = 0 WHERE id = ?`, id)
	})
	if err != nil {
		return false, fmt.Errorf("drop a file of an intake: %w", err)
	}
	return more, nil
}

// Intake returns one intake.
func (s *Store) Intake(ctx context.Context, id ippo.IntakeID) (ippo.Intake, error) {
	i, err := one(ctx, s.ro, scanIntake, `SELECT `+intakeColumns+` FROM intakes WHERE id = ?`, id)
	if err != nil {
		return i, fmt.Errorf("intake %d: %w", id, err)
	}
	return i, nil
}

// IntakeFile returns an intake's file from its beginning. It reads io.EOF where the file is gone.
func (s *Store) IntakeFile(ctx context.Context, id ippo.IntakeID) io.Reader {
	return &intakeReader{ctx: ctx, store: s, id: id}
}

type intakeReader struct {
	ctx   context.Context
	store *Store
	id    ippo.IntakeID
	next  int
	left  string
}

func (r *intakeReader) Read(p []byte) (int, error) {
	for r.left == "" {
		sealed, err := one(r.ctx, r.store.ro, func(row scanner) (b []byte, err error) {
			err = row.Scan(&b)
			return b, err
		}, `SELECT data FROM intake_parts WHERE intake_id = ? AND part = ?`, r.id, r.next)
		if errors.Is(err, ippo.ErrNotFound) {
			return 0, io.EOF
		}
		if err == nil {
			r.left, err = r.store.open(intakeFile, sealed)
		}
		if err != nil {
			return 0, fmt.Errorf("file of intake %d: %w", r.id, err)
		}
		r.next++
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// Intakes returns at most limit intakes of a kind that were taken in or are waiting, the newest first; by is whose, with
// those that were stopped and that they could let go on; 0: everybody's.
func (s *Store) Intakes(ctx context.Context, kind ippo.IntakeKind, by ippo.StaffID, limit int) ([]ippo.Intake, error) {
	all, err := collect(ctx, s.ro, scanIntake, `SELECT `+intakeColumns+` FROM intakes WHERE kind = ?1 AND state IN ('waiting', 'done') AND (?2 = 0 OR staff_id = ?2 OR stopped <> '' AND teams <> '[]'
			AND NOT EXISTS (SELECT 1 FROM json_each(teams) WHERE value NOT IN (SELECT team_id FROM team_members WHERE staff_id = ?2)))
		ORDER BY id DESC LIMIT ?3`, kind, by, limit)
	if err != nil {
		return nil, fmt.Errorf("intakes of %s: %w", kind, err)
	}
	return all, nil
}

// OpenIntakes returns the intakes that a job has to look at or to take in, the first uploaded first.
func (s *Store) OpenIntakes(ctx context.Context) ([]ippo.Intake, error) {
	all, err := collect(ctx, s.ro, scanIntake, `SELECT `+intakeColumns+` FROM intakes WHERE state IN ('checking', 'waiting') AND stopped = '' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("open intakes: %w", err)
	}
	return all, nil
}

// WaitingIntakes returns the intakes that wait for somebody: those that they uploaded and have not started, and those that
// were stopped and they could let go on, the latest first.
func (s *Store) WaitingIntakes(ctx context.Context, who ippo.Staff) ([]ippo.Intake, error) {
	all, err := collect(ctx, s.ro, scanIntake, `SELECT `+intakeColumns+` FROM intakes
		WHERE state IN ('draft', 'checked') AND staff_id = ? OR stopped <> '' AND state <> 'done' ORDER BY id DESC`, who.ID)
	if err != nil {
		return nil, fmt.Errorf("intakes that wait: %w", err)
	}
	return slices.DeleteFunc(all, func(i ippo.Intake) bool { return i.Stopped != "" && i.Lacks(who) != "" }), nil
}

// PlanIntake keeps how an intake is to be read, while staff look at it, and what they see of it so: look is the
// caller's own, and may be "".
func (s *Store) PlanIntake(ctx context.Context, id ippo.IntakeID, plan ippo.GroupPlan, look string) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("plan of intake %d: %w", id, err)
	}
	sealed := s.seal("intakes.look", look)
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `UPDATE intakes SET plan = ?, look = ? WHERE id = ? AND state = 'draft'`, string(text), sealed, id); err != nil {
			return fmt.Errorf("plan of intake %d: %w", id, err)
		}
		return nil
	})
}

// IntakeLook returns what PlanIntake kept of what staff see; "" for nothing.
func (s *Store) IntakeLook(ctx context.Context, id ippo.IntakeID) (string, error) {
	sealed, err := one(ctx, s.ro, func(row scanner) (b []byte, err error) {
		err = row.Scan(&b)
		return b, err
	}, `SELECT look FROM intakes WHERE id = ?`, id)
	if err != nil {
		return "", fmt.Errorf("look of intake %d: %w", id, err)
	}
	return s.open("intakes.look", sealed)
}

// intakeObjects name the lists in the audit log, and the kind of thing whose import it is.
var intakeObjects = map[ippo.IntakeKind]string{
	ippo.IntakeGroups: "groups", ippo.IntakeNews: "news", ippo.IntakeEvents: "event", ippo.IntakeEntries: "entry",
	ippo.IntakeFollowers: "follower", ippo.IntakeAmbassadors: "ambassador", ippo.IntakeCampaigns: "campaign",
	ippo.IntakeConsultations: "consultation", ippo.IntakeMatches: "match",
}

// teamsNow are the teams of the first argument.
const teamsNow = `(SELECT json_group_array(team_id) FROM team_members WHERE staff_id = ?1)`

// StartIntake hands an intake that was looked at to its job; detail says in the audit log what it will do. Of two who
// press the button one meets ippo.ErrConflict.
func (s *Store) StartIntake(ctx context.Context, by ippo.StaffID, i ippo.Intake, detail string) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			UPDATE intakes SET state = 'waiting', look = NULL, staff_id = ?1, teams = `+teamsNow+`, rows = ?2, done = 0, added = 0, changed = 0, same = 0, bad = 0, doubts = 0
			WHERE id = ?3 AND state IN ('draft', 'checked')`, by, i.Rows, i.ID)
		if err == nil {
			err = t.exec(ctx, `DELETE FROM intake_notes WHERE intake_id = ?`, i.ID)
		}
		if err != nil {
			return fmt.Errorf("start intake %d: %w", i.ID, err)
		}
		return t.audit(ctx, by, intakeObjects[i.Kind]+".import", string(i.Kind), detail)
	})
}

// StopIntake stops an intake that is being taken in if whoever started it could not start it any more, and reports
// whether it did.
func (t *Tx) StopIntake(ctx context.Context, i ippo.Intake) (stopped bool, err error) {
	if i.State != ippo.IntakeWaiting {
		return false, nil
	}
	starter, err := one(ctx, t.tx, scanStaff, `SELECT `+staffColumns+` FROM staff WHERE id = ?`, i.Staff)
	if err != nil {
		return false, fmt.Errorf("who started intake %d: %w", i.ID, err)
	}
	why := i.Lacks(starter)
	if why == "" {
		return false, nil
	}
	if err := t.changeOne(ctx, `UPDATE intakes SET stopped = ?, stopped_at = ? WHERE id = ? AND state = 'waiting'`, why, stamp(t.now), i.ID); err != nil {
		return false, fmt.Errorf("stop intake %d: %w", i.ID, err)
	}
	return true, t.audit(ctx, 0, intakeObjects[i.Kind]+".import-stop", string(i.Kind), string(why))
}

// ResumeIntake lets an intake that was stopped go on for somebody who can take in all of it. ippo.ErrConflict: it goes
// on already, or has ended.
func (s *Store) ResumeIntake(ctx context.Context, by ippo.StaffID, i ippo.Intake) error {
	err := s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE intakes SET stopped = '', staff_id = ?1, teams = `+teamsNow+` WHERE id = ?2 AND state = 'waiting' AND stopped <> ''`, by, i.ID)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, intakeObjects[i.Kind]+".import-resume", string(i.Kind), "")
	})
	if err != nil {
		return fmt.Errorf("resume intake %d: %w", i.ID, err)
	}
	return nil
}

// AbandonIntake ends an intake that was stopped: what it has taken in stays, and its file goes. ippo.ErrConflict: it
// goes on, or has ended.
func (s *Store) AbandonIntake(ctx context.Context, by ippo.StaffID, i ippo.Intake) error {
	err := s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE intakes SET stopped = '', state = 'done', ended_at = ?, spent = 1 WHERE id = ? AND state = 'waiting' AND stopped <> ''`, stamp(t.now), i.ID)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, intakeObjects[i.Kind]+".import-end", string(i.Kind), "")
	})
	if err != nil {
		return fmt.Errorf("abandon intake %d: %w", i.ID, err)
	}
	return nil
}

// NoteIntake keeps how far an intake has come, so that one that was interrupted goes on from there, with what is to be
// said of rows since the last time.
func (t *Tx) NoteIntake(ctx context.Context, i ippo.Intake, notes []ippo.IntakeNote) error {
	kept, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM intake_notes WHERE intake_id = ?`, i.ID)
	if err != nil {
		return fmt.Errorf("note intake %d: %w", i.ID, err)
	}
	for n, note := range notes[:min(len(notes), max(0, ippo.MaxIntakeNotes-kept))] {
		err := t.exec(ctx, `INSERT INTO intake_notes (intake_id, n, line, words, doubt) VALUES (?, ?, ?, ?, ?)`, i.ID, kept+n, note.Line, note.Words, note.Doubt)
		if err != nil {
			return fmt.Errorf("note intake %d: %w", i.ID, err)
		}
	}
	err = t.changeOne(ctx, `UPDATE intakes SET rows = ?, done = ?, added = ?, changed = ?, same = ?, bad = ?, doubts = ? WHERE id = ? AND state = ?`,
		i.Rows, i.Done, i.Added, i.Changed, i.Same, i.Bad, i.Doubts, i.ID, i.State)
	if err != nil {
		return fmt.Errorf("note intake %d: %w", i.ID, err)
	}
	return nil
}

// EndIntake notes that a job has looked at an intake, or taken it in. The file of one that is done, or that cannot be
// started, has done its work.
func (t *Tx) EndIntake(ctx context.Context, i ippo.Intake) error {
	var err error
	if i.State == ippo.IntakeChecking {
		err = t.changeOne(ctx, `UPDATE intakes SET state = 'checked' WHERE id = ? AND state = 'checking'`, i.ID)
	} else {
		err = t.changeOne(ctx, `UPDATE intakes SET state = 'done', ended_at = ? WHERE id = ? AND state = 'waiting'`, stamp(t.now), i.ID)
	}
	if err == nil && (i.State == ippo.IntakeWaiting || i.Bad > 0 || !i.Changes()) {
		err = t.exec(ctx, `UPDATE intakes SET spent = 1 WHERE id = ?`, i.ID)
	}
	if err != nil {
		return fmt.Errorf("end intake %d: %w", i.ID, err)
	}
	return nil
}

// IntakeNotes returns what is to be said of an intake's rows, in the order of the file; limit 0: all of it.
func (s *Store) IntakeNotes(ctx context.Context, id ippo.IntakeID, limit int) ([]ippo.IntakeNote, error) {
	if limit == 0 {
		limit = ippo.MaxIntakeNotes
	}
	notes, err := collect(ctx, s.ro, func(row scanner) (n ippo.IntakeNote, err error) {
		err = row.Scan(&n.Line, &n.Words, &n.Doubt)
		return n, err
	}, `SELECT line, words, doubt FROM intake_notes WHERE intake_id = ? ORDER BY n LIMIT ?`, id, limit)
	if err != nil {
		return nil, fmt.Errorf("notes of intake %d: %w", id, err)
	}
	return notes, nil
}
