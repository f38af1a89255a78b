package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// EventTask is something that somebody who signed up is to be told.
type EventTask string

const (
	TaskOffer  EventTask = "offer"  // a place is kept for them
	TaskChange EventTask = "change" // the event was moved or called off
	TaskRemind EventTask = "remind"
	TaskAsk    EventTask = "ask" // how it was
)

// EventDue is a task with whom and what it is about.
type EventDue struct {
	Task EventTask
	ippo.Booking
}

// AskAfter is how long after an event's end people are asked how it was: staff have ticked by then who came.
const AskAfter = time.Hour

// stillAsk is until how long after its end they are.
const stillAsk = 3 * 24 * time.Hour

// EventsDue returns at most limit tasks that no notice is planned for yet. Reminders are planned as soon as
// somebody has a place. Asked how it was is who was there, or everybody with a place where nobody was ticked.
func (s *Store) EventsDue(ctx context.Context, now time.Time, limit int) ([]EventDue, error) {
	found, err := collect(ctx, s.ro, func(row scanner) (d EventDue, err error) {
		err = row.Scan(&d.Task, &d.Reservation.ID)
		return d, err
	}, `
		SELECT tell, id FROM reservations WHERE tell <> ''
		UNION ALL
		SELECT 'remind', r.id FROM events e JOIN reservations r ON r.event_id = e.id AND r.state = 'reserved'
		WHERE e.status = 'published' AND e.called_off = 0 AND e.starts_at > ?1
			AND r.follower_id IS NOT NULL AND (r.reminded_for IS NULL OR r.reminded_for <> e.starts_at)
		UNION ALL
		SELECT 'ask', r.id FROM events e JOIN reservations r ON r.event_id = e.id AND r.state IN ('reserved', 'walkin')
		WHERE e.status <> 'draft' AND e.called_off = 0 AND e.ends_at <= ?2 AND e.ends_at > ?3 AND r.follower_id IS NOT NULL AND r.asked_at IS NULL
			AND (r.attended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM reservations a WHERE a.event_id = e.id AND a.attended_at IS NOT NULL))
		LIMIT ?4`, stamp(now), stamp(now.Add(-AskAfter)), stamp(now.Add(-stillAsk)), limit)
	if err != nil {
		return nil, fmt.Errorf("events due: %w", err)
	}
	events := map[ippo.EventID]ippo.Event{}
	for i := range found {
		d := &found[i]
		if d.Reservation, err = s.Reservation(ctx, d.Reservation.ID); err != nil {
			return nil, err
		}
		e, known := events[d.Reservation.Event]
		if !known {
			if e, err = s.Event(ctx, d.Reservation.Event); err != nil {
				return nil, err
			}
			events[e.ID] = e
		}
		d.Event = e
	}
	return found, nil
}

// PlanEvents plans the notices of tasks, in the same order; a task may have none. One whose reservation or
// event was changed meanwhile is left for the next time.
func (s *Store) PlanEvents(ctx context.Context, due []EventDue, notices [][]ippo.Notice) error {
	err := s.Write(ctx, func(t *Tx) error {
		for i, d := range due {
			err := t.takeTask(ctx, d)
			if errors.Is(err, ippo.ErrConflict) {
				continue
			}
			if err == nil {
				err = t.AddNotice(ctx, notices[i]...)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("plan notices of events: %w", err)
	}
	return nil
}

// takeTask notes that a task has been seen to; ErrConflict: it is not, or no longer, to be done as it was read.
func (t *Tx) takeTask(ctx context.Context, d EventDue) error {
	set := map[EventTask]string{
		TaskOffer:  `tell = '' WHERE tell = 'offer'`,
		TaskChange: `tell = '' WHERE tell = 'change'`,
		TaskRemind: `reminded_for = (SELECT starts_at FROM events WHERE id = event_id) WHERE 1 = 1`,
		TaskAsk:    `asked_at = ?4 WHERE asked_at IS NULL`,
	}[d.Task]
	return t.changeOne(ctx, `UPDATE reservations SET `+set+`
		AND id = ?1 AND state = ?2 AND (SELECT updated_at FROM events WHERE id = event_id) = ?3 AND ?4 <> ''`,
		d.Reservation.ID, d.Reservation.State, stamp(d.Event.UpdatedAt), stamp(t.now))
}

// holdReservations leaves to staff, after a restore, what people who signed up may have been told since: nobody
// is told again, and a place that is kept for somebody lapses no more by itself. What would remind them later
// has not, and is planned anew.
func (t *Tx) holdReservations(ctx context.Context) error {
	for _, query := range []string{
		`UPDATE reservations SET tell = '', confirm_by = NULL WHERE ?1 <> '' AND (tell <> '' OR confirm_by IS NOT NULL)`,
		`UPDATE reservations SET asked_at = ?1 WHERE asked_at IS NULL AND event_id IN (SELECT id FROM events WHERE ends_at <= ?1)`,
		`UPDATE notices SET key = NULL WHERE kind = '` + string(ippo.NoticeEventReminder) + `' AND due_at > ?1`,
		`UPDATE reservations SET reminded_for = NULL WHERE reminded_for > ?1`,
	} {
		if err := t.exec(ctx, query, stamp(t.now)); err != nil {
			return fmt.Errorf("hold reservations: %w", err)
		}
	}
	return nil
}
