package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"ippo"
)

const reservationQuery = `
	SELECT r.id, r.event_id, r.follower_id, r.state, r.way, r.party, r.attendee, r.confirm_by, r.made_at, r.ended_at, r.attended_at, r.feedback,
		f.display_name, coalesce(f.language, 'ja'), coalesce(f.status = 'blocked', 0)
	FROM reservations r LEFT JOIN followers f ON f.id = r.follower_id`

func (s *Store) scanReservation(row scanner) (r ippo.Reservation, err error) {
	var follower sql.NullInt64
	var attendee, name []byte
	err = row.Scan(&r.ID, &r.Event, &follower, &r.State, &r.Way, &r.Party, &attendee, at(&r.ConfirmBy), at(&r.MadeAt), at(&r.EndedAt),
		at(&r.AttendedAt), &r.Feedback, &name, &r.Language, &r.Blocked)
	if err != nil {
		return r, err
	}
	r.Follower = ippo.FollowerID(follower.Int64)
	if r.FollowerName, err = s.open("followers.display_name", name); err != nil || attendee == nil {
		return r, err
	}
	return r, s.openJSON("reservations.attendee", attendee, &r.Attendee)
}

// Reservations returns all that became of an event's sign-ups: who has a place, who is asked, who waits, in
// the order of the waiting list, and those that have ended.
func (s *Store) Reservations(ctx context.Context, event ippo.EventID) ([]ippo.Reservation, error) {
	all, err := collect(ctx, s.ro, s.scanReservation, reservationQuery+` WHERE r.event_id = ?
		ORDER BY CASE r.state WHEN 'reserved' THEN 0 WHEN 'offered' THEN 1 WHEN 'waiting' THEN 2 WHEN 'walkin' THEN 3 ELSE 4 END, r.id`, event)
	if err != nil {
		return nil, fmt.Errorf("reservations of event %d: %w", event, err)
	}
	return all, nil
}

// Reservation returns one reservation.
func (s *Store) Reservation(ctx context.Context, id ippo.ReservationID) (ippo.Reservation, error) {
	r, err := one(ctx, s.ro, s.scanReservation, reservationQuery+` WHERE r.id = ?`, id)
	if err != nil {
		return r, fmt.Errorf("reservation %d: %w", id, err)
	}
	return r, nil
}

// OwnReservations returns a follower's reservations that are open, of events that are not over, the soonest
// first. Those of an event that was called off are among them.
func (s *Store) OwnReservations(ctx context.Context, follower ippo.FollowerID, now time.Time) ([]ippo.Booking, error) {
	own, err := collect(ctx, s.ro, s.scanReservation, reservationQuery+` JOIN events e ON e.id = r.event_id
		WHERE r.follower_id = ? AND r.state IN ('reserved', 'waiting', 'offered') AND e.ends_at > ? ORDER BY e.starts_at, r.id`, follower, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("reservations of follower %d: %w", follower, err)
	}
	booked := make([]ippo.Booking, len(own))
	for i, r := range own {
		e, err := s.Event(ctx, r.Event)
		if err != nil {
			return nil, err
		}
		booked[i] = ippo.Booking{Event: e, Reservation: r}
	}
	return booked, nil
}

// LatestReservation returns the latest of a follower's reservations, whatever became of it.
func (s *Store) LatestReservation(ctx context.Context, follower ippo.FollowerID) (ippo.Reservation, error) {
	r, err := one(ctx, s.ro, s.scanReservation, reservationQuery+` WHERE r.follower_id = ? ORDER BY r.id DESC LIMIT 1`, follower)
	if err != nil {
		return r, fmt.Errorf("latest reservation of follower %d: %w", follower, err)
	}
	return r, nil
}

// OwnReservation returns a follower's reservation for an event that is open, or under which they came.
func (s *Store) OwnReservation(ctx context.Context, event ippo.EventID, follower ippo.FollowerID) (ippo.Reservation, error) {
	r, err := s.ownReservation(ctx, s.ro, event, follower)
	if err != nil {
		return r, fmt.Errorf("reservation of follower %d for event %d: %w", follower, event, err)
	}
	return r, nil
}

func (s *Store) ownReservation(ctx context.Context, q queryer, event ippo.EventID, follower ippo.FollowerID) (ippo.Reservation, error) {
	return one(ctx, q, s.scanReservation, reservationQuery+`
		WHERE r.event_id = ? AND r.follower_id = ? AND r.state IN ('reserved', 'waiting', 'offered', 'walkin')`, event, follower)
}

// reservation reads a reservation and its event within a transaction.
func (t *Tx) reservation(ctx context.Context, id ippo.ReservationID) (r ippo.Reservation, e ippo.Event, err error) {
	if r, err = one(ctx, t.tx, t.store.scanReservation, reservationQuery+` WHERE r.id = ?`, id); err != nil {
		return r, e, fmt.Errorf("reservation %d: %w", id, err)
	}
	e, err = t.event(ctx, r.Event)
	return r, e, err
}

// Reserve signs a follower up for an event, or puts them onto its waiting list if they agree to wait and it
// is full. Who has signed up already keeps what they have; made is false then. ErrFull: there is no place and
// they did not agree to wait; ErrConflict: the event takes no sign-ups now; ErrForbidden: it is for ambassadors.
func (t *Tx) Reserve(ctx context.Context, r ippo.Reservation, wait bool) (reserved ippo.Reservation, made bool, err error) {
	e, err := t.event(ctx, r.Event)
	if err != nil {
		return r, false, err
	}
	if own, err := t.store.ownReservation(ctx, t.tx, e.ID, r.Follower); !notFound(err) {
		return own, false, err
	}
	if err := t.admit(ctx, e, r.Follower); err != nil {
		return r, false, fmt.Errorf("reserve event %d: %w", e.ID, err)
	}
	if !e.TakesSignUps(t.now) || r.Party < 1 || r.Party > e.SignUp.MaxParty {
		return r, false, fmt.Errorf("reserve event %d: %w", e.ID, ippo.ErrConflict)
	}
	if !e.SignUp.AsksName {
		r.Attendee = ippo.Attendee{}
	} else if err := r.Attendee.Validate(); err != nil {
		return r, false, err
	}
	r.Way = ippo.ReservedByLine
	r, err = t.addReservation(ctx, e, r, wait)
	return r, err == nil, err
}

// admit returns ErrForbidden where an event is for ambassadors and the follower is none.
func (t *Tx) admit(ctx context.Context, e ippo.Event, follower ippo.FollowerID) error {
	if !e.ForAmbassadors {
		return nil
	}
	n, err := one(ctx, t.tx, scanInt, `
		SELECT count(*) FROM ambassadors WHERE follower_id = ? AND status IN ('applied', 'contacted', 'appointed')`, follower)
	if err == nil && n == 0 {
		err = ippo.ErrForbidden
	}
	return err
}

// addReservation gives a new reservation a place or, with wait, the last one on the waiting list. Whoever
// waits while there is room for the party is a bigger one: moveUp has asked the others.
func (t *Tx) addReservation(ctx context.Context, e ippo.Event, r ippo.Reservation, wait bool) (ippo.Reservation, error) {
	switch {
	case r.State == ippo.ReservationWalkIn:
	case e.Has(r.Party):
		r.State = ippo.Reserved
	case wait:
		r.State = ippo.ReservationWaiting
	default:
		return r, fmt.Errorf("reserve event %d: %w", e.ID, ippo.ErrFull)
	}
	attendee, err := t.sealAttendee(r.Attendee)
	if err != nil {
		return r, err
	}
	r.MadeAt = t.now
	id, err := t.insert(ctx, `
		INSERT INTO reservations (event_id, follower_id, state, way, party, attendee, made_at, attended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, orNull(r.Follower), r.State, r.Way, r.Party, attendee, stamp(t.now), stamp(r.AttendedAt))
	if err != nil {
		return r, fmt.Errorf("reserve event %d: %w", e.ID, err)
	}
	r.ID = ippo.ReservationID(id)
	return r, nil
}

func (t *Tx) sealAttendee(a ippo.Attendee) (any, error) {
	if a == (ippo.Attendee{}) {
		return nil, nil
	}
	return t.store.sealJSON("reservations.attendee", a)
}

// ReservationKey is what the keys of notices begin with that are about a reservation, after their kind.
func ReservationKey(kind ippo.NoticeKind, r ippo.Reservation) string {
	return fmt.Sprintf("%s%d:", eventKey(kind, r.Event), r.ID)
}

func eventKey(kind ippo.NoticeKind, event ippo.EventID) string {
	return fmt.Sprintf("%s:%d:", kind, event)
}

// own returns a follower's own reservation, or ErrNotFound.
func (t *Tx) own(ctx context.Context, follower ippo.FollowerID, id ippo.ReservationID) (ippo.Reservation, ippo.Event, error) {
	r, e, err := t.reservation(ctx, id)
	if err == nil && (follower == 0 || r.Follower != follower) {
		err = fmt.Errorf("reservation %d: %w", id, ippo.ErrNotFound)
	}
	return r, e, err
}

// CancelReservation takes back a follower's own sign-up; the place goes to who is first on the waiting list.
// It returns what was cancelled; ErrConflict: it has ended, or the event is over.
func (t *Tx) CancelReservation(ctx context.Context, follower ippo.FollowerID, id ippo.ReservationID) (ippo.Reservation, error) {
	r, e, err := t.own(ctx, follower, id)
	if err != nil {
		return r, err
	}
	if !t.now.Before(e.EndsAt) || !r.AttendedAt.IsZero() {
		return r, fmt.Errorf("cancel reservation %d: %w", id, ippo.ErrConflict)
	}
	return r, t.endReservation(ctx, r, ippo.ReservationCancelled)
}

// endReservation ends one that is open. What was to be said about it is not, and the next in line is asked.
func (t *Tx) endReservation(ctx context.Context, r ippo.Reservation, as ippo.ReservationState) error {
	err := t.changeOne(ctx, `
		UPDATE reservations SET state = ?, ended_at = ?, confirm_by = NULL, attended_at = NULL, tell = '' WHERE id = ? AND state IN ('reserved', 'waiting', 'offered')`,
		as, stamp(t.now), r.ID)
	if err != nil {
		return fmt.Errorf("end reservation %d: %w", r.ID, err)
	}
	for _, kind := range []ippo.NoticeKind{ippo.NoticeEventReminder, ippo.NoticeWaitingList, ippo.NoticeEventChange} {
		if err := t.CancelNotices(ctx, ReservationKey(kind, r)); err != nil {
			return err
		}
	}
	return t.moveUp(ctx, r.Event)
}

// ConfirmReservation takes the place that is kept for a follower. Who has it already has it; ErrConflict: it
// was kept until a moment that has passed, or is kept for them no more.
func (t *Tx) ConfirmReservation(ctx context.Context, follower ippo.FollowerID, id ippo.ReservationID) (ippo.Reservation, error) {
	r, e, err := t.own(ctx, follower, id)
	if err != nil || r.State == ippo.Reserved {
		return r, err
	}
	if r.State != ippo.ReservationOffered || !e.TakesPlace() || !r.ConfirmBy.IsZero() && !t.now.Before(r.ConfirmBy) {
		return r, fmt.Errorf("confirm reservation %d: %w", id, ippo.ErrConflict)
	}
	return r, t.place(ctx, &r)
}

// place gives a reservation its place, for which there is room.
func (t *Tx) place(ctx context.Context, r *ippo.Reservation) error {
	r.State, r.ConfirmBy = ippo.Reserved, time.Time{}
	err := t.changeOne(ctx, `UPDATE reservations SET state = 'reserved', confirm_by = NULL, tell = '' WHERE id = ? AND state IN ('offered', 'waiting')`, r.ID)
	if err != nil {
		return fmt.Errorf("place reservation %d: %w", r.ID, err)
	}
	return t.CancelNotices(ctx, ReservationKey(ippo.NoticeWaitingList, *r))
}

// ResizeReservation changes how many people come by a follower's own reservation. ErrFull: there is no room
// for so many; what they have stays.
func (t *Tx) ResizeReservation(ctx context.Context, follower ippo.FollowerID, id ippo.ReservationID, party int) (ippo.Reservation, error) {
	r, e, err := t.own(ctx, follower, id)
	if err != nil {
		return r, err
	}
	if !e.TakesPlace() || !t.now.Before(e.StartsAt) || party > e.SignUp.MaxParty {
		return r, fmt.Errorf("resize reservation %d: %w", id, ippo.ErrConflict)
	}
	return r, t.resize(ctx, e, &r, party)
}

func (t *Tx) resize(ctx context.Context, e ippo.Event, r *ippo.Reservation, party int) error {
	if !r.State.Open() || party < 1 {
		return fmt.Errorf("resize reservation %d: %w", r.ID, ippo.ErrConflict)
	}
	if r.State != ippo.ReservationWaiting && !e.Has(party-r.Party) {
		return fmt.Errorf("resize reservation %d: %w", r.ID, ippo.ErrFull)
	}
	r.Party = party
	if err := t.changeOne(ctx, `UPDATE reservations SET party = ? WHERE id = ?`, party, r.ID); err != nil {
		return fmt.Errorf("resize reservation %d: %w", r.ID, err)
	}
	return t.moveUp(ctx, r.Event)
}

// moveUp asks those on the waiting list, in its order, for whose party there is room now. A bigger party
// keeps its turn until there is room for it, and holds up nobody. Whom no notice reaches is passed over
// while they block us; those whom staff entered are for staff to ask.
func (t *Tx) moveUp(ctx context.Context, event ippo.EventID) error {
	e, err := t.event(ctx, event)
	if err != nil || !e.TakesPlace() || !e.Has(1) {
		return err
	}
	settings, err := t.store.Settings(ctx)
	if err != nil {
		return err
	}
	by, ok := e.ConfirmBy(t.now, settings, t.store.Holidays)
	if !ok {
		return nil
	}
	waiting, err := collect(ctx, t.tx, t.store.scanReservation, reservationQuery+`
		WHERE r.event_id = ? AND r.state = 'waiting' AND (r.follower_id IS NULL OR f.status = 'active') ORDER BY r.id`, event)
	if err != nil {
		return fmt.Errorf("waiting list of event %d: %w", event, err)
	}
	for _, r := range waiting {
		if !e.Has(r.Party) {
			continue
		}
		e.Places.Taken += r.Party
		if err := t.offer(ctx, e, r, by); err != nil {
			return err
		}
	}
	return nil
}

// offer keeps a place for somebody until they confirm it.
func (t *Tx) offer(ctx context.Context, e ippo.Event, r ippo.Reservation, by time.Time) error {
	tell := "offer"
	if r.Follower == 0 {
		tell, by = "", time.Time{}
	}
	if err := t.changeOne(ctx, `UPDATE reservations SET state = 'offered', confirm_by = ?, tell = ? WHERE id = ? AND state = 'waiting'`,
		stamp(by), tell, r.ID); err != nil {
		return fmt.Errorf("offer a place by reservation %d: %w", r.ID, err)
	}
	if r.Follower != 0 {
		return nil
	}
	return t.mailStaff(ctx, "キャンセル待ちの方に席が空きました", fmt.Sprintf(
		"「%s」のキャンセル待ちの方に、電話などで参加するかを確かめてください。\n/admin/events/%d/reservations\n", e.Title, e.ID))
}

// LapseReservations passes places that were not confirmed in time on to the next in line, and asks who could not
// be asked when a place became free, such as somebody who blocked us then. It returns when to look next.
func (s *Store) LapseReservations(ctx context.Context) (next time.Time, err error) {
	now := stamp(s.Now())
	late, err := collect(ctx, s.ro, s.scanReservation, reservationQuery+`
		WHERE r.state = 'offered' AND r.confirm_by <= ? ORDER BY r.confirm_by, r.id LIMIT 500`, now)
	if err != nil {
		return next, fmt.Errorf("lapse reservations: %w", err)
	}
	unasked, err := collect(ctx, s.ro, scanInt, `
		SELECT DISTINCT r.event_id FROM reservations r JOIN events e ON e.id = r.event_id LEFT JOIN followers f ON f.id = r.follower_id
		WHERE r.state = 'waiting' AND e.status = 'published' AND e.called_off = 0 AND e.starts_at > ? AND (f.id IS NULL OR f.status = 'active')
			AND (e.capacity = 0 OR r.party <= e.capacity - (
				SELECT coalesce(sum(party), 0) FROM reservations WHERE event_id = e.id AND state IN ('reserved', 'offered')))`, now)
	if err != nil {
		return next, fmt.Errorf("lapse reservations: %w", err)
	}
	if len(late) > 0 || len(unasked) > 0 {
		err = s.Write(ctx, func(t *Tx) error {
			for _, r := range late {
				if err := t.lapse(ctx, r.ID); err != nil {
					return err
				}
			}
			for _, event := range unasked {
				if err := t.moveUp(ctx, ippo.EventID(event)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err == nil {
		next, err = one(ctx, s.ro, scanTime, `SELECT min(confirm_by) FROM reservations WHERE state = 'offered'`)
	}
	if err != nil {
		return next, fmt.Errorf("lapse reservations: %w", err)
	}
	return next, nil
}

// lapse ends a reservation whose place was not confirmed, unless it has been by now.
func (t *Tx) lapse(ctx context.Context, id ippo.ReservationID) error {
	r, _, err := t.reservation(ctx, id)
	if err != nil || r.State != ippo.ReservationOffered || r.ConfirmBy.IsZero() || t.now.Before(r.ConfirmBy) {
		return err
	}
	return t.endReservation(ctx, r, ippo.ReservationLapsed)
}

// followEvent lets what was planned for those who signed up follow an event that was changed: reminders are
// planned anew, who would come is told that it was moved or called off, and new room goes to who waits.
func (t *Tx) followEvent(ctx context.Context, was, is ippo.Event) error {
	shown := was.Title != is.Title || was.Place != is.Place || !was.StartsAt.Equal(is.StartsAt) || !was.EndsAt.Equal(is.EndsAt) ||
		!reflect.DeepEqual(was.Translations, is.Translations)
	if shown || was.TakesPlace() != is.TakesPlace() {
		if err := t.CancelNotices(ctx, eventKey(ippo.NoticeEventReminder, is.ID)); err != nil {
			return err
		}
		if err := t.exec(ctx, `UPDATE reservations SET reminded_for = NULL WHERE event_id = ?`, is.ID); err != nil {
			return fmt.Errorf("follow event %d: %w", is.ID, err)
		}
	}
	if is.TellsOf(was, t.now) {
		// One that has not left yet says what is no longer so.
		if err := t.CancelNotices(ctx, eventKey(ippo.NoticeEventChange, is.ID)); err != nil {
			return err
		}
		if err := t.exec(ctx, `UPDATE reservations SET tell = 'change' WHERE event_id = ? AND follower_id IS NOT NULL AND `+stillComing+` AND tell = ''`,
			is.ID); err != nil {
			return fmt.Errorf("follow event %d: %w", is.ID, err)
		}
	}
	return t.moveUp(ctx, is.ID)
}

// stillComing holds for reservations of people who mean to come.
const stillComing = `state IN ('reserved', 'waiting', 'offered')`

// Told counts the people who are told when an event is moved or called off: by LINE, and those whom only staff
// can reach.
func (s *Store) Told(ctx context.Context, event ippo.EventID) (byLine, byStaff int, err error) {
	err = s.ro.QueryRowContext(ctx, `
		SELECT count(CASE WHEN f.status = 'active' THEN 1 END), count(CASE WHEN f.id IS NULL OR f.status = 'blocked' THEN 1 END)
		FROM reservations r LEFT JOIN followers f ON f.id = r.follower_id WHERE r.event_id = ? AND r.`+stillComing, event).Scan(&byLine, &byStaff)
	if err != nil {
		return 0, 0, fmt.Errorf("who is told of event %d: %w", event, err)
	}
	return byLine, byStaff, nil
}

// Attend notes that a follower is where the event of a code takes place. Who had signed up is seen; who is on
// the waiting list, or never signed up, comes as they are. ErrNotFound: no event has the code; ErrConflict: it
// is not today; ErrForbidden: it is for ambassadors.
func (t *Tx) Attend(ctx context.Context, code string, follower ippo.FollowerID) (r ippo.Reservation, e ippo.Event, err error) {
	if e, err = one(ctx, t.tx, scanEvent, `SELECT `+eventColumns+` FROM events WHERE code = ?`, code); err != nil {
		return r, e, fmt.Errorf("attend: %w", err)
	}
	if !e.TakesAttendance(t.now) {
		return r, e, fmt.Errorf("attend event %d: %w", e.ID, ippo.ErrConflict)
	}
	r, err = t.store.ownReservation(ctx, t.tx, e.ID, follower)
	switch {
	case notFound(err):
		if err := t.admit(ctx, e, follower); err != nil {
			return r, e, fmt.Errorf("attend event %d: %w", e.ID, err)
		}
		r, err = t.addReservation(ctx, e, ippo.Reservation{
			Event: e.ID, Follower: follower, State: ippo.ReservationWalkIn, Way: ippo.ReservedByLine, Party: 1, AttendedAt: t.now,
		}, false)
		return r, e, err
	case err != nil:
		return r, e, fmt.Errorf("attend event %d: %w", e.ID, err)
	}
	return r, e, t.attend(ctx, &r)
}

// attend notes that somebody was seen. Whoever was asked to confirm a place has come to take it; who waited
// for one came without.
func (t *Tx) attend(ctx context.Context, r *ippo.Reservation) error {
	if !r.AttendedAt.IsZero() {
		return nil
	}
	switch r.State {
	case ippo.ReservationOffered:
		if err := t.place(ctx, r); err != nil {
			return err
		}
	case ippo.ReservationWaiting:
		r.State = ippo.ReservationWalkIn
	}
	r.AttendedAt = t.now
	err := t.changeOne(ctx, `UPDATE reservations SET state = ?, attended_at = ?, tell = '' WHERE id = ? AND ended_at IS NULL`, r.State, stamp(t.now), r.ID)
	if err != nil {
		return fmt.Errorf("attend by reservation %d: %w", r.ID, err)
	}
	return nil
}

// absent takes back that somebody was seen; who had not signed up was never there.
func (t *Tx) absent(ctx context.Context, r *ippo.Reservation) error {
	if r.AttendedAt = (time.Time{}); r.State == ippo.ReservationWalkIn {
		r.State, r.EndedAt = ippo.ReservationCancelled, t.now
	}
	return t.changeOne(ctx, `UPDATE reservations SET state = ?, ended_at = ?, attended_at = NULL WHERE id = ? AND attended_at IS NOT NULL`,
		r.State, stamp(r.EndedAt), r.ID)
}

// AnswerEvent notes how a follower found an event; the last answer counts.
func (t *Tx) AnswerEvent(ctx context.Context, follower ippo.FollowerID, id ippo.ReservationID, f ippo.Feedback) error {
	if _, _, err := t.own(ctx, follower, id); err != nil {
		return err
	}
	return t.changeOne(ctx, `UPDATE reservations SET feedback = ? WHERE id = ?`, f, id)
}

// EnterReservation keeps a sign-up that was made on the telephone or at the desk, or somebody who came without
// one (walkin). The event's own closing time does not bind staff; its capacity does: who does not fit comes onto
// the waiting list.
func (s *Store) EnterReservation(ctx context.Context, by ippo.StaffID, r ippo.Reservation) (ippo.Reservation, error) {
	var p ippo.Problems
	if r.State != ippo.ReservationWalkIn {
		r.State = ""
		errors.As(r.Attendee.Validate(), &p)
	}
	if r.Way != ippo.ReservedByDesk && r.Way != ippo.ReservedByPhone {
		p.Add("way", "どのように受けたかを選んでください。")
	}
	if r.Party < 1 || r.Party > ippo.MaxParty {
		p.Addf("party", "人数は1から%dまでで入力してください。", ippo.MaxParty)
	}
	if err := p.Err(); err != nil {
		return r, err
	}
	err := s.Write(ctx, func(t *Tx) error {
		e, err := t.event(ctx, r.Event)
		if err != nil {
			return err
		}
		if !e.SignUp.Open || !e.TakesPlace() || r.State != ippo.ReservationWalkIn && !t.now.Before(e.EndsAt) {
			return ippo.Problems{{Message: "このイベントは、いま申込を受け付けていません。"}}
		}
		if r.Follower, r.AttendedAt = 0, (time.Time{}); r.State == ippo.ReservationWalkIn {
			r.AttendedAt = t.now
		}
		if r, err = t.addReservation(ctx, e, r, true); err != nil {
			return err
		}
		return t.audit(ctx, by, "reservation.create", eventObject(r.Event), string(r.State))
	})
	if err != nil {
		return r, fmt.Errorf("enter reservation: %w", err)
	}
	return r, nil
}

func eventObject(id ippo.EventID) string { return fmt.Sprintf("event:%d", id) }

// HandReservation does by hand what staff may do to a reservation: cancel it, give it a place (place), take
// its number of people to party (resize), tick that they came (attend) or that they did not (absent). Problems:
// there is no room; ErrConflict: it is not in the state for it any more.
func (s *Store) HandReservation(ctx context.Context, by ippo.StaffID, id ippo.ReservationID, do string, party int) (r ippo.Reservation, err error) {
	full := ippo.Problems{{Field: "party", Message: "空いている席が足りません。定員を増やすか、ほかの申込を取り消してください。"}}
	err = s.Write(ctx, func(t *Tx) error {
		var e ippo.Event
		if r, e, err = t.reservation(ctx, id); err != nil {
			return err
		}
		switch do {
		case "cancel":
			err = t.endReservation(ctx, r, ippo.ReservationCancelled)
		case "place":
			if r.State == ippo.ReservationWaiting && !e.Has(r.Party) {
				return full
			}
			err = t.place(ctx, &r)
		case "resize":
			if party < 1 || party > ippo.MaxParty {
				return ippo.Problems{{Field: "party", Message: fmt.Sprintf("人数は1から%dまでで入力してください。", ippo.MaxParty)}}
			}
			err = t.resize(ctx, e, &r, party)
		case "attend":
			err = t.attend(ctx, &r)
		case "absent":
			err = t.absent(ctx, &r)
		default:
			err = ippo.ErrNotFound
		}
		if errors.Is(err, ippo.ErrFull) {
			return full
		}
		if err != nil {
			return err
		}
		return t.audit(ctx, by, "reservation."+do, eventObject(r.Event), fmt.Sprintf("reservation:%d", id))
	})
	if err != nil {
		return r, fmt.Errorf("%s reservation %d: %w", do, id, err)
	}
	return r, nil
}

// Feedbacks counts what was tapped after an event.
func (s *Store) Feedbacks(ctx context.Context, event ippo.EventID) (map[ippo.Feedback]int, error) {
	counts := map[ippo.Feedback]int{}
	if err := tally(ctx, s.ro.DB, counts, `SELECT feedback, count(*) FROM reservations WHERE feedback <> '' AND event_id = `+fmt.Sprint(int64(event))+` GROUP BY feedback`); err != nil {
		return nil, fmt.Errorf("feedback of event %d: %w", event, err)
	}
	return counts, nil
}
