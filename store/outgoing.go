package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// leaves is when a broadcast left or, as far as it has a time, is to leave.
const leaves = "coalesce(started_at, max(coalesce(send_at, approved_at), coalesce(not_before, '')))"

// Outgoing lists what has left or is to leave in [from, to), the soonest first: broadcasts that have a
// time, and the due times of campaigns, series and the digest that are still to come. What was
// cancelled before it left, and drafts without a time, are not in it.
func (s *Store) Outgoing(ctx context.Context, from, to time.Time) ([]ippo.Outgoing, error) {
	broadcasts, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE "+leaves+" >= ? AND "+leaves+` < ?
		AND (started_at IS NOT NULL OR status IN ('approved', 'held', 'paused') OR send_at IS NOT NULL AND status IN ('draft', 'submitted'))`,
		stamp(from), stamp(to))
	if err != nil {
		return nil, fmt.Errorf("outgoing: %w", err)
	}
	if broadcasts, err = s.seenBroadcasts(ctx, broadcasts); err != nil {
		return nil, err
	}
	var all []ippo.Outgoing
	for _, b := range broadcasts {
		all = append(all, b.Outgoing())
	}
	recurring, err := s.recurring(ctx)
	if err == nil {
		recurring, err = seenTo(ctx, s, recurring, func(r ippo.Recurring) ippo.Audience { return r.Audience })
	}
	if err != nil {
		return nil, fmt.Errorf("outgoing: %w", err)
	}
	for _, r := range recurring {
		for due, ok := r.NextDue, !r.NextDue.IsZero(); ok && due.Before(to); due, ok = r.Schedule.Next(due, s.Holidays) {
			if !due.Before(from) {
				all = append(all, r.Outgoing(due))
			}
		}
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if settings.Has(ippo.ModuleEvents) {
		reminders, err := s.eventReminders(ctx, from, to)
		if err != nil {
			return nil, fmt.Errorf("outgoing: %w", err)
		}
		all = append(all, reminders...)
	}
	readers, err := s.DigestReaders(ctx)
	if err != nil || readers == 0 {
		return byTime(all), err
	}
	digest, err := s.NextDigest(ctx)
	if err != nil {
		return nil, err
	}
	for due, ok := digest, !digest.IsZero(); ok && due.Before(to); due, ok = settings.DigestSchedule().Next(due, s.Holidays) {
		if at := settings.DigestLeaves(due, s.Holidays); !at.Before(from) && at.Before(to) {
			all = append(all, ippo.Outgoing{At: at, Kind: ippo.OutgoingDigest, Title: "週1回のまとめ"})
		}
	}
	return byTime(all), nil
}

// eventReminders are what those who signed up for an event were told before it, or are to be.
func (s *Store) eventReminders(ctx context.Context, from, to time.Time) ([]ippo.Outgoing, error) {
	type reminder struct {
		ippo.Outgoing
		topics, areas ippo.Choice
	}
	found, err := collect(ctx, s.ro, func(row scanner) (r reminder, err error) {
		r.Kind = ippo.OutgoingEvent
		return r, row.Scan(&r.Event, at(&r.At), &r.People, &r.Title, &r.topics, &r.areas)
	}, `SELECT e.id, n.due_at, n.people, e.title, e.topics, e.areas FROM (
			SELECT CAST(substr(key, instr(key, ':') + 1) AS INTEGER) AS event, due_at, count(*) AS people FROM notices INDEXED BY notices_of_events
			WHERE kind = 'event-reminder' AND due_at >= ? AND due_at < ? AND state IN ('pending', 'accepted', 'unknown')
			GROUP BY event, due_at) n
		JOIN events e ON e.id = n.event`, stamp(from), stamp(to))
	var all []ippo.Outgoing
	for _, r := range found {
		if RemitOf(ctx).Sees(r.topics, r.areas) {
			all = append(all, r.Outgoing)
		}
	}
	return all, err
}

func byTime(all []ippo.Outgoing) []ippo.Outgoing {
	slices.SortStableFunc(all, func(a, b ippo.Outgoing) int { return a.At.Compare(b.At) })
	return all
}
