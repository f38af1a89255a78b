package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// Events returns every event for staff, the latest first.
func (s *Store) Events(ctx context.Context) ([]ippo.Event, error) {
	events, err := collect(ctx, s.ro, scanEvent, `SELECT `+eventColumns+` FROM events ORDER BY starts_at DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return events, nil
}

// ComingEvents returns the events that residents may see and that are not over, the soonest first.
func (s *Store) ComingEvents(ctx context.Context, now time.Time) ([]ippo.Event, error) {
	events, err := collect(ctx, s.ro, scanEvent, `
		SELECT `+eventColumns+` FROM events WHERE status = 'published' AND ends_at >= ?
		ORDER BY starts_at, id`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("coming events: %w", err)
	}
	return events, nil
}

// Event returns one event, whatever its status.
func (s *Store) Event(ctx context.Context, id ippo.EventID) (ippo.Event, error) {
	e, err := one(ctx, s.ro, scanEvent, `SELECT `+eventColumns+` FROM events WHERE id = ?`, id)
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
	url, status, updated_at, ` + translationsOf(ippo.ContentEvent, "events.id")

func scanEvent(row scanner) (e ippo.Event, err error) {
	err = row.Scan(&e.ID, &e.Slug, &e.Title, &e.Summary, &e.Body, at(&e.StartsAt), at(&e.EndsAt), &e.Place, &e.Capacity,
		&e.Cost, &e.Contact, &e.Topics, &e.Areas, &e.URL, &e.Status, at(&e.UpdatedAt), translated(&e.Translations))
	return e, err
}

// CreateEvent makes an event and returns it with its ID.
func (s *Store) CreateEvent(ctx context.Context, by ippo.StaffID, e ippo.Event) (ippo.Event, error) {
	if err := e.Validate(); err != nil {
		return e, err
	}
	err := s.Write(ctx, func(t *Tx) error {
		id, err := t.insert(ctx, `
			INSERT INTO events (slug, title, summary, body, starts_at, ends_at, place, capacity, cost, contact, topics,
				areas, url, status, updated_at, published_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			e.Slug, e.Title, e.Summary, e.Body, stamp(e.StartsAt), stamp(e.EndsAt), e.Place, e.Capacity, e.Cost, e.Contact,
			e.Topics, e.Areas, e.URL, e.Status, stamp(t.now), t.published(e.Status))
		if err != nil {
			return fmt.Errorf("create event: %w", slugTaken(err))
		}
		e.ID, e.UpdatedAt = ippo.EventID(id), t.now
		if e.Translations, err = t.saveTranslations(ctx, ippo.ContentEvent, id, e.Translations, e.Texts()); err != nil {
			return err
		}
		return t.audit(ctx, by, "event.create", fmt.Sprintf("event:%d", id), string(e.Status))
	})
	return e, err
}

// UpdateEvent changes everything of an event but its slug. What is sent so many days before it follows.
func (s *Store) UpdateEvent(ctx context.Context, by ippo.StaffID, e ippo.Event) error {
	if err := e.Validate(); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.sameSlugAs(ctx, "events", int64(e.ID), e.Slug); err != nil {
			return err
		}
		err := t.changeOne(ctx, `
			UPDATE events SET title = ?, summary = ?, body = ?, starts_at = ?, ends_at = ?, place = ?, capacity = ?,
				cost = ?, contact = ?, topics = ?, areas = ?, url = ?, status = ?, updated_at = ?,
				published_at = coalesce(published_at, ?)
			WHERE id = ?`,
			e.Title, e.Summary, e.Body, stamp(e.StartsAt), stamp(e.EndsAt), e.Place, e.Capacity, e.Cost, e.Contact,
			e.Topics, e.Areas, e.URL, e.Status, stamp(t.now), t.published(e.Status), e.ID)
		if err != nil {
			return err
		}
		if err := t.replan(ctx, func(s ippo.Schedule) bool { return s.Event == e.ID }); err != nil {
			return err
		}
		if _, err := t.saveTranslations(ctx, ippo.ContentEvent, int64(e.ID), e.Translations, e.Texts()); err != nil {
			return err
		}
		return t.audit(ctx, by, "event.update", fmt.Sprintf("event:%d", e.ID), string(e.Status))
	})
	if err != nil {
		return fmt.Errorf("update event %d: %w", e.ID, err)
	}
	return nil
}

// DeleteEvent removes an event. One that a schedule counts back from is refused with Problems.
func (s *Store) DeleteEvent(ctx context.Context, by ippo.StaffID, id ippo.EventID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.counted(ctx, "event", int64(id)); err != nil {
			return err
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
