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
	readers, err := s.DigestReaders(ctx)
	if err != nil || readers == 0 {
		return byTime(all), err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, err
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

func byTime(all []ippo.Outgoing) []ippo.Outgoing {
	slices.SortStableFunc(all, func(a, b ippo.Outgoing) int { return a.At.Compare(b.At) })
	return all
}
