package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"ippo"
)

// Events returns every event for staff, the latest first.
func (s *Store) Events(ctx context.Context) ([]ippo.Event, error) {
	events, err := collect(ctx, s.ro, scanEvent, `SELECT `+eventColumns+` FROM events ORDER BY starts_at DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return seenOf(ctx, events, aboutEvent), nil
}

// ComingEvents returns at most limit of the events that residents may see and that are not over, the soonest first; 0:
// all of them.
func (s *Store) ComingEvents(ctx context.Context, now time.Time, limit int) ([]ippo.Event, error) {
	events, err := someSeen(ctx, s.ro, limit, aboutEvent, scanEvent, `
		SELECT `+eventColumns+` FROM events WHERE status = 'published' AND ends_at >= ?
		ORDER BY starts_at, id`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("coming events: %w", err)
	}
	return events, nil
}

func aboutEvent(e ippo.Event) (topics, areas ippo.Choice) { return e.Topics, e.Areas }

// Event returns one event, whatever its status.
func (s *Store) Event(ctx context.Context, id ippo.EventID) (ippo.Event, error) {
	e, err := one(ctx, s.ro, scanEvent, `SELECT `+eventColumns+` FROM events WHERE id = ?`, id)
	if err == nil {
		err = visible(ctx, e.Topics, e.Areas)
	}
	if err != nil {
		return e, fmt.Errorf("event %d: %w", id, err)
	}
	return e, nil
}

// EventBySlug returns the event that a slug names, whatever its status.
func (s *Store) EventBySlug(ctx context.Context, slug string) (ippo.Event, error) {
	e, err := one(ctx, s.ro, scanEvent, `SELECT `+eventColumns+` FROM events WHERE slug = ?`, slug)
	if err != nil {
		return e, fmt.Errorf("event %s: %w", slug, err)
	}
	return e, nil
}

var eventColumns = `id, slug, title, summary, body, starts_at, ends_at, place, capacity, cost, contact, topics, areas,
	url, status, updated_at, sign_up, sign_up_until, asks_name, max_party, confirm_hours, for_ambassadors, called_off, coalesce(code, ''),
	` + eventPlaces + `, ` + translationsOf(ippo.ContentEvent, "events.id")

// eventPlaces counts the people of an event's reservations, in the order of ippo.Places.
const eventPlaces = `
	(SELECT coalesce(sum(party), 0) FROM reservations WHERE event_id = events.id AND state IN ('reserved', 'offered')),
	(SELECT coalesce(sum(party), 0) FROM reservations WHERE event_id = events.id AND state = 'offered'),
	(SELECT coalesce(sum(party), 0) FROM reservations WHERE event_id = events.id AND state = 'waiting'),
	(SELECT coalesce(sum(party), 0) FROM reservations WHERE event_id = events.id AND attended_at IS NOT NULL)`

func scanEvent(row scanner) (e ippo.Event, err error) {
	err = row.Scan(&e.ID, &e.Slug, &e.Title, &e.Summary, &e.Body, at(&e.StartsAt), at(&e.EndsAt), &e.Place, &e.Capacity,
		&e.Cost, &e.Contact, &e.Topics, &e.Areas, &e.URL, &e.Status, at(&e.UpdatedAt), &e.SignUp.Open, at(&e.SignUp.Until),
		&e.SignUp.AsksName, &e.SignUp.MaxParty, &e.SignUp.ConfirmHours, &e.ForAmbassadors, &e.CalledOff, &e.Code,
		&e.Places.Taken, &e.Places.Offered, &e.Places.Waiting, &e.Places.Attended, translated(&e.Translations))
	return e, err
}

// EventsForAmbassadors returns the latest events that are for ambassadors only and have begun, to find who
// was there.
func (s *Store) EventsForAmbassadors(ctx context.Context) ([]ippo.Event, error) {
	events, err := collect(ctx, s.ro, scanEvent, `SELECT `+eventColumns+` FROM events WHERE for_ambassadors = 1 AND starts_at <= ?
		ORDER BY starts_at DESC LIMIT 20`, stamp(s.Now().Add(24*time.Hour)))
	if err != nil {
		return nil, fmt.Errorf("events for ambassadors: %w", err)
	}
	return events, nil
}

// CreateEvent makes an event and returns it with its ID.
func (s *Store) CreateEvent(ctx context.Context, by ippo.StaffID, e ippo.Event) (ippo.Event, error) {
	err := s.Write(ctx, func(t *Tx) (err error) {
		e, err = t.CreateEvent(ctx, by, e)
		return err
	})
	return e, err
}

// CreateEvent is Store.CreateEvent as a part of a transaction.
func (t *Tx) CreateEvent(ctx context.Context, by ippo.StaffID, e ippo.Event) (ippo.Event, error) {
	e.SignUp = usual(e.SignUp)
	if err := t.store.checkContent(ctx, e.Validate(), e.Topics, e.Areas); err != nil {
		return e, err
	}
	id, err := t.insert(ctx, `
		INSERT INTO events (slug, title, summary, body, starts_at, ends_at, place, capacity, cost, contact, topics,
			areas, url, status, updated_at, published_at, sign_up, sign_up_until, asks_name, max_party, confirm_hours, for_ambassadors, called_off)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Slug, e.Title, e.Summary, e.Body, stamp(e.StartsAt), stamp(e.EndsAt), e.Place, e.Capacity, e.Cost, e.Contact,
		e.Topics, e.Areas, e.URL, e.Status, stamp(t.now), t.published(e.Status), e.SignUp.Open, stamp(e.SignUp.Until),
		e.SignUp.AsksName, e.SignUp.MaxParty, e.SignUp.ConfirmHours, e.ForAmbassadors, e.CalledOff)
	if err != nil {
		return e, fmt.Errorf("create event: %w", slugTaken(err))
	}
	e.ID, e.UpdatedAt = ippo.EventID(id), t.now
	if e.Translations, err = t.saveTranslations(ctx, ippo.ContentEvent, id, e.Translations, e.Texts()); err != nil {
		return e, err
	}
	if e.Code, err = t.codeEvent(ctx, e); err != nil {
		return e, err
	}
	return e, t.audit(ctx, by, "event.create", fmt.Sprintf("event:%d", id), string(e.Status))
}

// usual is how people sign up, with what is usual where staff decided nothing.
func usual(s ippo.SignUp) ippo.SignUp {
	s.MaxParty = cmp.Or(s.MaxParty, 1)
	s.ConfirmHours = cmp.Or(s.ConfirmHours, ippo.DefaultConfirmHours)
	return s
}

// codeEvent gives an event that people sign up for the code that says who was there.
func (t *Tx) codeEvent(ctx context.Context, e ippo.Event) (string, error) {
	if e.Code != "" || !e.SignUp.Open {
		return e.Code, nil
	}
	code := strings.ToLower(rand.Text()[:12])
	return code, t.exec(ctx, `UPDATE events SET code = ? WHERE id = ?`, code, e.ID)
}

// UpdateEvent changes everything of an event but its slug. What is sent so many days before it follows, and
// so do the reminders of those who signed up; they are told when it is moved or called off. Problems: more
// people have signed up than it would hold.
func (s *Store) UpdateEvent(ctx context.Context, by ippo.StaffID, e ippo.Event) error {
	err := s.Write(ctx, func(t *Tx) error { return t.UpdateEvent(ctx, by, e) })
	if err != nil {
		return fmt.Errorf("update event %d: %w", e.ID, err)
	}
	return nil
}

// UpdateEvent is Store.UpdateEvent as a part of a transaction.
func (t *Tx) UpdateEvent(ctx context.Context, by ippo.StaffID, e ippo.Event) error {
	e.SignUp = usual(e.SignUp)
	if err := t.store.checkContent(ctx, e.Validate(), e.Topics, e.Areas); err != nil {
		return err
	}
	if err := t.sameSlugAs(ctx, "events", int64(e.ID), e.Slug); err != nil {
		return err
	}
	was, err := t.event(ctx, e.ID)
	if err != nil {
		return err
	}
	e.Places, e.Code = was.Places, was.Code
	if e.Capacity > 0 && e.Places.Taken > e.Capacity {
		return ippo.Problems{{Field: "capacity", Message: fmt.Sprintf("すでに%d人分の席が決まっています。定員は%d人以上にしてください。", e.Places.Taken, e.Places.Taken)}}
	}
	row, err := t.row(ctx, "events", "id", e.ID)
	if err != nil {
		return err
	}
	err = t.changeOne(ctx, `
		UPDATE events SET title = ?, summary = ?, body = ?, starts_at = ?, ends_at = ?, place = ?, capacity = ?,
			cost = ?, contact = ?, topics = ?, areas = ?, url = ?, status = ?, updated_at = ?,
			published_at = coalesce(published_at, ?), sign_up = ?, sign_up_until = ?, asks_name = ?, max_party = ?, confirm_hours = ?,
			for_ambassadors = ?, called_off = ?
		WHERE id = ?`,
		e.Title, e.Summary, e.Body, stamp(e.StartsAt), stamp(e.EndsAt), e.Place, e.Capacity, e.Cost, e.Contact,
		e.Topics, e.Areas, e.URL, e.Status, stamp(t.now), t.published(e.Status), e.SignUp.Open, stamp(e.SignUp.Until),
		e.SignUp.AsksName, e.SignUp.MaxParty, e.SignUp.ConfirmHours, e.ForAmbassadors, e.CalledOff, e.ID)
	if err != nil {
		return err
	}
	if e.Code, err = t.codeEvent(ctx, e); err != nil {
		return err
	}
	if err := t.replan(ctx, func(s ippo.Schedule) bool { return s.Event == e.ID }); err != nil {
		return err
	}
	if e.Translations, err = t.saveTranslations(ctx, ippo.ContentEvent, int64(e.ID), e.Translations, e.Texts()); err != nil {
		return err
	}
	if err := t.followEvent(ctx, was, e); err != nil {
		return err
	}
	return t.auditChange(ctx, by, "event.update", fmt.Sprintf("event:%d", e.ID), string(e.Status), row)
}

// event reads an event within a transaction.
func (t *Tx) event(ctx context.Context, id ippo.EventID) (ippo.Event, error) {
	e, err := one(ctx, t.tx, scanEvent, `SELECT `+eventColumns+` FROM events WHERE id = ?`, id)
	if err != nil {
		return e, fmt.Errorf("event %d: %w", id, err)
	}
	return e, nil
}

// DeleteEvent removes an event. One that a schedule counts back from, or that somebody signed up for, is
// refused with Problems.
func (s *Store) DeleteEvent(ctx context.Context, by ippo.StaffID, id ippo.EventID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.counted(ctx, "event", int64(id)); err != nil {
			return err
		}
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM reservations WHERE event_id = ?`, id)
		if err != nil {
			return fmt.Errorf("delete event %d: %w", id, err)
		}
		if n > 0 {
			return inUse(fmt.Sprintf("申込の記録が%d件あるため、削除できません。行わないときは「中止」にしてください。", n))
		}
		if err := t.keepDeleted(ctx, by, object("event", id), int64(id)); err != nil {
			return fmt.Errorf("delete event %d: %w", id, err)
		}
		if err := t.changeOne(ctx, `DELETE FROM events WHERE id = ?`, id); err != nil {
			return fmt.Errorf("delete event %d: %w", id, found(err))
		}
		if err := t.deleteTranslations(ctx, ippo.ContentEvent, int64(id)); err != nil {
			return err
		}
		return t.audit(ctx, by, "event.delete", fmt.Sprintf("event:%d", id), "")
	})
}
